"""Blueprints, the scale they report on, and the calibrations behind both."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from questions.models import Bank, QuestionVersion


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
    # Whether anybody may sit it; if not, only cohorts it was assigned to.
    is_open = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True, null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

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
    rationale = models.TextField(blank=True)  # how the cut was judged, and by whom
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
