"""`indelible serve`: web server and worker, the address, and on a first start the one-time link."""

from __future__ import annotations

import click

from indelible.cli import options
from indelible.cli.output import line
from indelible.cli.session import open_home

DEFAULT_PORT = 8000


@click.command("serve")
@options.home
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True)
def command(home: str | None, host: str, port: int) -> None:
    """Start the web server and the worker.

    A first start makes the data folder and prints a one-time link for setting up. Ctrl-C stops both.
    """
    from indelible.server import supervisor

    supervisor.check_port_is_free(host, port)
    folder = open_home(home, make=True)
    _unlock()
    address = supervisor.address_of(host, port)

    def announce() -> None:
        line(f"Indelible is running: {address}")
        line(f"Data folder: {folder.path}")
        link = _setup_link(address)
        if link is not None:
            line(f"Set it up with this link, which works once: {link}")
        line("Stop it with Ctrl-C.")

    supervisor.serve(host, port, announce)
    line("Stopped.")


def _unlock() -> None:
    """Ask for the passphrase of a locked key. No connection is left open, which children would inherit."""
    from django.db import connections

    from indelible.cli.secrets import ask_what_unlocks

    try:
        ask_what_unlocks()
    finally:
        connections.close_all()


def _setup_link(address: str) -> str | None:
    """Return the one-time link where nobody owns this installation yet."""
    from django.db import connections

    from indelible.features.setup.services import create_setup_link

    try:
        return create_setup_link(address)
    finally:
        connections.close_all()
