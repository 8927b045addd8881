"""Long background work, on a queue of its own so that no score waits for it."""

from celery import shared_task
from django.utils import timezone

from exam.models import JobKind
from exam.services import jobs
from exam.services.measurement import (
    assembling,
    calibrating,
    corrections,
    counting,
    exporting,
    rescoring,
)
from exam.services.personal import copying, leaving, retention
from exam.services.results import forecasts

WORK: dict[str, jobs.Work] = {
    JobKind.CALIBRATION: calibrating.calibrate_bank,
    JobKind.RESCORING: rescoring.work,
    JobKind.STATISTICS: counting.count,
    JobKind.EXPORT: exporting.export,
    JobKind.FORMS: assembling.make_set,
    JobKind.PROOF: assembling.find_extent,
}


@shared_task
def run_job(job_id: int) -> None:
    """Runs one long job."""
    jobs.run(job_id, WORK, clock=timezone.now)


@shared_task
def sweep_jobs() -> None:
    """Hands out again what a lost message or a killed worker left behind."""
    jobs.sweep(at=timezone.now())
    copying.sweep(at=timezone.now())


@shared_task
def sweep_corrections() -> None:
    """Mails about corrected scores what could not be sent at once."""
    corrections.sweep(at=timezone.now())


@shared_task
def make_copy(copy_id: int) -> None:
    """Puts a copy of somebody's data together."""
    copying.make(copy_id, clock=timezone.now)


@shared_task
def ask_for_calibrations() -> None:
    """Asks for a calibration of each bank whose answers have grown enough."""
    calibrating.ask_where_due(at=timezone.now())


@shared_task
def ask_for_statistics() -> None:
    """Asks for the figures of the questions where there is something new."""
    counting.ask_where_needed(at=timezone.now())


@shared_task
def count_forecasts() -> None:
    """Counts whether the chances of passing that were told came true."""
    forecasts.count_all(at=timezone.now())


@shared_task
def forget_exports() -> None:
    """Takes away files that were kept long enough."""
    exporting.forget_exports(at=timezone.now())
    copying.forget_copies(at=timezone.now())


@shared_task
def announce_leaving(person_id: int) -> None:
    """Mails somebody that their account will be deleted."""
    leaving.announce(person_id)


@shared_task
def keep_no_longer() -> None:
    """Takes away what the settings say is not kept any longer."""
    retention.run(at=timezone.now())
