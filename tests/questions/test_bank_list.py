"""The bank's list: what is found, in which order, on which page, and what it costs."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from questions.models import Bank, Question
from questions.selectors.bank_list import Filters, banks_with_counts, matching
from questions.selectors.bank_pages import PER_PAGE, SORTS, page_of
from questions.selectors.words import Words
from questions.services.drafting import create_question, save_draft
from tests.questions.listed import NOW, approved, empty_bank, listed, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank() -> Bank:
    """An empty one."""
    return empty_bank()


@pytest.fixture
def author() -> User:
    """An instructor who writes."""
    return person("Ada")


@pytest.fixture
def page(client: Client, author: User) -> Client:
    """The author's browser."""
    client.force_login(author, backend="django.contrib.auth.backends.ModelBackend")
    return client


def codes(bank: Bank, **filters: Any) -> list[str]:
    """What the filters leave, by code."""
    return sorted(question.code for question in matching(bank, Filters(**filters)))


def ordered(bank: Bank, sort: str, number: int = 1, **filters: Any) -> list[str]:
    return [row.code for row in page_of(bank, Filters(**filters), sort, number).rows]


# ------------------------------------------------------------------ filters
def test_each_filter_leaves_what_it_names(bank: Bank, author: User) -> None:
    part = listed(bank, "part", "2.1").subdomain
    listed(bank, "area", area="aws")
    listed(bank, "status", status="pilot")
    listed(bank, "kind", select=2)
    listed(bank, "hard", difficulty=5)
    listed(bank, "chart", exhibit_kind="chart")
    listed(bank, "blocked", blocks=1, warnings=1)
    listed(bank, "warned", warnings=1)
    listed(bank, "author", author=author)
    listed(bank, "tag", tags=["one tag"])
    listed(bank, "files", is_from_files=True)
    listed(bank, "imported", source_key="x")
    changes = approved(bank, "changes")
    save_draft(changes.pk, {"stem": "New", "tags": ["b"]}, revision=0, by=author, at=NOW)
    found = {
        "part": codes(bank, subdomains=(part.pk,)),
        "area": codes(bank, area="aws"),
        "status": codes(bank, status="pilot"),
        "kind": codes(bank, kind="multiple"),
        "hard": codes(bank, difficulty=5),
        "chart": codes(bank, exhibit="chart"),
        "warned": codes(bank, lint="warned"),
        "author": codes(bank, author=author.pk),
        "tag": codes(bank, tag="one tag"),
        "files": codes(bank, origin="files"),
        "imported": codes(bank, origin="imported"),
        "changes": codes(bank, changes=True),
    }
    assert found == {name: [name] for name in found}
    # The working copy of "changes" says hardly anything: it has findings of its own.
    assert codes(bank, lint="blocked") == ["blocked", "changes"]


def test_filters_together_leave_what_fits_all_of_them(bank: Bank) -> None:
    listed(bank, "both", status="pilot", difficulty=5)
    listed(bank, "one", status="pilot", difficulty=4)
    listed(bank, "other", status="active", difficulty=5)
    assert codes(bank, status="pilot", difficulty=5) == ["both"]


def test_another_bank_is_never_in_the_list(bank: Bank) -> None:
    listed(empty_bank("two"), "there", search_text="boil")
    listed(bank, "here", search_text="boil")
    assert codes(bank) == codes(bank, words="boil") == ["here"]


def test_part_of_a_tag_is_not_the_tag(bank: Bank) -> None:
    listed(bank, "a", tags=["recall"])
    listed(bank, "b", tags=["recall-curve", 'with "quotes"'])
    assert codes(bank, tag="recall") == ["a"]
    assert codes(bank, tag='with "quotes"') == ["b"]
    assert codes(bank, tag="%") == []


# ------------------------------------------------------------------ words
def test_words_are_taken_apart() -> None:
    typed = 'loss loss hyper* "learning rate" -cost -"two words" - * "" k-means'
    assert Words.of(typed) == Words(
        wanted=("loss", "k-means"),
        phrases=("learning rate",),
        beginnings=("hyper",),
        unwanted=("cost", "two words"),
    )


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("boil", ["a", "b"]),
        ("BOIL water", ["a"]),
        ("wat*", ["a"]),
        ('"water to boil"', ["a"]),
        ('"boil water"', []),
        ("boil -water", ["b"]),
        ("zyzzyva", []),
        ("a'b) | !c:* & \\ %_", []),
    ],
)
def test_questions_are_found_by_words(bank: Bank, typed: str, found: list[str]) -> None:
    listed(bank, "a", search_text="Bring water to boil.")
    listed(bank, "b", search_text="Boil oil.")
    listed(bank, "c", search_text="Roast it.")
    assert codes(bank, words=typed) == found


def test_a_code_or_its_beginning_is_looked_up_before_words(bank: Bank) -> None:
    listed(bank, "mls-1.1-001", search_text="see mls-1.1-002")
    listed(bank, "mls-1.1-002")
    listed(bank, "mls-2.1-001")
    assert codes(bank, words="mls-1.1-002") == ["mls-1.1-002"]
    assert codes(bank, words="MLS-1.1") == ["mls-1.1-001", "mls-1.1-002"]


def test_a_code_is_found_without_its_beginning(bank: Bank) -> None:
    listed(bank, "mls-3.2-016", search_text="one")
    listed(bank, "mls-3.2-017", search_text="version 13.2-016 of 9.9")
    listed(bank, "mls-4.1-001", search_text="9.9")
    assert codes(bank, words="3.2-016") == ["mls-3.2-016"]
    assert codes(bank, words="3.2") == ["mls-3.2-016", "mls-3.2-017"]
    assert codes(bank, words="9.9") == ["mls-3.2-017", "mls-4.1-001"]


def test_exclusions_alone_are_refused_with_a_sentence(page: Client, bank: Bank) -> None:
    listed(bank, "a")
    answer = page.get("/bank/one/?q=-water").content.decode()
    assert "Words or code: Name a word that is to be found." in answer
    assert "Tick a" not in answer


# ------------------------------------------------------------------ order and pages
def test_each_order_and_its_reverse(bank: Bank) -> None:
    listed(bank, "a", difficulty=2, changed_at=NOW)
    listed(bank, "b", difficulty=1, changed_at=NOW + timedelta(hours=1))
    listed(bank, "c", difficulty=None, changed_at=NOW - timedelta(hours=1))
    orders = {sort: ordered(bank, sort) for sort in SORTS}
    assert orders == {
        "code": ["a", "b", "c"],
        "changed": ["c", "a", "b"],
        "difficulty": ["b", "a", "c"],
    }
    for sort, up in orders.items():
        assert ordered(bank, f"-{sort}") == up[::-1]


@pytest.fixture
def many(bank: Bank) -> Bank:
    """Three pages, the last one with one question; every second one is a pilot question."""
    parts = listed(bank, "q-000", search_text="word", status="pilot").subdomain
    Question.objects.bulk_create(
        Question(
            bank=bank,
            code=f"q-{n:03}",
            subdomain=parts,
            search_text="word",
            difficulty=n % 5 + 1,
            changed_at=NOW - timedelta(hours=n),
            status="draft" if n % 2 else "pilot",
        )
        for n in range(1, 2 * PER_PAGE + 1)
    )
    return bank


@pytest.mark.parametrize("words", ["", "word"])
@pytest.mark.parametrize("sort", [*SORTS, *(f"-{sort}" for sort in SORTS)])
def test_the_pages_together_are_the_whole_list_in_order(many: Bank, sort: str, words: str) -> None:
    pages = [ordered(many, sort, number, words=words) for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [PER_PAGE, PER_PAGE, 1]
    together = [code for page in pages for code in page]
    assert len(set(together)) == 2 * PER_PAGE + 1
    if sort == "code":
        assert together == sorted(together)
    assert together[::-1] == [
        code for n in (1, 2, 3) for code in ordered(many, _turned(sort), n, words=words)
    ]


def _turned(sort: str) -> str:
    return sort[1:] if sort.startswith("-") else f"-{sort}"


@pytest.mark.parametrize("words", ["", "word"])
def test_counts_are_of_every_status_and_pages_of_the_chosen_one(many: Bank, words: str) -> None:
    shown = page_of(many, Filters(words=words, status="pilot"), "code", 2)
    assert (shown.number, shown.pages, shown.total) == (2, 2, PER_PAGE + 1)
    assert [row.code for row in shown.rows] == [f"q-{2 * PER_PAGE:03}"]
    others = {"in_review": 0, "active": 0, "retired": 0}
    assert shown.counts == {"draft": PER_PAGE, "pilot": PER_PAGE + 1} | others
    nothing = page_of(many, Filters(words=words, status="retired"), "code", 1)
    assert (nothing.rows, nothing.total, nothing.counts) == ([], 0, shown.counts)


@pytest.mark.parametrize("words", ["", "word"])
@pytest.mark.parametrize(("asked", "shown"), [(0, 1), (4, 3), (10**8, 3)])
def test_a_page_that_there_is_not_is_the_last_one(
    many: Bank, words: str, asked: int, shown: int
) -> None:
    assert page_of(many, Filters(words=words), "code", asked).number == shown


@pytest.mark.parametrize("filters", [{"words": "word"}, {"tag": "t"}])
@pytest.mark.parametrize("taken_apart", [0, 10**9])
def test_what_is_too_much_to_count_still_has_its_first_pages(
    many: Bank, filters: dict[str, str], taken_apart: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("questions.selectors.bank_pages.MOST_COUNTED", -1)
    monkeypatch.setattr("questions.selectors.bank_pages.TAKEN_APART", taken_apart)
    Question.objects.update(tags=["t"])
    pages = [page_of(many, Filters(**filters), "code", number) for number in (1, 2, 3, 4)]
    assert [row.code for page in pages[:3] for row in page.rows] == ordered_codes(many)
    assert [(p.number, p.pages, p.total, p.counts) for p in pages] == [
        (1, 2, None, None),
        (2, 3, None, None),
        (3, 3, None, None),
        (1, 2, None, None),
    ]


@pytest.mark.parametrize("status", ["", "pilot"])
def test_nothing_is_counted_on_the_page_of_too_much(
    page: Client, many: Bank, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("questions.selectors.bank_pages.MOST_COUNTED", -1)
    answer = page.get(f"/bank/one/?q=word&status={status}&page=2").content.decode()
    assert "Too many questions to count." in answer
    assert "All that fit" in answer
    assert answer.count('name="pk"') == (1 if status else PER_PAGE)


def ordered_codes(bank: Bank) -> list[str]:
    return list(bank.questions.order_by("code").values_list("code", flat=True))


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


def test_tags_of_a_question_never_published_are_found(bank: Bank, author: User) -> None:
    question = create_question(bank, by=author, at=NOW, content={"tags": ["heat"]})
    assert codes(bank, tag="heat") == [question.code]


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


@pytest.mark.parametrize("number", ["-1", "x", "²", "99999999999999"])
def test_a_page_number_that_is_none_is_the_first_or_last_page(
    page: Client, bank: Bank, number: str
) -> None:
    listed(bank, "a")
    assert 'name="pk"' in page.get("/bank/one/", {"page": number}).content.decode()


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
    client.force_login(
        person(role=Role.CANDIDATE), backend="django.contrib.auth.backends.ModelBackend"
    )
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
