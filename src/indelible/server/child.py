"""The processes that `serve` starts: the web server, the worker, and where one is wanted the receiver of log lines.

A child ends when the process that started it ends, even by `kill -9`: the kernel sends it SIGTERM then
(Linux). So no web server is left behind that holds the port.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from importlib import import_module

from indelible.server.loading import loading

PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
# Requests wait on the disk far more than they compute; callers that append at once share one commit.
THREADS = 16
STOP_WITHIN_SECONDS = 4
# Open connections, most of them idle or slow: each costs a little memory and a file, and no thread (`gate`).
MOST_CONNECTIONS = 2_000
FILES_BESIDES = 1_000  # of the database, of bodies and answers under way
HEAD_SECONDS = 30  # for the head of a request; also how long an idle connection is kept
HEAD_BYTES = 65_536  # the most that the head of a request may have; also what is read of a body at once


def end_with_parent(parent: int) -> None:
    """Have the kernel end this process when `parent` ends. Where no kernel can, nothing is promised."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:  # it ended before we asked
        sys.exit(1)


def allow_files() -> int:
    """Let this process have as many files open as its connections need; return how many connections fit."""
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + FILES_BESIDES
    allowed = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
    return max(allowed // 3 * 2, 1)


def application() -> object:
    """Load the web application in a process of the web server, which ends with the web server."""
    end_with_parent(os.getppid())
    with loading(for_good=True):
        from django.conf import settings

        from indelible.server.gate import Gate
        from indelible.server.wsgi import application as wsgi

        import_module("indelible.server.urls")  # all pages: whoever comes first need not wait for them
        return Gate(wsgi, threads=THREADS, folder=settings.INDELIBLE_HOME.uploads)


def serve_web(host: str, port: int) -> None:
    """Serve pages until told to stop."""
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        "indelible.server.child:application",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=1,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_SECONDS * 1_000, max_buffer_size=HEAD_BYTES),
        backpressure=allow_files(),
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_WITHIN_SECONDS,
    ).serve()


def serve_jobs() -> None:
    """Work on background jobs until told to stop."""
    with loading(for_good=True):
        import django

        django.setup()
        from indelible.server.jobs.worker import work

    work()


def serve_lines() -> None:
    """Listen for system log lines until told to stop, or until no source wants them."""
    with loading(for_good=True):
        import django

        django.setup()
        from indelible.features.sources.kinds.lines.receiver import receive

    receive()


def main(arguments: list[str]) -> None:
    """Start one role: `web HOST PORT`, `worker` or `lines`, with the starter's process number before it."""
    parent, role, *rest = arguments
    end_with_parent(int(parent))
    if role == "web":
        serve_web(rest[0], int(rest[1]))
    elif role == "lines":
        serve_lines()
    else:
        serve_jobs()


if __name__ == "__main__":
    main(sys.argv[1:])
