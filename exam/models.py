"""Blueprints, forms, attempts, responses and scores."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exam.engine.batch import Confidence, Miss
from exam.engine.lifecycle import AttemptState, Purpose, accepts_until
from exam.fields import PathField
from questions.models import Bank, Question, QuestionVersion


class Report(models.TextChoices):
    """How a blueprint's result is told."""

    SCALED = "scaled", _("Scaled score with band and pass mark")
    PERCENT = "percent", _("Share of right answers with a wide band")


class Blueprint(models.Model):
    """The rules of one exam; a change makes the next version, attempts keep theirs."""

    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="blueprints")
    slug = models.SlugField()
    version = models.PositiveSmallIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    content_hash = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    length = models.PositiveSmallIntegerField()
    scored = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField()
    grace_seconds = models.PositiveSmallIntegerField(default=60)
    weights = models.JSONField()  # {"1": "1/5", …}: domain number to exact share
    subdomain_minimum = models.PositiveSmallIntegerField(default=1)
    areas = models.JSONField()  # {"ml": "1/2", …}: area to exact share
    report = models.CharField(max_length=8, choices=Report.choices, default=Report.SCALED)
    scale_minimum = models.PositiveSmallIntegerField(default=100)
    scale_maximum = models.PositiveSmallIntegerField(default=1000)
    scale_cut = models.PositiveSmallIntegerField(default=750)
    facts = models.JSONField(default=list)  # [{"label": …, "value": …}, …]

    class Meta:
        ordering: ClassVar = ["-length", "slug"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["slug", "version"], name="one_blueprint_per_version"),
            models.UniqueConstraint(
                fields=["slug"], condition=Q(is_current=True), name="one_current_blueprint"
            ),
            models.CheckConstraint(
                condition=Q(scored__lte=F("length")), name="scored_within_length"
            ),
            models.CheckConstraint(
                condition=Q(grace_seconds__gte=60), name="grace_at_least_a_minute"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Scale(models.Model):
    """The frozen reference exam and the share of it that is just enough to pass."""

    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="scales")
    number = models.PositiveSmallIntegerField()
    cut_share = models.CharField(max_length=16)  # an exact fraction such as 13/18
    version_ids = models.JSONField()
    weights = models.JSONField()  # one for each version, together 1
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["bank", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bank", "number"], name="one_scale_per_number")
        ]

    def __str__(self) -> str:
        return f"Scale {self.number}"


class Calibration(models.Model):
    """One estimation of all difficulties; number 0 knows only the authors' ratings."""

    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="calibrations")
    number = models.PositiveIntegerField()
    engine_version = models.CharField(max_length=20)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["bank", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bank", "number"], name="one_calibration_per_number")
        ]

    def __str__(self) -> str:
        return f"Calibration {self.number}"


class ItemParameter(models.Model):
    """The difficulty of one version under one calibration, in logits, with its variance."""

    calibration = models.ForeignKey(
        Calibration, on_delete=models.CASCADE, related_name="parameters"
    )
    version = models.ForeignKey(QuestionVersion, on_delete=models.CASCADE, related_name="+")
    difficulty = models.FloatField()
    variance = models.FloatField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["calibration", "version"], name="one_parameter_each")
        ]


class Equating(models.Model):
    """What a calibration means for a blueprint: the cut in logits and the pass curve."""

    blueprint = models.ForeignKey(Blueprint, on_delete=models.CASCADE, related_name="equatings")
    calibration = models.ForeignKey(Calibration, on_delete=models.CASCADE, related_name="+")
    scale = models.ForeignKey(Scale, on_delete=models.CASCADE, related_name="+")
    theta_cut = models.FloatField()
    pass_curve = models.JSONField()  # chance of passing an equivalent exam, on the engine's grid

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["blueprint", "calibration", "scale"], name="one_equating_each"
            )
        ]


class ExamForm(models.Model):
    """A fixed, ordered set of versions drawn for a blueprint; the seed draws it again."""

    blueprint = models.ForeignKey(Blueprint, on_delete=models.PROTECT, related_name="exam_forms")
    calibration = models.ForeignKey(Calibration, on_delete=models.PROTECT, related_name="+")
    scale = models.ForeignKey(Scale, on_delete=models.PROTECT, related_name="+")
    seed = models.BigIntegerField()
    version_ids = models.JSONField()  # position 1 first
    pilot_positions = models.JSONField(default=list)
    reused_positions = models.JSONField(default=list)
    relaxations = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)


class MissReason(models.TextChoices):
    """The engine's reasons for a wrong answer, in the candidate's words."""

    UNSAID = Miss.UNSAID.value, _("Not said")
    UNKNOWN = Miss.UNKNOWN.value, _("Did not know")
    MISREAD = Miss.MISREAD.value, _("Misread what was asked")
    DOWN_TO_TWO = Miss.DOWN_TO_TWO.value, _("Down to two")
    NO_TIME = Miss.NO_TIME.value, _("Ran out of time")
    SLIP = Miss.SLIP.value, _("Slip")


class Attempt(models.Model):
    """One sitting of one form by one candidate: an exam, or practice between exams."""

    candidate = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attempts"
    )
    blueprint = models.ForeignKey(Blueprint, on_delete=models.PROTECT, related_name="attempts")
    exam_form = models.ForeignKey(ExamForm, on_delete=models.PROTECT, related_name="attempts")
    purpose = models.CharField(max_length=8, default=Purpose.EXAM.value)
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, default=AttemptState.IN_PROGRESS.value)
    sitting = models.PositiveIntegerField(default=0)
    seen_at = models.DateTimeField(null=True)
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


class ScoreTable(models.Model):
    """Raw to scaled for the scored items of one form under one calibration: n + 1 rows."""

    exam_form = models.ForeignKey(ExamForm, on_delete=models.CASCADE, related_name="score_tables")
    calibration = models.ForeignKey(Calibration, on_delete=models.PROTECT, related_name="+")
    scale = models.ForeignKey(Scale, on_delete=models.PROTECT, related_name="+")
    columns = models.JSONField()  # {"theta": […], "scaled": […], …}, index = raw score

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["exam_form", "calibration", "scale"], name="one_score_table_each"
            )
        ]


class Score(models.Model):
    """One issued score; never rewritten, a later one stands beside it as the next version."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="scores")
    version = models.PositiveSmallIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    calibration = models.ForeignKey(Calibration, on_delete=models.PROTECT, related_name="+")
    scale = models.ForeignKey(Scale, on_delete=models.PROTECT, related_name="+")
    engine_version = models.CharField(max_length=20)
    raw_score = models.PositiveSmallIntegerField()
    scored_count = models.PositiveSmallIntegerField()
    raw_all = models.PositiveSmallIntegerField()
    reached = models.PositiveSmallIntegerField()
    is_complete = models.BooleanField()  # at least 90 % of the questions were reached
    theta = models.FloatField()
    theta_error = models.FloatField()
    scaled_score = models.PositiveSmallIntegerField()
    low = models.PositiveSmallIntegerField()
    high = models.PositiveSmallIntegerField()
    low_95 = models.PositiveSmallIntegerField()
    high_95 = models.PositiveSmallIntegerField()
    passed = models.BooleanField()
    chance = models.FloatField(null=True)  # of passing an equivalent exam now
    form_points = models.FloatField()  # the form's part of the error, in scaled points
    correct_positions = models.JSONField()
    domains = models.JSONField()  # [{"number": 1, "right": 7, "count": 10, "score": …, …}, …]
    areas = models.JSONField()
    subdomains = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["attempt", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["attempt", "version"], name="one_score_per_version"),
            models.UniqueConstraint(
                fields=["attempt"], condition=Q(is_current=True), name="one_current_score"
            ),
            models.CheckConstraint(
                condition=Q(raw_score__lte=F("scored_count")), name="raw_within_count"
            ),
        ]


class QuestionReport(models.Model):
    """A candidate's remark on a question: something may be wrong with it."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="question_reports")
    version = models.ForeignKey(QuestionVersion, on_delete=models.CASCADE, related_name="reports")
    text = models.CharField(max_length=1000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["attempt", "version"], name="one_report_per_question")
        ]


class Practice(models.Model):
    """What a practice attempt is about, and how it is gone through."""

    attempt = models.OneToOneField(
        Attempt, on_delete=models.CASCADE, primary_key=True, related_name="practice"
    )
    mode = models.CharField(max_length=12)
    title = models.CharField(max_length=200)
    at_once = models.BooleanField(default=True)  # each answer is shown as soon as it is asked for
    timed = models.BooleanField(default=False)
    day = models.DateField(null=True)  # of a daily ten, in the person's own time zone
    # For each position the question whose card it answers, or null.
    stands_for = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.title


class Card(models.Model):
    """A question somebody missed or was unsure of, and when it should come back.

    The memory is that of FSRS: stability in days, difficulty from 1 to 10.
    """

    candidate = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="cards"
    )
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="+")
    stability = models.FloatField()
    difficulty = models.FloatField()
    recalled_at = models.DateTimeField()
    due_at = models.DateTimeField()  # by memory alone; the exam date bounds it when it is read
    recalls_count = models.PositiveIntegerField()
    lapses = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["due_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["candidate", "question"], name="one_card_per_question")
        ]


class Recall(models.Model):
    """One answer to a question, as memory takes it in; a card is the sum of such answers."""

    candidate = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recalls", db_index=False
    )
    question = models.ForeignKey(
        Question, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    attempt = models.ForeignKey(
        Attempt, on_delete=models.CASCADE, related_name="recalls", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    grade = models.PositiveSmallIntegerField()  # FSRS: 1 again, 2 hard, 3 good, 4 easy

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["attempt", "position"], name="one_recall_per_answer")
        ]
        indexes: ClassVar = [
            models.Index(fields=["candidate", "question"], name="recalls_of_a_question")
        ]
