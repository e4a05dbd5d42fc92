"""Checks about how Indelible is set up here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.events.folding import plain
from indelible.features.alarms.models import Alarm
from indelible.features.people import access
from indelible.features.people.models import Organisation, Role, User
from indelible.features.people.second import selves
from indelible.features.rules.models import Rule, RuleSettings, RuleState, RuleVersion
from indelible.features.runbooks.document.runbook import Part, Runbook
from indelible.features.seals.models import Authority, Recipient, Witness
from indelible.features.settings.models import OfficeHours
from indelible.features.settings.queries import mail_standing
from indelible.features.sources.models import Source, State
from indelible.language.pattern import Pattern
from indelible.storage.database import search
from indelible.storage.database.keys import is_token_set_up, key_table

from ..filling import text_of
from ..ground import CannotTell, Found, Ground, failed, judged, passed, unchecked
from ..named import flaws_of_fields
from ..registry import kind
from ..telling import number, several

MOST: Final = 500


class Installed(Part, frozen=True, kw_only=True):
    """What must be set up."""

    what: str


def _installed_flaws(settings: Installed, _document: Runbook) -> Iterator[str]:
    if settings.what not in LOOKS:
        yield _("“%(what)s” is none of these: %(known)s.") % {
            "what": settings.what,
            "known": ", ".join(LOOKS),
        }


@kind("installed", Installed, _installed_flaws)
def installed(ground: Ground, settings: Installed) -> Found:
    """Whether something is set up, by Indelible's own tables."""
    look = LOOKS.get(settings.what)
    if look is None:
        raise CannotTell(_("Indelible cannot look up “%(what)s”.") % {"what": settings.what})
    return look(ground)


def _organisation(_ground: Ground) -> Found:
    row = Organisation.objects.filter(pk=1).first()
    if row is None:
        return failed(_("The organisation has no name yet."))
    return passed(
        _("The record is that of %(name)s, in the zone %(zone)s.") % {"name": row.name, "zone": row.zone}
    )


def _rules(ground: Ground) -> Found:
    count = Rule.objects.filter(logbook=ground.logbook, state=RuleState.ON).count()
    if not count:
        return failed(_("No rule is on: nothing says yet what must be recorded."), count=0)
    text = ngettext("%(n)s rule is on.", "%(n)s rules are on.", count)
    return passed(text % {"n": number(count)}, count=count)


def _sources(ground: Ground) -> Found:
    rows = Source.objects.filter(logbook=ground.logbook, state=State.ON).values_list("name", flat=True)[:MOST]
    if not rows:
        return failed(_("No source is connected."), count=0)
    text = ngettext(
        "%(n)s source is connected: %(names)s.", "%(n)s sources are connected: %(names)s.", len(rows)
    )
    return passed(text % {"n": number(len(rows)), "names": several(list(rows))}, count=len(rows))


def _witness(ground: Ground) -> Found:
    names = [
        row.name
        for kind in (Witness, Authority)
        for row in kind.objects.filter(logbook=ground.logbook, ended_at=None)
    ]
    if not names:
        return failed(
            _("Nobody outside holds our seals: no witness and no time-stamping authority is set up.")
        )
    return passed(_("Outside, our seals go to %(names)s.") % {"names": several(names)}, count=len(names))


def _receipts(ground: Ground) -> Found:
    names = [row.name for row in Recipient.objects.filter(logbook=ground.logbook, ended_at=None)[:MOST]]
    if not names:
        return failed(_("Nobody gets seal receipts by mail."))
    return passed(_("Seal receipts go to %(names)s.") % {"names": several(names)}, count=len(names))


def _two_owners(_ground: Ground) -> Found:
    people = list(User.objects.filter(role=Role.OWNER, is_active=True)[:MOST])
    names = _different(people)
    if len(names) < 2:
        return failed(
            _("Only one person owns this record: %(names)s. If they are away, nobody can act.")
            % {"names": several(names)}
        )
    return passed(_("Owners: %(names)s.") % {"names": several(names)}, count=len(names))


def _second_person(_ground: Ground) -> Found:
    people = [
        user
        for user in User.objects.filter(is_active=True)[:MOST]
        if access.may(user, access.REQUESTS_DECIDE)
    ]
    names = _different(people)
    if len(names) < 2:
        return failed(
            _("Nobody can be a second person: only %(names)s may agree to what others ask for.")
            % {"names": several(names) or _("nobody")}
        )
    return passed(
        _("These can be each other's second person: %(names)s.") % {"names": several(names)}, count=len(names)
    )


def _different(people: list[User]) -> list[str]:
    """Return the names of people, each person once whatever accounts they have."""
    found: list[User] = []
    for user in people:
        if len(selves.others_than(user, found)) == len(found):
            found.append(user)
    return [user.name for user in found]


def _rules_two(_ground: Ground) -> Found:
    row = RuleSettings.objects.filter(pk=1).first()
    if row is None or not row.two_people:
        return failed(_("One person alone can change what is recorded."))
    return passed(_("What is recorded changes only with a second person."))


def _recovery_sheet(ground: Ground) -> Found:
    if is_token_set_up():
        return passed(_("The sealing key lies in a device, so there is no sheet of it."))
    entry = key_table(ground.logbook).in_use.sheet
    if entry is None:
        return failed(_("No recovery sheet of the sealing key was made."))
    return passed(_("The recovery sheet of the sealing key was made."), entries=[entry])


def _mail(_ground: Ground) -> Found:
    found = mail_standing()
    words = found.words if found.words.endswith(".") else f"{found.words}."
    return judged(found.state == "working", words)


def _reads(ground: Ground) -> Found:
    pattern = Pattern.of(verbs=["view"], things=["log.entry"], systems=["Indelible"])
    page = search.find(ground.logbook, pattern, ground.world, limit=1, now=ground.now)
    if not page.indexes:
        return unchecked(_("Nobody has read the record yet. Open it once, wait a minute, then look again."))
    return passed(
        _("Reading the record is recorded: entry %(n)s tells of the newest.")
        % {"n": number(page.indexes[0] + 1)},
        entries=page.indexes,
    )


def _roles(_ground: Ground) -> Found:
    people = list(User.objects.filter(is_active=True)[:MOST])
    counts = {role: sum(user.role == role for user in people) for role in Role.values}
    told = ", ".join(f"{Role(role).label} {number(count)}" for role, count in counts.items() if count)
    if len(people) < 2:
        return failed(_("Only one person has an account."), count=len(people))
    if counts[Role.OWNER] == len(people):
        return failed(
            _("Everybody is an owner, so nobody's access is limited: %(told)s.") % {"told": told},
            count=len(people),
        )
    return passed(_("Who may do what is set: %(told)s.") % {"told": told}, count=len(people))


def _alarms(ground: Ground) -> Found:
    rows = Alarm.objects.filter(logbook=ground.logbook, is_on=True)
    count = rows.count()
    if not count:
        return failed(_("No alarm is on."), count=0)
    if not rows.filter(channels__ended_at=None, channels__isnull=False).exists():
        return failed(_("Alarms are on, but nobody is told of them."), count=count)
    text = ngettext("%(n)s alarm is on.", "%(n)s alarms are on.", count)
    return passed(text % {"n": number(count)}, count=count)


def _retention(ground: Ground) -> Found:
    rows = RuleVersion.objects.filter(rule__logbook=ground.logbook, rule__state=RuleState.ON, ended_at=None)
    duties = list(rows.values_list("rule", "duties")[: 2 * MOST])
    if not duties:
        raise CannotTell(_("No rule is on."))
    lacking = sorted({rule for rule, duty in duties if not duty.get("keep")})
    if lacking:
        text = ngettext(
            "%(n)s rule does not say how long its entries are kept.",
            "%(n)s rules do not say how long their entries are kept.",
            len(lacking),
        )
        return failed(text % {"n": number(len(lacking))}, rules=lacking[:50])
    return passed(_("Every rule that is on says how long its entries are kept."), count=len(duties))


def _hours(_ground: Ground) -> Found:
    row = OfficeHours.objects.filter(pk=1).first()
    if row is None:
        return failed(
            _("Nobody has said yet when the office is open: usual hours and no holidays are taken.")
        )
    if not row.country:
        return failed(_("Office hours are set, but no country, so no public holiday is known."))
    return passed(
        _("Office hours are set, with the public holidays of %(country)s.") % {"country": row.country}
    )


LOOKS: Final[Mapping[str, Callable[[Ground], Found]]] = {
    "organisation": _organisation,
    "rules_on": _rules,
    "sources_on": _sources,
    "witness": _witness,
    "receipts": _receipts,
    "two_owners": _two_owners,
    "second_person": _second_person,
    "rules_two_people": _rules_two,
    "recovery_sheet": _recovery_sheet,
    "mail": _mail,
    "reads_recorded": _reads,
    "roles_set": _roles,
    "alarms_on": _alarms,
    "retention_said": _retention,
    "hours_set": _hours,
}


class Account(Part, frozen=True, kw_only=True):
    """What must hold of somebody's account in Indelible."""

    field: str  # their name or address
    what: str = "ended"


_ACCOUNT: Final = ("ended", "active", *Role.values)


def _account_flaws(settings: Account, document: Runbook) -> Iterator[str]:
    yield from flaws_of_fields(document, [settings.field])
    if settings.what not in _ACCOUNT:
        yield _("“%(what)s” is none of these: %(known)s.") % {
            "what": settings.what,
            "known": ", ".join(_ACCOUNT),
        }


@kind("account", Account, _account_flaws)
def account(ground: Ground, settings: Account) -> Found:
    """Whether people who are named have an account here, or have none any more."""
    told = [
        part.strip() for part in text_of(ground, settings.field).replace("\n", ",").split(",") if part.strip()
    ]
    users = list(User.objects.all()[: 10 * MOST])
    wrong: list[str] = []
    right: list[str] = []
    for name in told:
        theirs = [
            user for user in users if plain(name) in (plain(user.name), plain(user.email)) and user.is_active
        ]
        so = not theirs if settings.what == "ended" else bool(theirs)
        if settings.what in Role.values:
            so = bool(theirs) and all(user.role == settings.what for user in theirs)
        (right if so else wrong).append(name)
    words = {
        "ended": (_("No live account here: %(names)s."), _("Still with a live account here: %(names)s.")),
        "active": (_("With an account here: %(names)s."), _("Without an account here: %(names)s.")),
    }
    as_role = (_("Only as %(role)s: %(names)s."), _("Not only as %(role)s: %(names)s."))
    good, bad = words.get(settings.what, as_role)
    role = str(Role(settings.what).label) if settings.what in Role.values else ""
    if wrong:
        return failed(bad % {"names": several(wrong), "role": role}, count=len(wrong))
    return passed(good % {"names": several(right), "role": role}, count=len(right))
