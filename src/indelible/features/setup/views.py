"""The pages of the set-up: one question a page, resumed where it was left.

Question 1 needs the one-time link, whose token waits in the session until the account is made. From then on
the person is signed in, and closing the browser loses nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.people.models import User
from indelible.features.people.queries import anyone, organisation
from indelible.features.rules.services import RuleError
from indelible.features.setup import rule as rules
from indelible.features.setup import services
from indelible.features.setup.forms import BY_HAND, FirstForm, NameForm, WhoForm
from indelible.features.setup.guesses import guess_date_style, guess_number_style, guess_zone
from indelible.features.sources.uploads import person
from indelible.web.acts import context_of, logbook_in_use
from indelible.web.failures import failure_page

TOKEN: Final = "setup_token"  # noqa: S105 - a key of the session
SKIPPED: Final = "setup_rule_skipped"
QUESTIONS: Final = 4
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
    if ours is None:
        number, url = 2, "setup:name"
    else:
        number, url = (4, "setup:first") if _rule_is_answered(request) else (3, "setup:rule")
    return render(request, "setup/start.html", {"stopped_at": number, "next": reverse(url)})


def _rule_is_answered(request: HttpRequest) -> bool:
    """Whether there is a rule, or the question was passed over in this browser."""
    return bool(request.session.get(SKIPPED)) or rules.asked_already(logbook_in_use())


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


@needs(access.SETTINGS_CHANGE)
@require_http_methods(["GET", "POST"])
def name(request: HttpRequest) -> HttpResponse:
    """Question 2: what is the organisation called? Seals the record's first entry."""
    if organisation() is not None:
        return redirect("setup:rule")
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
        return redirect("setup:rule")
    return _question(request, 2, form)


@needs(access.RULES_CHANGE)
@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest) -> HttpResponse:
    """Question 3: what must never get lost? Records by that rule from now on."""
    ours = organisation()
    if ours is None:
        return redirect("setup:start")
    if ours.setup_done:
        return HttpResponseRedirect("/")
    if rules.asked_already(logbook_in_use()):
        return redirect("setup:first")
    if "skip" in request.POST:
        request.session[SKIPPED] = True
        return redirect("setup:first")
    sent: Any = request.POST.copy()
    if "take" in sent and sent.get("answer"):
        sent["text"] = rules.said_as_a_rule(logbook_in_use(), sent["answer"], datetime.now(UTC))
    if sent.get("text", "").strip():
        sent["rule"] = rules.OWN_WORDS  # what somebody wrote goes before the answers above it
    form = rules.RuleForm(sent or None)
    form.fields["text"].widget.attrs |= rules.LIVE
    answer = rules.Answer(None)
    if request.method == "POST" and form.is_valid():
        answer = rules.answer_of(logbook_in_use(), **form.cleaned_data, now=datetime.now(UTC))
        asked_to_look = "look" in sent or "take" in sent
        if answer.wanted is not None and not asked_to_look:
            try:
                made = rules.record_by(logbook_in_use(), answer.wanted, person(request))
            except RuleError as refused:
                return failure_page(request, refused.code, 409, **refused.facts)
            request.session["setup_rule"] = made.pk
            return redirect("setup:first")
        if answer.wanted is None and not asked_to_look:
            form.add_error("text", _("This is not clear yet. Look at what we understood."))
    elif "look" in sent and form.errors.keys() <= {"text"}:
        form = rules.RuleForm(initial={"rule": sent.get("rule")})  # nothing was typed yet: no fault
        form.fields["text"].widget.attrs |= rules.LIVE
    begun = request.session.get("setup_begun", True)
    return _question(request, 3, form, ours=ours, begun=begun, answer=answer)


@needs(access.SETTINGS_CHANGE)
@require_http_methods(["GET", "POST"])
def first(request: HttpRequest) -> HttpResponse:
    """Question 4: where does the first entry of their own come from? Leads there."""
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
    begun, said = request.session.get("setup_begun", True), request.session.get("setup_rule")
    return _question(request, 4, form, ours=ours, begun=begun, rule=said)


def _page_of(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return "/"


def _question(request: HttpRequest, number: int, form: Form, **more: object) -> HttpResponse:
    context = {"number": number, "questions": QUESTIONS, "form": form, **more}
    status = 422 if form.errors else 200
    return render(request, f"setup/question_{number}.html", context, status=status)
