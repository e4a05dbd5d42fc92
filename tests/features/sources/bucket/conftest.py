"""A real storage service, a source that looks at one of its buckets, and files as CloudTrail writes them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.services.s3 import READER, REGION, S3, running_s3

ACCOUNT = "111122223333"


@pytest.fixture(scope="module")
def server() -> Iterator[S3]:
    """A storage service, shared by the tests of one module."""
    with running_s3() as running:
        yield running


@pytest.fixture
def bucket(server: S3, request: pytest.FixtureRequest) -> str:
    """A bucket of this test's own."""
    number = getattr(server, "made", 0) + 1
    server.made = number  # type: ignore[attr-defined]
    name = f"bucket-{number}"
    server.make_bucket(name)
    return name


def event(number: int) -> dict[str, Any]:
    """Return one event as CloudTrail tells it."""
    return {
        "eventVersion": "1.09",
        "userIdentity": {"type": "IAMUser", "userName": f"user{number}", "accountId": ACCOUNT},
        "eventTime": f"2026-03-04T06:{number // 60 % 60:02}:{number % 60:02}Z",
        "eventSource": "iam.amazonaws.com",
        "eventName": "CreateUser",
        "awsRegion": REGION,
        "sourceIPAddress": "192.0.2.7",
        "requestParameters": {"userName": f"new{number}"},
        "eventID": f"0f00d000-0000-4000-8000-{number:012}",
        "eventType": "AwsApiCall",
        "recipientAccountId": ACCOUNT,
    }


def log_file(*numbers: int) -> bytes:
    """Return a log file with these events."""
    return gzip.compress(json.dumps({"Records": [event(number) for number in numbers]}).encode(), mtime=0)


def log_key(day: str, name: str, *, region: str = REGION, account: str = ACCOUNT, above: str = "") -> str:
    """Return where CloudTrail puts a log file of a day ("2026/03/04")."""
    folder = f"{above}AWSLogs/{account}/CloudTrail/{region}/{day}"
    return f"{folder}/{account.rpartition('/')[2]}_CloudTrail_{region}_{name}.json.gz"


def rows(first: int, count: int = 1) -> bytes:
    """Return a table of events that asks nothing."""
    lines = ["id,time,user,action,object"]
    lines += [
        f"e{number},2026-03-03T08:00:{number % 60:02}Z,user{number},deleted,invoice {number}"
        for number in range(first, first + count)
    ]
    return "\n".join(lines).encode()


def settings_for(server: S3, name: str, **other: Any) -> dict[str, Any]:
    """Return what a person fills in to set that bucket up."""
    return {
        "name": "Trail of Northwind",
        "bucket": name,
        "below": "",
        "layout": "cloudtrail",
        "region": REGION,
        "endpoint": server.endpoint,
        "access_key": READER[0],
        "secret": READER[1],
        **other,
    }


@pytest.fixture
def connect(book: Any, server: S3, bucket: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """A function that sets up the bucket as the form does; settings by name."""
    from indelible.features.sources.kinds import load
    from indelible.features.sources.kinds.bucket import fetching
    from indelible.features.sources.live.connecting import connect as begin
    from indelible.features.sources.services import By

    monkeypatch.setattr(fetching, "WAITS_SECONDS", 0.0)  # no worker records meanwhile

    def run(**other: Any) -> Any:
        kind = load()["bucket"]
        form = kind.form(settings_for(server, bucket, **other))
        assert form.is_valid(), form.errors
        kept = {"settings": form.settings(), "secrets": form.secrets(), "told": form.told()}
        return begin(book, kind, form.cleaned_data["name"], By(), **kept)

    return run


def look(source: Any) -> Any:
    """Look once, now; return how the source does."""
    from indelible.features.sources.kinds.bucket import look_at_buckets
    from indelible.features.sources.live.health import health_of, try_again_now

    try_again_now(source)
    look_at_buckets()
    return health_of(source)


def taken(source: Any) -> list[tuple[str, int, int]]:
    """Record what was taken; return its files, each with how many records are new and held already."""
    from indelible.features.sources.jobs import record_import
    from indelible.features.sources.models import Import, Stage

    for row in Import.objects.filter(source=source, stage=Stage.RECEIVED, live_day=None).order_by("pk"):
        record_import.func(row.pk)
    imports = Import.objects.filter(source=source, live_day=None).order_by("pk")
    return [(row.file_name, row.recorded, row.duplicates) for row in imports]


def whole_round_now(source: Any) -> None:
    """Let the next round be a whole one, as a day later."""
    from indelible.features.sources.live.health import health_of

    health = health_of(source)
    health.cursor["whole_at"] = ""
    health.save()
