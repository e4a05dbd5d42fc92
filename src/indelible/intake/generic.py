"""A profile for an export that nobody has described: from the roles of its columns.

The roles are guessed (roles.py) or chosen by a person (mapping.py); words, outcomes and kinds come from
`profiles/generic.toml`, or from the system's own profile where a person has corrected its columns. The
result is an ordinary profile, so everything after this point works the same for all.
"""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType

from indelible.intake.fields import plain_name
from indelible.intake.mapping import KEEP, LEAVE_OUT, WHY_COLUMN, Column, Layout
from indelible.intake.money import currency_in, decimal_sign
from indelible.intake.profile import Paths, Profile, TargetSpec, profiles
from indelible.intake.roles import Place, guess_roles

_TITLES = {
    "generic_csv": "Table of events",
    "generic_xlsx": "Workbook of events",
    "generic_html": "Table of a web page",
    "generic_xml": "Events in XML",
    "generic_json": "List of events (JSON)",
    "generic_ndjson": "Events, one a line (JSON)",
    "generic_lines": "Plain lines of text",
}
_OPENED_BY = {
    "csv": "generic_csv",
    "xlsx": "generic_xlsx",
    "html": "generic_html",
    "xml": "generic_xml",
    "json": "generic_json",
    "ndjson": "generic_ndjson",
}
_FACT_ROLES = (
    "approver",
    "sequence",
    "sequence_of",
)  # facts of the catalogue that have no field of their own
NO_CONSTANTS: AnyMapping[str, str] = MappingProxyType({})
# Roles that are a field of a profile under the same name.
_PLAIN_ROLES = frozenset(
    "on_behalf_of target_kind field before after outcome reason source_id ip device location session amount "
    "currency".split()
)


@cache
def generic_words() -> Profile:
    """Return the profile that holds the words of no system in particular."""
    return next(profile for profile in profiles() if profile.system == "generic")


def generic_system(kind: str) -> tuple[str, str]:
    """Return slug and title for a file of this kind whose system is unknown."""
    slug = _OPENED_BY.get(kind, "generic_lines")
    return slug, _TITLES[slug]


def columns_of(places: list[Place], layout: Layout | None, known: Profile | None) -> list[Column]:
    """Return every column with its role: the person's, the profile's, or a guess."""
    chosen = _by_plain_name(layout.columns) if layout is not None else {}
    guessed = guess_roles(places) if known is None or layout is not None else {}
    stated = _roles_of(known) if known is not None else {}
    columns = []
    for place in places:
        if any(isinstance(value, dict) for value in place.values) and place.path not in guessed:
            continue  # its inner places are listed instead
        name = plain_name(place.path)
        column = Column(place.path, place.shown)
        if name in chosen:
            column.role, column.certainty = chosen[name], "sure"
        elif name in stated:
            column.role, column.certainty = stated[name], "sure"
        elif name == plain_name(WHY_COLUMN):
            column.role, column.certainty = LEAVE_OUT, "sure"
        elif place.path in guessed and guessed[place.path] not in chosen.values():
            column.role, column.certainty, column.guess = guessed[place.path], "likely", True
        columns.append(column)
    return columns


def generic_profile(
    columns: list[Column],
    places: list[Place],
    kind: str,
    known: Profile | None,
    decimal: str | None = None,
    constants: AnyMapping[str, str] = NO_CONSTANTS,
) -> Profile:
    """Return the profile that reads records by the roles of their columns.

    `known` lends its words where the system is known and only its columns were chosen by a person. `constants` are
    what a person says of every row. The profile's `decimal` is empty where the amounts prove nothing and nobody
    told it (`decimal`).
    """
    words = known or generic_words()
    slug, title = generic_system(kind)
    at = {column.role: column.name for column in columns if column.role not in (KEEP, LEAVE_OUT)}
    fields: dict[str, Paths] = {role: path for role, path in at.items() if role in _PLAIN_ROLES}
    for role, name in (("occurred_at", "time"), ("action", "said")):
        if role in at:
            fields[name] = at[role]
    fields |= _actor_fields(at)
    says_outcome = "outcome" in at or ("action" not in at and "action" not in constants)
    settings = replace(
        words.settings,
        no_outcome="unknown" if says_outcome else "implied",
        keep_rest=False,
        leave_out=tuple(column.name for column in columns if column.role == LEAVE_OUT),
        unpack="",
        finish=(),
        identity=(),
        kind_in_target=True,
        said=constants.get("action", ""),
    )
    amounts = next((place for place in places if place.path == at.get("amount")), None)
    return replace(
        words,
        system=known.system if known else slug,
        title=known.title if known else title,
        fields=fields,
        targets=_targets(at),
        keep={role: at[role] for role in _FACT_ROLES if role in at},
        settings=settings,
        guessed=True,
        decimal=decimal or ((decimal_sign(amounts.texts) or "") if amounts else "."),
        currency=constants.get("currency") or (currency_in(amounts.header) if amounts else None),
    )


def _actor_fields(at: AnyMapping[str, str]) -> dict[str, Paths]:
    if not ({"actor_id", "actor_email"} & at.keys()):
        return {"actor": at["actor"]} if "actor" in at else {}
    if set(at) & {"actor", "actor_email"} == set():
        return {"actor": at["actor_id"]}
    names = {"actor": "actor_name", "actor_id": "actor_id", "actor_email": "actor_email"}
    return {names[role]: at[role] for role in names if role in at}


def _targets(at: AnyMapping[str, str]) -> tuple[TargetSpec, ...]:
    if "target" not in at and "target_id" not in at:
        return ()
    return (TargetSpec(name=at.get("target", ""), id=at.get("target_id", "")),)


def _by_plain_name(columns: AnyMapping[str, str]) -> dict[str, str]:
    return {plain_name(name): role for name, role in columns.items()}


def _roles_of(profile: Profile) -> dict[str, str]:
    """Return plain name -> role, as far as a profile's paths are columns of their own."""
    names = {"time": "occurred_at", "said": "action", "actor_name": "actor"}
    roles: dict[str, str] = {}
    entries = [(names.get(name, name), paths) for name, paths in profile.fields.items()]
    for spec in profile.targets:
        entries += [("target", spec.name), ("target_id", spec.id)]
    for role, paths in entries:
        for path in [paths] if isinstance(paths, str) else paths:
            if path:
                roles.setdefault(plain_name(path), role)
    return roles
