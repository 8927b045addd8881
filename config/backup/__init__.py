"""Backup and restore: one archive for both databases, so that it also moves from one to the other.

`cells` is how values are written, `archive` the file, `snapshot` reads a database that people use,
`staging` fills an empty one apart and puts it in the place of the old one.
"""


class Refused(Exception):
    """Why there is no backup, or why nothing was restored, in one sentence."""
