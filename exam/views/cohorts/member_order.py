"""The people of a cohort's dashboard: which are shown, and in what order."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exam.selectors.cohorts.cohort_standing import Member, Stand

SHOWN = {
    Stand.LIKELY.value: gettext_lazy("Likely to pass"),
    Stand.CLOSE.value: gettext_lazy("Too close to call"),
    Stand.NOT_YET.value: gettext_lazy("Not yet"),
    Stand.OPEN.value: gettext_lazy("No verdict"),
    Stand.NOT_BEGUN.value: gettext_lazy("Not begun"),
    "stopped": gettext_lazy("Stopped"),
}
FIRST = "-readiness"


@dataclass(frozen=True, slots=True)
class Head:
    """The heading of a column and where it leads."""

    label: str
    address: str
    direction: str
    is_number: bool


def _name(member: Member) -> Any:
    return str(member.person).casefold()


def _readiness(member: Member) -> Any:
    return member.readiness and member.readiness.score


def _chance(member: Member) -> Any:
    return member.readiness and member.readiness.chance


def _exams(member: Member) -> Any:
    return len(member.own.sat)


def _score(member: Member) -> Any:
    return member.last and (member.last.scaled, member.last.share)


def _active(member: Member) -> Any:
    return member.last_active


ORDERS: dict[str, Callable[[Member], Any]] = {
    "name": _name,
    "readiness": _readiness,
    "chance": _chance,
    "exams": _exams,
    "score": _score,
    "active": _active,
}


def shown(members: Iterable[Member], show: str) -> list[Member]:
    """Those of one group; everybody for a word that names none."""
    if show == "stopped":
        return [member for member in members if member.has_stopped]
    return [member for member in members if show not in SHOWN or member.stand == show]


def in_order(members: list[Member], asked: Mapping[str, str]) -> list[Member]:
    """By the column asked for; who has no value there comes last, either way."""
    key, is_descending = _asked(asked)
    value = ORDERS[key]
    known = [member for member in members if value(member) is not None]
    unknown = [member for member in members if value(member) is None]
    return sorted(known, key=value, reverse=is_descending) + unknown


def heads(asked: QueryDict, *, is_scaled: bool) -> list[Head]:
    """The columns; a link sorts by one, and the other way round if it is sorted so already."""
    labels = {"name": _("Candidate")}
    if is_scaled:
        labels |= {"readiness": _("Readiness"), "chance": _("Chance")}
    labels |= {"exams": _("Exams"), "score": _("Last score"), "active": _("Last active")}
    return [_head(asked, key, label) for key, label in labels.items()]


def _head(asked: QueryDict, key: str, label: str) -> Head:
    chosen, is_descending = _asked(asked)
    kept = asked.copy()
    kept.pop("page", None)
    starts_high = key != "name"
    kept["sort"] = f"-{key}" if (not is_descending if key == chosen else starts_high) else key
    direction = ("descending" if is_descending else "ascending") if key == chosen else ""
    return Head(label, f"?{kept.urlencode()}#people", direction, key not in ("name", "active"))


def _asked(asked: Mapping[str, str]) -> tuple[str, bool]:
    sort = asked.get("sort", "")
    if sort.removeprefix("-") not in ORDERS:
        sort = FIRST
    return sort.removeprefix("-"), sort.startswith("-")
