"""Remarks about a file that was read, gathered while it is read.

A notice has a stable code (those of the samples' expectations), how often it applies, and one plain
sentence. The sentences are data in `notices.toml`, so that there is one place to translate from.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_SHOWN_NAMES = 5


@dataclass(frozen=True, slots=True)
class Notice:
    """One remark: its code, what it says, and how many things it is about."""

    code: str
    message: str = ""
    count: int = 1


@cache
def _words(part: str) -> dict[str, str]:
    text = (files("indelible.intake") / "notices.toml").read_text(encoding="utf-8")
    return {code: str(sentence) for code, sentence in tomllib.loads(text)[part].items()}


def kind_in_words(kind: str) -> str:
    """Return what a refused file is, as a part of a sentence ("a PDF document")."""
    return _words("kinds").get(kind, "not text")


class NoticeBook:
    """Gathers remarks: the same code is one notice, its counts added and its names listed."""

    def __init__(self, notices: Iterable[Notice] = ()) -> None:
        self._counts: dict[str, int] = {}
        self._names: dict[str, list[str]] = {}
        self._facts: dict[str, dict[str, str]] = {}
        self._fixed: dict[str, str] = {}
        self.extend(notices)

    def add(self, code: str, count: int = 1, names: Iterable[str] = (), **facts: str) -> None:
        """Note that `code` applies to `count` more things, called `names` where they have names."""
        self._counts[code] = self._counts.get(code, 0) + count
        kept = self._names.setdefault(code, [])
        for name in names:
            if name not in kept and len(kept) <= _SHOWN_NAMES:
                kept.append(name)
        self._facts.setdefault(code, {}).update(facts)

    def extend(self, notices: Iterable[Notice]) -> None:
        """Take over notices that are already worded."""
        for notice in notices:
            self._counts[notice.code] = self._counts.get(notice.code, 0) + notice.count
            self._fixed.setdefault(notice.code, notice.message)

    def __contains__(self, code: str) -> bool:
        return code in self._counts

    def __iter__(self) -> Iterator[Notice]:
        for code, count in self._counts.items():
            yield Notice(code, self._fixed.get(code) or self._worded(code, count), count)

    def _worded(self, code: str, count: int) -> str:
        names = [_short(name) for name in self._names.get(code, [])]
        if len(names) > _SHOWN_NAMES:
            names[_SHOWN_NAMES:] = ["..."]
        sentence = _words("notices").get(code, "")
        values = {"count": str(count), "names": ", ".join(names), **self._facts.get(code, {})}
        for key, value in values.items():
            sentence = sentence.replace("{" + key + "}", value)
        return sentence.rstrip(" :")


def _short(name: str) -> str:
    name = " ".join(name.split())
    return name if len(name) <= 80 else name[:77] + "..."
