"""Finds in free text what must never be sealed: card numbers, and what opens doors.

A card number is 12 to 19 digits, single blanks or hyphens between them, that begin as a card scheme's numbers do,
have a length that the scheme uses and fit the check digit (ISO/IEC 7812-1 Annex B, Luhn). That leaves few others:
of random digits of the right length about one in a hundred. PCI DSS 3.4.1 lets the first six and the last four
digits show.

What opens doors is known by its form (a private key between its PEM lines, tokens that begin with a maker's own
letters, a signed token of three parts) or by the name before it (`password=`, `"cvv": "123"`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

CARD: Final = "card_number"
STAR: Final = "*"
GONE: Final = "[removed]"

_DIGITS = re.compile(r"(?<![0-9])(?<![0-9][ -])[0-9](?:[ -]?[0-9]){11,18}(?![ -]?[0-9])")
_KEY_BLOCK = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.*?"
    r"(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\Z)",
    re.S,
)
_TOKENS = re.compile(
    r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}"  # a signed token (RFC 7519)
    r"|\b(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{36,}|\bgithub_pat_[A-Za-z0-9_]{40,}|\bglpat-[A-Za-z0-9_-]{20,}"
    r"|\bxox[abeoprs]-[A-Za-z0-9-]{20,}|\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}|\bwhsec_[A-Za-z0-9+/=]{24,}"
    r"|\bAIza[A-Za-z0-9_-]{35}|\bya29\.[A-Za-z0-9_-]{20,}|\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"
    r"|\bind_[A-Za-z0-9_-]{24,}|\bAGE-SECRET-KEY-1[A-Z0-9]{50,}"
)
_NAMED = re.compile(
    r"(?<![A-Za-z])(?P<name>(?:(?:new|old|current|user|temporary)[ _-]?)?(?:password|pass(?:wd|phrase|code)|pwd)"
    r"|(?:client|shared)?[_-]?secret(?:[_-]?key)?|private[_-]?key|api[_-]?key"
    r"|(?:access|refresh|session|auth|bearer|id)[_-]?token|cvv2?|cvc2?|cvn"
    r"|card[ _-]?security[ _-]?code|pin|otp|one[ _-]time[ _-]code)"
    r"(?P<sign>\\?[\"']?\s{0,3}[:=]\s{0,3}\\?[\"']?)(?P<value>[^\s\"'\\,;&<>{}\[\]]{3,200})"
    r"|(?P<scheme>\bAuthorization\s{0,3}[:=]\s{0,3}\\?[\"']?(?:Bearer|Basic)\s{1,3})"
    r"(?P<credential>[A-Za-z0-9._~+/=-]{8,2000})",
    re.I,
)
_SHORT_NAMES = frozenset({"cvv", "cvv2", "cvc", "cvc2", "cvn", "pin", "otp"})
_NO_SECRET = frozenset(
    "changed change reset expired expires removed hidden redacted required optional enabled disabled null"
    " none true false yes no unknown empty missing invalid incorrect wrong forgotten updated created deleted"
    " policy never string undefined masked".split()
)
# What every secret above has in it, so that most texts are done with after one look at their words.
_HINTS = frozenset(
    word.encode()
    for word in (
        "password passwd passphrase passcode pwd secret api private token cvv cvc cvn security pin otp one"
        " authorization"
        " newpassword oldpassword currentpassword userpassword temporarypassword accesstoken refreshtoken"
        " sessiontoken authtoken bearertoken idtoken clientsecret sharedsecret secretkey privatekey apikey securitycode"
        " cardsecuritycode"
        " ghp gho ghu ghs ghr github glpat xoxa xoxb xoxe xoxo xoxp xoxr xoxs sk rk whsec ya sg ind age"
    ).split()
)
_PIECES = (b"eyJ", b"AIza", b"-----BEGIN")
_WORDS = bytes(code + 32 if 65 <= code <= 90 else code if 97 <= code <= 122 else 32 for code in range(256))
_ESCAPES = (b"\\n", b"\\r", b"\\t", b"\\b", b"\\f")
_RUNS = bytes(48 if 48 <= code <= 57 else code for code in range(256))
_LONG_RUN = b"0" * 12

_SCHEMES: Final = (
    (re.compile(r"4"), (13, 16, 19)),  # Visa
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), (16,)),  # Mastercard
    (re.compile(r"3[47]"), (15,)),  # American Express
    (re.compile(r"30[0-5]|3[689]"), (14, 16, 19)),  # Diners Club
    (re.compile(r"6011|64[4-9]|65"), (16, 19)),  # Discover
    (re.compile(r"352[89]|35[3-8]"), (16, 19)),  # JCB
    (re.compile(r"62"), (16, 17, 18, 19)),  # UnionPay
    (re.compile(r"5018|5020|5038|5893|6304|6759|676[1-3]"), (12, 13, 14, 15, 16, 18, 19)),  # Maestro
)


@dataclass(frozen=True, slots=True)
class Found:
    """What must not be sealed, where it stands, and what stands there instead."""

    start: int
    end: int
    kind: str  # card_number, private_key, token, password, card_security_code, pin, one_time_code
    instead: str


def may_hold_secrets(data: bytes) -> bool:
    """Return False where `data`, a text in UTF-8 or as JSON, surely holds nothing of the kind; in microseconds."""
    if _LONG_RUN in data.translate(_RUNS, b" -") or any(piece in data for piece in _PIECES):
        return True
    if not _HINTS.isdisjoint(data.translate(_WORDS).split()):
        return True
    if b"\\" not in data:
        return False
    for escape in _ESCAPES:  # in JSON a letter that lengthens the word after it
        data = data.replace(escape, b" ")
    return not _HINTS.isdisjoint(data.translate(_WORDS).split())


def find_secrets(text: str) -> list[Found]:
    """Return what must not be sealed, by place, none within another."""
    found = sorted([*_cards(text), *_keys(text), *_named(text)], key=lambda one: (one.start, -one.end))
    kept: list[Found] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def without_secrets(text: str) -> tuple[str, list[str]]:
    """Return the text with each secret replaced, and the kinds of what was taken out, one each."""
    pieces: list[str] = []
    at = 0
    kinds: list[str] = []
    for one in find_secrets(text):
        pieces += [text[at : one.start], one.instead]
        at = one.end
        kinds.append(one.kind)
    return "".join([*pieces, text[at:]]) if kinds else text, kinds


def is_card(digits: str) -> bool:
    """Whether digits make a card number: a scheme's beginning and length, and the check digit."""
    fits = any(len(digits) in lengths and begins.match(digits) for begins, lengths in _SCHEMES)
    return fits and len(set(digits)) > 1 and _luhn(digits)


def _luhn(digits: str) -> bool:
    total = sum(map(int, digits[-1::-2]))
    total += sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return total % 10 == 0


def _cards(text: str) -> Iterator[Found]:
    for match in _DIGITS.finditer(text):
        shown = match[0]
        digits = shown.replace(" ", "").replace("-", "")
        if is_card(digits):
            yield Found(match.start(), match.end(), CARD, _inner_hidden(shown, len(digits)))


def _inner_hidden(shown: str, count: int) -> str:
    """Return a card number with all but its first six and last four digits replaced, its blanks kept."""
    place, out = 0, []
    for one in shown:
        if one.isdigit():
            out.append(one if place < 6 or place >= count - 4 else STAR)
            place += 1
        else:
            out.append(one)
    return "".join(out)


def _keys(text: str) -> Iterator[Found]:
    for match in _KEY_BLOCK.finditer(text):
        yield Found(match.start(), match.end(), "private_key", GONE)
    for match in _TOKENS.finditer(text):
        yield Found(match.start(), match.end(), "token", GONE)


def _named(text: str) -> Iterator[Found]:
    for match in _NAMED.finditer(text):
        if match["scheme"]:
            yield Found(*match.span("credential"), "token", GONE)
            continue
        name, value = match["name"].lower(), match["value"]
        plain = value.strip("*•.:-_()").lower()
        if plain in _NO_SECRET or not plain:
            continue
        if name in _SHORT_NAMES and not re.fullmatch(r"[0-9]{3,8}", value):
            continue
        if name not in _SHORT_NAMES and (
            "=" not in match["sign"] and '"' not in match["sign"] and value.isalpha()
        ):
            continue  # "Password: changed by" and other prose
        yield Found(*match.span("value"), _kind_of(name), GONE)


def _kind_of(name: str) -> str:
    if name.startswith(("cv", "card")):
        return "card_security_code"
    if name == "pin":
        return "pin"
    if name.startswith(("otp", "one")):
        return "one_time_code"
    return "password" if "pass" in name or "pwd" in name else "token"


SECRET_NAMES: Final = re.compile(
    r"(?:new|old|current|temp(?:orary)?|user|account|login)?[ _-]?"
    r"(?:pass(?:word|wd|phrase|code)|pwd|pin|cvv2?|cvc2?|cvn|otp)"
    r"|(?:card[ _-]?)?security[ _-]?code|(?:client|shared)?[ _-]?secret(?:[ _-]?key)?|private[ _-]?key"
    r"|api[ _-]?key|(?:access|refresh|session|auth|bearer)[ _-]?token|one[ _-]time[ _-](?:code|password)",
    re.I,
)
"""Names of fields whose whole value is a secret, whatever it looks like (`fullmatch`)."""


def is_secret_value(value: str) -> bool:
    """Whether the value of a field of such a name is a secret rather than a word about one ("changed", "***")."""
    plain = value.strip("*•.:-_() ").lower()
    return bool(plain) and plain not in _NO_SECRET and not plain.startswith(GONE.strip("[]"))
