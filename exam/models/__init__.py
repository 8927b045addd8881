"""Blueprints, forms, attempts, responses and scores."""

from .attempts import (
    Assignment,
    Attempt,
    MissReason,
    QuestionReport,
    ReportOutcome,
    Response,
    TimeGrant,
)
from .blueprints import Blueprint, Calibration, Equating, ExamForm, ItemParameter, Report, Scale
from .practice import Card, Practice, Recall
from .scores import Score, ScoreTable

__all__ = [
    "Assignment",
    "Attempt",
    "Blueprint",
    "Calibration",
    "Card",
    "Equating",
    "ExamForm",
    "ItemParameter",
    "MissReason",
    "Practice",
    "QuestionReport",
    "Recall",
    "Report",
    "ReportOutcome",
    "Response",
    "Scale",
    "Score",
    "ScoreTable",
    "TimeGrant",
]
