"""The pages of the blueprint editor: who comes in, what they list, what they cost."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from exam.models import Blueprint
from exam.selectors.blueprints.blueprints import rules_of
from exam.services.blueprints.blueprint_editing import change_blueprint, create_blueprint
from questions.models import Bank
from tests.exam.blueprints.blueprint_pages import POSTS, words_of

PAGES = [
    ("blueprints", []),
    ("blueprint", ["tiny"]),
    ("blueprint_forms", ["tiny"]),
    ("preview_blueprint", ["tiny"]),
    ("new_blueprint", ["tiny"]),
]


def test_only_instructors_come_in(page: Client, blueprint: Blueprint) -> None:
    for name, args in PAGES:
        assert page.get(reverse(f"exam:{name}", args=args)).status_code == 403
    for name, args in POSTS:
        assert page.post(reverse(f"exam:{name}", args=args)).status_code == 403


def test_an_address_of_nothing_is_a_404(desk: Client, blueprint: Blueprint) -> None:
    for name, args in PAGES[1:]:
        none = ["none" for _arg in args]
        assert desk.get(reverse(f"exam:{name}", args=none)).status_code == 404
    for name, args in POSTS:
        none = ["none" for _arg in args]
        assert desk.post(reverse(f"exam:{name}", args=none)).status_code == 404


def test_the_list_says_what_each_exam_is(desk: Client, blueprint: Blueprint) -> None:
    Bank.objects.create(slug="bare", title="A bare bank")
    words = words_of(desk.get(reverse("exam:blueprints")))
    assert "A bare bank New exam A bare bank This bank has no exam yet." in words
    assert "Kitchen Basics exam Version 1, from the bank’s files Open 6, of which 4 count 10" in (
        words
    )


def test_the_list_takes_as_many_statements_with_three_exams_as_with_one(
    desk: Client, blueprint: Blueprint, editor: User
) -> None:
    taken = []
    for made in (0, 2):
        for turn in range(made):
            rules = rules_of(blueprint) | {"minutes": 20 + turn}
            create_blueprint(blueprint.bank, rules, None, by=editor)
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(reverse("exam:blueprints")).status_code == 200
        taken.append(len(captured))
    assert taken[0] == taken[1] <= 5


def test_the_editor_takes_as_many_statements_with_three_versions_as_with_one(
    desk: Client, blueprint: Blueprint, editor: User
) -> None:
    desk.get(reverse("exam:blueprint", args=["tiny"]))  # fills the process's pool
    taken = []
    for minutes in ((), (20, 30)):
        for n in minutes:
            current = Blueprint.objects.get(slug="tiny", is_current=True)
            rules = rules_of(current) | {"minutes": n}
            change_blueprint("tiny", rules, None, base=current.version, by=editor)
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(reverse("exam:blueprint", args=["tiny"])).status_code == 200
        taken.append(len(captured))
    assert taken[0] == taken[1] <= 20


def test_who_comes_back_to_an_address_of_the_form_gets_the_form(
    desk: Client, blueprint: Blueprint
) -> None:
    for name, args in POSTS:
        form = "new_blueprint" if "new" in name else "blueprint"
        answer = desk.get(reverse(f"exam:{name}", args=args))
        assert answer["Location"] == reverse(f"exam:{form}", args=args)
