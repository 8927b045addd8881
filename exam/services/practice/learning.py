"""Cards: what was missed comes back. Each answer is taken in once; a card is their sum."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from exam.engine.practice.memory import Grade, Memory, Recalled, grade, remember, starts_card
from exam.engine.sitting.batch import Confidence
from exam.engine.sitting.lifecycle import AttemptState
from exam.models import Attempt, Card, Recall, Response
from exam.selectors.results.answers import keys_of
from questions.models import QuestionVersion


def learn(attempt_id: int, *, at: datetime) -> int:
    """Lets the cards take in what is new in an attempt; how many answers that was.

    Safe to repeat, to interrupt, and in any order: a card is made anew from all answers to its
    question. An exam is learnt from when it is handed in, practice with each answer looked up.
    """
    with transaction.atomic():
        attempt = _locked(attempt_id)
        if attempt is None or (attempt.is_open and not attempt.is_practice):
            return 0
        known = set(Recall.objects.filter(attempt=attempt).values_list("position", flat=True))
        new = [recall for recall in _recalls(attempt) if recall.position not in known]
        Recall.objects.bulk_create(new)
        make_cards(attempt.candidate_id, {recall.question_id for recall in new})
        Attempt.objects.filter(pk=attempt_id).update(learned_at=at)
    return len(new)


def grade_again(attempt_id: int, version_ids: Collection[int]) -> None:
    """Grades the answers to these versions by the keys as they stand, and makes their cards anew.

    What was taken out of scoring says nothing any more. Safe to repeat; an attempt that was not
    learnt from yet is left alone.
    """
    with transaction.atomic():
        attempt = _locked(attempt_id)
        if attempt is None or attempt.learned_at is None:
            return
        ids = attempt.exam_form.version_ids
        positions = [position for position, pk in enumerate(ids, 1) if pk in version_ids]
        known = Recall.objects.filter(attempt=attempt, position__in=positions)
        questions = set(known.values_list("question_id", flat=True))
        known.delete()
        graded = _recalls(attempt, positions)
        Recall.objects.bulk_create(graded)
        make_cards(attempt.candidate_id, questions | {recall.question_id for recall in graded})


def forget(attempt: Attempt) -> None:
    """Takes the answers of an attempt out of the cards again; the caller holds the person."""
    recalls = Recall.objects.filter(attempt=attempt)
    questions = set(recalls.values_list("question_id", flat=True))
    recalls.delete()
    make_cards(attempt.candidate_id, questions)


def hold(candidate_id: int) -> None:
    """One after another: whoever changes a person's cards or practice holds the person first."""
    User.objects.select_for_update(no_key=True).get(pk=candidate_id)


def _locked(attempt_id: int) -> Attempt | None:
    """The attempt as it stands once its candidate is held; None if void, gone or nobody's now."""
    attempts = Attempt.objects.exclude(state=AttemptState.VOID).filter(candidate__erased_at=None)
    candidate_id = attempts.filter(pk=attempt_id).values_list("candidate_id", flat=True).first()
    if candidate_id is None:
        return None
    hold(candidate_id)
    return attempts.select_related("exam_form", "practice").filter(pk=attempt_id).first()


# ------------------------------------------------------------------ answers
def _recalls(attempt: Attempt, positions: Collection[int] | None = None) -> list[Recall]:
    """The answers of an attempt, or at these positions, that say something, position 1 first."""
    version_ids = attempt.exam_form.version_ids
    responses = Response.objects.filter(attempt=attempt).order_by("position")
    asked = set(version_ids)
    if positions is not None:
        responses = responses.filter(position__in=positions)
        asked = {version_ids[position - 1] for position in positions}
    question_of = dict(
        QuestionVersion.objects.filter(pk__in=asked, is_dropped=False).values_list(
            "pk", "question_id"
        )
    )
    keys = keys_of(asked)
    cards = attempt.practice.stands_for if attempt.is_practice else [None] * len(version_ids)
    return [
        Recall(
            candidate_id=attempt.candidate_id,
            question_id=cards[response.position - 1]
            or question_of[version_ids[response.position - 1]],
            attempt=attempt,
            position=response.position,
            at=_answered_at(attempt, response),
            grade=_grade(attempt, response, keys[version_ids[response.position - 1]]),
        )
        for response in responses
        if version_ids[response.position - 1] in question_of and _says_something(attempt, response)
    ]


def _says_something(attempt: Attempt, response: Response) -> bool:
    if not attempt.is_practice:
        return bool(response.spent_ms or response.selected)
    if attempt.is_open or attempt.practice.at_once:
        return response.checked
    return bool(response.selected)


def _grade(attempt: Attempt, response: Response, key: int) -> Grade:
    """A flag in an exam says what "not sure" says in practice."""
    confidence = Confidence(response.confidence)
    if not attempt.is_practice and response.flagged:
        confidence = Confidence.UNSURE
    return grade(response.selected == key, confidence)


def _answered_at(attempt: Attempt, response: Response) -> datetime:
    last_ms = response.path[-1][0] if response.path else 0
    return attempt.started_at + timedelta(milliseconds=last_ms)


# ------------------------------------------------------------------ cards
def make_cards(candidate_id: int, question_ids: Iterable[int]) -> None:
    """Makes the cards of these questions anew from their recalls; those with no cause go."""
    questions = set(question_ids)
    memories = {
        question: remember(recalls)
        for question, recalls in _since_missed(candidate_id, questions).items()
    }
    cards = Card.objects.filter(candidate_id=candidate_id, question_id__in=questions)
    cards.exclude(question_id__in=memories).delete()
    Card.objects.bulk_create(
        [
            Card(candidate_id=candidate_id, question_id=question, **_fields(memory))
            for question, memory in memories.items()
        ],
        update_conflicts=True,
        unique_fields=["candidate", "question"],
        update_fields=[
            *("stability", "difficulty", "recalled_at", "due_at", "recalls_count", "lapses")
        ],
    )


def _since_missed(candidate_id: int, questions: set[int]) -> dict[int, list[Recalled]]:
    """The answers to each question from the first that was missed or unsure, oldest first."""
    found: dict[int, list[Recalled]] = defaultdict(list)
    rows = Recall.objects.filter(candidate_id=candidate_id, question_id__in=questions)
    for question, moment, how in rows.order_by("at", "attempt_id", "position").values_list(
        "question_id", "at", "grade"
    ):
        if question in found or starts_card(Grade(how)):
            found[question].append(Recalled(moment, Grade(how)))
    return found


def _fields(memory: Memory) -> dict[str, object]:
    return {
        "stability": memory.stability,
        "difficulty": memory.difficulty,
        "recalled_at": memory.recalled_at,
        "due_at": memory.due_at,
        "recalls_count": memory.recalls,
        "lapses": memory.lapses,
    }
