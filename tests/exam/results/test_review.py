"""The answer review: filters with counts, one question with its reasons, and remarks on it."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from exam.models import Attempt, Blueprint, QuestionReport
from exam.selectors.results.answers import answers_of
from exam.selectors.results.review import ReviewFilter, Show, review_of
from exam.selectors.results.reviewed import reviewed_question
from tests.exam.builders import choices, letters, sit
from tests.exam.conftest import NOON

SENTINEL = "zz-sentinel-rationale"


@pytest.fixture
def sat(blueprint: Blueprint, candidate: User) -> Attempt:
    """1 right, 2 right and flagged, 3 changed to wrong, 4 blank, 5 wrong and flagged, 6 wrong."""
    flagged = {"flagged": True}
    return sit(
        candidate,
        blueprint,
        at=NOON,
        right=[1, 2],
        left_right=[3],
        blank=[4],
        rest={
            2: flagged,
            5: flagged | {"note": "Is <b>this</b> it?", "highlights": [[0, 6]]},
        },
    )


def address(attempt: Attempt, position: int | None = None, query: str = "") -> str:
    if position is None:
        return reverse("exam:review", args=[attempt.pk]) + query
    return reverse("exam:review_question", args=[attempt.pk, position]) + query


def text_of(page: Client, where: str) -> str:
    response = page.get(where)
    assert response.status_code == 200
    return response.content.decode()


def shown(attempt: Attempt, show: Show, part: str = "") -> list[int]:
    return [answer.position for answer in review_of(attempt, ReviewFilter(show, part)).shown]


# ------------------------------------------------------------------ the list
def test_each_filter_shows_its_questions(sat: Attempt):
    assert {show.value: shown(sat, show) for show in Show} == {
        "all": [1, 2, 3, 4, 5, 6],
        "wrong": [3, 5, 6],
        "flagged": [2, 5],
        "unanswered": [4],
        "changed": [3],
    }


def test_counts_tell_what_the_other_filters_would_show(sat: Attempt):
    listed = review_of(sat, ReviewFilter(Show.WRONG))
    assert [link.count for link in listed.shows] == [6, 3, 2, 1, 1]
    assert sum(link.count for link in listed.domains[1:]) == listed.domains[0].count == 3
    assert listed.subdomains == ()


def test_a_domain_and_a_sub_domain_narrow_the_list(sat: Attempt):
    answers = answers_of(sat)
    assert shown(sat, Show.ALL, "1") == [a.position for a in answers if a.domain == 1]
    assert shown(sat, Show.ALL, "1.2") == [a.position for a in answers if a.subdomain == "1.2"]
    listed = review_of(sat, ReviewFilter(Show.ALL, "1.2"))
    assert [(link.code, link.is_current) for link in listed.subdomains] == [
        ("1.1", False),
        ("1.2", True),
    ]


def test_filters_are_links_and_keep_each_other(page: Client, sat: Attempt):
    text = text_of(page, address(sat, query="?show=wrong&part=1"))
    assert f'href="{address(sat)}?show=flagged&amp;part=1"' in text
    assert f'href="{address(sat)}?show=wrong&amp;part=2"' in text
    assert f'href="{address(sat)}?show=wrong"' in text


def test_unknown_filters_are_as_good_as_none(page: Client, sat: Attempt):
    assert text_of(page, address(sat, query="?show=nonsense")).count('class="number"') == 6


def test_an_empty_filter_says_so(page: Client, sat: Attempt):
    text = text_of(page, address(sat, query="?show=changed&part=99"))
    assert "No question here is like that." in text


def test_the_list_takes_a_bounded_number_of_statements(
    page: Client, sat: Attempt, django_assert_max_num_queries
):
    with django_assert_max_num_queries(12):
        page.get(address(sat))


def test_more_questions_take_no_more_statements(
    page: Client, sat: Attempt, django_assert_max_num_queries
):
    with django_assert_max_num_queries(12) as one:
        page.get(address(sat, query="?show=unanswered"))
    with django_assert_max_num_queries(12) as three:
        page.get(address(sat, query="?show=wrong"))
    assert len(one) == len(three)


# ------------------------------------------------------------------ one question
def test_options_stand_as_the_candidate_saw_them_with_what_they_were(sat: Attempt):
    key, wrong = choices(sat)[2]
    options = reviewed_question(sat, 3).options
    assert [option.letter for option in options] == letters(range(1, len(options) + 1))
    assert [option.letter for option in options if option.is_key] == letters(key)
    assert [option.letter for option in options if option.is_chosen] == letters(wrong)
    first = [option.letter for option in options if option.is_first_choice]
    assert first == letters(place for place in key if place not in wrong)


def test_the_page_names_key_choice_and_first_choice_in_words(page: Client, sat: Attempt):
    text = text_of(page, address(sat, 3))
    assert all(words in text for words in ("Key", "Your choice", "First choice"))
    assert text.count('class="rationale"') == len(sat.option_orders[2])
    assert SENTINEL in text
    assert "https://example.org/kitchen" in text


def test_the_path_tells_choices_times_and_plan(page: Client, sat: Attempt):
    key, wrong = choices(sat)[2]
    text = " ".join(re.sub("<[^>]+>", "", text_of(page, address(sat, 3))).split())
    assert f"{', '.join(letters(key))} at 1:02, then {', '.join(letters(wrong))} at 1:03." in text
    assert "This question took 0:20, the plan was 1:40." in text


def test_a_blank_has_no_path(page: Client, sat: Attempt):
    assert "You chose nothing." in text_of(page, address(sat, 4))


def test_note_and_highlights_are_shown_and_harmless(page: Client, sat: Attempt):
    text = text_of(page, address(sat, 5))
    assert "Is &lt;b&gt;this&lt;/b&gt; it?" in text
    assert re.search(r"<mark>.{6}</mark>", text)


def test_next_and_previous_stay_within_the_filter(page: Client, sat: Attempt):
    text = text_of(page, address(sat, 5, "?show=wrong"))
    assert f'rel="prev" href="{address(sat, 3)}?show=wrong"' in text
    assert f'rel="next" href="{address(sat, 6)}?show=wrong"' in text
    last = text_of(page, address(sat, 6, "?show=wrong"))
    assert 'rel="next"' not in last
    assert "3 of 3" in last


def test_a_question_takes_a_bounded_number_of_statements(
    page: Client, sat: Attempt, django_assert_max_num_queries
):
    with django_assert_max_num_queries(16):
        page.get(address(sat, 3))


@pytest.mark.parametrize("position", [0, 7])
def test_a_position_that_is_not_on_the_form_is_not_there(page: Client, sat: Attempt, position: int):
    assert page.get(address(sat, position)).status_code == 404


# ------------------------------------------------------------------ remarks
def remark(page: Client, attempt: Attempt, text: str, query: str = "") -> object:
    return page.post(
        reverse("exam:report_question", args=[attempt.pk, 3]) + query, {"text": text}, follow=True
    )


def test_a_remark_is_stored_with_the_version_that_was_seen_and_thanked_for(
    page: Client, sat: Attempt
):
    response = remark(page, sat, "The key is outdated.", "?show=wrong")
    assert response.redirect_chain == [(address(sat, 3, "?show=wrong"), 302)]
    assert "Thank you. Your remark on question 3 was sent." in response.content.decode()
    assert list(QuestionReport.objects.values_list("attempt", "version", "text")) == [
        (sat.pk, sat.exam_form.version_ids[2], "The key is outdated.")
    ]


def test_a_second_remark_replaces_the_first(page: Client, sat: Attempt):
    remark(page, sat, "First.")
    remark(page, sat, "Second.")
    assert QuestionReport.objects.get().text == "Second."


@pytest.mark.parametrize("text", ["", "   ", "x" * 1001])
def test_an_empty_or_endless_remark_is_refused_and_kept(page: Client, sat: Attempt, text: str):
    response = remark(page, sat, text)
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert not QuestionReport.objects.exists()


# ------------------------------------------------------------------ whose and when
def closed_addresses(attempt: Attempt) -> list[str]:
    return [address(attempt), address(attempt, 1)]


def test_a_running_exam_shows_no_key_at_any_of_these(page: Client, running: Attempt):
    for where in closed_addresses(running):
        response = page.get(where)
        assert response["Location"] == reverse("exam:sitting", args=[running.pk])
        assert SENTINEL not in response.content.decode()
    remark_at = reverse("exam:report_question", args=[running.pk, 1])
    assert page.post(remark_at, {"text": "?"})["Location"].endswith(f"/{running.pk}/")
    assert not QuestionReport.objects.exists()


def test_another_persons_answers_are_not_there(client: Client, sat: Attempt):
    client.force_login(
        User.objects.create_user("eve@example.org"),
        backend="accounts.backends.PasswordBackend",
    )
    for where in closed_addresses(sat):
        assert client.get(where).status_code == 404
    remark_at = reverse("exam:report_question", args=[sat.pk, 1])
    assert client.post(remark_at, {"text": "?"}).status_code == 404
