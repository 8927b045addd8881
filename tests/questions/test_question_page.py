"""The page of a question, its review and its versions: who sees what, and when."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from questions.formats.record import as_record
from questions.models import Bank, Comment, Decision, Option, Question, QuestionStatus, Review
from questions.selectors.content import content_of
from questions.selectors.reviews import CHECKLIST
from questions.services.drafting import save_draft
from questions.services.pictures import store_picture
from questions.services.reviewing import add_comment, send_to_review
from tests.factories import InstructorFactory, UserFactory
from tests.questions.proposals import (
    NOW,
    SECRET,
    TEXTS,
    answered,
    in_review,
    judged,
    proposed,
    written,
)
from tests.questions.test_pictures import drawn

pytestmark = pytest.mark.django_db
REQUIRED = [point.name for point in CHECKLIST if point.required and not point.about]
READ = ("question", "versions", "review", "reviews")
ACT = ("send", "take_back", "status", "comment", "review_answer", "review_decide")
Browser = Callable[[User], Client]


@pytest.fixture
def author(db: None) -> User:
    return InstructorFactory(display_name="Ann")


@pytest.fixture
def reviewer(db: None) -> User:
    return InstructorFactory(display_name="Rob")


@pytest.fixture
def published(bank: Bank) -> Question:
    """One of the files, active and nobody's."""
    return Question.objects.get(bank=bank, code="tiny-2.1-001")


def browser(person: User) -> Client:
    """Somebody signed in."""
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def address(name: str, question: Question) -> str:
    return reverse(f"questions:{name}", args=[] if name == "reviews" else [question.pk])


def read(person: User, name: str, question: Question, query: str = "") -> str:
    response = browser(person).get(address(name, question) + query)
    assert response.status_code == 200
    return response.content.decode()


def told(response: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def plain(html: str) -> str:
    """The words of a page, and nothing that differs from one request to the next."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+"', "", html)


def place_of(text: str, html: str) -> str:
    """The place that a candidate would choose to choose this option."""
    row = re.search(rf'value="(\d+)"[^>]*>(?:(?!<li).)*?{re.escape(text)}', html, re.DOTALL)
    assert row
    return row[1]


# ------------------------------------------------------------------ who may come in
def test_only_instructors_come_in(bank: Bank, author: User):
    question = proposed(bank, author)
    candidate, nobody = browser(UserFactory()), Client()
    for name in (*READ, *ACT):
        there = address(name, question)
        way = {"path": there, "data": {}}
        visit = candidate.post if name in ACT else candidate.get
        assert visit(**way).status_code == 403, name
        signed_out = nobody.post(**way) if name in ACT else nobody.get(**way)
        assert (signed_out.status_code, signed_out["Location"][:15]) == (302, "/account/login/"), (
            name
        )
    question.refresh_from_db()
    assert question.status == QuestionStatus.IN_REVIEW


@pytest.mark.parametrize("pk", [0, 987654, 10**30])
def test_a_question_that_is_not_there_is_not_found(bank: Bank, author: User, pk: int):
    client = browser(author)
    for name in (*READ[:3], *ACT):
        there = reverse(f"questions:{name}", args=[pk])
        assert (client.post if name in ACT else client.get)(there).status_code == 404, name


def test_nothing_is_changed_by_reading(bank: Bank, author: User):
    question = proposed(bank, author)
    for name in ACT:
        assert browser(author).get(address(name, question)).status_code == 405, name


# ------------------------------------------------------------------ the blind page
def test_nothing_tells_the_key_before_the_answer(bank: Bank, author: User, reviewer: User):
    question = proposed(bank, author)
    add_comment(question.pk, f"A of course. {SECRET}", by=author, at=NOW)
    answered(question, other := InstructorFactory(), right=False)
    Review.objects.filter(reviewer=other).update(remark=SECRET)
    pages = [read(reviewer, name, question) for name in READ if name != "versions"]
    refused = browser(reviewer).get(address("versions", question) + "?old=1&new=draft")
    assert refused["Location"] == address("review", question)
    for html in (
        *pages,
        read(reviewer, "question", question, "?show=draft"),
        refused.content.decode(),
    ):
        assert SECRET not in html
    blind = read(reviewer, "review", question)
    for text in TEXTS:
        assert blind.count(text) == 1
    for part in ("key", "rationale", "is_key", "data-", "checked", "Approve"):
        assert part not in blind.partition('<form method="post" action="/questions/')[2], part


def test_the_blind_page_is_the_same_whatever_the_key_is(bank: Bank, author: User, reviewer: User):
    question = proposed(bank, author)
    pages = []
    for ordinal in range(4):
        Option.objects.filter(version=question.proposed_id).update(is_key=False)
        Option.objects.filter(version=question.proposed_id, ordinal=ordinal).update(is_key=True)
        pages.append(plain(read(reviewer, "review", question)))
    assert len(set(pages)) == 1


def test_a_change_of_an_active_question_is_answered_first_too(
    published: Question, author: User, reviewer: User
):
    content = as_record(content_of(published)) | {"explanation": SECRET}
    save_draft(published.pk, content, revision=0, by=author, at=timezone.now())
    send_to_review(published.pk, by=author, at=NOW)
    html = read(reviewer, "question", published)
    assert SECRET not in html
    assert "zz-sentinel-rationale" not in html  # nor the key of the version in use
    assert "Version 1, in use: show it with its key" in html
    assert "zz-sentinel-rationale" in read(reviewer, "question", published, "?show=1")
    assert SECRET not in read(reviewer, "question", published, "?show=2")
    assert SECRET in read(author, "question", published)


def test_the_author_sees_what_reviewers_see_but_cannot_answer(bank: Bank, author: User):
    question = proposed(bank, author)
    html = read(author, "review", question)
    assert "You wrote this yourself" in html
    assert "This is my answer" not in html
    response = browser(author).post(address("review_answer", question), {"answer": "1"})
    assert response.status_code == 422
    assert "somebody else has to review it" in response.content.decode()
    assert not Review.objects.exists()


# ------------------------------------------------------------------ the whole way
def test_a_question_goes_from_its_author_through_its_reviewer_to_the_exams(
    bank: Bank, author: User, reviewer: User
):
    question = written(bank, author)
    assert "Send to review" in read(author, "question", question)
    sent = browser(author).post(address("send", question), {"revision": "1"}, follow=True)
    assert "Sent to review. A reviewer" in sent.content.decode()
    assert question.code in read(reviewer, "reviews", question)
    blind = read(reviewer, "review", question)
    version = in_review(question)
    choice = {"answer": place_of("Kitchen scale", blind), "version": version.pk}
    opened = browser(reviewer).post(address("review_answer", question), choice, follow=True)
    html = opened.content.decode()
    assert "Your answer is the key." in html
    assert html.count(SECRET) == 6  # four rationales, the explanation, the reference
    judgement = {
        "version": version.pk,
        "checklist": REQUIRED,
        "remark": "",
        "publish_as": "pilot",
        "decision": "approved",
    }
    done = browser(reviewer).post(address("review_decide", question), judgement, follow=True)
    assert "Approved as a pilot question" in done.content.decode()
    activated = browser(reviewer).post(
        address("status", question), {"status": "active"}, follow=True
    )
    assert "It is now: Active." in activated.content.decode()
    question.refresh_from_db()
    assert (question.status, question.current) == ("active", version)
    history = read(author, "question", question).partition('id="history"')[2]
    words = re.findall(r"</time> <span>(.*?) ?(?:<span|</span)", history)
    assert words == [
        "Changed the status from Pilot to Active",
        "Approved",
        "Answered it blind",
        "Sent to review",
        "Created",
    ]


@pytest.mark.parametrize("is_alone", [False, True])
def test_where_one_person_works_nothing_says_that_others_approve(
    bank: Bank, author: User, settings: Any, is_alone: bool
):
    settings.AUTHOR_MAY_APPROVE = is_alone
    shown = read(author, "reviews", proposed(bank, author))
    assert ("Nobody approves what they wrote." in shown) is not is_alone


def test_an_answer_that_is_not_the_key_is_pointed_out(bank: Bank, author: User, reviewer: User):
    question = proposed(bank, author)
    blind = read(reviewer, "review", question)
    choice = {"answer": place_of("Egg timer", blind), "version": in_review(question).pk}
    client = browser(reviewer)
    html = client.post(address("review_answer", question), choice, follow=True).content.decode()
    assert "Your answer is not the key." in html
    judgement = {"checklist": REQUIRED, "remark": " ", "publish_as": "active"}
    judgement["decision"] = "approved"
    refused = client.post(address("review_decide", question), judgement)
    assert refused.status_code == 422
    assert "You answered otherwise" in refused.content.decode()
    assert refused.content.decode().count("checked") == len(REQUIRED) + 1  # and what it becomes
    again = client.post(address("review_answer", question), choice)
    assert "the first answer stays" in again.content.decode()


def test_what_is_sent_back_shows_its_remark_to_the_author(bank: Bank, author: User, reviewer: User):
    question = proposed(bank, author)
    answered(question, reviewer)
    judged(question, reviewer, Decision.RETURNED, remark="B is right <b>too</b>.")
    html = read(author, "question", question)
    assert "Sent back by Rob" in html
    assert "B is right &lt;b&gt;too&lt;/b&gt;." in html
    assert "B is right" in read(author, "reviews", question, "?show=back")


def test_a_refused_send_says_why(bank: Bank, author: User):
    question = written(bank, author, references=[])
    assert "One thing must be fixed before" in read(author, "question", question)
    response = browser(author).post(address("send", question))
    assert told(response) == [
        "1 thing must be fixed first: No page is named where this can be checked."
    ]
    saved_since = browser(author).post(address("send", question), {"revision": "0"})
    assert told(saved_since) == [
        "The question was saved in the meantime. Look at it once more, then send it."
    ]


def test_it_is_retired_with_a_reason_and_brought_back(published: Question, author: User):
    client = browser(author)
    status = address("status", published)
    assert told(client.post(status, {"status": "retired", "reason": " "})) == [
        "Say why it is retired."
    ]
    client.post(status, {"status": "retired", "reason": "Out of date"})
    html = read(author, "question", published)
    assert "Changed the status from Active to Retired: “Out of date”" in html
    assert "Bring it back" in html
    client.post(status, {"status": "pilot"})
    published.refresh_from_db()
    assert published.status == QuestionStatus.PILOT


def test_a_remark_stands_where_it_was_made(bank: Bank, author: User, reviewer: User):
    question = proposed(bank, author)
    answered(question, reviewer)
    there = address("comment", question)
    added = browser(reviewer).post(there, {"text": "Why <i>B</i>?", "review": "1"})
    assert added["Location"] == address("review", question)
    assert "Why &lt;i&gt;B&lt;/i&gt;?" in read(author, "question", question)
    assert told(browser(author).post(there, {"text": " "})) == ["Write a sentence first."]
    assert Comment.objects.count() == 1


# ------------------------------------------------------------------ exhibits
def test_a_picture_and_a_table_are_shown_as_a_candidate_sees_them(
    bank: Bank, author: User, reviewer: User
):
    picture = store_picture(drawn("PNG"))
    exhibit = {"title": "Scales", "alt": "Two scales.", "kind": "", "picture": picture.name}
    blind = read(reviewer, "review", proposed(bank, author, exhibit=exhibit))
    assert f'<img src="/pictures/{picture.name}" alt="Two scales."' in blind
    table = {"columns": ["Tool", "Grams"], "rows": [["Scale", "1"]]}
    exhibit = {"title": "Scales", "alt": "A table.", "kind": "", "table": table}
    other = proposed(bank, author, exhibit=exhibit, stem="Which tool is the finest of all here?")
    assert '<th scope="row">Scale</th><td>1</td>' in read(reviewer, "review", other)


@pytest.mark.parametrize(
    "exhibit",
    [{"picture": "0f.png"}, {"vega_lite": {}}, {"vega_lite": {"mark": 7}}],
)
def test_a_working_copy_whose_exhibit_cannot_be_shown_says_so(
    bank: Bank, author: User, exhibit: dict[str, Any]
):
    exhibit = {"title": "Scales", "alt": "Two scales.", "kind": "", **exhibit}
    question = written(bank, author, exhibit=exhibit)
    assert "The exhibit cannot be shown." in read(author, "question", question)
    browser(author).post(address("send", question))
    question.refresh_from_db()
    assert question.status == QuestionStatus.DRAFT


# ------------------------------------------------------------------ versions
def test_two_versions_are_compared_word_by_word(published: Question, author: User, reviewer: User):
    content = as_record(content_of(published))
    content["stem"] = content["stem"].replace("much rice", "much barley")
    content["options"][0]["rationale"] = "Because."
    content["tags"] = ["kitchen", "scales"]
    save_draft(published.pk, content, revision=0, by=author, at=timezone.now())
    html = read(author, "versions", published)
    marked = re.findall(r"<(del|ins)>.*?</span>(.*?)</", html)
    assert marked[:2] == [("del", "rice"), ("ins", "barley")]
    assert ("ins", "Because") in marked
    assert "<ins>" in html.partition("Tags")[2]
    assert "Everything else is the same." in html
    same = read(author, "versions", published, "?old=1&new=1")
    assert "The two are the same, word for word." in same


def test_a_reviewer_sees_which_tags_a_change_adds(
    published: Question, author: User, reviewer: User
):
    content = as_record(content_of(published)) | {"tags": ["kitchen", "scales"]}
    save_draft(published.pk, content, revision=0, by=author, at=timezone.now())
    send_to_review(published.pk, by=author, at=NOW)
    answered(published, reviewer)
    html = read(reviewer, "review", published)
    assert re.findall(r"<dt>(.*?)</dt>", html) == ["Tags"]
    assert re.findall(r"<ins>.*?</span>(.*?)</", html) == [", scales"]


def test_a_question_without_version_has_nothing_to_compare_but_its_copy(bank: Bank, author: User):
    question = written(bank, author)
    assert "The two are the same" in read(author, "versions", question)
    Question.objects.get(pk=question.pk).draft.delete()
    assert "nothing is written yet" in read(author, "versions", question)
    assert "Nothing is written yet." in read(author, "question", question)


# ------------------------------------------------------------------ odd requests
@pytest.mark.parametrize(
    "query",
    ["?show=99", "?show=draft", "?show=-1", "?show=%00", "?show=" + "9" * 40, "?show=²"],
)
def test_a_content_that_is_not_there_is_said_to_be_missing(
    published: Question, author: User, query: str
):
    assert "There is no such version." in read(author, "question", published, query)


@pytest.mark.parametrize("query", ["?old=7&new=1", "?old=", "?old=1", "?old=%00&new=<b>"])
def test_versions_that_are_not_there_cannot_be_compared(
    published: Question, author: User, query: str
):
    response = browser(author).get(address("versions", published) + query)
    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"answer": "0"},
        {"answer": "5"},
        {"answer": "x"},
        {"answer": ["1", "2"]},
        {"answer": "1", "version": "x"},
        {"answer": "1", "version": "9" * 30},
    ],
)
def test_an_answer_that_is_none_is_refused(
    bank: Bank, author: User, reviewer: User, data: dict[str, Any]
):
    question = proposed(bank, author)
    response = browser(reviewer).post(address("review_answer", question), data)
    assert response.status_code == 422
    assert SECRET not in response.content.decode()
    assert not Review.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"decision": "maybe"},
        {"decision": "approved", "checklist": "nothing"},
        {"decision": "approved", "checklist": REQUIRED, "publish_as": "draft"},
        {"decision": "returned", "remark": "x" * 4001},
    ],
)
def test_a_judgement_that_is_none_is_refused(
    bank: Bank, author: User, reviewer: User, data: dict[str, Any]
):
    question = proposed(bank, author)
    answered(question, reviewer)
    response = browser(reviewer).post(address("review_decide", question), data)
    assert response.status_code == 422
    question.refresh_from_db()
    assert question.status == QuestionStatus.IN_REVIEW


def test_a_review_that_is_over_leads_back_to_the_question(bank: Bank, author: User, reviewer: User):
    question = proposed(bank, author)
    answered(question, reviewer)
    judged(question, reviewer)
    client = browser(reviewer)
    for response in (
        client.get(address("review", question)),
        client.post(address("review_answer", question), {"answer": "1"}),
        client.post(address("review_decide", question), {"decision": "approved"}),
    ):
        assert response["Location"] == address("question", question)
        assert told(response)[-1] == "This question is not in review any more."


@pytest.mark.parametrize("query", ["?show=x", "?page=x", "?page=99", "?bank=nothing", "?show=back"])
def test_the_queue_bears_any_address(bank: Bank, author: User, query: str):
    response = browser(author).get(reverse("questions:reviews") + query)
    assert response.status_code == 200


def test_a_status_that_is_none_changes_nothing(published: Question, author: User):
    for status in ("", "x", "draft", "in_review"):
        browser(author).post(address("status", published), {"status": status})
    published.refresh_from_db()
    assert published.status == QuestionStatus.ACTIVE


# ------------------------------------------------------------------ statements
def statements(client: Client, there: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(there).status_code == 200
    return len(captured)


def test_the_queue_takes_as_many_statements_for_three_as_for_one(
    bank: Bank, author: User, reviewer: User
):
    client, there = browser(reviewer), reverse("questions:reviews")
    taken = []
    for stems in (["Which spoon is it?"], ["Which fork is it?", "Which knife is it?"]):
        for stem in stems:
            proposed(bank, author, stem=stem)
        taken.append(statements(client, there))
    assert taken[0] == taken[1] <= 9


def test_the_page_takes_as_many_statements_for_three_of_everything_as_for_one(
    bank: Bank, author: User, reviewer: User, published: Question
):
    client, there = browser(reviewer), address("question", published)
    taken = []
    rounds = iter("abcdef")
    for many in (1, 2):
        for _turn in range(many):
            content = as_record(content_of(published)) | {"explanation": next(rounds)}
            save_draft(published.pk, content, revision=0, by=author, at=timezone.now())
            send_to_review(published.pk, by=author, at=NOW)
            answered(published, reviewer)
            judged(published, reviewer)
            add_comment(published.pk, "Good.", by=author, at=NOW)
            published.enemies.add(written(bank, author))
            published.refresh_from_db()
        taken.append(statements(client, there))
    assert taken[0] == taken[1] <= 16
