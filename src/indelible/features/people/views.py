"""Sign-in, sign-out and password."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from indelible.features.people import access
from indelible.features.people.access import needs


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
password = needs(access.OWN_CHANGE)(ChangePassword.as_view())


@login_not_required
@require_GET
def ended(request: HttpRequest) -> HttpResponse:
    """Say that an account was ended."""
    return render(request, "people/ended.html", status=403)
