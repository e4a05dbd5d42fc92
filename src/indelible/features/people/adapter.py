"""How accounts behave here: nobody signs up by themself, and every sign-in goes on the record."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.cache import cache
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from indelible.events.event import Party
from indelible.events.own import signed_in, signed_out
from indelible.explanations import explain
from indelible.web import acts
from indelible.web.addresses import origin_of

PAUSE_SECONDS = 300


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's account rules, with ours in place."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account for themself."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: the page that follows says what happened."""

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Lead to the sign-in page, which confirms that one is signed out."""
        return f"{reverse('account_login')}?ended=out"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Lead back to the settings."""
        return f"{reverse('settings:index')}?done=password"

    def get_client_ip(self, request: HttpRequest) -> str:
        """Count attempts by the client's address, not by that of a web server in front."""
        return origin_of(request).client or "unknown"

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Record the sign-in."""
        acts.record_if_possible(signed_in(acts.actor_of(user), acts.context_of(request)))
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def logout(self, request: HttpRequest) -> None:
        """Record the sign-out, then end the session."""
        acts.record_if_possible(signed_out(acts.actor_of(request.user), acts.context_of(request)))
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record a sign-in that failed. What was typed as a password is kept nowhere."""
        acts.record_if_possible(signed_in(_somebody(credentials), acts.context_of(request), "failure"))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count attempts. Once they pause, record that, one time a pause."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            if cache.add(f"sign-in-pause:{_typed(credentials)}", 1, PAUSE_SECONDS):
                acts.record_if_possible(
                    signed_in(
                        _somebody(credentials),
                        acts.context_of(request),
                        "denied",
                        reason="Too many attempts: signing in pauses for five minutes",
                    )
                )
            raise

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """Give our own words for the errors of signing in."""
        words = {
            "email_password_mismatch": "password-does-not-fit",
            "too_many_login_attempts": "too-many-attempts",
        }
        if code not in words:
            refusal: ValidationError = super().validation_error(code, *args)
            return refusal
        told = explain(words[code])
        return ValidationError(f"{told.title} {told.meaning} {told.next_step}", code=code)


def _typed(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email", "")).strip().lower()[:254]


def _somebody(credentials: dict[str, Any]) -> Party:
    """Return who tried: nobody we know, and the address that was typed."""
    party: Party = {"kind": "unknown"}
    if typed := _typed(credentials):
        party["email"] = typed
    return party
