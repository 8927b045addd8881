"""The versions of scores: which of them can be compared, and what became of a score."""

from collections import defaultdict
from collections.abc import Sequence

from exam.models import Score


def comparable(scores: Sequence[Score]) -> list[Score]:
    """The same attempts under the newest calibration that all of them have a score under.

    Where there is none, that of the last one; attempts without a score under it are left out, for
    only within one calibration do abilities have a common zero. `scores` are one for each attempt,
    which they have at hand; so have those that are returned (one statement).
    """
    if not scores:
        return []
    versions: dict[int, dict[int, Score]] = defaultdict(dict)
    rows = Score.objects.filter(attempt__in=[score.attempt_id for score in scores])
    # A later version under the same calibration knows more corrected keys.
    for version in rows.select_related("scale", "calibration").order_by("version"):
        versions[version.attempt_id][version.calibration_id] = version
    by_attempt = [versions[score.attempt_id] for score in scores]
    shared = set.intersection(*map(set, by_attempt))
    numbers = {pk: by_attempt[0][pk].calibration.number for pk in shared}
    newest = max(shared, key=numbers.__getitem__) if shared else scores[-1].calibration_id
    found = []
    for score, own in zip(scores, by_attempt, strict=True):
        if newest in own:
            own[newest].attempt = score.attempt
            found.append(own[newest])
    return found
