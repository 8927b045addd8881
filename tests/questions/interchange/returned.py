"""What comes back from a format, compared as a candidate would see it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from questions.formats.draft import QuestionDraft
from questions.formats.interchange.drafts import chart_name, found_of
from questions.formats.interchange.folding import folded
from questions.formats.interchange.found import FoundOption, FoundQuestion, Kind, Picture
from questions.formats.interchange.reading import read_found
from questions.formats.interchange.writing import FORMATS, Written, write
from questions.rendering import render_markdown

TITLE = "A bank"
NO_KEY = "names no key; it stays a draft."
OF_HTML = ("qti21", "qti30", "canvas", "moodle")
# In these a question keeps its rating, its tags, whether it may be shuffled.
RATED = ("qti21", "qti30")
TAGGED = ("qti21", "qti30", "moodle", "gift")
SHUFFLED = ("qti21", "qti30", "moodle", "canvas")
ROUND = str.maketrans("[]", "()")
_SPACE = re.compile(r"(<pre.*?</pre>)|\s+", re.DOTALL)
_LOOSE = re.compile(r"(<li>)<p>|</p>(?=</li>|<[uo]l)")
_ALIGNED = re.compile(r' class="align-\w+"')
_BREAK = re.compile(r" ?<br> ?")
_BETWEEN = re.compile(r"(?<=>) (?=<(?:p|pre|ul|ol|li|table|thead|tbody|tr|td|th|blockquote|/))")


def sent(slug: str, drafts: list[QuestionDraft], pictures: Mapping[str, bytes]) -> Written:
    """The file of these questions."""
    return write(slug, TITLE, drafts, pictures)


def came_back(slug: str, written: Written) -> list[FoundQuestion]:
    """What the importer finds in it, if it finds no fault."""
    found = read_found(written.name, written.data)
    warnings = [text for text in found.warnings if not text.endswith(NO_KEY)]
    assert (found.rejected, warnings, found.merged) == ([], [], 0)
    shown = [as_shown(question, slug) for question in found.questions]
    # An archive of our own has a file for each sub-domain.
    return sorted(shown, key=lambda question: question.ident) if slug == "yaml" else shown


def all_expected(
    slug: str, drafts: list[QuestionDraft], pictures: Mapping[str, bytes]
) -> list[FoundQuestion]:
    """What has to come back, in the order of the file."""
    wanted = [expected(slug, draft, pictures) for draft in drafts]
    return sorted(wanted, key=lambda question: question.ident) if slug == "yaml" else wanted


def expected(slug: str, draft: QuestionDraft, pictures: Mapping[str, bytes]) -> FoundQuestion:
    """The question without what the format is listed not to carry."""
    found = found_of(draft, pictures)
    if FORMATS[slug].is_whole:
        chart = chart_name(draft.code)
        shown = tuple(entry for entry in found.pictures if entry.name != chart)
        return as_shown(replace(found, pictures=shown), slug)
    reduced = replace(
        folded(found),
        title=found.ident,
        subdomain="",
        area="",
        qualifier="",
        difficulty=found.difficulty if slug in RATED else None,
        tags=_tags(found, slug) if slug in TAGGED else (),
        shuffle=found.shuffle if _has_order(found, slug) else True,
        kind=_kind(found, slug),
    )
    return as_shown(reduced, slug)


def _kind(found: FoundQuestion, slug: str) -> Kind:
    if slug == "gift" and found.correct < 2 and found.kind == "multiple":
        return "single"
    return "single" if slug in RATED and found.kind == "true_false" else found.kind


def _has_order(found: FoundQuestion, slug: str) -> bool:
    """Moodle knows no order of True and False."""
    return slug in SHUFFLED and not (slug == "moodle" and found.kind == "true_false")


def _tags(found: FoundQuestion, slug: str) -> tuple[str, ...]:
    return tuple(tag.translate(ROUND) for tag in found.tags) if slug == "gift" else found.tags


def as_shown(question: FoundQuestion, slug: str) -> FoundQuestion:
    """Pictures called by their bytes; where a format has HTML, its texts as the page shows them."""
    names = {picture.name: _hashed(picture) for picture in question.pictures}

    def shown(text: str) -> str:
        for name, picture in names.items():
            text = text.replace(f"]({name})", f"]({picture})")
        return as_html(text, slug) if slug in OF_HTML else text

    return replace(
        question,
        stem=shown(question.stem),
        explanation=shown(question.explanation),
        options=tuple(
            FoundOption(shown(option.text), option.is_key, shown(option.rationale))
            for option in question.options
        ),
        pictures=tuple(
            sorted({replace(p, name=names[p.name]) for p in question.pictures}, key=str)
        ),
    )


def as_html(text: str, slug: str) -> str:
    """As the page shows it, apart from what makes no difference to a reader."""
    html = _ALIGNED.sub("", render_markdown(text)).replace("&nbsp;", " ")
    html = _SPACE.sub(lambda match: match[1] or " ", html)
    html = html.replace("<s>", "").replace("</s>", "") if slug in RATED else html
    return _BREAK.sub("<br>", _BETWEEN.sub("", _LOOSE.sub(r"\1", _BETWEEN.sub("", html))))


def _hashed(picture: Picture) -> str:
    return f"{sha256(picture.data).hexdigest()}.{picture.media_type.removeprefix('image/')[:4]}"
