"""What exams and long work count for whoever watches the installation; no ids, no people."""

from prometheus_client import Counter, Histogram

STARTS = Counter("cutscore_starts", "Exams that were begun.")
CHANGES = Counter("cutscore_changes_stored", "Positions of exams that a save told are stored.")
ENDS = Counter("cutscore_submits", "Exams and practice that ended, by who ended them.", ["by"])
SCORING = Histogram(
    "cutscore_scoring_seconds",
    "Time to score one exam.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
)
JOBS = Histogram(
    "cutscore_job_seconds",
    "Time a long job ran, by kind and outcome.",
    ["kind", "outcome"],
    buckets=(1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0),
)
