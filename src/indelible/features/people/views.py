"""Sign-in, sign-out, password and settings."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from indelible.features.people import services
from indelible.features.people.forms import OrganisationForm, OwnSettingsForm, settings_of
from indelible.features.people.models import User
from indelible.features.people.queries import organisation
from indelible.web.acts import context_of
from indelible.web.chrome import forget_reader


class SignIn(account.LoginView):  # type: ignore[misc]
    """allauth's sign-in, on our page, which also says how the last session ended."""

    template_name = "people/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add how the last session ended, where this is why the page is shown."""
        return {**super().get_context_data(**kwargs), "ended": self.request.GET.get("ended", "")}


class SignOut(account.LogoutView):  # type: ignore[misc]
    """Ends the session; a page with the button for those who come by a link."""

    template_name = "people/sign_out.html"


class ChangePassword(account.PasswordChangeView):  # type: ignore[misc]
    """allauth's password change, on our page."""

    template_name = "people/password.html"

    def get_form(self, form_class: Any = None) -> Any:
        """Let the form know from where the change comes, for its entry."""
        form = super().get_form(form_class)
        form.request = self.request
        return form


sign_in = SignIn.as_view()
sign_out = SignOut.as_view()
password = ChangePassword.as_view()


@login_not_required
@require_GET
def ended(request: HttpRequest) -> HttpResponse:
    """Say that an account was ended."""
    return render(request, "people/ended.html", status=403)


@require_http_methods(["GET", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    """Show and change one's own settings and the organisation's: two forms, told apart by their button."""
    user = request.user
    ours = organisation()
    if not isinstance(user, User) or ours is None:
        return HttpResponseRedirect("/")
    which = request.POST.get("which", "")
    own = OwnSettingsForm(
        request.POST if which == "own" else None,
        initial=settings_of(user, services.OWN_SETTINGS),
        prefix="own",
    )
    house = OrganisationForm(
        request.POST if which == "organisation" else None,
        initial=settings_of(ours, services.ORGANISATION_SETTINGS),
        prefix="organisation",
    )
    if which == "own" and own.is_valid():
        changes = services.change_own_settings(user, own.cleaned_data, context_of(request))
        return _saved(request, bool(changes))
    if which == "organisation" and house.is_valid():
        changes = services.change_organisation(ours, house.cleaned_data, user, context_of(request))
        return _saved(request, bool(changes))
    failed = own if own.errors else house
    context = {
        "own": own,
        "organisation": house,
        "failed": failed,
        "done": _done(request.GET.get("done", "")),
    }
    return render(request, "people/settings.html", context, status=422 if request.method == "POST" else 200)


def _saved(request: HttpRequest, changed: bool) -> HttpResponse:
    forget_reader(request)
    return HttpResponseRedirect(f"{reverse('people:settings')}?done={'saved' if changed else 'same'}")


def _done(code: str) -> str:
    return {
        "saved": _("Saved, and recorded."),
        "same": _("Nothing was different, so nothing was changed."),
        "password": _("Your password was changed, and that is recorded."),
    }.get(code, "")
