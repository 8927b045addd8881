"""Pages go over the wire packed; what is small, or packed already, does not."""

import gzip

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from config.middleware import CompressionMiddleware

PAGE = b"<p>What holds for one holds for all.</p>" * 50


def answered(response: HttpResponseBase, accept: str = "gzip, deflate, br") -> HttpResponseBase:
    request = HttpRequest()
    request.META["HTTP_ACCEPT_ENCODING"] = accept
    return CompressionMiddleware(lambda _request: response)(request)


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "text/csv", "application/json"])
def test_text_is_packed_and_says_so(kind: str) -> None:
    response = answered(HttpResponse(PAGE, content_type=kind))
    assert response["Content-Encoding"] == "gzip"
    assert response["Vary"] == "Accept-Encoding"
    assert response["Content-Length"] == str(len(response.content))
    assert gzip.decompress(response.content) == PAGE


def test_the_same_page_is_not_always_equally_long() -> None:
    lengths = {len(answered(HttpResponse(PAGE)).content) for _time in range(100)}
    assert len(lengths) > 1


def test_a_browser_that_cannot_unpack_gets_it_as_it_is() -> None:
    response = answered(HttpResponse(PAGE), accept="identity")
    assert (response.content, response["Vary"]) == (PAGE, "Accept-Encoding")


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(b"{}" * 600, content_type="application/json"),
        HttpResponse(PAGE, content_type="image/png"),
        StreamingHttpResponse([PAGE], content_type="text/csv"),
    ],
    ids=["one packet", "a picture", "a stream"],
)
def test_nothing_else_is_packed(response: HttpResponseBase) -> None:
    assert not answered(response).has_header("Content-Encoding")
