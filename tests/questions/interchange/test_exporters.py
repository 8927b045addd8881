"""Files as particular programs write them, in small: what each does in its own way."""

import pytest

from questions.formats.interchange.found import Found, FoundOption, FoundQuestion
from questions.formats.interchange.markup import parse_xml
from questions.formats.interchange.mathml import tex_of
from questions.formats.interchange.reading import read_found
from tests.questions.interchange.samples import DOT, packed


def only(found: Found) -> FoundQuestion:
    (question,) = found.questions
    assert found.rejected == []
    return question


def keys(found: Found) -> list[tuple[str, str]]:
    """Of each question its kind and the letters of its key."""
    return [
        (q.kind, "".join("ABCDEF"[n] for n, option in enumerate(q.options) if option.is_key))
        for q in found.questions
    ]


def qti1(type_: str, scoring: str, *, stem: str = "Q?", response: str = "Single") -> bytes:
    labels = "".join(
        f'<flow_label><response_label ident="{name}"><flow_mat><material><mattext>{name}</mattext>'
        "</material></flow_mat></response_label></flow_label>"
        for name in ("one", "two", "three")
    )
    return (
        '<questestinterop><item ident="i" title="T"><itemmetadata><qtimetadata>'
        f"<qti_metadatafield><fieldlabel>qmd_questiontype</fieldlabel><fieldentry>{type_}"
        "</fieldentry></qti_metadatafield></qtimetadata></itemmetadata><presentation><flow>"
        f'<material><mattext texttype="text/html">{stem}</mattext></material>'
        "<response_extension><display_style>2</display_style></response_extension>"
        f'<response_lid ident="r" rcardinality="{response}"><render_choice>{labels}'
        "</render_choice></response_lid></flow></presentation>"
        f"<resprocessing>{scoring}</resprocessing></item></questestinterop>"
    ).encode()


def when(name: str, *scores: str) -> str:
    return (
        f'<respcondition><conditionvar><varequal respident="r">{name}</varequal></conditionvar>'
        f"{''.join(scores)}</respcondition>"
    )


SET, NONE = '<setvar action="Set">100.0</setvar>', '<setvar action="Set">0.0</setvar>'
RIGHT = '<setvar varname="D2L_Correct" action="Add">1</setvar>'
WRONG = '<setvar varname="D2L_Incorrect" action="Add">1</setvar>'
NOT_ONE = (
    '<respcondition><conditionvar><not><varequal respident="r">one</varequal></not>'
    '</conditionvar><setvar action="Add">1</setvar></respcondition>'
)
GAINS = '<setvar action="Add">1</setvar>'


@pytest.mark.parametrize(
    ("type_", "scoring", "response", "expected"),
    [
        # Brightspace says "Multiple" of every question, and counts what is wrong as well.
        ("Multiple Choice", when("one", NONE) + when("two", SET), "Multiple", ("single", "B")),
        (
            "Multi-Select",
            when("one", RIGHT) + when("two", WRONG) + when("three", RIGHT),
            "Multiple",
            ("multiple", "AC"),
        ),
        # ILIAS gives points for what is left alone.
        ("MULTIPLE CHOICE QUESTION", NOT_ONE + when("two", GAINS), "Multiple", ("multiple", "B")),
        ("SINGLE CHOICE QUESTION", when("three", GAINS), "Single", ("single", "C")),
    ],
)
def test_each_program_scores_in_its_own_way(
    type_: str, scoring: str, response: str, expected: tuple[str, str]
):
    assert keys(read_found("x", qti1(type_, scoring, response=response))) == [expected]


def test_blackboards_words_for_either_or_are_the_words_it_shows():
    data = qti1("Either/Or", when("yes_no.true", SET))
    data = data.replace(b">one<", b">yes_no.true<").replace(b'"one"', b'"yes_no.true"')
    data = data.replace(b">two<", b">yes_no.false<")
    assert only(read_found("x", data)).options[:2] == (FoundOption("Yes", True), FoundOption("No"))


@pytest.mark.parametrize(
    ("image", "shown"),
    [
        ('data-equation-content="x^2" src="/equation_images/x"', "$x^2$"),
        (r'alt="LaTeX: \frac{a}{b}" src="/equation_images/y"', r"$\frac{a}{b}$"),
        ('src="/equation_images/x%255E2?scale=1"', "$x^2$"),
    ],
)
def test_a_formula_that_canvas_draws_is_a_formula(image: str, shown: str):
    stem = f"&lt;p&gt;Solve &lt;img {image}&gt; now&lt;/p&gt;"
    assert only(read_found("x", qti1("", when("one", SET), stem=stem))).stem == f"Solve {shown} now"


@pytest.mark.parametrize(
    "source", ["$IMS-CC-FILEBASE$/a%20dot.png", "%24IMS-CC-FILEBASE%24/a%20dot.png?canvas_=1"]
)
def test_a_picture_in_the_folder_of_a_course_comes_along(source: str):
    stem = f"&lt;table&gt;&lt;tr&gt;&lt;td&gt;&lt;img src='{source}'&gt;&lt;/td&gt;&lt;/tr&gt;"
    data = qti1("", when("one", SET), stem=f"{stem}&lt;/table&gt;")
    question = only(
        read_found("c.imscc", packed({"q/q.xml": data, "web_resources/a dot.png": DOT}))
    )
    assert [picture.data for picture in question.pictures] == [DOT]
    assert f"![]({question.pictures[0].name})" in question.stem


# ------------------------------------------------------------------ formulas
@pytest.mark.parametrize(
    ("mathml", "tex"),
    [
        (
            "<mfrac><mi>a</mi><mi>b</mi></mfrac><mo>+</mo><msup><mi>x</mi><mn>2</mn></msup>",
            r"\frac{a}{b} + x^{2}",
        ),
        ("<mi>sin</mi><mo>&#x2061;</mo><mi>x</mi><mo>&lt;</mo><mn>1</mn>", r"\sin x < 1"),
        ("<msqrt><mi>x</mi></msqrt><mroot><mi>y</mi><mn>3</mn></mroot>", r"\sqrt{x}\sqrt[3]{y}"),
        ("<mover><mi>y</mi><mo>^</mo></mover><mtext>if 50%</mtext>", r"\hat{y}\text{ if 50\% }"),
        (
            "<munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover><msub><mi>x</mi><mi>i</mi></msub>",
            r"\sum_{i}^{n}x_{i}",
        ),
        (
            "<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr></mtable>",
            r"\begin{matrix} 1 & 2 \end{matrix}",
        ),
        (
            "<semantics><mi>x</mi><annotation encoding='application/x-tex'>x_1</annotation>"
            "</semantics>",
            "x_1",
        ),
        ("<mfrac><mi>only</mi></mfrac>", r"\mathrm{only}"),
    ],
)
def test_mathml_is_tex(mathml: str, tex: str):
    assert tex_of(parse_xml(f"<math>{mathml}</math>".encode())) == tex


# ------------------------------------------------------------------ Markdown
@pytest.mark.parametrize(
    "text",
    [
        "###### 1. Q?\n\n```js\nx\n```\n\n- A: a\n- B: b\n\n"
        "<details><summary><b>Answer</b></summary>\n<p>\n\n#### Answer: B\n\nSo.\n\n</p>\n"
        "</details>\n\n---\n\n###### 2. R?\n\n- A: a\n- B: b\n\n"
        "<details><summary><b>Answer</b></summary>\n<p>\n\n#### Answer: A\n\n</p>\n</details>\n",
        "### Question 1\nQ?\n- A: a\n- B: b\n\n"
        "<details><summary>Answer</summary><p>B</p></details>\n\n"
        "### Question 2\nR?\n- A: a\n- B: b\n\n"
        "<details><summary>Answer</summary><p>A</p></details>\n",
        "#### 1. Q?\n1. a\n2. b\n\n`Answer: 2`\n\n#### 2. R?\n1. a\n2. b\n\n`Answer: 1`\n",
        "Q: Q?\n\n- [ ] a\n- [x] b\n\nQ: R?\n\n- [x] a\n- [ ] b\n",
        "## 1\n\nQ?\n\n- ( ) a\n- (x) b\n\n## 2\n\nR?\n\n- (x) a\n- ( ) b\n",
        "QUESTION 1\nQ?\n\nA. a\nB. b\n\nCorrect Answer: B\nExplanation\n\nSo.\n\n"
        "QUESTION 2\nR?\n\nA. a\nB. b\n\nCorrect Answer: A\n",
        "**Question 1:** Q?\n\n(A) a\n(B) b\n\n**Correct Answer:** (B)\n\n---\n\n"
        "**Question 2:** R?\n\n(A) a\n(B) b\n\n**Correct Answer:** (A)\n",
        "Q1. Q?\na. a\nb. b\nAns: b\n\nQ2. R?\na. a\nb. b\nAns: a\n",
        "| # | Question | A | B | Answer |\n|---|---|---|---|---|\n"
        "| 1 | Q? | a | b | B |\n| 2 | R? | a | b | A |\n",
    ],
)
def test_a_list_with_a_grammar_of_its_own_is_understood(text: str):
    found = read_found("bank.md", text.encode())
    assert keys(found) == [("single", "B"), ("single", "A")]
    assert [question.stem.split("\n")[0] for question in found.questions] == ["Q?", "R?"]
    assert all([option.text for option in q.options] == ["a", "b"] for q in found.questions)


def test_html_in_markdown_is_shown_and_code_is_left_alone():
    text = "1. H<sub>2</sub>O or `<br>`? \\(x*y\\)\n   - [x] a<br>b\n   - [ ] <b>c</b>\n"
    question = only(read_found("x.md", text.encode()))
    assert question.stem == "H₂O or `<br>`? $x*y$"
    assert [option.text for option in question.options] == ["a  \nb", "**c**"]
