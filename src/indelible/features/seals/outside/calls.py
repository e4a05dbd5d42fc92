"""One question to somebody outside: over in a given time, bounded in size, and followed nowhere else.

Whoever answers is not trusted. They may trickle one byte a second, send a film, or point to another address; a name
may take minutes to be found. So each call runs in a thread that is given up when its time is over, reads no more than
it was told to, and takes a redirection for what it is: an answer that is not the one we asked for. Certificates are
checked as usual. Several calls run at once: `begin` them all, then ask each for its `answer`.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from urllib.parse import SplitResult, urlsplit

AGENT = "indelible"
SCHEMES = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}


class CallFailed(Exception):
    """No answer came that could be read. `code` is a key of words.TROUBLES, `detail` is for engineers."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, media type in small letters without its parameters, and the whole body."""

    status: int
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: an address, and for a POST what is sent there."""

    url: str
    most_bytes: int  # of the answer
    body: bytes | None = None
    media_type: str = "text/plain; charset=utf-8"


def check_address(url: str) -> SplitResult:
    """Return an address taken apart. Raises CallFailed (`bad-address`) for what is no plain http(s) address."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in SCHEMES and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError as fault:
        raise CallFailed("bad-address", str(fault)) from fault
    if not good or parts.username is not None or parts.query or parts.fragment or not url.isascii():
        raise CallFailed("bad-address", f"{url[:200]!a} is no plain http or https address")
    return parts


class Call:
    """A question under way."""

    def __init__(self, question: Question, until: float) -> None:
        self._question = question
        self._until = until  # by time.monotonic
        self._connection: http.client.HTTPConnection | None = None
        self._socket: socket.socket | None = None  # the connection forgets it once an answer begins
        self._answer: Answer | None = None
        self._failure: CallFailed | None = None
        self._thread = threading.Thread(target=self._run, name="call-outside", daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Whether `answer` would not wait: it came, it failed, or its time is over."""
        return not self._thread.is_alive() or time.monotonic() >= self._until

    def answer(self) -> Answer:
        """Wait for the answer, no longer than was said. Raises CallFailed."""
        self._thread.join(max(0.0, self._until - time.monotonic()))
        if self._thread.is_alive():
            self._cut()
            raise CallFailed("too-slow", "no whole answer came in time")
        if self._answer is None:
            raise self._failure or CallFailed("no-answer", "the call ended without an answer")
        return self._answer

    def _run(self) -> None:
        try:
            self._answer = self._ask()
        except CallFailed as failure:
            self._failure = failure
        except ssl.SSLCertVerificationError as fault:
            self._failure = CallFailed("certificate-not-trusted", fault.verify_message or str(fault))
        except (OSError, http.client.HTTPException, ValueError) as fault:
            # ValueError: a connection that was cut while it was being read.
            self._failure = CallFailed("no-answer", f"{type(fault).__name__}: {fault}")
        finally:
            if self._connection is not None:
                self._connection.close()

    def _ask(self) -> Answer:
        question, parts = self._question, check_address(self._question.url)
        seconds = max(0.05, self._until - time.monotonic())
        host = str(parts.hostname)
        if parts.scheme == "https":
            self._connection = http.client.HTTPSConnection(
                host, parts.port, timeout=seconds, context=_trusted()
            )
        else:
            self._connection = http.client.HTTPConnection(host, parts.port, timeout=seconds)
        headers = {"User-Agent": AGENT, "Connection": "close"}
        if question.body is not None:
            headers["Content-Type"] = question.media_type
        self._connection.connect()
        self._socket = self._connection.sock
        method = "GET" if question.body is None else "POST"
        self._connection.request(method, parts.path or "/", question.body, headers)
        with self._connection.getresponse() as response:  # closed too where it is too long or breaks off
            body = response.read(question.most_bytes + 1)
        if len(body) > question.most_bytes:
            raise CallFailed("too-much", f"an answer of more than {question.most_bytes} bytes")
        media_type = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
        return Answer(response.status, media_type, body)

    def _cut(self) -> None:
        """End the connection under the thread that waits on it, so that the thread ends too."""
        if self._socket is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def begin(question: Question, seconds: float) -> Call:
    """Ask, and return at once."""
    return Call(question, time.monotonic() + seconds)


def ask(question: Question, seconds: float) -> Answer:
    """Ask and wait for the answer. Raises CallFailed."""
    return begin(question, seconds).answer()


@cache
def _trusted() -> ssl.SSLContext:
    """Return what certificates are held against: those this machine trusts."""
    return ssl.create_default_context()
