"""The links of the bank's list: by status, the heads that sort, the pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from questions.forms.filters import FIRST_SORT, FilterForm
from questions.models import QuestionStatus
from questions.selectors.bank_pages import BankPage


@dataclass(frozen=True, slots=True)
class StatusLink:
    """A status, how many there are, and where they are shown."""

    label: str
    count: int | None  # where they were not counted
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column; with an address it puts the list in order."""

    label: str
    address: str = ""
    direction: str = ""  # ascending, descending: as the list is now


def links_of(form: FilterForm, listed: BankPage) -> dict[str, Any]:
    """What the templates link to, all of it addresses within the list."""
    return {
        "counts": list(_counts(form, listed)),
        "heads": list(_heads(form)),
        "pages": _pages(form, listed),
    }


def _counts(form: FilterForm, listed: BankPage) -> Iterator[StatusLink]:
    chosen = form.cleaned_data["status"]
    counts = listed.counts or {}
    everything = sum(counts.values()) if listed.counts else None
    yield StatusLink(_("All"), everything, f"?{form.query_with(status='')}", not chosen)
    for status in QuestionStatus:
        address = f"?{form.query_with(status=status.value)}"
        count = counts.get(status.value)
        yield StatusLink(str(status.label), count, address, chosen == status.value)


def _heads(form: FilterForm) -> Iterator[Head]:
    for label, sort, first in (
        (_("Question"), "code", "code"),
        (_("Part"), "", ""),
        (_("Kind"), "", ""),
        (_("Difficulty"), "difficulty", "difficulty"),
        (_("Status"), "", ""),
        (_("Checks"), "", ""),
        (_("Changed"), "changed", "-changed"),
    ):
        yield _head(form, label, sort, first) if sort else Head(label)


def _head(form: FilterForm, label: str, sort: str, first: str) -> Head:
    """The first click sorts as `first` says, the next one the other way."""
    now = form.order
    if now.removeprefix("-") != sort:
        return Head(label, _sorted(form, first))
    other = now.removeprefix("-") if now.startswith("-") else f"-{now}"
    return Head(label, _sorted(form, other), "descending" if now[0] == "-" else "ascending")


def _sorted(form: FilterForm, sort: str) -> str:
    return f"?{form.query_with(sort='' if sort == FIRST_SORT else sort)}"


def _pages(form: FilterForm, listed: BankPage) -> dict[str, str]:
    """By name, those that lead somewhere."""
    number, last = listed.number, listed.pages
    wanted = {"first": 1, "previous": number - 1, "next": number + 1, "last": last}
    return {
        name: f"?{form.query_with(page=str(page))}"
        for name, page in wanted.items()
        if 1 <= page <= last and page != number
    }
