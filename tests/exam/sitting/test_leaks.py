"""No byte sent during an exam holds a key or a rationale."""

import json
import re

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from exam.engine.sitting.lifecycle import EndedBy
from exam.models import Attempt, Blueprint
from exam.services.sitting import attempts
from questions.models import Option, QuestionVersion
from tests.exam.conftest import batch, change

RATIONALE = "zz-sentinel-rationale"


def test_the_bank_of_this_test_holds_the_sentinel(blueprint: Blueprint) -> None:
    assert all(RATIONALE in text for text in Option.objects.values_list("rationale", flat=True))
    assert all(
        RATIONALE in text for text in QuestionVersion.objects.values_list("explanation", flat=True)
    )


def test_no_address_tells_a_rationale_during_the_exam(page: Client, running: Attempt) -> None:
    for path in every_path(running):
        for response in (page.get(path), page.get(path, headers={"HX-Request": "true"})):
            body = b"".join(response) if response.streaming else response.content
            assert RATIONALE.encode() not in body, path
    for name in ("sync", "claim"):
        answer = page.post(
            reverse(f"exam:{name}", kwargs={"pk": running.pk}),
            json.dumps(batch(1, change(1, 1, [1])) | {"previous": 1}),
            content_type="application/json",
        )
        assert answer.status_code == 200
        assert RATIONALE.encode() not in answer.content


def test_the_sentinel_is_found_once_the_exam_is_over(page: Client, running: Attempt) -> None:
    attempts.submit(running.pk, by=EndedBy.CANDIDATE, at=running.started_at)
    review = reverse("exam:review_question", kwargs={"pk": running.pk, "position": 1})
    assert RATIONALE in page.get(review).content.decode()


def test_markup_does_not_depend_on_which_option_is_the_key(page: Client, running: Attempt) -> None:
    """Moving every key to another option changes no byte of the exam page."""
    before = exam_page(page, running)
    for version in QuestionVersion.objects.filter(pk__in=running.exam_form.version_ids):
        for option in version.options.all():
            Option.objects.filter(pk=option.pk).update(is_key=not option.is_key)
    assert exam_page(page, running) == before


def test_the_page_names_positions_only(page: Client, running: Attempt) -> None:
    html = exam_page(page, running)
    for version in QuestionVersion.objects.filter(
        pk__in=running.exam_form.version_ids
    ).select_related("question", "subdomain"):
        assert version.question.code not in html
        assert version.subdomain.name not in html
    assert not re.search(r"pilot|is_key|data-key|difficulty", html, re.IGNORECASE)


@pytest.mark.parametrize("name", ["sitting", "result", "report", "review"])
def test_another_candidates_pages_are_404(client: Client, running: Attempt, name: str) -> None:
    eve = User.objects.create_user("eve@example.org")
    client.force_login(eve, backend="accounts.backends.PasswordBackend")
    address = reverse(f"exam:{name}", kwargs={"pk": running.pk})
    assert client.get(address).status_code == 404
    attempts.submit(running.pk, by=EndedBy.CANDIDATE, at=running.started_at)
    assert client.get(address).status_code == 404


def exam_page(page: Client, attempt: Attempt) -> str:
    html = page.get(reverse("exam:sitting", kwargs={"pk": attempt.pk})).content.decode()
    # What differs from one request to the next: the masked CSRF token and the server's clock.
    html = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html)
    return re.sub(r'"(server_time|elapsed_ms)": [^,}]+', "", html)


def every_path(attempt: Attempt) -> list[str]:
    """Every address of the product with this attempt's numbers filled in."""
    values = {"pk": attempt.pk, "position": 1, "slug": attempt.blueprint.slug}
    paths = []
    for pattern in patterns(get_resolver()):
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(values.get(m[1], "x")), pattern)
        paths.append("/" + path.replace("^", "").replace("$", ""))
    assert f"/attempts/{attempt.pk}/" in paths
    return [path for path in paths if "(?P" not in path]


def patterns(resolver: URLResolver, prefix: str = "") -> list[str]:
    found = []
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            found.append(route)
        else:
            found.extend(patterns(entry, route))
    return found
