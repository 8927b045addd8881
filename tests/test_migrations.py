"""While a release is deployed the one before it still runs: what its migrations may not do.

docs/migrations.md explains the rules. Planted violations show that they can fail.
"""

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import base, fields, special
from django.db.migrations.operations import models as of_models
from django.db.migrations.state import ModelState, ProjectState

from config.migrating import AddCheckForNewRows, AddIndexWhileInUse, ValidateCheck, in_batches

# Nothing was in service before these; what comes later is checked.
BEFORE = {"accounts": 4, "exam": 7, "questions": 6}
# Tables that grow with every exam: nothing may read or lock them as a whole.
LARGE = {
    *("exam.response", "exam.attempt", "exam.examform", "exam.score", "exam.practice"),
    *("exam.card", "exam.recall", "exam.questionreport", "accounts.auditentry"),
}
HARMLESS = (
    *(of_models.CreateModel, of_models.AlterModelOptions, of_models.AlterModelManagers),
    *(of_models.AlterModelTableComment, of_models.RemoveIndex, of_models.RemoveConstraint),
    *(of_models.RenameIndex, AddIndexWhileInUse, AddCheckForNewRows, ValidateCheck),
)
WRITES = re.compile(r"\.(update|save|delete|create|bulk_create|bulk_update|get_or_create)\(")
WIDER = {("SmallIntegerField", "PositiveSmallIntegerField"), ("CharField", "TextField")}


def violations(migration: migrations.Migration, state: ProjectState) -> list[str]:
    """What of a migration would disturb a release that runs; `state` is before it."""
    app, state = migration.app_label, state.clone()
    made = {
        operation.name_lower
        for operation in migration.operations
        if isinstance(operation, of_models.CreateModel)
    }
    found = []
    for operation in migration.operations:
        if getattr(operation, "model_name_lower", None) not in made:
            reasons = _reasons(operation, app, state, migration)
            found += [f"{app}.{migration.name}: {operation.describe()}: {why}" for why in reasons]
        operation.state_forwards(app, state)
    return found


def _reasons(
    operation: base.Operation, app: str, state: ProjectState, migration: migrations.Migration
) -> Iterator[str]:
    is_large = f"{app}.{getattr(operation, 'model_name_lower', '')}" in LARGE
    is_late = bool(getattr(migration, "contract", ""))
    match operation:
        case special.SeparateDatabaseAndState():
            for part in operation.database_operations:
                yield from _reasons(part, app, state, migration)
        case of_models.RenameModel() | fields.RenameField() | of_models.AlterModelTable():
            yield "the release before asks for the old name; use db_column or db_table"
        case of_models.DeleteModel() | fields.RemoveField():
            if not is_late:
                yield "the release before still uses it; say in `contract` since when it does not"
        case AddIndexWhileInUse() | AddCheckForNewRows() | ValidateCheck():
            if migration.atomic and not isinstance(operation, AddCheckForNewRows):
                yield "needs atomic = False on the migration"
        case fields.AddField():
            yield from _added(operation.field, is_large)
        case fields.AlterField():
            before = state.models[app, operation.model_name_lower].fields[operation.name]
            yield from _altered(before, operation.field, is_large, is_late)
        case of_models.AddIndex():
            if is_large:
                yield "stops every save while it is made; use AddIndexWhileInUse"
        case of_models.AddConstraint():
            if is_large:
                yield "reads and locks the whole table; use AddCheckForNewRows, or a unique index"
            elif not is_late:
                yield "the release before may break it; say in `contract` since when it does not"
        case special.RunPython():
            yield from _code(operation, migration)
        case special.RunSQL():
            yield "is for one database; use RunPython, which sees whose connection it is"
        case _ if not isinstance(operation, HARMLESS):
            yield "no rule knows it; decide, and write the rule"


def _added(field: models.Field, is_large: bool) -> Iterator[str]:
    if field.many_to_many:
        return
    if not field.null and not field.has_db_default():
        yield "the release before does not fill it; null=True or db_default"
    if is_large and (field.unique or field.db_index or getattr(field, "db_constraint", False)):
        yield "makes an index or a reference over all rows; leave that for later migrations"


def _altered(
    before: models.Field, after: models.Field, is_large: bool, is_late: bool
) -> Iterator[str]:
    if before.null and not after.null and not (is_late and not is_large):
        yield "the release before may leave it empty, and all rows are read"
    if (before.max_length or 0) > (after.max_length or before.max_length or 0):
        yield "the release before may write more than that"
    kinds = before.get_internal_type(), after.get_internal_type()
    if kinds[0] != kinds[1] and not (kinds in WIDER and not is_large):
        yield "another type; add a column, fill it, and leave the old one for a later release"
    if after.unique and not before.unique:
        yield "the release before may write the same twice"
    if is_large and after.db_index and not before.db_index:
        yield "stops every save while it is made; use AddIndexWhileInUse"


def _code(operation: special.RunPython, migration: migrations.Migration) -> Iterator[str]:
    if operation.reverse_code is None:
        yield "no way back; RunPython.noop if nothing is to be undone"
    source = inspect.getsource(operation.code)
    if WRITES.search(source):
        if "in_batches(" not in source or migration.atomic:
            yield "one long transaction; use in_batches, with atomic = False"
        if not operation.elidable:
            yield "moves data of a past release; say elidable=True"


# ------------------------------------------------------------------ the migrations there are
def number(name: str) -> int:
    return int(name.partition("_")[0])


def test_no_migration_disturbs_the_release_before() -> None:
    loader = MigrationLoader(None)
    found = [
        violation
        for (app, name), migration in sorted(loader.disk_migrations.items())
        if app in BEFORE and number(name) > BEFORE[app]
        for violation in violations(migration, loader.project_state((app, name), at_end=False))
    ]
    assert found == []


# ------------------------------------------------------------------ planted violations
def fill(apps: Any, editor: Any) -> None:
    apps.get_model("exam", "Attempt").objects.update(number=1)


def fill_in_batches(apps: Any, editor: Any) -> None:
    in_batches(apps.get_model("exam", "Attempt").objects.all(), lambda rows: rows.update(number=1))


def state() -> ProjectState:
    """One large table and one small, as they were before."""
    known = ProjectState()
    for name in ("Attempt", "Bank"):
        columns = [
            ("id", models.BigAutoField(primary_key=True)),
            ("number", models.IntegerField(null=True)),
            ("title", models.CharField(max_length=50)),
        ]
        known.add_model(ModelState("exam", name, columns))
    return known


def found(*operations: base.Operation, **attributes: Any) -> list[str]:
    """The reasons alone."""
    migration = migrations.Migration("0099_planted", "exam")
    migration.operations = list(operations)
    for name, value in attributes.items():
        setattr(migration, name, value)
    return [violation.rpartition(": ")[2] for violation in violations(migration, state())]


SHORT, LONG = models.CharField(max_length=20), models.CharField(max_length=80)
INDEX = models.Index(fields=["number"], name="by_number")
CHECK = models.CheckConstraint(condition=models.Q(number__gt=0), name="positive")
PLANTED: list[tuple[Callable[[], base.Operation], str]] = [
    (lambda: migrations.AddField("bank", "new", LONG), "null=True or db_default"),
    (lambda: migrations.AddField("bank", "new", models.BooleanField(default=False)), "db_default"),
    (
        lambda: migrations.AddField(
            "attempt", "bank", models.ForeignKey("exam.Bank", models.CASCADE, null=True)
        ),
        "an index or a reference over all rows",
    ),
    (lambda: migrations.RenameField("bank", "title", "name"), "asks for the old name"),
    (lambda: migrations.RenameModel("Bank", "Pool"), "asks for the old name"),
    (lambda: migrations.AlterModelTable("Bank", "pool"), "asks for the old name"),
    (lambda: migrations.RemoveField("bank", "title"), "say in `contract`"),
    (lambda: migrations.DeleteModel("Bank"), "say in `contract`"),
    (lambda: migrations.AlterField("bank", "title", SHORT), "may write more than that"),
    (lambda: migrations.AlterField("bank", "number", models.IntegerField()), "leave it empty"),
    (lambda: migrations.AlterField("bank", "number", models.FloatField(null=True)), "another type"),
    (
        lambda: migrations.AlterField(
            "bank", "title", models.CharField(max_length=50, unique=True)
        ),
        "the same twice",
    ),
    (
        lambda: migrations.AlterField(
            "attempt", "number", models.IntegerField(null=True, db_index=True)
        ),
        "use AddIndexWhileInUse",
    ),
    (lambda: migrations.AddIndex("attempt", INDEX), "use AddIndexWhileInUse"),
    (lambda: AddIndexWhileInUse("attempt", INDEX), "atomic = False"),
    (lambda: migrations.AddConstraint("attempt", CHECK), "use AddCheckForNewRows"),
    (lambda: migrations.AddConstraint("bank", CHECK), "say in `contract`"),
    (lambda: migrations.RunPython(migrations.RunPython.noop), "no way back"),
    (
        lambda: migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        "use in_batches",
    ),
    (lambda: migrations.RunSQL("SELECT 1", "SELECT 1"), "for one database"),
    (lambda: migrations.AlterUniqueTogether("bank", {("number", "title")}), "no rule knows it"),
    (
        lambda: migrations.SeparateDatabaseAndState([migrations.AddIndex("attempt", INDEX)]),
        "use AddIndexWhileInUse",
    ),
]


@pytest.mark.parametrize(("operation", "expected"), PLANTED)
def test_a_planted_violation_is_found(
    operation: Callable[[], base.Operation], expected: str
) -> None:
    [reason] = found(operation())
    assert expected in reason


def test_data_is_moved_in_batches_without_one_transaction_around_them() -> None:
    code = migrations.RunPython(fill_in_batches, migrations.RunPython.noop, elidable=True)
    assert len(found(code)) == 1
    assert found(code, atomic=False) == []
    kept = migrations.RunPython(fill_in_batches, migrations.RunPython.noop)
    assert found(kept, atomic=False) == ["moves data of a past release; say elidable=True"]


def test_what_a_release_may_do_is_not_reported() -> None:
    operations = [
        migrations.CreateModel("New", [("id", models.BigAutoField(primary_key=True))]),
        migrations.AddField("new", "title", LONG),
        migrations.AddField("attempt", "later", models.IntegerField(null=True)),
        migrations.AddField("attempt", "kind", models.CharField(max_length=9, db_default="exam")),
        migrations.AlterField("bank", "title", LONG),
        migrations.AlterField("attempt", "title", LONG),
        migrations.AddIndex("bank", INDEX),
        AddIndexWhileInUse("attempt", INDEX),
        AddCheckForNewRows("attempt", CHECK),
        ValidateCheck("attempt", "positive"),
    ]
    assert found(*operations, atomic=False) == []


def test_what_no_code_uses_any_more_may_go() -> None:
    gone = [migrations.RemoveField("bank", "title"), migrations.DeleteModel("Attempt")]
    assert found(*gone, contract="not used since 1.3") == []
