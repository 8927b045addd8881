"""The screen on which practice is chosen: how many questions each choice has right now."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.validators import slug_re
from django.db.models import Q, QuerySet

from accounts.models import User
from exam.engine.practice.choosing import Choice, Item, Mode, fits
from exam.engine.sitting.lifecycle import AttemptState
from exam.models import Attempt, Blueprint, Response
from exam.selectors.blueprints.names import names_of
from exam.selectors.cohorts.assignments import assigned_to
from exam.selectors.practice.practice import (
    as_items,
    daily_of,
    due_cards,
    end_of_today,
    practice_items,
    practices_for,
    running_exam,
    today_of,
)
from exam.selectors.sitting.attempts import attempts_for, current_blueprints, exams_for
from questions.models import Bank

LEAST_TAGGED = 3
SHORT_LISTS = (Mode.MISSED, Mode.SURE_WRONG, Mode.CHANGED, Mode.FLAGGED, Mode.SLOW, Mode.UNSEEN)


@dataclass(frozen=True, slots=True)
class Part:
    """A domain, sub-domain or area: questions in all, never seen, and wrong when last met."""

    code: str
    name: str
    total: int
    unseen: int
    missed: int
    is_domain: bool = False


@dataclass(frozen=True, slots=True)
class OpenPractice:
    """A practice that was begun and can be gone on with."""

    attempt: Attempt
    done: int


@dataclass(frozen=True, slots=True)
class PracticeScreen:
    """Everything the screen shows; counts are of questions that could be asked now."""

    total: int
    counts: dict[Mode, int]
    due: int
    daily: Attempt | None  # today's ten, if they were begun
    exam: Attempt | None  # an exam that is being sat: practice waits for its end
    domains: tuple[Part, ...]
    subdomains: tuple[Part, ...]
    areas: tuple[Part, ...]
    tags: tuple[tuple[str, int], ...]
    open: tuple[OpenPractice, ...]

    @property
    def parts(self) -> list[Part]:
        """Each domain, followed by its sub-domains."""
        return sorted((*self.domains, *self.subdomains), key=lambda part: part.code)


def practice_blueprint(candidate: User, slug: str = "") -> Blueprint | None:
    """The exam a practice prepares for: of this bank, else of the bank practised or sat last.

    The longest of the bank that this person may practise for; None if there is none.
    """
    blueprints = blueprints_to_practise(candidate)
    if slug:
        return blueprints.filter(bank__slug=slug).first() if slug_re.fullmatch(slug) else None
    latest = attempts_for(candidate).values_list("blueprint__bank_id", flat=True).first()
    return blueprints.filter(bank=latest).first() or blueprints.first()


def blueprints_to_practise(candidate: User) -> QuerySet[Blueprint]:
    """Exams that are open to all, assigned to this person, or were sat by them.

    Practice shows the questions of a bank: an exam for others alone does not give them away.
    """
    assigned = assigned_to(candidate).values("blueprint__slug")
    sat = exams_for(candidate).order_by().values("blueprint__slug")
    own = Q(slug__in=assigned) | Q(slug__in=sat)
    return current_blueprints().filter(Q(is_open=True) | own)


def banks_to_practise(candidate: User) -> list[Bank]:
    """The banks of these exams, by title."""
    blueprints = blueprints_to_practise(candidate).order_by()
    return list(Bank.objects.filter(pk__in=blueprints.values("bank")).order_by("title"))


def practice_screen(candidate: User, blueprint: Blueprint, at: datetime) -> PracticeScreen:
    """What can be practised now (fourteen statements, however many questions there are)."""
    bank = blueprint.bank
    items = practice_items(candidate, bank)
    names = names_of(bank.pk)
    due = as_items(due_cards(candidate, bank, at), items)
    until = end_of_today(candidate, at)
    own = practices_for(candidate).filter(blueprint__bank=bank)
    return PracticeScreen(
        total=len(items),
        counts={mode: sum(fits(item, Choice(mode)) for item in items) for mode in SHORT_LISTS},
        due=sum(card.due_at < until for card, _item in due),
        daily=daily_of(own, today_of(candidate, at)),
        exam=running_exam(candidate, bank.pk),
        domains=_parts(items, "domain", names.domains),
        subdomains=_parts(items, "subdomain", names.subdomains),
        areas=_parts(items, "area", names.areas),
        tags=_tags(items),
        open=_open(own, at),
    )


def _parts(items: Sequence[Item], kind: str, names: Mapping[Any, str]) -> tuple[Part, ...]:
    groups: dict[Any, list[Item]] = {code: [] for code in names}
    for item in items:
        groups[getattr(item, kind)].append(item)
    return tuple(
        Part(
            code=str(code),
            name=names[code],
            total=len(group),
            unseen=sum(item.met is None for item in group),
            missed=sum(item.is_missed for item in group),
            is_domain=kind == "domain",
        )
        for code, group in groups.items()
    )


def _tags(items: Sequence[Item]) -> tuple[tuple[str, int], ...]:
    counts = Counter(tag for item in items for tag in item.tags)
    return tuple(sorted((tag, n) for tag, n in counts.items() if n >= LEAST_TAGGED))


def _open(own: QuerySet[Attempt], at: datetime) -> tuple[OpenPractice, ...]:
    going = [a for a in own.filter(state=AttemptState.IN_PROGRESS) if a.accepts(at)]
    rows = Response.objects.filter(attempt__in=going).values_list(
        "attempt_id", "checked", "selected"
    )
    done = Counter(pk for pk, checked, selected in rows if checked or selected)
    return tuple(OpenPractice(attempt, done[attempt.pk]) for attempt in going)
