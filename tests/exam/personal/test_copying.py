"""A copy of everything about a person: complete, without keys of what is being asked, in time."""

import csv
import io
import json
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from django.utils import timezone

from accounts.models import Action, AuditEntry, User
from accounts.services.audit import asked_from, record
from accounts.services.people import NotPossible
from exam.models import Attempt, Blueprint, DataCopy
from exam.selectors.personal.about import ANSWERS, SESSIONS, TABLES
from exam.services.personal import copying
from exam.services.personal.copying import ask_for_copy, forget_copies, make, packed
from exam.services.practice import learning
from exam.services.results import reports
from questions.models import Comment, Option
from tests.exam.builders import practise, sit
from tests.exam.conftest import NOON
from tests.factories import (
    AdministratorFactory,
    CohortFactory,
    InstructorFactory,
    InvitationFactory,
    UserFactory,
)
from tests.questions.proposals import written

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)


@pytest.fixture
def person(blueprint: Blueprint) -> User:
    person = UserFactory(email="ada@example.org", display_name="Ada")
    CohortFactory(name="Autumn", members=[person])
    noted = {3: {"note": "=again", "highlights": [[0, 4]], "eliminated": []}}
    sat = sit(person, blueprint, at=NOON, right=range(1, 20), left_right=[2], rest=noted)
    learning.learn(sat.pk, at=NOON)
    reports.report_question(sat, 1, "Is this so?")
    practise(person, blueprint, at=NOON + timedelta(hours=2))
    return person


def opened(person: User) -> tuple[dict[str, str], dict[str, list[dict[str, Any]]]]:
    """The files of a copy, and its tables."""
    with ZipFile(io.BytesIO(packed(person, at=LATER))) as archive:
        files = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    whole = json.loads(files["data.json"])
    assert (whole["schema"], whole["made_at"]) == (1, "2026-03-03T12:00:00Z")
    return files, whole["tables"]


def test_everything_is_in_it(person: User):
    files, tables = opened(person)
    assert set(tables) == {table.name for table in (*TABLES, ANSWERS, SESSIONS)}
    assert tables["account"][0]["email"] == "ada@example.org"
    assert tables["cohorts"] == [{"cohort": "Autumn"}]
    assert [row["purpose"] for row in tables["attempts"]] == ["exam", "practice"]
    assert [row["text"] for row in tables["remarks"]] == ["Is this so?"]
    assert tables["memory-cards"]
    assert tables["recalls"]
    assert {"account.csv", "answers.csv", "scores.csv", "README.txt"} <= set(files)
    assert "copies.csv" not in files  # an empty table needs no file


def test_every_table_that_has_rows_is_a_file_for_people_too(person: User):
    files, tables = opened(person)
    read = {name: len(list(csv.DictReader(io.StringIO(text)))) for name, text in files.items()}
    found = {name: count for name, count in read.items() if name.endswith(".csv")}
    assert found == {f"{name}.csv": len(rows) for name, rows in tables.items() if rows}


def test_an_answer_is_told_as_it_was_seen(person: User):
    attempt = Attempt.objects.get(candidate=person, purpose="exam")
    _files, tables = opened(person)
    answers = [row for row in tables["answers"] if row["attempt"] == attempt.pk]
    assert len(answers) == attempt.length
    third = answers[2]
    assert (third["note"], third["right"]) == ("=again", True)
    assert third["marked"].startswith("<p><mark>")
    [chosen] = third["selected"]
    shown = attempt.option_orders[2][chosen - 1]
    version = attempt.exam_form.version_ids[2]
    assert third["chosen_words"] == [Option.objects.get(version=version, ordinal=shown).text]
    assert [len(step[1]) for step in answers[1]["path"]] == [1, 1]
    assert [row["right"] for row in answers] == [True, False, *[True] * (len(answers) - 2)]


def test_nothing_in_a_file_is_a_formula(person: User):
    files, _tables = opened(person)
    assert "'=again" in files["answers.csv"]


def test_the_key_of_an_open_exam_stays_here(blueprint: Blueprint, person: User):
    _files, before = opened(person)
    running = sit(person, blueprint, at=LATER, seed=9, ended=False)
    asked = set(running.exam_form.version_ids)
    _files, tables = opened(person)
    known = {
        (row["attempt"], row["position"]): row["right"]
        for row in tables["answers"]
        if row["right"] is not None
    }
    versions = {a.pk: a.exam_form.version_ids for a in Attempt.objects.filter(candidate=person)}
    assert not {versions[a][position - 1] for a, position in known} & asked
    assert len(known) < sum(row["right"] is not None for row in before["answers"])
    held = [
        row for row in tables["recalls"] if row["grade"] == "kept back while you are being asked it"
    ]
    assert held
    [score] = tables["scores"]
    positions = versions[score["attempt"]]
    assert not {positions[p - 1] for p in score["correct_positions"]} & asked


def test_nobody_else_is_in_it(blueprint: Blueprint, person: User):
    other = InstructorFactory(email="ines@example.org", display_name="Ines")
    InvitationFactory(cohort=CohortFactory(), email=person.email, invited_by=other)
    sit(UserFactory(email="bo@example.org"), blueprint, at=NOON, right=[1])
    files, tables = opened(person)
    assert [row["invited_by"] for row in tables["invitations"]] == ["an instructor"]
    text = "".join(files.values()).lower()
    assert "ines" not in text
    assert "bo@" not in text


def test_an_author_gets_what_they_wrote_and_whom_they_invited_not(blueprint: Blueprint):
    author = InstructorFactory()
    question = written(blueprint.bank, author)
    Comment.objects.create(question=question, author=author, text="Is this so?")
    InvitationFactory(invited_by=author, email="new@example.org")
    files, tables = opened(author)
    assert [row["code"] for row in tables["questions"]] == [question.code]
    assert tables["drafts"][0]["content"]["stem"]
    assert tables["comments"][0]["text"] == "Is this so?"
    assert len(tables["invitations-written"]) == 1
    assert "new@example.org" not in "".join(files.values())


def test_the_log_tells_what_was_done_to_oneself_and_nothing_of_others(person: User):
    boss, other = AdministratorFactory(), UserFactory()
    attempt = Attempt.objects.filter(candidate=person).first()
    with asked_from(lambda: "192.0.2.1"):
        record(Action.EXTRA_TIME, by=boss, on=person, details={"minutes": 5})
        record(Action.MINUTES_ADDED, by=boss, on=attempt, details={"minutes": 6})
        record(Action.PASSWORD_CHANGED, by=person, on=person)
        record(Action.EXTRA_TIME, by=boss, on=other, details={"minutes": 7})
        record(Action.EXTRA_TIME, by=person, on=other, details={"minutes": 8})
    _files, tables = opened(person)
    told = [[row[n] for n in ("action", "actor", "details", "address")] for row in tables["log"]]
    assert told == [
        ["extra_time", "an instructor", {"minutes": 5}, None],
        ["minutes_added", "an instructor", {"minutes": 6}, None],
        ["password_changed", "you", {}, "192.0.2.1"],
        ["extra_time", "you", {}, "192.0.2.1"],
    ]


# ------------------------------------------------------------------ asking and keeping
def test_it_is_made_once_and_kept_for_a_week(person: User):
    copy = ask_for_copy(person, by=person, at=NOON)
    assert ask_for_copy(person, by=person, at=NOON) == copy
    make(copy.pk, clock=lambda: NOON)
    copy.refresh_from_db()
    assert (copy.ready_at, copy.size, copy.runs) == (NOON, len(copy.data), 1)
    make(copy.pk, clock=lambda: NOON + timedelta(hours=1))
    copy.refresh_from_db()
    assert copy.runs == 1
    forget_copies(at=NOON + timedelta(days=6))
    assert DataCopy.objects.exists()
    forget_copies(at=NOON + timedelta(days=7))
    assert not DataCopy.objects.exists()


def test_three_a_day(person: User):
    for n in range(3):
        copy = ask_for_copy(person, by=person, at=NOON + timedelta(minutes=n))
        make(copy.pk, clock=lambda: NOON)
    with pytest.raises(NotPossible, match="3 copies"):
        ask_for_copy(person, by=person, at=NOON + timedelta(hours=1))
    assert ask_for_copy(person, by=person, at=LATER + timedelta(hours=1))


def test_one_that_was_left_behind_is_made_again(person: User, monkeypatch: pytest.MonkeyPatch):
    copy = ask_for_copy(person, by=person, at=NOON)
    DataCopy.objects.update(runs=1)  # whoever began it was killed
    make(copy.pk, clock=lambda: NOON + timedelta(minutes=1))
    assert DataCopy.objects.get().ready_at is None
    handed_out: list[int] = []
    monkeypatch.setattr(copying, "enqueue_copy", handed_out.append)
    copying.sweep(at=NOON + timedelta(minutes=6))
    assert handed_out == [copy.pk]
    make(copy.pk, clock=lambda: NOON + timedelta(minutes=6))
    assert DataCopy.objects.get().ready_at


def test_one_that_never_comes_to_its_end_fails(person: User):
    ask_for_copy(person, by=person, at=NOON)
    DataCopy.objects.update(runs=3)
    copying.sweep(at=NOON + timedelta(minutes=6))
    assert DataCopy.objects.get().failed_at


def test_an_administrator_asks_for_somebody_and_that_is_written_down(person: User):
    administrator = AdministratorFactory()
    copy = ask_for_copy(person, by=administrator, at=timezone.now())
    make(copy.pk, clock=timezone.now)
    entry = AuditEntry.objects.get(action=Action.PERSON_EXPORTED)
    assert (entry.actor, entry.subject_id) == (administrator, str(person.pk))
