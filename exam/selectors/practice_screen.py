"""The screen on which practice is chosen: how many questions each choice has right now."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from exam.engine.practice import Choice, Item, Mode, fits
from exam.models import Attempt, Blueprint, Response
from exam.selectors.attempts import current_blueprints
from exam.selectors.names import names_of
from exam.selectors.practice import (
    as_items,
    due_cards,
    end_of_today,
    practice_items,
    practices_for,
    today_of,
)

LEAST_TAGGED = 3
SHORT_LISTS = (Mode.MISSED, Mode.SURE_WRONG, Mode.CHANGED, Mode.FLAGGED, Mode.SLOW, Mode.UNSEEN)


@dataclass(frozen=True, slots=True)
class Part:
    """A sub-domain or an area: questions in all, never seen, and wrong when last met."""

    code: str
    name: str
    total: int
    unseen: int
    missed: int


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
    subdomains: tuple[Part, ...]
    areas: tuple[Part, ...]
    tags: tuple[tuple[str, int], ...]
    open: tuple[OpenPractice, ...]


def practice_blueprint(slug: str = "") -> Blueprint | None:
    """The exam a practice prepares for: that of this bank, else of the first; the longest."""
    blueprints = current_blueprints()
    if slug:
        blueprints = blueprints.filter(bank__slug=slug)
    return blueprints.first()


def practice_screen(candidate: User, blueprint: Blueprint, at: datetime) -> PracticeScreen:
    """What can be practised now (ten statements, however many questions there are)."""
    bank = blueprint.bank
    items = practice_items(candidate, bank)
    names = names_of(bank.pk)
    due = as_items(due_cards(candidate, bank, at), items)
    until = end_of_today(candidate, at)
    own = list(practices_for(candidate).filter(blueprint__bank=bank)[:50])
    today = today_of(candidate, at)
    return PracticeScreen(
        total=len(items),
        counts={mode: sum(fits(item, Choice(mode)) for item in items) for mode in SHORT_LISTS},
        due=sum(card.due_at < until for card, _item in due),
        daily=next(
            (a for a in own if a.practice.mode == Mode.DAILY and a.practice.day == today), None
        ),
        subdomains=_parts(items, "subdomain", names.subdomains),
        areas=_parts(items, "area", names.areas),
        tags=_tags(items),
        open=_open(own, at),
    )


def _parts(items: Sequence[Item], kind: str, names: dict[str, str]) -> tuple[Part, ...]:
    groups: dict[str, list[Item]] = {code: [] for code in names}
    for item in items:
        groups[getattr(item, kind)].append(item)
    return tuple(
        Part(
            code=code,
            name=names[code],
            total=len(group),
            unseen=sum(item.met is None for item in group),
            missed=sum(item.met is not None and not item.met.right for item in group),
        )
        for code, group in groups.items()
    )


def _tags(items: Sequence[Item]) -> tuple[tuple[str, int], ...]:
    counts = Counter(tag for item in items for tag in item.tags)
    return tuple(sorted((tag, n) for tag, n in counts.items() if n >= LEAST_TAGGED))


def _open(own: Sequence[Attempt], at: datetime) -> tuple[OpenPractice, ...]:
    going = [attempt for attempt in own if attempt.accepts(at)]
    rows = Response.objects.filter(attempt__in=going).values_list(
        "attempt_id", "checked", "selected"
    )
    done = Counter(pk for pk, checked, selected in rows if checked or selected)
    return tuple(OpenPractice(attempt, done[attempt.pk]) for attempt in going)
