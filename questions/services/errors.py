"""What a person is told when something cannot be done."""


class NotPossible(Exception):
    """It cannot be done; the message is one sentence for the person who asked."""
