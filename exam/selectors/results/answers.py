"""What a candidate did on each question of closed attempts, against the key."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exam.engine.sitting.batch import Confidence
from exam.engine.sitting.path import ChangeKind, ResponsePath, read_path
from exam.models import Attempt, Response
from questions.models import Option, QuestionVersion


@dataclass(frozen=True, slots=True)
class Answer:
    """One position of a closed attempt; masks are over the options' ordinals."""

    position: int
    version_id: int
    domain: int
    subdomain: str
    area: str
    key: int
    selected: int
    flagged: bool
    spent_ms: int
    path: ResponsePath
    is_pilot: bool
    confidence: Confidence = Confidence.UNSAID
    checked: bool = False
    miss: str = ""

    @property
    def is_right(self) -> bool:
        """All or nothing."""
        return self.selected == self.key

    @property
    def is_answered(self) -> bool:
        """Whether anything was selected in the end."""
        return self.selected > 0

    @property
    def outcome(self) -> str:
        """right, wrong or blank."""
        if not self.is_answered:
            return "blank"
        return "right" if self.is_right else "wrong"

    @property
    def is_right_to_wrong(self) -> bool:
        """Whether the first choice was right and the last one was not."""
        return self.path.kind == ChangeKind.RIGHT_TO_WRONG

    @property
    def is_wrong_to_right(self) -> bool:
        """Whether a change of mind made it right."""
        return self.path.kind == ChangeKind.WRONG_TO_RIGHT


def answers_of(attempt: Attempt) -> list[Answer]:
    """The answers of one attempt, position 1 first (three statements)."""
    return answers_by_attempt([attempt])[attempt.pk]


def answers_by_attempt(attempts: Iterable[Attempt]) -> dict[int, list[Answer]]:
    """The answers of each attempt, in three statements however many there are."""
    by_pk = {attempt.pk: attempt for attempt in attempts}
    version_ids = {pk for attempt in by_pk.values() for pk in attempt.exam_form.version_ids}
    facts, keys = _facts(version_ids), keys_of(version_ids)
    answers: dict[int, list[Answer]] = {pk: [] for pk in by_pk}
    for row in Response.objects.filter(attempt_id__in=by_pk).order_by("attempt_id", "position"):
        exam_form = by_pk[row.attempt_id].exam_form
        version_id = exam_form.version_ids[row.position - 1]
        domain, subdomain, area = facts[version_id]
        answers[row.attempt_id].append(
            Answer(
                position=row.position,
                version_id=version_id,
                domain=domain,
                subdomain=subdomain,
                area=area,
                key=keys[version_id],
                selected=row.selected,
                flagged=row.flagged,
                spent_ms=row.spent_ms,
                path=read_path(row.path, keys[version_id]),
                is_pilot=row.position in exam_form.pilot_positions,
                confidence=Confidence(row.confidence),
                checked=row.checked,
                miss=row.miss,
            )
        )
    return answers


def first_answered_ms(answers: Sequence[Answer]) -> list[int]:
    """When each answered question got its first choice, in ms since the exam began."""
    return [answer.path.first.at_ms for answer in answers if answer.path.first]


def _facts(version_ids: set[int]) -> dict[int, tuple[int, str, str]]:
    rows = QuestionVersion.objects.filter(pk__in=version_ids).values_list(
        "pk", "subdomain__domain__number", "subdomain__code", "area"
    )
    return {pk: (domain, subdomain, area) for pk, domain, subdomain, area in rows.order_by()}


def keys_of(version_ids: set[int]) -> dict[int, int]:
    """The key of each version as a mask over ordinals."""
    keys: dict[int, int] = defaultdict(int)
    rows = Option.objects.filter(version_id__in=version_ids, is_key=True).order_by()
    for version_id, ordinal in rows.values_list("version_id", "ordinal"):
        keys[version_id] |= 1 << ordinal
    return keys
