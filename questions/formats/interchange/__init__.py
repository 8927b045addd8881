"""Questions from other programs' files: what is in them, and what cannot be taken and why."""
