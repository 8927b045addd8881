"""Which questions may be given which status, and why the others may not."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from questions.models import Draft, Option, Question, QuestionStatus

DRAFT, IN_REVIEW = QuestionStatus.DRAFT, QuestionStatus.IN_REVIEW
PILOT, ACTIVE, RETIRED = QuestionStatus.PILOT, QuestionStatus.ACTIVE, QuestionStatus.RETIRED
SERVED = frozenset({PILOT, ACTIVE})

HAS_KEY = Exists(Option.objects.filter(version=OuterRef("current"), is_key=True))
HAS_COPY = Exists(Draft.objects.filter(question=OuterRef("pk")))
# With a working copy beside it the findings are the copy's; the approved version had none.
BLOCKED = Q(blocks__gt=0, has_copy=False)
NEVER_APPROVED = Q(current=None)
KEYLESS = ~NEVER_APPROVED & Q(has_key=False)
FAULTY = Q(has_key=True) & BLOCKED
UNSEEN = (NEVER_APPROVED, _("never approved: a reviewer has to do that, one by one"))
NO_KEY = _("without a right answer")
FAULTS = _("with something that must be fixed first")
# Into review and out of it leads only the review itself.
OBSTACLES: dict[QuestionStatus, tuple[tuple[Q, Promise], ...]] = {
    ACTIVE: (
        UNSEEN,
        (~NEVER_APPROVED & Q(status=RETIRED), _("retired: bring them back as pilot first")),
        (KEYLESS & ~Q(status=RETIRED), NO_KEY),
        (FAULTY & ~Q(status=RETIRED), FAULTS),
    ),
    PILOT: (UNSEEN, (KEYLESS, NO_KEY), (FAULTY, FAULTS)),
    RETIRED: ((Q(status=IN_REVIEW), _("in review: take it back first")),),
    DRAFT: (
        (Q(status=IN_REVIEW), _("in review: take it back first")),
        (Q(status__in=SERVED) | ~NEVER_APPROVED & Q(status=RETIRED), _("approved once before")),
    ),
}


@dataclass(frozen=True, slots=True)
class Move:
    """What becoming a status would mean for several questions."""

    status: QuestionStatus
    may: int
    already: int
    others: list[tuple[int, Promise]]  # how many cannot, and why


def movable(questions: QuerySet[Question], status: QuestionStatus) -> QuerySet[Question]:
    """Those of them that may become this and are not yet; `status` is not "in review"."""
    return _annotated(questions).exclude(status=status).exclude(_hindered(status))


def moves_of_all(questions: QuerySet[Question]) -> list[Move]:
    """For each status that can be given by hand (one statement)."""
    counts = {}
    for status, obstacles in OBSTACLES.items():
        others = ~Q(status=status)
        counts[f"{status}_already"] = Count("pk", filter=~others)
        counts[f"{status}_may"] = Count("pk", filter=others & ~_hindered(status))
        for place, (obstacle, _reason) in enumerate(obstacles):
            counts[f"{status}_{place}"] = Count("pk", filter=others & obstacle)
    found = _annotated(questions).aggregate(**counts)
    return [_move(status, found) for status in OBSTACLES]


def _move(status: QuestionStatus, found: dict[str, int]) -> Move:
    others = [
        (found[f"{status}_{place}"], reason)
        for place, (_obstacle, reason) in enumerate(OBSTACLES[status])
        if found[f"{status}_{place}"]
    ]
    return Move(status, found[f"{status}_may"], found[f"{status}_already"], others)


def _annotated(questions: QuerySet[Question]) -> QuerySet[Question]:
    return questions.annotate(has_key=HAS_KEY, has_copy=HAS_COPY)


def _hindered(status: QuestionStatus) -> Q:
    hindered = Q()
    for obstacle, _reason in OBSTACLES[status]:
        hindered |= obstacle
    return hindered
