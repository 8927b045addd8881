"""What instructors see of the people they look after."""
