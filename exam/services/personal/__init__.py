"""What people can ask for about themselves: a copy of everything, and to be forgotten."""
