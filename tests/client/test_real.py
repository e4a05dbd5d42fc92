"""The client against a real server: what the guide shows, and a server that is killed while events come in."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from indelible.client import Client, ReceiptError
from tests.browser.serving import free_port, serving
from tests.services.sources import connect_source, events_of_source

GUIDE = Path(__file__).resolve().parents[2] / "docs/guide/program.md"
INDELIBLE = Path(sys.executable).with_name("indelible")


def begin(home: Path) -> str:
    """Begin a logbook; return its key card."""
    import json

    done = subprocess.run(
        [INDELIBLE, "init", "--home", home, "--json"], capture_output=True, text=True, check=True
    )
    return str(json.loads(done.stdout)["public_key"])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A served installation with a web connection: address, password, key card, home."""
    home = tmp_path_factory.mktemp("client") / "home"
    key = begin(home)
    made = connect_source(home, "web", "Payroll")
    with serving(home) as served:
        yield served.address, made, key, home


def test_what_the_guide_shows_runs(place: Any, tmp_path: Path) -> None:
    address, made, key, home = place
    program = "\n".join(re.findall(r"^```python\n(.*?)^```", GUIDE.read_text(), re.M | re.S))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=tmp_path,
        env={
            **os.environ,
            "INDELIBLE_URL": address,
            "INDELIBLE_PASSWORD": made["password"],
            "INDELIBLE_KEY": key,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "events go out" in done.stdout
    said = [event["action"]["said"] for event in events_of_source(home, made["id"])]
    assert said == ["invoice.approved", "payment.released", "payment.release", "salary.changed"]
    assert not (tmp_path / "spool" / "refused.jsonl").exists()


def test_a_receipt_is_believed_under_the_right_key_alone(place: Any, tmp_path: Path) -> None:
    address, made, key, _home = place
    with Client(address, made["password"], tmp_path / "spool", key=key) as client:
        sealed = client.record_now("payment.released")
        assert sealed.entry is not None
        checked = client.receipt(sealed.entry)
        assert checked.entry == sealed.entry and checked.size > sealed.entry
        assert client.read(sealed.entry)["action"] == {"said": "payment.released"}
        client.key = begin(tmp_path / "another")
        with pytest.raises(ReceiptError):
            client.receipt(sealed.entry)
        assert client.heartbeat()


def test_a_server_killed_again_and_again_loses_and_doubles_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    begin(home)
    made = connect_source(home, "web", "Payroll")
    port = free_port()
    acknowledged: Counter[str] = Counter()

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [INDELIBLE, "serve", "--home", str(home), "--port", str(port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    server = start()
    client = Client(
        f"http://127.0.0.1:{port}",
        made["password"],
        tmp_path / "spool",
        told=lambda result: acknowledged.update([result.id]),
    )
    expected = []
    try:
        for _round in range(3):
            for _each in range(150):
                expected.append(client.record("deed"))
                time.sleep(0.005)
            end = time.monotonic() + 60
            while not acknowledged and time.monotonic() < end:  # the kill is to come while events come in
                time.sleep(0.05)
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
            acknowledged.clear()
            server = start()
        assert client.flush(90), client.trouble
    finally:
        client.close()
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)
    ids = [event["source"]["id"] for event in events_of_source(home, made["id"])]
    assert sorted(ids) == sorted(expected)
