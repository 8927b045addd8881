"""What Lighthouse says of the pages people meet first, on a phone and on a desk.

Accessibility and best practices, and of the rest what does not depend on the machine. How fast
they are is measured by `./dev bench lighthouse`: a score for seconds says nothing here.
"""

import pytest

from tests.lighthouse.pages import audit, missing, pages_of
from tests.running import Running

MISSING = missing()
MET_FIRST = ("sign-in", "home", "exam", "report")
CATEGORIES = ("accessibility", "best-practices")
# Of performance, what is counted and not timed; requests, bytes and shifts: test_budgets.py.
COUNTED = ("total-byte-weight", "uses-long-cache-ttl", "unsized-images", "no-document-write")


@pytest.mark.skipif(bool(MISSING), reason=f"{MISSING} is not installed")
def test_lighthouse_finds_nothing(stack: Running) -> None:
    pages = [p for p in pages_of(stack) if p.preset == "mobile" or p.name in MET_FIRST]
    found = audit(pages, CATEGORIES, COUNTED)
    assert [(one.name, one.preset, one.reached.partition("#")[0]) for one in found] == [
        (page.name, page.preset, page.url) for page in pages
    ]
    assert [(one.name, one.preset, one.wrong()) for one in found if one.wrong()] == []
    assert all(one.scores[name] == 1 for one in found for name in CATEGORIES)
    assert all(set(COUNTED) <= set(one.audits) for one in found)
