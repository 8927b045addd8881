"""The pages of a question as somebody sees and uses them."""

from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from questions.models import Question
from tests.visitors import browser

READ = ("question", "versions", "review", "reviews")


def address(name: str, question: Question) -> str:
    return reverse(f"questions:{name}", args=[] if name == "reviews" else [question.pk])


def read(person: User, name: str, question: Question, query: str = "") -> str:
    response = browser(person).get(address(name, question) + query)
    assert response.status_code == 200
    return response.content.decode()


def told(response: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def statements(client: Client, there: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(there).status_code == 200
    return len(captured)
