"""Pages about people: profile, cohorts, demo sign-in."""
