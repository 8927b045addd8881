"""Operations for migrations on tables that are in use: the same outcome on both databases."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models
from django.db.migrations import Migration
from django.db.migrations.state import ProjectState

from accounts.models import Cohort, User
from config.migrating import (
    BATCH,
    AddCheckForNewRows,
    AddIndexWhileInUse,
    ValidateCheck,
    in_batches,
)

pytestmark = pytest.mark.django_db(transaction=True)
INDEX = models.Index(fields=["name"], name="cohorts_by_name")
CHECK = models.CheckConstraint(condition=~models.Q(name="no"), name="cohort_not_no")


class Planted:
    """Applies operations to the database of the test, and takes them back."""

    def __init__(self) -> None:
        self.done: list[tuple[Migration, ProjectState]] = []

    def apply(self, *operations: Any) -> None:
        before = self.done[-1][0].mutate_state(self.done[-1][1]) if self.done else known()
        migration = Migration("planted", "accounts")
        migration.operations, migration.atomic = list(operations), False
        with connection.schema_editor(atomic=False) as editor:
            migration.apply(before.clone(), editor)
        self.done.append((migration, before))

    def take_back(self) -> None:
        while self.done:
            migration, before = self.done.pop()
            with connection.schema_editor(atomic=False) as editor:
                migration.unapply(before, editor)


def known() -> ProjectState:
    return ProjectState.from_apps(apps)


@pytest.fixture
def planted() -> Iterator[Planted]:
    one = Planted()
    yield one
    one.take_back()


def constraints() -> dict[str, Any]:
    with connection.cursor() as cursor:
        return connection.introspection.get_constraints(cursor, "accounts_cohort")


def test_an_index_is_made_while_people_write_and_is_made_anew_after_a_break(
    planted: Planted,
) -> None:
    planted.apply(AddIndexWhileInUse("cohort", INDEX))
    assert constraints()["cohorts_by_name"]["columns"] == ["name"]
    if connection.vendor == "postgresql":
        again = AddIndexWhileInUse("cohort", INDEX)  # its row in the record was not written
        with connection.schema_editor(atomic=False) as editor:
            again.database_forwards("accounts", editor, known(), known())
    planted.take_back()
    assert "cohorts_by_name" not in constraints()


def test_a_check_holds_for_new_rows_at_once_and_for_old_ones_when_they_are_read(
    planted: Planted,
) -> None:
    has_old_row = connection.vendor == "postgresql"
    if has_old_row:
        Cohort.objects.create(name="no")
    planted.apply(AddCheckForNewRows("cohort", CHECK))
    with pytest.raises(IntegrityError):
        Cohort.objects.create(name="no")
    if has_old_row:
        with pytest.raises(IntegrityError):
            planted.apply(ValidateCheck("cohort", "cohort_not_no"))
        Cohort.objects.all().delete()
    planted.apply(ValidateCheck("cohort", "cohort_not_no"))
    assert constraints()["cohort_not_no"]["check"]


@pytest.mark.parametrize("count", [0, 1, BATCH, BATCH + 1])
def test_every_row_is_changed_once_however_many_there_are(count: int) -> None:
    User.objects.bulk_create(User(email=f"{n}@example.org") for n in range(count))
    sizes: list[int] = []

    def change(rows: Any) -> None:
        sizes.append(rows.update(display_name=models.functions.Concat("display_name", "email")))

    in_batches(User.objects.all(), change)
    assert sum(sizes) == count
    assert max(sizes, default=0) <= BATCH
    assert not User.objects.exclude(display_name=models.F("email")).exists()
