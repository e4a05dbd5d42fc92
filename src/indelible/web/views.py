"""Help, the words we use, and the keyboard keys. They can be read without signing in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe


def _frame(request: HttpRequest) -> str:
    return "web/base.html" if request.user.is_authenticated else "web/plain.html"


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Say how the main jobs are done."""
    return render(request, "web/help/help.html", {"frame": _frame(request)})


@login_not_required
@require_safe
def words_page(request: HttpRequest) -> HttpResponse:
    """Explain each word of the pages that is not everyday language."""
    return render(request, "web/help/words.html", {"frame": _frame(request), "words": _words()})


@login_not_required
@require_safe
def keys_page(request: HttpRequest) -> HttpResponse:
    """List the keys that do something."""
    return render(request, "web/help/keys.html", {"frame": _frame(request), "keys": _keys()})


def _words() -> list[tuple[str, str]]:
    return [
        (_("The record"), _("Everything that was recorded, in the order in which it came in.")),
        (_("Entry"), _("One thing that happened, written once. It can be corrected, never changed.")),
        (
            _("Correction"),
            _("A new entry that says what an earlier one should have said. Both stay readable."),
        ),
        (
            _("Seal"),
            _(
                "Closes everything recorded so far. It is named by the number of entries it covers. "
                "Any later change to one of them would no longer fit it."
            ),
        ),
        (
            _("Seal words"),
            _(
                "Twelve words that stand for a seal, to be read out or put into minutes. Public, not a password."
            ),
        ),
        (_("Sealed"), _("Covered by a seal. An entry is sealed when its confirmation appears.")),
        (
            _("Receipt"),
            _("A small file which shows that an entry is inside a seal. It can be checked without us."),
        ),
        (_("Fingerprint"), _("A short code that changes if one letter changes.")),
        (
            _("Nothing rewritten since"),
            _("Each newer seal still contains all the older ones, in the same order."),
        ),
        (
            _("Seal mark"),
            _("The rosette on a seal, drawn from its fingerprint. It helps memory; it is no check."),
        ),
        (_("Sealing key"), _("The key with which this server signs its seals. It never leaves the server.")),
        (
            _("Key card"),
            _("The public half of the sealing key. An auditor keeps it from year to year to check seals."),
        ),
        (
            _("Untouched"),
            _("It reads as it did when we received it. It does not say that it was true then."),
        ),
        (_("Altered"), _("It no longer fits its seal: the stored data was changed from outside.")),
        (
            _("Could not be checked"),
            _("Something needed for the check was not there. That is neither good nor bad news."),
        ),
        (_("Source"), _("Where entries come from: a system whose files you upload, or people by hand.")),
        (
            _("Rule"),
            _(
                "A sentence that says what is recorded, and what is expected to arrive. It is never edited: "
                "a change is its next version."
            ),
        ),
        (
            _("Ready rule"),
            _("A rule as others have it, to begin with. Added, it is your own."),
        ),
        (
            _("Thing of your own"),
            _("A kind of thing that only you have. You name it once, then sentences can speak of it."),
        ),
        (_("Rejected rows"), _("Rows of a file that could not be read. They are kept, with the reason.")),
        (_("Arrived late"), _("It reached us long after it happened. Both times are on the entry.")),
    ]


def _keys() -> list[tuple[str, str]]:
    return [
        ("/", _("Go to the search field")),
        ("j", _("Next entry")),
        ("k", _("Previous entry")),
        ("Enter", _("Open the entry")),
        ("?", _("This list")),
        ("Esc", _("Close a menu")),
        ("Tab", _("Next link, button or field")),
    ]
