"""Plain words out of Markdown, the same way for every rule."""

import re
from functools import lru_cache

_FENCE = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.MULTILINE | re.DOTALL)
_TABLE_ROW = re.compile(r"^\s*\|.*\|\s*$", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"[`*]+|(?<!\w)_+|_+(?!\w)|^#+\s*", re.MULTILINE)
_WORD = re.compile(r"[^\W_]+(?:[-'’.,/_][^\W_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.?!:])[\"”')]*\s+(?=[^a-z])")
_SELECT_NOTE = re.compile(
    r"\(\s*(?:select|choose)\s+(two|three|four|five|six|[2-6])\b[^)]*\)\s*$", re.IGNORECASE
)
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}

LETTERS = "ABCDEFGHIJ"


@lru_cache(maxsize=4096)
def prose(markdown: str) -> str:
    """The running text: no code blocks, no tables, no marks, links as their words."""
    text = _TABLE_ROW.sub("", _FENCE.sub("", markdown))
    return " ".join(_MARKS.sub("", _LINK.sub(r"\1", text)).replace("$", "").split())


def words(markdown: str) -> list[str]:
    """The words of the running text, in their own case."""
    return _WORD.findall(prose(markdown))


def normalised(markdown: str) -> str:
    """For comparing: case, spacing, quotes, marks and the final stop do not count."""
    text = re.sub(r"[\"“”'‘’,;]", "", prose(markdown).casefold())
    return " ".join(text.split()).rstrip(".")


def without_select_note(stem: str) -> str:
    """The stem's running text without a closing "(Select TWO.)"."""
    return _SELECT_NOTE.sub("", prose(stem)).strip()


def select_note(stem: str) -> int | None:
    """The number in a closing "(Select TWO.)", if there is one."""
    match = _SELECT_NOTE.search(prose(stem))
    return (_NUMBERS.get(match[1].lower()) or int(match[1])) if match else None


def last_sentence(stem: str) -> str:
    """What is really asked: the last sentence before the options."""
    return _SENTENCE_END.split(without_select_note(stem))[-1]


def letter(index: int) -> str:
    """The letter of the option at this place in the file."""
    return LETTERS[index] if index < len(LETTERS) else str(index + 1)
