"""The pages of the set-up: one question a page, resumed where it was left.

Question 1 needs the one-time link, whose token waits in the session until the account is made. From then on
the person is signed in, and closing the browser loses nothing.
"""

from __future__ import annotations

from typing import Final

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from indelible.features.people.models import User
from indelible.features.people.queries import anyone, organisation
from indelible.features.setup import services
from indelible.features.setup.forms import BY_HAND, FirstForm, NameForm, WhoForm
from indelible.features.setup.guesses import guess_date_style, guess_number_style, guess_zone
from indelible.web.acts import context_of
from indelible.web.failures import failure_page

TOKEN: Final = "setup_token"  # noqa: S105 - a key of the session
QUESTIONS: Final = 3
BACKEND: Final = "allauth.account.auth_backends.AuthenticationBackend"


@login_not_required
@require_http_methods(["GET", "HEAD"])
def start(request: HttpRequest) -> HttpResponse:
    """Begin, go on, or say what is missing."""
    if request.user.is_authenticated:
        return _resume(request)
    if anyone():
        return redirect("account_login")
    if key := request.GET.get("key"):
        if not services.is_setup_token(key):
            return failure_page(request, "setup-link-used", 403)
        # Out of the address, where it would stay in the browser's history.
        request.session[TOKEN] = key
        return redirect("setup:start")
    if not _may_set_up(request):
        return failure_page(request, "setup-link-needed", 403)
    return render(request, "setup/start.html", {"next": reverse("setup:who")})


def _resume(request: HttpRequest) -> HttpResponse:
    """Lead the owner to the question they stopped at, or home."""
    ours = organisation()
    if ours is not None and ours.setup_done:
        return HttpResponseRedirect("/")
    number, url = (2, "setup:name") if ours is None else (3, "setup:first")
    return render(request, "setup/start.html", {"stopped_at": number, "next": reverse(url)})


def _may_set_up(request: HttpRequest) -> bool:
    return services.is_setup_token(request.session.get(TOKEN, ""))


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def who(request: HttpRequest) -> HttpResponse:
    """Question 1: who are you? Makes the owner's account and signs them in."""
    if request.user.is_authenticated or anyone() or not _may_set_up(request):
        return redirect("setup:start")
    form = WhoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            owner = services.make_owner(request.session[TOKEN], **form.cleaned_data)
        except services.SetupRefused as refusal:
            return failure_page(request, refusal.code, 403)
        login(request, owner, backend=BACKEND)
        request.session.pop(TOKEN, None)
        return redirect("setup:name")
    return _question(request, 1, form)


@require_http_methods(["GET", "POST"])
def name(request: HttpRequest) -> HttpResponse:
    """Question 2: what is the organisation called? Seals the record's first entry."""
    if organisation() is not None:
        return redirect("setup:first")
    guessed = {"zone": guess_zone(), "date_style": guess_date_style(request)}
    form = NameForm(request.POST or None, initial=guessed)
    if request.method == "POST" and form.is_valid() and isinstance(request.user, User):
        begun = services.name_organisation(
            request.user,
            **form.cleaned_data,
            number_style=guess_number_style(request),
            context=context_of(request),
        )
        request.session["setup_begun"] = begun
        return redirect("setup:first")
    return _question(request, 2, form)


@require_http_methods(["GET", "POST"])
def first(request: HttpRequest) -> HttpResponse:
    """Question 3: where does the first entry of their own come from? Leads there."""
    ours = organisation()
    if ours is None:
        return redirect("setup:start")
    if ours.setup_done:
        return HttpResponseRedirect("/")
    if "skip" in request.POST:
        services.finish()
        return HttpResponseRedirect("/")
    form = FirstForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.finish()
        chosen = form.cleaned_data["first"]
        return HttpResponseRedirect(_page_of("record:add" if chosen == BY_HAND else "sources:upload"))
    begun = request.session.get("setup_begun", True)
    return _question(request, 3, form, ours=ours, begun=begun)


def _page_of(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return "/"


def _question(
    request: HttpRequest, number: int, form: WhoForm | NameForm | FirstForm, **more: object
) -> HttpResponse:
    context = {"number": number, "questions": QUESTIONS, "form": form, **more}
    status = 422 if form.errors else 200
    return render(request, f"setup/question_{number}.html", context, status=status)
