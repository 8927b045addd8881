"""A bank as a file: who may have it, what is in it, and what the page says before."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from questions.exhibits.standalone import LIGHT, standalone
from questions.formats.draft import ExhibitDraft
from questions.formats.interchange.reading import read_found
from questions.formats.interchange.writing import FORMATS, NOT_DRAWN
from questions.formats.record import as_record
from questions.models import Bank, Exhibit, Question
from questions.selectors import exporting
from questions.selectors.content import content_of
from questions.services.drafting import create_question, save_draft
from questions.services.pictures import store_picture
from tests.factories import InstructorFactory, UserFactory
from tests.questions.drafts import draft
from tests.questions.test_pictures import drawn

CSS = Path(__file__).parents[2] / "static" / "css" / "tokens.css"


@pytest.fixture
def instructor(client: Client, bank: Bank) -> Client:
    """Signed in."""
    client.force_login(InstructorFactory())
    return client


def address(bank: Bank) -> str:
    return f"/bank/{bank.slug}/export"


def codes(bank: Bank) -> list[str]:
    return list(bank.questions.order_by("code").values_list("code", flat=True))


def test_the_whole_bank_is_sent_as_a_file_in_every_format(instructor: Client, bank: Bank):
    for slug in FORMATS:
        answer = instructor.get(address(bank), {"to": slug, "download": "1"})
        disposition = answer.headers["Content-Disposition"]
        assert re.fullmatch(r'attachment; filename="[a-z0-9.-]+"', disposition)
        found = read_found("file", b"".join(answer.streaming_content))
        assert sorted(question.ident for question in found.questions) == codes(bank)


def test_picked_questions_alone_are_sent(instructor: Client, bank: Bank):
    picked = list(bank.questions.order_by("code")[:2])
    data = {"pk": [question.pk for question in picked], "to": "csv", "download": "1"}
    for send in (instructor.get, instructor.post):
        found = read_found("file", b"".join(send(address(bank), data).streaming_content))
        assert [one.ident for one in found.questions] == [question.code for question in picked]


def test_all_that_were_found_are_sent(instructor: Client, bank: Bank):
    data = {"all": "1", "part": "2.1", "to": "csv", "download": "1"}
    answer = instructor.get(address(bank), data)
    found = read_found("file", b"".join(answer.streaming_content))
    assert {one.subdomain for one in found.questions} == {"2.1"}


def test_only_some_statuses_are_sent(instructor: Client, bank: Bank):
    kept = bank.questions.order_by("code")[0]
    Question.objects.filter(pk=kept.pk).update(status="retired")
    data = {"statuses": ["retired", "draft"], "to": "gift", "download": "1"}
    answer = instructor.get(address(bank), data)
    found = read_found("file", b"".join(answer.streaming_content))
    assert [one.ident for one in found.questions] == [kept.code]


def test_the_page_says_what_stays_behind(instructor: Client, bank: Bank):
    author = InstructorFactory()
    unfinished = create_question(bank, by=author, at=timezone.now())
    page = instructor.get(address(bank), {"to": "moodle", "check": "1"}).content.decode()
    assert f"<strong>{unfinished.code}</strong> It has no text. It is left out." in page
    assert "The difficulty stays here." in page


def test_nothing_to_write_is_said(instructor: Client, bank: Bank):
    answer = instructor.get(address(bank), {"statuses": "in_review", "download": "1"})
    assert answer.status_code == 422
    assert "None of these questions can be written yet." in answer.content.decode()


def test_too_many_questions_are_refused(
    instructor: Client, bank: Bank, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(exporting, "MOST", 3)
    answer = instructor.get(address(bank), {"download": "1"})
    assert "These are more than 3 questions; choose fewer." in answer.content.decode()


def test_an_address_that_asks_for_what_is_not_there_leads_back(instructor: Client, bank: Bank):
    for data in ({"to": "pdf"}, {"statuses": "gone"}, {"part": "\0"}):
        assert instructor.get(address(bank), data).headers["Location"] == address(bank)


def test_strange_picks_are_no_questions(instructor: Client, bank: Bank):
    answer = instructor.get(address(bank), {"pk": ["x", "9" * 40, "-1"], "check": "1"})
    assert answer.status_code == 200


def test_candidates_may_not_export(client: Client, bank: Bank):
    client.force_login(UserFactory())
    assert client.get(address(bank)).status_code == 403


@pytest.mark.parametrize("extra", [0, 1])
def test_the_statements_do_not_grow_with_the_questions(
    bank: Bank, extra: int, django_assert_num_queries: object
):
    questions = Question.objects.filter(pk__in=bank.questions.values("pk")[: 1 + 2 * extra])
    with django_assert_num_queries(7):  # type: ignore[operator]
        exporting.written(questions, "Tiny", "moodle")


def test_a_picture_goes_along_and_comes_back(bank: Bank):
    picture = store_picture(drawn("PNG"))
    exhibit = ExhibitDraft("A plan", alt="Two rooms.", picture=picture.name)
    content = as_record(draft("A", "B", "C", "D", exhibit=exhibit))
    question = create_question(bank, by=InstructorFactory(), at=timezone.now(), content=content)
    file = exporting.written(Question.objects.filter(pk=question.pk), "Tiny", "qti21")
    found = read_found(file.name, file.data)
    assert [p.data for p in found.questions[0].pictures] == [bytes(picture.data)]
    assert file.left_out == ()


CHART = {"mark": "bar", "data": {"values": [{"a": 1}]}}
SVG = '<svg xmlns="http://www.w3.org/2000/svg" class="exhibit-chart"><path fill="var(--d1)"/></svg>'


@pytest.fixture
def charted(bank: Bank) -> Question:
    """A question whose chart is drawn."""
    question = bank.questions.filter(exhibit_kind="").order_by("code")[0]
    Exhibit.objects.create(
        version=question.current, title="Loss", alt="It falls.", vega_lite=CHART, svg=SVG
    )
    return question


def test_a_chart_goes_along_as_a_drawing_in_plain_colours(charted: Question):
    file = exporting.written(Question.objects.filter(pk=charted.pk), "Tiny", "qti30")
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        drawings = [archive.read(name) for name in archive.namelist() if name.endswith(".svg")]
    assert drawings == [
        b'<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif">'
        b'<path fill="#002f8b"/></svg>'
    ]
    assert file.left_out == ()


def test_a_drawing_of_an_earlier_chart_is_not_sent(charted: Question):
    content = as_record(content_of(charted))
    content["exhibit"]["vega_lite"] = {**CHART, "mark": "line"}
    save_draft(charted.pk, content, revision=0, by=InstructorFactory(), at=timezone.now())
    file = exporting.written(Question.objects.filter(pk=charted.pk), "Tiny", "gift")
    assert [note.sentence for note in file.left_out] == [NOT_DRAWN]
    assert b"It falls." in file.data


def test_the_colours_of_a_drawing_are_those_of_the_light_theme():
    css = CSS.read_text()
    for token, colour in LIGHT.items():
        if token != "surface":
            assert f"--{token}: light-dark({colour}," in css
    mixed = standalone('<svg fill="color-mix(in srgb, var(--accent) 50%, var(--surface))"/>')
    assert mixed == b'<svg fill="#8fa4ce"/>'


def test_the_command_writes_the_same_file(bank: Bank, tmp_path: Path):
    output = tmp_path / "bank.gift"
    options = {"format": "gift", "output": output, "status": ["active"]}
    call_command("export_questions", bank.slug, stdout=io.StringIO(), **options)
    active = bank.questions.filter(status="active")
    assert output.read_bytes() == exporting.written(active, bank.title, "gift").data


@pytest.mark.parametrize(
    ("slug", "status", "name", "reason"),
    [
        ("no-such", [], "x.gift", "There is no bank no-such."),
        ("tiny", ["draft"], "x.gift", "Nothing was written. None of these questions"),
        ("tiny", [], "no/such/folder/x.gift", "cannot be written. No such file"),
    ],
)
def test_the_command_says_what_is_wrong(
    bank: Bank, tmp_path: Path, slug: str, status: list[str], name: str, reason: str
):
    slug = bank.slug if slug == "tiny" else slug
    with pytest.raises(CommandError, match=reason):
        call_command("export_questions", slug, format="gift", output=tmp_path / name, status=status)
    assert list(tmp_path.iterdir()) == []


def test_a_narrowed_list_with_nothing_ticked_is_what_is_sent(instructor: Client, bank: Bank):
    narrowed = {"part": "2.1", "all": "", "to": "csv"}
    page = instructor.get(address(bank), narrowed).content.decode()
    assert "questions that the list showed" in page
    assert '<input type="hidden" name="part" value="2.1">' in page
    answer = instructor.post(address(bank), narrowed | {"download": "1"})
    found = read_found("file", b"".join(answer.streaming_content))
    assert {one.subdomain for one in found.questions} == {"2.1"}
    assert "the whole bank" in instructor.get(address(bank)).content.decode()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_the_list_leads_to_the_export_of_what_it_shows(
    instructor: Client, bank: Bank, headers: dict[str, str]
):
    listed = f"/bank/{bank.slug}/"
    page = instructor.get(listed, {"part": "2.1"}, headers=headers).content.decode()
    assert f'href="{address(bank)}?part=2.1">Export these</a>' in page
    assert page.count('id="bank-export"') == 1
    whole = instructor.get(listed, headers=headers).content.decode()
    assert f'href="{address(bank)}">Export</a>' in whole
