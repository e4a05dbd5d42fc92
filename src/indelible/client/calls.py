"""One request to the server and its answer, over a connection that is kept open.

Answers are bounded, connections have a time-out, certificates are checked as the system checks them. The connection
password is sent with each request and stands in no error.
"""

from __future__ import annotations

import http.client
import json
import ssl
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 20.0
LONGEST_ANSWER_BYTES = 8_000_000


class NotReached(Exception):
    """No answer came: the server is away, the network is, or the connection broke."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said: its status, the seconds after which to come back where it names them, and the body."""

    status: int
    body: bytes
    retry_after: float | None = None

    @property
    def document(self) -> dict[str, Any]:
        """The body as a JSON object; an empty one where it is none."""
        try:
            value = json.loads(self.body)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def words(self) -> str:
        """What a problem document says, for a log file; else the status."""
        told = self.document
        parts = [str(told[name]) for name in ("title", "detail", "next_step") if told.get(name)]
        return " ".join(parts) or f"status {self.status}"


class Calls:
    """Requests to one server. For one thread at a time."""

    def __init__(self, address: str, password: str, *, tls: ssl.SSLContext | None = None) -> None:
        """Raises ValueError for an address that is not http(s)."""
        parts = urlsplit(address.rstrip("/"))
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"the address of the server is https://host[:port]: {address!r}")
        self._host, self._port, self._path = parts.hostname, parts.port, parts.path
        self._tls = (tls or ssl.create_default_context()) if parts.scheme == "https" else None
        self._headers = {"Authorization": f"Bearer {password}", "User-Agent": "indelible-client/1"}
        self._connection: http.client.HTTPConnection | None = None

    def post(self, path: str, body: bytes, media_type: str) -> Answer:
        """Send a body. Raises NotReached."""
        return self._ask("POST", path, body, {"Content-Type": media_type})

    def get(self, path: str) -> Answer:
        """Ask for something. Raises NotReached."""
        return self._ask("GET", path, None, {})

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        was_open = self._connection is not None
        try:
            return self._once(method, path, body, headers)
        except NotReached:
            if (
                not was_open
            ):  # an old connection may just have timed out at the other end; a new one says more
                raise
        return self._once(method, path, body, headers)

    def _once(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        connection = self._connection or self._open()
        self._connection = connection
        try:
            # With our own time, so that the server can tell by how much the two clocks differ.
            told = {**self._headers, **headers, "Date": formatdate(usegmt=True)}
            connection.request(method, self._path + path, body=body, headers=told)
            with connection.getresponse() as response:
                content = response.read(LONGEST_ANSWER_BYTES)
                left = response.read(1)
                answer = Answer(response.status, content, _seconds(response.headers.get("Retry-After")))
                if left or response.will_close:
                    self.close()
                return answer
        except (OSError, http.client.HTTPException) as failure:
            self.close()
            raise NotReached(f"{type(failure).__name__}: {failure}") from failure

    def _open(self) -> http.client.HTTPConnection:
        if self._tls is not None:
            return http.client.HTTPSConnection(
                self._host, self._port, timeout=TIMEOUT_SECONDS, context=self._tls
            )
        return http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_SECONDS)


def _seconds(value: str | None) -> float | None:
    """Return what `Retry-After` says in seconds; None for a date, which nobody sends us, or nonsense."""
    return float(value) if value is not None and value.isascii() and value.isdigit() else None
