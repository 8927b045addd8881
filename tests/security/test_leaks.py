"""What is not published reaches no candidate, and no reviewer before the blind answer."""

import re

import pytest
from django.urls import reverse

from questions.models import Option, Question
from questions.services.drafting import save_draft
from questions.services.reviewing import add_comment, send_to_review
from tests.exam.sitting.test_leaks import every_path
from tests.questions.import_files import MIXED, NOW, was_imported
from tests.questions.proposals import SECRET, WORDS

from .addresses import lines
from .conftest import World

pytestmark = pytest.mark.django_db
COMMENT = "zz-said-by-a-reviewer"


def test_a_candidate_meets_no_draft_proposal_or_comment_anywhere(world: World) -> None:
    """Also of a question that stands on the form: its next version is being written."""
    on_form = Question.objects.get(versions=world.finished.exam_form.version_ids[0])
    words = WORDS | {"stem": f"Which of these tools, {SECRET}, weighs flour best of all?"}
    save_draft(on_form.pk, words, revision=0, by=world.author, at=NOW)
    add_comment(on_form.pk, COMMENT, by=world.author, at=NOW)
    send_to_review(on_form.pk, by=world.author, at=NOW)
    client = world.browser(world.candidate)
    paths = [line.address for line in lines(world) if "get" in line.methods]
    for path in {*paths, *every_path(world.running), *every_path(world.finished)}:
        for headers in ({}, {"HX-Request": "true"}):
            answer = client.get(path, headers=headers)
            body = b"".join(answer) if answer.streaming else answer.content
            assert SECRET.encode() not in body, path
            assert COMMENT.encode() not in body, path


def test_the_file_a_question_came_from_tells_no_reviewer_its_key(world: World) -> None:
    batch = was_imported(world.bank, MIXED, by=world.author)
    item = batch.items.exclude(question=None).order_by("position").first()
    words = WORDS | {"stem": "At which temperature does water boil by the sea, and why there?"}
    save_draft(item.question_id, words, revision=1, by=world.author, at=NOW)
    send_to_review(item.question_id, by=world.author, at=NOW)
    address = reverse("questions:import_item", args=[batch.pk, item.position])
    reviewer = world.browser(world.instructor)
    review = reverse("questions:review", args=[item.question_id])
    assert reviewer.get(address).url == review
    assert reviewer.get(address, headers={"HX-Request": "true"})["HX-Redirect"] == review
    assert world.browser(world.author).get(address).status_code == 200


def test_markup_of_a_blind_review_does_not_depend_on_the_key(world: World) -> None:
    page = world.browser(world.instructor)
    address = reverse("questions:review", args=[world.waiting.pk])

    def shown() -> str:
        html = page.get(address).content.decode()
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"', "", html)

    before = shown()
    options = Option.objects.filter(version=world.waiting.proposed_id)
    keys = {option.pk: option.is_key for option in options}
    for pk, is_key in keys.items():
        Option.objects.filter(pk=pk).update(is_key=not is_key)
    assert shown() == before
    assert SECRET not in before
