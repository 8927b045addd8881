"""Cohorts and candidates, for their instructors."""
