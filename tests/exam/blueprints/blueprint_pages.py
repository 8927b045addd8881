"""The blueprint editor's form as a browser sends it, and what its pages say."""

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from exam.forms.blueprint_parts import initial_of
from exam.models import Blueprint

HTMX = {"HTTP_HX_REQUEST": "true"}
POSTS = [
    ("check_blueprint", ["tiny"]),
    ("preview_typed", ["tiny"]),
    ("check_new_blueprint", ["tiny"]),
    ("preview_new_blueprint", ["tiny"]),
]


def typed(blueprint: Blueprint, **changes: Any) -> dict[str, Any]:
    """The form as it is shown, with some fields changed; None leaves one out."""
    shown = initial_of(blueprint) | {"base": blueprint.version} | changes
    return {
        name: value for name, value in shown.items() if value is not None and value is not False
    }


def post(desk: Client, name: str, data: dict[str, Any], *args: str, **extra: Any) -> HttpResponse:
    return desk.post(reverse(f"exam:{name}", args=args or ["tiny"]), data, **extra)


def words_of(response: HttpResponse) -> str:
    """What a page says, without its markup."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())
