"""A server that answers as docs/formats/api.md says, and as badly as a test asks it to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from indelible.client import Client
from indelible.client import delivery as delivering

PASSWORD = "ind_0123456789ab_secret"
Reply = tuple[int, dict[str, Any], dict[str, str]]


@dataclass
class Server:
    """What it was sent, and what it is to do. `held` are its entries, by the event's id."""

    address: str = ""
    held: dict[str, int] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)  # as recorded, in order
    batches: list[int] = field(default_factory=list)
    passwords: list[str] = field(default_factory=list)
    away: bool = False  # closes the connection without an answer
    deaf: int = 0  # so many batches are recorded, and the answer lost
    reply: Reply | None = None  # instead of taking anything
    judge: Callable[[list[dict[str, Any]]], Reply | None] = lambda _events: None
    refuse: Callable[[dict[str, Any]], str] = lambda _event: ""

    def take(self, events: list[dict[str, Any]]) -> dict[str, Any]:
        results = []
        for event in events:
            if reason := self.refuse(event):
                results.append({"fate": "rejected", "reason": "bad-event", "message": reason})
            elif event["id"] in self.held:
                results.append({"fate": "duplicate", "entry": self.held[event["id"]]})
            else:
                self.held[event["id"]] = len(self.events)
                self.events.append(event)
                results.append({"fate": "recorded", "entry": self.held[event["id"]]})
        self.batches.append(len(events))
        return {"results": results}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        state = self.state
        if state.away:
            self.close_connection = True
            return
        state.passwords.append(self.headers.get("Authorization", ""))
        if state.reply is not None:
            self.answer(*state.reply)
            return
        if (whole := state.judge(json.loads(body))) is not None:
            self.answer(*whole)
            return
        answer = state.take(json.loads(body))
        if state.deaf:
            state.deaf -= 1
            self.close_connection = True
            return
        self.answer(200, answer, {})

    def answer(self, status: int, document: dict[str, Any], headers: dict[str, str]) -> None:
        data = json.dumps(document).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_words: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on a port of its own."""
    state = Server()
    listening = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"state": state}))
    listening.daemon_threads = True
    thread = threading.Thread(target=lambda: listening.serve_forever(0.01), daemon=True)
    thread.start()
    state.address = f"http://127.0.0.1:{listening.server_address[1]}"
    yield state
    listening.shutdown()
    listening.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again soon: the pauses of life would make the tests slow."""
    monkeypatch.setattr(delivering, "FIRST_PAUSE", 0.02)
    monkeypatch.setattr(delivering, "LONGEST_PAUSE", 0.05)
    monkeypatch.setattr("indelible.client.client.LINGER_SECONDS", 0.05)


@pytest.fixture
def make(server: Server, tmp_path: Path) -> Iterator[Callable[..., Client]]:
    """A function that makes a client of the server; each is closed at the end."""
    made: list[Client] = []

    def begin(**more: Any) -> Client:
        client = Client(server.address, PASSWORD, tmp_path / "spool", **more)
        made.append(client)
        return client

    yield begin
    server.away, server.reply = False, None
    for client in made:
        client.close()
