"""The life of an attempt: start, claim, submit, sweep."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.models import User
from exam.engine.forms.assembly import AssembledForm
from exam.engine.sitting.batch import Batch
from exam.engine.sitting.lifecycle import AttemptState, EndedBy, Purpose, advance
from exam.models import Assignment, Attempt, Blueprint, ExamForm, Response
from exam.selectors.blueprints.pool import Drawing, drawing_for, seen_version_ids
from exam.selectors.sitting.attempts import minutes_for, overdue_attempt_ids
from exam.services.counters import ENDS, STARTS
from exam.services.measurement.form_sets import next_form
from exam.services.practice.learning import hold
from exam.services.queue import enqueue_learning, enqueue_scoring
from exam.services.sitting.admission import NotPossible, admit, admit_assigned
from exam.services.sitting.opening import open_attempt
from exam.services.sitting.saving import Saved, save

LIVE_FOR = timedelta(seconds=90)


class OpenElsewhere(Exception):
    """Another page sits this exam right now; `since` is when it was last seen."""

    def __init__(self, since: datetime) -> None:
        super().__init__("The exam is open in another window.")
        self.since = since


class Closed(Exception):
    """The attempt is over."""


# ------------------------------------------------------------------ start
def start(
    candidate: User,
    blueprint: Blueprint,
    *,
    at: datetime,
    seed: int,
    starts_per_day: int,
    assignment: Assignment | None = None,
) -> Attempt:
    """A new attempt with its form drawn and its clock running; the open one if there is one.

    Raises:
        NotPossible: too many starts today, or what was assigned cannot be begun now.
        BankTooSmall: the bank cannot fill the blueprint; names what is short.
    """
    own = _exams_of(candidate)
    if running := _open_one(own, blueprint):
        return running
    if assignment:
        try:
            admit_assigned(candidate, blueprint, assignment, at=at)
        except NotPossible:
            # Another tab may have begun since this one looked: its attempt is the one used up.
            if begun := _running(candidate, blueprint):
                return begun
            raise
    else:
        admit(blueprint, own, at=at, starts_per_day=starts_per_day)
    fixed = assignment.form_set if assignment else None
    drawn = None if fixed else _draw(candidate, blueprint, seed)
    try:
        with transaction.atomic():
            # Other tabs start one by one: what they began counts, and is sat if it is this exam.
            hold(candidate.pk)
            own = _exams_of(candidate)
            if begun := _open_one(own, blueprint):
                return begun
            if assignment:
                admit_assigned(candidate, blueprint, assignment, at=at)
            else:
                admit(blueprint, own, at=at, starts_per_day=starts_per_day)
            if drawn:
                drawn.save()
            exam_form = drawn or next_form(candidate, fixed)
            number = len(_of(own, blueprint)) + 1
            return _open(candidate, exam_form, number, at, assignment)
    except IntegrityError:
        # Another start won the race for "one open attempt".
        if begun := _running(candidate, blueprint):
            return begun
        raise


def _exams_of(candidate: User) -> list[Attempt]:
    return list(
        Attempt.objects.filter(candidate=candidate, purpose=Purpose.EXAM)
        .select_related("blueprint")
        .only("state", "started_at", "blueprint__slug")
    )


def _of(own: Iterable[Attempt], blueprint: Blueprint) -> list[Attempt]:
    return [attempt for attempt in own if attempt.blueprint.slug == blueprint.slug]


def _open_one(own: Iterable[Attempt], blueprint: Blueprint) -> Attempt | None:
    return next((attempt for attempt in _of(own, blueprint) if attempt.is_open), None)


def _running(candidate: User, blueprint: Blueprint) -> Attempt | None:
    open_exams = Attempt.objects.filter(candidate=candidate, state=AttemptState.IN_PROGRESS)
    same = open_exams.filter(purpose=Purpose.EXAM, blueprint__slug=blueprint.slug)
    return same.select_related("blueprint").first()


def _draw(candidate: User, blueprint: Blueprint, seed: int) -> ExamForm:
    """A form of questions that are new to this person, not stored yet."""
    drawing = drawing_for(blueprint)
    drawn = drawing.draw(seed=seed, seen=seen_version_ids(candidate, blueprint.bank_id))
    return drawn_form(blueprint, drawing, drawn)


def drawn_form(blueprint: Blueprint, drawing: Drawing, drawn: AssembledForm) -> ExamForm:
    """The form that was drawn, not stored yet."""
    return ExamForm(
        blueprint=blueprint,
        calibration_id=drawing.calibration_id,
        scale_id=drawing.scale_id,
        seed=drawn.seed,
        version_ids=list(drawn.item_ids),
        pilot_positions=[p for p, is_pilot in enumerate(drawn.is_pilot, 1) if is_pilot],
        reused_positions=[
            p for p, item in enumerate(drawn.item_ids, 1) if item in drawn.reused_ids
        ],
        relaxations=list(drawn.relaxations),
    )


def _open(
    candidate: User,
    exam_form: ExamForm,
    number: int,
    at: datetime,
    assignment: Assignment | None,
) -> Attempt:
    blueprint = exam_form.blueprint
    minutes = minutes_for(candidate, blueprint)
    transaction.on_commit(STARTS.inc, robust=True)
    return open_attempt(
        exam_form,
        candidate=candidate,
        assignment=assignment,
        number=number,
        started_at=at,
        deadline=at + timedelta(minutes=minutes),
        extra_minutes=minutes - blueprint.minutes,
    )


# ------------------------------------------------------------------ claim
def claim(
    attempt_id: int,
    candidate: User,
    *,
    previous: int | None,
    take_over: bool,
    at: datetime,
    token: str = "",
) -> Attempt | None:
    """Makes the asking page the one that sits the exam: a new sitting number.

    None if there is no such attempt of this person. A claim that comes again under the token of
    the last one, because its answer was lost, is given the same number.

    Raises:
        Closed: the attempt is over.
        OpenElsewhere: another page was seen lately, and this one does not take over.
    """
    with transaction.atomic():
        attempt = locked(attempt_id, candidate)
        if attempt is None:
            return None
        if not attempt.accepts(at):
            raise Closed
        if token and attempt.claim_token == f"{attempt.sitting}.{token}":
            return attempt
        if not attempt.sitting and previous:  # restored from a backup: the page knows more
            attempt.sitting = min(max(previous, 0), 10**6)
        known = previous == attempt.sitting
        if attempt.seen_at and at - attempt.seen_at < LIVE_FOR and not (known or take_over):
            raise OpenElsewhere(attempt.seen_at)
        attempt.sitting += 1
        attempt.seen_at = at
        attempt.claim_token = f"{attempt.sitting}.{token}" if token else ""
        attempt.save(update_fields=["sitting", "seen_at", "claim_token"])
    return attempt


def locked(attempt_id: int, candidate: User | None = None) -> Attempt | None:
    """The attempt, held until the transaction ends; None if there is no such one, or not theirs."""
    attempts = Attempt.objects.select_for_update(of=("self",), no_key=True).select_related(
        "blueprint"
    )
    if candidate is not None:
        attempts = attempts.filter(candidate=candidate)
    return attempts.filter(pk=attempt_id).first()


# ------------------------------------------------------------------ the end
@dataclass(frozen=True, slots=True)
class Ended:
    """How an attempt stands after somebody wanted it to end."""

    attempt: Attempt
    saved: Saved | None  # what became of the changes that came along


def submit(
    attempt_id: int,
    *,
    by: EndedBy,
    at: datetime,
    candidate: User | None = None,
    batch: Batch | None = None,
) -> Ended | None:
    """Ends an attempt, once: whoever comes later finds it ended. None if there is no such one.

    A batch that comes along is applied in the same transaction; if it is of an older sitting
    nothing happens, and the caller sees `attempt.is_open`.
    """
    with transaction.atomic():
        attempt = locked(attempt_id, candidate)
        if attempt is None:
            return None
        if not attempt.is_open or (batch and batch.sitting != attempt.sitting):
            return Ended(attempt, None)
        saved = save(attempt.pk, attempt.candidate_id, batch, at=at) if batch else None
        _close(attempt, by, at)
    return Ended(attempt, saved)


def _close(attempt: Attempt, by: EndedBy, at: datetime) -> None:
    attempt.state = advance(attempt.state, AttemptState.SUBMITTED)
    attempt.ended_by = by
    attempt.ended_at = min(at, attempt.deadline)
    attempt.receipt = _receipt(attempt)
    attempt.learned_at = None  # also of a practice: what came last may not be learnt yet
    attempt.save(update_fields=["state", "ended_by", "ended_at", "receipt", "learned_at"])
    follow = enqueue_learning if attempt.is_practice else enqueue_scoring
    transaction.on_commit(lambda: follow(attempt.pk), robust=True)
    transaction.on_commit(ENDS.labels(str(by)).inc, robust=True)


def _receipt(attempt: Attempt) -> str:
    answers = Response.objects.filter(attempt_id=attempt.pk).order_by("position")
    return receipt_of(attempt, answers.values_list("position", "selected"))


def receipt_of(attempt: Attempt, answers: Iterable[tuple[int, int]]) -> str:
    """Eight characters that stand for exactly these stored answers at this end.

    An answer is a position and what was selected there; the first position comes first.
    """
    text = f"{attempt.pk} {attempt.ended_at.isoformat()} {list(answers)}"
    return hashlib.sha256(text.encode()).hexdigest()[:8].upper()


def sweep(*, at: datetime) -> int:
    """Ends every attempt whose deadline and grace are over; how many it ended."""
    overdue = overdue_attempt_ids(at)
    for attempt_id in overdue:
        submit_if_overdue(attempt_id, at=at)
    return len(overdue)


def submit_if_overdue(attempt_id: int, *, at: datetime) -> None:
    """Ends one attempt by the clock, unless minutes were added in the meantime."""
    with transaction.atomic():
        attempt = locked(attempt_id)
        if attempt and attempt.is_open and not attempt.accepts(at):
            _close(attempt, EndedBy.CLOCK, at)
