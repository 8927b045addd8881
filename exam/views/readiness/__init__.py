"""What all exams together say about somebody."""
