"""What the columns of a table are called: our template's names, and those of other programs."""

import re
from collections.abc import Sequence

OPTIONS = 10
PLACES = range(1, OPTIONS + 1)
COLUMNS = (
    *("ident", "title", "type", "stem"),
    *(f"option_{place}" for place in PLACES),
    "key",
    *(f"rationale_{place}" for place in PLACES),
    *("explanation", "tags", "subdomain", "area", "difficulty", "qualifier", "shuffle"),
    *("references", "exhibit_title", "exhibit_kind", "exhibit_alt", "exhibit_table"),
    *("exhibit_chart", "exhibit_picture"),
)
CHOICES = "choices"  # all options in one cell; no column of the template
# Of two columns with one meaning the one whose name stands further to the left is taken.
NAMES = {
    "ident": "identifier question_id qid id question_no question_number number no nr #",
    "title": "question_title question_name name",
    "type": "question_type qtype kind",
    "stem": "question_text question_stem question_body question prompt",
    "key": "answer_key correct_answers correct_answer correct_options correct_option "
    "correct_choices correct_choice right_answers right_answer correct_letter answer_letter "
    "correct answers answer solution",
    "explanation": "overall_explanation answer_explanation explanations general_feedback feedback "
    "rationale reason comment",
    "tags": "tag keywords topics topic categories category",
    CHOICES: "options answer_choices answer_options options_list choice_list alternatives "
    "possible_answers all_options",
    "references": "reference sources source",
}
OTHER_NAMES = {
    other: (name, rank)
    for name, others in NAMES.items()
    for rank, other in enumerate(others.split(), start=1)
}
LETTERS = "abcdefghij"
_REMARK = re.compile(
    r"\s(?:[-–]\s(?:max|min|choose)\b.*|\((?:optional|required|letters?|text)\))$|[*:?]+$"
)
_OPTION = re.compile(
    r"(?:(?:answer|response)_)?(?:option|choice|opt|answer|alternative|response)_?(\d{1,2}|[a-j])"
    r"(?:_text)?"
)
_RATIONALE = re.compile(
    r"(?:rationale|explanation|feedback|(?:option|choice|answer)_(?:explanation|feedback))"
    r"_?(\d{1,2}|[a-j])"
)


def columns_of(cells: Sequence[str]) -> list[str]:
    """The template's name of each column, else its own; empty for a second one of a meaning."""
    told = [_column(cell) for cell in cells]
    if {"a", "b"} <= {name for name, _rank in told}:  # letters alone mean options
        told = [(_lettered(name), rank) for name, rank in told]
    best = {name: min(rank for other, rank in told if other == name) for name, _rank in told}
    names: list[str] = []
    for name, rank in told:
        names.append("" if rank > best[name] or name in names else name)
    return names


def is_header(cells: Sequence[str]) -> bool:
    """Whether a row names the stem and two options, or the stem, an option and the key."""
    names = set(columns_of(cells))
    in_one_cell = {"stem", CHOICES, "key"} <= names
    return in_one_cell or (
        {"stem", "option_1"} <= names and bool({"option_2", "key", "type"} & names)
    )


def _column(cell: str) -> tuple[str, int]:
    """Its name, and how far from the template's own it is."""
    told = cell.strip().strip('"\ufeff').strip().lower()[:100]
    told = re.sub(r"\((s|es)\)$", r"\1", _REMARK.sub("", told).strip())
    name = re.sub(r"[\s_.-]+", "_", re.sub(r"\s*\(.*\)$", "", told)).strip("_")[:50]
    if option := _OPTION.fullmatch(name):
        return f"option_{_place(option[1])}", 0
    if rationale := _RATIONALE.fullmatch(name):
        return f"rationale_{_place(rationale[1])}", 0
    return OTHER_NAMES.get(name, (name, 0))


def _lettered(name: str) -> str:
    return f"option_{_place(name)}" if len(name) == 1 and name in LETTERS else name


def _place(label: str) -> int:
    return int(label) if label.isdigit() else LETTERS.index(label) + 1
