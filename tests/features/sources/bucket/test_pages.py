"""The pages of a bucket: set up, tried, looked at, its key changed; and what they never show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.features.sources.bucket.conftest import log_file, log_key, look, rows, settings_for, taken
from tests.services.s3 import READER, S3


def test_a_bucket_is_set_up_tried_and_shows_what_it_brought(
    signed_in: Client, server: S3, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.features.sources.kinds.bucket import fetching
    from indelible.features.sources.models import Source

    monkeypatch.setattr(fetching, "WAITS_SECONDS", 0.0)
    typed = settings_for(server, bucket)

    def attempt(**other: str) -> str:
        form = {**typed, **other}
        return signed_in.post(
            "/sources/add/bucket/try/", form, headers={"HX-Request": "true"}
        ).content.decode()

    assert "there is no folder of CloudTrail" in attempt()
    server.put(bucket, log_key("2026/03/04", "a"), log_file(1, 2))
    server.put(bucket, "other/x.csv", rows(1))
    assert "There is one region of CloudTrail. The first one holds 1 file." in attempt()
    assert "Below this prefix there is: 1 file." in attempt(layout="files", below="other/")
    assert "does not accept this access key" in attempt(secret="wrong")
    assert "There is no bucket called nowhere." in attempt(bucket="nowhere")

    url = signed_in.post("/sources/add/bucket/", typed).url
    source = Source.objects.get()
    look(source)
    taken(source)
    shown = signed_in.get(url).content.decode()
    for words in ("111122223333_CloudTrail_eu-north-1_a.json.gz", "s3:ListBucket", bucket, READER[0]):
        assert words in shown, words
    assert READER[1] not in shown and READER[1] not in str(source.settings)
    assert READER[1] not in signed_in.get(f"{url}settings/").content.decode()
    assert "region of CloudTrail" in signed_in.post(f"{url}bucket/try-now/", follow=True).content.decode()
    kept = signed_in.post(f"{url}bucket/try/", {**typed, "secret": ""}, headers={"HX-Request": "true"})
    assert "region of CloudTrail" in kept.content.decode()
    other_key = signed_in.post(f"{url}settings/", {**typed, "secret": "", "access_key": "AKIAOTHER"})
    assert "Give the secret that belongs to the new access key." in other_key.content.decode()


def test_the_rights_to_copy_are_those_for_the_prefix_alone() -> None:
    from indelible.features.sources.kinds.bucket.page import policy

    listing, reading = json.loads(policy("trail", "AWSLogs/111122223333/"))["Statement"]
    assert listing["Condition"] == {"StringLike": {"s3:prefix": "AWSLogs/111122223333/*"}}
    assert (reading["Action"], reading["Resource"]) == (
        "s3:GetObject",
        "arn:aws:s3:::trail/AWSLogs/111122223333/*",
    )


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"endpoint": "http://s3.example.org"}, "endpoint"),
        ({"endpoint": "ftp://s3.example.org"}, "endpoint"),
        ({"endpoint": "https://user:word@s3.example.org"}, "endpoint"),
        ({"endpoint": "https://s3.example.org/path"}, "endpoint"),
        ({"endpoint": "https://s3.example.org:port"}, "endpoint"),
        ({"endpoint": "https://s3.example.org:9000"}, None),
        ({"endpoint": ""}, None),
        ({"bucket": "a/b"}, "bucket"),
        ({"region": "eu north"}, "region"),
        ({"below": "a\nb"}, "below"),
        ({"access_key": "a b"}, "access_key"),
        ({"secret": ""}, "secret"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(other: dict[str, str], field: str | None) -> None:
    from indelible.features.sources.kinds.bucket.form import BucketForm

    form = BucketForm({**settings_for(S3(Path(), 0), "trail", endpoint="http://127.0.0.1:8333"), **other})
    assert set(form.errors) == ({field} if field else set())


def test_a_day_of_a_region_is_where_late_files_are_looked_for() -> None:
    from datetime import date

    from indelible.features.sources.kinds.bucket import keys

    part = "x/AWSLogs/o-abcdefghij/111122223333/CloudTrail/eu-north-1/"
    assert keys.late_from(part, date(2026, 3, 2)) == f"{part}2026/02/27"
    assert keys.late_from(f"{part}2026/", date(2026, 3, 2)) is None
    assert keys.what_is(f"{part}2026/03/02/a.json.gz") == "log"
    assert keys.what_is(f"{part}2026/03/02/a.txt") == "other"
    assert keys.begins_at("team") == "team/AWSLogs/" and keys.begins_at("") == "AWSLogs/"


def test_nothing_of_the_machine_is_used_to_get_in(
    monkeypatch: pytest.MonkeyPatch, server: S3, bucket: str
) -> None:
    from indelible.features.sources.kinds.bucket.store import opened, place_of

    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOTHER")
    settings: Any = settings_for(server, bucket)
    with opened(place_of(settings, READER[1])) as open_bucket:
        assert open_bucket.page("").objects == []


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("AccessDenied", "bucket-denied"),
        ("InvalidAccessKeyId", "bucket-key-refused"),
        ("NoSuchBucket", "bucket-missing"),
        ("PermanentRedirect", "bucket-region"),
        ("AuthorizationHeaderMalformed", "bucket-region"),
        ("RequestTimeTooSkewed", "bucket-clock"),
        ("SlowDown", "bucket-refused"),
    ],
)
def test_what_a_service_refuses_is_told_in_words(said: str, code: str) -> None:
    from botocore.exceptions import ClientError

    from indelible.explanations import explain
    from indelible.features.sources.kinds.bucket.store import Bucket, place_of
    from indelible.features.sources.live.looking import Trouble

    class Refusing:
        """A service that always says no."""

        def list_objects_v2(self, **_asked: Any) -> Any:
            raise ClientError({"Error": {"Code": said, "Message": "no"}}, "ListObjectsV2")

    place = place_of(settings_for(S3(Path(), 0), "trail"), "x")
    with pytest.raises(Trouble) as refused:
        Bucket(place, Refusing()).page("")
    assert refused.value.code == code
    assert explain(code, name="Trail", **refused.value.facts).title
