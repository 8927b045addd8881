"""What instructors and administrators did for others."""

from exam.selectors.personal.about.table import Table, left

LOOKING_AFTER = (
    Table(
        "blueprints-made",
        "exam.Blueprint",
        ("created_by",),
        ("title", "version", "created_at"),
        left_out=left(
            told="created_by",
            inner="id slug is_current content_hash",
            bank=(
                "bank length scored minutes grace_seconds weights subdomain_minimum areas report "
                "scale_minimum scale_maximum scale_cut facts is_open"
            ),
        ),
    ),
    Table(
        "calibrations-asked-for",
        "exam.Calibration",
        ("asked_by",),
        ("number", "created_at"),
        {"bank": "bank__title"},
        left(
            told="bank asked_by",
            inner="id is_published engine_version inputs_hash seconds",
            figures=(
                "until attempts responses items reliability intercept slope prior_variance groups "
                "steps has_converged"
            ),
        ),
    ),
    Table(
        "form-sets-made",
        "exam.FormSet",
        ("created_by",),
        ("title", "created_at"),
        left_out=left(told="created_by", inner="id", bank="blueprint seed report"),
    ),
    Table(
        "assignments-made",
        "exam.Assignment",
        ("created_by",),
        ("opens_at", "closes_at", "attempts_allowed", "created_at", "withdrawn_at"),
        {"cohort": "cohort__name", "exam": "blueprint__title"},
        left(told="created_by cohort blueprint", inner="id form_set"),
    ),
    Table(
        "jobs-asked-for",
        "exam.Job",
        ("asked_by",),
        ("kind", "state", "created_at", "ended_at"),
        {"bank": "bank__title"},
        left(
            told="asked_by bank",
            inner="id subject step done total params problem runs started_at touched_at",
            figures="result",
        ),
    ),
    Table(
        "waves-opened",
        "exam.Wave",
        ("opened_by",),
        ("number", "opened_at"),
        {"bank": "bank__title"},
        left(told="opened_by bank", inner="id closed_at", bank="questions"),
    ),
    Table(
        "comparisons-made",
        "exam.Comparison",
        ("created_by",),
        ("name", "created_at"),
        {"bank": "bank__title"},
        left(
            told="created_by bank",
            inner="id",
            figures="focal reference computed_at focal_attempts reference_attempts",
        ),
    ),
)
