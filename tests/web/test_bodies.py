"""What a program sends is read within bounds, whole or line by line."""

from __future__ import annotations

import io
from typing import Any

import pytest


def request_of(body: bytes, length: int | None = None) -> Any:
    from django.core.handlers.wsgi import WSGIRequest

    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "wsgi.input": io.BytesIO(body),
        "CONTENT_LENGTH": str(len(body) if length is None else length),
    }
    return WSGIRequest(environ)


def test_a_body_within_the_bound_is_read_whole() -> None:
    from indelible.web.bodies import read_body

    assert read_body(request_of(b"x" * 200_000), 200_000) == b"x" * 200_000
    assert read_body(request_of(b""), 10) == b""


def test_a_body_that_says_it_is_too_large_is_not_read_at_all() -> None:
    from indelible.web.bodies import BodyTooLarge, read_body

    request = request_of(b"x" * 11)
    with pytest.raises(BodyTooLarge):
        read_body(request, 10)
    assert request.read() == b"x" * 11


def test_a_body_that_breaks_off_is_no_body() -> None:
    from indelible.web.bodies import BodyTooSlow, iter_body, read_body

    with pytest.raises(BodyTooSlow):
        read_body(request_of(b"half", length=8), 10)
    lines = iter_body(request_of(b"one\ntwo", length=99), 10)
    assert next(lines) == b"one"
    with pytest.raises(BodyTooSlow):
        list(lines)


def test_lines_come_one_by_one_whatever_their_ends() -> None:
    from indelible.web.bodies import iter_body

    assert list(iter_body(request_of(b"a\r\nb\n\nc"), 10)) == [b"a", b"b", b"", b"c"]
    long = b"x" * 100_000
    assert list(iter_body(request_of(long + b"\n" + long), 100_000)) == [long, long]


def test_a_line_that_is_too_long_stops_the_reading_and_what_came_before_was_given() -> None:
    from indelible.web.bodies import BodyTooLarge, iter_body

    lines = iter_body(request_of(b"ok\n" + b"x" * 500_000), 1_000)
    assert next(lines) == b"ok"
    with pytest.raises(BodyTooLarge):
        next(lines)
