"""Exams, practice, and what came of them."""

from exam.selectors.personal.about.table import Table, left

SITTING = (
    Table(
        "attempts",
        "exam.Attempt",
        ("candidate",),
        (
            *("id", "purpose", "number", "state", "started_at", "deadline", "extra_minutes"),
            *("ended_at", "ended_by", "receipt", "void_reason", "seen_at", "report_read_at"),
            *("learned_at", "sitting"),
        ),
        {
            "exam": "blueprint__title",
            "exam_version": "blueprint__version",
            "assigned_to_cohort": "assignment__cohort__name",
            "form": "exam_form_id",
        },
        left(
            told="candidate blueprint exam_form assignment option_orders",
            inner="counted_state claim_token",
        ),
    ),
    Table(
        "practice",
        "exam.Practice",
        ("attempt__candidate",),
        ("attempt", "mode", "title", "at_once", "timed", "day", "stands_for"),
    ),
    Table(
        "minutes-granted",
        "exam.TimeGrant",
        ("attempt__candidate",),
        ("attempt", "minutes", "reason", "granted_by", "created_at"),
        left_out=left(inner="id"),
    ),
    Table(
        "minutes-you-granted",
        "exam.TimeGrant",
        ("granted_by",),
        ("minutes", "created_at"),
        left_out=left(others="attempt reason"),
    ),
    Table(
        "scores",
        "exam.Score",
        ("attempt__candidate",),
        (
            *("attempt", "version", "is_current", "reason", "engine_version", "raw_score"),
            *("scored_count", "raw_all", "reached", "is_complete", "theta", "theta_error"),
            *("scaled_score", "low", "high", "low_95", "high_95", "passed", "chance"),
            *("form_points", "correct_positions", "domains", "areas", "subdomains"),
            *("created_at", "announced_at", "noted_at"),
        ),
        {
            "calibration": "calibration__number",
            "scale": "scale__number",
            "correction": "key_change__reason",
        },
        left(inner="id", told="calibration scale key_change"),
        question="key_change__version__question_id",
        tells=("correction",),
    ),
    Table(
        "remarks",
        "exam.QuestionReport",
        ("attempt__candidate",),
        (
            *("attempt", "text", "created_at", "outcome", "answer", "answered_by"),
            *("answered_at", "answer_read_at"),
        ),
        {"question": "version__question__code", "version": "version__number"},
        left(inner="id", told="version"),
        question="version__question_id",
        tells=("outcome", "answer"),
    ),
    Table(
        "remarks-you-answered",
        "exam.QuestionReport",
        ("answered_by",),
        ("outcome", "answer", "answered_at"),
        {"question": "version__question__code"},
        left(others="attempt text created_at answer_read_at"),
        question="version__question_id",
        tells=("outcome", "answer"),
    ),
    Table(
        "memory-cards",
        "exam.Card",
        ("candidate",),
        ("stability", "difficulty", "recalled_at", "due_at", "recalls_count", "lapses"),
        {"question": "question__code"},
        left(inner="id", told="candidate question"),
        question="question_id",
        tells=("stability", "difficulty", "due_at", "lapses"),
    ),
    Table(
        "recalls",
        "exam.Recall",
        ("candidate",),
        ("attempt", "position", "at", "grade"),
        {"question": "question__code"},
        left(inner="id", told="candidate question"),
        question="question_id",
        tells=("grade",),
    ),
)
