"""The page of the bank's list: what it says, who may look, and what it costs."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from questions.models import Bank, Question
from questions.selectors.bank_list import banks_with_counts
from questions.selectors.bank_pages import PER_PAGE
from questions.services.drafting import create_question, save_draft
from tests.questions.listed import NOW, approved, empty_bank, listed, person

pytestmark = pytest.mark.django_db


# ------------------------------------------------------------------ the page
def test_a_row_says_what_there_is_to_know(page: Client, bank: Bank, author: User) -> None:
    listed(
        bank,
        "q-1",
        "2.1",
        title="Why does <it> boil?",
        status="pilot",
        select=2,
        difficulty=4,
        exhibit_kind="table",
        blocks=1,
        warnings=2,
        author=author,
        tags=["heat"],
    )
    row = page.get("/bank/one/").content.decode().split("<tbody>")[1].split("</tbody>")[0]
    said = ("q-1", "Why does &lt;it&gt; boil?", "2.1", "Pilot", "Select 2", "4", "Table")
    for words in (*said, "1 must be fixed", "2 to look at", "Ada", "1 Mar 2026", "?tag=heat"):
        assert words in row


def test_a_new_question_without_a_word_is_listed(page: Client, bank: Bank, author: User) -> None:
    question = create_question(bank, by=author, at=NOW)
    answer = page.get("/bank/one/").content.decode()
    assert question.code in answer
    assert "Nothing written yet" in answer
    assert "No part yet" in answer


def test_an_empty_bank_and_an_empty_search_say_what_to_do(page: Client, bank: Bank) -> None:
    empty = page.get("/bank/one/").content.decode()
    assert "This bank is empty" in empty
    assert "More filters" not in empty
    listed(bank, "a")
    nothing = page.get("/bank/one/?q=zyzzyva").content.decode()
    assert "No question fits." in nothing
    assert "Without Words or code: zyzzyva" in nothing


def test_every_state_has_an_address_and_links_keep_it(page: Client, many: Bank) -> None:
    answer = page.get("/bank/one/?q=word&status=draft&sort=-changed").content.decode()
    for link in (
        "?q=word&amp;status=pilot&amp;sort=-changed",
        "?q=word&amp;status=draft&amp;sort=changed",
        "?status=draft&amp;sort=-changed",
    ):
        assert f'href="{link}"' in answer
    deep = page.get("/bank/one/?page=2").content.decode()
    assert "Page 2 of 3" in deep
    assert deep.count('name="pk"') == PER_PAGE


def test_htmx_gets_the_list_alone_and_the_way_back_the_whole_page(page: Client, bank: Bank) -> None:
    listed(bank, "a")
    asked = {"HX-Request": "true"}
    part = page.get("/bank/one/?q=&part=1&page=", headers=asked)
    assert part.content.decode().lstrip().startswith('<div id="bank-list"')
    assert part["HX-Push-Url"] == "/bank/one/?part=1"
    assert "HX-Request" in part["Vary"]
    back = page.get("/bank/one/", headers=asked | {"HX-History-Restore-Request": "true"})
    assert "<!doctype html>" in back.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "status=bogus",
        "part=9",
        "difficulty=x",
        "sort=title",
        "author=999999999999999999999",
        "q=%00",
        "lint=1&kind=2&exhibit=3&origin=4",
    ],
)
def test_an_address_that_makes_no_sense_gets_a_sentence(
    page: Client, bank: Bank, query: str
) -> None:
    listed(bank, "a")
    answer = page.get(f"/bank/one/?{query}")
    assert answer.status_code == 200
    assert "Show all questions" in answer.content.decode()
    assert 'name="pk"' not in answer.content.decode()


# ------------------------------------------------------------------ banks, access, cost
def test_the_only_bank_is_opened_at_once_and_several_are_listed(
    no_bank: None, page: Client, bank: Bank
) -> None:
    assert page.get("/bank/").headers["Location"] == "/bank/one/"
    listed(bank, "a", status="pilot")
    listed(bank, "b", status="pilot")
    other = empty_bank("two")
    answer = page.get("/bank/").content.decode()
    assert 'href="/bank/one/"' in answer
    assert 'href="/bank/two/"' in answer
    assert banks_with_counts() == [(bank, {"pilot": 2}), (other, {})]


def test_without_a_bank_it_says_so(no_bank: None, page: Client) -> None:
    assert "There is no bank yet." in page.get("/bank/").content.decode()


ADDRESSES = ["/bank/", "/bank/one/", "/bank/one/status?all=1", "/bank/one/tags?all=1"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_candidates_may_not_look(client: Client, bank: Bank, address: str) -> None:
    assert client.get(address).status_code == 302
    client.force_login(person(role=Role.CANDIDATE), backend="accounts.backends.PasswordBackend")
    assert client.get(address).status_code == 403


def test_a_bank_that_there_is_not_is_not_found(page: Client) -> None:
    for address in ADDRESSES[1:]:
        assert page.get(address).status_code == 404


def test_what_looks_like_a_code_and_is_none_takes_no_more(page: Client, bank: Bank) -> None:
    listed(bank, "a", search_text="version 9.9-9")
    with CaptureQueriesContext(connection) as captured:
        answer = page.get("/bank/one/?q=9.9-9")
    assert answer.content.decode().count('name="pk"') == 1
    assert len(captured) <= 10


@pytest.mark.parametrize("query", ["", "?q=word&part=1&tag=t&author={author}&sort=-changed"])
def test_the_list_takes_at_most_ten_statements_with_one_row_and_with_three(
    page: Client, bank: Bank, author: User, query: str
) -> None:
    columns = {"search_text": "word", "tags": ["t"], "author": author}
    taken = []
    approved(bank, **columns)
    for _round in range(2):
        with CaptureQueriesContext(connection) as captured:
            answer = page.get(f"/bank/one/{query.format(author=author.pk)}")
        taken.append((len(captured), answer.content.decode().count('name="pk"')))
        for _row in range(2):
            question = approved(bank, author=person(), tags=["t"], search_text="word")
            Question.objects.filter(pk=question.pk).update(author=author)
            save_draft(question.pk, {"stem": "word", "tags": ["t"]}, revision=0, by=author, at=NOW)
            Question.objects.filter(pk=question.pk).update(**columns, subdomain=bank_part(bank))
    (first, one), (second, three) = taken
    assert (one, three) == (1, 3)
    assert first == second <= 10


def bank_part(bank: Bank) -> int:
    return bank.domains.get(number=1).subdomains.order_by("pk")[0].pk
