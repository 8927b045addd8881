"""Rules about the words of stem and options: negatives, letters, and words that give a hint."""

import re
from collections.abc import Iterable

from questions.formats.draft import QuestionDraft

from .finding import HALADYNA, NBME, Level, Remark, Rule
from .text import last_sentence, letter, prose, without_select_note, words

QUESTION_WITHIN = 160
CLUE_LETTERS = 6
CLUE_WORDS = 2
ABSOLUTES = frozenset(
    {"absolutely", "all", "always", "completely", "entirely", "every", "everything"}
    | {"never", "none", "nothing", "only"}
)
ARTICLES = frozenset({"a", "an", "the"})

_ABOVE = re.compile(
    r"\b(?:all|none|both|any|neither|two) of (?:the )?(?:above|these|those options|other options"
    r"|options|answers|choices)\b|\bboth of the above\b",
    re.IGNORECASE,
)
_PAIR = re.compile(r"\b[Bb]oth [A-F] and [A-F]\b|^[A-F](?:, [A-F])*,? (?:and|or) [A-F]\.?$")
_BY_LETTER = re.compile(r"\b(?:[Oo]ptions?|[Aa]nswers?|[Cc]hoices?) \(?[A-F]\)?(?![\w/'-])")
_NEGATIVE = re.compile(r"\b(?:not|except)\b", re.IGNORECASE)


def _above(draft: QuestionDraft) -> Iterable[Remark]:
    for index, option in enumerate(draft.options):
        text = prose(option.text)
        if found := _ABOVE.search(text) or _PAIR.search(text) or _BY_LETTER.search(text):
            message = f'Option {letter(index)} speaks of other options: "{found[0]}".'
            yield Remark(Level.BLOCK, f"options.{index}.text", message)


def _letters(draft: QuestionDraft) -> Iterable[Remark]:
    texts = {f"options.{i}.rationale": o.rationale for i, o in enumerate(draft.options)}
    for field, text in {**texts, "explanation": draft.explanation}.items():
        if found := _BY_LETTER.search(prose(text)):
            message = f'"{found[0]}" means nothing to a candidate: options are shuffled.'
            yield Remark(Level.BLOCK, field, message)


def _negative(draft: QuestionDraft) -> Iterable[Remark]:
    found = _NEGATIVE.findall(last_sentence(draft.stem))
    hidden = [word for word in found if not word.isupper()]
    if hidden:
        message = f'"{hidden[0]}" in the last sentence must be in capitals, or better avoided.'
        yield Remark(Level.BLOCK, "stem", message)
    elif found:
        message = f"The last sentence asks with {found[0]}; ask for what is true if you can."
        yield Remark(Level.WARN, "stem", message)


def _question(draft: QuestionDraft) -> Iterable[Remark]:
    if "?" not in prose(draft.stem)[-QUESTION_WITHIN:]:
        message = f"There is no question in the last {QUESTION_WITHIN} characters of the stem."
        yield Remark(Level.WARN, "stem", message)


def _absolute(draft: QuestionDraft) -> Iterable[Remark]:
    if any(_absolutes(option.text) for option in draft.keys):
        return
    for index, option in enumerate(draft.options):
        if found := _absolutes(option.text):
            message = f'"{min(found)}" stands in wrong options alone, here in {letter(index)}.'
            yield Remark(Level.INFO, f"options.{index}.text", message)


def _absolutes(text: str) -> frozenset[str]:
    return ABSOLUTES & {word.lower() for word in words(text)}


def _clue(draft: QuestionDraft) -> Iterable[Remark]:
    names = _names(draft)
    stem = _content_words(draft.stem) - names
    elsewhere = {word for option in draft.distractors for word in _content_words(option.text)}
    for index, option in enumerate(draft.options):
        shared = _content_words(option.text) & stem - elsewhere if option.is_key else set()
        if len(shared) >= CLUE_WORDS:
            found = ", ".join(sorted(shared))
            message = f"Words of the stem come back only in key {letter(index)}: {found}."
            yield Remark(Level.WARN, f"options.{index}.text", message)


def _content_words(text: str) -> set[str]:
    stems = (word.lower().removesuffix("s") for word in words(text))
    return {word for word in stems if len(word) >= CLUE_LETTERS}


def _names(draft: QuestionDraft) -> set[str]:
    """Words written with a capital inside a sentence: names of services, which may repeat."""
    texts = [draft.stem, *(option.text for option in draft.options)]
    inside = (re.findall(r"(?<![.?!:] )(?<!^)\b[A-Z][\w-]+", prose(text)) for text in texts)
    return {name.lower().removesuffix("s") for found in inside for name in found}


def _article_at_end(draft: QuestionDraft) -> Iterable[Remark]:
    ending = re.search(r"\b(an?)\W*$", without_select_note(draft.stem), re.IGNORECASE)
    if ending:
        message = f'The stem ends in "{ending[1]}", which only some options can follow.'
        yield Remark(Level.WARN, "stem", message)


def _odd_form(draft: QuestionDraft) -> Iterable[Remark]:
    forms = [_form(option.text) for option in draft.options]
    for index, form in enumerate(forms):
        others = set(forms[:index] + forms[index + 1 :])
        # Nouns and names share no form, so an odd one among them says nothing.
        if (
            len(forms) > 2
            and len(others) == 1
            and form not in others
            and others != {"another word"}
        ):
            message = f"Option {letter(index)} begins with {form}, the others with {others.pop()}."
            yield Remark(Level.WARN, f"options.{index}.text", message)


def _form(text: str) -> str:
    first = next(iter(words(text)), "").lower()
    if first in ARTICLES:
        return "an article"
    if first == "to":
        return '"to"'
    return "an -ing form" if len(first) > 4 and first.endswith("ing") else "another word"


RULES = (
    Rule("above", f"{HALADYNA}; {NBME}", _above),
    Rule("letters", "This bank's format: options are shuffled", _letters),
    Rule("negative", f"{HALADYNA}, guideline 17", _negative),
    Rule("question", f"{HALADYNA}, guideline 15; {NBME}", _question),
    Rule("absolute", f"{HALADYNA}, guideline 28a; {NBME}", _absolute),
    Rule("clue", f"{HALADYNA}, guideline 28b; {NBME}", _clue),
    Rule("article", f"{HALADYNA}, guideline 28c; {NBME}", _article_at_end),
    Rule("odd-form", f"{HALADYNA}, guidelines 23 and 28c; {NBME}", _odd_form),
)
