"""`indelible import`: take files in, with the account of every record in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from indelible.cli import options
from indelible.cli.faults import Fault, as_document, told
from indelible.cli.output import counted, entries_name, entry_name, line, print_json, progress_bar
from indelible.cli.session import choose_logbook, open_home, whoever_runs_this

if TYPE_CHECKING:
    from indelible.features.sources.result import ImportResult
    from indelible.features.sources.services import Progress

NOT_CARRIED_OUT = 2
SHOWN_REJECTS = 10


@click.command("import")
@options.common
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--source", metavar="NAME", help="Whose records these are (else one source a system).")
@click.option(
    "--mapping", metavar="FILE", type=click.Path(path_type=Path), help="Which column is what, as JSON."
)
@click.option("--given", metavar="KEY=VALUE", multiple=True, help="What the file does not say itself.")
def command(
    home: str | None,
    logbook: str | None,
    as_json: bool,
    files: Sequence[Path],
    source: str | None,
    mapping: Path | None,
    given: Sequence[str],
) -> int:
    """Take files of events in.

    \b
    --given takes: timezone=Europe/Oslo   date_order=DMY (or MDY, YMD)
                   decimal=, (or .)       received=2026-01-02T08:00:00Z
                   target=NAME            (what all records of the file are about)
                   nobody=leave_out       (rows that name nobody; or record)
    \b
    --mapping takes what the page about columns gives out, and what --json prints under "mapping".
    What --given says goes before what stands in that file.
    """
    from indelible.intake.given import Given

    columns, told_there = _mapping(mapping)
    answers = Given.parse([*(f"{key}={value}" for key, value in told_there.items()), *given])
    folder = open_home(home)
    book = choose_logbook(folder, logbook)
    for path in files:  # before the first is taken in, so that a slip of the pen stops nothing half-way
        check_readable(path)
    from indelible.features.sources.services import import_file

    by = whoever_runs_this()
    results = []
    for path in files:
        with progress_bar(path.name, wanted=not as_json) as draw:

            def show(progress: Progress, draw: Any = draw) -> None:
                draw(progress.taken, progress.expected)

            results.append(
                import_file(
                    path,
                    path.name,
                    logbook=book,
                    by=by,
                    source_name=source,
                    given=answers,
                    mapping=columns,
                    progress=show,
                )
            )
        if not as_json:
            _tell(results[-1])
    if as_json:
        _print(results)
    return 0 if all(each.is_carried_out for each in results) else NOT_CARRIED_OUT


def check_readable(path: Path) -> None:
    """Raise Fault where a path is no file that we may read."""
    try:
        if path.is_dir():
            raise Fault("file-is-folder", path=path)
        path.open("rb").close()
    except OSError as trouble:
        raise Fault("file-trouble", path=path, detail=trouble.strerror or str(trouble)) from trouble


def _mapping(path: Path | None) -> tuple[Any, dict[str, str]]:
    """Return the columns that a file says, and what it tells besides."""
    if path is None:
        return None, {}
    from indelible.intake.given import GivenError
    from indelible.intake.howread import from_document
    from indelible.intake.mapping import MappingError

    check_readable(path)
    try:
        columns, told = from_document(json.loads(path.read_bytes()))
    except (MappingError, GivenError) as refused:
        facts = getattr(refused, "facts", {})
        raise Fault(refused.code, path=path, **{"detail": refused.detail, **facts}) from refused
    except (ValueError, RecursionError) as broken:
        raise Fault("mapping-unreadable", path=path, detail=str(broken)) from broken
    return columns, told.as_pairs()


def _print(results: Sequence[ImportResult]) -> None:
    from indelible.features.sources.result import summed

    documents = [_document(each) for each in results]
    if len(documents) == 1:
        print_json(documents[0])
    else:
        print_json({**summed(results), "files": documents})


def _document(result: ImportResult) -> dict[str, Any]:
    document = result.as_json()
    if result.refusal is not None:
        document["error"] = as_document(_refusal(result))
    return document


def _refusal(result: ImportResult) -> Fault:
    facts = {"name": result.file, **(result.refusal or {})}
    return Fault(facts.pop("code"), **facts)


def _tell(result: ImportResult) -> None:
    """Tell a person what one file came to."""
    if result.refusal is not None:
        done = (
            f"stopped after {counted(result.read, 'record', 'records')}"
            if result.read
            else "nothing was recorded"
        )
        line(f"{result.file}: {done}.")
        line(told(_refusal(result)))
        return
    if result.questions:
        line(f"{result.file}: nothing was recorded yet, since the file does not say all that is needed.")
        for question in result.questions:
            line(f"  {question['text']}")
            option = "--mapping FILE" if question["given"] == "mapping" else f"--given {question['given']}="
            line(f"    answer with {option}{_choices(question)}")
        return
    line(f"{result.file}: {counted(result.read, 'record', 'records')} read")
    if result.first_entry is not None and result.last_entry is not None:
        kept = result.recorded
        line(f"  {kept:>9,} recorded, as {entries_name(result.first_entry, result.last_entry)}")
    for count, what in (
        (result.duplicates, "already held, not added again"),
        (result.conflicts, "in conflict with what is held; both are kept"),
        (result.rejected, "rejected"),
    ):
        if count:
            line(f"  {count:>9,} {what}")
    for reject in result.rejects[:SHOWN_REJECTS]:
        line(f"            line {reject['line']}: {reject['message']}")
    for notice in result.notices:
        line(f"  note: {notice['message'] or notice['code']}")
    if result.receipt is not None:
        line(f"  receipt: {entry_name(result.receipt)}")


def _choices(question: dict[str, Any]) -> str:
    if question["given"] == "mapping":
        return f"  (columns: {', '.join(question['choices'])})"
    return " or ".join(question["choices"]) or "..."
