"""HTTP/1.1 as it comes out of a connection, for simulated browsers and for measuring."""

import asyncio

END_OF_HEADERS = b"\r\n\r\n"


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes, int]:
    """The next answer: status, headers in lower case, body, and how many bytes both were."""
    head = await reader.readuntil(END_OF_HEADERS)
    first, *lines = head.decode().split("\r\n")
    headers = {
        name.lower(): value for name, _colon, value in (line.partition(": ") for line in lines)
    }
    if "content-length" in headers:
        body = await reader.readexactly(int(headers["content-length"]))
    else:
        body = await _chunks(reader) if "transfer-encoding" in headers else b""
    return int(first.split()[1]), headers, body, len(head) + len(body)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    """A body that comes in pieces."""
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body
