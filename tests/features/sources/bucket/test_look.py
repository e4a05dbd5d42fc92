"""A bucket of a real storage service: each file is taken once, in whatever order it comes and whoever dies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.features.sources.bucket.conftest import log_file, log_key, look, rows, taken, whole_round_now
from tests.services.s3 import REGION, S3
from tests.shared import shared_path

Connect = Callable[..., Any]


def day(before_today: int = 0) -> str:
    return f"{datetime.now(UTC) - timedelta(days=before_today):%Y/%m/%d}"


def test_log_files_of_every_region_are_taken_and_digests_are_counted(
    connect: Connect, server: S3, bucket: str
) -> None:
    source = connect()
    server.put(bucket, log_key(day(), "T0805Z_b"), log_file(1, 2))
    server.put(bucket, log_key(day(40), "T0800Z_a"), log_file(3))
    server.put(bucket, log_key(day(), "T0810Z_c", region="us-east-1"), log_file(4))
    server.put(bucket, log_key(day(), "T0810Z_c", account="o-abcdefghij/444455556666"), log_file(5))
    digest = (
        f"AWSLogs/111122223333/CloudTrail-Digest/{REGION}/{day()}/111122223333_CloudTrail-Digest_x.json.gz"
    )
    server.put(bucket, digest, b"digest")
    server.put(bucket, f"AWSLogs/111122223333/CloudTrail/{REGION}/notes.txt", b"by hand")
    server.put(bucket, "AWSLogs/111122223333/Config/x.json", b"another service")
    health = look(source)
    assert health.problem is None and health.behind == 0
    files = taken(source)
    assert sum(recorded for _, recorded, _ in files) == 5 and len(files) == 4
    what = dict(source.items.values_list("name", "facts__what"))
    assert (what[digest], sorted(what.values())) == (
        "digest",
        ["digest", "log", "log", "log", "log", "other"],
    )
    assert health.cursor["counts"] == {"taken": 4, "digest": 1, "other": 1, "gone": 0}
    look(source)
    assert len(taken(source)) == 4


def test_what_comes_late_and_out_of_order_is_found(connect: Connect, server: S3, bucket: str) -> None:
    source = connect()
    server.put(bucket, log_key(day(), "T1200Z_m"), log_file(1))
    look(source)
    server.put(bucket, log_key(day(), "T0900Z_a"), log_file(2))  # sorts before what was seen
    server.put(bucket, log_key(day(2), "T2300Z_z"), log_file(3))
    server.put(bucket, log_key(day(20), "T2300Z_z"), log_file(4))
    look(source)
    assert len(taken(source)) == 3
    whole_round_now(source)
    look(source)
    assert len(taken(source)) == 4


def test_a_region_that_is_new_is_looked_through_from_its_beginning(
    connect: Connect, server: S3, bucket: str
) -> None:
    source = connect()
    server.put(bucket, log_key(day(), "a"), log_file(1))
    look(source)
    server.put(bucket, log_key(day(100), "b", region="ap-south-1"), log_file(2))
    look(source)
    assert len(taken(source)) == 2


def test_any_files_are_taken_in_the_order_of_their_keys_and_a_changed_one_anew(
    connect: Connect, server: S3, bucket: str
) -> None:
    source = connect(layout="files", below="exports/")
    for name in ("exports/b.csv", "exports/a.csv", "elsewhere/c.csv", "exports/sub/", "exports/empty.csv"):
        server.put(bucket, name, b"" if "sub" in name or "empty" in name else rows(ord(name[-5])))
    look(source)
    assert taken(source) == [("a.csv", 1, 0), ("b.csv", 1, 0)]
    assert source.items.get(name="exports/empty.csv").facts["problem"] == "object-empty"
    server.put(bucket, "exports/a.csv", rows(ord("a")) + rows(200)[len(b"id,time,user,action,object") :])
    look(source)
    assert taken(source)[2:] == [("a.csv", 1, 1)]
    assert source.items.get(name="exports/a.csv").facts["times"] == 2
    server.remove(bucket, "exports/b.csv")
    whole_round_now(source)
    look(source)
    gone = source.items.filter(gone_at__isnull=False)
    assert [item.name for item in gone] == ["exports/b.csv"]
    server.put(bucket, "exports/b.csv", rows(ord("b")))
    whole_round_now(source)
    look(source)
    assert not gone.all().exists()


def test_listing_goes_on_page_by_page_and_short_rounds_begin_near_the_end(
    connect: Connect, server: S3, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.features.sources.kinds.bucket import fetching, store

    monkeypatch.setattr(store.Bucket.page, "__kwdefaults__", {"most": 3})
    monkeypatch.setattr(fetching, "REQUESTS_A_LOOK", 2)
    source = connect(layout="files")
    for number in range(10):
        server.put(bucket, f"{number:02}.csv", rows(number))
    first = look(source)
    assert (first.cursor["after"], first.next_try_at) == ("05.csv", None)  # goes on at once
    second = look(source)
    assert second.cursor["parts"] == [] and second.next_try_at is not None
    assert len(taken(source)) == 10
    assert second.cursor["windows"] == {"": "05.csv"}
    server.put(bucket, "03b.csv", rows(30))
    server.put(bucket, "99.csv", rows(40))
    look(source)
    assert [name for name, *_ in taken(source)][10:] == ["99.csv"]
    whole_round_now(source)
    for _ in range(3):
        look(source)
    assert [name for name, *_ in taken(source)][11:] == ["03b.csv"]


def test_no_more_than_so_many_are_on_their_way(
    connect: Connect, server: S3, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.features.sources.kinds.bucket import fetching

    monkeypatch.setattr(fetching, "IN_FLIGHT", 3)
    source = connect(layout="files")
    for number in range(5):
        server.put(bucket, f"{number:02}.csv", rows(number))
    assert look(source).behind == 2
    assert len(taken(source)) == 3
    assert look(source).behind == 0
    assert [recorded for _, recorded, _ in taken(source)] == [1] * 5


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"bucket": "nowhere"}, "bucket-missing"),
        ({"access_key": "AKIANOBODY"}, "bucket-key-wrong"),
        ({"secret": "wrong"}, "bucket-key-wrong"),
        ({"endpoint": "http://127.0.0.1:9"}, "bucket-away"),
    ],
)
def test_what_is_set_up_wrongly_is_told_by_its_own_name(
    connect: Connect, server: S3, bucket: str, other: dict[str, str], code: str
) -> None:
    from indelible.explanations import explain

    problem = look(connect(**other)).problem
    assert problem["code"] == code
    assert "{" not in "".join((explain(**problem).title, explain(**problem).meaning))


def test_a_new_secret_is_used_at_once(connect: Connect, server: S3, bucket: str) -> None:
    from indelible.features.sources.live.secrets import keep_secret
    from tests.services.s3 import READER

    source = connect(layout="files", secret="wrong")
    server.put(bucket, "a.csv", rows(1))
    assert look(source).problem["code"] == "bucket-key-wrong"
    keep_secret(source, "secret", READER[1])
    assert look(source).problem is None
    assert len(taken(source)) == 1


def test_one_object_that_may_not_be_read_keeps_no_other_from_being_taken(
    connect: Connect, server: S3, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.features.sources.kinds.bucket import store

    source = connect(layout="files")
    for name in ("a.csv", "b.csv", "c.csv"):
        server.put(bucket, name, rows(ord(name[0])))
    real = store.Bucket.fetch

    def denied(self: Any, wanted: Any, alive: Any) -> Any:
        if wanted.key == "b.csv":
            raise store.Closed("object-denied")
        return real(self, wanted, alive)

    with monkeypatch.context() as closed:
        closed.setattr(store.Bucket, "fetch", denied)
        problem = look(source).problem
    assert (problem["code"], problem["key"]) == ("bucket-object-denied", "b.csv")
    assert [name for name, *_ in taken(source)] == ["a.csv", "c.csv"]
    assert look(source).problem is None
    assert [name for name, *_ in taken(source)] == ["a.csv", "c.csv", "b.csv"]


def test_an_object_that_changes_while_it_is_fetched_is_met_again(
    connect: Connect, server: S3, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.conf import settings

    from indelible.features.sources.kinds.bucket import store

    def kept() -> set[Any]:
        return set(settings.INDELIBLE_HOME.uploads.glob("*.upload"))

    source, before = connect(layout="files"), kept()
    server.put(bucket, "a.csv", rows(1))
    real = store.Bucket.page

    def changed(self: Any, *given: Any, **named: Any) -> Any:
        page = real(self, *given, **named)
        server.put(bucket, "a.csv", rows(1, 3))
        return page

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(store.Bucket, "page", changed)
        look(source)
    assert taken(source) == []
    look(source)
    assert taken(source) == [("a.csv", 3, 0)]
    assert kept() == before  # no half file stays


def test_real_log_and_digest_files_are_told_apart_wherever_they_lie(
    connect: Connect, server: S3, bucket: str
) -> None:
    log, digest = (shared_path(f"samples/aws-cloudtrail{which}.json.gz") for which in ("", "-digest"))
    source = connect()
    server.put(bucket, log_key(day(), "real"), log.read_bytes())
    server.put(bucket, log_key(day(), "digest"), digest.read_bytes())  # lies among the logs
    look(source)
    assert {name: recorded for name, recorded, _ in taken(source)}.values() != {0}
    from indelible.features.sources.models import Import

    counts = {row.recorded: row.refusal for row in Import.objects.filter(source=source)}
    assert counts.keys() == {0, 9} and counts[9] is None
