"""How folded states and facts lie in rows: as JSON, read back by a decoder for each kind."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from domain.checklist import Progress
from domain.deed import Deed
from domain.document import Document
from domain.fact import Fact
from domain.finding import Finding, Found
from domain.kinds import KINDS, Shape
from domain.matter import Matter
from domain.member import Person
from domain.occasion import Occasion
from domain.pairing import Bound, Pairing
from domain.scoring import Scorecard
from domain.unit import Unit

encode = msgspec.json.Encoder().encode
"""The bytes of a state, a fact, a scorecard."""

person = msgspec.json.Decoder(Person).decode
unit = msgspec.json.Decoder(Unit).decode
document = msgspec.json.Decoder(Document).decode
scorecard = msgspec.json.Decoder(Scorecard).decode
progress = msgspec.json.Decoder(Progress).decode


class _Paired(msgspec.Struct):
    """A pairing's body is read apart: its state does not say of which kind it is."""

    body: msgspec.Raw


def fact(kind: str, body: bytes) -> Fact[Any]:
    """A fact of that kind."""
    return _fact(kind).decode(body)


@cache
def _fact(kind: str) -> msgspec.json.Decoder[Fact[Any]]:
    generic: Any = Fact
    return msgspec.json.Decoder(generic[KINDS[kind]])


def deed(kind: str, body: bytes) -> Deed[Any] | Bound | Found:
    """The state of an occasion, matter, pairing or finding of that kind."""
    return _deed(kind).decode(body)


@cache
def _deed(kind: str) -> msgspec.json.Decoder[Any]:
    details = KINDS[kind]
    generic: Any = Deed
    match details.about.shape:
        case Shape.OCCASION:
            return msgspec.json.Decoder(generic[Occasion[details]])  # type: ignore[valid-type]
        case Shape.MATTER:
            return msgspec.json.Decoder(generic[Matter[details]])  # type: ignore[valid-type]
        case Shape.PAIRING:
            return msgspec.json.Decoder(_with_body(Bound, Pairing[details]))  # type: ignore[valid-type]
        case Shape.FINDING:
            return msgspec.json.Decoder(_with_body(Found, Finding[details]))  # type: ignore[valid-type]
