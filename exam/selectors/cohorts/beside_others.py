"""One's own score among the cohort's, without names and never among few."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from django.db.models import Count

from accounts.models import Cohort, User
from exam.engine.sitting.lifecycle import AttemptState, Purpose
from exam.models import Score

FEWEST_PEOPLE = 20


@dataclass(frozen=True, slots=True)
class BesideCohort:
    """The newest complete score of everybody in a cohort; quartiles to the next ten."""

    cohort: str
    people: int
    own: int
    lower: int
    median: int
    upper: int

    @property
    def place(self) -> str:
        """Among the lower quarter, the middle half or the upper quarter."""
        if self.own < self.lower:
            return "lower"
        return "upper" if self.own > self.upper else "middle"


def beside_cohorts(candidate: User, newest: Score) -> list[BesideCohort]:
    """Each of this person's cohorts with enough people (one statement, one more a cohort)."""
    own = Cohort.objects.filter(pk__in=Cohort.objects.filter(members=candidate).values("pk"))
    cohorts = own.annotate(size=Count("members")).filter(size__gte=FEWEST_PEOPLE).order_by("name")
    found = ((cohort, _newest_scores(cohort, newest)) for cohort in cohorts)
    return [
        _beside(cohort, scores[candidate.pk], scores.values())
        for cohort, scores in found
        if len(scores) >= FEWEST_PEOPLE and candidate.pk in scores
    ]


def _newest_scores(cohort: Cohort, like: Score) -> dict[int, int]:
    """The reported score of each member: of the last complete attempt on this scale."""
    rows = (
        Score.objects.filter(
            is_current=True,
            is_complete=True,
            scale_id=like.scale_id,
            attempt__blueprint__slug=like.attempt.blueprint.slug,
            attempt__state=AttemptState.SUBMITTED,
            attempt__purpose=Purpose.EXAM,
            attempt__candidate__in=cohort.members.values("pk"),
        )
        .order_by("attempt__started_at")
        .values_list("attempt__candidate", "scaled_score")
    )
    return dict(rows.iterator())


def _beside(cohort: Cohort, own: int, scores: Iterable[int]) -> BesideCohort:
    everybody = list(scores)
    lower, median, upper = (
        round(float(value) / 10) * 10 for value in np.percentile(everybody, [25, 50, 75])
    )
    return BesideCohort(cohort.name, len(everybody), own, lower, median, upper)
