"""One connection of a browser: kept alive, opened again when it broke, 15 seconds for an answer."""

import asyncio
import contextlib
import gzip
from dataclasses import dataclass, field

from tests.http_answers import read_answer

SECONDS = 15.0  # REQUEST_MS of static/js/exam/record.js


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; status 0 means that no usable answer came."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


NOTHING = Answer(0)


class Wire:
    """Speaks HTTP/1.1 to a port of this machine, one request at a time."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.link: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> Answer:
        """The answer to a request, or NOTHING."""
        try:
            async with asyncio.timeout(SECONDS):
                return await self._asked(request)
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError):
            self.close()
            return NOTHING
        except asyncio.CancelledError:  # the window was closed: nobody reads the rest
            self.close()
            raise

    async def _asked(self, request: bytes) -> Answer:
        # A browser notices that a kept connection was closed, and opens another.
        if self.link and self.link[0].at_eof():
            self.close()
        if self.link is None:
            self.link = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.link
        writer.write(request)
        await writer.drain()
        return await self._answer(reader)

    async def _answer(self, reader: asyncio.StreamReader) -> Answer:
        status, headers, body, _size = await read_answer(reader)
        if headers.get("connection", "").lower() == "close":
            self.close()
        if headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        return Answer(status, headers, body)

    def close(self) -> None:
        """Let go of the connection."""
        link, self.link = self.link, None
        if link:
            with contextlib.suppress(OSError):
                link[1].close()
