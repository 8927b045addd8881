"""Cards: what was missed comes back. Each answer is taken in once; a card is their sum."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from exam.engine.batch import Confidence
from exam.engine.lifecycle import AttemptState
from exam.engine.memory import Grade, Memory, Recalled, grade, remember, starts_card
from exam.models import Attempt, Card, Recall, Response
from exam.selectors.answers import keys_of
from questions.models import QuestionVersion


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that a card may take in: for which question, where, when and how it went."""

    question_id: int
    position: int
    at: datetime
    grade: Grade


def learn(attempt_id: int, *, at: datetime) -> int:
    """Lets the cards take in what is new in an attempt; how many answers that was.

    Safe to repeat and to interrupt. An exam is learnt from when it is handed in, practice with
    each answer that was looked up; what was begun before and is not learnt yet comes first, so
    that a message which is late changes nothing.
    """
    attempt = _learnable().filter(pk=attempt_id).first()
    if attempt is None or (attempt.is_open and not attempt.is_practice):
        return 0
    with transaction.atomic():
        # One after another: two attempts of a person may touch the same card.
        User.objects.select_for_update(no_key=True).get(pk=attempt.candidate_id)
        before = _learnable().filter(
            candidate_id=attempt.candidate_id,
            state=AttemptState.SUBMITTED,
            learned_at=None,
            started_at__lt=attempt.started_at,
        )
        for earlier in before.order_by("started_at", "pk"):
            _learn_one(earlier, at)
        return _learn_one(attempt, at)


def _learnable() -> QuerySet[Attempt]:
    return Attempt.objects.exclude(state=AttemptState.VOID).select_related("exam_form", "practice")


def _learn_one(attempt: Attempt, at: datetime) -> int:
    taken = set(Recall.objects.filter(attempt=attempt).values_list("position", flat=True))
    given = [answer for answer in _given(attempt) if answer.position not in taken]
    _take_in(attempt, given)
    Attempt.objects.filter(pk=attempt.pk).update(learned_at=at)
    return len(given)


def forget(attempt: Attempt) -> None:
    """Takes the answers of an attempt out of the cards again; cards with no other go."""
    recalls = Recall.objects.filter(attempt=attempt)
    cards = list(Card.objects.filter(pk__in=recalls.values("card")))
    recalls.delete()
    left = set(Recall.objects.filter(card__in=cards).values_list("card", flat=True))
    _recompute([card for card in cards if card.pk in left])
    Card.objects.filter(pk__in={card.pk for card in cards} - left).delete()


def _given(attempt: Attempt) -> list[Given]:
    """The answers of an attempt that say something, position 1 first."""
    version_ids = attempt.exam_form.version_ids
    question_of = dict(
        QuestionVersion.objects.filter(pk__in=version_ids).values_list("pk", "question_id")
    )
    keys = keys_of(set(version_ids))
    cards = attempt.practice.card_ids if attempt.is_practice else []
    found = []
    for response in Response.objects.filter(attempt=attempt).order_by("position"):
        if _says_nothing(attempt, response):
            continue
        version_id = version_ids[response.position - 1]
        stands_for = cards[response.position - 1] if cards else None
        found.append(
            Given(
                question_id=stands_for or question_of[version_id],
                position=response.position,
                at=_answered_at(attempt, response),
                grade=_grade(attempt, response, keys[version_id]),
            )
        )
    return found


def _says_nothing(attempt: Attempt, response: Response) -> bool:
    if attempt.is_practice:
        if attempt.is_open or attempt.practice.at_once:
            return not response.checked
        return not response.selected
    return not (response.spent_ms or response.selected)


def _grade(attempt: Attempt, response: Response, key: int) -> Grade:
    """A flag in an exam says what "not sure" says in practice."""
    confidence = Confidence(response.confidence)
    if not attempt.is_practice and response.flagged:
        confidence = Confidence.UNSURE
    return grade(response.selected == key, confidence)


def _answered_at(attempt: Attempt, response: Response) -> datetime:
    last_ms = response.path[-1][0] if response.path else 0
    return attempt.started_at + timedelta(milliseconds=last_ms)


def _take_in(attempt: Attempt, given: list[Given]) -> None:
    cards = {
        card.question_id: card
        for card in Card.objects.filter(
            candidate_id=attempt.candidate_id,
            question_id__in={answer.question_id for answer in given},
        )
    }
    new: dict[int, Card] = {}
    for answer in given:
        if answer.question_id not in cards | new and starts_card(answer.grade):
            new[answer.question_id] = _new_card(attempt.candidate_id, answer)
    Card.objects.bulk_create(new.values())
    cards |= new
    Recall.objects.bulk_create(
        Recall(
            card=cards[answer.question_id],
            attempt=attempt,
            position=answer.position,
            at=answer.at,
            grade=answer.grade,
        )
        for answer in given
        if answer.question_id in cards
    )
    _recompute([cards[q] for q in {answer.question_id for answer in given} & cards.keys()])


def _new_card(candidate_id: int, answer: Given) -> Card:
    memory = remember([Recalled(answer.at, answer.grade)])
    return Card(candidate_id=candidate_id, question_id=answer.question_id, **_fields(memory))


def _recompute(cards: list[Card]) -> None:
    """Every card from all its recalls, so that it does not depend on when they came in."""
    recalls: dict[int, list[Recalled]] = defaultdict(list)
    rows = Recall.objects.filter(card__in=cards).order_by("at", "pk")
    for card_id, moment, how in rows.values_list("card_id", "at", "grade"):
        recalls[card_id].append(Recalled(moment, Grade(how)))
    for card in cards:
        for name, value in _fields(remember(recalls[card.pk])).items():
            setattr(card, name, value)
    names = ["stability", "difficulty", "recalled_at", "due_at", "recalls_count", "lapses"]
    Card.objects.bulk_update(cards, names)


def _fields(memory: Memory) -> dict[str, object]:
    return {
        "stability": memory.stability,
        "difficulty": memory.difficulty,
        "recalled_at": memory.recalled_at,
        "due_at": memory.due_at,
        "recalls_count": memory.recalls,
        "lapses": memory.lapses,
    }
