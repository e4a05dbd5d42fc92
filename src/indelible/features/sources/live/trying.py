"""Trying a connection while a person waits: one at a time each, and told in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from indelible.explanations import explain
from indelible.features.sources.live.looking import Trouble
from indelible.storage.boxes import BoxError

LONGEST_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of it: whether it worked, the words, and what there is to say besides."""

    worked: bool
    text: str
    details: list[str] = field(default_factory=list)


def one_at_a_time(request: HttpRequest, name: str, attempt: Callable[[], str]) -> Tried:
    """Try something outside for a person. Each holds a thread of the server, so nobody has two at once.

    `name` is what the source is called.
    """
    key = f"trying:{request.user.pk}"
    if not cache.add(key, 1, LONGEST_SECONDS):
        return Tried(False, _("The last try is still under way. Wait for its answer, then try again."))
    try:
        return Tried(True, attempt())
    except Trouble as trouble:
        words = explain(trouble.code, **{"name": name, **trouble.facts})
        return Tried(False, words.title, [text for text in (words.meaning, words.next_step) if text])
    except BoxError:
        words = explain("source-secret-lost")
        return Tried(False, words.title, [words.meaning, words.next_step])
    finally:
        cache.delete(key)
