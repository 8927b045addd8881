"""What an XML file declares in its document type, and what becomes of it."""

import pytest

from questions.formats.interchange.declared_names import with_own_names
from questions.formats.interchange.found import Unreadable
from questions.formats.interchange.reading import read_found

QUIZ = """<?xml version="1.0"?>
<!DOCTYPE quiz [%s]>
<quiz><question type="multichoice"><name><text>shop</text></name>
<questiontext format="html"><text>%s</text></questiontext><single>true</single>
<answer fraction="100"><text>x</text></answer><answer fraction="0"><text>y</text></answer>
</question></quiz>"""


def stem(declared: str, text: str) -> str:
    (question,) = read_found("quiz.xml", (QUIZ % (declared, text)).encode()).questions
    return question.stem


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ('<!ENTITY shop "a shop">', "What is a shop?"),
        ("<!ENTITY shop 'a \"shop\"'>", 'What is a "shop"?'),
        ('<!ENTITY shop "caf&#233; &amp; bar">', "What is café & bar?"),
        ('<!ENTITY shop "one"><!ENTITY shop "two">', "What is one?"),
    ],
)
def test_short_texts_take_the_place_of_their_names(declared: str, expected: str) -> None:
    assert stem(declared, "What is &shop;?") == expected


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY shop SYSTEM "file:///etc/hostname">',
        f'<!ENTITY shop "{"x" * 501}">',
        '<!ENTITY a "b"><!ENTITY shop "&a;&a;">',
        '<!ENTITY other "x">',
    ],
)
def test_what_is_not_put_in_stays_in_sight_or_the_file_is_refused(declared: str) -> None:
    try:
        assert stem(declared, "What is &shop; for?") == "What is &shop; for?"
    except Unreadable as problem:
        assert str(problem) == "The file is not well-formed XML."


def test_a_file_hardly_grows() -> None:
    data = (QUIZ % (f'<!ENTITY a "{"a" * 500}">', "&a;" * 1_000)).encode()
    assert with_own_names(data) == data


def test_names_of_letters_need_no_declaration() -> None:
    assert stem('<!ENTITY nbsp "&#160;">', "caf&eacute;&nbsp;bar?") == "café bar?"
