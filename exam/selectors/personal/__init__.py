"""What is stored about a person, and where."""
