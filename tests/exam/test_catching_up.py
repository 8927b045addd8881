"""Data folders made by early states of a migration get the shape of now, and keep what counts."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from accounts.models import User
from exam.models import Attempt, Blueprint, Card, Practice, Recall
from exam.services.practice import learning
from questions.models import Question
from tests.exam.builders import sit
from tests.exam.conftest import NOON, load_tiny

pytestmark = pytest.mark.django_db(transaction=True)

practice = import_module("exam.migrations.0005_early_practice")
indexes = import_module("questions.migrations.0005_more_search_indexes")
JSON = "jsonb" if connection.vendor == "postgresql" else "text"
EARLY_PRACTICE = (
    "DROP INDEX unlearned_by_end",
    "ALTER TABLE exam_practice RENAME COLUMN stands_for TO card_ids",
    f"ALTER TABLE exam_practice ADD COLUMN choice {JSON} NOT NULL DEFAULT '{{}}'",
    "DROP TABLE exam_recall",
    "CREATE TABLE exam_recall (id bigint PRIMARY KEY, card_id bigint NOT NULL"
    " REFERENCES exam_card (id))",
)


def columns(table: str) -> set[str]:
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, table)
    return {column.name for column in described}


def index_names(table: str) -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, table))


@pytest.fixture
def learnt(blueprint: Blueprint, candidate: User) -> Iterator[Attempt]:
    """An exam whose misses became cards, and one practice."""
    attempt = sit(candidate, blueprint, at=NOON, right=[1, 2])
    learning.learn(attempt.pk, at=NOON)
    Practice.objects.create(attempt=attempt, mode="study", title="Study", stands_for=[None, 3])
    yield attempt


def test_the_first_hour_of_practice_is_kept_and_learnt_anew(learnt: Attempt) -> None:
    facts = list(Card.objects.values_list("question", "stability", "due_at").order_by("question"))
    shapes = {table: columns(table) for table in ("exam_practice", "exam_recall")}
    with connection.cursor() as cursor:
        for statement in EARLY_PRACTICE:
            cursor.execute(statement)

    with connection.schema_editor() as editor:
        practice.catch_up(apps, editor)

    assert {table: columns(table) for table in shapes} == shapes
    assert "unlearned_by_end" in index_names("exam_attempt")
    assert list(Practice.objects.values_list("title", "stands_for")) == [("Study", [None, 3])]
    assert not Card.objects.exists()
    Practice.objects.all().delete()
    assert list(Attempt.objects.values_list("learned_at", flat=True)) == [None]
    learning.learn(learnt.pk, at=NOON)
    relearnt = Card.objects.values_list("question", "stability", "due_at").order_by("question")
    assert list(relearnt) == facts
    assert facts


def test_a_later_state_of_practice_stays_as_it_is(learnt: Attempt) -> None:
    before = Recall.objects.count()
    with connection.schema_editor() as editor:
        practice.catch_up(apps, editor)
    assert Recall.objects.count() == before > 0


def test_questions_of_the_first_working_copies_came_from_files(db: None) -> None:
    load_tiny()
    field = Question._meta.get_field("is_from_files")
    with connection.schema_editor() as editor:
        editor.remove_field(Question, field)
    assert "is_from_files" not in columns("questions_question")

    for _again in range(2):  # the second time there is nothing to do
        with connection.schema_editor() as editor:
            indexes.add_what_is_missing(apps, editor)
            indexes.create(apps, editor)

    assert set(Question.objects.values_list("is_from_files", flat=True)) == {True}
    if connection.vendor == "postgresql":
        assert set(indexes.INDEXES) <= index_names("questions_question")
