"""A real IMAP server on this machine for tests: Debian's dovecot, with a mailbox of plain files.

    with running_dovecot() as server:
        server.port, server.certificate      TLS from the first byte, for "localhost"
        server.starttls_port                 without, until it is asked for
        server.deliver(mail)                 a mail comes in
        server.set_password(user, password)  what it lets in from now on

It runs as whoever runs the tests, in a folder of its own, and ends with the block. Root may neither sign people in nor
own their mails there, so Debian's users for that do.
"""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.services.mailbox import make_certificate
from tests.services.postgres import free_port

PROGRAM = "/usr/sbin/dovecot"
USER = "audit@northwind.example"
PASSWORD = "violet letter box 9"
STARTS_WITHIN_SECONDS = 20

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/both.pem
ssl_key = <{folder}/both.pem
disable_plaintext_auth = no
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
auth_failure_delay = 0
auth_mechanisms = plain login
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 0
first_valid_gid = 0
mail_fsync = never
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service anvil {{
  {chroot}
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  {chroot}
  inet_listener imap {{
    port = {starttls_port}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service stats {{
  {chroot}
}}
service imap {{
  client_limit = 1
}}
"""


@dataclass
class Dovecot:
    """A running mail server. It keeps its mails over `stop` and `start`."""

    folder: Path
    owner: tuple[int, int]  # of the mails
    port: int = field(default_factory=free_port)
    starttls_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    delivered: int = 0
    _password: str = ""

    @property
    def certificate(self) -> str:
        """The certificate that it shows, as text to paste."""
        return (self.folder / "certificate.pem").read_text(encoding="ascii")

    @property
    def inbox(self) -> Path:
        """Where its first folder lies."""
        return self.folder / "mail" / USER

    def deliver(self, mail: bytes, folder: str = "INBOX") -> None:
        """Have a mail come in, as a mail server puts it there: written beside, then moved in whole."""
        place = self.inbox if folder == "INBOX" else self.inbox / f".{folder}"
        self._own(place, *(place / part for part in ("tmp", "new", "cur")))
        self.delivered += 1
        name = f"{1_700_000_000 + self.delivered}.M{self.delivered:06}.localhost"
        (place / "tmp" / name).write_bytes(mail)
        os.chown(place / "tmp" / name, *self.owner)
        (place / "tmp" / name).rename(place / "new" / name)

    def _own(self, *folders: Path) -> None:
        for each in folders:
            each.mkdir(parents=True, exist_ok=True)
            os.chown(each, *self.owner)

    def empty(self) -> None:
        """Begin with an empty mailbox, which counts its mails anew."""
        shutil.rmtree(self.inbox)
        self._own(self.inbox, *(self.inbox / part for part in ("tmp", "new", "cur")))

    def forget_uids(self) -> None:
        """Lose the list of the mails' numbers, as after a restored backup: UIDVALIDITY changes."""
        for each in self.inbox.glob("dovecot*"):
            each.unlink()
        fresh = self.inbox / "dovecot-uidlist"
        fresh.write_text(f"3 V{int(time.time()) + 1000 + self.delivered} N1 G{os.urandom(16).hex()}\n")
        os.chown(fresh, *self.owner)

    def flags(self) -> list[str]:
        """Return the flags of the mails in the first folder, in order: "S" for one that was read."""
        names = [each.name for part in ("new", "cur") for each in (self.inbox / part).iterdir()]
        return [name.partition(":2,")[2] for name in sorted(names)]

    def held(self, folder: str) -> int:
        """Return how many mails lie in another folder."""
        place = self.inbox / f".{folder}"
        return sum(1 for part in ("new", "cur") if (place / part).is_dir() for _ in (place / part).iterdir())

    def set_password(self, password: str) -> None:
        """Let the user in by another password from now on."""
        if self._password == password:
            return
        self._password = password
        fresh = self.folder / "users.new"
        fresh.write_text(f"{USER}:{{PLAIN}}{password}::::::\n", encoding="utf-8")
        fresh.rename(self.folder / "users")
        if self.process is not None:  # it looks at this file once a second
            time.sleep(1.05 - time.time() % 1)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [PROGRAM, "-F", "-c", str(self.folder / "dovecot.conf")]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + STARTS_WITHIN_SECONDS
        while not _answers(self.starttls_port):
            if self.process.poll() is not None or time.monotonic() > end:
                log = self.folder / "dovecot.log"
                raise AssertionError(f"dovecot did not start: {log.read_text() if log.exists() else ''}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End it, and wait until it has."""
        process, self.process = self.process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        finally:
            process.kill()
            process.wait()


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as probe:
        return probe.recv(4) == b"* OK"
    return False


@contextlib.contextmanager
def running_dovecot() -> Iterator[Dovecot]:
    """Run a mail server until the block ends; the test is skipped where it is not installed."""
    if not Path(PROGRAM).exists() or shutil.which("openssl") is None:
        pytest.skip("dovecot and openssl are needed for this (tests/bring_tools.sh)")
    with tempfile.TemporaryDirectory(prefix="dovecot-") as place:
        folder = Path(place)
        folder.chmod(0o755)  # its users must reach what is theirs in it
        make_certificate(folder)
        server = _configured(folder)
        server.set_password(PASSWORD)
        server._own(folder / "mail", server.inbox, *(server.inbox / part for part in ("tmp", "new", "cur")))
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _configured(folder: Path) -> Dovecot:
    """Write the settings, for root or for anybody else."""
    if os.getuid() == 0:
        mail = pwd.getpwnam("mail")
        server = Dovecot(folder, (mail.pw_uid, mail.pw_gid))
        users = {"internal": "dovecot", "login": "dovenull", "group": "dovecot", "chroot": ""}
    else:
        me = pwd.getpwuid(os.getuid())
        server = Dovecot(folder, (me.pw_uid, me.pw_gid))
        group = grp.getgrgid(me.pw_gid).gr_name
        users = {"internal": me.pw_name, "login": me.pw_name, "group": group, "chroot": "chroot ="}
    uid, gid = server.owner
    text = CONFIG.format(
        folder=folder, uid=uid, gid=gid, port=server.port, starttls_port=server.starttls_port, **users
    )
    (folder / "dovecot.conf").write_text(text, encoding="utf-8")
    return server
