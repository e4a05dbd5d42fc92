"""The menu is collected from the features, and marks the part of the site one is in."""

from __future__ import annotations

from django.urls import reverse

from indelible.web import navigation
from indelible.web.chrome import menu_lines


def test_each_declared_line_leads_to_an_address_that_exists() -> None:
    for _title, items in navigation.menu():
        for item in items:
            assert reverse(item.url_name)


def test_the_record_s_pages_mark_the_record() -> None:
    current = [
        str(line.label) for _t, lines in menu_lines("/record/42817/") for line in lines if line.current
    ]
    assert current == ["Record"]


def test_only_home_itself_marks_home() -> None:
    current = [str(line.label) for _t, lines in menu_lines("/settings/") for line in lines if line.current]
    assert current == ["Settings"]


def test_the_groups_come_in_their_order() -> None:
    titles = [str(title) for title, _items in navigation.menu()]
    assert titles == ["Every day", "Keep it trustworthy"]
