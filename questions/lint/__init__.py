"""The item linter: what decades of research on item writing can check by rule.

`lint_question` judges one question, `lint_bank` what only a whole bank can show.
"""

from questions.formats.draft import QuestionDraft

from . import numbers, structure, wording
from .bank import lint_bank
from .finding import Finding, Level

RULES = structure.RULES + wording.RULES + numbers.RULES

__all__ = ["RULES", "Finding", "Level", "lint_bank", "lint_question"]


def lint_question(draft: QuestionDraft) -> list[Finding]:
    """Every finding on one question, in the order of the rules."""
    return [finding for rule in RULES for finding in rule.findings(draft)]
