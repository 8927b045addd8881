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
from .blueprints import (
    Blueprint,
    Calibration,
    Equating,
    ExamForm,
    FormSet,
    ItemParameter,
    Report,
    Scale,
)
from .exports import ExportPiece
from .forecasts import ChanceRecord
from .measurement import (
    Comparison,
    Functioning,
    ItemStatistics,
    Job,
    JobKind,
    JobState,
    ProposedMove,
    SimulatedAbility,
    Simulation,
    Wave,
)
from .operations import Stamp
from .personal import DataCopy
from .practice import Card, Practice, Recall
from .scores import Score, ScoreReason, ScoreTable

__all__ = [
    "Assignment",
    "Attempt",
    "Blueprint",
    "Calibration",
    "Card",
    "ChanceRecord",
    "Comparison",
    "DataCopy",
    "Equating",
    "ExamForm",
    "ExportPiece",
    "FormSet",
    "Functioning",
    "ItemParameter",
    "ItemStatistics",
    "Job",
    "JobKind",
    "JobState",
    "MissReason",
    "Practice",
    "ProposedMove",
    "QuestionReport",
    "Recall",
    "Report",
    "ReportOutcome",
    "Response",
    "Scale",
    "Score",
    "ScoreReason",
    "ScoreTable",
    "SimulatedAbility",
    "Simulation",
    "Stamp",
    "TimeGrant",
    "Wave",
]
