"""GIFT, Moodle's plain text format: multiple choice and true/false; all else is named."""

import re
from dataclasses import dataclass, replace

from ..collecting import MAX_TEXT, Collector
from ..found import Found, FoundOption, FoundQuestion, Kind, Picture, Unreadable
from ..moodle_text import LINE_BREAK, to_markdown
from ..pictures import take_out
from ..plain_text import first_lines, lines_of, missing_pictures
from .blocks import Block, blocks, mask, unmask

FULL = 99.999  # thirds are written with five places
BLANK = "_____"
UNSIGNED = "unsigned"  # braces around something that does not begin like answers
MAX_TITLE = 1_000
MAX_OPTIONS = 500
MAX_BRACES = 1_000
REASONS = {
    "description": "It is a text without a question.",
    "essay": "It asks for a written answer.",
    "numerical": "It asks for a number.",
    "short_answer": "It asks for a word to be typed.",
    "matching": "It asks to match terms.",
    "cloze": "It has gaps inside its text.",
}

_TITLE = re.compile(r"::(.*?)::", re.DOTALL)
_FORMAT = re.compile(r"\s*\[(html|markdown|moodle|plain)\]", re.IGNORECASE)
_CLOZE = re.compile(r"\d*:[A-Z_]{2,20}:")
_ANSWER = re.compile(r"([=~])([^=~]*)")
_WEIGHT = re.compile(r"\s*%([+-]?\d{1,5}(?:[.,]\d{1,9})?)%")
_TRUTH = {"t": True, "true": True, "f": False, "false": False}
_HINT = re.compile(
    r"\{\s*(?:[=~]|#\s*[=\d]|####)|(?<![\\^_=])\{\s*(?:T|F|(?i:true|false))\s*(?:#[^{}]*)?\}\s*$",
    re.MULTILINE,
)
_TITLED = re.compile(r"^[ \t]*(?:::[^\n]*?::|\$CATEGORY:)", re.MULTILINE)
# A bank in Markdown may have code with braces in it.
_MARKDOWN = re.compile(r"[ \t]*(?:[-*+] \[[ xX]\]|[-*+] [A-Ha-h][.)]|#{1,6} )")


def looks_like(name: str, data: bytes) -> bool:
    """Whether it has answers in braces, or titles and categories in the format's own marks."""
    lines = first_lines(data)
    masked = mask("\n".join(line for line in lines if not line.lstrip().startswith("//")))
    if masked.lstrip()[:2] in ('{"', "[{", "[]") or masked.lstrip().startswith(("<?xml", "<!")):
        return False
    if "{" in masked and _TITLED.search(masked):
        return True
    return not any(_MARKDOWN.match(line) for line in lines) and bool(_HINT.search(masked))


def read(name: str, data: bytes) -> Found:
    """Its questions. Raises Unreadable."""
    collector = Collector()
    for number, block in enumerate(blocks(lines_of(data)), start=1):
        _take(collector, block, number)
    return collector.found


def _take(collector: Collector, block: Block, number: int) -> None:
    """One question, taken or named with the reason why not."""
    title, text_format, rest = _opening(block.text)
    ident = block.ident or title or f"question {number}"
    before, inside, after = _answers(rest)
    kind = "description" if inside is None else _kind(inside)
    kind = "short_answer" if kind == UNSIGNED else kind
    if block.depth:
        reason = f"Its answers are never closed; it begins on line {block.line}."
        collector.reject(ident, title, "unclosed", reason)
    elif kind in REASONS:
        collector.reject(ident, title, kind, REASONS[kind])
    else:
        texts = _Texts(text_format, f"question-{number}", [])
        try:
            question, notes = _question(texts, kind, _stem(before, after), inside or "")
        except Unreadable as problem:
            collector.reject(ident, title, kind, str(problem))
            return
        question = replace(question, ident=ident, title=title, tags=block.labels)
        for note in [*(f"{title or ident}: {note}" for note in notes), *missing_pictures(question)]:
            collector.warn(note)
        collector.add(question)


def _question(
    texts: "_Texts", kind: str, stem: str, inside: str
) -> tuple[FoundQuestion, list[str]]:
    """The question without its names, and what was not taken as it stood."""
    answers, _, general = inside.partition("####")
    if kind == "true_false":
        found_kind, options, notes = _truth(texts, answers)
    else:
        found_kind, options, notes = _choices(texts, answers)
    if len(options) < 2:
        raise Unreadable("It has fewer than two options.")
    question = FoundQuestion(
        ident="",
        kind=found_kind,
        stem=texts.of(stem),
        options=options,
        explanation=texts.of(general),
    )
    if not question.stem:
        raise Unreadable("It has no text.")
    return replace(question, pictures=tuple(texts.pictures)), notes


def _opening(text: str) -> tuple[str, str, str]:
    """Title, text format and the rest of a question."""
    text, title = text.strip(), ""
    if match := _TITLE.match(text):
        title = " ".join(unmask(match[1]).replace(LINE_BREAK, " ").split())[:MAX_TITLE]
        text = text[match.end() :]
    return title, *_formatted(text, "moodle")


def _formatted(text: str, default: str) -> tuple[str, str]:
    match = _FORMAT.match(text)
    return (match[1].lower(), text[match.end() :]) if match else (default, text)


def _answers(text: str) -> tuple[str, str | None, str]:
    """What stands before, in and after the answer braces; None if there are none.

    Formulas bring braces of their own, so the last pair that begins like answers is taken.
    """
    pairs = _pairs(text)
    if not pairs:
        return text, None, ""
    likely = (pair for pair in reversed(pairs) if _kind(text[pair[0] + 1 : pair[1]]) != UNSIGNED)
    start, end = next(likely, pairs[0])
    return text[:start], text[start + 1 : end], text[end + 1 :]


def _pairs(text: str) -> list[tuple[int, int]]:
    """Where the outermost braces stand."""
    pairs, depth, start = [], 0, 0
    for match in re.finditer(r"[{}]", text):
        if match[0] == "{":
            start = match.start() if depth == 0 else start
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                pairs.append((start, match.start()))
                if len(pairs) > MAX_BRACES:
                    break
    return pairs


def _kind(inside: str) -> str:
    """The type of question that stands in braces, in the words of the format's documentation."""
    answers = inside.partition("####")[0].strip()
    if not answers:
        return "essay"
    if answers.startswith("#"):
        return "numerical"
    if _CLOZE.match(answers):
        return "cloze"
    if answers.partition("#")[0].strip().lower() in _TRUTH:
        return "true_false"
    if not answers.startswith(("=", "~")):
        return UNSIGNED
    if "~" in answers:
        return "multiple_choice"
    return "matching" if "->" in answers else "short_answer"


def _stem(before: str, after: str) -> str:
    """A question with its answers in the middle of a sentence gets a blank there."""
    if not after.strip():
        return before
    gap = "" if not before or before[-1].isspace() else " "
    return f"{before}{gap}{BLANK}{after}"


Options = tuple[FoundOption, ...]


def _truth(texts: "_Texts", answers: str) -> tuple[Kind, Options, list[str]]:
    """`{FALSE#feedback for the wrong answer#feedback for the right one}`."""
    word, wrong, right = [*answers.split("#", 2), "", ""][:3]
    key = _TRUTH[word.strip().lower()]
    feedback = {not key: texts.of(wrong), key: texts.of(right)}
    options = (
        FoundOption("True", key, feedback[True]),
        FoundOption("False", not key, feedback[False]),
    )
    return "true_false", options, []


def _choices(texts: "_Texts", answers: str) -> tuple[Kind, Options, list[str]]:
    """One option with full credit makes it single; without one, any credit makes a key."""
    if answers.count("~") + answers.count("=") > MAX_OPTIONS:
        raise Unreadable(f"It has more than {MAX_OPTIONS} options.")
    found = [
        (credit, texts.of(text), texts.of(feedback))
        for credit, text, feedback in map(_answer, _ANSWER.finditer(answers))
    ]
    if any(not text and credit > 0 for credit, text, _ in found):
        raise Unreadable("An option without text is the key; perhaps a sign lacks its backslash.")
    taken = [(credit, text, feedback) for credit, text, feedback in found if text]
    full = sum(credit >= FULL for credit, _, _ in taken)
    least = FULL if full == 1 else 0.001
    options = tuple(FoundOption(text, credit >= least, note) for credit, text, note in taken)
    notes = [
        f"{credit:g} % credit for “{text[:60]}” is not carried over."
        for credit, text, _ in taken
        if full == 1 and 0 < credit < FULL
    ]
    if len(taken) < len(found):
        notes.append("an option without text is left out.")
    if full > 1:
        notes.append(f"each of {full} options earned full credit alone; now all are needed.")
    any_credit = any(option.is_key for option in options)
    return ("single" if full == 1 or not any_credit else "multiple"), options, notes


def _answer(match: re.Match[str]) -> tuple[float, str, str]:
    """Credit in percent, text and feedback of one answer."""
    sign, rest = match.groups()
    credit = 100.0 if sign == "=" else 0.0
    if weight := _WEIGHT.match(rest):
        credit, rest = float(weight[1].replace(",", ".")), rest[weight.end() :]
    text, _, feedback = rest.partition("#")
    return credit, text, feedback


@dataclass(slots=True)
class _Texts:
    """The texts of one question as Markdown; they share a format and a name for pictures."""

    text_format: str
    prefix: str
    pictures: list[Picture]

    def of(self, masked: str) -> str:
        """Markdown of a piece of the question."""
        text_format, masked = _formatted(masked, self.text_format)
        text, pictures = take_out(unmask(masked), f"{self.prefix}-{len(self.pictures) + 1}")
        self.pictures += pictures
        if len(text) > MAX_TEXT:
            raise Unreadable("A text of it is too long.")
        return to_markdown(text, text_format)
