"""`./dev manage simulate --candidates 60 --attempts 3`: made-up people whose truth is known."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Role, User
from accounts.services.demo import EMAILS
from exam.models import Blueprint, JobKind
from exam.selectors.measurement.truth import truths_of
from exam.selectors.sitting.attempts import current_blueprints
from exam.services import jobs
from exam.services.measurement.forgetting import forget_simulations
from exam.services.measurement.simulating import CannotSimulate, simulate
from exam.services.queue import quietly
from exam.tasks.long import WORK

from ._truth_lines import lines_of


class Command(BaseCommand):
    """For trying everything out; it refuses where anybody has begun anything in earnest."""

    help = "Fill an instance with made-up people, exams and answers whose truth is known."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many, of what."""
        parser.add_argument("--candidates", type=int, default=60, help="default: %(default)s")
        parser.add_argument(
            "--attempts",
            type=int,
            default=3,
            help="of each, at most; default: %(default)s",
        )
        parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
        parser.add_argument("--bank", help="its short name; not needed if there is only one")
        parser.add_argument("--blueprint", help="its short name; without: the longest exam")
        parser.add_argument(
            "--pilots",
            type=int,
            help="questions to make pilot questions; without: a tenth of a bank that has none",
        )
        parser.add_argument(
            "--with-demo", action="store_true", help="the demo candidate is one of the people"
        )
        parser.add_argument(
            "--calibrate", action="store_true", help="then calibrate and count, in this process"
        )
        parser.add_argument(
            "--compare", action="store_true", help="make nothing, compare estimates with the truth"
        )
        parser.add_argument(
            "--forget", action="store_true", help="take everything made up out again, make nothing"
        )

    def handle(self, **options: Any) -> None:
        """Makes them, or says why not."""
        if options["forget"]:
            self._forget()
            return
        blueprint = _blueprint(options["bank"], options["blueprint"])
        if options["compare"]:
            self._compare(blueprint)
            return
        try:
            simulation = simulate(
                blueprint,
                candidates=options["candidates"],
                attempts=options["attempts"],
                seed=options["seed"],
                at=timezone.now(),
                pilots=options["pilots"],
                guest=_demo_candidate() if options["with_demo"] else None,
                say=self._say,
            )
        except CannotSimulate as reason:
            raise CommandError(f"Nothing was made. {reason}") from reason
        self.stdout.write(
            f"{simulation.candidates} people sat {simulation.attempts} exams (seed "
            f"{simulation.seed})."
        )
        if options["calibrate"]:
            self._calibrate(blueprint)
            self._compare(blueprint)

    def _calibrate(self, blueprint: Blueprint) -> None:
        for kind in (JobKind.CALIBRATION, JobKind.STATISTICS):
            with quietly():
                job = jobs.ask(blueprint.bank, kind, at=timezone.now())
            jobs.run(job.pk, WORK, clock=timezone.now)
            job.refresh_from_db()
            self.stdout.write(f"{job.get_kind_display()}: {job.problem or job.result}")

    def _compare(self, blueprint: Blueprint) -> None:
        truths = truths_of(blueprint)
        if truths is None:
            raise CommandError("There is nothing made up here to compare with.")
        self.stdout.write("\n".join(lines_of(truths)))

    def _forget(self) -> None:
        gone = forget_simulations(at=timezone.now())
        self.stdout.write(
            f"Taken out: {gone.people} people, {gone.attempts} attempts, {gone.cohorts} cohorts, "
            f"{gone.calibrations} calibrations."
        )
        if gone.kept_calibrations:
            self.stdout.write(
                f"{gone.kept_calibrations} calibrations stay, because forms of real people rest "
                "on them: ask for a new one."
            )

    def _say(self, done: int, total: int) -> None:
        self.stdout.write(f"{done} of {total} exams", ending="\r" if done < total else "\n")
        self.stdout.flush()


def _demo_candidate() -> User:
    found = User.objects.filter(email=EMAILS[Role.CANDIDATE], attempts=None).first()
    if found is None:
        raise CommandError(
            "Nothing was made. There is no demo candidate without attempts; "
            "`create_demo_people` makes one."
        )
    return found


def _blueprint(bank: str | None, blueprint: str | None) -> Blueprint:
    found = current_blueprints()
    found = found.filter(bank__slug=bank) if bank else found
    found = found.filter(slug=blueprint) if blueprint else found
    chosen = list(found)
    if not chosen:
        raise CommandError("Nothing was made. There is no such exam; `load_bank` brings one.")
    if len({entry.bank_id for entry in chosen}) > 1:
        raise CommandError("Nothing was made. There are several banks: name one with --bank.")
    return chosen[0]
