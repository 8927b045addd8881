"""What makes the bank's list fast on PostgreSQL; SQLite searches without it."""

from django.db import migrations

# The expression is the one that SearchVector("search_text", config="english") writes: PostgreSQL
# uses the index for nothing else.
INDEXES = {
    "questions_by_words": """
        USING gin (to_tsvector('english'::regconfig, COALESCE(search_text, '')))
    """,
    "questions_by_tag": "USING gin (tags jsonb_path_ops)",
    # Everything a filter asks for: counting and paging read this and not the wide rows.
    "questions_by_code": """
        (bank_id, code) INCLUDE (
            id, status, subdomain_id, area, difficulty, "select", exhibit_kind, blocks, warnings,
            author_id, source_key, current_id
        )
    """,
    "questions_by_difficulty": "(bank_id, difficulty, code) INCLUDE (id)",
}


def create(apps, schema_editor):
    """On PostgreSQL alone."""
    if schema_editor.connection.vendor == "postgresql":
        for name, definition in INDEXES.items():
            schema_editor.execute(f"CREATE INDEX {name} ON questions_question {definition}")


def drop(apps, schema_editor):
    """The way back."""
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXES:
            schema_editor.execute(f"DROP INDEX {name}")


class Migration(migrations.Migration):
    dependencies = [("questions", "0003_writing_and_imports")]

    operations = [migrations.RunPython(create, drop)]
