"""What a program sends, read within bounds: whole (`read_body`) or line by line (`iter_body`).

A sender is never waited for here: the gate of the server (`server.gate`) hands a request on when all of it has come,
and answers slow senders itself. So a thread is never held by who sends slowly, and what breaks off is not begun.
Where something else serves the application, reading may still break off; that is BodyTooSlow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import UnreadablePostError

PIECE_BYTES: Final = 65_536
Most = int | Callable[..., int]
_MOST: Final = "most_body_bytes"
View = TypeVar("View", bound=Callable[..., Any])


class BodyTooLarge(Exception):
    """More came than is taken; `most` is how many bytes that is."""

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most} bytes")
        self.most = most


class BodyTooSlow(Exception):
    """The sender stopped, or went on too slowly to be waited for."""


def takes_body(most: Most) -> Callable[[View], View]:
    """Let an address take more than what fits a form; what no view says so of takes little.

    `most` is a number of bytes, for people who are signed in (for everybody, where the view needs no sign-in). Or it is
    called with the request, whose body is not there yet, and what the address holds, and returns the number: so a
    view for programs can look at their password first. See `server.admission`.
    """

    def marked(view: View) -> View:
        setattr(view, _MOST, most)
        return view

    return marked


def most_of(view: Callable[..., Any]) -> Most | None:
    """Return what was said of a view with `takes_body`; None where nothing was."""
    found: Most | None = getattr(view, _MOST, None)
    return found


def read_body(request: HttpRequest, most: int) -> bytes:
    """Return the body. Raises BodyTooLarge as soon as it is known to be, BodyTooSlow where it breaks off."""
    return b"".join(_pieces(request, most))


def iter_body(request: HttpRequest, most_line: int) -> Iterator[bytes]:
    """Give the body's lines one by one, without their ends; empty ones too. At most `most_line` bytes are held.

    Raises BodyTooLarge at the first line that is longer, BodyTooSlow where the body breaks off; the lines before
    were given.
    """
    held: list[bytes] = []  # the pieces of a line that has not ended
    length = 0
    for piece in _pieces(request, None):
        *ends, rest = piece.split(b"\n")
        for end in ends:
            if length + len(end) > most_line:
                raise BodyTooLarge(most_line)
            yield b"".join([*held, end]).removesuffix(b"\r")
            held, length = [], 0
        held.append(rest)
        length += len(rest)
        if length > most_line:
            raise BodyTooLarge(most_line)
    if length:
        yield b"".join(held).removesuffix(b"\r")


def _pieces(request: HttpRequest, most: int | None) -> Iterator[bytes]:
    """Give the body as it comes, and stop at the bound."""
    said = _length_of(request)
    if most is not None and said is not None and said > most:
        raise BodyTooLarge(most)
    taken = 0
    try:
        while piece := request.read(PIECE_BYTES):
            taken += len(piece)
            if most is not None and taken > most:
                raise BodyTooLarge(most)
            yield piece
    except RequestDataTooBig as beyond:
        raise BodyTooLarge(taken if most is None else most) from beyond
    except (UnreadablePostError, TimeoutError) as broken:
        raise BodyTooSlow from broken
    if said is not None and taken < said:
        raise BodyTooSlow


def _length_of(request: HttpRequest) -> int | None:
    """Return the length that the request says it has; None where it says none."""
    text = request.META.get("CONTENT_LENGTH") or ""
    return int(text) if text.isascii() and text.isdigit() else None
