"""The bucket: reaching it by boto3, listing and fetching within bounds, and telling in words what it refuses.

Nothing here writes to the bucket. Keys and settings come from the source alone; what the machine has of its own for
such services (keys, addresses in variables) is not used.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from indelible.features.sources.live.files import kept_path
from indelible.features.sources.live.looking import Trouble, check_disk
from indelible.features.sources.live.secrets import secrets_of
from indelible.features.sources.models import Source

SECRET: Final = "secret"  # noqa: S105 - what it is kept under
PAGE_KEYS: Final = 1_000
MOST_OBJECT_BYTES: Final = 500_000_000
CHUNK_BYTES: Final = 1 << 18
USUAL_REGION: Final = "us-east-1"
ARCHIVED: Final = ("GLACIER", "DEEP_ARCHIVE")

# What a service answers, and what we call it. Whatever is not here is told with its own word.
REFUSALS: Final = {
    "AccessDenied": "bucket-denied",
    "AllAccessDisabled": "bucket-denied",
    "403": "bucket-denied",
    "InvalidAccessKeyId": "bucket-key-refused",
    "SignatureDoesNotMatch": "bucket-key-refused",
    "InvalidClientTokenId": "bucket-key-refused",
    "NoSuchBucket": "bucket-missing",
    "InvalidBucketName": "bucket-missing",
    "404": "bucket-missing",
    "PermanentRedirect": "bucket-region",
    "AuthorizationHeaderMalformed": "bucket-region",
    "IllegalLocationConstraintException": "bucket-region",
    "301": "bucket-region",
    "400": "bucket-region",
    "RequestTimeTooSkewed": "bucket-clock",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Which bucket, from where on, and what lets us in."""

    endpoint: str  # empty for Amazon's own
    region: str
    bucket: str
    prefix: str
    access_key: str
    secret: str
    certificate: str

    @property
    def name(self) -> str:
        """What tells this place from any other one."""
        return "\x1f".join((self.endpoint, self.bucket, self.prefix))


def place_of(settings: dict[str, Any], secret: str) -> Place:
    """Return the place that a source's settings tell."""
    return Place(
        settings["endpoint"],
        settings["region"],
        settings["bucket"],
        settings["below"],
        settings["access_key"],
        secret,
        settings.get("certificate", ""),
    )


def place_of_source(source: Source) -> Place:
    """Return the place of a source, with its secret out of its box. Raises BoxError."""
    return place_of(source.settings, next(iter(secrets_of(source, SECRET)), ""))


@dataclass(frozen=True, slots=True)
class Object:
    """An object as a listing tells it."""

    key: str
    etag: str
    size: int
    modified: datetime
    storage: str

    @property
    def version(self) -> str:
        """What tells that it was changed. What was archived is another version once it lies open again."""
        return f"{self.etag} {self.storage}" if self.storage in ARCHIVED else self.etag


@dataclass(frozen=True, slots=True)
class Page:
    """One piece of a listing: objects, or folders below where those were asked for."""

    objects: list[Object]
    folders: list[str]
    more: bool


class Gone(Exception):
    """An object that was listed is no longer there, or is another one by now."""


class Closed(Exception):
    """One object that may not be read, though others may. `code` is a key of explanations.toml."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Bucket:
    """An open bucket."""

    def __init__(self, place: Place, client: Any) -> None:
        self.place = place
        self._client = client
        self.requests = 0

    def page(self, prefix: str, after: str = "", *, most: int = PAGE_KEYS) -> Page:
        """List what lies below a prefix, in the order of the keys, after one of them. Raises Trouble."""
        return self._list(Prefix=prefix, StartAfter=after, MaxKeys=most)

    def folders(self, prefix: str) -> list[str]:
        """Return the folders right below a prefix: at most a page of them. Raises Trouble."""
        return self._list(Prefix=prefix, Delimiter="/", MaxKeys=PAGE_KEYS).folders

    def _list(self, **asked: Any) -> Page:
        self.requests += 1
        with self._in_words():
            told = self._client.list_objects_v2(Bucket=self.place.bucket, **asked)
        objects = [
            Object(
                each["Key"],
                str(each.get("ETag", "")).strip('"'),
                int(each.get("Size", 0)),
                each["LastModified"],
                each.get("StorageClass", ""),
            )
            for each in told.get("Contents", ())
        ]
        folders = [each["Prefix"] for each in told.get("CommonPrefixes", ())]
        return Page(objects, folders, bool(told.get("IsTruncated")))

    def fetch(self, wanted: Object, alive: Callable[[], None] = lambda: None) -> Path:
        """Fetch an object, whole and durable, to a path that `take_file` takes over. `alive` is called on the way.

        Raises Gone, Closed, Trouble.
        """
        from botocore.exceptions import ClientError

        check_disk(wanted.size)
        with self._in_words():
            try:
                told = self._client.get_object(
                    Bucket=self.place.bucket, Key=wanted.key, IfMatch=f'"{wanted.etag}"'
                )
            except ClientError as refused:
                code = str(refused.response.get("Error", {}).get("Code", ""))
                if code in ("NoSuchKey", "404", "PreconditionFailed", "412"):
                    raise Gone from None
                if code == "InvalidObjectState":
                    raise Closed("object-archived") from None
                if code in ("AccessDenied", "403") or code.startswith("KMS."):
                    raise Closed("object-denied") from None
                raise
            path = kept_path()
            try:
                with closing(told["Body"]) as body:
                    _write(path, body, wanted.size, alive)
            except BaseException:
                path.unlink(missing_ok=True)
                raise
        return path

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """Turn what the service or the network says into Trouble."""
        from botocore import exceptions

        place = self.place
        try:
            yield
        except exceptions.ClientError as refused:
            error = refused.response.get("Error", {})
            code = str(error.get("Code", ""))
            known = REFUSALS.get(code, "bucket-refused")
            rest = timedelta(minutes=5) if known == "bucket-key-refused" else timedelta()
            raise Trouble(
                known,
                rest,
                bucket=place.bucket,
                prefix=place.prefix,
                region=place.region,
                detail=_told(error.get("Message") or code),
            ) from None
        except exceptions.SSLError as distrusted:
            raise Trouble("bucket-certificate", host=_host(place), detail=_told(distrusted)) from None
        except (exceptions.BotoCoreError, OSError) as away:
            raise Trouble("bucket-away", host=_host(place), detail=_told(away)) from None


@contextmanager
def opened(place: Place, *, patient: bool = True) -> Iterator[Bucket]:
    """Open a bucket; nothing is asked of it yet. Not `patient`: a person waits for the answers. Raises Trouble."""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    config = Config(
        connect_timeout=5 if patient else 3,
        read_timeout=20 if patient else 5,
        retries={"total_max_attempts": 3 if patient else 1, "mode": "standard"},
        max_pool_connections=2,
        s3={"addressing_style": "path" if place.endpoint else "auto"},
        ignore_configured_endpoint_urls=True,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    with tempfile.TemporaryDirectory(prefix="indelible-") as folder:
        verify: str | bool = True
        if place.certificate:  # the library takes it as a file alone
            path = Path(folder) / "trusted.pem"
            path.write_text(place.certificate, encoding="ascii")
            verify = str(path)
        try:
            session = boto3.session.Session(
                place.access_key, place.secret, region_name=place.region or USUAL_REGION
            )
            client = session.client("s3", endpoint_url=place.endpoint or None, config=config, verify=verify)
        except (BotoCoreError, ValueError) as wrong:
            raise Trouble("bucket-away", host=_host(place), detail=_told(wrong)) from None
        with closing(client):
            yield Bucket(place, client)


def _write(path: Path, body: Any, size: int, alive: Callable[[], None]) -> None:
    """Write what arrives to a new file, durably, and no more of it than was said. Raises Trouble for a full disk."""
    written = 0
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        while chunk := body.read(CHUNK_BYTES):
            alive()
            written += len(chunk)
            if written > size:
                raise Gone  # longer than it was when it was listed
            try:
                file.write(chunk)
            except OSError as failure:
                raise Trouble("source-disk-full", detail=failure.strerror or "") from None
        if written != size:
            raise Gone
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _host(place: Place) -> str:
    return place.endpoint or "Amazon S3"


def _told(said: object) -> str:
    """Return what a program said, short, on one line and without addresses: it may come from outside."""
    text = re.sub(r"\"?https?://[^\s\"]+\"?", "", " ".join(str(said).split()))
    return text.strip(" :")[:200]
