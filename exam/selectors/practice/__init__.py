"""Practice between exams, and what stays in memory."""
