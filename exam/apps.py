"""The exam app."""

from django.apps import AppConfig


class ExamConfig(AppConfig):
    """Names the app for Django."""

    name = "exam"
