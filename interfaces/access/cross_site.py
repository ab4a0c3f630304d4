"""What another site may not make a browser do here in somebody's name."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from domain.people import Reason, Refused
from interfaces.access.secret import same
from interfaces.access.sessions import form_token

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""
FROM_HERE = frozenset({"same-origin", "none"})
"""What a browser says of a request from a page of ours, or of one that somebody typed."""
_MASKED = 128
"""Characters of a token that is masked: twice 32 bytes in hexadecimal."""
HEADER = "X-Lvzhi-Form"
"""Where a script of ours sends the token of its session; a form sends it as a field."""


def refuse_cross_site(
    method: str,
    headers: Mapping[str, str],
    *,
    origin: str,
    session_id: str | None = None,
    sent: str | None = None,
) -> None:
    """Refuses what changes something unless it comes from a page of this origin.

    `headers` have names in small letters, `origin` is this service's own (`https://lvzhi.example`), `session_id` what the cookie
    says (none before somebody signed in), `sent` the token that came in a form; that of the header goes before it.
    """
    if method in SAFE:
        return
    told = headers.get("origin")
    if told is not None and told.lower() != origin.lower():
        raise Refused(Reason.CROSS_SITE, "Origin")
    if headers.get("sec-fetch-site", "none") not in FROM_HERE:
        raise Refused(Reason.CROSS_SITE, "Sec-Fetch-Site")
    if session_id is None:
        return
    token = headers.get(HEADER.lower(), sent)
    if token is None or not same(unmasked(token), form_token(session_id)):
        raise Refused(Reason.CROSS_SITE, HEADER)


def masked(token: str) -> str:
    """The token of a session as a page carries it: written otherwise each time, so that how well a page compresses tells nothing of it."""
    plain = bytes.fromhex(token)
    mask = secrets.token_bytes(len(plain))
    return (mask + bytes(a ^ b for a, b in zip(mask, plain, strict=True))).hex()


def unmasked(said: str) -> str:
    """The token that was masked; what is none is left as it is."""
    if len(said) != _MASKED:
        return said
    try:
        both = bytes.fromhex(said)
    except ValueError:
        return said
    half = len(both) // 2
    return bytes(a ^ b for a, b in zip(both[:half], both[half:], strict=True)).hex()
