"""Our own YAML files, as one more format."""

from questions.formats.bank_yaml import BankFileError, read_questions
from questions.formats.draft import QuestionDraft

from .found import Found, FoundOption, FoundQuestion, Unreadable

UNKNOWN = "0.0-import.yaml"  # the sub-domain is chosen by whoever imports


def looks_like(name: str, data: bytes) -> bool:
    """Whether it begins like a list of questions."""
    head = data[:4000].decode("utf-8", errors="replace").lstrip("﻿")
    lines = [line for line in head.splitlines() if line.strip() and not line.startswith("#")]
    return bool(lines) and lines[0].startswith("- id:")


def read(name: str, data: bytes) -> Found:
    """Its questions. Raises Unreadable."""
    try:
        drafts = read_questions(name if name[:1].isdigit() else UNKNOWN, data)
    except BankFileError as error:
        raise Unreadable(str(error)) from error
    return Found(questions=[_question(draft) for draft in drafts])


def _question(draft: QuestionDraft) -> FoundQuestion:
    return FoundQuestion(
        ident=draft.code,
        kind="single" if draft.select == 1 else "multiple",
        stem=draft.stem,
        options=tuple(
            FoundOption(option.text, option.is_key, option.rationale) for option in draft.options
        ),
        explanation=draft.explanation,
        tags=draft.tags,
    )
