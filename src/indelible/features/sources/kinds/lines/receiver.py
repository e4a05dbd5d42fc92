"""The receiver: a process of its own that listens for system log lines and puts them on the record.

It runs only while some source wants to be listened for (`wanted.py`; the supervisor starts it), and ends by itself
when none does any more. The event loop is for sockets alone; what looks at the database has a thread of its own, and
so has the recording of each source.

A source that is set differently, paused or ended is noticed within a second or two: its listener closes, what it read
is recorded, and where it goes on a new one opens. On SIGTERM all listeners close like that.
"""

from __future__ import annotations

import asyncio
import errno
import signal
import ssl
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import structlog
from django.db import close_old_connections, connections, transaction
from django.utils import timezone

from indelible.features.sources.kinds.lines import certificates
from indelible.features.sources.kinds.lines.backlog import Backlog
from indelible.features.sources.kinds.lines.certificates import CertificateError
from indelible.features.sources.kinds.lines.form import FILES, KEY, OWN
from indelible.features.sources.kinds.lines.listening import TLS, UDP, Listening
from indelible.features.sources.kinds.lines.losses import tell_of_losses
from indelible.features.sources.kinds.lines.recorder import Recorder
from indelible.features.sources.kinds.lines.spool import sources_with_spools, spool_of
from indelible.features.sources.kinds.lines.tcp import Connections
from indelible.features.sources.kinds.lines.traffic import Traffic
from indelible.features.sources.kinds.lines.udp import Datagrams
from indelible.features.sources.live.health import health_of, troubled, well
from indelible.features.sources.live.secrets import secrets_of
from indelible.features.sources.models import Health, Kind, Source, State
from indelible.storage.boxes import BoxError

LOOK_EVERY: Final = 1.0
TRY_AGAIN_EVERY: Final = 5.0
WRITE_EVERY: Final = 2.0  # how a listener does, where that changed
WRITE_AT_LEAST_EVERY: Final = 30.0
TELL_LOSSES_EVERY: Final = 60.0
SPOOLS_EVERY: Final = 30.0
ENDS_AFTER: Final = 5.0  # without anything to listen for

log = structlog.get_logger()
T = TypeVar("T")


class ListenError(Exception):
    """A source cannot be listened for. `code` is a key of explanations.toml."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def receive() -> None:
    """Listen for every source that is on, until told to stop or until there is none."""
    asyncio.run(Receiver().run())


def wanted_sources() -> list[Source]:
    """Return the sources that are to be listened for now."""
    rows = Source.objects.filter(kind=Kind.LINES, state__in=(State.WAITING, State.ON))
    return list(rows.select_related("logbook").order_by("pk"))


def _source(key: int) -> Source:
    return Source.objects.select_related("logbook").get(pk=key)


class Receiver:
    """All listeners of this process."""

    def __init__(self) -> None:
        self._listeners: dict[int, Listener] = {}
        self._failed: dict[
            int, tuple[Listening, float]
        ] = {}  # settings that did not work, and when to try again
        self._spools_at = 0.0  # when to look for what lies on the disk
        self._stop = asyncio.Event()
        self._database = ThreadPoolExecutor(1, thread_name_prefix="database")

    async def run(self) -> None:
        """Listen until told to stop."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        looking = asyncio.create_task(self._keep_looking())
        stopped = asyncio.create_task(self._stop.wait())
        try:
            # Told to stop, nothing waits for a look that the database may hold up for long.
            await asyncio.wait({looking, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            looking.cancel()
            stopped.cancel()
            await asyncio.gather(looking, stopped, return_exceptions=True)
            closing = [self._close(each) for each in self._listeners.values()]
            await asyncio.gather(*closing)
            self._database.submit(connections.close_all)
            self._database.shutdown(wait=False)
        if looking.done() and not looking.cancelled() and (fault := looking.exception()) is not None:
            raise fault

    async def _keep_looking(self) -> None:
        """Look again and again, until there is nothing to listen for."""
        loop = asyncio.get_running_loop()
        idle_since = loop.time()
        while loop.time() - idle_since <= ENDS_AFTER:
            await self._look()
            if self._listeners or self._failed:
                idle_since = loop.time()
            await asyncio.sleep(LOOK_EVERY)

    async def _close(self, listener: Listener) -> None:
        await listener.close()
        try:
            await asyncio.wait_for(self._write(listener, is_open=False), 1.0)
        except TimeoutError:
            log.warning("how a listener ended could not be written")

    async def _ask(self, question: Callable[..., T], *arguments: Any) -> T:
        """Ask the database, in the thread that is for that."""
        return await asyncio.get_running_loop().run_in_executor(self._database, question, *arguments)

    async def _look(self) -> None:
        """Bring the listeners in line with the sources as they are now."""
        try:
            sources = await self._ask(_asked(wanted_sources))
        except Exception as away:
            # The database may be away for a while: what listens goes on listening.
            log.warning("the sources could not be read", detail=str(away))
            await self._ask(connections.close_all)
            return
        wanted = {source.pk: source for source in sources}
        for key in [key for key in self._failed if key not in wanted]:
            del self._failed[key]
        for key, listener in list(self._listeners.items()):
            source = wanted.get(key)
            is_other = source is None or Listening.of(source) != listener.listening
            if is_other or listener.has_new_files() or not listener.is_recording():
                del self._listeners[key]
                await self._close(listener)
        for source in sources:
            if source.pk not in self._listeners:
                await self._open(source)
        for listener in self._listeners.values():
            await self._write(listener)
        await self._empty_spools({*wanted})

    async def _open(self, source: Source) -> None:
        listening = Listening.of(source)
        failed = self._failed.get(source.pk)
        now = asyncio.get_running_loop().time()
        if failed is not None and failed[0] == listening and now < failed[1]:
            return
        try:
            listener = await self._ask(_asked(Listener.of), source, listening)
            await listener.open()
        except ListenError as refused:
            is_new = failed is None or failed[0] != listening
            self._failed[source.pk] = (listening, now + TRY_AGAIN_EVERY)
            if is_new:
                log.warning("a source cannot be listened for", source=source.pk, why=refused.code)
            await self._try_to_write(_not_listening, source, refused)
        except Exception as fault:
            self._failed[source.pk] = (listening, now + TRY_AGAIN_EVERY)
            log.error("a source could not be opened", source=source.pk, exc_info=fault)
        else:
            self._failed.pop(source.pk, None)
            self._listeners[source.pk] = listener
            await self._write(listener)

    async def _write(self, listener: Listener, *, is_open: bool = True) -> None:
        """Write down how a listener does, where there is news; and tell of what was lost."""
        listener.look_for_losses()
        if listener.is_worth_writing(is_open):
            await self._try_to_write(listener.write, is_open)
        if listener.has_losses_to_tell(is_open):
            await self._try_to_write(listener.tell_losses)

    async def _try_to_write(self, write: Callable[..., None], *arguments: Any) -> None:
        try:
            await self._ask(_asked(write), *arguments)
        except Exception as away:
            log.warning("how a listener does could not be written", detail=str(away))
            await self._ask(connections.close_all)

    async def _empty_spools(self, wanted: set[int]) -> None:
        """Record what still lies on the disk of sources that are no longer listened for."""
        now = asyncio.get_running_loop().time()
        if now < self._spools_at:
            return
        self._spools_at = now + SPOOLS_EVERY
        for key in sources_with_spools() - wanted - self._listeners.keys():
            try:
                source = await self._ask(_asked(_source), key)
            except Exception as gone:
                log.warning(
                    "lines wait on the disk for a source that cannot be read", source=key, detail=str(gone)
                )
                continue
            recorder = Recorder(
                source, Listening.of(source).zone or None, Backlog(), spool_of(key), Traffic(), spools=True
            )
            recorder.start()
            recorder.end_soon()
            await asyncio.get_running_loop().run_in_executor(None, recorder.join)


class Listener:
    """One source that is listened for: its socket, its backlog, and the thread that records."""

    def __init__(
        self, source: Source, listening: Listening, context: ssl.SSLContext | None, picture: Any
    ) -> None:
        self.listening = listening
        self._source = source
        self._traffic = Traffic()
        self._traffic.go_on_from(picture)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._backlog = Backlog(self._has_room)
        self._socket: Datagrams | Connections
        if listening.how == UDP:
            self._socket = Datagrams(listening, self._backlog, self._traffic)
        else:
            self._socket = Connections(listening, self._backlog, self._traffic, context)
        self._recorder = Recorder(
            source,
            listening.zone or None,
            self._backlog,
            spool_of(source.pk),
            self._traffic,
            spools=listening.how == UDP,
        )
        self._files = _files_of(listening)
        self._written: Any = None
        self._written_at = -WRITE_AT_LEAST_EVERY
        self._told_at = -TELL_LOSSES_EVERY

    @classmethod
    def of(cls, source: Source, listening: Listening) -> Listener:
        """Make a listener ready. Reads the database. Raises ListenError for a certificate that does not work."""
        context = None
        if listening.how == TLS:
            try:
                certificate, key = _certificate(source, listening)
                certificates.check_pair(certificate, key)
                context = certificates.context_for(certificate, key, listening.senders_certificates)
            except (CertificateError, BoxError) as refused:
                detail = refused.detail if isinstance(refused, CertificateError) else ""
                raise ListenError("lines-certificate-trouble", name=source.name, detail=detail) from refused
        return cls(source, listening, context, health_of(source).cursor)

    async def open(self) -> None:
        """Begin to listen. Raises ListenError where the address or port cannot be had."""
        self._loop = asyncio.get_running_loop()
        facts = {"name": self._source.name, "port": self.listening.port, "address": self.listening.address}
        try:
            if isinstance(self._socket, Connections):
                await self._socket.open()
            else:
                self._socket.open()
        except OSError as refused:
            raise ListenError(_why_not(refused), **facts) from refused
        self._recorder.start()

    async def close(self) -> None:
        """Listen no more, and see that what was read is on the record, or at worst on the disk."""
        await self._socket.close()
        self._recorder.end_soon()
        await asyncio.get_running_loop().run_in_executor(None, self._recorder.join)

    def is_recording(self) -> bool:
        """Whether its recording thread lives. A fault of ours may end it: then the listener begins anew."""
        return self._recorder.is_alive()

    def has_new_files(self) -> bool:
        """Whether the files of its certificate are others than when it opened."""
        return self._files != _files_of(self.listening)

    def look_for_losses(self) -> None:
        """Ask what was lost since the last look."""
        if isinstance(self._socket, Datagrams):
            self._socket.look_for_losses()

    def is_worth_writing(self, is_open: bool) -> bool:
        """Whether there is news for its page."""
        since = time.monotonic() - self._written_at
        return (
            not is_open
            or since > WRITE_AT_LEAST_EVERY
            or (since > WRITE_EVERY and self._state() != self._written)
        )

    def write(self, is_open: bool) -> None:
        """Write down how it does."""
        now = timezone.now()
        state = self._state()
        before = self._written[1] if self._written else None
        with transaction.atomic():
            if (problem := state[1]) is None:
                well(self._source, now)
            elif problem != before:
                troubled(self._source, problem[0], now, **problem[1])
            _put(self._source, {"at": now.isoformat(), "listening": is_open, **state[0]})
        self._written, self._written_at = state, time.monotonic()

    def has_losses_to_tell(self, is_open: bool) -> bool:
        """Whether losses are to be told of by an entry: not each at once, since they come in numbers."""
        if not self._traffic.untold or self._recorder.trouble:
            return False
        return not is_open or time.monotonic() - self._told_at > TELL_LOSSES_EVERY

    def tell_losses(self) -> None:
        """Tell of what was lost, as entries."""
        losses = self._traffic.take_untold()
        try:
            tell_of_losses(self._source, losses)
        except BaseException:
            self._traffic.give_back(losses)
            raise
        self._told_at = time.monotonic()

    def _state(self) -> tuple[dict[str, Any], tuple[str, dict[str, Any]] | None]:
        problem = self._traffic.problem(self._source.name, timezone.now())
        if trouble := self._recorder.trouble:
            problem = ("lines-cannot-record", {"name": self._source.name, "detail": trouble})
        return self._traffic.picture(), problem

    def _has_room(self) -> None:
        """Called by the recording thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._socket.go_on)


def _asked(question: Callable[..., T]) -> Callable[..., T]:
    """Return a question that opens its connection anew where the last one broke."""

    def ask(*arguments: Any) -> T:
        close_old_connections()
        return question(*arguments)

    return ask


def _certificate(source: Source, listening: Listening) -> tuple[str, str]:
    """Return certificate and key of a source. Raises CertificateError and BoxError."""
    if listening.certificate_from == FILES:
        return certificates.read_file(listening.certificate_file), certificates.read_file(listening.key_file)
    keys = secrets_of(source, KEY)
    if not keys:
        raise CertificateError("lines-key-unreadable")
    own = listening.certificate_from == OWN
    return (listening.own_certificate if own else listening.certificate), keys[0]


def _files_of(listening: Listening) -> list[float]:
    """Return what tells that the files of a certificate were renewed."""
    if listening.how != TLS or listening.certificate_from != FILES:
        return []
    found = []
    for name in (listening.certificate_file, listening.key_file):
        try:
            found.append(Path(name).stat().st_mtime)
        except OSError:
            found.append(0.0)
    return found


def _why_not(refused: OSError) -> str:
    if refused.errno == errno.EADDRNOTAVAIL:
        return "lines-address-unknown"
    return "lines-port-low" if refused.errno in (errno.EACCES, errno.EPERM) else "lines-port-taken"


def _not_listening(source: Source, refused: ListenError) -> None:
    now: datetime = timezone.now()
    troubled(source, refused.code, now, **refused.facts)
    picture = health_of(source).cursor
    _put(source, {**picture, "at": now.isoformat(), "listening": False, "connected": 0, "connections": []})


def _put(source: Source, picture: dict[str, Any]) -> None:
    Health.objects.filter(pk=source.pk).update(cursor=picture)
