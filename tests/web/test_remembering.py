"""What a page looks up once: only while it is read, never from one request to the next."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse

from indelible.web.remembering import remember_while_reading, remembered


class Counter:
    """Something to look up, that counts how often it was."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> int:
        self.asked += 1
        return self.asked


def answered(method: str, look_up: Any) -> list[int]:
    request = HttpRequest()
    request.method = method
    seen: list[int] = []

    def page(_request: HttpRequest) -> HttpResponse:
        seen.extend(look_up() for _ in range(3))
        return HttpResponse()

    remember_while_reading(page)(request)
    return seen


def test_a_page_that_is_read_asks_once_and_the_next_asks_anew() -> None:
    look_up = remembered(Counter())
    assert answered("GET", look_up) == [1, 1, 1]
    assert answered("HEAD", look_up) == [2, 2, 2]


def test_what_changes_something_asks_each_time_and_so_does_whoever_is_no_request() -> None:
    look_up = remembered(Counter())
    assert answered("POST", look_up) == [1, 2, 3]
    assert (look_up(), look_up()) == (4, 5)


def test_what_was_raised_is_not_remembered_and_nothing_outlives_a_page_that_fails() -> None:
    def fail() -> int:
        raise LookupError

    look_up = remembered(fail)
    with pytest.raises(LookupError):
        answered("GET", look_up)
    counted = remembered(Counter())
    assert (counted(), counted()) == (1, 2)
