"""Links that work once. A link is shown or mailed when it is made; kept is only the code of its secret.

Looking one up costs the same whether it exists or not, and every link that opens nothing (unknown, used, withdrawn,
out of time) is answered alike.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

from indelible.features.people.models import OnceLink, User
from indelible.storage.database.codes import code_of

DAYS: Final = 7
LOOKUP_BYTES: Final = 6
SECRET_BYTES: Final = 24
LONGEST: Final = 100
_PURPOSE: Final = "link that works once"


def make(
    email: str, by: User, now: datetime, *, role: str = "", user: User | None = None, by_mail: bool = False
) -> tuple[OnceLink, str]:
    """Make a link and return it with its key: the only time that the key is known."""
    lookup = secrets.token_hex(LOOKUP_BYTES)
    key = f"{lookup}_{secrets.token_urlsafe(SECRET_BYTES)}"
    row = OnceLink.objects.create(
        lookup=lookup,
        code=code_of(_PURPOSE, key),
        user=user,
        email=email,
        role=role,
        made_by=by,
        made_at=now,
        ends_at=now + timedelta(days=DAYS),
        by_mail=by_mail,
    )
    return row, key


def find(key: str, now: datetime) -> OnceLink | None:
    """Return the link that a key opens; None for one that opens nothing (any more)."""
    lookup = key.partition("_")[0] if len(key) <= LONGEST else ""
    row = OnceLink.objects.select_related("made_by", "user").filter(lookup=lookup).first()
    expected = bytes(row.code) if row is not None else bytes(32)
    if not hmac.compare_digest(code_of(_PURPOSE, key[:LONGEST]), expected) or row is None:
        return None
    return row if is_open(row, now) else None


def is_open(row: OnceLink, now: datetime) -> bool:
    """Whether a link still works. One for an account that was ended does not."""
    if row.used_at is not None or row.withdrawn_at is not None or row.ends_at <= now:
        return False
    return row.user is None or row.user.is_active


def open_invitations(now: datetime) -> list[OnceLink]:
    """Return the invitations that nobody has accepted yet, the newest first."""
    rows = OnceLink.objects.filter(used_at=None, withdrawn_at=None, ends_at__gt=now, user=None)
    return list(rows.select_related("made_by"))
