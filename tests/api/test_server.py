"""The running server, driven by the programs that people use: curl, an OpenTelemetry exporter, a tester of APIs; and
killed in the middle, after which nothing acknowledged is lost or doubled."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.browser.serving import Served, serving
from tests.docs.pages import BLOCK, DOCS
from tests.services.sources import run_in

STREAM_LINES = 10_000
THREADS = 6

_CONNECT = """
import json, sys
import django
django.setup()
from indelible.features.sources.kinds.web import KIND
from indelible.features.sources.live.connecting import connect
from indelible.features.sources.live.passwords import new_password
from indelible.features.sources.services import By
from indelible.web.acts import logbook_in_use
made = {}
for name in sys.argv[1:]:
    source = connect(logbook_in_use(), KIND, name, By(), settings={"form": "indelible"})
    made[name] = {"id": source.pk, "password": new_password(source, By())}
print(json.dumps(made))
"""

_ON_RECORD = """
import json, sys
import django
django.setup()
from collections import Counter
from indelible.storage.database.reads import get_entries, head
from indelible.features.sources.models import Import
from indelible.web.acts import logbook_in_use
book, wanted = logbook_in_use(), sys.argv[1]
found = Counter()
for start in range(0, head(book).size, 1000):
    for entry in get_entries(book, start, start + 999):
        if wanted in entry.event.get("numbers", {}).get("sources", {}):
            found[entry.event["source"].get("id", "")] += 1
counted = sum(row.recorded for row in Import.objects.filter(source=int(wanted)))
print(json.dumps({"found": found, "counted": counted}))
"""


@dataclass
class Running:
    """The server, and the sources that it knows."""

    served: Served
    sources: dict[str, dict[str, Any]]

    def password(self, name: str) -> str:
        return str(self.sources[name]["password"])

    @property
    def netloc(self) -> str:
        return self.served.address.split("//")[1].strip("/")

    def on_record(self, name: str) -> dict[str, Any]:
        """How often each id of a source is on the record, and how many its accounts count."""
        told: dict[str, Any] = json.loads(run_in(self.served.home, _ON_RECORD, str(self.sources[name]["id"])))
        return told


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with a record that has begun."""
    home = tmp_path_factory.mktemp("api") / "home"
    program = [str(Path(sys.executable).parent / "indelible"), "init", "--home", str(home)]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("INDELIBLE", "DJANGO"))
    }
    subprocess.run(program, check=True, capture_output=True, env=environment)
    sources = json.loads(run_in(home, _CONNECT, "Shop", "Exporter", "Tester", "Killed"))
    with serving(home) as served:
        yield Running(served, sources)


def ask(
    running: Running, name: str, method: str, path: str, body: bytes = b"", content_type: str = ""
) -> Any:
    """Make one request and return its status and document."""
    connection = http.client.HTTPConnection(running.netloc, timeout=60)
    try:
        headers = {"Authorization": f"Bearer {running.password(name)}"}
        if content_type:
            headers["Content-Type"] = content_type
        connection.request(method, f"/api/v1/{path}", body, headers)
        with connection.getresponse() as answer:
            content = answer.read()
            return answer.status, json.loads(content) if content else None
    finally:
        connection.close()


def curl(running: Running, *arguments: str, sent: bytes = b"") -> Any:
    """Run curl against the events of the shop and return what it printed."""
    program = shutil.which("curl")
    if program is None:
        pytest.skip("curl is not installed here")
    done = subprocess.run(
        [
            program, "-sS", "--fail-with-body", running.served.url("/api/v1/events"),
            "-H", f"Authorization: Bearer {running.password('Shop')}", *arguments,
        ],
        input=sent, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_curl_sends_one_a_list_and_lines_without_a_length(running: Running) -> None:
    told = curl(
        running, "-H", "Content-Type: application/json", "-d", '{"id": "c1", "action": {"said": "login"}}'
    )
    assert told["results"][0]["fate"] == "recorded" and told["checkpoint"].startswith("log-")
    told = curl(
        running, "-H", "Content-Type: application/json", "-d",
        '[{"id": "c1", "action": {"said": "login"}}, {"id": "c2", "action": {"said": "logout"}}]',
    )  # fmt: skip
    assert [one["fate"] for one in told["results"]] == ["duplicate", "recorded"]
    lines = b"".join(b'{"id": "n%d", "action": {"said": "view"}}\n' % number for number in range(3_000))
    chunked = (
        "-X",
        "POST",
        "-T",
        "-",
        "-H",
        "Transfer-Encoding: chunked",
        "-H",
        "Content-Type: application/x-ndjson",
    )
    told = curl(running, *chunked, sent=lines)
    assert (told["read"], told["recorded"], told["results"], told["results_left_off"]) == (
        3_000,
        3_000,
        [],
        3_000,
    )
    assert running.on_record("Shop")["counted"] == 3_002


def test_the_commands_of_the_guide_do_what_it_says(running: Running, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed here")
    page = (DOCS / "guide" / "web-connection.md").read_text(encoding="utf-8")
    (tmp_path / "events.ndjson").write_text('{"action": {"said": "login"}}\n{"action": {"said": "logout"}}\n')
    told = []
    for language, block in BLOCK.findall(page):
        assert language == "bash"
        command = block.replace("http://localhost:8000/", running.served.address).replace(
            "curl ", "curl -sS ", 1
        )
        environment = {**os.environ, "PASSWORD": running.password("Shop")}
        done = subprocess.run(
            command, shell=True, cwd=tmp_path, env=environment, capture_output=True, timeout=60
        )
        told.append(json.loads(done.stdout)["recorded"])
    assert told == [1, 2]


def test_an_exporter_of_opentelemetry_sends_its_logs(running: Running) -> None:
    program = """
import logging, sys
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
provider = LoggerProvider(resource=Resource.create({"service.name": "billing"}))
headers = {"Authorization": "Bearer " + sys.argv[2]}
exporter = OTLPLogExporter(sys.argv[1], headers=headers, compression=Compression.Gzip)
provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
log = logging.getLogger("billing")
log.setLevel(logging.INFO)
log.addHandler(LoggingHandler(logger_provider=provider))
for number in range(300):
    log.info("invoice approved", extra={"enduser.id": "u4", "invoice": number})
assert provider.force_flush()
provider.shutdown()
"""
    address = running.served.url("/api/v1/otlp/v1/logs")
    command = [sys.executable, "-W", "ignore", "-c", program, address, running.password("Exporter")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0 and not done.stderr, done.stderr
    _, account = ask(running, "Exporter", "GET", "source")
    assert account["entries"] == 300 and account["accounts"][0]["rejected"] == 0


def test_a_tester_of_apis_finds_no_fault_and_no_answer_that_is_not_documented(running: Running) -> None:
    program = Path(sys.executable).parent / "schemathesis"
    checks = (
        "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
        "response_schema_conformance,unsupported_method,ignored_auth"
    )
    for password, examples in ((running.password("Tester"), "20"), ("ind_000000000000_wrong", "2")):
        done = subprocess.run(
            [
                str(program), "run", running.served.url("/api/v1/openapi.json"), "--max-examples", examples,
                "--phases", "fuzzing", "--checks", checks, "--suppress-health-check", "all", "--seed", "1",
                "-H", f"Authorization: Bearer {password}", "--generation-database", "none",
            ],
            cwd=running.served.home, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-4_000:]


# Killed in the middle ---------------------------------------------------------------------------------


def kill_the_web_server(home: Path) -> None:
    """End the processes that answer requests for a data folder, without a chance to finish anything."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
            environment = (process / "environ").read_bytes()
        except OSError:
            continue
        if b"indelible.server.child" in command and b"web" in command and str(home).encode() in environment:
            children = process / "task" / process.name / "children"
            found += [int(process.name), *map(int, children.read_text().split())]
    assert found, "no web server runs"
    for each in reversed(found):  # those that work first: one that lost its starter would end gently
        with contextlib.suppress(ProcessLookupError):  # it ended together with the one before
            os.kill(each, signal.SIGKILL)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds the process in /proc")
def test_nothing_acknowledged_is_lost_or_doubled_when_the_server_is_killed(running: Running) -> None:
    lines = b"".join(
        b'{"id": "s%d", "action": {"verb": "view", "said": "view"}}\n' % number
        for number in range(STREAM_LINES)
    )
    killed, acknowledged = threading.Event(), {}
    stream: dict[str, Any] = {}

    def send(thread: int) -> None:
        for number in range(60):
            body = json.dumps({"id": f"p{thread}-{number}", "action": {"said": "login"}}).encode()
            for _try in range(200):
                try:
                    status, told = ask(running, "Killed", "POST", "events", body, "application/json")
                except (OSError, http.client.HTTPException):
                    time.sleep(0.1)  # it is away: the same again
                    continue
                if status in (200, 201):
                    acknowledged[f"p{thread}-{number}"] = told["results"][0]["entry"]
                    break
                time.sleep(0.1)
            if killed.is_set() and number > 20:
                break

    def send_lines() -> None:
        while "told" not in stream:
            try:
                status, told = ask(running, "Killed", "POST", "events", lines, "application/x-ndjson")
            except (OSError, http.client.HTTPException):
                stream["cut"] = True
                time.sleep(0.2)
                continue
            if status == 200:
                stream["told"] = told

    threads = [threading.Thread(target=send, args=(each,)) for each in range(THREADS)]
    threads.append(threading.Thread(target=send_lines))
    for each in threads:
        each.start()
    while ask(running, "Killed", "GET", "source")[1]["entries"] < 1_000:  # the stream is recorded in part
        time.sleep(0.02)
    kill_the_web_server(running.served.home)
    killed.set()
    for each in threads:
        each.join(timeout=90)
        assert not each.is_alive()
    told = stream["told"]
    assert stream.get("cut") and told["read"] == STREAM_LINES and told["duplicates"] >= 1_000
    on_record = running.on_record("Killed")
    assert set(on_record["found"].values()) == {1}
    sent = {f"s{number}" for number in range(STREAM_LINES)} | set(acknowledged)
    assert sent <= set(on_record["found"])
    assert on_record["counted"] == len(on_record["found"])  # the accounts say the same as the record
    first = min(acknowledged.values())  # its receipt still holds
    connection = http.client.HTTPConnection(running.netloc, timeout=30)
    headers = {"Authorization": f"Bearer {running.password('Killed')}"}
    connection.request("GET", f"/api/v1/entries/{first}/receipt", headers=headers)
    with connection.getresponse() as answer:
        receipt = answer.read().decode()
    connection.close()
    assert answer.status == 200 and f"\nindex {first}\n" in receipt
