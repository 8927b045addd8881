"""What the linter says: a finding, its level, and where the rule comes from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from questions.formats.draft import QuestionDraft

HALADYNA = "Haladyna, Downing & Rodriguez 2002 (doi 10.1207/s15324818ame1503_5)"
NBME = "NBME Item-Writing Guide 2020"
ATTALI = "Attali & Bar-Hillel 2003 (doi 10.1111/j.1745-3984.2003.tb01099.x)"
FORMAT = "This bank's format"


class Level(StrEnum):
    """How much a finding matters; a question with a BLOCK may not be published."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark on one question (`code`), or on the whole bank (`code` is empty).

    `field` is a path into the draft: "stem", "options.2.rationale" (counted from 0), "exhibit.alt".
    """

    rule: str
    level: Level
    code: str
    field: str
    message: str
    source: str


class Remark(NamedTuple):
    """What a rule's check yields; the rule adds its name and source."""

    level: Level
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule about a single question."""

    name: str
    source: str
    check: Callable[[QuestionDraft], Iterable[Remark]]

    def findings(self, draft: QuestionDraft) -> list[Finding]:
        """Every remark of this rule on the question."""
        return [
            Finding(self.name, remark.level, draft.code, remark.field, remark.message, self.source)
            for remark in self.check(draft)
        ]
