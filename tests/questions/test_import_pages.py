"""The pages of imports: upload, what was found, choosing, placing, importing, withdrawing."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from questions.models import Bank, Import, ImportState, Subdomain
from questions.services import import_writing
from questions.services.import_file import MAX_BYTES
from tests.factories import InstructorFactory, UserFactory

from .import_files import MIXED, NOW, Clock, begun, gift, received, was_imported, was_read

BACKEND = "accounts.backends.PasswordBackend"
HTMX = {"HX-Request": "true"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def instructor() -> User:
    return InstructorFactory(display_name="Iris")


@pytest.fixture
def page(client: Client, instructor: User) -> Client:
    """An instructor's browser."""
    client.force_login(instructor, backend=BACKEND)
    return client


def address(name: str, batch: Import, *more: int) -> str:
    return reverse(f"questions:{name}", args=[batch.pk, *more])


def uploads(bank: Bank) -> str:
    return reverse("questions:imports", args=[bank.slug])


def words(html: str | bytes) -> str:
    """A page's text without its markup."""
    text = html.decode() if isinstance(html, bytes) else html
    text = re.sub(r"<script.*?</script>|<option.*?</option>|<[^>]*>", " ", text, flags=re.DOTALL)
    return " ".join(text.split())


def shown(page: Client, batch: Import, query: str = "") -> str:
    answer = page.get(address("import", batch) + query)
    assert answer.status_code == 200
    return words(answer.content)


# ------------------------------------------------------------------ uploading
def test_an_uploaded_file_waits_to_be_read_and_shows_its_progress(
    page: Client, bank: Bank, instructor: User
):
    file = SimpleUploadedFile("quiz.gift", MIXED.encode())
    answer = page.post(uploads(bank), {"file": file})
    batch = Import.objects.get()
    assert (answer.status_code, answer.url) == (302, address("import", batch))
    assert (batch.state, batch.file_name, batch.uploaded_by) == (
        ImportState.UPLOADED,
        "quiz.gift",
        instructor,
    )
    assert bytes(batch.data) == MIXED.encode()
    whole = page.get(address("import", batch))
    part = page.get(address("import", batch), headers=HTMX)
    assert "<progress" in whole.content.decode() and "<html" in whole.content.decode()
    assert "<progress" in part.content.decode() and "<html" not in part.content.decode()
    assert "HX-Request" in part["Vary"]


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choose a file first."),
        ({"file": "only a word"}, "Choose a file first."),
        ({"file": SimpleUploadedFile("quiz.gift", b"")}, "The file is empty."),
    ],
)
def test_an_upload_without_a_file_is_one_sentence(
    page: Client, bank: Bank, sent: dict[str, Any], sentence: str
):
    answer = page.post(uploads(bank), sent)
    assert (answer.status_code, Import.objects.count()) == (200, 0)
    assert sentence in words(answer.content)


def test_a_file_that_is_too_large_is_one_sentence_and_never_kept_whole(page: Client, bank: Bank):
    file = SimpleUploadedFile("large.zip", b"?" * (MAX_BYTES + 5_000_000))
    answer = page.post(uploads(bank), {"file": file})
    assert (answer.status_code, Import.objects.count()) == (200, 0)
    assert "The file is larger than 50 MB." in words(answer.content)
    kept = answer.context["form"].files["file"].size
    assert MAX_BYTES < kept < MAX_BYTES + 1_000_000


def test_a_file_that_could_not_be_read_says_why(page: Client, bank: Bank):
    batch = was_read(bank, "Dear friend", name="letter.zip")
    text = shown(page, batch)
    assert "Nothing was imported No question format was recognized in this file." in text
    assert "letter.zip" in words(page.get(uploads(bank)).content)


def test_once_it_is_read_the_waiting_page_loads_anew(page: Client, bank: Bank):
    answer = page.get(address("import", was_read(bank, MIXED)), headers=HTMX)
    assert answer["HX-Refresh"] == "true"


# ------------------------------------------------------------------ what was found
def test_the_page_counts_and_names_what_cannot_be_taken(page: Client, bank: Bank):
    text = shown(page, was_read(bank, MIXED))
    assert "6 questions found 4 are new, 2 cannot be taken." in text
    assert "Match matching" in text and "Essay essay" in text
    assert "All 6 New 4 Cannot be taken 2" in text and "Without a key 1" in text
    assert "Import 4 questions as drafts" in text


@pytest.mark.parametrize(
    ("show", "names"),
    [
        ("new", ["1", "2", "3", "4"]),
        ("rejected", ["5", "6"]),
        ("no-key", ["4"]),
        ("known", []),
        ("nonsense", ["1", "2", "3", "4", "5", "6"]),
    ],
)
def test_filters_narrow_the_list(page: Client, bank: Bank, show: str, names: list[str]):
    html = page.get(address("import", was_read(bank, MIXED)) + f"?show={show}").content.decode()
    assert re.findall(r'class="item-number">(\d+)<', html) == names


def test_many_items_come_in_pages(page: Client, bank: Bank):
    batch = was_read(bank, gift(60))
    html = page.get(address("import", batch) + "?page=3").content.decode()
    assert re.findall(r'class="item-number">(\d+)<', html) == [str(n) for n in range(51, 61)]
    assert "Page 3 of 3" in html
    assert shown(page, batch, "?page=99&show=new")


def test_an_item_is_shown_in_the_list_and_on_a_page_of_its_own(page: Client, bank: Bank):
    batch = was_read(bank, MIXED)
    part = page.get(address("import_item", batch, 1), headers=HTMX).content.decode()
    whole = page.get(address("import_item", batch, 1)).content.decode()
    assert "<html" not in part and "<html" in whole
    for html in (part, whole):
        assert "At which temperature does water boil at sea level? Choose one answer" in words(html)
        assert '<li class="key">' in html
        assert "There is no explanation to take away." in words(html)


def test_foreign_markup_never_becomes_part_of_a_page(page: Client, bank: Bank):
    evil = "::<script>alert(1)</script>::<img src=x onerror=alert(2)> Is <b onclick=x>it</b>?"
    batch = was_read(bank, evil + " {=<script>alert(3)</script>Yes ~No}", name="<script>.gift")
    for name, more in (("import", ()), ("import_item", (1,))):
        html = page.get(address(name, batch, *more)).content.decode()
        tags = "".join(re.findall(r"<[^>]*>", html))
        assert not re.search(r"<script>|onerror|onclick", tags)


def test_a_rejected_or_missing_item_has_no_page(page: Client, bank: Bank):
    batch = was_read(bank, MIXED)
    for position in (5, 77):
        assert page.get(address("import_item", batch, position)).status_code == 404
    assert page.get(reverse("questions:import", args=[batch.pk + 1])).status_code == 404


# ------------------------------------------------------------------ choosing, placing, importing
def test_choices_are_kept_and_counted(page: Client, bank: Bank):
    batch = was_read(bank, MIXED)
    place = Subdomain.objects.filter(domain__bank=bank).first()
    sent = {"shown": [1, 2, 3, 4], "chosen": [1], "place-1": place.pk, "place-2": "999999"}
    answer = page.post(address("import_choose", batch), sent, headers=HTMX)
    assert "1 is chosen." in words(answer.content) and "<html" not in answer.content.decode()
    assert [(i.is_chosen, i.subdomain) for i in batch.items.all()[:2]] == [
        (True, place),
        (False, None),
    ]
    without_scripts = page.post(address("import_choose", batch), sent | {"show": "new", "page": 1})
    assert without_scripts.url == address("import", batch) + "?show=new&page=1#items"


def test_all_or_none_of_a_list_are_chosen(page: Client, bank: Bank):
    batch = was_read(bank, MIXED)
    page.post(address("import_choose_all", batch), {"wanted": "0"})
    assert "0 are chosen." in shown(page, batch)
    page.post(address("import_choose_all", batch), {"wanted": "1", "show": "no-key"})
    assert "1 is chosen." in shown(page, batch)


def test_sections_and_defaults_are_mapped(page: Client, bank: Bank):
    batch = was_read(bank, MIXED)
    heat, rest = Subdomain.objects.filter(domain__bank=bank)[:2]
    sent = {"section-0": heat.pk, "subdomain": rest.pk, "area": "science", "difficulty": "2"}
    assert page.post(address("import_place", batch), sent).status_code == 302
    found = [(i.subdomain, i.area, i.content["difficulty"]) for i in batch.items.all()[:4]]
    assert found == [(heat, "science", 2)] * 2 + [(rest, "science", 2)] * 2


@pytest.mark.parametrize("sent", [{"subdomain": "999999"}, {"area": "x"}, {"difficulty": "9"}])
def test_a_place_that_does_not_exist_changes_nothing(
    page: Client, bank: Bank, sent: dict[str, str]
):
    batch = was_read(bank, MIXED)
    answer = page.post(address("import_place", batch), sent, follow=True)
    assert "One of the choices does not exist. Nothing was changed." in words(answer.content)
    assert set(batch.items.values_list("subdomain", "area")) == {(None, "")}


def test_an_import_goes_through_its_pages_to_the_drafts(page: Client, bank: Bank):
    batch = was_read(bank, MIXED)
    assert page.post(address("import_begin", batch)).url == address("import", batch)
    assert "The drafts are being made" in shown(page, batch)
    import_writing.write(batch.pk, clock=Clock())
    text = shown(page, batch)
    assert "4 drafts were added" in text
    assert f"imp-{batch.pk:04}-001" in text
    assert "Match matching" in text


def test_what_stands_on_the_page_is_what_is_imported(page: Client, bank: Bank):
    batch = was_read(bank, MIXED)
    page.post(address("import_begin", batch), {"shown": [1, 2, 3], "chosen": [3]})
    assert [item.is_chosen for item in batch.items.all()] == [
        False,
        False,
        True,
        True,
        False,
        False,
    ]
    nothing = was_read(bank, gift(2))
    answer = page.post(address("import_begin", nothing), {"shown": [1, 2]}, follow=True)
    assert "Nothing is chosen. Choose the questions to be imported first." in words(answer.content)
    assert nothing.items.filter(is_chosen=True).count() == 2


def test_a_withdrawn_import_says_so(page: Client, bank: Bank):
    batch = was_read(bank, MIXED)
    answer = page.post(address("import_withdraw", batch), follow=True)
    assert "The import is withdrawn. Nothing was imported." in words(answer.content)
    assert "what was found in the file is not kept" in shown(page, batch)


@pytest.mark.parametrize("name", ["begin", "choose", "choose_all", "place", "withdraw"])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_what_comes_too_late_is_told_and_changes_nothing(
    page: Client, bank: Bank, name: str, headers: dict[str, str]
):
    batch = was_imported(bank, MIXED)
    answer = page.post(address(f"import_{name}", batch), {"wanted": "0"}, headers=headers)
    assert answer.get("HX-Refresh") == "true" if headers else answer.status_code == 302
    assert "This import has gone on in the meantime." in shown(page, batch)
    assert batch.items.exclude(question=None).count() == 4


def test_a_known_question_is_named_with_its_code(page: Client, bank: Bank):
    first = was_imported(bank, gift(1))
    text = shown(page, was_read(bank, gift(2)))
    assert f"The same as imp-{first.pk:04}-001" in text
    assert "2 questions found 1 is new, 1 is known already." in text


def test_a_file_with_nothing_new_offers_no_import(page: Client, bank: Bank):
    was_imported(bank, gift(1))
    text = shown(page, was_read(bank, gift(1)))
    assert "There is nothing to import." in text and "as a draft" not in text


# ------------------------------------------------------------------ the list, the template, access
def test_the_list_shows_each_import_with_its_state(page: Client, bank: Bank):
    assert "Nothing was imported yet." in words(page.get(uploads(bank)).content)
    was_imported(bank, MIXED, name="first.gift", by=InstructorFactory(display_name="Otto"))
    received(bank, MIXED, name="second.gift")
    text = words(page.get(uploads(bank)).content)
    assert re.search(r"second\.gift Uploaded 0 0 .*first\.gift Imported 6 4 .* Otto", text)


@pytest.mark.parametrize(
    ("ending", "begins"), [("csv", b"\xef\xbb\xbfident,title,stem"), ("xlsx", b"PK")]
)
def test_the_template_comes_as_a_file(page: Client, ending: str, begins: bytes):
    answer = page.get(reverse("questions:import_template", args=[ending]))
    assert answer.content.startswith(begins)
    assert answer["Content-Disposition"] == f'attachment; filename="questions-template.{ending}"'


def test_only_instructors_see_imports(client: Client, bank: Bank):
    batch = was_read(bank, MIXED)
    pages = [uploads(bank), address("import", batch), address("import_item", batch, 1)]
    assert [client.get(name).status_code for name in pages] == [302] * 3
    client.force_login(UserFactory(), backend=BACKEND)
    assert [client.get(name).status_code for name in pages] == [403] * 3
    assert client.post(address("import_begin", batch)).status_code == 403


def test_nothing_is_changed_by_opening_an_address(page: Client, bank: Bank):
    batch = was_read(bank, MIXED)
    for name in ("begin", "choose", "choose_all", "place", "withdraw"):
        assert page.get(address(f"import_{name}", batch)).status_code == 405


# ------------------------------------------------------------------ statements
def statements(page: Client, name: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert page.get(name).status_code == 200
    return len(captured)


def test_the_pages_take_as_many_statements_however_much_there_is(page: Client, bank: Bank):
    was_imported(bank, gift(4))
    lists, reads, dones = [], [], []
    for count in (1, 3):
        batch = was_read(bank, gift(2) + gift(count, start=count * 10))
        reads.append(statements(page, address("import", batch)))
        begun(batch)
        import_writing.write(batch.pk, clock=Clock(NOW))
        dones.append(statements(page, address("import", batch)))
        lists.append(statements(page, uploads(bank)))
    assert lists[0] == lists[1] <= 8
    assert reads[0] == reads[1] <= 12
    assert dones[0] == dones[1] <= 10
