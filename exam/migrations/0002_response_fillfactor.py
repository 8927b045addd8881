"""Leaves room in each page of responses: a save then stays on its page and touches no index."""

from django.db import migrations


def leave_room(apps, schema_editor):
    """PostgreSQL only; SQLite has no such setting."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE exam_response SET (fillfactor = 85)")


class Migration(migrations.Migration):
    """One storage setting."""

    dependencies = [("exam", "0001_initial")]
    operations = [migrations.RunPython(leave_room, migrations.RunPython.noop)]
