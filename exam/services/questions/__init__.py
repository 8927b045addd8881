"""Answers to remarks on questions."""
