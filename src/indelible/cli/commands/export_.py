"""`indelible export`: an evidence pack, which proves what is in it without this server."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indelible.cli import options
from indelible.cli.faults import Fault
from indelible.cli.output import counted, line, print_json, progress_bar
from indelible.cli.session import choose_logbook, open_home, whoever_runs_this

if TYPE_CHECKING:
    from indelible.features.packs.services import Made

NO_REASON = "no reason given"


@click.command("export")
@options.common
@click.argument("words", nargs=-1, required=True, metavar="QUERY")
@click.option(
    "--output",
    required=True,
    metavar="FILE.zip",
    type=click.Path(path_type=Path),
    help="The file to make. One that exists is never overwritten.",
)
@click.option("--whole", is_flag=True, help="All of one source: or rule:, so that nothing can be left out.")
@click.option("--happened", is_flag=True, help="With --whole: count when: by when things happened.")
@click.option("--withhold", metavar="FIELD", multiple=True, help="Hide this detail; may be given again.")
@click.option(
    "--reason", metavar="TEXT", default=NO_REASON, help="Why it is hidden, for those who read the pack."
)
@click.option(
    "--zone", metavar="NAME", default="", help="Time zone of the question (else the organisation's)."
)
def command(
    home: str | None,
    logbook: str | None,
    as_json: bool,
    words: Sequence[str],
    output: Path,
    whole: bool,
    happened: bool,
    withhold: Sequence[str],
    reason: str,
    zone: str,
) -> None:
    """Make an evidence pack of the entries that answer QUERY.

    QUERY is what `indelible search` takes. With --whole it is one source: or rule:, with a when: or without, and
    the pack proves that none was left out. The when: then counts by when entries were recorded.
    """
    book = choose_logbook(open_home(home), logbook)
    if output.exists():
        raise Fault("pack-output-exists", path=output)
    if not output.absolute().parent.is_dir():
        raise Fault("pack-output-no-folder", path=output.absolute().parent)
    from indelible.features.packs.services import make_pack, order_of
    from indelible.features.people.queries import house

    ours = house()
    order = order_of(
        book,
        " ".join(words),
        whole=whole,
        by="happened" if happened else "recorded",
        withhold=withhold,
        reason=reason,
        zone=zone or (ours.zone if ours else "UTC"),
    )
    with progress_bar(output.name, wanted=not as_json) as draw:
        made = make_pack(
            book,
            order,
            whoever_runs_this(),
            output.absolute(),
            lambda _step, done, total: draw(done, total or None),
        )
    if as_json:
        print_json({"pack": str(output), "kind": made.kind, "entries": made.entries, "sha256": made.sha256})
        return
    _tell(output, made)


def _tell(output: Path, made: Made) -> None:
    what = "All of them: the pack proves that none was left out." if made.kind == "whole" else "A selection."
    line(f"{output}: {counted(made.entries, 'entry', 'entries')}. {what}")
    if made.hidden:
        line(f"{counted(made.hidden, 'detail', 'details')} hidden.")
    line(f"SHA-256 {made.sha256}")
