"""The exhibit in the editor: a chart, a table or a picture, as typed."""

import csv
import json
import math
import re
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from questions import formats
from questions.formats.record import Record
from questions.rendering import PICTURE_NAME

DEEPEST = 60  # levels: far more than any chart has, far fewer than exhaust the stack
_NOT_STORABLE = re.compile("[\\0\ud800-\udfff]")
SORTS = (
    ("", _("None")),
    ("chart", _("Chart")),
    ("table", _("Table")),
    ("picture", _("Picture")),
)


def kinds() -> list[str]:
    """What an exhibit may show, as the format of banks names it."""
    schema = Path(formats.__file__).parent / "schema" / "question.schema.json"
    known = json.loads(schema.read_text(encoding="utf-8"))["$defs"]["exhibit"]["properties"]
    return list(known["kind"]["enum"])


class ExhibitForm(forms.Form):
    """One exhibit or none; an unfinished one is kept as it was typed."""

    exhibit = forms.ChoiceField(
        required=False, choices=SORTS, widget=forms.RadioSelect, label=_("Exhibit")
    )
    exhibit_title = forms.CharField(
        required=False, max_length=200, strip=False, label=_("Title of the exhibit")
    )
    exhibit_kind = forms.ChoiceField(
        required=False,
        choices=[("", _("Not said")), *((kind, kind.replace("-", " ")) for kind in kinds())],
        label=_("What has to be read"),
    )
    exhibit_alt = forms.CharField(
        required=False,
        max_length=2000,
        strip=False,
        label=_("Text alternative"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    chart = forms.CharField(
        required=False,
        max_length=60_000,
        strip=False,
        label=_("Vega-Lite specification"),
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "code"}),
    )
    table = forms.CharField(
        required=False,
        max_length=60_000,
        strip=False,
        label=_("Rows of the table"),
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "class": "code"}),
    )
    picture = forms.RegexField(
        PICTURE_NAME.pattern + r"\Z", required=False, label=_("Picture"), widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in self.fields:
            if name != "exhibit":
                self.fields[name].widget.attrs["aria-describedby"] = f"findings-{name}"

    @staticmethod
    def initial_of(exhibit: Mapping[str, Any] | None) -> Record:
        """The fields of an exhibit that is kept."""
        if not exhibit:
            return {"exhibit": ""}
        fields = {f"exhibit_{name}": exhibit.get(name, "") for name in ("title", "kind", "alt")}
        if "vega_lite" in exhibit:
            typed = exhibit.get("typed")
            chart = as_json(exhibit["vega_lite"]) if typed is None else typed
            return {**fields, "exhibit": "chart", "chart": chart}
        if "picture" in exhibit:
            return {**fields, "exhibit": "picture", "picture": exhibit["picture"]}
        return {**fields, "exhibit": "table", "table": as_lines(exhibit["table"])}

    @property
    def record(self) -> Record | None:
        """It as part of a working copy."""
        self.is_valid()
        values = dict.fromkeys(self.fields, "") | self.cleaned_data
        if not values["exhibit"]:
            return None
        named = {name: _clean(values[f"exhibit_{name}"]) for name in ("title", "kind", "alt")}
        content = {"chart": _chart, "table": _table, "picture": _picture}[values["exhibit"]]
        return {**named, **content(_clean(values[values["exhibit"]]))}


def as_json(chart: Mapping[str, Any]) -> str:
    """A specification to read: a line for each record of its data."""
    if not chart:
        return ""
    lines = []
    for line in json.dumps(_flat(chart), indent=2, ensure_ascii=False).splitlines():
        before, mark, record = line.partition(f'"{_RECORD}')
        lines.append(before + _unmarked(record) if mark else line)
    return "\n".join(lines)


_RECORD = "\ue000"  # of the private area: no chart holds it


def _flat(value: Any) -> Any:
    """Small records become marked text, which the writer leaves on one line."""
    if isinstance(value, Mapping):
        return {name: _flat(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [
            _RECORD + json.dumps(one, ensure_ascii=False) if _is_small(one) else _flat(one)
            for one in value
        ]
    return value


def _is_small(value: Any) -> bool:
    return isinstance(value, Mapping) and not any(
        isinstance(inner, (Mapping, list)) for inner in value.values()
    )


def _unmarked(line: str) -> str:
    comma = "," if line.endswith('",') else ""
    return str(json.loads('"' + line.removesuffix(",").removesuffix('"') + '"')) + comma


def as_lines(table: Mapping[str, Any]) -> str:
    """A table as text, a tab between the cells, as a spreadsheet copies it."""
    out = StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerows([table["columns"], *table["rows"]] if table["columns"] else [])
    return out.getvalue()


def _chart(text: str) -> Record:
    """The specification; what is no JSON object yet is kept as typed and shows nothing."""
    try:
        chart = json.loads(text, parse_constant=_refused) if text.strip() else {}
    except (ValueError, RecursionError):
        chart = None
    if isinstance(chart, dict) and _can_be_kept(chart):
        return {"vega_lite": chart}
    return {"vega_lite": {}, "typed": text}


def _refused(name: str) -> None:
    raise ValueError(name)


def _can_be_kept(value: Any, level: int = 1) -> bool:
    """Whether a database keeps it: no zero byte, half character, or number beyond all bounds."""
    if isinstance(value, str):
        return not _NOT_STORABLE.search(value)
    if isinstance(value, float):
        return math.isfinite(value)
    if not isinstance(value, (dict, list)):
        return True
    parts = [*value, *value.values()] if isinstance(value, dict) else value
    return level <= DEEPEST and all(_can_be_kept(part, level + 1) for part in parts)


def _table(text: str) -> Record:
    delimiter = "\t" if "\t" in text else ";" if ";" in text and "," not in text else ","
    try:
        read = list(csv.reader(StringIO(text), delimiter=delimiter, skipinitialspace=True))
    except csv.Error:
        read = [[line] for line in text.splitlines()]
    lines = [[cell.strip() for cell in line] for line in read if any(map(str.strip, line))]
    width = max(map(len, lines), default=0)
    even = [line + [""] * (width - len(line)) for line in lines]
    return {"table": {"columns": even[0] if even else [], "rows": even[1:]}}


def _picture(name: str) -> Record:
    return {"picture": name}


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\0", "")
