"""Scores, and what follows from them."""
