"""What instructors fill in about questions, one file for each screen."""
