"""A test that commits leaves the database to the next one as it found it."""

from typing import Any

import pytest
from django.db import connection

from exam.models import Blueprint
from questions.models import Option, Question
from tests import standing
from tests.factories import UserFactory


def everything() -> dict[str, list[Any]]:
    with connection.cursor() as cursor:
        found = {}
        for table, columns in standing.kept.items():
            cursor.execute(f'SELECT {columns} FROM "{table}"')
            found[table] = sorted(map(repr, cursor.fetchall()))
        return found


@pytest.mark.django_db(transaction=True)
def test_what_was_added_changed_and_deleted_is_as_before() -> None:
    before = everything()
    assert {"questions_question", "exam_blueprint"} <= {name for name in before if before[name]}
    UserFactory()
    Question.objects.update(tags=["x"])
    Blueprint.objects.update(title="Another")
    Option.objects.filter(is_key=False).delete()
    assert everything() != before
    standing.bring_back()
    assert everything() == before
