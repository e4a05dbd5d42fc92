"""The gate: a request gets a thread when all of it has come, and an answer holds none while it is fetched.

A thread works on one request at a time, and there are few. If a thread read what a client sends, as much as a few slow
clients could hold them all: forty connections that send one byte a second would stop the service. So what comes and
goes slowly is left to an event loop, which waits for thousands of connections at the cost of one:

* the head of a request has to come within seconds, which the web server under us sees to (`child`);
* its body comes in at a least rate, and within a bound that its address sets (`incoming`, `admission`);
* then the application is called in a thread, as WSGI has it (`answering`), with the whole body at hand;
* its answer is handed over, and sent at the pace of the client.

What a thread can still be held by is work of our own, and that is bounded where it is done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from indelible.server.admission import most_bytes
from indelible.server.answering import Environ, answer, environ_of, plain, send_file
from indelible.server.incoming import Body, BrokenOff, Incoming, NoPlace, TooSlow

MOST_QUEUED: Final = 400  # requests that came whole and wait for a thread
FILE_THREADS: Final = 2  # for reading and writing files, so that the loop never waits for the disk


class Gate:
    """The application as the web server calls it: one coroutine a request."""

    def __init__(self, application: Callable[..., Any], *, threads: int, folder: Path) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self._files = ThreadPoolExecutor(FILE_THREADS, thread_name_prefix="file")
        self._incoming = Incoming(folder, self._files)
        self._queued = 0  # only ever changed in the loop

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Take one request in, have it answered, and send the answer."""
        environ = environ_of(scope)
        try:
            body = await self._incoming.take(protocol, environ, self._ask)
        except TooSlow:
            plain(protocol, 408, "What was sent came too slowly. Nothing of it was taken. Send it again.\n")
            return
        except NoPlace:
            plain(protocol, 503, "Too much is being sent at once. Nothing was taken. Try again soon.\n", 5)
            return
        except BrokenOff:
            plain(protocol, 400, "What was sent broke off, or has trailers. Nothing of it was taken.\n")
            return
        with body:
            await self._answer(protocol, environ, body)

    async def _ask(self, environ: Environ) -> int:
        """Ask how much this request may bring, where it brings more than a form."""
        return int(await self._in_thread(most_bytes, environ))

    async def _answer(self, protocol: Any, environ: Environ, body: Body) -> None:
        if self._queued >= MOST_QUEUED:
            plain(protocol, 503, "Too many requests are waiting. Nothing was taken. Try again soon.\n", 5)
            return
        environ["wsgi.input"] = body.file
        environ["CONTENT_LENGTH"] = body.length
        self._queued += 1
        try:
            large = await self._in_thread(answer, self._application, environ, protocol)
        finally:
            self._queued -= 1
        if large is not None:
            send_file(large, protocol, self._files)
        if body.left_over:
            await body.drain(protocol)

    async def _in_thread(self, work: Callable[..., Any], *given: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *given)
