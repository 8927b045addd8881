"""What somebody has to know before they leave."""

from dataclasses import dataclass

from django.db.models import Count

from accounts.models import Cohort, Role, User
from exam.engine.sitting.lifecycle import AttemptState, Purpose
from exam.models import Attempt


@dataclass(frozen=True, slots=True)
class Leaving:
    """What would happen if this person was deleted now."""

    open_exams: list[str]  # their titles: they would end without a score
    left_alone: list[str]  # cohorts that nobody else looks after
    is_only_administrator: bool


def leaving_of(person: User) -> Leaving:
    """Three statements."""
    opened = Attempt.objects.filter(
        candidate=person, state=AttemptState.IN_PROGRESS, purpose=Purpose.EXAM
    )
    own = Cohort.objects.filter(pk__in=person.cohorts_taught.values("pk"))
    alone = own.annotate(looked_after_by=Count("instructors")).filter(looked_after_by=1)
    others = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=person.pk)
    return Leaving(
        open_exams=list(opened.values_list("blueprint__title", flat=True)),
        left_alone=list(alone.order_by("name").values_list("name", flat=True)),
        is_only_administrator=person.is_administrator and not others.exists(),
    )
