"""Static files: how they are stored, and how those of several releases are served."""
