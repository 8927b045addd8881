"""The questions app."""

from django.apps import AppConfig


class QuestionsConfig(AppConfig):
    """Names the app for Django."""

    name = "questions"
