"""Every page marks where one is: one entry of the main navigation, one tab of its area."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from exam.models import Blueprint
from exam.services.cohorts.assignments import assign
from tests.exam.builders import sit
from tests.factories import AdministratorFactory, CohortFactory

pytestmark = pytest.mark.django_db
MARKED = re.compile(r'<a [^>]*aria-current="(?:page|true)">([^<]+)</a>')

PLACES = {
    "/": ("Home",),
    "/exams/": ("Exams",),
    "/exams/tiny/": ("Exams",),
    "/practice/": ("Practice", "Choose"),
    "/history/": ("History",),
    "/attempts/{sat}/report/": ("History",),
    "/attempts/{sat}/review/": ("History",),
    "/attempts/{sat}/review/1/": ("History",),
    "/bank/{bank}/": ("Bank", "Questions"),
    "/bank/{bank}/imports/": ("Bank", "Imports"),
    "/reviews/": ("Bank", "Reviews"),
    "/reports/": ("Bank", "Reports"),
    "/blueprints/": ("Bank", "Blueprints"),
    "/blueprints/tiny/": ("Bank", "Blueprints"),
    "/blueprints/tiny/preview/": ("Bank", "Blueprints"),
    "/bank/{bank}/blueprints/new/": ("Bank", "Blueprints"),
    "/cohorts/": ("Cohorts", "Cohorts"),
    "/cohorts/{cohort}/": ("Cohorts", "Cohorts"),
    "/cohorts/{cohort}/candidates/": ("Cohorts", "Cohorts"),
    "/cohorts/{cohort}/members/{person}/time": ("Cohorts", "Cohorts"),
    "/candidates/{person}/": ("Cohorts", "Cohorts"),
    "/invitations/": ("Cohorts", "Cohorts"),
    "/assignments/": ("Cohorts", "Assignments"),
    "/assignments/new/": ("Cohorts", "Assignments"),
    "/assignments/{given}/": ("Cohorts", "Assignments"),
    "/assignments/{given}/change/": ("Cohorts", "Assignments"),
    "/running/": ("Cohorts", "Running exams"),
    "/missed/": ("Cohorts", "Missed in practice"),
    "/people/": ("People", "People"),
    "/people/audit/": ("People", "Audit log"),
    "/people/refusals/": ("People", "What browsers refused"),
    "/operations/": ("People", "How it runs"),
    "/people/{person}/data/": ("People",),
    "/people/{person}/": ("People",),
    "/people/{person}/time": ("People",),
    "/profile/": ("Profile",),
    "/profile/data/": ("Profile",),
}


def test_every_page_marks_its_place(client: Client, candidate: User, blueprint: Blueprint) -> None:
    now, olga = timezone.now(), AdministratorFactory()
    cohort = CohortFactory(instructors=[olga], members=[candidate])
    day = timedelta(days=1)
    window = {"opens_at": now - day, "closes_at": now + day, "attempts_allowed": 1}
    known = {
        "sat": sit(olga, blueprint, at=now - day, right=[1]).pk,
        "bank": blueprint.bank.slug,
        "cohort": cohort.pk,
        "person": candidate.pk,
        "given": assign(cohort, blueprint, **window, by=olga).pk,
    }
    client.force_login(olga, backend="accounts.backends.PasswordBackend")
    found = {}
    for place in PLACES:
        header, _, rest = client.get(place.format(**known)).content.decode().partition("<details")
        tabs = re.findall(r'<nav class="sub-nav".*?</nav>', rest, re.DOTALL)
        found[place] = (*MARKED.findall(header), *MARKED.findall(" ".join(tabs[:1])))
    assert found == PLACES
