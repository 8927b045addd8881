"""text2qti, quizzes as Markdown-like text."""

from .reading import looks_like, read

__all__ = ["looks_like", "read"]
