"""Questions written, reviewed and imported."""

from exam.selectors.personal.about.table import Table, left

_QUESTION_OF_THE_BANK = (
    "bank current proposed enemies tags source source_key subdomain area difficulty select "
    "exhibit_kind blocks warnings search_text changed_at is_from_files"
)
WRITING = (
    Table(
        "questions",
        "questions.Question",
        ("author",),
        ("code", "status", "title", "created_at"),
        {"bank": "bank__title"},
        left(inner="id", told="author", bank=_QUESTION_OF_THE_BANK),
    ),
    Table(
        "question-versions",
        "questions.QuestionVersion",
        ("created_by",),
        ("number", "stem", "qualifier", "explanation", "references", "tags", "created_at"),
        {"question": "question__code"},
        left(
            inner="id content_hash",
            told="question created_by stem_html explanation_html",
            bank="subdomain area difficulty select shuffle is_dropped",
            figures="exposure response_count",
        ),
        question="question_id",
        tells=("explanation",),
    ),
    Table(
        "drafts",
        "questions.Draft",
        ("saved_by",),
        ("content", "revision", "saved_at"),
        {"question": "question__code"},
        left(told="question saved_by", inner="base"),
        question="question_id",
        tells=("content",),
    ),
    Table(
        "draft-saves",
        "questions.DraftSave",
        ("saved_by",),
        ("content", "revision", "saved_at"),
        {"question": "question__code"},
        left(inner="id", told="question saved_by"),
        question="question_id",
        tells=("content",),
    ),
    Table(
        "reviews",
        "questions.Review",
        ("reviewer",),
        ("answer", "answered_at", "agreed", "checklist", "decision", "remark", "decided_at"),
        {"question": "version__question__code", "version": "version__number"},
        left(inner="id", told="version reviewer"),
        question="version__question_id",
        tells=("answer", "agreed", "remark"),
    ),
    Table(
        "comments",
        "questions.Comment",
        ("author",),
        ("text", "created_at"),
        {"question": "question__code", "version": "version__number"},
        left(inner="id", told="question version author"),
        question="question_id",
        tells=("text",),
    ),
    Table(
        "question-events",
        "questions.QuestionEvent",
        ("actor",),
        ("kind", "note", "at"),
        {"question": "question__code", "version": "version__number"},
        left(inner="id", told="question version actor"),
        question="question_id",
        tells=("note",),
    ),
    Table(
        "key-changes",
        "questions.KeyChange",
        ("made_by",),
        ("before", "after", "drops", "reason", "made_at"),
        {"question": "version__question__code", "version": "version__number"},
        left(inner="id", told="version made_by"),
        question="version__question_id",
        tells=("before", "after", "reason"),
    ),
    Table(
        "imports",
        "questions.Import",
        ("uploaded_by",),
        ("file_name", "state", "created_at", "finished_at"),
        {"bank": "bank__title"},
        left(
            inner="id sha256 done total touched_at error",
            told="uploaded_by",
            bank="bank data merged warnings",
        ),
    ),
)
