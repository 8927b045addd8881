"""Who people are: sign-in, roles, extra time, cohorts."""
