"""A document comes back as it was, from text and from the editor's forms, whatever it holds."""

from __future__ import annotations

import json
from typing import Any

from django.http import QueryDict
from hypothesis import HealthCheck, Phase, given, settings

from indelible.features.runbooks.document.reading import draft_from_data, plain_from_text
from indelible.features.runbooks.document.runbook import Runbook
from indelible.features.runbooks.document.schema import as_text
from indelible.features.runbooks.document.writing import digest_of, to_data, to_toml
from tests.docs.pages import ROOT
from tests.features.runbooks.document.making import DOCUMENTS

FEW = settings(
    max_examples=25,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@FEW
@given(document=DOCUMENTS)
def test_written_and_read_back_it_is_the_same(document: Runbook) -> None:
    for text in (to_toml(document), json.dumps(to_data(document))):
        again = draft_from_data(plain_from_text(text))
        assert again == document
        assert (to_toml(again), digest_of(again)) == (to_toml(document), digest_of(document))


@FEW
@given(document=DOCUMENTS)
def test_the_editors_forms_sent_as_they_stand_change_nothing(document: Runbook) -> None:
    from indelible.features.runbooks.books.editing.head import Head
    from indelible.features.runbooks.books.editing.step import StepForms

    def check(make: Any) -> None:
        forms = make(_sent(make(None)))
        assert forms.is_valid(), [form.errors for form in forms.forms]
        assert forms.changed("save") == document

    check(lambda data: Head(document, data))
    for step in document.steps:
        check(lambda data, key=step.key: StepForms(document, key, data))


def _sent(forms: Any) -> QueryDict:
    """Return what a browser would send of these forms: lines end as on the web, one-line controls have none."""
    data = QueryDict(mutable=True)
    for form in forms.forms:
        for bound in form:
            value = bound.value()
            if value in (None, False):
                continue
            if isinstance(value, str):
                one_line = getattr(bound.field, "one_line", False)
                value = value.replace("\n", "" if one_line else "\r\n")
            data.setlist(bound.html_name, value if isinstance(value, list) else [str(value)])
    return data


def test_the_schema_of_the_format_is_that_of_the_code() -> None:
    assert (ROOT / "docs" / "formats" / "runbook.schema.json").read_text() == as_text()


def test_the_example_of_the_formats_page_is_a_runbook() -> None:
    from indelible.features.runbooks.document.reading import from_text

    page = (ROOT / "docs" / "formats" / "runbook.md").read_text()
    example = page.partition("```toml\n")[2].partition("```")[0]
    assert from_text(example).step("agree").sign == "two"
