"""Background work of the bank: each task takes ids, calls one service, and may be repeated."""

from celery import shared_task
from django.utils import timezone

from questions.services import import_reading, import_writing, importing


@shared_task
def read_import(batch_id: int) -> None:
    """Reads an uploaded file."""
    import_reading.read(batch_id, clock=timezone.now)


@shared_task
def write_import(batch_id: int) -> None:
    """Makes the drafts of an import."""
    import_writing.write(batch_id, clock=timezone.now)


@shared_task
def sweep_imports() -> None:
    """Takes up what a lost message or a killed worker left behind."""
    importing.sweep(at=timezone.now())
