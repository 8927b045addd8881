"""Files of other programs on their way into a bank."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .bank import Bank, Question, Subdomain


class ImportState(models.TextChoices):
    """How far an import is; its questions exist only when it is done."""

    UPLOADED = "uploaded", _("Uploaded")
    READING = "reading", _("Being read")
    READ = "read", _("Read")
    IMPORTING = "importing", _("Being imported")
    DONE = "done", _("Imported")
    FAILED = "failed", _("Could not be read")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Import(models.Model):
    """One file, what was found in it, and what became of that."""

    bank = models.ForeignKey(Bank, on_delete=models.CASCADE, related_name="imports")
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    data = models.BinaryField(null=True)  # until it was read
    state = models.CharField(
        max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED
    )
    done = models.PositiveIntegerField(default=0)  # steps of `total`, for the progress bar
    total = models.PositiveIntegerField(default=0)
    merged = models.PositiveIntegerField(default=0)
    warnings = models.JSONField(default=list)
    error = models.CharField(max_length=300, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField()  # by whoever works on it; old means that it was left
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.file_name


class ItemState(models.TextChoices):
    """What can be done with an item of a file."""

    NEW = "new", _("New")
    KNOWN = "known", _("Already in the bank")
    REJECTED = "rejected", _("Cannot be taken")


class ImportItem(models.Model):
    """One item of the file, in its order, as it would become a draft."""

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    ident = models.CharField(max_length=300, blank=True)
    title = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=120)  # of a question; else the file's own word for it
    state = models.CharField(max_length=10, choices=ItemState.choices)
    reason = models.CharField(max_length=500, blank=True)  # why it cannot be taken
    content = models.JSONField(null=True)  # the shape of questions.formats.record
    source_key = models.CharField(max_length=64, blank=True)
    blocks = models.PositiveSmallIntegerField(default=0)
    warnings = models.PositiveSmallIntegerField(default=0)
    findings = models.JSONField(default=list)  # [{"level": …, "field": …, "message": …}, …]
    similar = models.JSONField(default=list)  # [{"code": …, "share": 0.93}, …]
    is_chosen = models.BooleanField(default=False)
    subdomain = models.ForeignKey(
        Subdomain, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    area = models.CharField(max_length=20, blank=True)
    question = models.ForeignKey(
        Question, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["batch", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "position"], name="one_item_per_position")
        ]

    def __str__(self) -> str:
        return self.title or self.ident
