"""A network between browser and server that can be cut at either end of a request."""

import asyncio
from collections import Counter
from contextlib import suppress
from enum import Enum

from tests.http_answers import END_OF_HEADERS


class Cut(Enum):
    """Where a request is lost."""

    NOWHERE = "nowhere"
    BEFORE = "before it reaches the server"
    AFTER = "after the server has answered"


class Proxy:
    """Passes requests on to a port, as long as it is not cut."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.cut = Cut.NOWHERE
        self.lost: Counter[Cut] = Counter()
        self.port = 0

    async def listen(self) -> None:
        """Begin to take connections, at a free port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, EOFError):
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
            try:
                while await self._pass_on(reader, writer, there, back):
                    continue
            finally:
                back.close()
        writer.close()

    async def _pass_on(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        there: asyncio.StreamReader,
        back: asyncio.StreamWriter,
    ) -> bool:
        """One request and its answer; False when the line was cut meanwhile."""
        request = await message(reader)
        if self.cut is Cut.BEFORE:
            self.lost[Cut.BEFORE] += 1
            return False
        back.write(request)
        answer = await message(there)
        if self.cut is Cut.AFTER:
            self.lost[Cut.AFTER] += 1
            return False
        writer.write(answer)
        await writer.drain()
        return True


async def message(reader: asyncio.StreamReader) -> bytes:
    """A whole request or answer, headers and body."""
    headers = await reader.readuntil(END_OF_HEADERS)
    body = b""
    for line in headers.lower().split(b"\r\n"):
        name, _colon, value = line.partition(b":")
        if name == b"content-length":
            body = await reader.readexactly(int(value))
        elif name == b"transfer-encoding":
            while not body.endswith(b"0\r\n\r\n"):
                body += await reader.readuntil(b"\r\n")
    return headers + body
