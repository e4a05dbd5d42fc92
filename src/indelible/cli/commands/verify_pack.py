"""`indelible verify --pack`: check an evidence pack that somebody handed over.

Nothing of a server is needed: no data folder, no database, no Django. Whoever checks brings the pack and what
they trust, and the pack's own page is not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, BinaryIO

import click

from indelible.cli.faults import Fault
from indelible.cli.output import counted, line, print_json, progress_bar
from indelible.ledger.errors import LedgerError
from indelible.ledger.keys import VerifierKey
from indelible.ledger.packs.checking import check_pack
from indelible.ledger.packs.proving import prove_from_pack
from indelible.ledger.packs.report import Check, PackReport, Trust
from indelible.ledger.stamps import read_roots
from indelible.verifier.words import tell_check, tell_finding, tell_verdict

SHOWN = 20  # findings printed for people
MARKS = {"matches": "ok", "does not match": "ALTERED", "could not be checked": "not checked"}
EXIT_CODES = {True: 0, False: 1, None: 2}
_MAX_CARD_BYTES = 100_000

_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.option(
        "--pack",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Check this evidence pack instead of a logbook. Needs no data folder.",
    ),
    click.option(
        "--root",
        "roots",
        metavar="FILE",
        multiple=True,
        type=click.Path(path_type=Path),
        help="Of a pack: a certificate (PEM) of a time-stamping authority that you accept (repeatable).",
    ),
    click.option("--words", metavar="WORDS", help="Of a pack: the twelve seal words that you were given."),
    click.option(
        "--proof",
        metavar="INDEX",
        type=click.IntRange(min=0),
        help="Of a pack: print the receipt of this entry (tlog-proof) instead of checking.",
    ),
)


def pack_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give `verify` the options of a pack. With --pack, nothing else of the command runs."""

    @wraps(command)
    def with_pack(
        *, pack: Path | None, roots: tuple[Path, ...], words: str | None, proof: int | None, **others: Any
    ) -> int:
        if pack is None:
            if roots or words is not None or proof is not None:
                raise click.UsageError("--root, --words and --proof belong to --pack.")
            return command(**others)
        if others.get("copies"):
            raise click.UsageError("--copy compares a logbook; it does not go with --pack.")
        with _opened(pack) as file:
            if proof is not None:
                return _print_proof(file, proof)
            trust = _trust(others["key"], others["witnesses"], roots, words)
            return _check(file, trust, others["as_json"])

    for option in reversed(_OPTIONS):
        with_pack = option(with_pack)
    return with_pack


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as fault:
        raise Fault("check-pack-missing", path=path, detail=fault.strerror or str(fault)) from fault


def _check(file: BinaryIO, trust: Trust, as_json: bool) -> int:
    with progress_bar("Checking", wanted=not as_json) as draw:
        report = check_pack(file, trust, progress=lambda _step, done, total: draw(done, total))
    if as_json:
        print_json(report.as_json())
    else:
        _tell(report)
    return EXIT_CODES[report.intact]


def _print_proof(file: BinaryIO, index: int) -> int:
    try:
        click.echo(prove_from_pack(file, index).text, nl=False)
    except LedgerError as fault:
        raise Fault(
            "check-proof-impossible", index=index, number=f"{index + 1:,}", detail=fault.detail
        ) from fault
    return 0


def _tell(report: PackReport) -> None:
    """Print the answer for a person: the verdict, each check, what was found, what is still open."""
    told = tell_verdict(report)
    line(f"{told.title}. {told.meaning}".strip())
    if report.entries:
        line(f"{counted(report.entries, 'entry was', 'entries were')} checked.")
    _tell_closed(report)
    for check in report.checks:
        _tell_check(check)
    findings = report.findings
    for finding in findings[:SHOWN]:
        found = tell_finding(finding)
        line(f"  {found.title}. {found.meaning}")
    if len(findings) > SHOWN:
        more = counted(len(findings) - SHOWN, "more finding", "more findings")
        line(f"  and {more}; --json tells them all.")
    compared = report.key_compared or report.trusted_words is not None
    if report.intact is not False and report.words and not compared:
        line("The pack agrees with itself. Whose it is was not compared: give --key, --witness or --words.")
    if report.words:
        line(f"Seal words: {' '.join(report.words)}")


def _tell_closed(report: PackReport) -> None:
    """Say how much of the pack is not open, so that nobody takes what is open for all."""
    hidden = report.closed.get("withheld", 0) + report.closed.get("repeats", 0)
    if hidden:
        line(f"{counted(hidden, 'detail is', 'details are')} hidden.")
    if erased := report.closed.get("erased", 0):
        line(f"{counted(erased, 'detail was', 'details were')} erased by law.")
    if report.times_unknown:
        known = counted(
            report.times_unknown, "entry outside the period has", "entries outside the period have"
        )
        line(f"{known} no known time.")


def _tell_check(check: Check) -> None:
    told = tell_check(check)
    line(f"  {MARKS[check.verdict]:<12} {told.title}: {told.meaning}")


# What the reader trusts -------------------------------------------------------------------------------


def _trust(key: str | None, witnesses: Sequence[str], roots: Sequence[Path], words: str | None) -> Trust:
    return Trust(
        read_key(key) if key is not None else None,
        tuple(_key(text) for text in witnesses),
        tuple(root for path in roots for root in _roots(path)),
        words,
    )


def read_key(given: str) -> VerifierKey:
    """Return the key that was given: a verifier key as text, or a file that holds one, such as a key card.

    Raises Fault (`check-key-unreadable`).
    """
    text = given.strip()
    if "+" in text:
        try:
            return _key(text)
        except Fault:
            pass  # a path may hold a plus sign as well
    path = Path(text)
    try:
        with path.open("rb") as file:
            card = file.read(_MAX_CARD_BYTES).decode("utf-8", "replace")
    except (OSError, ValueError) as fault:
        raise Fault("check-key-unreadable", key=given[:80]) from fault
    return key_in(card) or _refuse(given)


def key_in(card: str) -> VerifierKey | None:
    """Return the first verifier key in a text: whatever else the key card says."""
    for word in card.split():
        if word.count("+") >= 2:
            try:
                return VerifierKey.parse(word)
            except LedgerError:
                continue
    return None


def _key(text: str) -> VerifierKey:
    try:
        return VerifierKey.parse(text.strip())
    except LedgerError as fault:
        raise Fault("check-key-unreadable", key=text[:80]) from fault


def _refuse(given: str) -> VerifierKey:
    raise Fault("check-key-unreadable", key=given[:80])


def _roots(path: Path) -> list[bytes]:
    try:
        return read_roots(path.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError, LedgerError) as fault:
        raise Fault("check-root-unreadable", path=path) from fault
