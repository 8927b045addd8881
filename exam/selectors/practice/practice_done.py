"""What came of a practice."""

from dataclasses import dataclass

from exam.engine.sitting.batch import Confidence
from exam.models import Attempt
from exam.selectors.blueprints.names import names_of
from exam.selectors.results.answers import Answer, answers_of


@dataclass(frozen=True, slots=True)
class Line:
    """One sub-domain of a practice."""

    code: str
    name: str
    right: int
    count: int


@dataclass(frozen=True, slots=True)
class PracticeDone:
    """Answers counted; what was never chosen is left, neither right nor wrong."""

    right: int
    wrong: int
    left: int
    sure_wrong: int
    unsaid: int  # wrong answers nobody said the reason of
    lines: tuple[Line, ...]

    @property
    def answered(self) -> int:
        """Right and wrong together."""
        return self.right + self.wrong


def practice_done(attempt: Attempt) -> PracticeDone:
    """The outcome of a practice that is over (six statements)."""
    answers = [answer for answer in answers_of(attempt) if _counts(attempt, answer)]
    wrong = [answer for answer in answers if not answer.is_right]
    return PracticeDone(
        right=len(answers) - len(wrong),
        wrong=len(wrong),
        left=attempt.length - len(answers),
        sure_wrong=sum(answer.confidence is Confidence.SURE for answer in wrong),
        unsaid=sum(not answer.miss for answer in wrong),
        lines=_lines(attempt, answers),
    )


def _counts(attempt: Attempt, answer: Answer) -> bool:
    return answer.checked if attempt.practice.at_once else answer.is_answered


def _lines(attempt: Attempt, answers: list[Answer]) -> tuple[Line, ...]:
    names = names_of(attempt.blueprint.bank_id).subdomains
    groups: dict[str, list[Answer]] = {code: [] for code in names}
    for answer in answers:
        groups[answer.subdomain].append(answer)
    return tuple(
        Line(code, names[code], sum(answer.is_right for answer in group), len(group))
        for code, group in groups.items()
        if group
    )
