"""GIFT, the text format of Moodle."""

from .reading import looks_like, read

__all__ = ["looks_like", "read"]
