"""For those who ran practice in its first hour: 0003 was changed after that.

Cards and recalls are sums of answers. Where their tables are of the old shape they are made
empty, and the sweep takes every answer in again.
"""

from django.db import migrations


def catch_up(apps, schema_editor):
    """Gives the early tables of practice the shape of now, and leaves all others alone."""
    if "stands_for" in _columns(schema_editor, "exam_practice"):
        return
    attempt, card, recall = (apps.get_model("exam", name) for name in ("Attempt", "Card", "Recall"))
    unlearned = next(i for i in attempt._meta.indexes if i.name == "unlearned_by_end")
    schema_editor.add_index(attempt, unlearned)
    schema_editor.execute("ALTER TABLE exam_practice RENAME COLUMN card_ids TO stands_for")
    schema_editor.execute("ALTER TABLE exam_practice DROP COLUMN choice")
    schema_editor.delete_model(recall)
    schema_editor.create_model(recall)
    card.objects.all().delete()
    attempt.objects.update(learned_at=None)


def _columns(schema_editor, table):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        return {
            column.name for column in connection.introspection.get_table_description(cursor, table)
        }


class Migration(migrations.Migration):
    dependencies = [("exam", "0004_assignments_and_answers")]

    operations = [migrations.RunPython(catch_up, migrations.RunPython.noop)]
