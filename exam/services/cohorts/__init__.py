"""Exams assigned to cohorts."""
