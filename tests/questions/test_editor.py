"""The editor: what it keeps, what it refuses, what it shows, and two people at one question."""

import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.template.loader import get_template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.models import User
from questions.formats.record import EMPTY
from questions.forms.editor import Manuscript
from questions.models import Bank, Draft, DraftSave, Picture, Question
from questions.selectors.editor import opened, steps_of
from questions.services.drafting import Conflict, create_question, save_draft
from questions.services.reviewing import send_to_review
from tests.factories import InstructorFactory, UserFactory
from tests.questions.proposals import WORDS

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(db: None) -> User:
    return InstructorFactory(display_name="Ada")


@pytest.fixture
def desk(author: User) -> Client:
    return signed_in(author)


@pytest.fixture
def question(bank: Bank, author: User) -> Question:
    return create_question(bank, by=author, at=timezone.now(), content=WORDS)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def sent(content: dict[str, Any], upon: int, **changed: Any) -> dict[str, Any]:
    """What the page sends for a content."""
    exhibit = content["exhibit"] or {}
    data: dict[str, Any] = {
        name: content[name] for name in ("stem", "subdomain", "area", "qualifier", "explanation")
    }
    data |= {
        "revision": upon,
        "difficulty": content["difficulty"] or "",
        "tags": ", ".join(content["tags"]),
        "option": [str(n) for n in range(len(content["options"]))],
        "reference": [str(n) for n in range(len(content["references"]))],
        "exhibit": "table" if exhibit else "",
    }
    if content["shuffle"]:
        data["shuffle"] = "on"
    for n, option in enumerate(content["options"]):
        data |= {f"option-{n}-text": option["text"], f"option-{n}-rationale": option["rationale"]}
        if option["key"]:
            data[f"option-{n}-key"] = "on"
    for n, cited in enumerate(content["references"]):
        data |= {f"reference-{n}-{part}": cited[part] for part in ("title", "url", "section")}
    return data | changed


def at(name: str, question: Question, *more: Any) -> str:
    return reverse(f"questions:{name}", args=[question.pk, *more])


def stored(question: Question) -> dict[str, Any]:
    return Draft.objects.get(question=question).content


# ------------------------------------------------------------------ begin, write, save
def test_a_question_begins_in_its_subdomain_with_a_code(desk: Client, bank: Bank, author: User):
    address = reverse("questions:create", args=[bank.slug])
    assert desk.get(address).status_code == 200
    response = desk.post(address, {"subdomain": "2.1"})
    begun = Question.objects.latest("pk")
    assert response["Location"] == at("edit", begun)
    assert (begun.code[:9], begun.author, stored(begun)["subdomain"]) == (
        "tiny-2.1-",
        author,
        "2.1",
    )


def test_what_the_page_shows_comes_back_the_same(question: Question):
    first = opened(Question.objects.get(pk=question.pk))
    assert sent(first.content, first.revision)["stem"] == WORDS["stem"]
    page = signed_in(InstructorFactory()).post(
        at("keep", question), sent(first.content, first.revision)
    )
    assert page.json()["revision"] == first.revision  # nothing was different


def test_a_page_saves_by_itself_and_hears_the_new_revision(desk: Client, question: Question):
    answer = desk.post(at("keep", question), sent(EMPTY | WORDS, 1, stem="Another stem?")).json()
    assert answer["revision"] == 2
    assert answer["words"].startswith("Saved ")
    assert stored(question)["stem"] == "Another stem?"


def test_without_scripts_it_is_a_form_that_saves(desk: Client, question: Question):
    response = desk.post(at("edit", question), sent(EMPTY | WORDS, 1, stem="Another?"), follow=True)
    assert response.redirect_chain == [(at("edit", question), 302)]
    assert "Saved." in response.content.decode()
    assert stored(question)["stem"] == "Another?"


def test_the_number_to_select_follows_the_keys(desk: Client, question: Question):
    desk.post(
        at("keep", question), sent(EMPTY | WORDS, 1, **{"option-0-key": "on", "option-1-key": "on"})
    )
    content = stored(question)
    assert content["select"] == sum(option["key"] for option in content["options"]) == 2


@pytest.mark.parametrize(
    ("act", "letters"),
    [
        ("add", ["0", "1", "2", "3", "4"]),
        ("remove-1", ["0", "2", "3"]),
        ("up-2", ["0", "2", "1", "3"]),
        ("down-0", ["1", "0", "2", "3"]),
        ("up-0", ["0", "1", "2", "3"]),
        ("down-3", ["0", "1", "2", "3"]),
        ("remove-77", ["0", "1", "2", "3"]),
        ("nonsense", ["0", "1", "2", "3"]),
    ],
)
def test_without_scripts_options_come_go_and_move_and_nothing_is_saved(
    desk: Client, question: Question, act: str, letters: list[str]
):
    data = sent(EMPTY | WORDS, 1, act=act)
    page = desk.post(at("edit", question), data)
    written = page.context["written"]
    assert [row.number for row in written.options] == letters
    assert [row.letter for row in written.options] == list("ABCDE"[: len(letters)])
    assert DraftSave.objects.filter(question=question).count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("stem", "x" * 8001, "at most 8000 characters"),
        ("tags", ",".join(f"tag{n}" for n in range(21)), "At most 20 tags"),
        ("area", "nowhere", "Select a valid choice"),
        ("revision", "-1", "greater than or equal to 0"),
        ("picture", "../secret", "Enter a valid value"),
    ],
)
def test_what_cannot_be_kept_is_said_in_a_sentence_and_changes_nothing(
    desk: Client, question: Question, field: str, value: str, words: str
):
    data = sent(EMPTY | WORDS, 1, **{field: value})
    answer = desk.post(at("keep", question), data)
    assert (answer.status_code, words in answer.json()["words"]) == (422, True)
    page = desk.post(at("edit", question), data)
    assert (page.status_code, words in page.content.decode()) == (422, True)
    assert stored(question) == EMPTY | WORDS


def test_an_unfinished_chart_is_kept_as_it_was_typed(desk: Client, question: Question):
    data = sent(EMPTY | WORDS, 1, exhibit="chart", chart='{"mark": ')
    assert desk.post(at("keep", question), data).status_code == 200
    assert stored(question)["exhibit"]["typed"] == '{"mark": '
    assert "{&quot;mark&quot;: " in desk.get(at("edit", question)).content.decode()


@pytest.mark.parametrize("typed", ["a\tb\n1\t2", "a,b\n1,2", "a;b\n1;2", "a, b\n\n1, 2\n"])
def test_a_table_can_be_pasted_or_typed(desk: Client, question: Question, typed: str):
    desk.post(at("keep", question), sent(EMPTY | WORDS, 1, exhibit="table", table=typed))
    assert stored(question)["exhibit"]["table"] == {"columns": ["a", "b"], "rows": [["1", "2"]]}


# ------------------------------------------------------------------ checks and preview
def look(desk: Client, question: Question, **changed: Any) -> str:
    response = desk.post(at("look", question), sent(EMPTY | WORDS, 1, **changed))
    assert response.status_code == 200
    return response.content.decode()


def test_the_preview_shows_markdown_code_and_formulas_and_no_script(
    desk: Client, question: Question
):
    stem = "Use `fit()` and $x^2$.\n\n<script>alert(1)</script> What is it?"
    page = look(desk, question, stem=stem)
    assert "<code>fit()</code>" in page
    assert "<math" in page
    assert "<script" not in page
    assert Draft.objects.get(question=question).revision == 1  # looking stores nothing


def test_every_finding_names_its_field_its_words_and_its_source(desk: Client, question: Question):
    page = desk.post(at("look", question), sent(EMPTY | WORDS, 1, stem="", subdomain=""))
    found = {(f["slot"], f["level"].value, f["message"]) for f in page.context["findings"]}
    assert ("stem", "block", "There is no stem.") in found
    assert ("subdomain", "block", "No sub-domain is chosen.") in found
    assert all(f["source"] for f in page.context["findings"])
    assert 'href="#findings-stem"' in page.content.decode()


def test_a_finding_on_an_option_points_at_its_row_wherever_that_moved(
    desk: Client, question: Question
):
    data = sent(EMPTY | WORDS, 1, option=["3", "2", "1", "0"], **{"option-2-text": ""})
    found = desk.post(at("look", question), data).context["findings"]
    assert "option-2-text" in [finding["slot"] for finding in found]


def test_a_question_that_asks_nearly_the_same_is_named(
    desk: Client, bank: Bank, question: Question
):
    other = create_question(bank, by=None, at=timezone.now(), content=WORDS)
    assert other.code in look(desk, question)


def test_a_chart_that_reaches_out_is_refused_in_words(desk: Client, question: Question):
    chart = '{"data": {"url": "https://example.org/x.csv"}, "mark": "bar", "encoding": {}}'
    page = look(desk, question, exhibit="chart", chart=chart)
    assert "The exhibit cannot be shown." in page
    assert "<svg" not in page.split("look-seen")[1].split("<fieldset")[0]


def test_looking_takes_at_most_ten_statements(desk: Client, question: Question):
    look(desk, question)
    with CaptureQueriesContext(connection) as captured:
        look(desk, question)
    assert len(captured) <= 10


def test_opening_takes_a_bounded_number_of_statements(desk: Client, question: Question):
    with CaptureQueriesContext(connection) as captured:
        assert desk.get(at("edit", question)).status_code == 200
    assert len(captured) <= 16


# ------------------------------------------------------------------ two at once
def test_the_second_to_save_sees_both_texts_and_nothing_is_overwritten(
    desk: Client, question: Question
):
    other = InstructorFactory(display_name="Grace")
    save_draft(question.pk, WORDS | {"stem": "Hers?"}, revision=1, by=other, at=timezone.now())
    quiet = desk.post(at("keep", question), sent(EMPTY | WORDS, 1, stem="His?"))
    assert (quiet.status_code, quiet.json()["conflict"]) == (409, True)
    page = desk.post(at("edit", question), sent(EMPTY | WORDS, 1, stem="His?"))
    words = page.content.decode()
    assert page.status_code == 409
    assert [part.code for part in page.context["rows"]] == ["stem"]
    assert all(text in words for text in ("Grace", "Hers", "His"))
    assert [field.name for field in page.context["rows"][0].fields] == ["Stem"]
    assert stored(question)["stem"] == "Hers?"


def conflict(desk: Client, question: Question) -> dict[str, Any]:
    """Hers is stored, his is on the page: what the page of the conflict sends."""
    other = InstructorFactory()
    hers = WORDS | {"stem": "Hers?", "explanation": "Her reason."}
    save_draft(question.pk, hers, revision=1, by=other, at=timezone.now())
    data = sent(EMPTY | WORDS, 1, stem="His?", explanation="His reason.")
    page = desk.post(at("edit", question), data)
    return {"revision": page.context["theirs"].revision, "mine": page.context["mine"]}


@pytest.mark.parametrize(
    ("chosen", "texts"),
    [
        ({"stem": "mine", "explanation": "theirs"}, ("His?", "Her reason.")),
        ({"stem": "theirs", "explanation": "mine"}, ("Hers?", "His reason.")),
        ({"stem": "mine", "explanation": "mine"}, ("His?", "His reason.")),
        ({}, ("Hers?", "Her reason.")),
    ],
)
def test_of_each_part_one_text_is_chosen_and_both_stay_among_the_saves(
    desk: Client, question: Question, chosen: dict[str, str], texts: tuple[str, str]
):
    desk.post(at("resolve", question), conflict(desk, question) | chosen)
    content = stored(question)
    assert (content["stem"], content["explanation"]) == texts
    kept = {save.content["stem"] for save in question.draft_saves.all()}
    assert {"Hers?", "His?"} <= kept


def test_two_windows_of_one_person_lose_neither_text(
    desk: Client, question: Question, author: User
):
    now = timezone.now()
    save_draft(question.pk, WORDS | {"stem": "Left?"}, revision=1, by=author, at=now)
    page = desk.post(at("edit", question), sent(EMPTY | WORDS, 1, stem="Right?"))
    carried = {"revision": page.context["theirs"].revision, "mine": page.context["mine"]}
    desk.post(at("resolve", question), carried | {"stem": "mine"})
    kept = {save.content["stem"] for save in question.draft_saves.all()}
    assert (stored(question)["stem"], {"Left?", "Right?"} <= kept) == ("Right?", True)


def test_a_third_text_in_between_is_another_conflict(desk: Client, question: Question):
    page = conflict(desk, question)
    save_draft(
        question.pk,
        WORDS | {"stem": "Third?"},
        revision=2,
        by=InstructorFactory(),
        at=timezone.now(),
    )
    response = desk.post(at("resolve", question), page | {"stem": "mine"})
    assert response.status_code == 409
    assert stored(question)["stem"] == "Third?"


@pytest.mark.parametrize("broken", [{"mine": "tampered"}, {"revision": "x"}, {"stem": "both"}])
def test_a_tampered_choice_changes_nothing(
    desk: Client, question: Question, broken: dict[str, str]
):
    data = conflict(desk, question) | {"stem": "mine"} | broken
    assert desk.post(at("resolve", question), data).status_code == 302
    assert stored(question)["stem"] == "Hers?"


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_the_same_moment_one_wins_and_the_other_is_told(bank: Bank):
    people = [InstructorFactory(), InstructorFactory()]
    question = create_question(bank, by=people[0], at=timezone.now(), content=WORDS)

    def save(place: int) -> str:
        try:
            text = WORDS | {"stem": f"Text {place}?"}
            save_draft(question.pk, text, revision=1, by=people[place], at=timezone.now())
            return "saved"
        except Conflict:
            return "conflict"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(save, range(2)))
    assert sorted(outcomes) == ["conflict", "saved"]
    assert stored(question)["stem"] == f"Text {outcomes.index('saved')}?"


# ------------------------------------------------------------------ sending it
BUTTON = "Send to review</button>"


def test_it_can_be_sent_once_nothing_has_to_be_done_before(desk: Client, bank: Bank, author: User):
    place = {"subdomain": "2.1"}
    question = create_question(bank, by=author, at=timezone.now(), content=place)
    page = desk.get(at("edit", question)).content.decode()
    assert "6 things to do before it can be sent to review:" in page
    assert BUTTON not in page
    typed = desk.post(at("look", question), sent(EMPTY | WORDS, 1)).content.decode()
    assert BUTTON in typed.partition('<template id="ready-now">')[2]
    desk.post(at("keep", question), sent(EMPTY | WORDS, 1))
    assert BUTTON in desk.get(at("edit", question)).content.decode()


def test_a_published_question_is_sent_once_it_is_different(desk: Client, bank: Bank):
    published = Question.objects.get(code="tiny-1.1-001")
    content = opened(published).content
    page = desk.get(at("edit", published)).content.decode()
    assert "Nothing is different from version 1, which exams use." in page
    assert BUTTON not in page
    changed = sent(content, 0, tags="another")
    assert BUTTON in desk.post(at("look", published), changed).content.decode()


def test_what_is_not_written_yet_is_told_from_what_is_wrong(desk: Client, question: Question):
    wrong = {"reference-0-url": "example.org", "explanation": ""}
    page = desk.post(at("look", question), sent(EMPTY | WORDS, 1, **wrong))
    told = {finding["field"]: finding["is_missing"] for finding in page.context["findings"]}
    assert told == {"explanation": True, "references": False}


def test_the_preview_the_review_and_the_exam_share_one_markup(
    desk: Client, question: Question, author: User
):
    looked = desk.post(at("look", question), sent(EMPTY | WORDS, 1))
    send_to_review(question.pk, by=author, at=timezone.now())
    reviewed = signed_in(InstructorFactory()).get(at("review", question))
    asked = [
        [template.name for template in page.templates].count("exam/_asked.html")
        for page in (looked, reviewed)
    ]
    assert asked == [1, 1]
    assert 'include "exam/_asked.html"' in get_template("exam/_question.html").template.source


# ------------------------------------------------------------------ earlier saves, discarding
def test_each_save_names_what_it_changed(question: Question, author: User):
    flipped = [{**option, "key": not option["key"]} for option in WORDS["options"]]
    texts = [{"stem": "Worse?", "tags": ["x"]}, {"stem": "Worse?", "options": flipped}]
    for place, text in enumerate(texts):
        by = [InstructorFactory(), author][place]
        save_draft(question.pk, WORDS | text, revision=place + 1, by=by, at=timezone.now())
    with CaptureQueriesContext(connection) as captured:
        steps = [(step.save.revision, step.changed) for step in steps_of(question)]
    assert steps == [(3, ("Key", "Tags")), (2, ("Stem", "Tags")), (1, ())]
    assert len(captured) == 1


def test_an_earlier_save_is_compared_and_brought_back(desk: Client, question: Question):
    save_draft(
        question.pk,
        WORDS | {"stem": "Worse?"},
        revision=1,
        by=InstructorFactory(),
        at=timezone.now(),
    )
    page = desk.get(at("saves", question) + "?save=1").content.decode()
    assert "<del>" in page and "<ins>" in page
    desk.post(at("bring_back", question, 1))
    assert stored(question)["stem"] == WORDS["stem"]
    assert [save.content["stem"] for save in question.draft_saves.all()][1] == "Worse?"


@pytest.mark.parametrize("query", ["", "?save=99", "?save=x"])
def test_a_save_that_is_not_there_shows_the_list_alone(
    desk: Client, question: Question, query: str
):
    page = desk.get(at("saves", question) + query)
    assert (page.status_code, page.context["difference"]) == (200, None)


def test_changes_to_a_published_question_are_discarded_after_a_question(
    desk: Client, bank: Bank, author: User
):
    published = Question.objects.get(code="tiny-1.1-001")
    first = opened(published)
    desk.post(at("keep", published), sent(first.content, 0, stem="Changed?"))
    assert "Exams use version 1 until" in desk.get(at("edit", published)).content.decode()
    assert desk.get(at("discard", published)).status_code == 200
    assert Draft.objects.filter(question=published).exists()
    desk.post(at("discard", published))
    assert not Draft.objects.filter(question=published).exists()


def test_a_draft_that_was_never_published_is_not_thrown_away(desk: Client, question: Question):
    page = desk.post(at("discard", question), follow=True)
    assert "never published" in page.content.decode()
    assert Draft.objects.filter(question=question).exists()


def test_in_review_nothing_can_be_changed_and_the_page_says_why(
    desk: Client, question: Question, author: User
):
    send_to_review(question.pk, by=author, at=timezone.now())
    page = desk.get(at("edit", question))
    assert (page.status_code, "It is in review" in page.content.decode()) == (409, True)
    quiet = desk.post(at("keep", question), sent(EMPTY | WORDS, 1, stem="Late?"))
    assert (quiet.status_code, "in review" in quiet.json()["words"]) == (409, True)
    assert stored(question)["stem"] == WORDS["stem"]


def test_without_scripts_text_that_came_too_late_is_shown_again(
    desk: Client, question: Question, author: User
):
    send_to_review(question.pk, by=author, at=timezone.now())
    page = desk.post(at("edit", question), sent(EMPTY | WORDS, 1, stem="A late thought?"))
    words = page.content.decode()
    assert (page.status_code, "A late thought?" in words, "in review" in words) == (409, True, True)
    assert stored(question)["stem"] == WORDS["stem"]


@pytest.mark.parametrize(
    ("page", "words"), [("saves", "then you can see its saves."), ("edit", "see its text.")]
)
def test_a_reviewer_reads_nothing_before_the_blind_answer(
    desk: Client, question: Question, author: User, page: str, words: str
):
    send_to_review(question.pk, by=author, at=timezone.now())
    reviewer = signed_in(InstructorFactory())
    led = reviewer.get(at(page, question), {"save": 1}, follow=True)
    assert led.redirect_chain == [(at("review", question), 302)]
    assert words in led.content.decode()
    assert desk.get(at("saves", question), {"save": 1}).status_code == 200


# ------------------------------------------------------------------ enemies, pictures, access
def test_an_enemy_is_found_by_a_part_of_its_code_in_the_same_bank(
    desk: Client, bank: Bank, question: Question
):
    other = bank.questions.exclude(pk=question.pk).order_by("code")[0]
    found = desk.get(at("find_enemies", question), {"typed": other.code}).json()["found"]
    assert found == [{"code": other.code, "title": other.title}]
    assert desk.get(at("find_enemies", question), {"typed": " "}).json() == {"found": []}
    own = desk.get(at("find_enemies", question), {"typed": question.code}).json()
    assert question.code not in [one["code"] for one in own["found"]]


def test_enemies_are_kept_with_both_and_exams_hear_of_it(desk: Client, bank: Bank):
    one, other = Question.objects.filter(bank=bank, status="active", enemies=None)[:2]
    before = Bank.objects.get(pk=bank.pk).revision
    desk.post(at("enemies", one), {"enemies": f"{other.code}, {other.code}"})
    assert list(other.enemies.all()) == [one]
    assert Bank.objects.get(pk=bank.pk).revision == before + 1
    assert not Question.objects.filter(pk__in=[one.pk, other.pk], is_from_files=True).exists()
    desk.post(at("enemies", one), {"enemies": ""})
    assert not other.enemies.exists()


@pytest.mark.parametrize("codes", ["nobody-1", "own"])
def test_an_enemy_that_is_no_other_question_changes_nothing(
    desk: Client, question: Question, codes: str
):
    typed = question.code if codes == "own" else codes
    page = desk.post(at("enemies", question), {"enemies": typed}, follow=True)
    assert "There is no other question" in page.content.decode()
    assert not question.enemies.exists()


def picture(kind: str = "PNG") -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(out, kind)
    out.seek(0)
    out.name = "picture.png"
    return out


def test_a_picture_is_stored_and_shown_in_the_preview(desk: Client, question: Question):
    name = desk.post(reverse("questions:upload"), {"picture": picture()}).json()["name"]
    assert name == Picture.objects.get().name
    page = look(desk, question, exhibit="picture", picture=name, exhibit_alt="A red square")
    assert f'src="/pictures/{name}"' in page


def test_what_is_no_picture_is_refused(desk: Client):
    file = io.BytesIO(b"<svg onload=alert(1)>")
    file.name = "x.png"
    answer = desk.post(reverse("questions:upload"), {"picture": file})
    assert (answer.status_code, "not a PNG" in answer.json()["words"]) == (422, True)
    assert desk.post(reverse("questions:upload")).status_code == 422
    assert not Picture.objects.exists()


def test_candidates_see_and_change_nothing(bank: Bank, question: Question):
    nobody = signed_in(UserFactory())
    places = [at(name, question) for name in ("edit", "saves", "discard", "find_enemies")]
    assert {nobody.get(place).status_code for place in places} == {403}
    posts = [at(name, question) for name in ("edit", "keep", "look", "resolve", "enemies")]
    posts += [reverse("questions:upload"), reverse("questions:create", args=[bank.slug])]
    assert {nobody.post(place).status_code for place in posts} == {403}


def test_a_question_that_does_not_exist_is_not_there(desk: Client):
    for name in ("edit", "keep", "look", "resolve", "saves", "discard", "enemies"):
        address = reverse(f"questions:{name}", args=[999_999])
        method = desk.get if name in ("edit", "saves", "discard") else desk.post
        assert method(address).status_code == 404


def test_hostile_numbers_of_rows_are_bounded(bank: Bank, question: Question, desk: Client):
    numbers = [str(n) for n in range(5000)] + ["٣", "-1", "x"]
    page = desk.post(at("look", question), {"revision": 1, "option": numbers, "stem": "?"})
    assert page.status_code in (200, 400)
    written = Manuscript.sent(bank, page.wsgi_request.POST) if page.status_code == 200 else None
    assert written is None or len(written.options) == 10
