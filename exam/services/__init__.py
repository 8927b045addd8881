"""What changes anything: each function decides under a lock and writes in one transaction."""
