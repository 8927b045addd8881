"""The list's indexes as they are now; and a column for those who ran an early state of 0003."""

from django.db import migrations, models

INCLUDED = """
    INCLUDE (
        id, status, subdomain_id, area, difficulty, "select", exhibit_kind, blocks, warnings,
        author_id, source_key, is_from_files, current_id
    )
"""
INDEXES = {
    "questions_by_code_begin": "(bank_id, code varchar_pattern_ops)",
    # Everything a filter asks for: counting and paging read these and not the wide rows.
    "questions_by_code": f"(bank_id, code) {INCLUDED}",
    "questions_by_difficulty": f"(bank_id, difficulty, code) {INCLUDED}",
    "questions_by_time": f"(bank_id, changed_at, id) {INCLUDED.replace('id, status', 'status')}",
}
BEFORE = {
    "questions_by_code": """
        (bank_id, code) INCLUDE (
            id, status, subdomain_id, area, difficulty, "select", exhibit_kind, blocks, warnings,
            author_id, source_key, current_id
        )
    """,
    "questions_by_difficulty": "(bank_id, difficulty, code) INCLUDE (id)",
}


def add_what_is_missing(apps, schema_editor):
    """0003 was without this column for some minutes, and data folders were made in them."""
    question = apps.get_model("questions", "Question")
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, question._meta.db_table)
    if "is_from_files" not in {column.name for column in columns}:
        # Whatever is there by now was loaded from files.
        field = models.BooleanField(default=True)
        field.set_attributes_from_name("is_from_files")
        field.model = question
        schema_editor.add_field(question, field)


def create(apps, schema_editor):
    """On PostgreSQL alone; SQLite searches without them."""
    _replace(schema_editor, INDEXES)


def put_back(apps, schema_editor):
    """The way back."""
    _replace(schema_editor, BEFORE)


def _replace(schema_editor, indexes):
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXES:
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")
        for name, definition in indexes.items():
            schema_editor.execute(f"CREATE INDEX {name} ON questions_question {definition}")


class Migration(migrations.Migration):
    dependencies = [("questions", "0004_search_index")]

    operations = [
        migrations.RunPython(add_what_is_missing, migrations.RunPython.noop),
        migrations.RunPython(create, put_back),
    ]
