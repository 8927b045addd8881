"""What was found in a foreign file, whatever its format."""

from dataclasses import dataclass, field
from typing import Literal

from questions.formats.draft import ExhibitDraft, ReferenceDraft

Kind = Literal["single", "multiple", "true_false"]


class Unreadable(ValueError):
    """The file cannot be read at all; the message is one sentence for the person who sent it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that came along, by the name its question uses for it."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class FoundOption:
    """One choice, in the file's order; texts are Markdown."""

    text: str
    is_key: bool = False
    rationale: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundQuestion:
    """A question of a supported kind; texts are Markdown, `ident` is the file's own name for it.

    What only some formats carry is empty where the file does not say it. A picture's `name` stands
    in the texts as `![what it shows](name)`, or in the exhibit's `picture`.
    """

    ident: str
    title: str = ""
    kind: Kind
    stem: str
    options: tuple[FoundOption, ...]
    explanation: str = ""
    tags: tuple[str, ...] = ()
    subdomain: str = ""
    area: str = ""
    difficulty: int | None = None
    qualifier: str = ""
    shuffle: bool = True
    references: tuple[ReferenceDraft, ...] = ()
    exhibit: ExhibitDraft | None = None
    pictures: tuple[Picture, ...] = ()

    @property
    def correct(self) -> int:
        """How many options are keys; 0 means that the file names none, so it stays a draft."""
        return sum(option.is_key for option in self.options)


@dataclass(frozen=True, slots=True)
class Rejected:
    """An item that cannot be taken: its type in the file's own words, and why, in one sentence."""

    ident: str
    title: str
    type: str
    reason: str


@dataclass(slots=True)
class Found:
    """All items of a file after merging those that stand in it twice."""

    questions: list[FoundQuestion] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    merged: int = 0
    warnings: list[str] = field(default_factory=list)

    @property
    def items(self) -> int:
        """Everything that was an item in the file, taken or not."""
        return len(self.questions) + len(self.rejected)
