"""Attempts and what was done in them."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Cohort
from exam.engine.sitting.batch import Confidence, Miss
from exam.engine.sitting.lifecycle import AttemptState, Purpose, accepts_until
from exam.fields import PathField
from questions.models import QuestionVersion

from .blueprints import Blueprint, ExamForm, FormSet


class MissReason(models.TextChoices):
    """The engine's reasons for a wrong answer, in the candidate's words."""

    UNSAID = Miss.UNSAID.value, _("Not said")
    UNKNOWN = Miss.UNKNOWN.value, _("Did not know")
    MISREAD = Miss.MISREAD.value, _("Misread what was asked")
    DOWN_TO_TWO = Miss.DOWN_TO_TWO.value, _("Down to two")
    NO_TIME = Miss.NO_TIME.value, _("Ran out of time")
    SLIP = Miss.SLIP.value, _("Slip")


class Assignment(models.Model):
    """An exam a cohort is to sit: from when, until when, how often."""

    # Any version of it: what is sat is the current one when the attempt starts.
    blueprint = models.ForeignKey(Blueprint, on_delete=models.PROTECT, related_name="assignments")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="assignments")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    attempts_allowed = models.PositiveSmallIntegerField(default=1)
    # Fixed forms that its attempts take one after the other; without: a form is drawn for each.
    form_set = models.ForeignKey(
        FormSet, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-opens_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="closes_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(attempts_allowed__gte=1), name="at_least_one_attempt"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.blueprint} for {self.cohort}"


class Attempt(models.Model):
    """One sitting of one form by one candidate: an exam, or practice between exams."""

    candidate = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attempts"
    )
    blueprint = models.ForeignKey(Blueprint, on_delete=models.PROTECT, related_name="attempts")
    exam_form = models.ForeignKey(ExamForm, on_delete=models.PROTECT, related_name="attempts")
    assignment = models.ForeignKey(
        Assignment, null=True, blank=True, on_delete=models.PROTECT, related_name="attempts"
    )
    purpose = models.CharField(max_length=8, default=Purpose.EXAM.value)
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, default=AttemptState.IN_PROGRESS.value)
    sitting = models.PositiveIntegerField(default=0)
    seen_at = models.DateTimeField(null=True)
    # Which claim the sitting is of, by its number and what the page called it.
    claim_token = models.CharField(max_length=48, blank=True, default="", db_default="")
    option_orders = models.JSONField()  # for each position the ordinals as displayed: "2031"
    started_at = models.DateTimeField()
    deadline = models.DateTimeField()
    extra_minutes = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=12, blank=True)
    receipt = models.CharField(max_length=16, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)
    report_read_at = models.DateTimeField(null=True)
    learned_at = models.DateTimeField(null=True)  # when the cards last took its answers in
    # The state in which the counts of its questions know it; empty: not at all.
    counted_state = models.CharField(max_length=12, blank=True, default="", db_default="")

    class Meta:
        ordering: ClassVar = ["-started_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["candidate", "blueprint"],
                condition=Q(state="in_progress", purpose="exam"),
                name="one_open_attempt",
            ),
            models.CheckConstraint(
                condition=Q(deadline__gt=F("started_at")), name="deadline_after_start"
            ),
            models.CheckConstraint(
                condition=Q(state="in_progress") | Q(ended_at__isnull=False),
                name="ended_attempts_have_an_end",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["deadline"], condition=Q(state="in_progress"), name="open_by_deadline"
            ),
            models.Index(
                fields=["ended_at"], condition=Q(state="submitted"), name="submitted_by_end"
            ),
            models.Index(
                fields=["ended_at"],
                condition=Q(state="submitted", learned_at=None),
                name="unlearned_by_end",
            ),
            models.Index(
                fields=["id"], condition=~Q(counted_state=F("state")), name="attempts_to_count"
            ),
        ]

    def __str__(self) -> str:
        return f"Attempt {self.number}"

    @property
    def is_open(self) -> bool:
        """Whether it still runs, as far as its state says."""
        return self.state == AttemptState.IN_PROGRESS

    @property
    def is_practice(self) -> bool:
        """Whether it is practice: it then never counts for scores, trend or calibration."""
        return self.purpose == Purpose.PRACTICE

    @property
    def length(self) -> int:
        """Questions on its form."""
        return len(self.option_orders)

    def accepts(self, at: datetime) -> bool:
        """Whether changes may still arrive: open, and within deadline and grace."""
        return self.is_open and at <= accepts_until(self.deadline, self.blueprint.grace_seconds)


class Response(models.Model):
    """What the candidate did with one position; selections are bit masks over ordinals."""

    pk = models.CompositePrimaryKey("attempt_id", "position")
    attempt = models.ForeignKey(
        Attempt, on_delete=models.CASCADE, related_name="responses", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    seq = models.PositiveIntegerField(default=0)
    selected = models.PositiveSmallIntegerField(default=0)
    eliminated = models.PositiveSmallIntegerField(default=0)
    flagged = models.BooleanField(default=False)
    spent_ms = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=500, blank=True)
    highlights = models.JSONField(default=list)
    path = PathField(default=list, blank=True)  # [[at_ms, selected], …], first choice first
    confidence = models.PositiveSmallIntegerField(default=Confidence.UNSAID.value)
    checked = models.BooleanField(default=False)  # the answer was shown: it cannot change any more
    miss = models.CharField(
        max_length=12, blank=True, choices=MissReason.choices, default=MissReason.UNSAID
    )


class TimeGrant(models.Model):
    """Minutes an instructor added to a running attempt."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="time_grants")
    minutes = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=200, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()


class ReportOutcome(models.TextChoices):
    """What came of a candidate's remark."""

    OPEN = "open", _("Open")
    CORRECTED = "corrected", _("Corrected")
    RIGHT_AS_IT_IS = "right", _("Right as it is")
    WITHDRAWN = "withdrawn", _("Question taken out")


class QuestionReport(models.Model):
    """A candidate's remark on a question: something may be wrong with it."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="question_reports")
    version = models.ForeignKey(QuestionVersion, on_delete=models.CASCADE, related_name="reports")
    text = models.CharField(max_length=1000)
    created_at = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(
        max_length=12, choices=ReportOutcome.choices, default=ReportOutcome.OPEN
    )
    answer = models.CharField(max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    answer_read_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["attempt", "version"], name="one_report_per_question"),
            models.CheckConstraint(
                condition=Q(outcome="open") | Q(answered_at__isnull=False),
                name="closed_reports_have_an_answer",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["created_at"], condition=Q(outcome="open"), name="open_reports_by_age"
            )
        ]
