"""What the entry of a signature holds of each list, and how it is read again (docs/formats/sign-off.md).

While small it stands in the entry; beyond that, and wherever lines came from elsewhere, in an attached file of
canonical JSON whose digest the entry holds, with the heads of the lists beside it. So the tables are not needed to say
what was signed: they are held against it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from io import BytesIO
from typing import Any, Final

from indelible.events.event import Attachment
from indelible.events.instants import from_datetime
from indelible.events.own_signoffs import LISTS
from indelible.features.signoffs.making import present
from indelible.features.signoffs.models import Decision, FrozenLine, FrozenList, ListKind, Look
from indelible.features.signoffs.rows import expanded, runs_of
from indelible.ledger import canonical
from indelible.ledger.errors import MalformedInput
from indelible.ledger.strict import write_base64
from indelible.storage.database.attachments import open_attachment, store_attachment
from indelible.storage.database.errors import NotFound
from indelible.storage.database.models import Logbook
from indelible.storage.database.reads import StoredEntry

FORMAT: Final = 1
FILE_NAME: Final = "what-was-signed.json"
MEDIA_TYPE: Final = "application/json"
MOST_INLINE_BYTES: Final = 8_192
MOST_FILE_BYTES: Final = 64 * 1024 * 1024
HEAD: Final = ("list", "kind", "title", "count", "root", "size", "sample", "looked", "choices", "altered")
"""What the entry itself says of a list whose rest stands in the file."""


def sealed_list(frozen: FrozenList, look: Look | None, decisions: Sequence[Decision]) -> dict[str, Any]:
    """Return what is sealed of a list, as JSON: what it is, how it was made, its rows, decisions, and how long the
    signer had it open (nothing where it was never shown to them here)."""
    told = {
        "list": frozen.pk,
        "kind": str(frozen.kind),
        "title": frozen.title,
        "code": frozen.code,
        "how": frozen.how,
        "count": frozen.count,
        "root": write_base64(bytes(frozen.root)),
        "size": frozen.size,
        "sample": frozen.sample,
        "looked": {"seconds": look.seconds, "opened": len(look.opened)} if look is not None else None,
        "altered": len(frozen.how.get("altered", ())) or None,
        "choices": dict(sorted(Counter(each.choice for each in decisions).items())),
        "decided": groups_of(decisions),
    }
    if frozen.kind == ListKind.ENTRIES:
        told["runs"] = frozen.runs
    else:
        told["leaves"] = bytes(frozen.leaves).hex()
        told["lines"] = [line.data for line in FrozenLine.objects.filter(frozen=frozen).order_by("place")]
    return present(told)


def groups_of(decisions: Iterable[Decision]) -> list[dict[str, Any]]:
    """Return decisions as JSON: those that say the same, by the same person, told once with their places."""
    groups: dict[tuple[object, ...], list[Decision]] = {}
    for each in sorted(decisions, key=lambda one: one.place):
        key = each.choice, each.reason, each.in_bulk, each.by_id or 0, each.outsider
        groups.setdefault(key, []).append(each)
    return [
        present(
            {
                "choice": rows[0].choice,
                "reason": rows[0].reason,
                "in_bulk": rows[0].in_bulk or None,
                "by": tag_of(rows[0].by_id, rows[0].outsider),
                "from": from_datetime(min(each.at for each in rows)),
                "to": from_datetime(max(each.at for each in rows)),
                "rows": runs_of(each.place for each in rows),
            }
        )
        for rows in groups.values()
    ]


def tag_of(by: int | None, outsider: str) -> str:
    """Return who decided, as tables know them: "user 3", "outsider 7"."""
    return f"user {by}" if by is not None else outsider


def screen_digest(
    subject: str, title: str, means: str, covers: Mapping[str, Any], lists: Sequence[Mapping[str, Any]]
) -> str:
    """Return the SHA-256 (hex) of canonical JSON of all that was on the screen."""
    return digest_of(
        {
            "covers": dict(covers),
            "lists": [{name: one[name] for name in ("title", "count", "root")} for one in lists],
            "means": means,
            "subject": subject,
            "title": title,
        }
    )


def digest_of(value: object) -> str:
    """Return the SHA-256 (hex) of canonical JSON. Raises MalformedInput for what has none."""
    return sha256(canonical.encode(value)).hexdigest()


def store(
    logbook: Logbook, lists: Sequence[Mapping[str, Any]]
) -> tuple[list[dict[str, Any]], list[Attachment]]:
    """Return what the entry itself says of the lists, and the file that holds the rest where there is one."""
    if not lists:
        return [], []
    data = canonical.encode({"format": FORMAT, "lists": [dict(one) for one in lists]})
    if len(data) <= MOST_INLINE_BYTES and all(one["kind"] == ListKind.ENTRIES for one in lists):
        return [dict(one) for one in lists], []
    file = store_attachment(logbook, BytesIO(data), FILE_NAME, MEDIA_TYPE, MOST_FILE_BYTES)
    return [{name: one[name] for name in HEAD if name in one} for one in lists], [file]


class Unreadable(Exception):
    """What was sealed cannot be read: `differs` where it is not what the entry says, else it is just not at hand."""

    def __init__(self, why: str, *, differs: bool) -> None:
        super().__init__(why)
        self.differs = differs


def heads_in(entry: StoredEntry) -> list[dict[str, Any]]:
    """Return what an entry itself says of each list: all of it, or the head. What is no list is left out."""
    heads = entry.event.get("extra", {}).get(LISTS)
    return [dict(one) for one in heads if isinstance(one, dict)] if isinstance(heads, list) else []


def sealed_in(entry: StoredEntry) -> list[dict[str, Any]]:
    """Return what an entry seals of each list, with what stands in its attached file. Raises Unreadable."""
    lists = heads_in(entry)
    attached = entry.event.get("attachments", [])
    if not attached:
        return lists
    try:
        with open_attachment(entry, 0) as file:
            data = file.read(MOST_FILE_BYTES + 1)
    except NotFound as missing:
        raise Unreadable("the attached file is gone", differs=False) from missing
    if sha256(data).hexdigest() != attached[0].get("sha256"):
        raise Unreadable("the attached file is not the one that was sealed", differs=True)
    try:
        told = canonical.decode(data)
    except MalformedInput as fault:
        raise Unreadable("the attached file cannot be read", differs=True) from fault
    if not isinstance(told, dict) or told.get("format") != FORMAT or not _fits(lists, told.get("lists")):
        raise Unreadable("the attached file does not belong to the entry", differs=True)
    full: list[dict[str, Any]] = told["lists"]
    return full


def _fits(heads: Sequence[Mapping[str, Any]], full: object) -> bool:
    """Whether the lists of the file are those that the entry names."""
    return (
        isinstance(full, list)
        and len(full) == len(heads)
        and all(isinstance(one, dict) for one in full)
        and all(
            {name: one.get(name) for name in head} == dict(head)
            for head, one in zip(heads, full, strict=True)
        )
    )


def choice_rows(groups: object, count: int) -> dict[int, Mapping[str, Any]]:
    """Return the sealed decision of each row by place. Raises ValueError for what are no groups of decisions."""
    found: dict[int, Mapping[str, Any]] = {}
    for group in groups if isinstance(groups, list) else []:
        for place in expanded(group.get("rows", ()), count):
            found[place] = group
    return found
