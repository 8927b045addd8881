"""`python -m questions.lint FILE…`: the linter for authors, without a database."""

import argparse
import sys
from collections import Counter
from itertools import groupby
from pathlib import Path

from questions.formats.bank_yaml import read_questions
from questions.formats.checking import BankFileError
from questions.formats.draft import QuestionDraft

from . import Finding, Level, lint_bank, lint_question


def main(arguments: list[str] | None = None) -> int:
    """Print the findings grouped by question; 1 if anything blocks, else 0."""
    options = _parser().parse_args(arguments)
    drafts, broken = _read(options.files)
    findings = [finding for draft in drafts for finding in lint_question(draft)]
    if options.bank:
        findings = sorted(findings + lint_bank(drafts), key=lambda finding: finding.code)
    _print([f for f in findings if options.info or f.level is not Level.INFO])
    counts = Counter(finding.level for finding in findings)
    print(
        f"{len(drafts)} questions: {counts[Level.BLOCK]} block, "
        f"{counts[Level.WARN]} warn, {counts[Level.INFO]} info; {broken} unreadable files."
    )
    return 1 if broken or counts[Level.BLOCK] else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m questions.lint", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--bank", action="store_true", help="judge the files as a whole bank too")
    parser.add_argument("--info", action="store_true", help="print remarks of level info too")
    return parser


def _read(files: list[Path]) -> tuple[list[QuestionDraft], int]:
    drafts, broken = [], 0
    for file in files:
        try:
            drafts += read_questions(file.name, file.read_bytes())
        except (BankFileError, OSError) as error:
            print(f"{error}\n")
            broken += 1
    return drafts, broken


def _print(findings: list[Finding]) -> None:
    for code, group in groupby(findings, key=lambda finding: finding.code):
        print(code or "The bank")
        for finding in group:
            print(f"  {finding.level:5}  {finding.rule}, {finding.field}: {finding.message}")
        print()


if __name__ == "__main__":
    sys.exit(main())
