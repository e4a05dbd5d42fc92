"""Policies: how many of which witnesses must have cosigned, so that no witness counts twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indelible.ledger.checkpoints import Checkpoint, sign_checkpoint
from indelible.ledger.errors import MalformedInput, SignatureError
from indelible.ledger.keys import CosigningKey, SigningKey
from indelible.ledger.policy import Group, Policy, Witness

LOG = SigningKey.from_seed("audit.example/log", bytes(range(32)))
OTHER_LOG = SigningKey.from_seed("audit.example/other", bytes(range(1, 33)))
COSIGNERS = [CosigningKey(f"witness.example/w{n}", bytes([n] * 32)) for n in range(6)]
KEYS = [cosigner.verifier for cosigner in COSIGNERS]
LINES = [f"witness w{n} {key.text}" for n, key in enumerate(KEYS)]

TWO_LEVELS = "\n".join(
    [
        f"log {LOG.verifier.text} https://log.example/",
        *LINES,
        "group near 2 w0 w1 w2",
        "group far any w3 w4 w5",
        "group both all near far",
        "quorum both",
    ]
)


def test_two_of_three_here_and_one_there_are_asked_for_together() -> None:
    policy = Policy.parse(TWO_LEVELS)
    assert policy.logs[0].url == "https://log.example/"
    assert policy.members["near"] == Group(2, ("w0", "w1", "w2"))
    assert policy.members["w3"] == Witness(KEYS[3])
    assert policy.satisfied_by([KEYS[0], KEYS[2], KEYS[5]])
    assert policy.satisfied_by(KEYS)
    assert not policy.satisfied_by(KEYS[:3])
    assert not policy.satisfied_by([KEYS[0], KEYS[4], KEYS[5]])
    assert not policy.satisfied_by([])


def test_one_witness_can_be_the_quorum() -> None:
    policy = Policy.parse(f"{LINES[0]}\nquorum w0\n")
    assert policy.satisfied_by([KEYS[0]])
    assert not policy.satisfied_by([KEYS[1]])


def test_a_quorum_of_none_asks_for_nobody() -> None:
    assert Policy.parse("quorum none\n").satisfied_by([])


def test_the_text_of_a_policy_reads_back_as_the_same_policy() -> None:
    policy = Policy.parse(TWO_LEVELS)
    assert Policy.parse(policy.text) == policy
    assert policy.text.endswith("group both 2 near far\nquorum both\n")


def test_comments_blank_lines_spaces_and_tabs_say_nothing() -> None:
    text = f"# who\n\n \t\n  # indented \u00e9\n\t{LINES[0]}\t \n quorum\tw0"
    assert Policy.parse(text.encode()) == Policy.parse(f"{LINES[0]}\nquorum w0\n")


def test_names_may_be_of_any_script() -> None:
    policy = Policy.parse(f"witness Z\u00fcrich {KEYS[0].text}\nquorum Z\u00fcrich\n")
    assert policy.satisfied_by([KEYS[0]])


NONE_TWICE = "quorum none\nquorum none\n"
REFUSED = {
    "no quorum": LINES[0],
    "two quorums": NONE_TWICE,
    "nothing": "",
    "a quorum that is not defined": "quorum w0\n",
    "a quorum defined only below": f"quorum w0\n{LINES[0]}\n",
    "a quorum of two names": f"{LINES[0]}\nquorum w0 w0\n",
    "a witness called none": f"witness none {KEYS[0].text}\nquorum none\n",
    "two witnesses of one name": f"{LINES[0]}\nwitness w0 {KEYS[1].text}\nquorum w0\n",
    "one key as two witnesses": f"{LINES[0]}\nwitness again {KEYS[0].text}\nquorum w0\n",
    "one key under another name": "\n".join(
        [LINES[0], f"witness b {CosigningKey('b.example', bytes(32)).verifier.text}", "quorum none"]
    ),
    "one log twice": f"log {LOG.verifier.text}\nlog {LOG.verifier.text}\nquorum none\n",
    "a log with a witness's key": f"log {KEYS[0].text}\nquorum none\n",
    "a witness with a log's key": f"witness w {LOG.verifier.text}\nquorum w\n",
    "a key with another ID": f"witness w {KEYS[0].text.replace('+', '+0', 1)}\nquorum w\n",
    "a group of nobody": "group g any\nquorum none\n",
    "a group of a name not defined": "group g any w0\nquorum none\n",
    "a group in itself": f"{LINES[0]}\ngroup g any w0 g\nquorum g\n",
    "a group of none": "group g any none\nquorum g\n",
    "one member twice": f"{LINES[0]}\ngroup g 2 w0 w0\nquorum g\n",
    "one member in two groups": f"{LINES[0]}\ngroup a any w0\ngroup b any w0\nquorum b\n",
    "more needed than there are": f"{LINES[0]}\ngroup g 2 w0\nquorum g\n",
    "none needed": f"{LINES[0]}\ngroup g 0 w0\nquorum g\n",
    "a number spelled otherwise": f"{LINES[0]}\ngroup g 01 w0\nquorum g\n",
    "a number with a sign": f"{LINES[0]}\ngroup g +1 w0\nquorum g\n",
    "a word that is no statement": "trust everybody\nquorum none\n",
    "a statement in capitals": "QUORUM none\n",
    "a word too many": f"log {LOG.verifier.text} https://a.example/ more\nquorum none\n",
    "a carriage return": "quorum none\r\n",
    "a null byte": "quorum none\x00\n",
    "a delete character": "# \x7f\nquorum none\n",
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_policy_is_refused_with(what: str) -> None:
    with pytest.raises(MalformedInput):
        Policy.parse(REFUSED[what])


def test_bytes_that_are_no_text_are_no_policy() -> None:
    with pytest.raises(MalformedInput) as refusal:
        Policy.parse(b"# \xff\nquorum none\n")
    assert refusal.value.code == "bad-utf8"


def test_half_a_character_is_no_policy() -> None:
    with pytest.raises(MalformedInput):
        Policy.parse("# \ud800\nquorum none\n")


def test_only_space_and_tab_divide_words() -> None:
    with pytest.raises(MalformedInput):
        Policy.parse("quorum\u00a0none\n")


PIECES = st.sampled_from(
    [
        *"log witness group quorum none any all 1 2 w0 g # \n \t".split(" "),
        " ",
        LOG.verifier.text,
        KEYS[0].text,
    ]
)


@given(st.lists(PIECES | st.text(max_size=3), max_size=30).map("".join) | st.binary(max_size=60))
def test_anything_is_read_or_refused_as_a_policy(data: str | bytes) -> None:
    try:
        policy = Policy.parse(data)
    except MalformedInput:
        return
    assert Policy.parse(policy.text) == policy
    assert policy.satisfied_by([]) <= policy.satisfied_by(KEYS)


@pytest.fixture
def note() -> str:
    return sign_checkpoint(Checkpoint(LOG.verifier.name, 3, bytes(32)), LOG)


def cosigned(note: str, *cosigners: CosigningKey) -> str:
    text = note[: note.index("\n\n") + 1]
    return note + "".join(cosigner.cosign(text, 1767225600) for cosigner in cosigners)


def test_a_checkpoint_with_enough_cosignatures_is_accepted(note: str) -> None:
    policy = Policy.parse(TWO_LEVELS)
    assert policy.check(cosigned(note, COSIGNERS[1], COSIGNERS[2], COSIGNERS[3])).size == 3


def test_a_checkpoint_with_too_few_cosignatures_is_not(note: str) -> None:
    with pytest.raises(SignatureError) as refusal:
        Policy.parse(TWO_LEVELS).check(cosigned(note, COSIGNERS[1], COSIGNERS[3]))
    assert refusal.value.code == "quorum-missed"


def test_witnesses_do_not_stand_for_the_log(note: str) -> None:
    policy = Policy.parse(TWO_LEVELS.replace(LOG.verifier.text, OTHER_LOG.verifier.text))
    with pytest.raises(SignatureError) as refusal:
        policy.check(cosigned(note, *COSIGNERS))
    assert refusal.value.code == "no-trusted-signature"


def test_a_cosignature_that_does_not_hold_spoils_the_checkpoint(note: str) -> None:
    lines = cosigned(note.replace("\n3\n", "\n4\n"), *COSIGNERS).split("\n\n")[1]
    with pytest.raises(SignatureError) as refusal:
        Policy.parse(TWO_LEVELS).check(note + lines.split("\n", 1)[1])
    assert refusal.value.code == "bad-signature"
