"""Practice between exams."""
