"""A column type of our own: the compact path of a response."""

from typing import Any

from django.db import models


class PathField(models.TextField):
    """Steps [[at_ms, mask], …], kept as "1000:4,2500:2": a third of what JSON takes.

    A path is read whole or not at all; no statement looks inside it.
    """

    def from_db_value(self, value: str | None, *_args: Any) -> list[list[int]]:
        """The steps."""
        return [
            [int(part) for part in step.split(":")] for step in (value or "").split(",") if step
        ]

    def to_python(self, value: Any) -> list[list[int]]:
        """Steps stay steps."""
        return self.from_db_value(value) if isinstance(value, str) or value is None else value

    def get_prep_value(self, value: Any) -> str:
        """The text that is stored."""
        return value if isinstance(value, str) else format_path(value)


def format_path(steps: list[list[int]]) -> str:
    """The stored text of a path."""
    return ",".join(f"{at_ms}:{mask}" for at_ms, mask in steps)
