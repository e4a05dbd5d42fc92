"""What waits for somebody: a witness that is silent, imports with a question, drafts, a record nobody has checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.features.alarms import queries as alarms
from indelible.features.alarms.wording import notice_title
from indelible.features.people.models import Request, Role, User
from indelible.features.people.second import queries as second
from indelible.features.record.models import Draft
from indelible.features.reviews.waiting import waiting as reviews_waiting
from indelible.features.rules import queries as rules
from indelible.features.runbooks.books.waiting import waiting as texts_waiting
from indelible.features.runbooks.running import queries as runs
from indelible.features.runbooks.views.runs.words import by_when
from indelible.features.seals.queries import OutsiderView, Overview, Standing, keys_to_do
from indelible.features.settings.queries import WORKING, mail_standing
from indelible.features.sources import queries as sources
from indelible.features.sources.models import Gap, GapKind, Source, Stage
from indelible.features.sources.silence import queries as silence
from indelible.storage.database.models import Logbook
from indelible.web import numbers
from indelible.web.acts import entries_shown
from indelible.web.moments import Reader


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing to do: what, why, where, and its state (a name of web.states)."""

    title: str
    text: str
    url: str
    state: str
    word: str = ""


def waiting_for(
    logbook: Logbook, user: User, standing: Standing, outside: Overview, reader: Reader
) -> list[Waiting]:
    """Return what waits, the most pressing first."""
    found = [_outsider(view, reader) for view in outside.troubled]
    found += [_asked(row) for row in second.waiting_for(user)]
    found += _steps(user, reader)
    found += _alarms(logbook, user)
    found += [Waiting(*line) for line in reviews_waiting(logbook, user, datetime.now(UTC))]
    found += [Waiting(*line) for line in texts_waiting(logbook, user, datetime.now(UTC))]
    found += [_gap(row, reader) for row in silence.open_gaps(logbook, explained=False)]
    if user.may["files_upload"]:
        found += [_import(row) for row in sources.open_imports(logbook)]
    if user.may["sources_manage"]:
        found += [_asks(row) for row in silence.asking(logbook)]
    found += _rejected(logbook)
    drafts = Draft.objects.filter(owner=user, sealed_as=None).count()
    if drafts and user.may["entries_write"]:
        words = ngettext(
            "You have a draft that is not sealed", "You have %(n)s drafts that are not sealed", drafts
        )
        text = _("A draft is not part of the record until you seal it.")
        found.append(Waiting(words % {"n": drafts}, text, reverse("record:add"), "open"))
    if standing.state == "stale":
        text = _("A check says whether anything was changed since.")
        found.append(
            Waiting(_("Nobody has checked for more than a day"), text, reverse("seals:overview"), "due")
        )
    return found + _to_set_up(logbook, user, outside)


FEW = 5
MOST_STEPS = 8


def _steps(user: User, reader: Reader) -> list[Waiting]:
    """Say which steps of runbooks this person can do or sign now, the first due first."""
    now = datetime.now(UTC)
    steps = runs.waiting_for(user, now, limit=MOST_STEPS + 1)
    found = [_step(one, now, reader) for one in steps[:MOST_STEPS]]
    if len(steps) > MOST_STEPS:
        text = _("They stand in the order in which they are due.")
        found.append(Waiting(_("More steps wait for you"), text, reverse("runbooks:runs"), "open"))
    return found


def _step(one: runs.Waits, now: datetime, reader: Reader) -> Waiting:
    run = one.step.run
    facts = {"n": numbers.written(one.step.place + 1), "run": run.title}
    form = _("Sign step %(n)s of %(run)s") if one.signing else _("Do step %(n)s of %(run)s")
    due = one.step.due_at or run.due_at
    text = f"{one.part.title}. {by_when(due, now, reader)}." if due is not None else f"{one.part.title}."
    name = "sign" if one.signing and one.part.kind != "second" else "step"
    url = reverse(f"runbooks:{name}", args=[run.pk, one.step.key])
    late = due is not None and now > due
    return Waiting(form % facts, text, url, "due" if late else "open", _("Late") if late else _("To do"))


def _to_set_up(logbook: Logbook, user: User, outside: Overview) -> list[Waiting]:
    """Return what is still to be set up, as far as this person may do it."""
    found: list[Waiting] = []
    if user.may["keys_manage"]:
        found += [_of_the_key(what) for what in keys_to_do(logbook)]
    if user.may["settings_change"]:
        found += _of_mail()
    if user.may["rules_change"] and not rules.any_rule(logbook):
        text = _("Until then, what arrives is kept, but nothing is expected.")
        title = _("Say what must never get lost")
        found.append(Waiting(title, text, reverse("rules:add"), "open", _("To do")))
    if user.may["people_manage"]:
        found += _of_people()
    if user.may["files_upload"] and entries_shown(logbook) < FEW:
        text = _("Upload an export of a system you use and read it as sentences.")
        found.append(
            Waiting(_("Bring in your first file"), text, reverse("sources:upload"), "open", _("To do"))
        )
    elif user.may["keys_manage"] and not outside.anybody:
        text = _(
            "Until somebody outside holds your seals, whoever runs this machine could write the record anew."
        )
        found.append(
            Waiting(_("Add a witness"), text, f"{reverse('seals:overview')}#outside", "open", _("To do"))
        )
    return found


def _of_people() -> list[Waiting]:
    """Say that nobody can agree to what the only person does, or that only one person owns the record."""
    roles = list(User.objects.filter(is_active=True).values_list("role", flat=True)[:50])
    if len(roles) == 1:
        text = _("Nobody can agree to what you do, and nobody could go on without you.")
        url, title = reverse("people:invite"), _("Invite a second person")
    elif roles.count(Role.OWNER) < WANTED_OWNERS:
        text = _("If the only one cannot sign in, nobody can change anything.")
        url, title = reverse("people:accounts"), _("Have a second owner")
    else:
        return []
    return [Waiting(title, text, url, "open", _("To do"))]


WANTED_OWNERS = 2


def _of_mail() -> list[Waiting]:
    """Say that nothing can leave by mail, where that is so."""
    standing = mail_standing()
    if standing.state == WORKING:
        return []
    return [Waiting(_("Set up e-mail"), f"{standing.words}.", reverse("settings:mail"), "open", _("To do"))]


def _of_the_key(what: str) -> Waiting:
    if what == "joining":
        text = _("Two keys seal until your witnesses know the new one. Then end the change.")
        return Waiting(_("A new sealing key is joining"), text, reverse("seals:key"), "due")
    text = _("Without it the sealing key is lost when this server is.")
    return Waiting(_("Print the recovery sheet"), text, reverse("seals:key_sheet"), "open", _("To do"))


def _outsider(view: OutsiderView, reader: Reader) -> Waiting:
    """Say who outside does not hold our newest seal, and since when."""
    name, url = view.row.name, f"{reverse('seals:overview')}#outside"
    if view.state == "differs":
        title = _("%(name)s holds a different seal") % {"name": name}
        return Waiting(title, _("Ours and theirs cannot both be right."), url, view.shape, _("Two versions"))
    if view.state == "late":
        title = _("%(name)s was not sent the newest seals") % {"name": name}
        text = _("It answers. Is the background work of Indelible running?")
        return Waiting(title, text, url, view.shape, _("Late"))
    title = f"{name} {view.trouble}"
    text = _("Since %(when)s. Your record is not affected, but one outside copy is missing.")
    when = reader.spoken(reader.local(view.since)) if view.since else "?"
    word = _("Silent") if view.state == "silent" else _("Needs a look")
    return Waiting(title, text % {"when": when}, url, view.shape, word)


def _asked(row: Request) -> Waiting:
    """Say what somebody asks a second person for."""
    title = _("%(name)s asks you to agree: %(title)s") % {"name": row.by.name, "title": row.title}
    text = _("It happens only once a second person signs it.")
    return Waiting(title, text, reverse("people:request", args=[row.pk]), "due", _("To sign"))


def _gap(row: Gap, reader: Reader) -> Waiting:
    """Say which source is silent, or cannot be got through to, and since when."""
    when = reader.spoken(reader.local(row.began_at))
    url = reverse("sources:gap", args=[row.pk])
    name = row.source.name
    if row.kind == GapKind.SILENT:
        text = _("Last heard %(when)s. Find out why, and explain it.") % {"when": when}
        return Waiting(_("%(name)s is silent") % {"name": name}, text, url, "silent")
    text = _("Since %(when)s. Its page says what is wrong and what to do.") % {"when": when}
    title = _("Nothing can be taken from %(name)s") % {"name": name}
    return Waiting(title, text, reverse("sources:source", args=[row.source_id]), "look", _("Needs a look"))


def _asks(source: Source) -> Waiting:
    """Say which source sends something that nobody has said yet how to read."""
    text = _("What it sends is kept until you say how it is read.")
    title = _("“%(name)s” waits for your answer") % {"name": source.name}
    return Waiting(title, text, reverse("sources:match", args=[source.pk]), "due")


def _rejected(logbook: Logbook) -> list[Waiting]:
    """Say where records of the last days were left out."""
    return [
        Waiting(
            ngettext(
                "%(n)s record of %(name)s was left out",
                "%(n)s records of %(name)s were left out",
                row.rejected,
            )
            % {"n": numbers.written(row.rejected), "name": row.source.name if row.source else row.file_name},
            _("They can be downloaded, mended and sent again."),
            reverse("sources:import", args=[row.pk]),
            "look",
            _("Left out"),
        )
        for row in silence.lately_rejected(logbook)
    ]


def _alarms(logbook: Logbook, user: User) -> list[Waiting]:
    """Say what this person is asked about or follows up, and how many notices wait for anybody."""
    if not user.may["alarms_answer"]:
        return []
    found = []
    for row in alarms.asked_of(user):
        is_case = row.state == "case"
        title = (
            _("You follow up: %(what)s") % {"what": row.reference}
            if is_case
            else _("You are asked about: %(what)s") % {"what": notice_title(row)}
        )
        text = _("Close it once you know.") if is_case else _("Open it, and answer.")
        found.append(Waiting(title, text, reverse("alarms:notice", args=[row.pk]), "due"))
    if count := alarms.waiting_count(logbook):
        words = ngettext("%(n)s alarm waits for an answer", "%(n)s alarms wait for an answer", count)
        text = _("A warning sign is worth a look, never a verdict.")
        shown = {"n": numbers.written(count)}
        found.append(Waiting(words % shown, text, reverse("alarms:queue"), "look"))
    return found


def _import(row: object) -> Waiting:
    stage, key, name = row.stage, row.pk, row.file_name  # type: ignore[attr-defined]
    url = reverse("sources:import", args=[key])
    if stage in (Stage.ASKING, Stage.RECEIVED):
        text = _("Nothing of it is recorded yet. Say which column is what.")
        return Waiting(_("“%(name)s” waits for your answer") % {"name": name}, text, url, "due")
    if stage == Stage.STOPPED:
        text = _("What was sealed stays. It can go on from where it stood.")
        return Waiting(_("“%(name)s” was stopped") % {"name": name}, text, url, "stopped")
    return Waiting(
        _("“%(name)s” is being recorded") % {"name": name}, _("You can leave it alone."), url, "running"
    )
