"""A request as WSGI tells it, and its answer sent: small ones at once, files and streams at the client's own pace."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from http import HTTPStatus
from typing import IO, Any, Final

from django.conf import settings

Environ = dict[str, Any]
Headers = list[tuple[str, str]]

AT_ONCE_BYTES: Final = 1_000_000  # an answer up to this is handed over whole
PIECE_BYTES: Final = 262_144
OPENED_WITHIN_SECONDS: Final = 30


def environ_of(scope: Any) -> Environ:
    """Return a request's head as the application reads it. Source: PEP 3333, environ variables.

    A header with an underscore in its name is left out: it would pass for one with a hyphen, which a server before
    ours may have set or removed.
    """
    server, _, port = scope.server.rpartition(":")
    environ: Environ = {
        "GATEWAY_INTERFACE": "CGI/1.1",
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_SOFTWARE": "Indelible",
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "wsgi.version": (1, 0),
        # Where a web server in front of ours encrypts, people and services have an https address all the same.
        "wsgi.url_scheme": "https" if settings.HTTPS else scope.scheme,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
        "wsgi.file_wrapper": FileAnswer,
    }
    for name, value in scope.headers.items():
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        joint = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{joint}{value}" if key in environ else value
    if "HTTP_HOST" not in environ and scope.authority:
        environ["HTTP_HOST"] = scope.authority
    return environ


class FileAnswer:
    """An answer that is a file: the application hands it over (PEP 3333, file wrapper), and who sends it reads it."""

    def __init__(self, file: IO[bytes], _block_size: int = 0) -> None:
        self.file = file
        self.status = 200
        self.headers: Headers = []

    def close(self) -> None:
        """Close the file, and with it the answer that it belongs to."""
        self.file.close()


def answer(application: Callable[..., Any], environ: Environ, protocol: Any) -> FileAnswer | None:
    """Have a request answered. What is small is sent at once; the rest comes back, to be sent without a thread."""
    told: list[tuple[int, Headers]] = []

    def start(status: str, headers: Headers, _error: Any = None) -> None:
        told[:] = [(int(status.split(" ", 1)[0]), headers)]

    found = application(environ, start)
    status, headers = told[0]
    if isinstance(found, FileAnswer) or getattr(found, "streaming", False):
        return _file(found, status, headers, protocol, is_head=environ["REQUEST_METHOD"] == "HEAD")
    try:
        content = b"".join(found)
    finally:
        found.close()
    protocol.response_bytes(status, headers, content)
    return None


def _file(found: Any, status: int, headers: Headers, protocol: Any, *, is_head: bool) -> FileAnswer | None:
    """Send a file that is small; return one that is not, with an open file behind it."""
    if is_head:
        found.close()
        protocol.response_bytes(status, headers, b"")
        return None
    pieces = iter(lambda: found.file.read(PIECE_BYTES), b"") if isinstance(found, FileAnswer) else iter(found)
    held = bytearray()
    for piece in pieces:
        held += piece
        if len(held) > AT_ONCE_BYTES:
            break
    else:
        found.close()
        protocol.response_bytes(status, headers, bytes(held))
        return None
    large = found if _has_descriptor(found) else _written(held, pieces, found)
    large.status, large.headers = status, headers
    return large


def _has_descriptor(found: Any) -> bool:
    """Whether an answer is a whole file that the system can open a second time."""
    try:
        return isinstance(found, FileAnswer) and found.file.fileno() >= 0
    except (AttributeError, OSError):  # io.UnsupportedOperation is an OSError
        return False


def _written(held: bytearray, pieces: Iterator[bytes], found: Any) -> FileAnswer:
    """Write an answer to a file without a name, so that its source is not held open while a client fetches it."""
    file = tempfile.TemporaryFile(dir=settings.INDELIBLE_HOME.uploads)  # noqa: SIM115 - FileAnswer closes it
    try:
        file.write(held)
        for piece in pieces:
            file.write(piece)
        file.flush()
    except BaseException:
        file.close()
        raise
    finally:
        found.close()
    return FileAnswer(file)


def send_file(large: FileAnswer, protocol: Any, files: Executor) -> None:
    """Hand a large answer to the web server below, which reads the file as fast as the client takes it.

    It opens the file a second time, by its descriptor, so one without a name can be sent; ours is closed once that
    is surely done. (A stream handed over piece by piece would be held in memory whole: it takes every piece at once.)
    """
    number = large.file.fileno()
    if not any(name.lower() == "content-length" for name, _ in large.headers):
        large.headers.append(("Content-Length", str(os.fstat(number).st_size)))
    protocol.response_file(large.status, large.headers, f"/dev/fd/{number}")
    asyncio.get_running_loop().call_later(OPENED_WITHIN_SECONDS, files.submit, large.close)


def plain(protocol: Any, status: int, text: str, retry_after: int | None = None) -> None:
    """Answer without the application: it was not asked."""
    headers = [
        ("content-type", "text/plain; charset=utf-8"),
        ("connection", "close"),
        ("cache-control", "no-store"),
    ]
    if retry_after is not None:
        headers.append(("retry-after", str(retry_after)))
    protocol.response_bytes(status, headers, f"{HTTPStatus(status).phrase}. {text}".encode())
