"""Rules about what a question must have: keys, counts, reasons, alternatives."""

from collections.abc import Iterable
from itertools import combinations

from questions.formats.draft import QuestionDraft

from .finding import FORMAT, HALADYNA, NBME, Level, Remark, Rule
from .text import last_sentence, letter, normalised, select_note, words

OPTIONS_FOR_KEYS = {1: 4, 2: 5, 3: 6}
NUMBER_WORDS = {1: "ONE", 2: "TWO", 3: "THREE", 4: "FOUR", 5: "FIVE", 6: "SIX"}
CONTAINED_LENGTH = 12
STEM_WORDS = range(8, 151)


def _key(draft: QuestionDraft) -> Iterable[Remark]:
    keys, noted = len(draft.keys), select_note(draft.stem)
    if not keys:
        yield Remark(Level.BLOCK, "options", "No option is marked as the key.")
    elif keys != draft.select:
        message = f"`select` says {draft.select}, but the number of keys is {keys}."
        yield Remark(Level.BLOCK, "select", message)
    if keys > 1 and noted != keys:
        note = f"(Select {NUMBER_WORDS.get(keys, keys)}.)"
        yield Remark(Level.BLOCK, "stem", f'The stem must end with "{note}".')
    if keys == 1 and noted:
        yield Remark(Level.BLOCK, "stem", "The stem asks for several, but there is one key.")


def _option_count(draft: QuestionDraft) -> Iterable[Remark]:
    wanted, found = OPTIONS_FOR_KEYS.get(len(draft.keys)), len(draft.options)
    if wanted and wanted != found:
        keys = "one key" if len(draft.keys) == 1 else f"{len(draft.keys)} keys"
        message = f"With {keys} there should be {wanted} options, not {found}."
        yield Remark(Level.WARN, "options", message)


def _duplicates(draft: QuestionDraft) -> Iterable[Remark]:
    texts = [normalised(option.text) for option in draft.options]
    for first, second in combinations(range(len(texts)), 2):
        if texts[first] == texts[second]:
            message = f"Options {letter(first)} and {letter(second)} say the same."
            yield Remark(Level.BLOCK, f"options.{second}.text", message)


def _containment(draft: QuestionDraft) -> Iterable[Remark]:
    texts = [normalised(option.text) for option in draft.options]
    for inner, short in enumerate(texts):
        for outer, long in enumerate(texts):
            if len(short) > CONTAINED_LENGTH and short != long and f" {short} " in f" {long} ":
                message = f"Option {letter(outer)} contains the whole of option {letter(inner)}."
                yield Remark(Level.WARN, f"options.{outer}.text", message)


def _rationales(draft: QuestionDraft) -> Iterable[Remark]:
    for index, option in enumerate(draft.options):
        if not option.rationale.strip():
            message = f"Option {letter(index)} has no rationale."
            yield Remark(Level.BLOCK, f"options.{index}.rationale", message)


def _explanation(draft: QuestionDraft) -> Iterable[Remark]:
    if not draft.explanation.strip():
        yield Remark(Level.BLOCK, "explanation", "There is no explanation to take away.")


def _reference(draft: QuestionDraft) -> Iterable[Remark]:
    if not draft.references:
        yield Remark(Level.BLOCK, "references", "No page is named where this can be checked.")


def _alternative(draft: QuestionDraft) -> Iterable[Remark]:
    exhibit = draft.exhibit
    # A table is text already; a chart or picture says nothing to a reader who cannot see it.
    seen = exhibit and (exhibit.vega_lite is not None or exhibit.picture)
    if exhibit and seen and not exhibit.alt.strip():
        what = "picture" if exhibit.picture else "chart"
        yield Remark(Level.BLOCK, "exhibit.alt", f"The {what} has no text alternative.")


def _stem_length(draft: QuestionDraft) -> Iterable[Remark]:
    length = len(words(draft.stem))
    if length not in STEM_WORDS:
        size = "short" if length < STEM_WORDS.start else "long"
        yield Remark(Level.INFO, "stem", f"The stem is {size}: {length} words.")


def _qualifier(draft: QuestionDraft) -> Iterable[Remark]:
    if draft.qualifier and normalised(draft.qualifier) not in normalised(last_sentence(draft.stem)):
        message = f'The last sentence of the stem does not contain "{draft.qualifier}".'
        yield Remark(Level.WARN, "qualifier", message)


RULES = (
    Rule("key", HALADYNA, _key),
    Rule("option-count", FORMAT, _option_count),
    Rule("duplicate-options", HALADYNA, _duplicates),
    Rule("option-in-option", HALADYNA, _containment),
    Rule("missing-rationale", FORMAT, _rationales),
    Rule("missing-explanation", FORMAT, _explanation),
    Rule("missing-reference", FORMAT, _reference),
    Rule("exhibit-alternative", "WCAG 2.2, success criterion 1.1.1", _alternative),
    Rule("stem-length", f"{HALADYNA}, guideline 13; {NBME}", _stem_length),
    Rule("qualifier", FORMAT, _qualifier),
)
