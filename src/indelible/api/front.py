"""Requests of programs are answered before sessions, cookies and the rules of pages: what counts is their password.

So no cookie of a browser can ever let anybody in here, no token of a form is asked for, and no page is shown: whatever
lies below `/api/` is answered as JSON, what does not exist included. The page that documents it is an ordinary page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import resolve

from indelible.api.problems import Problem, answer_with, problem_of

PREFIX: Final = "/api/"
PAGE: Final = "/api/v1/docs"


def programs_first(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer what lies below `/api/`, and pass on everything else."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX) or request.path == PAGE:
            return get_response(request)
        return answer(request)

    return middleware


def answer(request: HttpRequest) -> HttpResponse:
    """Answer one request of a program."""
    try:
        request.resolver_match = match = resolve(request.path_info)
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        if response.status_code == 405:
            response = _not_that_way(response)
    except Exception as failure:
        # Whatever it was, a program is answered as a program: known refusals in their words, the rest as our fault.
        response = answer_with(problem_of(request, failure))
    response.headers.setdefault("Cache-Control", "no-store")
    # Refusals are told to the sender, and those that matter are on the record: a line of the log for each is too much.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def _not_that_way(refused: HttpResponse) -> HttpResponse:
    response = answer_with(Problem(405, "wrong-method"))
    response["Allow"] = refused.headers.get("Allow", "")
    return response
