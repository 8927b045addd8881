"""Reports, reviews, the history."""
