"""Items and packages of QTI 2 to try the reader on."""

from io import BytesIO
from zipfile import ZipFile

from questions.formats.interchange.found import FoundOption, FoundQuestion

SPACE = "http://www.imsglobal.org/xsd/imsqti_v2p1"
PNG = b"\x89PNG\r\n\x1a\n rest"
CORRECT_B = "<correctResponse><value>B</value></correctResponse>"
PLAIN = """<choiceInteraction responseIdentifier="R" maxChoices="1">
  <prompt>Which store is an <b>object</b> store?</prompt>
  <simpleChoice identifier="A">EBS</simpleChoice>
  <simpleChoice identifier="B">S3</simpleChoice></choiceInteraction>"""


def item(
    body: str = PLAIN,
    declared: str = CORRECT_B,
    rest: str = "",
    ident: str = "q1",
    title: str = "Stores",
    cardinality: str = "single",
) -> bytes:
    return f"""<assessmentItem xmlns="{SPACE}" identifier="{ident}" title="{title}">
      <responseDeclaration identifier="R" cardinality="{cardinality}" baseType="identifier">
      {declared}</responseDeclaration><itemBody>{body}</itemBody>{rest}</assessmentItem>""".encode()


def three(most: int = 2) -> str:
    options = "".join(f'<simpleChoice identifier="{n}">{n}</simpleChoice>' for n in "ABC")
    return (
        f'<p>Pick</p><choiceInteraction responseIdentifier="R" maxChoices="{most}">'
        f"{options}</choiceInteraction>"
    )


def mapping(**credit: str) -> str:
    entries = "".join(f'<mapEntry mapKey="{k}" mappedValue="{v}"/>' for k, v in credit.items())
    return f"<mapping>{entries}</mapping>"


def wants(name: str) -> str:
    return f'<match><variable identifier="R"/><baseValue>{name}</baseValue></match>'


def branch(condition: str, score: str, tag: str = "responseIf") -> str:
    return (
        f'<{tag}>{condition}<setOutcomeValue identifier="SCORE">'
        f"<baseValue>{score}</baseValue></setOutcomeValue></{tag}>"
    )


def processing(*branches: str) -> str:
    joined = "".join(branches)
    return (
        f"<responseProcessing><responseCondition>{joined}</responseCondition></responseProcessing>"
    )


def stores(ident: str = "q1", **changes: object) -> FoundQuestion:
    fields: dict[str, object] = {
        "ident": ident,
        "title": "Stores",
        "kind": "single",
        "stem": "Which store is an **object** store?",
        "options": (FoundOption("EBS"), FoundOption("S3", is_key=True)),
    }
    return FoundQuestion(**(fields | changes))  # type: ignore[arg-type]


def zipped(files: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def manifest(*hrefs: str, keyword: str = "") -> bytes:
    resources = "".join(
        f'<resource type="imsqti_item_xmlv2p1" href="{href}"><metadata><keyword>{keyword}</keyword>'
        "</metadata></resource>"
        for href in hrefs
    )
    return f"<manifest><resources>{resources}</resources></manifest>".encode()
