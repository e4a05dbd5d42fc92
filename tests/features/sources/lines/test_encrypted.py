"""TLS: the lines that the page says to copy work with the real programs, and others are turned away."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.features.sources.lines.conftest import House, Listened, counted, line, until
from tests.services.mailbox import make_certificate
from tests.services.rsyslog import running_rsyslog


def copied(source: Listened, folder: Path) -> dict[str, Any]:
    """What a person copies from the page, the certificate downloaded into the folder."""
    folder.mkdir(exist_ok=True)
    copy: dict[str, Any] = source.ask("to_copy", folder=str(folder))
    (folder / "indelible.pem").write_text(copy["certificate"])
    return copy


def greeted(source: Listened, trusting: str, shown: Path | None = None) -> ssl.SSLSocket:
    context = ssl.create_default_context(cadata=trusting)
    if shown is not None:
        context.load_cert_chain(shown)
    made = socket.create_connection(("127.0.0.1", source.port), timeout=20)
    try:
        return context.wrap_socket(made, server_hostname="127.0.0.1")
    except BaseException:
        made.close()
        raise


def send(source: Listened, trusting: str, message: bytes, shown: Path | None = None) -> None:
    """Send one message; raises where we are turned away, which TLS 1.3 tells after the greeting."""
    with greeted(source, trusting, shown) as made:
        made.sendall(counted(message))
        made.settimeout(0.5)
        try:
            if made.recv(1) == b"":
                raise ConnectionResetError
        except TimeoutError:
            return


def test_rsyslog_and_openssl_send_as_the_page_says_and_the_certificate_is_changed(
    house: House, tmp_path: Path
) -> None:
    source = house.connect("tls")
    copy = copied(source, tmp_path)
    with running_rsyslog(tmp_path / "old", copy["rsyslog"]) as sender:
        sender.write(*(b"<86>Mar  4 10:15:22 gate1 sshd[1]: by rsyslog " + b"%d" % n for n in range(200)))
        source.await_count(200)
        certificates = until(lambda: source.ask("health"), lambda found: found["connections"])["connections"]
        assert certificates[0]["sender"] == "127.0.0.1"
    if shutil.which("openssl"):
        subprocess.run(
            ["bash", "-c", copy["first_line"]], cwd=tmp_path, check=True, timeout=30, capture_output=True
        )
        source.await_count(201)
        assert "A first line" in source.messages()
    source.ask("act", what="announce")
    send(source, copy["certificate"], line(1, "announced, not switched"))
    source.ask("act", what="switch")
    changed = copied(source, tmp_path / "new")
    assert changed["certificate"] != copy["certificate"]
    until(lambda: served(source), lambda found: found == changed["certificate"])
    with pytest.raises(ssl.SSLCertVerificationError):
        send(source, copy["certificate"], line(2))
    with running_rsyslog(tmp_path / "new", changed["rsyslog"]) as sender:
        sender.write(b"<86>Mar  4 10:15:22 gate1 sshd[1]: by rsyslog, switched")
        until(source.messages, lambda said: "by rsyslog, switched" in said)
    told = [event for event in house.ask("everything") if event["action"]["said"] == "source_changed"]
    assert [change["field"] for event in told for change in event["changes"]] == [
        "fingerprint of its next certificate",
        "fingerprint of its certificate",
    ]
    assert "PRIVATE KEY" not in str(house.ask("everything")) + str(source.ask("settings_of"))


def served(source: Listened) -> str:
    """The certificate that the listener shows; "" where it shows none at this moment."""
    try:
        return ssl.get_server_certificate(("127.0.0.1", source.port), timeout=10).replace("\r", "")
    except OSError:
        return ""


def test_only_senders_with_a_listed_certificate_are_let_in(house: House, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    one, other = make_certificate(tmp_path / "one"), make_certificate(tmp_path / "other")
    pem = (tmp_path / "one" / "certificate.pem").read_text()
    source = house.connect("tls", senders_certificates=pem)
    ours = copied(source, tmp_path)["certificate"]
    send(source, ours, line(1, "from one"), one)
    source.await_count(1)
    for shown in (other, None):
        with pytest.raises((ssl.SSLError, ConnectionError)):
            send(source, ours, line(2, "from another"), shown)
    with socket.create_connection(("127.0.0.1", source.port), timeout=20) as plain:
        plain.sendall(counted(line(3, "without encryption")) * 3)
        try:
            while plain.recv(100):
                pass
        except ConnectionError:
            pass
    away = until(
        lambda: source.ask("health"), lambda found: sum(row[0] for row in found["turned_away"].values()) == 3
    )
    assert set(away["turned_away"]) == {"127.0.0.1 wrong-certificate", "127.0.0.1 not-encrypted"}
    assert source.messages() == ["from one"]


def test_a_certificate_of_files_is_read_again_once_it_is_renewed(house: House, tmp_path: Path) -> None:
    make_certificate(tmp_path)
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    files = {"certificate_from": "files", "certificate_file": str(certificate), "key_file": str(key)}
    source = house.connect("tls", **files)
    until(lambda: served(source), lambda found: found == certificate.read_text())
    make_certificate(tmp_path)
    until(lambda: served(source), lambda found: found == certificate.read_text())
    certificate.unlink()
    found = until(lambda: source.ask("health"), lambda found: found["problem"])
    assert found["problem"]["code"] == "lines-certificate-trouble"


def test_a_pasted_pair_has_to_belong_together(house: House, tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        make_certificate(tmp_path / name)
    pasted = {
        "certificate_from": "pasted",
        "certificate": (tmp_path / "one" / "certificate.pem").read_text(),
        "private_key": (tmp_path / "other" / "key.pem").read_text(),
    }
    refused = house.ask("connect", name="Pasted", how="tls", port=6514, **pasted)
    assert "does not belong" in refused["certificate"][0]["message"]
    pasted["private_key"] = (tmp_path / "one" / "key.pem").read_text()
    source = house.connect("tls", **pasted)
    until(lambda: served(source).strip(), lambda found: found == pasted["certificate"].strip())
    assert source.ask("change", zone="UTC") is True  # the key that was given before is kept
