"""Markdown banks of the kinds found in public repositories."""

from .reading import keys_in, looks_like, read

__all__ = ["keys_in", "looks_like", "read"]
