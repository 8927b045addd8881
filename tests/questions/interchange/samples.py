"""One small file of every kind that is read, made for the tests, with what it holds."""

import io
import zipfile
from collections.abc import Callable, Mapping
from functools import cache

from openpyxl import Workbook

Facts = tuple[int, int]  # questions taken, items named as not taken


def packed(files: Mapping[str, str | bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


DOT = b"\x89PNG\r\n\x1a\ndot"

QTI1 = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE questestinterop SYSTEM "ims_qtiasiv1p2p1.dtd">
<questestinterop><assessment ident="quiz" title="Quiz"><section ident="root">
<item ident="one" title="One"><itemmetadata><qtimetadata><qtimetadatafield>
<fieldlabel>question_type</fieldlabel><fieldentry>multiple_answers_question</fieldentry>
</qtimetadatafield></qtimetadata></itemmetadata>
<presentation><material><mattext texttype="text/html">&lt;p&gt;Which &lt;b&gt;two&lt;/b&gt;
of \\(x^2\\), H&lt;sub&gt;2&lt;/sub&gt;O? &lt;img src="$IMS-CC-FILEBASE$/dot.png" alt="dot"&gt;
&lt;/p&gt;</mattext></material>
<response_lid ident="r" rcardinality="Multiple"><render_choice>
<response_label ident="a"><material><mattext>2*3*4</mattext></material></response_label>
<response_label ident="b"><material><mattext>b</mattext></material></response_label>
<response_label ident="c"><material><mattext>c</mattext></material></response_label>
</render_choice></response_lid></presentation>
<resprocessing><respcondition><conditionvar><and><varequal respident="r">a</varequal>
<not><varequal respident="r">b</varequal></not><varequal respident="r">c</varequal></and>
</conditionvar><setvar action="Set" varname="SCORE">100</setvar>
<displayfeedback linkrefid="correct_fb"/></respcondition></resprocessing>
<itemfeedback ident="correct_fb"><flow_mat><material><mattext>Good.</mattext></material></flow_mat>
</itemfeedback></item>
<item ident="two" title="Two"><itemmetadata><qtimetadata><qtimetadatafield>
<fieldlabel>question_type</fieldlabel><fieldentry>essay_question</fieldentry>
</qtimetadatafield></qtimetadata></itemmetadata><presentation><material><mattext>Tell.</mattext>
</material><response_str ident="r"><render_fib/></response_str></presentation></item>
</section></assessment></questestinterop>"""
QTI1_MANIFEST = """<manifest><resources><resource identifier="q" type="imsqti_xmlv1p2">
<file href="quiz/quiz.xml"/></resource></resources></manifest>"""

QTI2 = """<?xml version="1.0" encoding="UTF-8"?>
<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="item"
 title="Item" adaptive="false" timeDependent="false">
<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier">
<correctResponse><value>B</value></correctResponse></responseDeclaration>
<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
<itemBody><p>Which <em>one</em>?
<math xmlns="http://www.w3.org/1998/Math/MathML"><msup><mi>x</mi><mn>2</mn></msup></math></p>
<table><tr><th>n</th><th>m</th></tr>
<tr><td>1</td><td><img src="dot.png" alt="dot"/></td></tr></table>
<choiceInteraction responseIdentifier="RESPONSE" maxChoices="1"><prompt>Choose.</prompt>
<simpleChoice identifier="A">a &lt; b<feedbackInline identifier="A" outcomeIdentifier="F"
 showHide="show">No.</feedbackInline></simpleChoice>
<simpleChoice identifier="B">b</simpleChoice></choiceInteraction></itemBody>
<responseProcessing
 template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>
</assessmentItem>"""
QTI2_MANIFEST = """<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources>
<resource identifier="i" type="imsqti_item_xmlv2p1" href="items/one.xml">
<file href="items/one.xml"/></resource>
<resource identifier="g" type="imsqti_item_xmlv2p1" href="items/gone.xml"/>
</resources></manifest>"""

QTI3 = """<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
 identifier="three" title="Three">
<qti-response-declaration identifier="R" cardinality="multiple" base-type="identifier">
<qti-mapping default-value="0"><qti-map-entry map-key="A" mapped-value="1"/>
<qti-map-entry map-key="B" mapped-value="-1"/><qti-map-entry map-key="C" mapped-value="1"/>
</qti-mapping></qti-response-declaration>
<qti-item-body><p>Which?</p><qti-choice-interaction response-identifier="R" max-choices="0">
<qti-simple-choice identifier="A">a</qti-simple-choice>
<qti-simple-choice identifier="B">b</qti-simple-choice>
<qti-simple-choice identifier="C">c</qti-simple-choice></qti-choice-interaction></qti-item-body>
</qti-assessment-item>"""

MOODLE = """<?xml version="1.0" encoding="UTF-8"?><quiz>
<question type="category"><category><text>$course$/top/Disks</text></category></question>
<question type="multichoice"><name><text>M</text></name><questiontext format="html">
<text><![CDATA[<p>Which&nbsp;one? <code>a_b</code> &lt; $$x*y$$
<img src="@@PLUGINFILE@@/d.png"></p>]]></text>
<file name="d.png" encoding="base64">iVBORw0KGgo=</file></questiontext>
<generalfeedback><text>So.</text></generalfeedback><single>true</single>
<answer fraction="100"><text>a</text><feedback><text>Yes.</text></feedback></answer>
<answer fraction="-33.333"><text>b</text></answer></question>
<question type="truefalse"><name><text>T</text></name><questiontext><text>So?</text></questiontext>
<answer fraction="0"><text>true</text></answer><answer fraction="100"><text>false</text></answer>
</question>
<question type="matching"><name><text>P</text></name></question></quiz>"""

GIFT = r"""// made for the tests
$CATEGORY: $course$/top/Disks

::Single:: Which one \= \{x\}? {=a#Yes. ~%-50%b#No. ~c####So it is.}

::Several::[html]<p>Which <b>two</b>?</p> {~%50%a ~%50%b ~%-100%c}

::Truth:: It turns. {FALSE#No.#Yes.}

Grant is {~buried =entombed ~living} there.

::Number:: How many? {#3:1}

::Pairs:: Match. {=a -> b =c -> d =e -> f}
"""

AIKEN = """Which one holds water?
A. A sieve
B) A bucket
ANSWER: B

Which is 2*3*4?
A. 24
B. 9
ANSWER: A
"""

TEXT2QTI = """Quiz title: Made for the tests

Title: First
1.  Which one?
    `code`
... General.
*a) a
... Yes.
b)  b

2.  Which two?
[*] a
[ ] b
[*] c

3.  How many?
=   3 +- 1

```{.python .run}
print("4. Never?")
```
"""

MARKDOWN = """# Practice

1. Which one?
   - A. a <br> b
   - B. b

   <details><summary>Answer</summary>
   Correct answer: B
   </details>

2. Which two?
   - [x] a
   - [ ] b
   - [x] c

3. What do you think?

   **Answer:** Nothing.
"""

TABLE = """stem,option_1,option_2,option_3,key,explanation
Which one?,a,b,,B,So.
Which two?,a,b,c,"A, C",
Alone?,a,,,A,
"""

YAML = """- id: disks-1
  area: ml
  difficulty: 2
  tags: [disk]
  stem: |
    Which one?
  select: 1
  options:
    - {text: a, key: true, rationale: Yes.}
    - {text: b, rationale: No.}
  explanation: So.
  references:
    - {title: Paper, url: "https://example.org/"}
"""


@cache
def workbook() -> bytes:
    book = Workbook()
    for line in TABLE.replace('"A, C"', "A;C").splitlines():
        book.active.append(line.split(","))
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


SAMPLES: dict[str, tuple[Callable[[], bytes], Facts]] = {
    "qti12.xml": (QTI1.encode, (1, 1)),
    "qti12.zip": (
        lambda: packed(
            {"imsmanifest.xml": QTI1_MANIFEST, "quiz/quiz.xml": QTI1, "web_resources/dot.png": DOT}
        ),
        (1, 1),
    ),
    "qti21.xml": (QTI2.encode, (1, 0)),
    "qti21.zip": (
        lambda: packed(
            {"imsmanifest.xml": QTI2_MANIFEST, "items/one.xml": QTI2, "items\\dot.png": DOT}
        ),
        (1, 1),
    ),
    "qti30.xml": (QTI3.encode, (1, 0)),
    "moodle.xml": (MOODLE.encode, (2, 1)),
    "quiz.gift": (GIFT.encode, (4, 2)),
    "aiken.txt": (AIKEN.encode, (2, 0)),
    "text2qti.txt": (TEXT2QTI.encode, (2, 2)),
    "bank.md": (MARKDOWN.encode, (2, 1)),
    "table.csv": (TABLE.encode, (2, 1)),
    "table.xlsx": (workbook, (2, 1)),
    "1.1-disks.yaml": (YAML.encode, (1, 0)),
}
