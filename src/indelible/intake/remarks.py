"""What people read about flagged records, by code; the sentences are data (`remarks.toml`)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from indelible.intake.errors import IntakeError
from indelible.intake.notices import Notice

# Flags on a record whose notice about the file has a name of its own.
_NOTICE_OF_FLAG = {"formula_like": "formula_like_text"}
# Flags that a second notice tells what to do about.
_FURTHER_NOTICE = {"id_damaged": "id_in_scientific_notation"}


@cache
def _sentences() -> dict[str, str]:
    return tomllib.loads((files("indelible.intake") / "remarks.toml").read_text(encoding="utf-8"))


def remark(code: str, count: int) -> Notice:
    """Return the notice of that code about so many records."""
    return Notice(code, _sentences().get(code, code).replace("{count}", str(count)), count)


def remarks_on_flags(flags: dict[str, int]) -> list[Notice]:
    """Return a notice for every flag that records of a file carry, with how many do."""
    found = [(_NOTICE_OF_FLAG.get(flag, flag), count) for flag, count in flags.items()]
    found += [(code, flags[flag]) for flag, code in _FURTHER_NOTICE.items() if flag in flags]
    return [remark(code, count) for code, count in found]


def message_of(refused: IntakeError) -> str:
    """Return one line for engineers and logs on why a file was refused; pages have explanations.toml."""
    return f"{refused.code}: {refused.detail}" if refused.detail else refused.code
