"""The client: takes events, keeps them in the spool, sends them from a thread of its own, checks receipts."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .calls import Answer, Calls, NotReached
from .delivery import Acknowledged, Pace, deliver_waiting
from .errors import ClientError, EventRefused, ReceiptError
from .events import encode, make_event
from .receipts import CheckedReceipt, Receipt, check_receipt
from .spool import MOST_BYTES, Spool

LINGER_SECONDS = 0.2  # events that come together are sent together
LOOK_EVERY_SECONDS = 5.0  # for what other processes left behind
LAST_SECONDS = 2.0  # at the end of the program; what is not sent by then waits in the spool


class Client:
    """Sends events to one source of one Indelible. Safe to use from several threads, and after a fork.

    `address` is the server's ("https://audit.example.com"), `password` the connection password of its source,
    `spool` a folder on a local disk that this program may write to. `key` is the log's key card (a verifier key as
    text): with it, receipts are checked. `durable` waits for the disk at each event. `told` is called from the
    sending thread with what became of each event.
    """

    def __init__(
        self,
        address: str,
        password: str,
        spool: str | Path,
        *,
        key: str | None = None,
        durable: bool = False,
        most_bytes: int = MOST_BYTES,
        tls: ssl.SSLContext | None = None,
        told: Callable[[Acknowledged], None] | None = None,
    ) -> None:
        """Raises ValueError for an address that is none, OSError for a spool that cannot be written."""
        self._address, self._password, self._tls = address, password, tls
        self._folder, self._durable, self._most_bytes = Path(spool), durable, most_bytes
        self.key = key
        self._on_told = told
        self._begin()
        atexit.register(self.close)

    @classmethod
    def from_environment(cls) -> Client:
        """Return a client by INDELIBLE_URL, INDELIBLE_PASSWORD, INDELIBLE_SPOOL, and INDELIBLE_KEY where it is set.

        Raises ClientError that names what is missing.
        """
        names = ("INDELIBLE_URL", "INDELIBLE_PASSWORD", "INDELIBLE_SPOOL")
        missing = [name for name in names if not os.environ.get(name)]
        if missing:
            raise ClientError(
                f"set {', '.join(missing)}: where Indelible is, its connection password, a spool folder"
            )
        address, password, spool = (os.environ[name] for name in names)
        return cls(address, password, spool, key=os.environ.get("INDELIBLE_KEY"))

    def record(self, said: str, **facts: Any) -> str:
        """Keep an event, to be sent soon, and return its id. `facts` are those of `events.make_event`.

        When this returns the event is in the spool. Raises ValueError for what could not be recorded, SpoolFull,
        and OSError where the disk refuses.
        """
        event = make_event(said, **facts)
        self._own_process()
        self._spool.add(encode(event))
        self._wake.set()
        return str(event["id"])

    def record_now(self, said: str, *, within: float = 30.0, **facts: Any) -> Acknowledged:
        """Record an event and wait until the server has sealed it.

        Raises EventRefused where it cannot be recorded, ClientError where no answer came `within` so many seconds:
        the event is in the spool then and still goes out.
        """
        event = make_event(said, **facts)
        self._own_process()
        waiting = _Waiting()
        self._waiting[event["id"]] = waiting
        try:
            self._spool.add(encode(event))
            self._wake.set()
            if not waiting.done.wait(within):
                raise ClientError(
                    f"no answer within {within:g} seconds ({self._pace.trouble or 'the server is slow'}). "
                    "The event is in the spool and is sent as soon as that is possible."
                )
        finally:
            self._waiting.pop(event["id"], None)
        if waiting.result is None or not waiting.result.is_on_record:
            raise EventRefused(waiting.result.reason if waiting.result else "refused")
        return waiting.result

    def flush(self, within: float = 30.0) -> bool:
        """Wait until nothing is left to send; False where that takes longer."""
        self._own_process()
        end = time.monotonic() + within
        while not self._spool.is_empty():
            self._wake.set()
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True

    @property
    def trouble(self) -> str:
        """Why events wait, in words; empty while they go out."""
        return self._pace.trouble

    def receipt(self, entry: int) -> CheckedReceipt:
        """Fetch the receipt of an entry of this source and check it with the key card that the client was given.

        Raises ReceiptError where it does not hold, ClientError where there is no key to check with or no answer.
        """
        if self.key is None:
            raise ClientError("a receipt is checked with the log's key card: give it to the client as `key`")
        answer = self._get(f"/api/v1/entries/{entry}/receipt")
        checked = check_receipt(Receipt.read(answer.body), self.key)
        if checked.entry != entry:
            raise ReceiptError("receipt-of-another-entry", f"asked for {entry}, got {checked.entry}")
        return checked

    def read(self, entry: int) -> dict[str, Any]:
        """Fetch what an entry of this source says, and return it by detail, each held against its receipt.

        Details are those of the entry format: `action`, `actor`, `targets/0`, `extra/amount`. Raises as `receipt` does.
        """
        checked = self.receipt(entry)
        told = self._get(f"/api/v1/entries/{entry}/disclosures").document.get("disclosures")
        if not isinstance(told, list) or not all(isinstance(text, str) for text in told):
            raise ReceiptError("bad-disclosure", "the answer holds none")
        return checked.says(told)

    def _get(self, path: str) -> Answer:
        calls = self._calls()
        try:
            answer = calls.get(path)
        except NotReached as away:
            raise ClientError(f"the server cannot be reached ({away})") from away
        finally:
            calls.close()
        if answer.status != 200:
            raise ClientError(answer.words)
        return answer

    def heartbeat(self) -> bool:
        """Say that this program is there, though it has nothing to tell; return whether the server heard it."""
        calls = self._calls()
        try:
            return calls.post("/api/v1/heartbeat", json.dumps({}).encode(), "application/json").status == 204
        except NotReached:
            return False
        finally:
            calls.close()

    def close(self, within: float = LAST_SECONDS) -> None:
        """Send what can be sent soon, then stop. What is left waits in the spool for the next start."""
        if self._pid != os.getpid() or self._stopped.is_set():
            return
        if not self._pace.trouble:
            with contextlib.suppress(OSError):
                self.flush(within)
        self._stopped.set()
        self._wake.set()
        self._thread.join(within)
        self._spool.close()
        atexit.unregister(self.close)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._spool = Spool(self._folder, most_bytes=self._most_bytes, durable=self._durable)
        self._pace = Pace()
        self._waiting: dict[str, _Waiting] = {}
        self._wake, self._stopped = threading.Event(), threading.Event()
        self._sends = self._calls()
        self._thread = threading.Thread(target=self._send, name="indelible-client", daemon=True)
        self._thread.start()

    def _own_process(self) -> None:
        """After a fork the child has no sending thread, and its parent's file is not its own: begin anew."""
        if self._pid != os.getpid():
            inherited = self._spool
            self._begin()
            inherited.abandon()

    def _calls(self) -> Calls:
        return Calls(self._address, self._password, tls=self._tls)

    def _send(self) -> None:
        """Send what waits, again and again, until stopped."""
        pause: float | None = None
        while not self._stopped.is_set():
            self._rest(pause)
            if self._stopped.is_set():
                break
            try:
                pause = deliver_waiting(self._spool, self._sends, self._pace, self._tell)
                if pause is None and not self._spool.is_empty():
                    self._wake.set()
            except Exception as fault:
                # A thread that ended would let events pile up unseen: whatever it was, try again later.
                pause = self._pace.failed(f"{type(fault).__name__}: {fault}")
        self._sends.close()

    def _rest(self, pause: float | None) -> None:
        """Wait for the next event and those that come with it, or for a pause after a failure to end."""
        if pause is not None:
            self._stopped.wait(pause)
        elif self._wake.wait(LOOK_EVERY_SECONDS):
            self._stopped.wait(LINGER_SECONDS)
        self._wake.clear()

    def _tell(self, result: Acknowledged) -> None:
        waiting = self._waiting.get(result.id)
        if waiting is not None:
            waiting.result = result
            waiting.done.set()
        if self._on_told is not None:
            self._on_told(result)


class _Waiting:
    """Somebody who waits for what becomes of one event."""

    __slots__ = ("done", "result")

    def __init__(self) -> None:
        self.done = threading.Event()
        self.result: Acknowledged | None = None
