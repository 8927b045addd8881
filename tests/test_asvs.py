"""The table of the ASVS: every requirement stands in it once, with what is made of it."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "docs" / "asvs.md"
STATES = {"met", "partly", "lacking", "operator", "not here"}
# Of 5.0.0, levels 1 and 2: how many numbers each section goes up to (its third level comes last).
SECTIONS = (
    "1.1-2 1.2-9 1.3-11 1.4-3 1.5-2 2.1-3 2.2-3 2.3-4 2.4-1 3.2-2 3.3-4 3.4-6 3.5-5 3.7-2 4.1-3 "
    "4.2-1 4.3-2 4.4-4 5.1-1 5.2-3 5.3-2 5.4-3 6.1-3 6.2-12 6.3-4 6.4-4 6.5-5 6.6-3 6.8-4 7.1-3 "
    "7.2-4 7.3-2 7.4-5 7.5-2 7.6-2 8.1-2 8.2-3 8.3-1 8.4-1 9.1-3 9.2-4 11.1-2 11.2-3 11.3-3 11.4-4 "
    "11.5-1 11.6-1 12.1-3 12.2-2 12.3-4 13.1-1 13.2-5 13.3-2 13.4-5 14.1-2 14.2-4 14.3-3 15.1-3 "
    "15.2-3 15.3-7 16.1-1 16.2-5 16.3-4 16.4-3 16.5-3"
)
WHOLE_CHAPTERS = 29 + 7  # 10 and 17 stand in one line


def rows() -> list[tuple[list[str], str, str]]:
    """The numbers, the state and the words of each line below the first chapter."""
    _before, _mark, table = TABLE.read_text().partition("\n## V1 ")
    found = re.findall(r"^\| (\d[\d., ]+) \| ([a-z ]+) \| (.+) \|$", table, re.MULTILINE)
    return [(numbers.split(", "), state, words) for numbers, state, words in found]


def test_every_requirement_of_two_levels_stands_there_once() -> None:
    wanted = [
        f"{section}.{n}"
        for section, most in (part.split("-") for part in SECTIONS.split())
        for n in range(1, int(most) + 1)
    ]
    assert len(wanted) + WHOLE_CHAPTERS == 253
    assert Counter(n for numbers, _state, _words in rows() for n in numbers) == Counter(wanted)


def test_every_state_is_one_of_those_explained() -> None:
    assert {state for _numbers, state, _words in rows()} <= STATES


def test_what_is_not_met_is_said_at_the_top() -> None:
    top = TABLE.read_text().partition("\n## V1 ")[0]
    bare = [
        number
        for numbers, state, words in rows()
        for number in numbers
        if state == "lacking" and (number not in top or words != "See above.")
    ]
    assert bare == []


def test_what_claims_to_be_met_by_code_names_a_file_or_says_why() -> None:
    assert [numbers for numbers, _state, words in rows() if len(words) < 5] == []
