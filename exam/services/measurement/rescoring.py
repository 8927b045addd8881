"""Scoring again after a key was corrected: looked at before, done in the background."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from exam.models import Job, JobKind, JobState, Score, ScoreReason
from exam.selectors.measurement.affected import affected_exams, learners_of
from exam.selectors.measurement.rescored import Tally, is_other, outcome_of
from exam.services import jobs
from exam.services.jobs import Claim
from exam.services.measurement import beside
from exam.services.practice import learning
from exam.services.queue import enqueue_corrections
from exam.services.results.scoring import records_of, supposed_records
from questions.models import KeyChange, QuestionVersion
from questions.services.keys import Correction, change_key, refuse

FEW = 300  # exams for which nobody has to wait
# What a score says; where all of it is the same, there is nothing to add.
SAYS = (
    *("raw_score", "scored_count", "raw_all", "theta", "theta_error", "scaled_score", "passed"),
    *("low", "high", "low_95", "high_95", "chance", "form_points", "correct_positions"),
    *("domains", "areas", "subdomains"),
)


def work(claim: Claim) -> dict[str, Any]:
    """The work of a job of this kind: scoring again, or only looking what that would change."""
    return rescore(claim) if "changes" in claim.job.params else preview(claim)


# ------------------------------------------------------------------ looking ahead
def look_ahead(
    version: QuestionVersion,
    correction: Correction,
    *,
    before: int,
    also: Collection[int] = (),
    by: User,
    at: datetime,
) -> Job:
    """A job that finds out what the correction would change; done at once where that is little.

    Raises:
        NotPossible: the correction makes no sense.
    """
    refuse(version, correction)
    params = {
        "version": version.pk,
        "before": before,
        "key": correction.key,
        "drops": correction.drops,
        "reason": correction.reason.strip(),
        "also": sorted(also),
    }
    digest = hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()
    subject = f"preview {digest[:24]}"
    job = jobs.ask(
        version.question.bank, JobKind.RESCORING, at=at, by=by, subject=subject, **params
    )
    if affected_exams([version.pk, *also]).count() <= FEW:
        jobs.run(job.pk, {JobKind.RESCORING: preview}, clock=lambda: at)
    return job


def preview(claim: Claim) -> dict[str, Any]:
    """The job that looks ahead; it changes nothing."""
    params = claim.job.params
    key = None if params["drops"] else params["key"]
    supposing = dict.fromkeys([params["version"], *params["also"]], key)
    attempt_ids = _ids(affected_exams(supposing))
    claim.move(0, len(attempt_ids), step=_("Looking at what would change"))
    tally = Tally()
    for ids in beside.chunks(attempt_ids):
        scores = _current(ids)
        attempts = [attempt for attempt in beside.whole(ids) if attempt.pk in scores]
        records = supposed_records(attempts, supposing, at=claim.clock())
        tally.add((scores[record.attempt_id], record) for record in records)
        claim.move(claim.job.done + len(ids))
    return tally.stored()


# ------------------------------------------------------------------ doing it
def fix_key(
    version_id: int,
    correction: Correction,
    *,
    before: int,
    also: Collection[int] = (),
    by: User,
    at: datetime,
) -> Job:
    """Corrects a key or takes a question out of scoring, and has all its exams scored again.

    Raises:
        NotPossible: the correction makes no sense, or the key was changed in the meantime.
    """
    with transaction.atomic():
        changes = change_key(version_id, correction, before=before, also=also, by=by, at=at)
        ids = [change.pk for change in changes]
        bank = changes[-1].version.question.bank
        subject = f"key {ids[-1]}"
        return jobs.ask(bank, JobKind.RESCORING, at=at, by=by, subject=subject, changes=ids)


def go_on(job: Job, *, by: User, at: datetime) -> Job:
    """Has a job that came to no end done again: it goes on where it was."""
    if job.state != JobState.FAILED:
        return job
    changes, subject = job.params["changes"], job.subject
    return jobs.ask(job.bank, JobKind.RESCORING, at=at, by=by, subject=subject, changes=changes)


def rescore(claim: Claim) -> dict[str, Any]:
    """The job: a new score beside each that the change touches, and the cards graded anew.

    Killed in the middle it goes on where it was: what says the same already is left alone.
    """
    changes = list(KeyChange.objects.filter(pk__in=claim.job.params["changes"]))
    versions = {change.version_id for change in changes}
    attempt_ids, learners = _ids(affected_exams(versions)), _ids(learners_of(versions))
    claim.move(0, len(attempt_ids) + len(learners), step=_("Scoring again"))
    for ids in beside.chunks(attempt_ids):
        _rescore(ids, claim)
        claim.move(claim.job.done + len(ids))
    claim.move(step=_("Bringing the cards up to date"))
    for ids in beside.chunks(learners):
        for attempt_id in ids:
            learning.grade_again(attempt_id, versions)
        claim.move(claim.job.done + len(ids))
    _tell(changes)
    jobs.ask(claim.job.bank, JobKind.STATISTICS, at=claim.clock(), by=claim.job.asked_by)
    return outcome_of(changes, len(attempt_ids))


def _rescore(attempt_ids: Sequence[int], claim: Claim) -> None:
    """One chunk: computed with nothing locked; again if something was added meanwhile."""
    attempts = beside.whole(attempt_ids)
    while True:
        at, known = claim.clock(), beside.known_of(attempt_ids)
        records = records_of(attempts, at=at, reason=ScoreReason.KEY)
        renewed = beside.renewed(attempts, at)
        with claim.step():
            beside.hold(attempt_ids)
            # A calibration that did not see the change yet may have added a score since.
            if known == beside.known_of(attempt_ids):
                _store(attempt_ids, records, renewed, at)
                return


def _store(
    attempt_ids: Sequence[int], records: Sequence[Score], renewed: Sequence[Score], at: datetime
) -> None:
    scores = _current(attempt_ids)
    news = [record for record in records if _is_news(scores.get(record.attempt_id), record)]
    changed = {record.attempt_id for record in news}
    Score.objects.filter(attempt__in=changed, is_current=True).update(is_current=False)
    for record in news:
        _mark_told(record, scores[record.attempt_id], at)
    beside.store([*news, *(score for score in renewed if score.attempt_id in changed)])


def _is_news(current: Score | None, record: Score) -> bool:
    """Whether it says something else, and no later change of a key was faster."""
    if current is None:  # whoever scores it first sees the corrected key
        return False
    if (current.key_change_id or 0) > (record.key_change_id or 0):
        return False
    return any(getattr(current, name) != getattr(record, name) for name in SAYS)


# ------------------------------------------------------------------ telling
def _mark_told(record: Score, before: Score, at: datetime) -> None:
    """There is nothing to tell to who gets the same result, or has not seen the first one."""
    if record.attempt.report_read_at is None or not is_other(before, record):
        record.noted_at = record.announced_at = at
    elif not settings.HAS_MAIL:
        record.announced_at = at


def _tell(changes: Collection[KeyChange]) -> None:
    """One mail for each candidate, however many of their exams it concerns."""
    silent = Score.objects.filter(key_change__in=changes, announced_at=None).order_by()
    for candidate_id in set(silent.values_list("attempt__candidate_id", flat=True)):
        enqueue_corrections(candidate_id)


# ------------------------------------------------------------------ reading
def _current(attempt_ids: Sequence[int]) -> Mapping[int, Score]:
    rows = Score.objects.filter(attempt__in=attempt_ids, is_current=True)
    return {score.attempt_id: score for score in rows}


def _ids(attempts: Any) -> list[int]:
    return list(attempts.order_by("pk").values_list("pk", flat=True))
