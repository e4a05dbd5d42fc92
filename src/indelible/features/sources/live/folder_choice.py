"""Which folder a source watches: asked and checked alike for every kind that looks at one.

A folder is named by whoever sets the source up, and read by the server, with the server's rights. So the data folder,
which holds the keys, can be no part of it, nor what the system itself shows as files; and whoever runs the server
may say below which folders it has to lie.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.explanations import explain
from indelible.features.sources.kinds import ConnectForm
from indelible.features.sources.models import Kind, Source, State

MOST_PATTERNS: Final = 20
SYSTEM_FOLDERS: Final = tuple(map(Path, ("/proc", "/sys", "/dev", "/run/secrets")))
YES_NO: Final = {True: gettext_lazy("yes"), False: gettext_lazy("no")}


class FolderForm(ConnectForm):
    """A folder of the server, which files in it, and whether its subfolders count."""

    kind: Kind

    folder = forms.CharField(
        label=gettext_lazy("Which folder?"),
        max_length=1_000,
        help_text=gettext_lazy("Its whole path on the server, such as /srv/exports/payroll."),
        error_messages={"required": gettext_lazy("Name the folder by its whole path.")},
    )
    patterns = forms.CharField(
        label=gettext_lazy("Which files?"),
        max_length=400,
        required=False,
        help_text=gettext_lazy("Such as *.csv; *.json. Leave it empty for all files."),
    )
    deep = forms.BooleanField(label=gettext_lazy("The subfolders too"), required=False)

    def clean_folder(self) -> str:
        """Return the folder by its one real path. Raises ValidationError in words."""
        given = self.cleaned_data["folder"].strip()
        if code := _objection(given):
            raise forms.ValidationError(_said(code, folder=given))
        folder = Path(given).resolve()
        if code := _not_allowed(folder):
            raise forms.ValidationError(_said(code, folder=folder))
        if (other := self._other(folder)) is not None:
            raise forms.ValidationError(_said("folder-watched-already", folder=folder, name=other.name))
        return str(folder)

    def clean_patterns(self) -> str:
        """Return the patterns, one way to write them."""
        asked = [each.strip() for each in self.cleaned_data["patterns"].replace(",", ";").split(";")]
        asked = [each for each in asked if each]
        if len(asked) > MOST_PATTERNS or any("/" in each or "\0" in each for each in asked):
            raise forms.ValidationError(_said("folder-patterns", most=MOST_PATTERNS))
        return "; ".join(asked)

    def settings(self) -> dict[str, Any]:
        """Return what is kept."""
        return {name: self.cleaned_data[name] for name in ("folder", "patterns", "deep")}

    def told(self) -> dict[str, str]:
        """Return the settings in words."""
        kept = self.settings()
        return {
            "folder": kept["folder"],
            "files": kept["patterns"] or _("all"),
            "subfolders": str(YES_NO[kept["deep"]]),
        }

    def _other(self, folder: Path) -> Source | None:
        """Return another source of this kind that looks at this folder, or at one in or around it."""
        others = Source.objects.filter(kind=self.kind).exclude(state=State.ENDED)
        if self.source is not None:
            others = others.exclude(pk=self.source.pk)
        for each in others:
            its = Path(each.settings.get("folder", "/nowhere"))
            if its == folder or its in folder.parents or folder in its.parents:
                return each
        return None


def _objection(given: str) -> str | None:
    """Return why a path can be no folder of ours, as a code."""
    path = Path(given)
    if "\0" in given or not path.is_absolute():
        return "folder-not-absolute"
    try:
        if not path.is_dir():
            return "folder-not-there"
    except OSError:
        return "folder-not-readable"
    return None if os.access(path, os.R_OK | os.X_OK) else "folder-not-readable"


def _not_allowed(folder: Path) -> str | None:
    home = Path(settings.INDELIBLE_HOME.path).resolve()
    if folder == home or home in folder.parents or folder in home.parents:
        return "folder-is-our-own"
    if any(folder == each or each in folder.parents for each in SYSTEM_FOLDERS):
        return "folder-of-the-system"
    below = [Path(each).resolve() for each in settings.INDELIBLE_FOLDERS.split(os.pathsep) if each]
    if below and not any(folder == each or each in folder.parents for each in below):
        return "folder-not-allowed"
    return None


def _said(code: str, **facts: object) -> str:
    words = explain(code, **facts)
    return f"{words.title} {words.next_step}".strip()
