"""How a source stands, in one word and one sentence: for the list, its own page and home.

What a person decided (paused, ended) goes first, then what is wrong, then whether it was heard of at all. That a
source is silent is asked of `provide_silence`, since that is a matter of its rhythm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.explanations import Explanation, explain
from indelible.features.sources.models import Kind, Source, State


@dataclass(frozen=True, slots=True)
class Standing:
    """`state` is one of `web.states`, `word` what the list shows, `text` one sentence more.

    `problem` has the words of what is wrong, None where nothing is; `since` when that or the state began.
    """

    state: str
    word: str
    text: str = ""
    since: datetime | None = None
    problem: Explanation | None = None


FIRST = {
    Kind.WEB: gettext_lazy("Waiting for its first message"),
    Kind.HOOK: gettext_lazy("Waiting for its first message"),
    Kind.LINES: gettext_lazy("Waiting for its first line"),
    Kind.FOLDER: gettext_lazy("Waiting for its first file"),
    Kind.OVERSIGHT: gettext_lazy("Waiting for its first look"),
    Kind.MAILBOX: gettext_lazy("Waiting for its first file"),
    Kind.BUCKET: gettext_lazy("Waiting for its first file"),
}
Silence = Callable[[Source, datetime], Standing | None]
_silence: list[Silence] = []


def provide_silence(ask: Silence) -> None:
    """Let `ask` say whether a source that is on and well is silent."""
    _silence[:] = [ask]


def standing_of(source: Source, now: datetime) -> Standing:
    """Return how a source stands. Reads its health row alone (`select_related("health")` where many are asked)."""
    health = getattr(source, "health", None)
    if source.state == State.ENDED:
        return Standing("off", _("Ended"), source.state_reason, source.state_since)
    if source.state == State.PAUSED:
        return Standing("paused", _("Paused"), source.state_reason, source.state_since)
    if health is not None and health.problem:
        facts = dict(health.problem)
        words = explain(str(facts.pop("code")), **{"name": source.name, **facts})
        return Standing("look", _("Needs a look"), words.title, health.problem_since, words)
    silence = next((found for ask in _silence if (found := ask(source, now)) is not None), None)
    # One that was never heard is silent too, if it was expected.
    if silence is not None and silence.state == "silent":
        return silence
    if source.kind != Kind.UPLOAD and (health is None or health.first_at is None):
        return Standing("waiting", str(FIRST[Kind(source.kind)]), since=source.created_at)
    if source.state == State.WAITING:
        return Standing("waiting", _("Say how it is read"), _("What it sends is kept until then."))
    if silence is not None:
        return silence
    if source.kind == Kind.UPLOAD:
        return Standing("open", _("Uploaded files"))
    return Standing("working", _("Working"), since=health.last_at if health else None)
