"""A faultless question to vary in tests."""

from dataclasses import replace
from typing import Any

from questions.formats.draft import OptionDraft, QuestionDraft, ReferenceDraft

TEXTS = ("Recall", "Accuracy", "Specificity", "Precision")
SOUND = QuestionDraft(
    code="t-1.1-001",
    subdomain="1.1",
    area="ml",
    difficulty=3,
    stem=(
        "A clinic screens for a rare illness, and a missed patient is costly. "
        "Which metric should the team compare?"
    ),
    options=tuple(OptionDraft(text, text == "Recall", f"About {text}.") for text in TEXTS),
    explanation="Recall counts what was missed.",
    references=(ReferenceDraft("Handbook", "https://example.org/"),),
)


def draft(*texts: str, key: int | tuple[int, ...] = 0, **changes: Any) -> QuestionDraft:
    """`SOUND` with other options (the key by place, counted from 0) and other fields."""
    keys = (key,) if isinstance(key, int) else key
    options = tuple(
        OptionDraft(text, place in keys, f"About {text}.") for place, text in enumerate(texts)
    )
    return replace(SOUND, **({"options": options} if texts else {}), **changes)
