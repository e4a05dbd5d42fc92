"""Coverage in words: states, what is missing by name, how it is known. Everything said of a judgement is said here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from indelible.features.coverage.feeding import Unkept
from indelible.features.coverage.judging import Judgement, Lack, State
from indelible.features.coverage.queries import RuleStanding
from indelible.features.rules import wording
from indelible.features.sources.silence.pace import in_words
from indelible.language.world import World
from indelible.web.moments import Reader
from indelible.web.numbers import written

STATE: Final[dict[State, tuple[str, str | Promise]]] = {  # a name of web.states, and the word here
    State.COMPLETE: ("complete", gettext_lazy("Complete")),
    State.USUAL: ("working", gettext_lazy("As usual")),
    State.UNSHOWN: ("open", gettext_lazy("Nothing known to be missing")),
    State.PARTIAL: ("look", gettext_lazy("Not complete")),
    State.BROKEN: ("missing", gettext_lazy("Not kept")),
    State.SILENT: ("silent", gettext_lazy("Silent")),
    State.UNTESTED: ("due", gettext_lazy("Untested")),
    State.NEW: ("waiting", gettext_lazy("New")),
    State.OFF: ("off", gettext_lazy("Off")),
}
MOST_NAMED: Final = 6


def word_of(state: State) -> str:
    """Return the word for a state."""
    return str(STATE[state][1])


def how_known(judgement: Judgement) -> str:
    """Return how we know what is expected: it is always said."""
    how = judgement.how
    if how == ("numbers", "totals"):
        return _("own numbers and uploaded totals")
    words = {
        "numbers": _("own numbers"),
        "totals": _("uploaded totals"),
        "declared": _("as somebody said"),
        "pace": _("usual pace"),
    }
    return words[how[0]] if how else _("not known")


def expected_words(standing: RuleStanding) -> str:
    """Return how many were expected: exact only where numbers or totals show it."""
    if standing.state == State.COMPLETE:
        return written(standing.seen)
    missing = sum(_missing(each) for each in standing.judgement.lacks if each.code == "hole")
    if missing:
        return _("up to %(n)s") % {"n": written(standing.seen + missing)}
    if standing.about is not None:
        return _("about %(n)s") % {"n": written(standing.about)}
    return _("not known")


def expected_number(standing: RuleStanding) -> int | None:
    """Return the number behind `expected_words`, None where none is known."""
    if standing.state == State.COMPLETE:
        return standing.seen
    missing = sum(_missing(each) for each in standing.judgement.lacks if each.code == "hole")
    return standing.seen + missing if missing else standing.about


def bar_sentence(standing: RuleStanding) -> str:
    """Return what the bar of a rule shows: "212 seen, about 230 expected"."""
    text = _("%(seen)s seen, %(expected)s expected")
    return text % {"seen": written(standing.seen), "expected": expected_words(standing)}


def _missing(lack: Lack) -> int:
    first, last = lack.facts["first"], lack.facts["last"]
    return last - first + 1 if isinstance(first, int) and isinstance(last, int) else 0


def rhythm_words(standing: RuleStanding) -> str:
    """Return how often something should come, empty where that is not known."""
    return in_words(standing.rhythm) if standing.rhythm else ""


def sentence(standing: RuleStanding, reader: Reader) -> str:
    """Return one sentence on how a rule stands."""
    judgement = standing.judgement
    since = _moment(judgement.since, reader)
    if judgement.state == State.COMPLETE:
        if judgement.through is not None:
            text = _("Shown by %(how)s, up to %(through)s.")
            return text % {"how": how_known(judgement), "through": _moment(judgement.through, reader)}
        return _("Shown by %(how)s.") % {"how": how_known(judgement)}
    if judgement.state == State.OFF:
        return _("It is switched off, so nothing is counted under it.")
    if judgement.state == State.SILENT:
        due = _moment(judgement.due, reader)
        if not standing.ever:
            return _("It was expected by %(due)s, and nothing ever came.") % {"due": due}
        text = _("Expected by %(due)s, and its grace is over too. The last came on %(since)s.")
        return text % {"due": due, "since": since}
    if judgement.state == State.NEW:
        return _("Nothing came under it yet; it began on %(since)s.") % {"since": since}
    if judgement.state == State.UNTESTED and not standing.ever:
        if not standing.feeds:
            return _("Nothing ever came under it, and no source is known that could give it.")
        return _("Nothing ever came under it. Whether it would be noticed is not shown.")
    if judgement.state == State.USUAL:
        return _("It comes as usual. That does not show that nothing is missing.")
    if judgement.state == State.UNSHOWN:
        return _("Nothing is known to be missing, and nothing shows that it is not.")
    named = named_lacks(judgement.lacks, reader, most=1)
    return named[0] if named else ""


def named_lacks(lacks: Iterable[Lack], reader: Reader, *, most: int = MOST_NAMED) -> list[str]:
    """Return what is missing or not shown, by name; what is beyond `most` as a number."""
    told = list(dict.fromkeys(lack_words(each, reader) for each in lacks))
    if len(told) <= most or most == 1:
        return told[:most]
    rest = len(told) - most + 1
    text = ngettext("%(n)s more.", "%(n)s more.", rest) % {"n": written(rest)}
    return [*told[: most - 1], text]


def lack_words(lack: Lack, reader: Reader) -> str:
    """Return one thing that is missing, as a sentence."""
    facts: dict[str, Any] = {
        name: _moment(value, reader) if isinstance(value, datetime) else value
        for name, value in lack.facts.items()
    }
    facts["source"] = lack.source
    for name in ("count", "seen", "about", "first", "last", "days"):
        if isinstance(facts.get(name), int):
            facts[f"{name}_n"], facts[name] = facts[name], written(facts[name])
    if lack.code in _COUNTED:
        number = facts.get("count_n", 0)
        return _COUNTED[lack.code](number) % facts
    if lack.code.startswith("hole"):
        of = _(" of %(stream)s") % facts if facts.get("stream") else ""
        return str(_hole(lack.code, facts)) % (facts | {"of": of})
    if lack.code in ("source_silent", "source_refused", "source_paused", "rule_silent", "not_in_force"):
        return _span(lack.code, facts)
    return str(_PLAIN[lack.code]) % facts


def _hole(code: str, facts: Mapping[str, Any]) -> str:
    one = facts["first"] == facts["last"]
    if code == "hole":
        return (
            _("%(source)s: number %(first)s%(of)s never came.")
            if one
            else _("%(source)s: numbers %(first)s to %(last)s%(of)s never came.")
        )
    if code == "hole_open":
        return (
            _("%(source)s: number %(first)s%(of)s has not come yet.")
            if one
            else _("%(source)s: numbers %(first)s to %(last)s%(of)s have not come yet.")
        )
    return (
        _("%(source)s: number %(first)s%(of)s never came; that is explained.")
        if one
        else _("%(source)s: numbers %(first)s to %(last)s%(of)s never came; that is explained.")
    )


def _span(code: str, facts: Mapping[str, Any]) -> str:
    goes_on = facts.get("until") is None
    texts = {
        "source_silent": (
            _("%(source)s is silent since %(since)s."),
            _("%(source)s was silent from %(since)s to %(until)s."),
        ),
        "source_refused": (
            _("Nothing can be taken from %(source)s since %(since)s."),
            _("Nothing could be taken from %(source)s from %(since)s to %(until)s."),
        ),
        "source_paused": (
            _("%(source)s is paused since %(since)s."),
            _("%(source)s was paused from %(since)s to %(until)s."),
        ),
        "rule_silent": (
            _("Nothing came since %(since)s."),
            _("Nothing came from %(since)s to %(until)s, longer than expected."),
        ),
        "not_in_force": (
            _("The rule is not in force since %(since)s."),
            _("The rule was not in force from %(since)s to %(until)s."),
        ),
    }
    return texts[code][0 if goes_on else 1] % facts


_COUNTED: Final = {
    "unread": lambda n: ngettext(
        "%(source)s: %(count)s file is not read yet.", "%(source)s: %(count)s files are not read yet.", n
    ),
    "unread_anywhere": lambda n: ngettext(
        "%(count)s file waits for an answer, so nobody knows what is in it.",
        "%(count)s files wait for an answer, so nobody knows what is in them.",
        n,
    ),
    "unreadable": lambda n: ngettext(
        "%(source)s: %(count)s file could not be read.", "%(source)s: %(count)s files could not be read.", n
    ),
    "rejected": lambda n: ngettext(
        "%(source)s: %(count)s row was left out.", "%(source)s: %(count)s rows were left out.", n
    ),
    "mistake": lambda n: ngettext(
        "%(source)s: %(count)s file was taken back as a mistake; its entries are still counted.",
        "%(source)s: %(count)s files were taken back as a mistake; their entries are still counted.",
        n,
    ),
    "kept": lambda n: ngettext(
        "%(source)s: %(count)s message waits for an answer how it is read.",
        "%(source)s: %(count)s messages wait for an answer how they are read.",
        n,
    ),
    "behind": lambda n: ngettext(
        "%(source)s: %(count)s item is known and not taken yet.",
        "%(source)s: %(count)s items are known and not taken yet.",
        n,
    ),
    "uncounted": lambda n: ngettext(
        "%(count)s entry of the record is not counted yet.",
        "%(count)s entries of the record are not counted yet.",
        n,
    ),
    "lacking": lambda n: ngettext(
        "%(count)s of %(seen)s entries lacks a fact that the rule asks for; %(percent)s%% are allowed.",
        "%(count)s of %(seen)s entries lack a fact that the rule asks for; %(percent)s%% are allowed.",
        n,
    ),
}
_PLAIN: Final[Mapping[str, str | Promise]] = {
    "total_differs": gettext_lazy("%(source)s, total of %(since)s to %(until)s: %(words)s."),
    "total_explained": gettext_lazy("%(source)s, total of %(since)s to %(until)s: %(words)s; explained."),
    "fewer": gettext_lazy("Fewer than usual: %(seen)s, where about %(about)s are expected."),
    "no_source": gettext_lazy("No source is there that gives it: all that did have ended."),
    "nothing_for": gettext_lazy("Nothing came under it for %(days)s days."),
    "source_began": gettext_lazy("%(source)s began on %(at)s, within the period."),
    "source_ended": gettext_lazy("%(source)s ended on %(at)s, within the period."),
    "source_waiting": gettext_lazy("%(source)s waits for its first message."),
    "no_numbers": gettext_lazy("%(source)s gives neither running numbers nor totals to count by."),
    "numbers_partly": gettext_lazy("%(source)s: not every entry carries a running number."),
    "numbers_not_one_by_one": gettext_lazy("%(source)s: its running numbers do not count one by one."),
    "numbers_began": gettext_lazy("%(source)s: its running numbers begin only on %(at)s."),
    "numbers_end": gettext_lazy("%(source)s: its running numbers end on %(at)s so far."),
}


def unkept_words(unkept: Unkept, world: World) -> str:
    """Return what no source has ever sent: "No source has ever sent a refund of an invoice"."""
    if unkept.system:
        return _("There is no source called %(name)s.") % {"name": unkept.system}
    thing = wording.thing(unkept.thing, world) if unkept.thing else ""
    verb = wording.verb(unkept.verb) if unkept.verb else ""
    if verb and thing:
        text = _("No source has ever sent that someone %(verb)s %(thing)s.")
    elif verb:
        text = _("No source has ever sent that someone %(verb)s what this rule is about.")
    else:
        text = _("No source has ever sent anything about %(thing)s.")
    told = text % {"verb": verb, "thing": thing}
    if unkept.can is False:
        return told + " " + _("As far as we know their formats, none of your sources can.")
    if unkept.can:
        return told + " " + _("By its format, one of your sources could.")
    return told


def _moment(at: datetime | None, reader: Reader) -> str | None:
    return None if at is None else reader.moment(at, seconds=False)
