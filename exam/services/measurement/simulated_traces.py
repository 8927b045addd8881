"""What made-up people leave behind besides exams: reviews, remarks, practice, running exams."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
from django.db import transaction

from accounts.models import User
from exam.engine.practice.choosing import Choice, Mode
from exam.engine.simulation.answers import Made
from exam.engine.simulation.people import FOCAL_GROUP, Fault, TrueItem, stream
from exam.engine.sitting.batch import Batch, Change, Confidence
from exam.engine.sitting.lifecycle import AttemptState, EndedBy
from exam.models import (
    Attempt,
    Blueprint,
    Comparison,
    QuestionReport,
    Response,
    SimulatedAbility,
    Simulation,
)
from exam.selectors.measurement.simulated import ADDRESS, COMPARISON, Truth
from exam.services.measurement.simulated_people import COHORTS
from exam.services.measurement.simulated_sitting import (
    EACH_SAVE,
    SCORED_AFTER,
    Due,
    begin,
    displayed,
    save_all,
    sitting_of,
)
from exam.services.practice import learning, practice
from exam.services.practice.practice import Plan
from exam.services.sitting import attempts, saving
from exam.services.sitting.admission import NotPossible
from questions.models import Review

PRACTISING = 30
RUNNING = 3
REMARKING = 400
REVIEWED_SHARE = 0.1
DISAGREES = 0.03
REMARKS = 0.15
REMARK_ON_SOUND = 0.0008
SURE_AND_RIGHT, SURE_AND_WRONG = 0.6, 0.25
WRONG_KEY_REMARKS = (
    "I think another option is right here. The documentation says so.",
    "The answer that is marked as right does not fit the scenario.",
    "Please check the key of this question.",
)
OTHER_REMARKS = (
    "The wording of this question was hard to follow.",
    "Two of the options seem to say the same.",
    "Is this still up to date?",
)


def leave_traces(
    simulation: Simulation, blueprint: Blueprint, truth: Truth, dues: Sequence[Due], *, at: datetime
) -> None:
    """Everything besides the exams that ended."""
    compare_groups(simulation, at=at)
    review_blind(simulation, truth, at=at)
    remark(simulation, truth)
    last = {due.person.number: due for due in dues}
    for number in sorted(last)[:PRACTISING]:
        practise(simulation, last[number], blueprint, truth, at=at)
    for number in sorted(last)[-RUNNING:] if len(last) >= 2 * RUNNING else ():
        leave_running(simulation, last[number], blueprint, truth, at=at)


def compare_groups(simulation: Simulation, *, at: datetime) -> None:
    """One comparison that can find what was planted against one group, for all simulations."""
    focal = simulation.cohorts.filter(name__startswith=COHORTS[FOCAL_GROUP])
    comparison, _made = Comparison.objects.get_or_create(
        bank=simulation.bank, name=COMPARISON, defaults={"created_at": at}
    )
    comparison.focal.add(*focal)


def review_blind(simulation: Simulation, truth: Truth, *, at: datetime) -> None:
    """A reviewer has answered some questions without the key, and knows what is right."""
    reviewer = User.objects.get(email=f"reviewer@{ADDRESS}")
    known = set(Review.objects.filter(reviewer=reviewer).values_list("version_id", flat=True))
    reviews = []
    for pk, item in truth.items.items():
        rng = stream(simulation.seed, 8, pk)
        wanted = item.fault is Fault.WRONG_KEY or rng.random() < REVIEWED_SHARE
        if pk in known or not wanted:
            continue
        answer = item.mistake(rng.random()) if rng.random() < DISAGREES else item.right
        reviews.append(
            Review(
                version_id=pk,
                reviewer=reviewer,
                answer=answer,
                answered_at=at - timedelta(days=float(rng.uniform(1, 90))),
                agreed=answer == item.key,
            )
        )
    Review.objects.bulk_create(reviews)


def remark(simulation: Simulation, truth: Truth) -> None:
    """Some who answered a question with a wrong key rightly say so; a few others say something."""
    own = Attempt.objects.filter(simulated__simulation=simulation, state=AttemptState.SUBMITTED)
    found = []
    first = own.select_related("exam_form").order_by("pk")[:REMARKING]
    for number, attempt in enumerate(first):
        selected = dict(
            Response.objects.filter(attempt=attempt).values_list("position", "selected")
        )
        lots = stream(simulation.seed, 9, number).random((len(selected), 2))
        for position, pk in enumerate(attempt.exam_form.version_ids, 1):
            item, (lot, word) = truth.items[pk], lots[position - 1].tolist()
            is_wronged = item.key != item.right and selected[position] == item.right
            if lot < (REMARKS if is_wronged else REMARK_ON_SOUND):
                words = WRONG_KEY_REMARKS if is_wronged else OTHER_REMARKS
                text = words[int(word * len(words))]
                found.append((attempt, QuestionReport(attempt=attempt, version_id=pk, text=text)))
    with transaction.atomic():
        QuestionReport.objects.bulk_create(report for _attempt, report in found)
        for attempt, report in found:  # the model takes the moment of the writing
            report.created_at = attempt.ended_at + timedelta(hours=1)
        QuestionReport.objects.bulk_update([report for _a, report in found], ["created_at"])


def practise(
    simulation: Simulation, due: Due, blueprint: Blueprint, truth: Truth, *, at: datetime
) -> None:
    """A few rounds of ten since this person's last exam, each answer looked up at once."""
    for number in range(3):
        moment = due.at + timedelta(days=1 + 2 * number, hours=3)
        if moment < at - timedelta(hours=6):
            with transaction.atomic():
                _practise_once(simulation, due, blueprint, truth, number, moment)


def _practise_once(
    simulation: Simulation,
    due: Due,
    blueprint: Blueprint,
    truth: Truth,
    number: int,
    moment: datetime,
) -> None:
    mode = (Mode.DAILY, Mode.STUDY, Mode.MISSED)[number]
    plan = Plan(Choice(mode), title=("Daily ten", "Study", "Missed")[number], count=10)
    rng = stream(simulation.seed, 10, due.person.number, number)
    seed = int(rng.integers(2**62))
    try:
        begun = practice.start(due.user, blueprint, plan, weakest=(), at=moment, seed=seed)
    except NotPossible:
        return
    SimulatedAbility.objects.create(attempt=begun, simulation=simulation, ability=due.ability)
    attempt = attempts.claim(begun.pk, due.user, previous=None, take_over=False, at=moment)
    if attempt is None:
        return
    answers = [
        _looked_up(truth.items[pk], due.ability, position, order, rng)
        for position, (pk, order) in enumerate(
            zip(begun.exam_form.version_ids, begun.option_orders, strict=True), 1
        )
    ]
    end = moment + timedelta(minutes=12)
    saving.save(attempt.pk, due.user.pk, Batch(attempt.sitting, tuple(answers)), at=end)
    attempts.submit(attempt.pk, by=EndedBy.CANDIDATE, at=end, candidate=due.user)
    learning.learn(attempt.pk, at=end + SCORED_AFTER)


def _looked_up(
    item: TrueItem, ability: float, position: int, order: str, rng: np.random.Generator
) -> Change:
    """An answer of which the key was asked for at once; who is sure is mostly right."""
    is_right = rng.random() < item.chance(ability)
    mask = item.right if is_right else item.mistake(rng.random())
    is_sure = rng.random() < (SURE_AND_RIGHT if is_right else SURE_AND_WRONG)
    return Change(
        position=position,
        seq=position,
        at_ms=60_000 * position,
        spent_ms=50_000,
        selected=displayed(mask, order),
        eliminated=0,
        flagged=False,
        note="",
        highlights=(),
        confidence=Confidence.SURE if is_sure else Confidence.UNSURE,
        checked=True,
        of_practice=True,
    )


def leave_running(
    simulation: Simulation, due: Due, blueprint: Blueprint, truth: Truth, *, at: datetime
) -> None:
    """An exam that began a while ago and still runs."""
    ago = timedelta(minutes=float(stream(simulation.seed, 11, due.person.number).uniform(15, 90)))
    begun = min(ago, timedelta(minutes=blueprint.minutes / 2))
    now = replace(due, at=at - begun)
    with transaction.atomic():
        attempt = begin(simulation, now, blueprint)
        limit = attempt.deadline - attempt.started_at
        made = sitting_of(simulation, now, attempt.exam_form.version_ids, limit, truth).changes
        save_all(attempt, _until(made, begun))


def _until(changes: Sequence[Made], elapsed: timedelta) -> list[Made]:
    """The changes of whole saves within this time."""
    done = [made for made in changes if made.at_ms < elapsed // timedelta(milliseconds=1)]
    return done[: len(done) - len(done) % EACH_SAVE]
