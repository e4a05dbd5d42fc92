"""What the set-up does: the one-time link, the owner's account, and the first entry of the record.

Whoever can read the server's terminal may set it up, nobody else: the link carries a token that the data
folder knows only by its fingerprint. The token is spent when the owner's account is made; of two people who
hold it, one becomes the owner.
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db import transaction

from indelible.events.event import Change, Context
from indelible.events.own import person_added, record_started, settings_changed
from indelible.features.people.models import Organisation, Role, User
from indelible.features.people.queries import anyone
from indelible.storage.database.logbooks import DEFAULT_NAME, create_logbook
from indelible.storage.database.models import Logbook
from indelible.storage.home import write_private
from indelible.web import acts

OWNER = "Owner"


class SetupRefused(Exception):
    """The set-up cannot go on. `code` keys the words for people."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def create_setup_link(address: str = "") -> str | None:
    """Return a new one-time link below `address`, None where somebody owns this record already.

    An earlier link stops working: only the newest token is known.
    """
    if anyone():
        return None
    token = secrets.token_urlsafe(24)
    path = _token_file()
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    write_private(draft, _fingerprint(token))
    draft.replace(path)
    return f"{address.rstrip('/')}/setup/?key={token}"


def is_setup_token(token: str) -> bool:
    """Whether this is the token of the newest link, not yet spent."""
    path = _token_file()
    return path.exists() and hmac.compare_digest(path.read_bytes(), _fingerprint(token))


def make_owner(token: str, *, email: str, name: str, password: str) -> User:
    """Make the owner's account and spend the token.

    Raises SetupRefused (`setup-link-used`) where the token is spent or another one took its place.
    """
    if anyone() or not is_setup_token(token):
        raise SetupRefused("setup-link-used")
    try:
        _token_file().unlink()  # of two who come at once, one removes it
    except FileNotFoundError:
        raise SetupRefused("setup-link-used") from None
    return User.objects.create_user(email=email, name=name, password=password, role=Role.OWNER)


def name_organisation(
    owner: User, *, name: str, zone: str, date_style: str, number_style: str = "comma", context: Context
) -> bool:
    """Name the organisation and begin its record; return whether this was the record's first entry.

    Where `indelible init` began the logbook before, its first entry stands, and what is recorded now is who
    owns it and how it is called.
    """
    actor = acts.actor_of(owner)
    with transaction.atomic():
        Organisation.objects.create(
            pk=1, name=name, zone=zone, date_style=date_style, number_style=number_style
        )
        if not Logbook.objects.exists():
            create_logbook(
                DEFAULT_NAME,
                first_event=lambda origin, key: record_started(actor, name, origin, key, context=context),
            )
            return True
        acts.record(person_added(None, actor or {"name": owner.name}, OWNER, context=context))
        named: list[Change] = [{"field": "name of the organisation", "after": name}]
        acts.record(settings_changed(actor, named, context=context))
    return False


def finish() -> None:
    """Mark the set-up as done: its questions are not asked again."""
    Organisation.objects.filter(pk=1).update(setup_done=True)


def _token_file() -> Path:
    folder: Path = settings.INDELIBLE_HOME.secrets
    return folder / "setup-link"


def _fingerprint(token: str) -> bytes:
    return sha256(b"indelible set-up link" + token.encode("utf-8", "surrogatepass")).digest()
