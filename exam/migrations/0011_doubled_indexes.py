"""Takes away three indexes that begin as a unique one of the same table does.

AlterField would take the reference away and look at every row to put it back.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# By name: what it was on. The unique ones are one_card_per_question, one_score_per_version and
# one_score_table_each.
DOUBLED = {
    "exam_card_candidate_id_ccde9091": ("exam_card", "candidate_id"),
    "exam_score_attempt_id_194c4ee0": ("exam_score", "attempt_id"),
    "exam_scoretable_exam_form_id_651b59d8": ("exam_scoretable", "exam_form_id"),
}


def take(apps, schema_editor):
    """Beside the work where the database can."""
    how = "CONCURRENTLY" if schema_editor.connection.vendor == "postgresql" else ""
    for name in DOUBLED:
        schema_editor.execute(f"DROP INDEX {how} IF EXISTS {name}")


def give_back(apps, schema_editor):
    """The same way."""
    how = "CONCURRENTLY" if schema_editor.connection.vendor == "postgresql" else ""
    for name, (table, column) in DOUBLED.items():
        schema_editor.execute(f"CREATE INDEX {how} {name} ON {table} ({column})")


class Migration(migrations.Migration):
    """A release before does not miss them: the unique indexes find the same rows."""

    atomic = False
    dependencies = [
        ("exam", "0010_claim_token"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(take, give_back)],
            state_operations=[
                migrations.AlterField(
                    "card",
                    "candidate",
                    models.ForeignKey(
                        to=settings.AUTH_USER_MODEL,
                        on_delete=django.db.models.deletion.CASCADE,
                        db_index=False,
                        related_name="cards",
                    ),
                ),
                migrations.AlterField(
                    "score",
                    "attempt",
                    models.ForeignKey(
                        to="exam.attempt",
                        on_delete=django.db.models.deletion.PROTECT,
                        db_index=False,
                        related_name="scores",
                    ),
                ),
                migrations.AlterField(
                    "scoretable",
                    "exam_form",
                    models.ForeignKey(
                        to="exam.examform",
                        on_delete=django.db.models.deletion.CASCADE,
                        db_index=False,
                        related_name="score_tables",
                    ),
                ),
            ],
        )
    ]
