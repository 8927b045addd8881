"""What the fuzz tests send, and how they look whether anything was changed by it."""

import json
from typing import Any

from django.apps import apps
from django.db.models import Model
from hypothesis import strategies as st

from exam.models import Attempt

# A request notes when the session was used; the rest of what nobody stores is named here too.
UNWATCHED = {"sessions.session", "axes.accessattempt", "axes.accesslog"}
MOST = 2**31 - 1
FAR = st.sampled_from([-1, 2**31, 2**31 + 1, 2**63, 2**64, -(2**31), 10**30])
NOT_A_NUMBER = st.sampled_from([None, True, 1.0, 1.5, "1", "", [], {}, [1], float("nan")])
TEXTS = st.text(max_size=20) | st.sampled_from(["\0", "\ud800", "a" * 600, "٣", "</script>"])
KNOWN = st.none() | st.booleans() | st.integers() | TEXTS | FAR  # to JSON too
SCALARS = KNOWN | st.floats()
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def snapshot(*models: type[Model]) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of these tables, or of all that are watched."""
    watched = models or [m for m in apps.get_models() if m._meta.label_lower not in UNWATCHED]
    return {
        model._meta.label: sorted(model._base_manager.values_list(), key=repr) for model in watched
    }


def as_json(data: Any) -> bytes:
    """What a hostile page may send: with NaN, halves of characters, numbers beyond all columns."""
    return data if isinstance(data, bytes) else json.dumps(data).encode()


def spans() -> st.SearchStrategy[list[list[int]]]:
    """Highlights as a page makes them; they may touch and overlap."""
    ends = st.lists(st.integers(0, MOST), min_size=2, max_size=2, unique=True).map(sorted)
    return st.lists(ends, max_size=20)


@st.composite
def valid_changes(draw: st.DrawFn, attempt: Attempt, seqs: st.SearchStrategy[int]) -> Any:
    """One change the server has to take, at the borders too."""
    position = draw(st.integers(1, attempt.length))
    places = st.integers(1, len(attempt.option_orders[position - 1]))
    written = st.text(st.characters(exclude_characters="\0"), max_size=500)
    return {
        "position": position,
        "seq": draw(seqs),
        "at_ms": draw(st.integers(0, 600_000) | st.sampled_from([0, 600_000, 600_001, MOST])),
        "spent_ms": draw(st.integers(0, MOST)),
        "selected": draw(st.lists(places, max_size=5)),
        "eliminated": draw(st.lists(places, max_size=5)),
        "flagged": draw(st.booleans()),
        "note": draw(written | st.sampled_from(["x" * 500, "half \ud83d", "\U0001f600" * 250])),
        "highlights": draw(spans()),
    } | draw(st.dictionaries(st.sampled_from(["x", "is_key", "attempt", "pk"]), KNOWN))


def wrong_fields(attempt: Attempt) -> dict[str, st.SearchStrategy[Any]]:
    """For each field of a change: values no server may take, whatever stands beside them."""
    outside = st.sampled_from([0, attempt.length + 1, 65, 66, 32767, 32768]) | FAR
    beyond = st.sampled_from([0, -1, 11, 64, 2**31, True, "1", None, 1.0, [1]])
    masks = st.lists(beyond, min_size=1, max_size=3) | SCALARS | st.just({"1": 1})
    reversed_span = st.tuples(st.integers(1, MOST), st.integers(0, 1)).map(
        lambda pair: [[pair[0], pair[0] - pair[1]]]
    )
    return {
        "position": outside | NOT_A_NUMBER,
        "seq": st.just(0) | FAR | NOT_A_NUMBER,
        "at_ms": FAR | NOT_A_NUMBER,
        "spent_ms": FAR | NOT_A_NUMBER,
        "selected": masks,
        "eliminated": masks,
        "flagged": st.sampled_from([0, 1, "true", None, [], {}]),
        "note": st.sampled_from(["x" * 501, "\0", "a\0b", None, 1, [], {}, True]),
        "highlights": reversed_span
        | st.sampled_from([None, 1, "a", {}, [1], [[1]], [[1, 2, 3]], [[-1, 2]], [["a", "b"]]])
        | st.sampled_from([[[0, 2**31]], [[0, 1]] * 21, [[False, True]], [[0.5, 1]], [None]]),
        "confidence": st.sampled_from([-1, 3, 2**31, None, "1", True, 1.0]),
        "checked": st.sampled_from([0, 1, "yes", None, []]),
        "miss": st.sampled_from(["x", None, 1, [], {}, "\0"]),
    }
