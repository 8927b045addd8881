"""Reading what a candidate did on one question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam.engine.sitting.path import ChangeKind, Choice, Pace, pace, read_path

A, B, C, D = 1, 2, 4, 8


@pytest.mark.parametrize(
    ("steps", "key", "kind", "first", "last"),
    [
        ([], A, ChangeKind.UNANSWERED, None, None),
        ([[5, 0]], A, ChangeKind.UNANSWERED, None, None),
        ([[5, A]], A, ChangeKind.NONE, A, A),
        ([[5, B]], A, ChangeKind.NONE, B, B),
        ([[5, B], [9, A]], A, ChangeKind.WRONG_TO_RIGHT, B, A),
        ([[5, A], [9, B]], A, ChangeKind.RIGHT_TO_WRONG, A, B),
        ([[5, B], [9, C]], A, ChangeKind.WRONG_TO_WRONG, B, C),
        ([[5, A], [7, B], [9, A]], A, ChangeKind.RIGHT_TO_RIGHT, A, A),
        ([[5, A], [9, 0]], A, ChangeKind.RIGHT_TO_WRONG, A, 0),
        ([[5, A], [6, A | B]], A | B, ChangeKind.NONE, A | B, A | B),
        ([[5, A], [6, A | C], [7, A], [8, A | B]], A | B, ChangeKind.WRONG_TO_RIGHT, A | C, A | B),
        ([[5, A | B], [6, A]], A | B, ChangeKind.RIGHT_TO_WRONG, A | B, A),
        ([[5, A]], A | B, ChangeKind.NONE, A, A),
        ([[5, A], [6, A]], A, ChangeKind.NONE, A, A),
    ],
)
def test_a_path_is_read_from_its_first_to_its_last_choice(steps, key, kind, first, last):
    path = read_path(steps, key)
    ends = [choice.mask if choice else None for choice in (path.first, path.last)]
    assert (path.kind, ends) == (kind, [first, last])


def test_changes_are_counted_between_settled_choices():
    path = read_path([[5, B], [6, 0], [7, C], [9, A]], A)
    assert (path.changes, path.first, path.last) == (2, Choice(5, B), Choice(9, A))


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 15)), max_size=30))
def test_the_last_step_decides_whether_the_path_ends_right(steps):
    path = read_path(sorted(steps), A)
    if path.last is not None:
        assert path.last.mask == sorted(steps)[-1][1]
    ends_right = path.last is not None and path.last.mask == A
    if path.changes:
        assert path.kind.endswith("_to_right") == ends_right
    else:
        assert path.kind in {ChangeKind.NONE, ChangeKind.UNANSWERED}


def test_pace_gives_every_question_an_equal_share_of_the_time():
    paces = pace([200_000, 100_000], minutes=190, length=65)
    assert paces == (Pace(200_000, 175_385), Pace(100_000, 175_385))


@pytest.mark.parametrize(("minutes", "length"), [(0, 65), (190, 0)])
def test_a_plan_without_time_or_questions_is_refused(minutes, length):
    with pytest.raises(ValueError):
        pace([1], minutes, length)
