"""What changes anything about people."""
