"""GIFT cut into questions: comments, categories and escaped signs are dealt with here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..moodle_text import LINE_BREAK

# Escaped signs wait as characters that no text uses, so that what is left is the format's own.
_SIGNS = "\\~=#{}:"
_WAITING = {sign: chr(0xF0000 + place) for place, sign in enumerate(_SIGNS)}
_WAITING["n"] = LINE_BREAK
_PLAIN = {ord(_WAITING[sign]): sign for sign in _SIGNS}
_STRAY = dict.fromkeys(range(0xF0000, 0xF0020))
# In a formula "\nu" is a Greek letter, not a new line and a "u".
_ESCAPE = re.compile(r"\\([\\~=#{}:]|n(?!(?:abla|eg|eq|exists|geq|leq|mid|otin|u)(?![A-Za-z])))")
# Unescaped though it should be, but clear: <a href="…"> and color:#ff6600.
_ATTRIBUTE = re.compile(r"(?<=[A-Za-z])=(?=\"|')|(?<=[:\"'])#(?=[0-9A-Fa-f]{3,8}[;\"'])")
_NOTE = re.compile(r"\[(id|tag):([^\[\]]{1,200})\]")
_CATEGORY = "$CATEGORY:"


@dataclass(slots=True)
class Block:
    """One question as it stands in the file, escaped signs masked."""

    line: int
    category: str = ""
    ident: str = ""
    tags: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    depth: int = 0
    closed: bool = False
    gap: bool = False

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def labels(self) -> tuple[str, ...]:
        """Its category and tags, each once."""
        return tuple(dict.fromkeys(label for label in [self.category, *self.tags] if label))

    def note(self, comment: str) -> None:
        """Moodle keeps a question's number and tags in a comment."""
        for name, value in _NOTE.findall(comment):
            if name == "tag":
                self.tags.append(value.strip())
            else:
                self.ident = self.ident or value.strip()

    def add(self, line: str) -> None:
        self.lines.append(line)
        for sign in re.findall(r"[{}]", line):
            self.depth = self.depth + 1 if sign == "{" else max(self.depth - 1, 0)
            self.closed = self.closed or (sign == "}" and self.depth == 0)

    def ends_before(self, line: str) -> bool:
        """Whether a line begins the next question although no empty line, or no `}`, stands
        between them."""
        begins = line.lstrip().startswith("::")
        if self.depth:
            return self.gap and (begins or "{" in line)
        return self.closed and (begins or "{" in line)


def mask(text: str) -> str:
    """The text with its escaped signs out of the way."""
    text = _ESCAPE.sub(lambda match: _WAITING[match[1]], text.translate(_STRAY))
    return _ATTRIBUTE.sub(lambda match: _WAITING[match[0]], text)


def unmask(text: str) -> str:
    """The text as it is meant."""
    return text.translate(_PLAIN)


def blocks(lines: list[str]) -> Iterator[Block]:
    """The questions of a file. An empty line ends one, unless its answers are still open."""
    category, block = "", Block(0)
    for number, raw in enumerate(lines, start=1):
        line = raw.strip()
        if line.startswith("//"):
            block.note(line)
            continue
        is_category = line.upper().startswith(_CATEGORY)
        if line and not is_category:
            masked = mask(raw)
            if block.ends_before(masked):
                yield block
                block = Block(number, category)
            block.line = block.line if block.lines else number
            block.add(masked)
        elif block.depth and not is_category:
            block.gap = True
            block.add("")
        else:
            if block.lines:
                yield block
            category = category_name(line[len(_CATEGORY) :]) if is_category else category
            block = Block(number, category)
    if block.lines:
        yield block


def category_name(path: str) -> str:
    """`$course$/top/Storage/Classes` → `Storage/Classes`; `//` is a slash in a name."""
    parts = [part.strip() for part in path.replace("//", "\0").split("/")]
    kept = [part.replace("\0", "/") for part in parts if part and not part.startswith("$")]
    return "/".join(kept[1:] if kept[:1] == ["top"] else kept)
