"""Words for each error code: what happened, what it means, what to do next.

One file, `explanations.toml`, serves the pages, the command line and the manual. A code that is missing
there still gets honest words. Facts fill the gaps of a text; a fact that was not given shows as nothing.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Formatter


@dataclass(frozen=True, slots=True)
class Explanation:
    """The words of one error."""

    code: str
    title: str
    meaning: str = ""
    next_step: str = ""


@cache
def all_codes() -> dict[str, dict[str, str]]:
    """Return the texts of every code, with their gaps."""
    return tomllib.loads((files("indelible") / "explanations.toml").read_text(encoding="utf-8"))


def explain(code: str, **facts: object) -> Explanation:
    """Return the words of a code with the facts filled in."""
    texts = all_codes().get(code) or all_codes()["unknown-code"]
    given = _Facts({"code": code, **facts})
    filled = {key: _fill(texts.get(key, ""), given) for key in ("title", "meaning", "next_step")}
    return Explanation(code, **filled)


class _Facts(dict[str, object]):
    """The facts of one error; what nobody told is empty."""

    def __missing__(self, key: str) -> str:
        return ""


def _fill(text: str, facts: _Facts) -> str:
    """Put facts into `{gaps}`. Only plain names are gaps: a fact's own attributes are never reached for."""
    filled = "".join(
        literal + ("" if name is None else str(facts[name]))
        for literal, name, _spec, _conversion in Formatter().parse(text)
    )
    return " ".join(filled.split())
