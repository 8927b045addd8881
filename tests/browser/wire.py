"""What goes over the network: counted in the browser, its service workers included."""

import json
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Page, Request

from tests.browser.sitting import until

TEXTS = ("text/", "application/json", "image/svg+xml")
ONE_PACKET = 1_400  # below it there is nothing to be gained by packing


@dataclass(frozen=True, slots=True)
class Transfer:
    """One request and its answer: as many bytes as were really sent to us, headers included."""

    method: str
    path: str
    size: int
    content: int  # of these without the headers
    kind: str
    encoding: str
    sent: str | None

    @classmethod
    def of(cls, request: Request) -> "Transfer":
        """What the browser counted; a size of 0 is an answer from one of its caches."""
        sizes, answer = request.sizes(), request.response()
        headers = answer.headers if answer else {}
        # Of a worker's own script the browser counts the headers alone.
        content = sizes["responseBodySize"] or int(headers.get("content-length", 0))
        return cls(
            method=request.method,
            path="/" + request.url.split("/", 3)[3],
            size=sizes["responseHeadersSize"] + content,
            content=content,
            kind=headers.get("content-type", ""),
            encoding=headers.get("content-encoding", ""),
            sent=request.post_data,
        )

    @property
    def is_clock_question(self) -> bool:
        """Whether a page that saved nothing for a while asks for the time that is left."""
        return self.path.endswith("/sync") and not json.loads(self.sent or "{}").get("changes")

    @property
    def is_unpacked_text(self) -> bool:
        """Whether it could have been smaller."""
        is_text = self.kind.startswith(TEXTS) and self.content > ONE_PACKET
        return is_text and self.encoding != "gzip"


class Wire:
    """All that a browser profile has asked for; what its caches answered does not count."""

    def __init__(self, context: BrowserContext) -> None:
        self.requests: list[Request] = []
        self.icons: set[str] = set()
        for end in ("requestfinished", "requestfailed"):
            context.on(end, lambda request: self.requests.append(request))

    @property
    def transfers(self) -> list[Transfer]:
        """What went over the network, without questions about the clock: time alone brings them."""
        own = (request for request in self.requests if not request.url.startswith("data:"))
        found = [Transfer.of(request) for request in own]
        return [t for t in found if t.size and not t.is_clock_question]

    def open(self, page: Page, path: str) -> list[Transfer]:
        """What one address takes, until half a second went by without a request.

        The browser asks for a page's icon when everything else is done, and once.
        """
        self.requests.clear()
        page.goto(path)
        page.wait_for_load_state("networkidle")
        icon = page.locator("link[rel=icon]").evaluate("link => link.href")
        if icon not in self.icons and not icon.startswith("data:"):
            self.icons.add(icon)
            until(page, lambda: icon in [request.url for request in self.requests], True)
        return self.transfers


def taken(transfers: list[Transfer]) -> tuple[int, int]:
    """Their number, and the bytes of all of them."""
    return len(transfers), sum(transfer.size for transfer in transfers)
