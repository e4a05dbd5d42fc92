"""One HTTP request after another: which address means what, and what goes back.

    POST /add-checkpoint            cosign a seal
    GET  /<hex H(origin)>/checkpoint    the newest seal of a log, cosigned
    GET  /<hex H(origin)>/refused       what the log signed and this witness refused (JSON; an extension of ours)
    GET  /                          the page for people

Anybody may ask: the log's signature is the only permission there is. So everything that arrives is bounded
before it is read; serving.py bounds connections and their time.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

from indelible.ledger.witnessing import MAX_BODY_BYTES, origin_hash

from . import wording
from .evidence import FORK
from .head import MAX_HEAD_BYTES, BoundedHead
from .judging import Answer
from .page import iso_time, page, style

if TYPE_CHECKING:
    from .serving import WitnessServer

IDLE_SECONDS = 10.0

ADD_CHECKPOINT = "/add-checkpoint"
HTML = "text/html; charset=utf-8"
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    server: WitnessServer
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    wbufsize = 65_536  # an answer leaves whole, not its head first

    def setup(self) -> None:
        """Bound what the head of a request may take."""
        super().setup()
        self.rfile: Any = BoundedHead(self.rfile)

    def handle_one_request(self) -> None:
        """Answer one request within its own time."""
        self.rfile.left = MAX_HEAD_BYTES
        self.server.renew(self.connection)
        super().handle_one_request()

    def parse_request(self) -> bool:
        """Read the head of a request. From here to its answer the connection is not idle."""
        self.server.begins(self.connection)
        return super().parse_request()

    def handle_expect_100(self) -> bool:
        """Let a sender that waits for leave to send its body go on."""
        goes_on = super().handle_expect_100()
        self.wfile.flush()
        return goes_on

    def do_POST(self) -> None:
        """Cosign a checkpoint, or say why not."""
        body = self._body()
        if body is None:
            return
        if self._path() != ADD_CHECKPOINT:
            known = self._found() is not None
            self._answer(Answer(405 if known else 404, ""), {"Allow": "GET, HEAD"} if known else {})
            return
        self._answer(self._guarded(body))

    def do_GET(self) -> None:
        """Show the page, the newest seal of a log, or what was refused of it."""
        if self._path() == ADD_CHECKPOINT:
            self._answer(Answer(405, ""), {"Allow": "POST"})
            return
        try:
            answer = self._found()
        except sqlite3.Error as error:
            answer = _disk_trouble(error)
        self._answer(answer or Answer(404, "nothing here\n"))

    do_HEAD = do_GET

    def version_string(self) -> str:
        """Say no more about this program than its name."""
        return "indelible-witness"

    def log_message(self, format: str, *args: Any) -> None:
        """Keep no list of who asked."""

    def _guarded(self, body: bytes) -> Answer:
        """Ask the judge; where the disk fails, nothing was cosigned and the sender hears so."""
        try:
            return self.server.judge.add_checkpoint(body)
        except sqlite3.Error as error:
            return _disk_trouble(error)

    def _path(self) -> str:
        return self.path.partition("?")[0]

    def _found(self) -> Answer | None:
        """Return what a GET of the path shows, or None where there is nothing."""
        path = self._path()
        if path == "/":
            logs = [self.server.state.log(origin) for origin in self.server.state.origins()]
            return Answer(200, page(self.server.key.name, self.server.key.text, logs), HTML)
        if path == "/witness.css":
            return Answer(200, style().decode("utf-8"), "text/css; charset=utf-8")
        first, _, what = path.removeprefix("/").partition("/")
        origin = next((each for each in self.server.state.origins() if origin_hash(each) == first), None)
        if origin is None or what not in ("checkpoint", "refused"):
            return None
        return self._refused(origin) if what == "refused" else self._checkpoint(origin)

    def _checkpoint(self, origin: str) -> Answer | None:
        held = self.server.state.newest(origin)
        return None if held is None else Answer(200, held.note)

    def _refused(self, origin: str) -> Answer:
        log = self.server.state.log(origin)
        refused = [
            {
                "at": iso_time(each.at),
                "reason": each.reason,
                "size": each.size,
                "old": each.old,
                "note": each.note,
                "against": each.against,
            }
            # Forks last: whoever reads only the end of a long list must not miss them.
            for each in sorted(log.refused, key=lambda refused: refused.reason == FORK)
        ]
        document = {"origin": origin, "refused": refused, "not_kept": log.not_kept}
        return Answer(200, json.dumps(document, ensure_ascii=False, indent=1) + "\n", "application/json")

    def _body(self) -> bytes | None:
        """Read the body of a request, or refuse it and return None."""
        given = self.headers.get_all("Content-Length") or []
        if "Transfer-Encoding" in self.headers or len(given) != 1:
            self._refuse_body(Answer(411, "say the length of the body, once, in Content-Length\n"))
            return None
        if not given[0].isascii() or not given[0].isdigit() or len(given[0]) > 18:
            self._refuse_body(Answer(400, "Content-Length is no length\n"))
            return None
        length = int(given[0])
        if length > MAX_BODY_BYTES:
            self._refuse_body(Answer(413, f"a request has at most {MAX_BODY_BYTES} bytes\n"))
            return None
        body: bytes = self.rfile.read(length)
        if len(body) != length:
            self._refuse_body(Answer(400, "the body ended early\n"))
            return None
        return body

    def _refuse_body(self, answer: Answer) -> None:
        """Answer a request whose body was not read whole, after which nothing else can be read."""
        self.close_connection = True
        self._answer(answer)

    def _answer(self, answer: Answer, further: dict[str, str] | None = None) -> None:
        raw = answer.body.encode("utf-8")
        self.send_response(answer.status)
        headers = {**SECURITY, "Content-Type": answer.content_type, "Content-Length": str(len(raw))}
        if self.close_connection:
            headers["Connection"] = "close"
        for name, value in {**headers, **(further or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(raw)


def _disk_trouble(error: sqlite3.Error) -> Answer:
    """Tell the owner on standard error, and the sender that nothing was cosigned."""
    sys.stderr.write(f"The state of the witness cannot be used: {error}\n")
    return Answer(503, wording.DISK)
