"""What one person may practise: every question of a bank with how its last meeting went."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from exam.engine.practice.choosing import Item, Met, Mode
from exam.engine.practice.memory import due_before
from exam.engine.sitting.batch import Confidence
from exam.engine.sitting.lifecycle import AttemptState, Purpose
from exam.engine.sitting.path import ChangeKind, read_path
from exam.models import Attempt, Blueprint, Card, Response
from exam.selectors.results.answers import keys_of
from exam.selectors.sitting.attempts import attempts_for, exams_for
from questions.models import Bank, Question, QuestionStatus, QuestionVersion

SLOW_FACTOR = 2


@dataclass(frozen=True, slots=True)
class DueCard:
    """A card and when it comes back to this person."""

    card: Card
    due_at: datetime


def practice_items(candidate: User, bank: Bank) -> list[Item]:
    """The questions this person may practise, by id (five statements)."""
    met = _meetings(candidate, bank)
    rows = (
        QuestionVersion.objects.filter(
            question__bank=bank, question__status=QuestionStatus.ACTIVE, question__current=F("pk")
        )
        .order_by("question_id")
        .values_list(
            "question_id",
            "pk",
            "subdomain__domain__number",
            "subdomain__code",
            "area",
            "question__tags",
            "difficulty",
        )
    )
    return [
        Item(question, version, domain, subdomain, area, frozenset(tags), rating, met.get(question))
        for question, version, domain, subdomain, area, tags, rating in rows
    ]


def enemies_of(bank: Bank) -> dict[int, set[int]]:
    """For each question the ids of those it must not meet."""
    enemies: dict[int, set[int]] = defaultdict(set)
    links = Question.enemies.through.objects.filter(from_question__bank=bank)
    for one, other in links.values_list("from_question_id", "to_question_id"):
        enemies[one].add(other)
    return enemies


def practices_for(candidate: User) -> QuerySet[Attempt]:
    """Practice of this person, the newest first."""
    return attempts_for(candidate).filter(purpose=Purpose.PRACTICE)


def due_cards(candidate: User, bank: Bank, at: datetime) -> list[DueCard]:
    """Every card of this person with the time it comes back, the earliest first.

    Those of questions in trial or retired rest until the question is active.
    """
    exam = exam_begins(candidate, at)
    cards = Card.objects.filter(
        candidate=candidate, question__bank=bank, question__status=QuestionStatus.ACTIVE
    )
    found = [
        DueCard(card, due_before(exam, card.due_at, card.recalled_at, card.question_id))
        for card in cards
    ]
    return sorted(found, key=lambda due: (due.due_at, due.card.pk))


def daily_of(own: QuerySet[Attempt], today: date) -> Attempt | None:
    """The daily ten of a day, if they were begun."""
    return own.filter(practice__mode=Mode.DAILY, practice__day=today).first()


def running_exam(candidate: User, bank_id: int) -> Attempt | None:
    """An exam of this bank that is being sat: practice would give its questions away."""
    return running_exams(candidate, bank_id).first()


def running_exams(candidate: User, bank_id: int) -> QuerySet[Attempt]:
    """Exams of this bank that are being sat; there may be one of each kind."""
    exams = exams_for(candidate).filter(blueprint__bank=bank_id)
    return exams.filter(state=AttemptState.IN_PROGRESS)


def answers_wait(candidate: User, attempt: Attempt) -> bool:
    """Whether this one's answers would give those of an exam away that is being sat.

    Of practice any would; of another exam those of the questions that both ask, in any version.
    An exam that runs itself tells no answers.
    """
    if attempt.is_open and not attempt.is_practice:
        return False
    running = list(running_exams(candidate, attempt.blueprint.bank_id))
    if attempt.is_practice or not running:
        return bool(running)
    asked = {pk for exam in running for pk in exam.exam_form.version_ids}
    own = QuestionVersion.objects.filter(pk__in=attempt.exam_form.version_ids)
    questions = QuestionVersion.objects.filter(pk__in=asked).order_by().values("question")
    return own.filter(question__in=questions).exists()


@dataclass(frozen=True, slots=True)
class PracticeToday:
    """What today asks of somebody who practises."""

    due: int
    daily_done: bool
    has_cards: bool


def practice_today(candidate: User, blueprint: Blueprint, at: datetime) -> PracticeToday:
    """What comes back today, and whether the daily ten are done (two statements)."""
    until = end_of_today(candidate, at)
    due = due_cards(candidate, blueprint.bank, at)
    own = practices_for(candidate).filter(blueprint__bank=blueprint.bank_id)
    daily = daily_of(own, today_of(candidate, at))
    return PracticeToday(
        due=sum(card.due_at < until for card in due),
        daily_done=daily is not None and not daily.is_open,
        has_cards=bool(due),
    )


def exam_begins(candidate: User, at: datetime) -> datetime | None:
    """The first moment of the day of this person's exam; None if there is none ahead."""
    if candidate.exam_date is None:
        return None
    begins = datetime.combine(candidate.exam_date, time(), zone_of(candidate)).astimezone(UTC)
    return begins if begins > at else None


def today_of(candidate: User, at: datetime) -> date:
    """The day it is where this person is."""
    return at.astimezone(zone_of(candidate)).date()


def end_of_today(candidate: User, at: datetime) -> datetime:
    """The last moment of this person's day: what comes back until then is due today."""
    tomorrow = today_of(candidate, at) + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone_of(candidate)).astimezone(UTC)


def zone_of(candidate: User) -> ZoneInfo:
    """The person's time zone: the profile's, else that of the device that asks."""
    if candidate.time_zone:
        return ZoneInfo(candidate.time_zone)
    current = timezone.get_current_timezone()
    return current if isinstance(current, ZoneInfo) else ZoneInfo("UTC")


# ------------------------------------------------------------------ meetings
def _meetings(candidate: User, bank: Bank) -> dict[int, Met]:
    """The last meeting with each question."""
    attempts = {
        attempt.pk: attempt
        for attempt in attempts_for(candidate).filter(blueprint__bank=bank).order_by("started_at")
    }
    version_ids = {pk for attempt in attempts.values() for pk in attempt.exam_form.version_ids}
    question_of = dict(
        QuestionVersion.objects.filter(pk__in=version_ids).values_list("pk", "question_id")
    )
    keys = keys_of(version_ids)
    met: dict[int, Met] = {}
    for row in _seen_responses(attempts):
        attempt = attempts[row.attempt_id]
        version = attempt.exam_form.version_ids[row.position - 1]
        found = _meeting(attempt, row, keys[version])
        before = met.get(question_of[version])
        if before is None or found.at >= before.at:
            met[question_of[version]] = found
    return met


def _seen_responses(attempts: dict[int, Attempt]) -> QuerySet[Response]:
    """What was met: of ended exams every question reached, of practice what was answered.

    Practice that shows answers at once is answered where an answer was looked up.
    """
    exams = [pk for pk, a in attempts.items() if not a.is_practice and not a.is_open]
    at_end = [
        pk
        for pk, a in attempts.items()
        if a.is_practice and not a.is_open and not a.practice.at_once
    ]
    return (
        Response.objects.filter(
            Q(attempt_id__in=exams) & (Q(spent_ms__gt=0) | Q(selected__gt=0))
            | Q(attempt_id__in=at_end, selected__gt=0)
            | Q(attempt_id__in=attempts, checked=True)
        )
        .order_by("attempt_id", "position")
        .defer("note", "highlights")
    )


def _meeting(attempt: Attempt, response: Response, key: int) -> Met:
    path = read_path(response.path, key)
    last_ms = path.last.at_ms if path.last else 0
    return Met(
        at=attempt.started_at + timedelta(milliseconds=last_ms),
        right=response.selected == key,
        flagged=response.flagged,
        slow=response.spent_ms > SLOW_FACTOR * plan_ms(attempt),
        right_to_wrong=path.kind is ChangeKind.RIGHT_TO_WRONG,
        confidence=Confidence(response.confidence),
    )


def plan_ms(attempt: Attempt) -> int:
    """An even share of the exam's time for one question; practice is held to the same pace."""
    blueprint = attempt.blueprint
    extra = 0 if attempt.is_practice else attempt.extra_minutes
    return (blueprint.minutes + extra) * 60_000 // blueprint.length


def as_items(due: list[DueCard], items: list[Item]) -> list[tuple[DueCard, Item]]:
    """The due cards whose question can be practised now, with it."""
    known = {item.question: item for item in items}
    return [(d, known[d.card.question_id]) for d in due if d.card.question_id in known]
