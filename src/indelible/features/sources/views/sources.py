"""The list of sources, and one source."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from indelible.explanations import explain
from indelible.features.sources import queries, services
from indelible.features.sources.forms import RenameForm
from indelible.features.sources.uploads import person


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show where events come from, and which imports wait for somebody."""
    logbook = queries.the_logbook()
    context = {
        "lines": queries.source_lines(logbook) if logbook else [],
        "under_way": queries.open_imports(logbook) if logbook else [],
    }
    return render(request, "sources/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def source(request: HttpRequest, key: int) -> HttpResponse:
    """Show one source with its imports; give it another name."""
    logbook = queries.the_logbook()
    line = queries.get_source(logbook, key) if logbook else None
    if line is None:
        return redirect("sources:list")
    form = RenameForm(request.POST or None, initial={"name": line.source.name})
    if request.method == "POST" and form.is_valid():
        try:
            renamed = services.rename_source(line.source, form.cleaned_data["name"], person(request))
        except services.SourceError as refused:
            words = explain(refused.code, **refused.facts)
            form.add_error("name", f"{words.title} {words.next_step}")
        else:
            messages.success(request, _("The source is now called %(name)s.") % {"name": renamed.name})
            return redirect("sources:source", renamed.pk)
    context = {"line": line, "form": form, "imports": queries.imports_of(line.source)}
    return render(request, "sources/source.html", context, status=422 if form.errors else 200)
