"""The versions of scores: which of them can be compared, and what became of a score."""

from collections import defaultdict
from collections.abc import Sequence

from accounts.models import User
from exam.models import Score
from exam.selectors.results.history import sat_by, trend_of


def comparable_scores(candidate: User, slug: str) -> list[Score]:
    """Complete scores of one exam that can be compared, the oldest first (three statements)."""
    return comparable(trend_of(sat_by(candidate), slug))


def comparable(scores: Sequence[Score]) -> list[Score]:
    """The same attempts under the newest calibration that all of them have a score under.

    Where there is none, the scores as they were given: those that are reported. `scores` are one
    for each attempt, which they have at hand; so have those that are returned (one statement).
    """
    versions: dict[int, dict[int, Score]] = defaultdict(dict)
    rows = Score.objects.filter(attempt__in=[score.attempt_id for score in scores])
    # A later version under the same calibration knows more corrected keys.
    for version in rows.select_related("scale", "calibration").order_by("version"):
        versions[version.attempt_id][version.calibration_id] = version
    by_attempt = [versions[score.attempt_id] for score in scores]
    shared = set.intersection(*map(set, by_attempt)) if by_attempt else set()
    if not shared:
        return list(scores)
    numbers = {pk: by_attempt[0][pk].calibration.number for pk in shared}
    newest = max(shared, key=numbers.__getitem__)
    found = [own[newest] for own in by_attempt]
    for score, version in zip(scores, found, strict=True):
        version.attempt = score.attempt
    return found
