"""Writes about people and the organisation. Each goes on the record in the transaction that makes it."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models, transaction

from indelible.events.event import Change, Context, Party
from indelible.events.own import password_changed, settings_changed
from indelible.features.people.changing import tell_rules
from indelible.features.people.models import Organisation, User
from indelible.web import acts
from indelible.web.numbers import SAMPLES

OWN_SETTINGS = ("name", "zone", "date_style", "number_style", "theme", "single_keys")
ORGANISATION_SETTINGS = ("name", "zone", "date_style", "number_style")
RULES_GO_BY = frozenset({"name", "zone"})  # whom a sentence means, and when a day or the office hours begin
NAMES = {
    "zone": "time zone",
    "date_style": "date style",
    "number_style": "number style",
    "theme": "colours",
    "single_keys": "single keys",
}
PLAIN: dict[object, str] = {
    "": "the usual one",
    "day": "12 June 2025",
    "month": "June 12, 2025",
    "iso": "2025-06-12",
    True: "on",
    False: "off",
}
PLAIN.update(SAMPLES)


def change_own_settings(user: User, values: Mapping[str, object], context: Context) -> list[Change]:
    """Change a person's own settings; return what changed, which is on the record."""
    return _change(user, OWN_SETTINGS, values, acts.actor_of(user), "{}", context)


def change_organisation(
    organisation: Organisation, values: Mapping[str, object], by: User, context: Context
) -> list[Change]:
    """Change the organisation's name, zone or styles; return what changed, which is on the record."""
    actor = acts.actor_of(by)
    return _change(organisation, ORGANISATION_SETTINGS, values, actor, "{} of the organisation", context)


def change_password(user: User, password: str, context: Context) -> None:
    """Set a new password. That it was changed is on the record, never what it is."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        acts.record(password_changed(acts.actor_of(user), context=context))


def _change(
    row: models.Model,
    names: tuple[str, ...],
    values: Mapping[str, object],
    actor: Party | None,
    called: str,
    context: Context,
) -> list[Change]:
    changed = [name for name in names if name in values and values[name] != getattr(row, name)]
    if not changed:
        return []
    changes: list[Change] = [
        {
            "field": called.format(NAMES.get(name, name)),
            "before": _plain(getattr(row, name)),
            "after": _plain(values[name]),
        }
        for name in changed
    ]
    with transaction.atomic():
        for name in changed:
            setattr(row, name, values[name])
        row.save(update_fields=changed)
        acts.record(settings_changed(actor, changes, context=context))
        if RULES_GO_BY.intersection(changed):
            tell_rules()
    return changes


def _plain(value: object) -> str:
    """Return a setting as its entry says it: in words, whatever language the page was in."""
    return PLAIN.get(value, str(value)) if isinstance(value, bool | str) else str(value)
