"""Exams that run: attempts, and the forms their pages show."""
