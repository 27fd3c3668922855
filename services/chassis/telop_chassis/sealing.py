"""Secrets at rest: what a service must be able to read again, and nobody who only has the database.

AES-256-GCM with a random nonce for each value, under a key from the environment. A sealed text is bound to what it
belongs to (tenant and endpoint, say): copied to another row, it does not open. The first key seals and every key opens,
so a key is replaced by putting a new one before it.
"""

import base64
import secrets
from hashlib import sha256
from typing import Annotated, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import AfterValidator, SecretStr

from telop_chassis.failures import TransientError

REASON_UNREADABLE: Final = "secret_unreadable"
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
"""NIST SP 800-38D: 96 random bits are safe for 2^32 values under one key."""
_VERSION: Final = "s1"


def _keys(value: SecretStr) -> list[bytes]:
    try:
        keys = [bytes.fromhex(part) for part in value.get_secret_value().split(",")]
    except ValueError:
        keys = []
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise ValueError(
            "keys are 64 hexadecimal digits each, separated by commas, the newest first (openssl rand -hex 32)"
        ) from None
    return keys


def _checked(value: SecretStr) -> SecretStr:
    _keys(value)
    return value


SealingKeys = Annotated[SecretStr, AfterValidator(_checked)]
"""A setting that holds one or more keys of 64 hexadecimal digits, separated by commas, the newest first."""


class Sealer:
    """Seals and opens texts. `bound_to` names what a text belongs to, the same on both sides."""

    def __init__(self, keys: SecretStr) -> None:
        found = _keys(keys)
        self._ciphers = {_name(key): AESGCM(key) for key in found}
        self._first = _name(found[0])
        self.mark = f"{_VERSION}.{self._first}."
        """What is sealed under the first key begins so."""

    def seal(self, text: str, *bound_to: str) -> str:
        """Return `text` sealed: version, name of the key, and base64url of nonce and ciphertext, joined by dots."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._ciphers[self._first].encrypt(nonce, text.encode(), _context(bound_to))
        return f"{self.mark}{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, *bound_to: str) -> str:
        """Return the text; raises TransientError("secret_unreadable"), as an operator can bring the key back."""
        version, _, rest = sealed.partition(".")
        name, _, data = rest.partition(".")
        cipher = self._ciphers.get(name) if version == _VERSION else None
        if cipher is None:
            raise TransientError(REASON_UNREADABLE, "it was sealed with a key that is not in the settings any more")
        try:
            raw = base64.urlsafe_b64decode(data)
            return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _context(bound_to)).decode()
        except (InvalidTag, ValueError):
            raise TransientError(REASON_UNREADABLE, "it was changed, or belongs to another row") from None


def _name(key: bytes) -> str:
    return sha256(b"telopcheck key name\n" + key).hexdigest()[:8]


def _context(bound_to: tuple[str, ...]) -> bytes:
    """Length before each part, so that no two different lists read alike."""
    return b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in bound_to)
