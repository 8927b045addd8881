"""A small HTTP client for measuring: bounded connections that are kept alive, latencies in ms."""

import asyncio
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests import http_answers
from tests.http_answers import END_OF_HEADERS


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and how long it took."""

    status: int
    headers: dict[str, str]
    body: bytes
    milliseconds: float
    received: int


@dataclass(slots=True)
class Run:
    """The answers to some requests and the seconds that all of them took."""

    answers: list[Answer] = field(default_factory=list)
    seconds: float = 0.0


def request(method: str, path: str, cookies: str, body: bytes = b"", **headers: str) -> bytes:
    """One request, ready to be written to a connection."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {cookies}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}"] if method == "POST" else []
    return "\r\n".join(lines).encode() + END_OF_HEADERS + body


def send(port: int, requests: Iterable[bytes], connections: int) -> Run:
    """Send all of them over so many connections; answers are in the order of the requests."""
    return asyncio.run(_send(port, list(requests), connections))


async def _send(port: int, requests: list[bytes], connections: int) -> Run:
    answers: dict[int, Answer] = {}
    waiting = iter(enumerate(requests))
    links = [await asyncio.open_connection("127.0.0.1", port) for _ in range(connections)]
    begun = time.perf_counter()
    await asyncio.gather(*(_work(waiting, answers, *link) for link in links))
    seconds = time.perf_counter() - begun
    for _reader, writer in links:
        writer.close()
    return Run([answers[number] for number in range(len(requests))], seconds)


async def _work(
    waiting: Iterator[tuple[int, bytes]],
    answers: dict[int, Answer],
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    for number, text in waiting:
        begun = time.perf_counter()
        writer.write(text)
        answers[number] = await read_answer(reader, begun)


async def read_answer(reader: asyncio.StreamReader, begun: float) -> Answer:
    """The answer to a request that was begun at this moment of the performance counter."""
    status, headers, body, received = await http_answers.read_answer(reader)
    taken = (time.perf_counter() - begun) * 1000
    return Answer(status, headers, body, taken, received)
