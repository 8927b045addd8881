"""Copies of people's data, for whoever asked for them and nobody else."""

from django.db.models import QuerySet

from accounts.models import User
from exam.engine.sitting.lifecycle import AttemptState, Purpose
from exam.models import Attempt, DataCopy


def copies_for(asker: User) -> QuerySet[DataCopy]:
    """Without the files themselves."""
    return DataCopy.objects.filter(asked_by=asker).select_related("person").defer("data")


def is_sitting(person: User) -> bool:
    """Whether an exam of theirs runs: what tells keys has to wait."""
    return Attempt.objects.filter(
        candidate=person, state=AttemptState.IN_PROGRESS, purpose=Purpose.EXAM
    ).exists()
