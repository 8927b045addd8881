"""What a correction of a key would change, told before it is made."""

from accounts.models import User
from exam.models import Attempt, Blueprint, Score, ScoreTable
from exam.services.measurement import rescoring
from exam.services.results.scoring import supposed_records
from questions.services.keys import Correction
from tests.exam.builders import sit
from tests.exam.conftest import NOON
from tests.exam.measurement.fixing import (
    FIXED,
    chosen_at,
    fix,
    key_mask,
    told,
    version_at,
)
from tests.factories import UserFactory

EVERY = range(1, 7)


def test_the_preview_says_what_then_happens_and_writes_nothing(
    blueprint: Blueprint, sat: Attempt, position: int, instructor: User
) -> None:
    for n in range(6):
        sit(UserFactory(), blueprint, at=NOON, right=range(1, n + 1), scored=True)
    version, key = version_at(sat, position), chosen_at(sat, position)
    before = list(Score.objects.order_by("pk").values()), ScoreTable.objects.count()
    for what in ({"drops": True}, {"key": key}):
        ahead = rescoring.look_ahead(
            version,
            Correction(what.get("key", 0), "drops" in what, "It was wrong."),
            before=key_mask(version.pk),
            by=instructor,
            at=FIXED,
        )
        assert (list(Score.objects.order_by("pk").values()), ScoreTable.objects.count()) == before
    ahead.refresh_from_db()
    done = fix(version, instructor, key=key)
    assert done.result == ahead.result
    scores = [told(attempt) for attempt in Attempt.objects.order_by("pk")]
    moved = [(own[0], own[1]) for own in scores if len(own) == 2]
    assert {name: done.result[name] for name in ("changed", "rose", "fell", "to_below")} == {
        "changed": len(moved),
        "rose": sum(new.scaled_score > old.scaled_score for old, new in moved),
        "fell": sum(new.scaled_score < old.scaled_score for old, new in moved),
        "to_below": sum(old.passed and not new.passed for old, new in moved),
    }
    assert done.result["sides"] == [
        [old.attempt_id, old.scaled_score, new.scaled_score]
        for old, new in moved
        if old.passed != new.passed
    ]
    assert len(moved) > 1


def test_a_dropped_question_changes_what_its_preview_said(
    blueprint: Blueprint, sat: Attempt, position: int, instructor: User
) -> None:
    for n in range(3):
        sit(UserFactory(), blueprint, at=NOON, right=range(1, 2 * n + 1))
    version = version_at(sat, position)
    ahead = rescoring.look_ahead(
        version,
        Correction(0, True, "It was wrong."),
        before=key_mask(version.pk),
        by=instructor,
        at=FIXED,
    )
    ahead.refresh_from_db()
    assert fix(version, instructor, drops=True).result == ahead.result
    assert ahead.result["changed"] == 4


def test_supposing_the_key_that_holds_gives_the_score_that_holds(sat: Attempt) -> None:
    version = version_at(sat, 1)
    (supposed,) = supposed_records([sat], {version.pk: key_mask(version.pk)}, at=FIXED)
    assert supposed.scaled_score == sat.scores.get().scaled_score
