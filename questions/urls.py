"""Addresses of the bank: its questions, their review, and what comes in and goes out."""

from django.urls import URLPattern

app_name = "questions"

urlpatterns: list[URLPattern] = []
