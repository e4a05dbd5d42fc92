"""The list of sources, and one source: how it stands, what it brought, and what can be done about it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from indelible.explanations import explain
from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.sources import queries, sections, services
from indelible.features.sources.forms import RenameForm
from indelible.features.sources.uploads import person


@needs(access.RECORD_READ)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show where events come from, and which imports wait for somebody."""
    logbook = queries.the_logbook()
    context = {
        "lines": queries.source_lines(logbook) if logbook else [],
        "under_way": queries.open_imports(logbook) if logbook else [],
    }
    return render(request, "sources/list.html", context)


@needs(access.RECORD_READ)
@require_safe
def source(request: HttpRequest, key: int) -> HttpResponse:
    """Show one source. A poll gets the part about how it stands alone."""
    logbook = queries.the_logbook()
    line = queries.get_source(logbook, key) if logbook else None
    if line is None:
        return redirect("sources:list")
    if request.headers.get("HX-Request") == "true" and request.headers.get("X-Poll") == "1":
        return render(request, "sources/_standing.html", {"line": line})
    context = {"line": line, "sections": sections.of(request, line.source)}
    return render(request, "sources/source.html", context)


@needs(access.SOURCES_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: HttpRequest, key: int) -> HttpResponse:
    """Give a source another name."""
    row = queries.connected_source(key)
    form = RenameForm(request.POST or None, initial={"name": row.name})
    if request.method == "POST" and form.is_valid():
        try:
            renamed = services.rename_source(row, form.cleaned_data["name"], person(request))
        except services.SourceError as refused:
            words = explain(refused.code, **refused.facts)
            form.add_error("name", f"{words.title} {words.next_step}")
        else:
            messages.success(request, _("The source is now called %(name)s.") % {"name": renamed.name})
            return redirect("sources:source", renamed.pk)
    context = {"source": row, "form": form}
    return render(request, "sources/rename.html", context, status=422 if form.errors else 200)
