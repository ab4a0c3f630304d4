"""What opens something: drawn from the system, kept as a digest, shown once; keys that follow from one kept secret."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from application.durable import kept_secret, secret_in, write_durably
from domain.people import Reason, Refused
from domain.words import is_code

Clock = Callable[[], float]
"""Says the instant, in seconds since 1970."""

_NONCE = 12


def drawn() -> str:
    """256 bits that nobody can guess, as text for addresses and cookies."""
    return secrets.token_urlsafe(32)


def digest(secret: str, *, of: str = "") -> str:
    """What is kept of a secret of so many bits that it needs no slow hash; `of` tells apart whose it is."""
    return hashlib.sha256(f"{of}\0{secret}".encode("utf-8", "replace")).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two texts are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


class Marks:
    """Signs and hides small texts for one purpose each, under keys that follow from one secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def pseudonym(self, text: str, purpose: str) -> str:
        """A name for a text that only the holder of the secret can find again."""
        said = text.encode("utf-8", "replace")
        return hmac.digest(self._key(purpose), said, "sha256").hex()[:32]

    def hidden(self, text: str, purpose: str) -> str:
        """The text, sealed: whoever carries it can neither read nor change it."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = AESGCM(self._key(purpose)).encrypt(nonce, text.encode(), None)
        return urlsafe_b64encode(nonce + sealed).rstrip(b"=").decode()

    def shown(self, hidden: str, purpose: str) -> str | None:
        """The text that was sealed for this purpose; none for anything else."""
        try:
            raw = urlsafe_b64decode(hidden.encode("ascii") + b"=" * (-len(hidden) % 4))
            return AESGCM(self._key(purpose)).decrypt(raw[:_NONCE], raw[_NONCE:], None).decode()
        except (ValueError, InvalidTag):
            return None

    def _key(self, purpose: str) -> bytes:
        return hmac.digest(self._secret, f"lvzhi access\0{purpose}".encode(), "sha256")


def marks_in(file: Path) -> Marks:
    """Marks under the secret of that file, made on first use; only its owner may read the file."""
    return Marks(secret_in(file, lambda: secrets.token_hex(32).encode()))


class Keyring:
    """Keys that seal what has to be read again: the newest seals, all open."""

    def __init__(self, keys: dict[str, bytes]) -> None:
        self._keys = keys
        self.newest = list(keys)[-1]

    def seal(self, content: bytes, bound_to: str) -> tuple[str, bytes]:
        """The content sealed, and the name of the key; it opens only for whom it is bound to."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = AESGCM(self._keys[self.newest]).encrypt(nonce, content, bound_to.encode())
        return self.newest, nonce + sealed

    def open(self, key: str, sealed: bytes, bound_to: str) -> bytes:
        """What was sealed under that key for that one; refuses all else."""
        try:
            cipher = AESGCM(self._keys[key])
            return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound_to.encode())
        except (KeyError, ValueError, InvalidTag):
            raise Refused(Reason.WRONG_KEY_FILE, about=key) from None


def keyring_in(file: Path) -> Keyring:
    """The keys of that file, the newest last; one is made on first use."""
    return Keyring(_keys(file, secret_in(file, _fresh)))


def add_key(file: Path) -> Keyring:
    """The keys of that file with a new one, which seals from now on."""
    lines = kept_secret(file)
    _keys(file, lines)
    write_durably(file, lines + b"\n" + _fresh(), mode=0o600)
    return keyring_in(file)


def _fresh() -> bytes:
    return f"k{secrets.token_hex(4)} {secrets.token_hex(32)}".encode()


def _keys(file: Path, lines: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for line in lines.decode("ascii", "replace").splitlines():
        name, _, said = line.strip().partition(" ")
        try:
            key = bytes.fromhex(said)
        except ValueError:
            key = b""
        if len(key) != 32 or not is_code(name) or name in found:
            raise Refused(Reason.WRONG_KEY_FILE, str(file))
        found[name] = key
    if not found:
        raise Refused(Reason.WRONG_KEY_FILE, str(file))
    return found
