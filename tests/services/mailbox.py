"""A real mail server on this machine, for tests: it takes mail over a socket, or refuses it, and shows what came.

    with running_mailbox() as box:
        box.setting      what INDELIBLE_MAIL says to use it
        box.mails        the mails that it took, as raw bytes

With a certificate it speaks TLS, at once or after STARTTLS; with `user` it wants a name and a password after that.
"""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session

HOST = "127.0.0.1"


@dataclass
class Mailbox:
    """What the server took, and what it is told to say."""

    setting: str = ""
    mails: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    refuse_with: str = ""  # what to answer to every address, such as "550 no such mailbox"

    async def handle_RCPT(
        self, _server: Any, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take an address, or refuse it."""
        if self.refuse_with:
            return self.refuse_with
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:
        """Take a mail."""
        assert isinstance(envelope.content, bytes)
        self.mails.append(envelope.content)
        self.recipients += envelope.rcpt_tos
        return "250 taken"


@contextmanager
def running_mailbox(
    user: str = "", password: str = "", *, certificate: Path | None = None, tls: str = "none"
) -> Iterator[Mailbox]:
    """Run a mail server until the block ends. `certificate`: a PEM file with key and certificate, for `tls`."""
    box = Mailbox()

    def check(
        _server: Any, _session: Session, _envelope: Envelope, _mechanism: str, given: Any
    ) -> AuthResult:
        said = given.login.decode(), given.password.decode()
        box.logins.append(said)
        return AuthResult(success=said == (user, password), handled=False)

    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    settings: dict[str, Any] = {"hostname": HOST, "port": 0, "ready_timeout": 10}
    if user:
        settings |= {"auth_required": True, "authenticator": check}
    if tls == "starttls":
        settings |= {"tls_context": context, "require_starttls": True}
    controller = _Controller(box, ssl_context=context if tls == "tls" else None, **settings)
    controller.start()
    try:
        name = f"{user}:{password}@" if user else ""
        host = "localhost" if certificate else HOST
        box.setting = f"smtp://{name}{host}:{controller.bound_port}/?tls={tls}"
        yield box
    finally:
        controller.stop()


class _Controller(Controller):
    """The library's controller on a port that the machine chooses."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.bound_port = self.server.sockets[0].getsockname()[1]
        self.port = self.bound_port
        super()._trigger_server()


def make_certificate(folder: Path) -> Path:
    """Make a certificate for "localhost" that nobody vouches for but itself; return the file with its key."""
    key, certificate, both = folder / "key.pem", folder / "certificate.pem", folder / "both.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost",
        ],
        check=True,
        capture_output=True,
        timeout=30,
    )  # fmt: skip
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    return both
