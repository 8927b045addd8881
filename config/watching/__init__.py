"""How one sees that it runs well: health, metrics, logs, and the page Operations."""
