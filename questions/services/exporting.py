"""What is noted when a bank leaves as a file."""

from accounts.models import Action, User
from accounts.services.audit import record
from questions.models import Bank


def note_export(bank: Bank, *, questions: int, kind: str, by: User) -> None:
    """Somebody took so many questions of the bank with them."""
    details = {"questions": questions, "as": kind}
    record(Action.BANK_EXPORTED, by=by, on=bank, details=details)
