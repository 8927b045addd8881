"""What became of an exam: scores, the report, answers, the history."""
