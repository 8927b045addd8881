"""A running product in which everything people can write is an attack; prints where to look.

Run by `manage.py shell` on the product's own data, with the numbers of two people.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle

from django.utils import timezone

from accounts.models import Cohort, User
from exam.models import Attempt
from exam.selectors.sitting.attempts import current_blueprints
from exam.services.results import reports
from questions.models import Bank, Option, Question, QuestionVersion
from questions.rendering import render_inline, render_markdown
from questions.services.reviewing import add_comment
from tests.exam.builders import sit
from tests.questions.import_files import was_read
from tests.questions.proposals import WORDS, written
from tests.security.attacks import ELEMENTS, EVERY, HANDLERS, NAMESPACES

PIECES = 40  # attacks in a text
SHORT = [
    text for text in (*ELEMENTS, *HANDLERS, *NAMESPACES) if len(text) < 90 and "\0" not in text
]


def texts(size: int = PIECES) -> list[str]:
    """The whole corpus in texts of some attacks each."""
    clean = [text.replace("\0", "") for text in EVERY]
    return ["\n\n".join(clean[n : n + size]) for n in range(0, len(clean), size)]


def poison(attempt: Attempt) -> None:
    """Makes the attempt's questions say attacks, rendered as the product renders them."""
    long, short = cycle(texts()), cycle(EVERY)
    for version in QuestionVersion.objects.filter(pk__in=attempt.exam_form.version_ids):
        text = next(long)
        QuestionVersion.objects.filter(pk=version.pk).update(
            stem=text,
            stem_html=render_markdown(text),
            explanation_html=render_markdown(next(long)),
            tags=[next(short)[:60]],
            references=[{"title": next(short), "url": next(short), "section": next(short)}],
        )
        for option in version.options.all():
            said = next(short).replace("\0", "")
            Option.objects.filter(pk=option.pk).update(
                text=said, html=render_inline(said), rationale_html=render_markdown(next(long))
            )


def hostile_draft(bank: Bank, author: User, names: Iterator[str]) -> Question:
    """A question of attacks, remarked upon in attacks."""
    options = [
        {"text": text, "key": n == 0, "rationale": text} for n, text in enumerate(texts()[:4])
    ]
    draft = written(
        bank,
        author,
        **{"subdomain": "3.4", "area": WORDS["area"]},
        stem=texts()[0],
        options=[{**option, "text": option["text"][:2000]} for option in options],
        explanation=texts()[1],
        tags=[next(names)[:60] for _ in range(5)],
    )
    for text in texts()[:5]:
        add_comment(draft.pk, text[:4000], by=author, at=timezone.now())
    return draft


def make(candidate_id: int, instructor_id: int) -> dict[str, list[str]]:
    """Addresses for the candidate and for the instructor."""
    now, names = timezone.now(), cycle(SHORT)
    candidate, instructor = User.objects.in_bulk([candidate_id, instructor_id]).values()
    for person in (candidate, instructor):
        person.display_name = next(names)
        person.save()
    cohort = Cohort.objects.create(name=next(names))
    cohort.instructors.add(instructor)
    cohort.members.add(candidate)
    blueprint = current_blueprints().get(slug="mls-c01-short")
    done = sit(candidate, blueprint, at=now - timedelta(hours=3), right=[1])
    noted = {n: {"note": text[:500]} for n, text in enumerate(texts(4), 1) if n <= done.length}
    running = sit(candidate, blueprint, at=now, seed=9, ended=False, rest=noted)
    for attempt in (done, running):
        poison(attempt)
    for position in range(1, 6):
        reports.report_question(done, position, next(names) + texts()[position][:400])
    draft = hostile_draft(blueprint.bank, instructor, names)
    other = written(blueprint.bank, candidate, **{"subdomain": "3.4"}, stem=texts()[3])
    gift = "\n\n".join(
        f"::{name[:40]}:: Which? [html] {text} {{={text} ~{name} #{text}}}"
        for name, text in zip(SHORT[:12], texts(3)[:12], strict=True)
    )
    # Read now: the product's own sweep forgets uploads that nobody looks at for days.
    batch = was_read(blueprint.bank, gift, name=f"{SHORT[0]}.gift", by=instructor, at=now)
    return {
        "candidate": [
            f"/attempts/{running.pk}/",
            *("/", "/history/", "/profile/", "/readiness/"),
            f"/attempts/{done.pk}/report/",
            f"/attempts/{done.pk}/replay/",
            f"/attempts/{done.pk}/review/",
            *(f"/attempts/{done.pk}/review/{n}/" for n in range(1, done.length + 1)),
        ],
        "instructor": [
            *("/", "/cohorts/", "/reports/", "/assignments/new/", "/running/", "/bank/mls-c01/"),
            f"/cohorts/{cohort.pk}/",
            f"/cohorts/{cohort.pk}/dashboard/",
            f"/candidates/{candidate.pk}/",
            f"/reports/{QuestionVersion.objects.get(pk=done.exam_form.version_ids[0]).question_id}/",
            f"/questions/{draft.pk}/",
            f"/questions/{draft.pk}/edit/",
            f"/questions/{other.pk}/",
            f"/imports/{batch.pk}/",
            *(
                f"/imports/{batch.pk}/items/{item.position}/"
                for item in batch.items.exclude(content=None)
            ),
        ],
    }


def say(*people: int) -> None:
    """Prints the addresses."""
    print(json.dumps(make(*people)))
