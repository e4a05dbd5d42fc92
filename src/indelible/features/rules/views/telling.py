"""What could not be done, as the page of its code."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from indelible.explanations import Explanation, explain
from indelible.features.rules.services import RuleError
from indelible.web.failures import failure_page
from indelible.web.once import give_back


def refuse(request: HttpRequest, refused: RuleError) -> HttpResponse:
    """Show why nothing was done. The form may be sent again."""
    give_back(request)
    return failure_page(request, refused.code, 409, **refused.facts)


def words_of(refused: RuleError) -> Explanation:
    """Return the words of a refusal, for a page that stays."""
    return explain(refused.code, **refused.facts)
