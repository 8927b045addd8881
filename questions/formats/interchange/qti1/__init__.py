"""QTI 1.1 and 1.2, as Canvas, Common Cartridge and others write it."""

from .reading import looks_like, read, read_package

__all__ = ["looks_like", "read", "read_package"]
