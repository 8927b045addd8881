"""Issued scores."""

from exam.models import Attempt, Score


def current_score(attempt: Attempt) -> Score | None:
    """The score that counts now; None while scoring is under way."""
    return attempt.scores.filter(is_current=True).select_related("calibration", "scale").first()
