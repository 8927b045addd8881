"""Every table and field of the database is in a copy, or left out with a reason."""

from collections import defaultdict

import pytest
from django.apps import apps
from django.db import models

from accounts.models import User
from exam.selectors.personal.about import ANSWERS, NOT_ABOUT_PEOPLE, SESSIONS, TABLES
from exam.selectors.personal.about.table import Table

ABOUT = (*TABLES, ANSWERS, SESSIONS)


def fields_of(model: type[models.Model]) -> set[str]:
    own = (*model._meta.concrete_fields, *model._meta.many_to_many)
    names = {field.name for field in own if not field.primary_key or field.name != "pk"}
    # Groups, permissions and the like are tables of their own.
    return names - {f.name for f in model._meta.many_to_many if f.remote_field.through}


def unclassified(tables: tuple[Table, ...], nothing: dict[str, str]) -> set[str]:
    """Tables and fields that nobody has thought about, or that are not there any more."""
    found, told = set(), defaultdict(set)
    for table in tables:
        told[table.model] |= set(table.fields) | set(table.left_out)
        told[table.model] |= {name for name in table.people if "__" not in name and name != "pk"}
    known = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}
    found |= set(known) ^ (set(told) | set(nothing))
    found |= set(told) & set(nothing)
    for label, names in told.items():
        wanted = fields_of(known[label]) if label in known else set()
        through = {f.name for f in known[label]._meta.many_to_many} | {"pk"}
        found |= {f"{label}.{name}" for name in wanted ^ names if name not in through}
    return found


def test_every_table_and_field_has_its_place():
    assert unclassified(ABOUT, dict(NOT_ABOUT_PEOPLE)) == set()


def test_a_new_table_and_a_new_field_are_found():
    fewer = tuple(table for table in ABOUT if table.model != "exam.Card")
    assert unclassified(fewer, dict(NOT_ABOUT_PEOPLE)) == {"exam.Card"}
    bare = (*fewer, Table("cards", "exam.Card", ("candidate",), ("due_at",)))
    assert "exam.Card.lapses" in unclassified(bare, dict(NOT_ABOUT_PEOPLE))
    assert unclassified(ABOUT, {**NOT_ABOUT_PEOPLE, "exam.Gone": ""}) == {"exam.Gone"}


def relations() -> list[tuple[str, str]]:
    """Every field that points at a person, with its table."""
    return [
        (model._meta.label, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.related_model is User
    ]


@pytest.mark.parametrize(("label", "name"), relations())
def test_whoever_a_row_points_at_gets_it(label: str, name: str):
    """By this relation, or by another one; a table with none is named with a reason."""
    if label in NOT_ABOUT_PEOPLE:
        return
    ways = {way for table in ABOUT if table.model == label for way in table.people}
    excused = {("accounts.User", "extra_granted_by"), ("exam.DataCopy", "asked_by")}
    assert name in ways or (label, name) in excused


def test_each_file_has_a_name_of_its_own():
    names = [table.name for table in ABOUT]
    assert len(names) == len(set(names))
