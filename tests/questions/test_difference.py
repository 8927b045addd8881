"""What differs between two contents: every word is told, and nothing that is the same."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from questions.formats.draft import ExhibitDraft, ReferenceDraft
from questions.selectors.difference import GONE, NEW, SAME, Piece, difference, pieces
from tests.questions.drafts import SOUND, draft

TEXT = st.text(alphabet=st.sampled_from("ab \n.,é<"), max_size=40)


@given(TEXT, TEXT)
def test_the_pieces_of_both_texts_are_the_texts(old: str, new: str):
    for by_line in (False, True):
        found = pieces(old, new, by_line=by_line)
        assert "".join(piece.text for piece in found if piece.kind != NEW) == old
        assert "".join(piece.text for piece in found if piece.kind != GONE) == new


def test_words_that_were_replaced_stand_together():
    assert pieces("Boil the old pot now.", "Boil a clean pan now.") == (
        Piece(SAME, "Boil "),
        Piece(GONE, "the old pot"),
        Piece(NEW, "a clean pan"),
        Piece(SAME, " now."),
    )


def test_a_very_long_text_is_compared_by_lines():
    old = "a b\n" * 1001
    assert pieces(old, old + "three\n")[-1] == Piece(NEW, "three\n")


def changed(old: object, new: object) -> dict[str, tuple[str, str]]:
    """For each field that differs, what is gone and what is new."""
    return {
        field.name: tuple(
            "".join(piece.text for piece in field.pieces if piece.kind == kind)
            for kind in (GONE, NEW)
        )
        for field in difference(old, new).changed
    }


def test_equal_contents_have_no_difference():
    found = difference(SOUND, SOUND)
    assert found.changed == ()
    assert [field.name for field in found.unchanged][:4] == [
        "Stem",
        "Options to choose",
        "Option A",
        "Option A, key",
    ]


def test_every_field_that_changed_is_named():
    new = replace(
        SOUND,
        subdomain="1.2",
        area="aws",
        difficulty=5,
        tags=("x",),
        stem=SOUND.stem.replace("clinic", "hospital"),
        qualifier="MOST",
        select=2,
        shuffle=False,
        explanation="Recall counts what was found.",
        references=(ReferenceDraft("Handbook", "https://example.org/", "Recall"),),
    )
    assert changed(SOUND, new) == {
        "Stem": ("clinic", "hospital"),
        "Words that decide": ("", "MOST"),
        "Options to choose": ("1", "2"),
        "Order of the options": ("Shuffled", "As written"),
        "Takeaway": ("missed", "found"),
        "References": (
            "Handbook · https://example.org/\n",
            "Handbook · Recall · https://example.org/\n",
        ),
        "Sub-domain": ("1.1", "1.2"),
        "Area": ("ml", "aws"),
        "Difficulty": ("3", "5"),
        "Tags": ("", "x"),
    }


def test_an_option_is_told_apart_from_one_that_only_moved():
    old = draft("Recall", "Accuracy", "Precision", "Lift")
    new = draft("Recall", "F1 score", "Accuracy", "Precision", "Lift", key=1)
    assert changed(old, new) == {
        "Option A, key": ("Key", "Not the key"),
        "Option B": ("", "F1 score"),
        "Option B, key": ("", "Key"),
        "Option B, rationale": ("", "About F1 score."),
    }


def test_an_option_that_was_removed_is_gone_whole():
    old, new = draft("Recall", "Accuracy", "Lift"), draft("Recall", "Lift")
    assert changed(old, new) == {
        "Option B": ("Accuracy", ""),
        "Option B, key": ("Not the key", ""),
        "Option B, rationale": ("About Accuracy.", ""),
    }


def test_exhibits_of_every_kind_are_compared():
    table = ExhibitDraft("Costs", "A table.", columns=("a", "b"), rows=(("1", "2"),))
    chart = ExhibitDraft("Costs", "A bar.", vega_lite={"mark": "bar", "data": {"values": [1]}})
    picture = ExhibitDraft("Costs", "A photo.", picture="0f.png")
    one, other = replace(SOUND, exhibit=table), replace(SOUND, exhibit=chart)
    told = changed(one, other)
    assert told["Exhibit, description"] == ("table", "bar")
    assert told["Exhibit, content"][0] == "a | b\n1 | 2\n"
    assert '"mark": "bar"' in told["Exhibit, content"][1]
    assert changed(SOUND, replace(SOUND, exhibit=picture)) == {
        "Exhibit, title": ("", "Costs"),
        "Exhibit, description": ("", "A photo."),
        "Exhibit, content": ("", "0f.png"),
    }
