"""Profiles are data that is checked when read, and recognised by several names together."""

import pytest

from indelible.intake.parsers import finishing, unpacking
from indelible.intake.profile import parse_profile, profiles, recognised
from indelible.intake.words import Meaning, Words

OKTA_HEADERS = [
    "timestamp",
    "actor.id",
    "actor.alternate_id",
    "event_type",
    "outcome.result",
    "uuid",
    "target0.id",
]


def test_every_profile_of_the_package_is_sound_and_names_parsers_that_exist() -> None:
    for profile in profiles():
        for name in profile.settings.finish:
            finishing(name)
        if profile.settings.unpack:
            unpacking(profile.settings.unpack)
        assert profile.title
        assert profile.recognise or profile.system == "generic"


def test_a_system_is_recognised_by_any_spelling_of_its_columns() -> None:
    renamed = [header.upper().replace("_", " ").replace(".", " - ") for header in OKTA_HEADERS]
    for names in (OKTA_HEADERS, renamed, OKTA_HEADERS[::-1], OKTA_HEADERS[1:]):
        found = recognised(names, "table")
        assert found is not None
        assert found.system == "okta"


def test_one_name_alone_is_no_proof_of_a_system() -> None:
    assert recognised(["uuid", "when", "who"], "table") is None
    assert recognised(OKTA_HEADERS, "object") is None


@pytest.mark.parametrize(
    "fault",
    [
        '[words]\nX = ["fly", ""]',
        '[words]\nX = ["create", "spaceship"]',
        '[outcomes]\nX = "great"',
        '[fields]\nwho = "X"',
        '[kinds]\nX = "spaceship"',
        '[actor_kinds]\nX = "robot"',
        "[settings]\nno_such_setting = true",
    ],
)
def test_a_profile_with_a_word_outside_the_list_is_refused_when_read(fault: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        parse_profile(f'system = "x"\ntitle = "X"\n{fault}', "x.toml")


def test_a_word_has_a_verb_only_where_all_its_known_words_agree() -> None:
    tokens = {"view": ["view"], "delete": ["delete"], "deleted": ["delete"], "failed": ["", "", "failure"]}
    words = Words({}, {}, {}, tokens)
    assert words.meaning("file.deleted") == Meaning("delete")
    assert words.meaning("DeleteFailed") == Meaning("delete", None, "failure")
    assert words.meaning("view deleted items") == Meaning()
    assert words.meaning("frobnicate") == Meaning()


def test_words_come_before_patterns_and_a_noun_tells_the_kind() -> None:
    words = Words(
        {"Paid": ["pay"]}, {r"^paid\b": ["post"], r"^edited\b": ["change"]}, {r"\bbill\b": "invoice.purchase"}
    )
    assert words.meaning("paid") == Meaning("pay")
    assert words.meaning("Edited Bill No. 7") == Meaning("change", "invoice.purchase")
