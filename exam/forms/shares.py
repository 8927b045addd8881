"""Shares as people write them, and the ratings of a panel that sets a cut."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exam.engine.scores.standard import PanelCut, panel_cut
from exam.selectors.blueprints.blueprints import domains_of_codes
from questions.models import Bank

PERCENT = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))? ?%?")
RATIO = re.compile(r"(\d{1,6}) ?/ ?([1-9]\d{0,5})")
MOST_LINES, MOST_JUDGES = 2000, 50


class ShareField(forms.CharField):
    """An exact share of a whole, written in percent or as a fraction; None if left empty."""

    default_error_messages = {  # noqa: RUF012
        "invalid": gettext_lazy(
            "Enter a percentage such as 20 or 12.5, or a fraction such as 1/3."
        ),
        "outside": gettext_lazy("Enter a share from 0 to 100 percent."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=16, **kwargs)
        self.widget.attrs["inputmode"] = "decimal"

    def clean(self, value: Any) -> Fraction | None:
        """The share, from 0 to 1."""
        text = super().clean(value)
        if not text:
            return None
        share = read_share(text)
        if share is None:
            raise ValidationError(self.error_messages["invalid"], "invalid")
        if share > 1:
            raise ValidationError(self.error_messages["outside"], "outside")
        return share


def read_share(text: str) -> Fraction | None:
    """ "20", "12.5 %" and "1/3" as exact shares; None for anything else."""
    text = text.strip()
    if ratio := RATIO.fullmatch(text):
        return Fraction(int(ratio[1]), int(ratio[2]))
    if percent := PERCENT.fullmatch(text):
        return Fraction(f"{percent[1]}.{percent[2] or 0}") / 100
    return None


def read_panel(text: str, bank: Bank, weights: Mapping[int, float]) -> PanelCut:
    """The cut of a panel from one line for each domain or question: its name, then the ratings.

    `weights` are the domains' shares of the reference exam.

    Raises:
        ValidationError: one sentence that names the line.
    """
    lines = [(n, _cells(line)) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        raise ValidationError(_("Enter the panel’s ratings, or set the cut in another way."))
    if len(lines) > MOST_LINES or len(lines[0][1]) - 1 > MOST_JUDGES:
        raise ValidationError(
            _("At most %(lines)d lines with the ratings of %(judges)d judges fit here.")
            % {"lines": MOST_LINES, "judges": MOST_JUDGES}
        )
    rated = [(n, cells[0], _ratings(n, cells[1:])) for n, cells in lines]
    _refuse_uneven(rated)
    numbers = {str(number): number for number in weights}
    numbers |= domains_of_codes(bank, [name for _n, name, _row in rated if name not in numbers])
    rows = [(_domain(n, name, numbers), row) for n, name, row in rated]
    if missing := sorted(set(weights) - {number for number, _row in rows}):
        raise ValidationError(_("Domain %(number)d has no rating.") % {"number": missing[0]})
    return panel_cut([row for row in rows if row[0] in weights], weights)


def _cells(line: str) -> list[str]:
    words = re.split(r"[\s;%]+", line.strip())
    cells = [word.strip(",:") for word in words if word.strip(",:")]
    return re.split(r",+", cells[0]) if len(cells) == 1 else cells or [""]


def _ratings(line: int, cells: list[str]) -> list[float]:
    if not cells:
        raise ValidationError(_("Line %(line)d has no rating.") % {"line": line})
    found = []
    for cell in cells:
        share = read_share(cell) if PERCENT.fullmatch(cell) else None
        if share is None or share > 1:
            raise ValidationError(
                _("Line %(line)d: “%(cell)s” is not a percentage from 0 to 100.")
                % {"line": line, "cell": cell[:20]}
            )
        found.append(float(share))
    return found


def _refuse_uneven(rated: list[tuple[int, str, list[float]]]) -> None:
    first = len(rated[0][2])
    for line, _name, row in rated:
        if len(row) != first:
            raise ValidationError(
                _("Line %(line)d has %(own)d ratings, the first line has %(first)d.")
                % {"line": line, "own": len(row), "first": first}
            )
    if max(max(row) for _line, _name, row in rated) <= 0.01:
        raise ValidationError(_("Enter the ratings in percent, such as 65, not as 0.65."))


def _domain(line: int, name: str, numbers: Mapping[str, int]) -> int:
    if name not in numbers:
        raise ValidationError(
            _("Line %(line)d: the bank has no domain and no question “%(name)s”.")
            % {"line": line, "name": name[:40]}
        )
    return numbers[name]
