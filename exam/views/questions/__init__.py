"""Remarks on questions."""
