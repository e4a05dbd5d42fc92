"""Boxes: secrets of others that we must be able to use again, such as a mailbox password, kept locked.

AES-256-GCM under a secret of the installation that lies in the data folder, so that a copy of the database alone
gives none of them away. What a box is for is bound into it: it opens for that purpose alone.
"""

from __future__ import annotations

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from indelible.storage.home import Home

KEPT_AS: Final = "boxes"
NONCE_BYTES: Final = 12


class BoxError(Exception):
    """A box that does not open: made elsewhere, for another purpose, or damaged."""


def lock(purpose: str, secret: str) -> bytes:
    """Return `secret` locked for one purpose."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher().encrypt(nonce, secret.encode("utf-8", "surrogatepass"), purpose.encode())


def unlock(purpose: str, box: bytes) -> str:
    """Return what was locked for that purpose. Raises BoxError."""
    try:
        opened = _cipher().decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], purpose.encode())
    except (InvalidTag, ValueError):
        raise BoxError(purpose) from None
    return opened.decode("utf-8", "surrogatepass")


def _cipher() -> AESGCM:
    home: Home = settings.INDELIBLE_HOME
    return AESGCM(home.secret(KEPT_AS))
