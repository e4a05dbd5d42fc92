"""One act for one press of a button: a token in each form that counts only the first time.

`{% once %}` puts a random token in a form. A service that appends entries uses `token_of(request)` as the
repeat code of what it appends, so that the log itself refuses a second copy. Where an act appends nothing of
its own, `first_time` answers whether the token was seen before, across processes.
"""

from __future__ import annotations

import re
import secrets
from typing import Final

from django.core.cache import cache
from django.http import HttpRequest

FIELD: Final = "once"
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
_KEPT_SECONDS: Final = 24 * 60 * 60


def new_token() -> str:
    """Return a token nobody can guess."""
    return secrets.token_urlsafe(18)


def token_of(request: HttpRequest) -> str | None:
    """Return the token a form was sent with, None where it has none or where it is malformed."""
    token = request.POST.get(FIELD, "")
    return token if _TOKEN.fullmatch(token) else None


def first_time(request: HttpRequest) -> bool:
    """Whether this form is sent for the first time. A form without a token always counts as new."""
    token = token_of(request)
    return token is None or cache.add(f"once:{token}", 1, _KEPT_SECONDS)


def give_back(request: HttpRequest) -> None:
    """Let a form's token count anew, because nothing came of the act: whoever goes back can press again."""
    if token := token_of(request):
        cache.delete(f"once:{token}")
