"""Comparing two groups: who may, what is compared with whom, and what the page says."""

import csv
from io import StringIO

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Cohort, User
from exam.models import Blueprint, Comparison, Functioning, Job
from exam.services.measurement import comparing
from questions.models import Bank
from tests.exam.builders import sit
from tests.exam.conftest import NOON
from tests.factories import AdministratorFactory, CohortFactory, UserFactory
from tests.visitors import text_of

from .figures import AT, counted, current

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(blueprint: Blueprint) -> Bank:
    return blueprint.bank


@pytest.fixture
def office(client: Client) -> Client:
    """An administrator's browser."""
    client.force_login(AdministratorFactory(), backend="accounts.backends.PasswordBackend")
    return client


def one(comparison: Comparison, **asked: str) -> str:
    return reverse("measurement:comparison", args=[comparison.pk], query=asked or None)


def compared(bank: Bank, name: str = "Evening", **groups: list[Cohort]) -> Comparison:
    made = Comparison.objects.create(bank=bank, name=name, created_at=AT)
    made.focal.set(groups.get("focal", []))
    made.reference.set(groups.get("reference", []))
    return made


def functionings(comparison: Comparison, *rows: tuple[float, str, int, int]) -> list[str]:
    """Rows of (delta, category, answers of the group, of the others); the codes."""
    versions = current(comparison.bank)[: len(rows)]
    for version, (delta, category, focal, reference) in zip(versions, rows, strict=True):
        Functioning.objects.create(
            comparison=comparison,
            version=version,
            delta=delta,
            chi_square=9.0,
            category=category,
            focal_responses=focal,
            reference_responses=reference,
        )
    Comparison.objects.filter(pk=comparison.pk).update(
        computed_at=AT, focal_attempts=150, reference_attempts=40
    )
    return [version.question.code for version in versions]


# ------------------------------------------------------------------ setting up
def test_an_administrator_sets_one_up_and_it_is_counted_at_once(office: Client, bank: Bank):
    a, b = CohortFactory(name="Evening"), CohortFactory(name="Day")
    address = reverse("measurement:compare", args=[bank.slug])
    assert "Evening (0 people)" in text_of(office, address)
    data = {"name": "  Evening   or day ", "focal": [a.pk], "reference": [b.pk]}
    made = office.post(address, data)
    comparison = Comparison.objects.get()
    assert made.url == one(comparison)
    assert (comparison.name, list(comparison.focal.all())) == ("Evening or day", [a])
    assert Job.objects.get().kind == "statistics"
    assert "It begins in a moment." in text_of(office, made.url)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "Taken"}, "There is a comparison of this name already."),
        ({"focal": []}, "Choose at least one cohort."),
        ({"focal": ["x"]}, "Select a valid choice."),
        ({"focal": ["9" * 30]}, "Select a valid choice."),
        ({"name": "x" * 101}, "at most 100 characters"),
    ],
)
def test_bad_input_says_what_is_wrong_and_makes_nothing(
    office: Client, bank: Bank, change: dict[str, object], words: str
):
    compared(bank, "Taken")
    data = {"name": "New", "focal": [CohortFactory().pk]} | change
    answer = office.post(reverse("measurement:compare", args=[bank.slug]), data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Comparison.objects.count() == 1


def test_nobody_is_compared_with_themselves(office: Client, bank: Bank):
    cohort = CohortFactory(name="Evening")
    data = {"name": "New", "focal": [cohort.pk], "reference": [cohort.pk]}
    answer = office.post(reverse("measurement:compare", args=[bank.slug]), data)
    assert "This cohort cannot be in both groups: Evening." in answer.content.decode()
    assert not Comparison.objects.exists()


def test_instructors_read_and_do_not_change(desk: Client, bank: Bank):
    comparison = compared(bank, focal=[CohortFactory()])
    assert "Compare two groups" not in text_of(
        desk, reverse("measurement:comparisons", args=[bank.slug])
    )
    assert "Delete the comparison" not in text_of(desk, one(comparison))
    for address in (
        reverse("measurement:compare", args=[bank.slug]),
        reverse("measurement:delete_comparison", args=[comparison.pk]),
    ):
        assert desk.post(address, {"name": "x"}).status_code == 403
    assert Comparison.objects.count() == 1


def test_an_instructor_sees_the_names_of_own_cohorts_only(desk: Client, editor: User, bank: Bank):
    own, other = CohortFactory(name="Mine", instructors=[editor]), CohortFactory(name="Theirs")
    text = text_of(desk, one(compared(bank, focal=[own, other])))
    assert "Mine" in text
    assert "Theirs" not in text
    assert "and one other cohort" in text


def test_deleting_asks_first(office: Client, bank: Bank):
    comparison = compared(bank)
    address = reverse("measurement:delete_comparison", args=[comparison.pk])
    assert "Delete “Evening”?" in text_of(office, address)
    assert Comparison.objects.exists()
    office.post(address)
    assert not Comparison.objects.exists()
    assert Job.objects.get().kind == "statistics"  # it speaks against no question any more
    assert office.post(address).status_code == 404


# ------------------------------------------------------------------ counting
def test_members_are_compared_with_the_others_or_with_everybody_else(blueprint: Blueprint):
    a, b, c = UserFactory(), UserFactory(), UserFactory()
    group, others = CohortFactory(members=[a, b]), CohortFactory(members=[b, c])
    candidates = np.array([a.pk, b.pk, c.pk, 10**9])
    against = compared(blueprint.bank, focal=[group], reference=[others])
    everybody = compared(blueprint.bank, "All", focal=[group])
    found = [
        [part.tolist() for part in comparing._groups(c, candidates)] for c in (against, everybody)
    ]
    assert found == [
        [[True, True, False, False], [False, False, True, False]],
        [[True, True, False, False], [False, False, True, True]],
    ]


def test_a_count_stores_what_can_be_told_and_how_many_exams_there_were(blueprint: Blueprint):
    people = [UserFactory() for _ in range(6)]
    group = CohortFactory(members=people[:3])
    for n, person in enumerate(people):
        sit(person, blueprint, at=NOON, right=range(1 + (n + n // 3) % 3, 7), seed=1)
    comparison = compared(blueprint.bank, focal=[group])
    counted(blueprint.bank)
    comparison.refresh_from_db()
    assert (comparison.focal_attempts, comparison.reference_attempts) == (3, 3)
    assert comparison.computed_at is not None
    rows = list(comparison.functionings.values_list("pk", "delta", "category"))
    assert rows
    assert {category for _pk, _delta, category in rows} <= {"A", "B", "C"}
    counted(blueprint.bank)
    again = list(comparison.functionings.values_list("delta", "category"))
    assert again == [(delta, category) for _pk, delta, category in rows]


# ------------------------------------------------------------------ reading
def test_the_largest_difference_comes_first_and_too_few_answers_last(desk: Client, bank: Bank):
    comparison = compared(bank)
    codes = functionings(
        comparison,
        (-1.6, "C", 100, 100),
        (2.4, "C", 150, 300),
        (0.2, "A", 200, 200),
        (-4.0, "C", 99, 300),
    )
    text = text_of(desk, one(comparison))
    found = [text.find(f">{code}<") for code in codes]
    assert min(found) > 0
    assert found[1] < found[0] < found[2] < found[3]
    assert "−4.00" not in text
    assert "Told from 100 answers of each group" in text
    assert "harder for the group looked at" in text
    assert "Too few exams to trust this: 150 and 40" in text
    only = text_of(desk, one(comparison, size="A"))
    assert [f">{code}<" in only for code in codes] == [False, False, True, False]
    assert text_of(desk, one(comparison, size="Z"))
    listed = text_of(desk, reverse("measurement:comparisons", args=[bank.slug]))
    assert '<td class="num" data-label="Large">2</td>' in listed


def test_the_file_has_the_same_rows(desk: Client, bank: Bank):
    comparison = compared(bank)
    codes = functionings(comparison, (-1.6, "C", 100, 100), (2.4, "C", 50, 300))
    address = reverse("measurement:comparison_table", args=[comparison.pk, "csv"])
    lines = list(csv.DictReader(StringIO(desk.get(address).getvalue().decode("utf-8-sig"))))
    assert [(line["code"], line["delta"], line["enough"]) for line in lines] == [
        (codes[0], "-1.6", "yes"),
        (codes[1], "", "no"),
    ]


def test_the_pages_take_as_many_statements_for_three_as_for_one(desk: Client, bank: Bank):
    def taken() -> list[int]:
        counts = []
        addresses = one(comparison), reverse("measurement:comparisons", args=[bank.slug])
        for address in addresses:
            with CaptureQueriesContext(connection) as captured:
                text_of(desk, address)
            counts.append(len(captured))
        return counts

    comparison = compared(bank, focal=[CohortFactory()])
    functionings(comparison, (-1.6, "C", 100, 100))
    little = taken()
    Functioning.objects.all().delete()
    functionings(comparison, *[(-1.6, "C", 100, 100)] * 3)
    for name in ("b", "c"):
        functionings(compared(bank, name), (0.1, "A", 100, 100))
    assert taken() == little
    assert max(little) <= 12
