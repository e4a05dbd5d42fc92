"""The warning signs of the catalogue: which of them can be watched for, and why the others cannot.

Each phrase of a ready rule's `watch` list stands in `watch.toml` under its rule: as a sign with settings, or with the
reason why no entry can show it. Nothing is left out, so that a page can say of each phrase how it stands.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WHY: Final[Mapping[str, str | Promise]] = {
    "staff": _("Needs staff records to compare with, which are not entries."),
    "leavers": _(
        "Needs to know who has left or is on leave. Watch it with a rule on leavers and a regular review."
    ),
    "lists": _("Needs a list that only people hold: who is on a team, a panel or a register."),
    "content": _(
        "Needs to compare the contents of two papers or files, or two records that no fact ties together."
    ),
    "judgement": _("Only a person can judge it. Let the entries be looked at regularly instead."),
    "absence": _(
        "Nothing is recorded when it happens. A source or rule that falls silent is told by its own alarm."
    ),
    "calendar": _("Needs dates that the organisation keeps elsewhere, such as quarter ends or pay days."),
    "facts": _(
        "The entries do not tell it. If a source can, add the fact to the rule and set an alarm on it."
    ),
    "two_rules": _(
        "Ties together entries of different rules that share no common name. A review can compare them."
    ),
}


@dataclass(frozen=True, slots=True)
class Watch:
    """One phrase: the sign that it becomes with its settings, or why it becomes none (a key of `WHY`)."""

    words: str
    sign: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""

    @property
    def because(self) -> str:
        """Why it cannot be watched for, in words."""
        return str(WHY.get(self.why, ""))


@cache
def all_watches() -> Mapping[str, tuple[Watch, ...]]:
    """Return what is known of each phrase, by the id of its ready rule."""
    text = resources.files(__package__).joinpath("watch.toml").read_text("utf-8")
    return MappingProxyType(
        {rule: tuple(_watch(*line) for line in lines) for rule, lines in tomllib.loads(text).items()}
    )


def _watch(words: str, sign: str, settings: Mapping[str, Any] | None = None) -> Watch:
    if sign.startswith("-"):
        return Watch(words, why=sign[1:])
    return Watch(words, sign, MappingProxyType(dict(settings or {})))


@cache
def _by_words() -> Mapping[str, Watch]:
    found: dict[str, Watch] = {}
    for lines in all_watches().values():
        for one in lines:
            found.setdefault(_plain(one.words), one)
    return found


def found_for(words: str) -> Watch | None:
    """Return what is known of a phrase, whatever rule it stands under; None for one that the catalogue has not."""
    return _by_words().get(_plain(words))


def _plain(words: str) -> str:
    return " ".join(words.lower().split()).rstrip(".")
