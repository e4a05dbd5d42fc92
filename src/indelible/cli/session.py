"""Opening the data folder for one command: Django is loaded here, once `--home` is known."""

from __future__ import annotations

import getpass
import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indelible.cli.faults import Fault
from indelible.server.loading import loading
from indelible.storage.home import Home

if TYPE_CHECKING:
    from indelible.features.sources.services import By
    from indelible.storage.database.models import Logbook

DEFAULT_HOME = "data"


def open_home(home: str | None, *, make: bool = False) -> Home:
    """Load Django on a data folder and bring its tables up to date. Raises Fault where there is none.

    With `make` the folder is made where it is missing.
    """
    path = Path(home or os.environ.get("INDELIBLE_HOME") or DEFAULT_HOME).absolute()
    folder = Home(path)
    if not folder.exists and not make:
        raise Fault("home-missing", home=path)
    os.environ["INDELIBLE_HOME"] = str(path)
    os.environ["DJANGO_SETTINGS_MODULE"] = "indelible.server.settings"
    import django
    from django.apps import apps

    if not apps.ready:
        with loading():
            django.setup()
            from indelible.server.prepare import bring_tables_up_to_date

        bring_tables_up_to_date()
    return folder


def choose_logbook(home: Home, name: str | None) -> Logbook:
    """Return the logbook that a command is about: the named one, else the only one. Raises Fault."""
    from indelible.storage.database.models import Logbook

    known = {each.name: each for each in Logbook.objects.order_by("pk")}
    names = ", ".join(known)
    if not known:
        raise Fault("logbook-missing", home=home.path)
    if name is not None:
        if name not in known:
            raise Fault("logbook-unknown", name=name, names=names)
        return known[name]
    if len(known) > 1:
        raise Fault("logbook-not-chosen", names=names)
    return next(iter(known.values()))


def whoever_runs_this() -> By:
    """Return who runs the command, as the machine knows them: an account, which need not be one person's."""
    from indelible.features.sources.services import By

    try:
        account = getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        account = f"account {os.getuid()}"
    party: Any = {"id": account, "name": account, "kind": "unknown"}
    context: Any = {"device": platform.node(), "session": "command line"}
    return By(party, {name: value for name, value in context.items() if value})  # type: ignore[arg-type]
