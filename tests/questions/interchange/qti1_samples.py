"""QTI 1.2 written for tests: items of three options, and what they read as."""

from html import escape

from questions.formats.interchange.found import FoundOption, FoundQuestion, Rejected

SPACE = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
PNG = b"\x89PNG\r\n\x1a\n rest"
ESSAY = Rejected(
    "e1", "Write", "essay_question", "The answer is a text to be written, not a choice."
)


def material(text: str, kind: str = "html") -> str:
    return f'<material><mattext texttype="text/{kind}">{escape(text)}</mattext></material>'


def item(
    scoring: str,
    *,
    ident: str = "q1",
    title: str = "Stores",
    type_: str = "",
    stem: str = material("<p>Which?</p>"),
    cardinality: str = "Single",
    rest: str = "",
    label: str = "question_type",
) -> str:
    options = "".join(
        f'<response_label ident="{name}">{material(f"Option {name}", "plain")}</response_label>'
        for name in "ABC"
    )
    field = f"<fieldlabel>{label}</fieldlabel><fieldentry>{type_}</fieldentry>"
    return f"""<item ident="{ident}" title="{title}">
      <itemmetadata><qtimetadata><qtimetadatafield>{field}</qtimetadatafield></qtimetadata>
      </itemmetadata><presentation>{stem}<response_lid ident="r" rcardinality="{cardinality}">
      <render_choice>{options}</render_choice></response_lid></presentation>
      <resprocessing>{scoring}</resprocessing>{rest}</item>"""


def gives(condition: str, credit: object, action: str = "Set", shows: str = "") -> str:
    """One condition; a single letter stands for choosing that option."""
    asked = equal(condition) if len(condition) == 1 else condition
    score = f'<setvar varname="SCORE" action="{action}">{credit}</setvar>' if credit else ""
    shown = f'<displayfeedback linkrefid="{shows}"/>' if shows else ""
    return f"<respcondition><conditionvar>{asked}</conditionvar>{score}{shown}</respcondition>"


def equal(name: str) -> str:
    return f'<varequal respident="r">{name}</varequal>'


def quiz(*items: str, space: str = SPACE) -> bytes:
    section = f'<section ident="s">{"".join(items)}</section>'
    assessment = f'<assessment ident="a">{section}</assessment>'
    return f'<questestinterop xmlns="{space}">{assessment}</questestinterop>'.encode()


def question(key: str = "A", **changes: object) -> FoundQuestion:
    options = tuple(FoundOption(f"Option {name}", name in key) for name in "ABC")
    values: dict[str, object] = {
        "ident": "q1",
        "title": "Stores",
        "kind": "single",
        "stem": "Which?",
        "options": options,
    }
    return FoundQuestion(**(values | changes))  # type: ignore[arg-type]


def essay(ident: str = "e1", type_: str = "essay_question", label: str = "question_type") -> str:
    field = f"<fieldlabel>{label}</fieldlabel><fieldentry>{type_}</fieldentry>"
    return f"""<item ident="{ident}" title="Write"><itemmetadata><qtimetadata><qtimetadatafield>
      {field}</qtimetadatafield></qtimetadata></itemmetadata><presentation>{material("Write")}
      <response_str ident="r"><render_fib/></response_str></presentation></item>"""
