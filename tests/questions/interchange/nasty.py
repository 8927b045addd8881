"""Questions whose texts hold whatever trips a format up."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from questions.formats.draft import ExhibitDraft, OptionDraft, QuestionDraft, ReferenceDraft

PIECES = (
    *("plain", "words", "a = b", "~x", "{T}", "}", "{", "#5", "::", "50 %", "%50%x", "->", "=:"),
    *("a|b", "||", "\\n", "\\\\(", "`code`", "`a|b`", "``x`y``", "$x_1^2$", "$5", "10$"),
    *("**bold**", "*it*", "_it_", "snake_case_name", "2*3*4", "__init__", "~~no~~", "<b>", "a<b"),
    *(
        "&amp;",
        "&",
        "x > 3",
        "]]>",
        "<![CDATA[",
        "<!--",
        "-->",
        "[link](https://example.org/?a=1&b=2)",
    ),
    *("“quoted”", '"', "'", "'=1+1", "=1+1", "+1", "-1", "@x", "🙂", "é", "日本", "עברית", "ﷺ"),
    *("1. one", "- dash", "# hash", "> more", "(c)", "![alt", "!", "[ ]", "TRUE", "a;b", "a,b"),
    *("http://example.org", "C:\\new", "%s", "{{x}}", "$CATEGORY: a", "//x", "a\u00a0b", "…", "—"),
)
BLOCKS = (
    "```python\nif a == b:\n    print('{x}')\n```",
    "```\n  leading\n\n\n  spaces ``` `\n```",
    "```sql\nSELECT a -- b & c < d\n```",
    "- one\n- two *three*\n- four",
    "1. one\n2. two",
    "| a | b |\n| --- | --- |\n| `x` | 1 \\| 2 |\n| $y$ |  |",
    "> said",
    "$$\n\\frac{a}{b}\n$$",
    "$$x = \\begin{cases} 1 & a < b \\\\ 0 \\end{cases}$$",
    "a line  \nbroken",
    "before\nafter",
)
PLAIN = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map(" ".join)
# Next to each other, emphasis would be another text, or none that Markdown can write.
SIGNS = tuple(piece for piece in PIECES if not set(piece) & set("*_[$"))
LINE = PLAIN | st.lists(st.sampled_from(SIGNS), min_size=1, max_size=4).map("".join)
TEXTS = st.lists(LINE | st.sampled_from(BLOCKS), min_size=1, max_size=4).map("\n\n".join)
# Plain lines: other programs take what stands between dollar signs for a formula.
WORDS = LINE.map(lambda text: " ".join(text.replace("$", "€").split())[:60].strip())
NAMES = st.from_regex(r"[a-z]{1,4}-[0-9]\.[0-9]-[0-9]{3}", fullmatch=True)

OPTIONS = st.builds(OptionDraft, text=LINE, is_key=st.booleans(), rationale=st.just("") | TEXTS)
TRUTH = st.booleans().map(
    lambda right: (OptionDraft("True", right, "So it is."), OptionDraft("False", not right))
)
REFERENCES = st.builds(
    ReferenceDraft,
    title=WORDS.filter(bool),
    url=st.sampled_from(("", "https://example.org/a?b=1&c=2", "https://example.org/x_y")),
    section=WORDS,
)
PICTURE_NAMES = tuple(f"{sign * 64}.{ending}" for sign, ending in (("a", "png"), ("b", "jpeg")))
CHART = {"mark": "bar", "data": {"values": [{"a": 1.5, "b": "| x ]]>"}]}}


@st.composite
def tables(draw: st.DrawFn) -> ExhibitDraft:
    """An exhibit that is a table, some of its cells empty."""
    cells = st.lists(st.just("") | WORDS, min_size=2, max_size=2).map(tuple)
    columns = draw(st.lists(WORDS.filter(bool), min_size=2, max_size=2).map(tuple))
    rows = draw(st.lists(cells, min_size=1, max_size=3).map(tuple))
    return ExhibitDraft(draw(WORDS.filter(bool)), kind="table", columns=columns, rows=rows)


CHARTS = st.builds(ExhibitDraft, title=WORDS.filter(bool), alt=WORDS, vega_lite=st.just(CHART))
SHOWN = st.builds(
    ExhibitDraft,
    title=WORDS.filter(bool),
    alt=WORDS.filter(bool),
    picture=st.sampled_from(PICTURE_NAMES),
)
WITH_PICTURE = st.sampled_from([f"See ![a *b*]({name})\n\n" for name in PICTURE_NAMES])


@st.composite
def drafts(draw: st.DrawFn) -> QuestionDraft:
    """A finished question."""
    options = draw(TRUTH | st.lists(OPTIONS, min_size=2, max_size=6).map(tuple))
    keys = sum(option.is_key for option in options)
    return QuestionDraft(
        code=draw(NAMES),
        subdomain=draw(st.sampled_from(("1.1", "2.3"))),
        area="ml",
        difficulty=draw(st.integers(1, 5)),
        tags=tuple(draw(st.lists(WORDS.filter(bool), max_size=3, unique=True))),
        stem=draw(st.just("") | WITH_PICTURE) + draw(TEXTS),
        qualifier=draw(st.none() | WORDS.filter(bool)),
        select=max(keys, 1),
        shuffle=draw(st.booleans()),
        options=options,
        exhibit=draw(st.none() | tables() | CHARTS | SHOWN),
        explanation=draw(st.just("") | TEXTS),
        references=tuple(draw(st.lists(REFERENCES, max_size=2))),
    )


BANKS: SearchStrategy[list[QuestionDraft]] = st.lists(
    drafts(), min_size=1, max_size=3, unique_by=lambda draft: draft.code
)
