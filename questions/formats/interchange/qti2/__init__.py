"""QTI 2.0 to 3.0."""

from .reading import looks_like, read, read_package

__all__ = ["looks_like", "read", "read_package"]
