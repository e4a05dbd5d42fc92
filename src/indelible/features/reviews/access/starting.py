"""Beginning a review, and taking in a list of accounts: read, guessed, confirmed, frozen, and on the record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any, Final

from django.db import transaction

from indelible.events import own_reviews
from indelible.events.folding import exact_code
from indelible.events.instants import from_datetime
from indelible.features.people.models import User
from indelible.features.reviews.access import assigning, columns, comparing, matching
from indelible.features.reviews.access.reading import MOST_BYTES, read
from indelible.features.reviews.errors import ReviewError
from indelible.features.reviews.models import AccessLine, AccessReview
from indelible.features.signoffs.freezing import freeze_lines
from indelible.features.sources.models import Source
from indelible.features.sources.origins import By
from indelible.ledger.strict import write_base64
from indelible.storage.database.append import Draft, append
from indelible.storage.database.attachments import store_attachment
from indelible.storage.database.models import Attachment, Logbook

LASTS: Final = timedelta(days=30)
OLDEST: Final = timedelta(days=3)
LONGEST: Final = 2_000
TOTAL: Final = "all"


def start(
    logbook: Logbook,
    system: str,
    owner: User,
    by: By,
    now: datetime,
    *,
    scope: str,
    left_out: str = "",
    source: Source | None = None,
    due_at: datetime | None = None,
) -> AccessReview:
    """Begin a review of who has access to a system. Raises ReviewError (`access-system`, `access-scope`)."""
    name = " ".join(system.split())[:120]
    if not name:
        raise ReviewError("access-system")
    if not scope.strip():
        raise ReviewError("access-scope")
    if by.user is None:
        raise ReviewError("access-not-yours")
    with transaction.atomic():
        row = AccessReview.objects.create(
            logbook=logbook,
            system=name,
            source=source,
            scope=scope.strip()[:LONGEST],
            left_out=left_out.strip()[:LONGEST],
            owner=owner,
            by=by.user,
            started_at=now,
            due_at=due_at or now + LASTS,
        )
        event = own_reviews.access_review_started(
            by.party,
            row.pk,
            name,
            owner.name,
            from_datetime(row.due_at),
            row.scope,
            row.left_out,
            context=by.context,
        )
        append(logbook, [Draft(event)])
    return row


def keep_file(review: AccessReview, file: IO[bytes], name: str, media_type: str) -> None:
    """Read a list that was sent, and keep it until somebody says which column is what. Raises ReviewError."""
    _check_listing(review)
    found = read(file, name)
    file.seek(0)
    attachment = store_attachment(
        review.logbook, file, name[:200], media_type or "application/octet-stream", MOST_BYTES
    )
    review.draft = {"attachment": dict(attachment), "columns": found.columns, "rows": found.rows}
    review.save(update_fields=["draft"])


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a person says of a list: which column is what, when and how it was taken, and the system's own counts."""

    parts: Mapping[str, str]  # part -> column; `login` at least
    taken_at: datetime
    how: str  # by which query and filters
    told: Mapping[str, int]  # "all", and kinds: as the system itself counts


def take(review: AccessReview, confirmed: Confirmed, by: By, now: datetime) -> AccessReview:
    """Take the list in that was sent: the first one, or (once lines are decided) the second.

    Raises ReviewError: `access-file-gone`, `access-login-column`, `access-list-old`, `access-list-future`,
    `access-how`, `access-login-missing`.
    """
    with transaction.atomic():
        row = _held(review)
        draft = row.draft
        _check_listing(row)
        _check(draft, confirmed, now)
        lines = lines_of(draft["columns"], draft["rows"], confirmed.parts)
        by_kind = dict(Counter(line["kind"] for line in lines))
        again = row.sent_at is not None
        frozen = freeze_lines(
            row.logbook,
            lines,
            by.user,
            now,
            title=f"Accounts of {row.system}",
            code={
                "access_review": row.pk,
                "file_sha256": draft["attachment"]["sha256"],
                "about": columns.ABOUT,
            },
            how={
                "taken_at": from_datetime(confirmed.taken_at),
                "taken_by": confirmed.how.strip()[:LONGEST],
                "told": dict(confirmed.told),
                "by_kind": by_kind,
            },
        )
        compared: Mapping[str, int] | None = None
        if again:
            compared = comparing.compare(row, lines, now)
            row.second, row.second_at, row.new_explained = frozen, now, ""
        else:
            AccessLine.objects.filter(review=row).delete()
            row.first, row.taken_at, row.told = frozen, confirmed.taken_at, dict(confirmed.told)
            row.columns = dict(confirmed.parts)
            made = [_line(row, place, line) for place, line in enumerate(lines)]
            matching.match_all(row, made, now)
            AccessLine.objects.bulk_create(made, batch_size=500)
            assigning.suggest(row)
        attachment: Any = draft["attachment"]
        row.draft, row.stamp = {}, row.stamp + 1
        row.save()
        event = own_reviews.access_list_taken(
            by.party,
            row.pk,
            row.system,
            len(lines),
            by_kind,
            confirmed.told.get(TOTAL),
            from_datetime(confirmed.taken_at),
            confirmed.how.strip()[:LONGEST],
            write_base64(bytes(frozen.root)),
            attachment,
            again=again,
            compared=compared,
            context=by.context,
        )
        entry = append(row.logbook, [Draft(event)]).entries[0].index
        AccessReview.objects.filter(pk=row.pk).update(**{"second_entry" if again else "first_entry": entry})
    row.refresh_from_db()
    return row


def lines_of(
    names: Sequence[str], rows: Sequence[Sequence[str]], parts: Mapping[str, str]
) -> list[dict[str, str]]:
    """Return the lines of a list by their parts; what a line does not say is absent. Raises ReviewError."""
    places = {part: names.index(column) for part, column in parts.items() if column in names}
    lines = []
    for number, row in enumerate(rows, 1):
        told = {part: row[place] for part, place in places.items() if row[place]}
        if "login" not in told:
            raise ReviewError("access-login-missing", row=number)
        told["kind"] = columns.kind_of(told.get("kind", ""), told["login"], told.get("right", "")).value
        lines.append(told)
    return lines


def _line(review: AccessReview, place: int, line: Mapping[str, str]) -> AccessLine:
    right = line.get("right", "")
    return AccessLine(
        review=review,
        place=place,
        login=line["login"],
        code=exact_code(line["login"]),
        name=line.get("name", ""),
        right=right,
        kind=line["kind"],
        manager=line.get("manager", ""),
        strong=columns.is_strong(line["kind"], right),
    )


def _check_listing(review: AccessReview) -> None:
    if review.closed_at is not None:
        raise ReviewError("access-closed")


def _check(draft: Mapping[str, Any], confirmed: Confirmed, now: datetime) -> None:
    if not draft or not Attachment.objects.filter(blob=draft["attachment"]["blob"], index=None).exists():
        raise ReviewError("access-file-gone")
    if confirmed.parts.get("login") not in draft["columns"]:
        raise ReviewError("access-login-column")
    if confirmed.taken_at > now + timedelta(minutes=5):
        raise ReviewError("access-list-future")
    if now - confirmed.taken_at > OLDEST:
        raise ReviewError("access-list-old", days=OLDEST.days)
    if not confirmed.how.strip():
        raise ReviewError("access-how")


def _held(review: AccessReview) -> AccessReview:
    return (
        AccessReview.objects.select_for_update(of=("self",))
        .select_related("logbook", "owner", "first", "second")
        .get(pk=review.pk)
    )
