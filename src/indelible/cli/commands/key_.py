"""`indelible key`: the sealing key of a logbook. Its card, another key, a passphrase, the recovery sheet."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from indelible.cli import options
from indelible.cli.faults import Fault
from indelible.cli.output import entry_name, line, print_json
from indelible.cli.secrets import given_secret, is_locked
from indelible.cli.session import choose_logbook, open_home, whoever_runs_this

if TYPE_CHECKING:
    from indelible.storage.database.models import Logbook
    from indelible.storage.database.rotating import KeyChange

REASON = click.option("--reason", metavar="TEXT", required=True, help="Why. It stands on the record.")
PLACE = click.option(
    "--in", "place", type=click.Choice(["file", "token"]), help="Where the new key is made (else as set up)."
)
SECRET_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group("key", no_args_is_help=True)
def command() -> None:
    """Look after the sealing key: its card, another key, a passphrase, the recovery sheet."""


def _opened(home: str | None, logbook: str | None) -> Logbook:
    return choose_logbook(open_home(home), logbook)


@command.command("card")
@options.common
def card(home: str | None, logbook: str | None, as_json: bool) -> None:
    """Print the key card. It is public: whoever wants to check the record by themselves keeps it.

    Each key stands in a line, the oldest first and the one in use last; below that, what leads from each to the next.
    """
    book = _opened(home, logbook)
    from indelible.storage.database.keys import key_card, key_table

    text, table = key_card(book), key_table(book)
    if as_json:
        joining = table.joining.public_key if table.joining else None
        keys = [key.text for key, _until in table.trusted if key.text != joining]
        print_json(
            {
                "origin": book.origin,
                "public_key": book.public_key,
                "keys": keys,
                "joining": joining,
                "card": text,
            }
        )
    else:
        click.echo(text, nl=False)


@command.command("rotate")
@options.common
@REASON
@PLACE
def rotate(home: str | None, logbook: str | None, as_json: bool, reason: str, place: str | None) -> None:
    """Announce a new key under the old one. Both seal until `indelible key finish`.

    Old seals stay good, and every key card given out leads to the new key.
    """
    book, by = _opened(home, logbook), whoever_runs_this()
    from indelible.storage.database import rotating

    done = rotating.rotate(book, actor=by.party, reason=reason, context=by.context, in_token=_in_token(place))
    _changed(done, as_json, "A new key is announced. Both keys seal from now on.")
    if not as_json:
        line("Give it to every witness, then: indelible key finish")


@command.command("finish")
@options.common
@click.option("--reason", metavar="TEXT", help="Why now. It stands on the record.")
@click.option("--anyway", is_flag=True, help="Even where a witness does not know the new key.")
def finish(home: str | None, logbook: str | None, as_json: bool, reason: str | None, anyway: bool) -> None:
    """Let the new key seal alone, once every witness knows it.

    Each witness is asked. Where one does not know the new key, nothing is changed unless --anyway is given.
    """
    book, by = _opened(home, logbook), whoever_runs_this()
    from indelible.features.seals.key_services import who_knows
    from indelible.storage.database import rotating

    asked = who_knows(book)
    missing = [each.name for each in asked if not each.accepts]
    if missing and not anyway:
        raise Fault("key-not-known", names=", ".join(missing))
    knowing = [each.name for each in asked if each.accepts]
    done = rotating.finish_rotation(
        book, actor=by.party, accepted_by=knowing, reason=reason, context=by.context
    )
    _changed(done, as_json, "The new key seals alone from now on.", accepted_by=knowing, unknown_to=missing)


@command.command("revoke")
@options.common
@REASON
@PLACE
def revoke(home: str | None, logbook: str | None, as_json: bool, reason: str, place: str | None) -> None:
    """Put a new key in place of a stolen or lost one, at once.

    No key card of the old key leads to the new one: whoever holds one, and every witness, has to be told in person.
    """
    book, by = _opened(home, logbook), whoever_runs_this()
    from indelible.features.seals.key_services import to_tell
    from indelible.storage.database import rotating

    names = to_tell(book)
    done = rotating.revoke(
        book, actor=by.party, reason=reason, to_tell=names, context=by.context, in_token=_in_token(place)
    )
    _changed(done, as_json, "The old key is revoked. The new one seals from now on.", to_tell=names)
    if not as_json:
        line("Give the new key card, in person or over a telephone number you already have, to:")
        for name in [*names, "everybody who holds a key card of the old key"]:
            line(f"  {name}")


@command.command("passphrase")
@options.common
@click.option("--remove", is_flag=True, help="Keep the key without a passphrase from now on.")
@click.option(
    "--new-file", type=SECRET_FILE, help="A file that holds the new passphrase (else you are asked)."
)
@click.option("--old-file", type=SECRET_FILE, help="A file that holds the passphrase so far.")
def passphrase(
    home: str | None,
    logbook: str | None,
    as_json: bool,
    remove: bool,
    new_file: Path | None,
    old_file: Path | None,
) -> None:
    """Put the key in the data folder under a passphrase, change it, or take it off.

    A server that runs goes on. One that starts needs the passphrase: see INDELIBLE_KEY_PASSPHRASE_FILE.
    """
    book, by = _opened(home, logbook), whoever_runs_this()
    from indelible.storage.database.key_safety import change_passphrase
    from indelible.storage.passphrase import keep_in_memory

    if (old := _old_passphrase(book, old_file)) is not None:
        keep_in_memory(old)
    new = None if remove else given_secret(new_file, "New passphrase, at least 12 characters", new=True)
    act = change_passphrase(book, new, actor=by.party, context=by.context, old=old)
    if as_json:
        print_json({"logbook": book.name, "passphrase": act})
        return
    line(
        {"set": "The key is under a passphrase now.", "changed": "The passphrase was changed."}.get(
            act, "The key is without a passphrase now."
        )
    )
    if not remove:
        line("Keep the passphrase where you find it without this machine: without it nothing can be sealed.")


def _old_passphrase(book: Logbook, path: Path | None) -> str | None:
    """Return the passphrase so far: from the file named, or asked for where the key needs one that was not given."""
    from indelible.storage.passphrase import given_passphrase

    if path is not None:
        return given_secret(path, "")
    if is_locked(book) and given_passphrase() is None:
        return given_secret(None, "Passphrase so far")
    return None


@command.command("sheet")
@options.common
@click.option(
    "--passphrase-file",
    type=SECRET_FILE,
    help="A file that holds the sheet's passphrase (else you are asked).",
)
def sheet(home: str | None, logbook: str | None, as_json: bool, passphrase_file: Path | None) -> None:
    """Print a recovery sheet: the key under a passphrase of its own, to keep on paper.

    The passphrase is needed to put the key back. It is kept nowhere. That a sheet was made stands on the record.
    """
    book, by = _opened(home, logbook), whoever_runs_this()
    from indelible.storage.database.key_safety import make_sheet

    secret = given_secret(passphrase_file, "Passphrase of the sheet, at least 12 characters", new=True)
    text = make_sheet(book, secret, actor=by.party, context=by.context)
    if as_json:
        print_json({"logbook": book.name, "public_key": book.public_key, "sheet": text})
    else:
        click.echo(text, nl=False)


@command.command("restore")
@options.common
@click.option(
    "--sheet", "source", required=True, metavar="FILE", help="What was typed from the sheet, or - to type it."
)
@click.option(
    "--passphrase-file",
    type=SECRET_FILE,
    help="A file that holds the sheet's passphrase (else you are asked).",
)
def restore(
    home: str | None, logbook: str | None, as_json: bool, source: str, passphrase_file: Path | None
) -> None:
    """Put a lost key back into the data folder from its recovery sheet.

    Type the six numbered lines, in any case and spacing. A slip is named by its line. No file is overwritten.
    """
    folder = open_home(home, make=True)
    text = _typed(source)
    from indelible.storage.database.key_safety import restore_key
    from indelible.storage.recovery_sheet import SheetError, read_sheet

    book = _known(logbook)
    try:
        read_sheet(text)  # a slip is told before anybody is asked for a passphrase
        secret = given_secret(passphrase_file, "Passphrase of the sheet")
        done = restore_key(folder, _name(book, logbook), text, secret, **_expected(book))
    except SheetError as refusal:
        raise Fault(refusal.code, detail=refusal.detail, **refusal.facts) from refusal
    entry = None if done.was_there or book is None else _tell_restored(book, done.public_key)
    if as_json:
        print_json(
            {
                "public_key": done.public_key,
                "file": str(done.path),
                "restored": not done.was_there,
                "entry": entry,
            }
        )
    elif done.was_there:
        line(f"The key is in its place already: {done.path}. Nothing was changed.")
    else:
        line(f"The key is back: {done.path}")


def _typed(source: str) -> str:
    if source != "-":
        return Path(source).read_text("utf-8", "replace")
    if sys.stdin.isatty():
        click.echo("Type the six numbered lines, then Ctrl-D on a line of its own.", err=True)
    return sys.stdin.read()


def _known(logbook: str | None) -> Logbook | None:
    """Return the logbook, or None where the database knows none of that name: then only the sheet says whose it is."""
    from indelible.storage.database.errors import NotFound
    from indelible.storage.database.logbooks import get_logbook

    try:
        return get_logbook(logbook)
    except NotFound as missing:
        if missing.code == "which-logbook":
            raise Fault("logbook-not-chosen", names="") from missing
        return None


def _name(book: Logbook | None, asked: str | None) -> str:
    return book.name if book else asked or "main"


def _expected(book: Logbook | None) -> dict[str, Any]:
    if book is None:
        return {"origin": None, "keys": []}
    from indelible.storage.database.keys import key_table

    return {"origin": book.origin, "keys": list(key_table(book).signing)}


def _tell_restored(book: Logbook, public_key: str) -> int:
    from indelible.events import own_keys
    from indelible.storage.database.append import Draft, append

    by = whoever_runs_this()
    told = own_keys.key_restored(by.party, public_key, context=by.context)
    return append(book, [Draft(told)]).entries[0].index


def _in_token(place: str | None) -> bool | None:
    return None if place is None else place == "token"


def _changed(done: KeyChange, as_json: bool, words: str, **more: object) -> None:
    if as_json:
        print_json(
            {"public_key": done.public_key, "entry": done.entry, "checkpoint": done.checkpoint, **more}
        )
        return
    line(words)
    line(f"Key:  {done.public_key}")
    line(f"Told: {entry_name(done.entry)}")
