"""Markdown banks of the kinds found in public repositories."""

from .reading import looks_like, read

__all__ = ["looks_like", "read"]
