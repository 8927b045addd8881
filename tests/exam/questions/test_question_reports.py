"""Remarks on questions: the queue, the page to judge them by, answers, and who is told."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from accounts.models import User
from exam.models import Attempt, Blueprint, QuestionReport, ReportOutcome
from exam.selectors.questions.question_reports import reported_question, reported_questions
from exam.selectors.questions.question_statistics import statistics_of
from exam.services.questions.question_reports import announce_answer, answer_reports
from exam.services.results.reports import report_question
from questions.models import Question, QuestionVersion
from questions.selectors.editor import opened
from questions.services.drafting import save_draft
from questions.services.errors import NotPossible
from questions.services.reviewing import send_to_review
from tests.exam.builders import choices, practise, sit
from tests.exam.conftest import NOON
from tests.factories import InstructorFactory, UserFactory
from tests.visitors import text_of

QUEUE = "/reports/"


@pytest.fixture
def sat(blueprint: Blueprint, candidate: User) -> Attempt:
    """Question 1 right, 2 left out, all others wrong."""
    return sit(candidate, blueprint, at=NOON, right=[1], blank=[2])


@pytest.fixture
def desk(db: None) -> SimpleNamespace:
    """An instructor at a browser."""
    person, browser = InstructorFactory(display_name="Grace"), Client()
    browser.force_login(person, backend="accounts.backends.PasswordBackend")
    return SimpleNamespace(person=person, browser=browser)


def remark(attempt: Attempt, position: int, text: str) -> QuestionReport:
    return report_question(attempt, position, text)


def about(attempt: Attempt, position: int) -> Question:
    return QuestionVersion.objects.get(pk=attempt.exam_form.version_ids[position - 1]).question


def send(desk: SimpleNamespace, question: Question, **data: object):
    fields = {"outcome": "corrected", "answer": "Thank you, C was outdated."} | data
    return desk.browser.post(reverse("exam:answer_reports", args=[question.pk]), fields)


# ------------------------------------------------------------------ on the question's own page
def fetched(desk: SimpleNamespace, question: Question):
    address = reverse("exam:question_figures", args=[question.pk])
    return desk.browser.get(address, headers={"HX-Request": "true"})


def test_the_page_of_a_question_fetches_its_figures_and_leads_to_its_reports(
    sat: Attempt, desk: SimpleNamespace
):
    question = about(sat, 3)
    assert reverse("exam:question_figures", args=[question.pk]) in text_of(
        desk.browser, reverse("questions:question", args=[question.pk])
    )
    figures = fetched(desk, question).content.decode()
    assert "0 %" in figures and "No candidate has reported it." in figures
    remark(sat, 3, "Outdated?")
    assert "One report waits for an answer" in fetched(desk, question).content.decode()
    remark(sit(UserFactory(), sat.blueprint, at=NOON), 3, "Old name.")
    assert "2 reports wait for an answer" in fetched(desk, question).content.decode()
    send(desk, question, reports=QuestionReport.objects.values_list("pk", flat=True))
    assert "2 reports, all answered" in fetched(desk, question).content.decode()


def test_without_htmx_the_figures_are_on_the_page_of_reports(sat: Attempt, desk: SimpleNamespace):
    question = about(sat, 3)
    answer = desk.browser.get(reverse("exam:question_figures", args=[question.pk]))
    assert answer.url == reverse("exam:reports_on", args=[question.pk])


def test_reports_and_figures_show_no_key_before_the_blind_answer(
    sat: Attempt, desk: SimpleNamespace
):
    question, author = about(sat, 3), InstructorFactory()
    content = opened(question).content | {"stem": "Which one is it now?"}
    save_draft(question.pk, content, revision=0, by=author, at=now())
    send_to_review(question.pk, by=author, at=now())
    remark(sat, 3, "Outdated?")
    report = QuestionReport.objects.get()
    review = reverse("questions:review", args=[question.pk])
    assert send(desk, question, reports=[report.pk], answer="").url == review
    answer = desk.browser.get(reverse("exam:reports_on", args=[question.pk]), follow=True)
    assert answer.redirect_chain == [(review, 302)]
    assert "then you can see its reports." in answer.content.decode()
    assert fetched(desk, question).status_code == 204
    desk.browser.force_login(author, backend="accounts.backends.PasswordBackend")
    assert fetched(desk, question).status_code == 200


# ------------------------------------------------------------------ the queue
def test_the_question_that_has_waited_longest_comes_first(sat: Attempt):
    for days, position in [(1, 3), (3, 1), (2, 2)]:
        report = remark(sat, position, f"Remark on {position}")
        waiting_since = now() - timedelta(days=days)
        QuestionReport.objects.filter(pk=report.pk).update(created_at=waiting_since)
    listed = [(q, q.waiting, q.remarks) for q in reported_questions(is_open=True)]
    assert listed == [(about(sat, position), 1, 1) for position in (1, 2, 3)]
    assert not reported_questions(is_open=False)


def test_the_queue_shows_the_remark_and_not_who_made_it(sat: Attempt, desk: SimpleNamespace):
    remark(sat, 3, "Two options are right <b>here</b>.")
    page = text_of(desk.browser, QUEUE)
    assert "Two options are right &lt;b&gt;here&lt;/b&gt;." in page
    assert about(sat, 3).code in page
    assert sat.candidate.display_name not in page


def test_an_answered_question_moves_to_the_other_list(sat: Attempt, desk: SimpleNamespace):
    report = remark(sat, 3, "Outdated?")
    send(desk, about(sat, 3), reports=[report.pk])
    assert "Nothing waits for an answer." in text_of(desk.browser, QUEUE)
    assert about(sat, 3).code in text_of(desk.browser, QUEUE + "?show=answered")


def test_the_queue_of_another_bank_is_empty(sat: Attempt):
    remark(sat, 3, "Outdated?")
    assert not reported_questions(is_open=True, bank="another")
    assert reported_questions(is_open=True, bank=sat.blueprint.bank.slug).count() == 1


@pytest.mark.parametrize("address", [QUEUE, "/reports/1/"])
def test_candidates_have_no_such_page(page: Client, address: str):
    assert page.get(address).status_code == 403


def test_a_question_that_does_not_exist_is_not_there(desk: SimpleNamespace):
    assert desk.browser.get("/reports/999999/").status_code == 404
    assert send(desk, Question(pk=999999), reports=[1]).status_code == 404


def test_the_queue_takes_as_many_statements_for_three_as_for_one(
    sat: Attempt, desk: SimpleNamespace
):
    def taken() -> int:
        with CaptureQueriesContext(connection) as captured:
            text_of(desk.browser, QUEUE)
        return len(captured)

    remark(sat, 1, "One.")
    one = taken()
    remark(sat, 2, "Two.")
    remark(sat, 3, "Three.")
    assert taken() == one <= 8


# ------------------------------------------------------------------ one question
def test_figures_count_exams_and_practice_apart(blueprint: Blueprint, sat: Attempt):
    other = sit(UserFactory(), blueprint, at=NOON, right=[3])  # the same form: the same seed
    assert other.exam_form.version_ids == sat.exam_form.version_ids
    attempt = practise(UserFactory(), blueprint, at=NOON)
    version = QuestionVersion.objects.get(pk=sat.exam_form.version_ids[2])
    size = version.options.count()
    figures = statistics_of({version.pk: size})[version.pk]
    practised = version.pk in attempt.exam_form.version_ids
    assert (figures.answered, figures.right, figures.blank, figures.share) == (2, 1, 0, 50)
    assert (figures.practised, figures.practised_right) == (int(practised), 0)
    assert figures.seconds == 20
    assert sum(figures.chosen) == 2 * version.select
    keys = [option.ordinal for option in version.options.all() if option.is_key]
    assert all(figures.chosen[ordinal] >= 1 for ordinal in keys)


def test_blank_answers_are_counted_as_left_out(sat: Attempt):
    version_id = sat.exam_form.version_ids[1]
    figures = statistics_of({version_id: 4})[version_id]
    assert (figures.answered, figures.blank, figures.share, figures.seconds) == (0, 1, 0, 0)


def test_a_running_exam_is_not_counted(running: Attempt):
    version_id = running.exam_form.version_ids[0]
    assert statistics_of({version_id: 4})[version_id].blank == 0


def test_a_remark_comes_with_what_its_candidate_had_chosen(sat: Attempt):
    right, left_out = remark(sat, 1, "Right?"), remark(sat, 2, "Unclear.")
    first, second = (reported_question(about(sat, n)).open[0] for n in (1, 2))
    key = choices(sat)[0][0]
    ordinals = sorted(int(sat.option_orders[0][place - 1]) for place in key)
    assert (first.report, first.is_right) == (right, True)
    assert first.chosen == tuple("ABCDEFGHIJ"[ordinal] for ordinal in ordinals)
    assert (second.report, second.chosen, second.is_right) == (left_out, (), False)


def test_the_page_shows_the_question_its_key_and_its_versions(sat: Attempt, desk: SimpleNamespace):
    remark(sat, 1, "Right?")
    page = text_of(desk.browser, reverse("exam:reports_on", args=[about(sat, 1).pk]))
    assert "Version 1, the one exams use." in page
    assert "Right?" in page
    assert sat.candidate.display_name not in page


@pytest.mark.parametrize("version", ["99", "x", "-1"])
def test_a_version_that_does_not_exist_shows_the_reported_one(
    sat: Attempt, desk: SimpleNamespace, version: str
):
    address = reverse("exam:reports_on", args=[about(sat, 1).pk])
    assert "Version 1, the one exams use." in text_of(desk.browser, f"{address}?version={version}")


def test_the_page_takes_as_many_statements_for_three_remarks_as_for_one(
    blueprint: Blueprint, sat: Attempt, desk: SimpleNamespace
):
    address = reverse("exam:reports_on", args=[about(sat, 1).pk])

    def taken() -> int:
        with CaptureQueriesContext(connection) as captured:
            text_of(desk.browser, address)
        return len(captured)

    remark(sat, 1, "One.")
    one = taken()
    for text in ("Two.", "Three."):
        remark(sit(UserFactory(), blueprint, at=NOON), 1, text)
    assert taken() == one <= 18


# ------------------------------------------------------------------ answers
def test_one_answer_goes_to_all_that_were_chosen(
    blueprint: Blueprint, sat: Attempt, desk: SimpleNamespace
):
    first = remark(sat, 3, "Outdated?")
    second = remark(sit(UserFactory(), blueprint, at=NOON), 3, "Old name.")
    third = remark(sit(UserFactory(), blueprint, at=NOON), 3, "Typo.")
    send(desk, about(sat, 3), reports=[first.pk, second.pk])
    stored = QuestionReport.objects.order_by("pk").values_list("outcome", "answer", "answered_by")
    answered = ("corrected", "Thank you, C was outdated.", desk.person.pk)
    assert list(stored) == [answered, answered, ("open", "", None)]
    assert [r.report for r in reported_question(about(sat, 3)).open] == [third]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reports": []}, "Choose at least one remark to answer."),
        ({"answer": "  "}, "Write a sentence for those who asked."),
        ({"outcome": "open"}, "Select a valid choice."),
        ({"outcome": ""}, "Say what came of it."),
        ({"reports": ["999999"]}, "Some of these remarks have been answered already."),
        ({"reports": ["x"]}, "Some of these remarks have been answered already."),
        ({"answer": "x" * 2001}, "at most 2000 characters"),
    ],
)
def test_an_unfinished_answer_changes_nothing_and_says_what_is_missing(
    sat: Attempt, desk: SimpleNamespace, change: dict[str, object], words: str
):
    report = remark(sat, 3, "Outdated?")
    response = send(desk, about(sat, 3), **({"reports": [report.pk]} | change))
    assert response.status_code == 422
    assert words in response.content.decode()
    report.refresh_from_db()
    assert (report.outcome, report.answer) == ("open", "")


def test_of_two_who_answer_one_is_told_that_it_was_answered(sat: Attempt, desk: SimpleNamespace):
    report = remark(sat, 3, "Outdated?")
    question = about(sat, 3)
    answer_reports(
        question.pk, [report.pk], ReportOutcome.CORRECTED, "Yes.", by=desk.person, at=NOON
    )
    with pytest.raises(NotPossible, match="answered already"):
        answer_reports(
            question.pk, [report.pk], ReportOutcome.WITHDRAWN, "No.", by=desk.person, at=NOON
        )
    report.refresh_from_db()
    assert (report.outcome, report.answer) == ("corrected", "Yes.")


def test_remarks_on_another_question_are_not_answered(sat: Attempt, desk: SimpleNamespace):
    report = remark(sat, 3, "Outdated?")
    with pytest.raises(NotPossible):
        answer_reports(
            about(sat, 1).pk, [report.pk], ReportOutcome.CORRECTED, "Yes.", by=desk.person, at=NOON
        )
    report.refresh_from_db()
    assert report.outcome == "open"


# ------------------------------------------------------------------ telling the candidate
def answered(attempt: Attempt, by: User) -> QuestionReport:
    report = remark(attempt, 3, "Outdated?")
    answer_reports(
        about(attempt, 3).pk, [report.pk], ReportOutcome.RIGHT_AS_IT_IS, "C holds.", by=by, at=NOON
    )
    report.refresh_from_db()
    return report


def test_the_candidate_finds_the_answer_at_home_until_it_was_read(
    page: Client, sat: Attempt, desk: SimpleNamespace
):
    report = answered(sat, desk.person)
    place = reverse("exam:review_question", args=[sat.pk, 3])
    home = text_of(page, "/")
    assert "Answers to your remarks" in home
    assert place + "#remark" in home
    assert "C holds." in text_of(page, place)
    report.refresh_from_db()
    assert report.answer_read_at is not None
    assert "Answers to your remarks" not in text_of(page, "/")


def test_an_answer_that_waits_is_not_read_by_looking_at_another_question(
    page: Client, sat: Attempt, desk: SimpleNamespace
):
    answered(sat, desk.person)
    text_of(page, reverse("exam:review_question", args=[sat.pk, 1]))
    assert "Answers to your remarks" in text_of(page, "/")


def test_the_answer_is_mailed_where_there_is_a_mail_server(
    settings, sat: Attempt, desk: SimpleNamespace
):
    settings.HAS_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    announce_answer(answered(sat, desk.person).pk)
    (letter,) = mail.outbox
    assert letter.to == [sat.candidate.email]
    assert "Right as it is. C holds." in letter.body
    assert reverse("exam:review_question", args=[sat.pk, 3]) in letter.body


def test_no_mail_goes_out_without_a_mail_server_or_for_a_remark_written_anew(
    settings, sat: Attempt, desk: SimpleNamespace
):
    report = answered(sat, desk.person)
    announce_answer(report.pk)
    settings.HAS_MAIL = True
    remark(sat, 3, "Still outdated.")
    announce_answer(report.pk)
    assert mail.outbox == []


def test_a_new_remark_after_the_answer_waits_again(sat: Attempt, desk: SimpleNamespace):
    report = answered(sat, desk.person)
    remark(sat, 3, "Outdated?")  # sent twice: still answered
    report.refresh_from_db()
    assert report.outcome == "right"
    remark(sat, 3, "But the name changed in 2025.")
    report.refresh_from_db()
    assert (report.outcome, report.answer, report.answered_at) == ("open", "", None)
    assert report.created_at < datetime.now(UTC)
