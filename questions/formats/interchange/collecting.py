"""Items gathered one by one into what was found: bounds, doubles and missing keys."""

from collections.abc import Iterator, Mapping

from .found import Found, FoundQuestion, Rejected, Unreadable

MAX_ITEMS = 5_000
MAX_TEXT = 200_000
RIGHT, WRONG = "If right", "If wrong"


class Collector:
    """Keeps the order of the file; the same question twice is kept once."""

    def __init__(self) -> None:
        self.found = Found()
        self._by_ident: dict[str, list[FoundQuestion]] = {}

    def add(self, question: FoundQuestion) -> None:
        """Take a question, unless it stands there already; one with an endless text is named."""
        if any(len(text) > MAX_TEXT for text in _texts(question)):
            self.reject(question.ident, question.title, question.kind, "A text of it is too long.")
            return
        before = self._by_ident.setdefault(question.ident, [])
        if any(_content(question) == _content(other) for other in before):
            self.found.merged += 1
            return
        if len(before) == 1:  # said once, however many there are
            self.warn(f"Different questions share the name {question.ident}; all are kept.")
        if not question.correct:
            self.warn(f"{question.title or question.ident} names no key; it stays a draft.")
        before.append(question)
        self.found.questions.append(question)
        self._check()

    def reject(self, ident: str, title: str, type_: str, reason: str) -> None:
        """Name an item that cannot be taken."""
        self.found.rejected.append(Rejected(ident, title, type_, reason))
        self._check()

    def warn(self, sentence: str) -> None:
        """One sentence about something that was taken, but not as it stood."""
        self.found.warnings.append(sentence)

    def _check(self) -> None:
        if self.found.items > MAX_ITEMS:
            raise Unreadable(f"The file holds more than {MAX_ITEMS} items.")


def labelled(texts: Mapping[str, str]) -> str:
    """Several texts as one explanation; where there are others, each says whom it is for."""
    if len(texts) < 2:
        return "\n\n".join(texts)
    return "\n\n".join(f"**{label}:** {text}" if label else text for text, label in texts.items())


def few(names: list[str]) -> str:
    """The first names of a list, and how many more there are."""
    shown = ", ".join(name[:100] for name in names[:5])
    return shown + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _content(question: FoundQuestion) -> tuple[object, ...]:
    return question.kind, question.stem, question.options, question.explanation, question.pictures


def _texts(question: FoundQuestion) -> Iterator[str]:
    yield from (question.ident, question.title, question.stem, question.explanation)
    for option in question.options:
        yield from (option.text, option.rationale)
