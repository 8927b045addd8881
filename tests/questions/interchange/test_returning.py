"""Export, then import: the same questions come back, up to what the format is said to leave out."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from questions.formats.bank_yaml import read_questions
from questions.formats.draft import QuestionDraft
from questions.formats.folder import read_bank
from questions.formats.interchange.drafts import chart_name
from questions.formats.interchange.writing import FORMATS
from tests.questions.interchange.nasty import BANKS, PICTURE_NAMES
from tests.questions.interchange.returned import all_expected, came_back, sent

PACKAGED = Path(__file__).parents[3] / "fixtures" / "mls-c01"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h%d"/></svg>'
PNG, JPEG = b"\x89PNG\r\n\x1a\nfirst", b"\xff\xd8\xffsecond"
EACH = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def pictures_of(drafts: Iterable[QuestionDraft]) -> dict[str, bytes]:
    """Both pictures, and a drawing for each chart."""
    charts = {chart_name(draft.code): SVG % place for place, draft in enumerate(drafts)}
    return dict(zip(PICTURE_NAMES, (PNG, JPEG), strict=True)) | charts


@pytest.mark.parametrize("slug", FORMATS)
@EACH
@given(drafts=BANKS)
def test_nasty_questions_come_back(slug: str, drafts: list[QuestionDraft]):
    pictures = pictures_of(drafts)
    written = sent(slug, drafts, pictures)
    assert written.left_out == ()
    assert came_back(slug, written) == all_expected(slug, drafts, pictures)


def sample(every: int) -> list[QuestionDraft]:
    """Questions of the packaged bank, from every sub-domain and with all kinds of exhibits."""
    return packaged()[::every]


@cache
def packaged() -> list[QuestionDraft]:
    """All of its questions, read once."""
    return read_bank(PACKAGED)[1]


@pytest.mark.parametrize("slug", FORMATS)
def test_questions_of_the_packaged_bank_come_back(slug: str):
    drafts = sample(24)
    pictures = pictures_of(drafts)
    assert came_back(slug, sent(slug, drafts, pictures)) == all_expected(slug, drafts, pictures)


@pytest.mark.parametrize("slug", FORMATS)
def test_the_same_questions_give_the_same_bytes(slug: str):
    drafts = sample(60)
    pictures = pictures_of(drafts)
    assert sent(slug, drafts, pictures) == sent(slug, list(drafts), dict(pictures))


def test_our_own_file_is_a_file_of_a_bank_with_all_its_fields():
    drafts = [replace(draft, enemies=("a-1",), status="pilot") for draft in sample(60)]
    written = sent("yaml", drafts, {})
    assert read_questions(written.name, written.data) == drafts
