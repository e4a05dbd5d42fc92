"""Real time-stamp authorities for tests: OpenSSL signs, over HTTP on this machine alone.

Each has a root of its own, made anew. A test may stop and start one, make it answer late or spoil what it
answers, and ask for a *rogue*: an authority of the same names whose unrelated root rides along in its tokens.
With `between_inside` the signer has an RSA key, another authority stands between it and the root, and its
certificate lies in the tokens, as commercial authorities do it.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

POLICY = "1.3.6.1.4.1.32473.1.1"

_CONFIGURATION = """
[ req ]
distinguished_name = name
prompt = no
[ name ]
CN = given on the command line
[ root ]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[ between ]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign
[ signer ]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[ tsa ]
default_tsa = authority
[ authority ]
dir = .
serial = $dir/serial
crypto_device = builtin
signer_cert = $dir/signer.crt
signer_key = $dir/signer.key
{inside}
signer_digest = sha256
default_policy = {policy}
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = no
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = {essential}
"""


def openssl() -> str:
    """Return the openssl program, or skip the test where there is none."""
    found = shutil.which("openssl")
    if found is None:
        pytest.skip("openssl is not installed here, so there is no time-stamp authority")
    return found


class Authority:
    """A running authority. `requests` counts what was asked; the other settings change what is answered."""

    def __init__(
        self,
        folder: Path,
        *,
        policy: str = POLICY,
        root_inside: bool = False,
        between_inside: bool = False,
        essential: str = "sha256",
    ) -> None:
        self.folder = folder
        self.policy = policy
        self.requests = 0
        self.wait_seconds = 0.0
        self.spoil: Callable[[bytes], bytes] | None = None
        self._lock = threading.Lock()
        self._rogues: list[Authority] = []
        self._server: ThreadingHTTPServer | None = None
        self._port = 0
        folder.mkdir(parents=True, exist_ok=True)
        inside = (
            "certs = $dir/root.crt" if root_inside else "certs = $dir/between.crt" if between_inside else ""
        )
        (folder / "tsa.cnf").write_text(
            _CONFIGURATION.format(policy=policy, inside=inside, essential=essential)
        )
        self._make_certificates("between" if between_inside else "root")

    @property
    def url(self) -> str:
        """Where requests are posted."""
        return f"http://127.0.0.1:{self._port}/"

    @property
    def root_pem(self) -> str:
        """The root certificate that a reader configures."""
        return (self.folder / "root.crt").read_text()

    @property
    def signer_pem(self) -> str:
        """The certificate that signs."""
        return (self.folder / "signer.crt").read_text()

    def answer(self, query: bytes) -> bytes:
        """Return the answer to a request without going over the network; empty where openssl gives none."""
        with self._lock, tempfile.NamedTemporaryFile(dir=self.folder) as file:  # one serial number at a time
            Path(file.name).write_bytes(query)
            command = [openssl(), "ts", "-reply", "-config", "tsa.cnf", "-queryfile", file.name]
            reply = subprocess.run(command, cwd=self.folder, capture_output=True, check=False).stdout
        return self.spoil(reply) if self.spoil else reply

    def start(self) -> None:
        """Listen, on the same port as before where it was stopped."""
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                authority.requests += 1
                time.sleep(authority.wait_seconds)
                if self.headers.get("Content-Type") != "application/timestamp-query":
                    self.send_error(415)
                    return
                reply = authority.answer(self.rfile.read(int(self.headers["Content-Length"])))
                with contextlib.suppress(ConnectionError):  # whoever asked may have given up
                    self.send_response(200 if reply else 500)
                    self.send_header("Content-Type", "application/timestamp-reply")
                    self.send_header("Content-Length", str(len(reply)))
                    self.end_headers()
                    self.wfile.write(reply)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing: tests are quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._server.daemon_threads = True
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Stop listening; nothing is lost."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        for rogue in self._rogues:
            rogue.stop()

    def rogue(self) -> Authority:
        """Return another running authority of the same names, whose own root lies inside its tokens."""
        rogue = Authority(self.folder / f"rogue-{len(self._rogues)}", policy=self.policy, root_inside=True)
        self._rogues.append(rogue)
        rogue.start()
        return rogue

    def _make_certificates(self, issuer: str) -> None:
        """Make root and signer; where `issuer` is `between`, another authority stands between them, with RSA."""
        self.run("ecparam -name prime256v1 -genkey -noout -out root.key")
        self.run("ecparam -name prime256v1 -genkey -noout -out signer.key")
        self.run(
            "req -x509 -new -config tsa.cnf -extensions root -key root.key -sha256 -days 3650 -out root.crt",
            "-subj",
            "/O=Indelible test/CN=Test TSA root",
        )
        if issuer == "between":
            self.run("genrsa -out signer.key 2048")
            self.run("ecparam -name prime256v1 -genkey -noout -out between.key")
            self._certify("between", "/CN=B", "between", "root")
        self._certify("signer", "/O=Indelible test/CN=Test TSA signer", "signer", issuer)

    def _certify(self, name: str, subject: str, extensions: str, issuer: str) -> None:
        self.run(f"req -new -config tsa.cnf -key {name}.key -out {name}.csr", "-subj", subject)
        self.run(
            f"x509 -req -in {name}.csr -CA {issuer}.crt -CAkey {issuer}.key -set_serial 1001 -days 3650 -sha256"
            f" -extfile tsa.cnf -extensions {extensions} -out {name}.crt"
        )

    def run(self, words: str, *more: str) -> None:
        """Run an openssl command in the authority's folder."""
        command = [openssl(), *words.split(), *more]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)


@contextlib.contextmanager
def running_authority(folder: Path, *, between_inside: bool = False) -> Iterator[Authority]:
    """Start an authority that keeps its files in `folder`, and stop it and its rogues afterwards."""
    authority = Authority(folder, between_inside=between_inside)
    authority.start()
    try:
        yield authority
    finally:
        authority.stop()
