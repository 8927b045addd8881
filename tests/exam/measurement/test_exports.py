"""Data for research: what is in it, who may fetch it, and files made twice or too large."""

import csv
import gzip
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import User
from exam.models import Attempt, Blueprint, ExportPiece, Job, JobKind, JobState, Score
from exam.selectors.measurement.research import response_lines, sittings
from exam.selectors.results.answers import answers_by_attempt
from exam.services import jobs
from exam.services.measurement import exporting
from exam.tasks.long import run_job
from tests.exam.assignments import browser
from tests.exam.builders import practise, sit
from tests.factories import InstructorFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PAGE = "/measurement/tiny/data/"


@pytest.fixture
def sat(blueprint: Blueprint, candidate: User) -> list[Attempt]:
    """Two exams of two people."""
    at, other = timezone.now() - 9 * DAY, UserFactory(display_name="Bo")
    first = {"right": [1, 2], "left_right": [3], "blank": [4]}
    return [
        sit(candidate, blueprint, at=at, **first),
        sit(other, blueprint, at=at + DAY, right=range(1, 7), seed=2),
    ]


def asked(page: Client, editor: User, **answers: str) -> Job:
    """Asked for on the page, and run by a worker."""
    answer = page.post(PAGE, {"table": "responses", "ending": "csv"} | answers)
    assert answer.status_code == 302
    job = Job.objects.filter(kind=JobKind.EXPORT, asked_by=editor).latest("pk")
    run_job(job.pk)
    job.refresh_from_db()
    return job


def fetched(page: Client, job: Job) -> bytes:
    answer = page.get(f"/measurement/data/{job.pk}/file")
    body = b"".join(answer)
    assert int(answer["Content-Length"]) == len(body) == job.result["bytes"]
    return body


def lines(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(gzip.decompress(data).decode("utf-8-sig"))))


# ------------------------------------------------------------------ what is in it
def test_every_answer_of_a_handed_in_exam_is_a_line(
    desk: Client, editor: User, candidate: User, blueprint: Blueprint, sat: list[Attempt]
) -> None:
    now = timezone.now()
    sat.append(sit(candidate, blueprint, at=now - 7 * DAY, unseen=[5, 6], seed=3))
    practise(candidate, blueprint, at=now - DAY)  # no data, and neither is what runs
    sit(candidate, blueprint, at=now - timedelta(minutes=6), ended=False, seed=4)
    job = asked(desk, editor)
    rows = lines(fetched(desk, job))
    assert (job.state, job.done, job.total, job.result["rows"]) == ("done", 3, 3, len(rows))
    assert job.result["name"] == "cutscore-tiny-responses.csv.gz"
    wanted = [
        (
            str(attempt.pk),
            {0: "1", 1: "2", 2: "1"}[number],
            str(answer.position),
            str(int(answer.is_right)),
            str(int(answer.is_pilot)),
            answer.is_answered,
        )
        for number, attempt in enumerate(sat)
        for answer in answers_by_attempt([attempt])[attempt.pk]
    ]
    kept = ("attempt", "person", "position", "right", "on_trial")
    found = [(*(row[name] for name in kept), bool(row["selected"])) for row in rows]
    assert found == wanted
    first = [row for row in rows if row["attempt"] == str(sat[0].pk)]
    assert [row["changes"] for row in first] == ["0", "0", "1", "0", "0", "0"]
    assert {row["seconds"] for row in first} <= {"20.0", "40.0"}


def test_no_name_and_no_address_leaves(desk: Client, editor: User, sat: list[Attempt]) -> None:
    for table in ("responses", "scores"):
        text = gzip.decompress(fetched(desk, asked(desk, editor, table=table))).decode()
        for person in User.objects.all():
            assert person.email not in text
            assert person.display_name not in text


def test_every_version_of_a_score_is_a_line_in_either_kind_of_file(
    desk: Client, editor: User, sat: list[Attempt]
) -> None:
    rows = lines(fetched(desk, asked(desk, editor, table="scores")))
    scores = Score.objects.order_by("attempt_id", "version")
    assert [(row["attempt"], row["score"], row["complete"]) for row in rows] == [
        (str(s.attempt_id), str(s.scaled_score), str(int(s.is_complete))) for s in scores
    ]
    job = asked(desk, editor, table="scores", ending="xlsx")
    head, *cells = load_workbook(BytesIO(fetched(desk, job))).active.values
    assert list(head) == list(exporting.SCORES)
    assert [row[0] for row in cells] == [attempt.pk for attempt in sat]


def test_lines_are_read_in_blocks_however_many_exams_there_are(
    sat: list[Attempt], blueprint: Blueprint
) -> None:
    found, counts = sittings(blueprint.bank, timezone.now()), []
    for number in (1, 2):
        with CaptureQueriesContext(connection) as captured:
            list(response_lines(found[:number]))
        counts.append(len(captured))
    assert counts == [4, 4]


# ------------------------------------------------------------------ the job
def test_a_job_that_is_killed_and_repeated_makes_the_same_file(
    desk: Client, editor: User, sat: list[Attempt]
) -> None:
    whole = fetched(desk, asked(desk, editor))
    job = exporting.ask_for_export(
        sat[0].blueprint.bank, "responses", "csv", by=editor, at=timezone.now()
    )
    ExportPiece.objects.create(job=job, number=0, data=b"half")
    ExportPiece.objects.create(job=job, number=7, data=b"of another")
    run_job(job.pk)
    job.refresh_from_db()
    assert fetched(desk, job) == whole


def test_whoever_lost_the_job_writes_nothing_more(editor: User, sat: list[Attempt]) -> None:
    job = exporting.ask_for_export(
        sat[0].blueprint.bank, "responses", "csv", by=editor, at=timezone.now()
    )

    def taken_over(claim: jobs.Claim) -> dict[str, Any]:
        Job.objects.filter(pk=job.pk).update(touched_at=timezone.now() + DAY)
        return exporting.export(claim)

    jobs.run(job.pk, {JobKind.EXPORT: taken_over}, clock=timezone.now)
    job.refresh_from_db()
    assert (job.state, job.pieces.count()) == (JobState.RUNNING, 0)


def test_a_table_too_long_for_a_workbook_says_to_take_the_other_file(
    desk: Client, editor: User, sat: list[Attempt], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST_IN_A_WORKBOOK", 5)
    job = asked(desk, editor, ending="xlsx")
    assert (job.state, job.problem) == (
        "failed",
        "The table is too long for a workbook: take CSV.",
    )
    assert "take CSV." in desk.get(PAGE).content.decode()
    assert desk.get(f"/measurement/data/{job.pk}/file").status_code == 404


def test_a_large_file_is_kept_in_pieces(
    desk: Client, editor: User, sat: list[Attempt], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PIECE", 100)
    job = asked(desk, editor)
    sizes = [len(piece.data) for piece in job.pieces.all()]
    assert len(sizes) > 2 and set(sizes[:-1]) == {100}
    assert len(lines(fetched(desk, job))) == job.result["rows"]


def test_files_are_forgotten_after_a_week(desk: Client, editor: User, sat: list[Attempt]) -> None:
    job, kept = asked(desk, editor), asked(desk, editor, table="scores")
    Job.objects.filter(pk=job.pk).update(ended_at=timezone.now() - exporting.KEPT)
    assert exporting.forget_exports(at=timezone.now()) == 1
    assert desk.get(f"/measurement/data/{job.pk}/file").status_code == 404
    assert desk.get(f"/measurement/data/{kept.pk}/file").status_code == 200
    assert "no longer kept" in desk.get(PAGE).content.decode()


# ------------------------------------------------------------------ who may
def test_a_file_is_there_for_its_asker_alone(
    desk: Client, editor: User, sat: list[Attempt]
) -> None:
    job = asked(desk, editor)
    other = browser(InstructorFactory())
    assert other.get(f"/measurement/data/{job.pk}/file").status_code == 404
    assert "responses.csv.gz" not in other.get(PAGE).content.decode()
    assert "cutscore-tiny-responses.csv.gz" in desk.get(PAGE).content.decode()


def test_the_page_shows_what_is_being_made_and_asks_for_it_once(
    desk: Client, blueprint: Blueprint
) -> None:
    for _twice in range(2):
        desk.post(PAGE, {"table": "scores", "ending": "csv"})
    assert Job.objects.filter(kind=JobKind.EXPORT).count() == 1
    assert "It begins in a moment." in desk.get(PAGE).content.decode()


def test_a_choice_that_is_none_changes_nothing(desk: Client, blueprint: Blueprint) -> None:
    answer = desk.post(PAGE, {"table": "people", "ending": "exe"})
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()
    assert not Job.objects.filter(kind=JobKind.EXPORT).exists()
    assert desk.get("/measurement/nothing/data/").status_code == 404
