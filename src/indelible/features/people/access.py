"""Who may do what: three roles, one table, and the guard that views stand behind.

What is not in the table is refused. A role says what somebody may begin; whether they may also sign what they began
themselves is never a question of role (`second`): nobody may.

    @needs(access.SOURCES_MANAGE)            # the whole page
    @needs_to_change(access.SETTINGS_CHANGE) # everybody signed in may look, not everybody may send the form
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from indelible.events import own_people
from indelible.web import acts
from indelible.web.failures import failure_page

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class Role(TextChoices):
    """What somebody is to the record."""

    OWNER = "owner", _("Owner")
    MEMBER = "member", _("Member")
    REVIEWER = "reviewer", _("Reviewer")


# What can be done ------------------------------------------------------------------------------------------

RECORD_READ: Final = "record.read"
OWN_CHANGE: Final = "own.change"
ALARMS_ANSWER: Final = "alarms.answer"
REQUESTS_DECIDE: Final = "requests.decide"
STEPS_DO: Final = "steps.do"
REVIEWS_ANSWER: Final = "reviews.answer"
RUNS_START: Final = "runs.start"
RUNBOOKS_CHANGE: Final = "runbooks.change"
ENTRIES_WRITE: Final = "entries.write"
FILES_UPLOAD: Final = "files.upload"
SOURCES_EXPLAIN: Final = "sources.explain"
PACKS_MAKE: Final = "packs.make"
VIEWS_SHARE: Final = "views.share"
RULES_CHANGE: Final = "rules.change"
ALARMS_MANAGE: Final = "alarms.manage"
SOURCES_MANAGE: Final = "sources.manage"
KEYS_MANAGE: Final = "keys.manage"
PEOPLE_MANAGE: Final = "people.manage"
SETTINGS_CHANGE: Final = "settings.change"

# In the order in which pages list them. Entries on the record say them in English, pages in the reader's language.
WORDS: Final[Mapping[str, str]] = {
    RECORD_READ: gettext_noop("read the record, search it and check it"),
    OWN_CHANGE: gettext_noop("change their own name, settings and password"),
    ALARMS_ANSWER: gettext_noop("answer alarms"),
    REQUESTS_DECIDE: gettext_noop("approve or send back what others ask a second person for"),
    STEPS_DO: gettext_noop("do and sign the steps of runbooks that are theirs"),
    REVIEWS_ANSWER: gettext_noop("answer reviews that are theirs"),
    RUNS_START: gettext_noop("start runbooks, say who does what in them, pause and end them"),
    RUNBOOKS_CHANGE: gettext_noop("write, change and publish runbooks"),
    ENTRIES_WRITE: gettext_noop("write entries, corrections and notes"),
    FILES_UPLOAD: gettext_noop("upload files"),
    SOURCES_EXPLAIN: gettext_noop("explain gaps, announce quiet times and give totals"),
    PACKS_MAKE: gettext_noop("make evidence packs and hand them over"),
    VIEWS_SHARE: gettext_noop("share saved views with others"),
    RULES_CHANGE: gettext_noop("change what we record"),
    ALARMS_MANAGE: gettext_noop("change alarms"),
    SOURCES_MANAGE: gettext_noop("add, change, pause and end sources"),
    KEYS_MANAGE: gettext_noop("change the sealing key, witnesses and receipts"),
    PEOPLE_MANAGE: gettext_noop("invite people, change their access, and say who is who"),
    SETTINGS_CHANGE: gettext_noop("change settings for everybody"),
}

_EVERYBODY: Final = frozenset({RECORD_READ, OWN_CHANGE, ALARMS_ANSWER, STEPS_DO, REVIEWS_ANSWER})
ACTS: Final[Mapping[str, frozenset[str]]] = {
    Role.OWNER: frozenset(WORDS),
    Role.MEMBER: _EVERYBODY
    | {ENTRIES_WRITE, FILES_UPLOAD, SOURCES_EXPLAIN, PACKS_MAKE, VIEWS_SHARE, RUNS_START},
    Role.REVIEWER: _EVERYBODY | {REQUESTS_DECIDE},
}


def may(user: Any, act: str) -> bool:
    """Whether somebody may do that. Nobody may do what is not in the table, and no account that was ended anything."""
    if not (getattr(user, "is_authenticated", False) and getattr(user, "is_active", False)):
        return False
    return act in ACTS.get(getattr(user, "role", ""), frozenset())


def all_of(user: Any) -> dict[str, bool]:
    """Return every act with whether somebody may do it, as templates ask: `{% if user.may.sources_manage %}`."""
    return {act.replace(".", "_"): may(user, act) for act in WORDS}


def words(wanted: Iterable[str]) -> list[str]:
    """Return acts in words, in the order of the table, in the language of the page."""
    asked = set(wanted)
    return [gettext(text) for act, text in WORDS.items() if act in asked]


# The guard -------------------------------------------------------------------------------------------------

ONE_ENTRY_PER_SECONDS: Final = 60 * 60


def needs(act: str) -> Callable[[View[P]], View[P]]:
    """Let only those through who may do `act`; the others are told whom to ask, and that they tried is recorded."""
    return _guard(act, ())


def needs_to_change(act: str) -> Callable[[View[P]], View[P]]:
    """Let everybody who is signed in look, and only those who may do `act` send the form."""
    return _guard(act, ("GET", "HEAD"))


def _guard(act: str, free: tuple[str, ...]) -> Callable[[View[P]], View[P]]:
    if act not in WORDS:
        raise ValueError(f"nothing that can be done is called {act!r}")

    def guard(view: View[P]) -> View[P]:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            wanted = RECORD_READ if request.method in free else act
            if not may(request.user, wanted):
                return refuse(request, wanted)
            return view(request, *args, **kwargs)

        guarded.needs = act  # type: ignore[attr-defined]  # a test walks all views and reads it
        return guarded

    return guard


def refuse(request: HttpRequest, act: str) -> HttpResponse:
    """Say that somebody may not, who could give it to them, and that their attempt is on the record."""
    note_refusal(request.user, act, request)
    told = {
        "act": gettext(WORDS[act]),
        "role": getattr(request.user, "get_role_display", lambda: "")(),
        "whom": _whom_to_ask(),
    }
    return failure_page(request, "access-refused", 403, **told)


def note_refusal(user: Any, act: str, request: HttpRequest) -> None:
    """Record an attempt: the first of an hour at once; those that follow within it are counted with the next."""
    key = f"refused:{getattr(user, 'pk', 0)}:{act}"
    if not cache.add(key, 1, ONE_ENTRY_PER_SECONDS):
        later = f"{key}:more"
        cache.set(later, cache.get(later, 0) + 1, 24 * 60 * 60)
        return
    before = cache.get(f"{key}:more", 0)
    cache.delete(f"{key}:more")
    acts.record_if_possible(
        own_people.access_refused(
            acts.actor_of(user),
            WORDS[act],
            Role(user.role).name.capitalize() if getattr(user, "role", "") in Role.values else "",
            before,
            context=acts.context_of(request),
        )
    )


def _whom_to_ask() -> str:
    from indelible.features.people.queries import owners  # needs the tables, which this module must not

    return said([one.name for one in owners()], or_=True)


def said(names: Iterable[str], *, or_: bool = False) -> str:
    """Say a few names: "Ana", "Ana or Ben", "Ana, Ben or Chloe", "Ana, Ben or one of 3 more"."""
    known = list(names)
    if len(known) > 4:
        return gettext("%(names)s or one of %(n)s more") % {
            "names": ", ".join(known[:3]),
            "n": len(known) - 3,
        }
    if len(known) < 2:
        return "".join(known)
    form = gettext("%(names)s or %(last)s") if or_ else gettext("%(names)s and %(last)s")
    return form % {"names": ", ".join(known[:-1]), "last": known[-1]}
