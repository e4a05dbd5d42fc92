"""The sealing key in a token: made there, signs there, never leaves it. With a real token (SoftHSM 2)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from indelible.storage import token_key
from indelible.storage.database import group
from indelible.storage.database.append import Draft, append
from indelible.storage.database.checking import check
from indelible.storage.database.errors import AppendFailed, AppendRefused
from indelible.storage.database.key_files import find_key_file
from indelible.storage.database.rotating import finish_rotation, revoke, rotate
from tests.services.token import Token, token
from tests.storage.holding import check_log

ROOT = Path(__file__).resolve().parents[2]
EVENT = {"action": {"verb": "change", "said": "in a token"}}


@pytest.fixture(scope="module")
def hsm(tmp_path_factory):
    """SoftHSM reads its configuration once a process, so all tests of this file share one token."""
    with token(tmp_path_factory.mktemp("hsm")) as made:
        yield made
    token_key._sessions.clear()


def test_a_logbook_begun_with_a_token_has_its_key_there(hsm: Token, logbook):
    found = find_key_file(settings.INDELIBLE_HOME, logbook.name, logbook.public_key)
    assert found.form == "token"
    assert "PRIVATE" not in found.path.read_text() and hsm.label in found.path.read_text()
    append(logbook, [Draft(EVENT)])
    assert check_log(logbook) == 2
    with pytest.raises(AppendRefused) as refusal:
        found.seed(None)
    assert refusal.value.code == "key-in-token"


def test_the_key_can_be_neither_read_nor_taken_out(hsm: Token, logbook):
    from pkcs11 import Attribute, ObjectClass
    from pkcs11.exceptions import AttributeSensitive

    key_id = find_key_file(settings.INDELIBLE_HOME, logbook.name, logbook.public_key).payload.split(" ")[0]
    session = token_key._session(hsm.label)
    wanted = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.ID: bytes.fromhex(key_id)}
    (private,) = session.get_objects(wanted)
    assert private[Attribute.SENSITIVE] and not private[Attribute.EXTRACTABLE]
    with pytest.raises(AttributeSensitive):
        _ = private[Attribute.VALUE]


def test_a_key_moves_from_file_to_token_and_back(
    hsm: Token, log_on, sqlite_alias, django_db_blocker, monkeypatch
):
    with django_db_blocker.unblock():
        monkeypatch.delenv("INDELIBLE_PKCS11")
        book = log_on("sqlite")
        card = book.public_key
        monkeypatch.setenv("INDELIBLE_PKCS11", hsm.environment["INDELIBLE_PKCS11"])
        for in_token in (True, False):
            rotate(book, actor=None, reason="Another place", in_token=in_token)
            append(book, [Draft(EVENT)])
            finish_rotation(book, actor=None)
            append(book, [Draft(EVENT)])
            form = find_key_file(settings.INDELIBLE_HOME, book.name, book.public_key).form
            assert form == ("token" if in_token else "plain")
        revoke(book, actor=None, reason="Stolen", in_token=True)
        assert check_log(book) == 10
        assert check(book, workers=1).findings == ()
        assert (
            check(book, key=card, workers=1).intact is False
        )  # that key was followed by one that was stolen


def test_another_process_signs_with_the_same_key(hsm: Token, logbook, database_url):
    environment = {**os.environ, "INDELIBLE_HOME": str(settings.INDELIBLE_HOME.path)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    environment["INDELIBLE_DATABASE"] = database_url
    command = [sys.executable, "-m", "tests.storage.worker", logbook.name, "2", "5", "there"]
    append(logbook, [Draft(EVENT)])
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    print(done.stderr.decode())
    assert done.stderr == b""
    append(logbook, [Draft(EVENT)])
    assert check_log(logbook) == 13


def test_a_token_that_was_away_is_found_again(hsm: Token, logbook):
    append(logbook, [Draft(EVENT)])
    token_key._sessions[next(iter(token_key._sessions))].close()  # as where the token was taken out
    append(logbook, [Draft(EVENT)])
    assert check_log(logbook) == 3


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("INDELIBLE_PKCS11_PIN", "0000", "key-token-pin"),
        ("INDELIBLE_PKCS11_PIN_FILE", "/nowhere", "key-token-pin"),
        ("INDELIBLE_PKCS11", "", "key-token-module"),
        ("INDELIBLE_PKCS11", "/nowhere.so", "key-token-module"),
    ],
)
def test_without_its_token_a_logbook_waits_and_loses_nothing(
    hsm: Token, logbook, monkeypatch, name, value, code
):
    group.close_groups()
    token_key._end_session(hsm.label)
    with monkeypatch.context() as other:
        other.setenv(name, value)
        with pytest.raises((AppendRefused, AppendFailed)) as refusal:
            append(logbook, [Draft(EVENT)])
        assert refusal.value.code == code
    append(logbook, [Draft(EVENT)])
    assert check_log(logbook) == 2
