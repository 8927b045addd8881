"""Practice and what is remembered of it."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from questions.models import Question

from .attempts import Attempt


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
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="cards", db_index=False
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
