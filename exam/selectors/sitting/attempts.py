"""Attempts, always asked for by whose they are."""

from datetime import UTC, datetime, timedelta
from math import ceil

from django.db.models import Count, F, Q, QuerySet

from accounts.models import User
from exam.engine.sitting.batch import to_places
from exam.engine.sitting.lifecycle import AttemptState, Purpose, deadline
from exam.models import Attempt, Blueprint, Response

LEFT_ALONE = timedelta(minutes=3)


def attempts_for(candidate: User) -> QuerySet[Attempt]:
    """Every attempt of this person, exams and practice, that was not voided, the newest first."""
    return (
        Attempt.objects.filter(candidate=candidate)
        .exclude(state=AttemptState.VOID)
        .select_related("blueprint", "exam_form", "practice")
    )


def exams_for(candidate: User) -> QuerySet[Attempt]:
    """This person's exams alone."""
    return attempts_for(candidate).filter(purpose=Purpose.EXAM)


def open_exam_of(candidate: User) -> Attempt | None:
    """The exam this person sits; of several the one that ends first."""
    return exams_for(candidate).filter(state=AttemptState.IN_PROGRESS).order_by("deadline").first()


def has_sat_since(candidate: User, moment: datetime) -> bool:
    """Whether this person sits an exam now, or did something in an attempt since then."""
    own = Attempt.objects.filter(candidate=candidate)
    sits = Q(state=AttemptState.IN_PROGRESS, purpose=Purpose.EXAM)
    return own.filter(sits | Q(seen_at__gt=moment) | Q(ended_at__gt=moment)).exists()


def attempts_taught_by(instructor: User) -> QuerySet[Attempt]:
    """Exams of the members of this instructor's own cohorts; an administrator sees all.

    Those of deleted people are nobody's to see any more.
    """
    exams = Attempt.objects.filter(purpose=Purpose.EXAM, candidate__erased_at=None)
    attempts = exams.select_related("blueprint", "candidate")
    if instructor.is_administrator:
        return attempts
    return attempts.filter(candidate__cohorts__instructors=instructor).distinct()


def with_counts(attempts: QuerySet[Attempt]) -> QuerySet[Attempt]:
    """Adds `answered_count` and `flagged_count`."""
    return attempts.annotate(
        answered_count=Count("responses", filter=Q(responses__selected__gt=0)),
        flagged_count=Count("responses", filter=Q(responses__flagged=True)),
    )


def current_blueprints() -> QuerySet[Blueprint]:
    """The exams that can be sat now, the longest first."""
    return Blueprint.objects.filter(is_current=True).select_related("bank")


def open_blueprints() -> QuerySet[Blueprint]:
    """Those that anybody may sit."""
    return current_blueprints().filter(is_open=True)


def first_blueprints() -> QuerySet[Blueprint]:
    """The same for somebody who has sat nothing yet: the shortest first."""
    return open_blueprints().order_by("length", "slug")


def overdue_attempt_ids(at: datetime, limit: int = 200) -> list[int]:
    """Open attempts whose deadline and grace are over."""
    rows = (
        Attempt.objects.filter(state=AttemptState.IN_PROGRESS, deadline__lt=at)
        .order_by("deadline")
        .values_list("pk", "deadline", "blueprint__grace_seconds")[:limit]
    )
    return [pk for pk, deadline, grace in rows if deadline + timedelta(seconds=grace) < at]


def unscored_attempt_ids(since: datetime | None = None, limit: int = 200) -> list[int]:
    """Submitted exams without a score: their message was lost, or is still on its way.

    Looking through all there ever were takes a while where there are many; `since` bounds it.
    """
    found = Attempt.objects.filter(
        state=AttemptState.SUBMITTED, purpose=Purpose.EXAM, scores__isnull=True
    )
    if since:
        found = found.filter(ended_at__gt=since)
    return list(found.order_by("ended_at").values_list("pk", flat=True)[:limit])


def unlearned_attempt_ids(at: datetime, limit: int = 50) -> list[int]:
    """Attempts whose answers the cards have not taken in: a message was lost, or is on its way.

    Ended ones, and open practice that was left alone since its last save.
    """
    ended = Attempt.objects.filter(state=AttemptState.SUBMITTED, learned_at=None)
    left = Attempt.objects.filter(
        state=AttemptState.IN_PROGRESS, purpose=Purpose.PRACTICE, seen_at__lt=at - LEFT_ALONE
    ).filter(Q(learned_at=None) | Q(learned_at__lt=F("seen_at")))
    return [
        *ended.order_by("ended_at").values_list("pk", flat=True)[:limit],
        *left.order_by("seen_at").values_list("pk", flat=True)[:limit],
    ]


def stored_responses(attempt: Attempt) -> dict[int, dict[str, object]]:
    """Every response as the exam page knows it: option numbers are displayed places."""
    return {
        response.position: _as_displayed(response, attempt)
        for response in Response.objects.filter(attempt_id=attempt.pk).order_by("position")
    }


def _as_displayed(response: Response, attempt: Attempt) -> dict[str, object]:
    order = attempt.option_orders[response.position - 1]
    shown: dict[str, object] = {
        "seq": response.seq,
        "selected": to_places(response.selected, order),
        "eliminated": to_places(response.eliminated, order),
        "flagged": response.flagged,
        "note": response.note,
        "highlights": response.highlights,
        "spent_ms": response.spent_ms,
    }
    if attempt.is_practice:
        shown["confidence"] = response.confidence
        shown["checked"] = response.checked
        shown["miss"] = response.miss
    return shown


def minutes_for(candidate: User, blueprint: Blueprint) -> int:
    """Whole minutes this person gets: the blueprint's and the profile's extra time."""
    epoch = datetime.fromtimestamp(0, UTC)
    ends = deadline(epoch, blueprint.minutes, candidate.extra_minutes, candidate.extra_percent)
    return ceil((ends - epoch) / timedelta(minutes=1))
