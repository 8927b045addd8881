"""Addresses of the bank: its questions, their review, and what comes in and goes out."""

from django.urls import re_path

from questions.views import pictures

app_name = "questions"

urlpatterns = [
    re_path(
        r"^pictures/(?P<sha256>[0-9a-f]{64})\.(?P<ending>png|jpeg|webp)$",
        pictures.picture,
        name="picture",
    ),
]
