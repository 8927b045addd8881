"""Practice between exams, and the cards it is drawn from."""
