"""The pure core: assembly, scoring and time rules as values in, values out."""
