"""Issued scores and the tables they are read from."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from questions.models import KeyChange

from .attempts import Attempt
from .blueprints import Calibration, ExamForm, Scale


class ScoreTable(models.Model):
    """Raw to scaled for the scored items of one form under one calibration: n + 1 rows."""

    exam_form = models.ForeignKey(
        ExamForm, on_delete=models.CASCADE, related_name="score_tables", db_index=False
    )
    calibration = models.ForeignKey(Calibration, on_delete=models.PROTECT, related_name="+")
    scale = models.ForeignKey(Scale, on_delete=models.PROTECT, related_name="+")
    # Positions whose question was taken out of scoring: "7 31"; they count for nobody.
    without = models.CharField(max_length=400, blank=True)
    columns = models.JSONField()  # {"theta": […], "scaled": […], …}, index = raw score

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["exam_form", "calibration", "scale", "without"], name="one_score_table_each"
            )
        ]


class ScoreReason(models.TextChoices):
    """Why there is this version of a score."""

    ISSUED = "issued", _("Issued when the exam was scored")
    KEY = "key", _("A key was corrected or a question taken out")
    CALIBRATION = "calibration", _("The difficulty of the questions is known better")


class Score(models.Model):
    """One issued score; never rewritten, a later one stands beside it as the next version.

    The current version is the one reported: the first, or one with a corrected key. A later
    calibration adds a version beside it, for the trend, that is never current.
    """

    attempt = models.ForeignKey(
        Attempt, on_delete=models.PROTECT, related_name="scores", db_index=False
    )
    version = models.PositiveSmallIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    reason = models.CharField(
        max_length=12, choices=ScoreReason.choices, default=ScoreReason.ISSUED
    )
    # The newest change of a key that it knows of, if any concerned its form.
    key_change = models.ForeignKey(
        KeyChange, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
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
    # Of a corrected score: when the candidate was told, and took note.
    announced_at = models.DateTimeField(null=True)
    noted_at = models.DateTimeField(null=True)

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
