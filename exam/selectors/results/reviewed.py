"""One question of a closed attempt with everything there is to say about it."""

from dataclasses import dataclass

from exam.engine.sitting.path import read_path
from exam.highlights import highlighted
from exam.models import Attempt, QuestionReport, Response
from exam.selectors.sitting.forms import LETTERS, AnswerSheet, ReviewedOption, letters_of
from questions.models import Exhibit, KeyChange, Option, QuestionVersion


@dataclass(frozen=True, slots=True)
class Step:
    """A settled choice and when it was made; no letters if the answer was cleared."""

    letters: tuple[str, ...]
    at_ms: int


@dataclass(frozen=True, slots=True)
class Corrected:
    """A change of the key in the letters that this candidate saw."""

    change: KeyChange
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class ReviewedQuestion:
    """A question as it was sat, with key, rationales, and the candidate's path."""

    position: int
    version: QuestionVersion
    stem_html: str
    exhibit: Exhibit | None
    options: tuple[ReviewedOption, ...]
    steps: tuple[Step, ...]
    outcome: str
    response: Response
    is_pilot: bool
    is_reused: bool
    report: QuestionReport | None
    corrected: tuple[Corrected, ...]  # the oldest first

    @property
    def key_letters(self) -> tuple[str, ...]:
        """The letters of the key as displayed."""
        return tuple(option.letter for option in self.options if option.is_key)


def reviewed_question(attempt: Attempt, position: int) -> ReviewedQuestion:
    """The question at this position of a closed attempt (five statements)."""
    exam_form, order = attempt.exam_form, attempt.option_orders[position - 1]
    version = (
        QuestionVersion.objects.select_related("exhibit__picture", "subdomain__domain")
        .defer("exhibit__picture__data")
        .prefetch_related("options")
        .get(pk=exam_form.version_ids[position - 1])
    )
    response = Response.objects.get(attempt=attempt, position=position)
    options = {option.ordinal: option for option in version.options.all()}
    key = sum(1 << option.ordinal for option in options.values() if option.is_key)
    path = read_path(response.path, key)
    first = path.first.mask if path.first else 0
    return ReviewedQuestion(
        position=position,
        version=version,
        stem_html=highlighted(version.stem_html, response.highlights),
        exhibit=getattr(version, "exhibit", None),
        options=tuple(
            _option(LETTERS[place], options[int(ordinal)], response, first)
            for place, ordinal in enumerate(order)
        ),
        steps=tuple(Step(letters_of(choice.mask, order), choice.at_ms) for choice in path.choices),
        outcome=_outcome(response.selected, key),
        response=response,
        is_pilot=position in exam_form.pilot_positions,
        is_reused=position in exam_form.reused_positions,
        report=QuestionReport.objects.filter(attempt=attempt, version=version).first(),
        corrected=tuple(
            Corrected(
                change,
                ", ".join(letters_of(change.before, order)),
                ", ".join(letters_of(change.after, order)),
            )
            for change in version.key_changes.all()
        ),
    )


def answer_sheets(attempt: Attempt) -> dict[int, AnswerSheet]:
    """Keys, rationales and references of every position of a practice (two statements)."""
    version_ids = attempt.exam_form.version_ids
    versions = QuestionVersion.objects.prefetch_related("options").in_bulk(version_ids)
    nothing = Response()
    sheets = {}
    for position, (pk, order) in enumerate(zip(version_ids, attempt.option_orders, strict=True), 1):
        options = {option.ordinal: option for option in versions[pk].options.all()}
        shown = tuple(
            _option(LETTERS[place], options[int(ordinal)], nothing, 0)
            for place, ordinal in enumerate(order)
        )
        keys = tuple(place for place, option in enumerate(shown, 1) if option.is_key)
        sheets[position] = AnswerSheet(versions[pk], shown, keys)
    return sheets


def _option(letter: str, option: Option, response: Response, first: int) -> ReviewedOption:
    bit = 1 << option.ordinal
    is_chosen = bool(response.selected & bit)
    return ReviewedOption(
        letter=letter,
        html=option.html,
        rationale_html=option.rationale_html,
        is_key=option.is_key,
        is_chosen=is_chosen,
        is_first_choice=bool(first & bit) and not is_chosen,
        is_struck=bool(response.eliminated & bit),
    )


def _outcome(selected: int, key: int) -> str:
    if not selected:
        return "blank"
    return "right" if selected == key else "wrong"
