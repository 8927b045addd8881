"""Exchange formats: one file per format, bytes in and drafts out, nothing of Django."""
