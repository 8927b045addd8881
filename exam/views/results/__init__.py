"""Reports, reviews, the history, readiness."""
