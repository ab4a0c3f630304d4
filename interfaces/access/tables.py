"""The tables of the store of accounts. Whatever opens something is kept as a digest or sealed; instants are seconds since 1970."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

SCHEMA = "lvzhi_access"
LAYOUT = 1
"""Raised when the tables change; a store of a newer layout is not opened."""

METADATA = MetaData(schema=SCHEMA)


def _text(name: str, *, key: bool = False) -> Column[str]:
    return Column(name, Text, primary_key=key, nullable=False)


def _maybe(name: str) -> Column[str]:
    return Column(name, Text, nullable=True)


def _instant(name: str, *, maybe: bool = False) -> Column[float]:
    return Column(name, Double, nullable=maybe)


layout = Table("layout", METADATA, Column("number", Integer, nullable=False))

accounts = Table(
    "accounts",
    METADATA,
    _text("id", key=True),
    _text("name"),
    _maybe("password"),
    _instant("made_at"),
    _instant("password_at", maybe=True),
    _instant("disabled_at", maybe=True),
    Column("factor", LargeBinary, nullable=True),
    _maybe("factor_key"),
    _instant("factor_at", maybe=True),
    Column("factor_asked", LargeBinary, nullable=True),
    _maybe("factor_asked_key"),
    UniqueConstraint("name"),
)
"""`factor` is in force, `factor_asked` waits for its first code; both are sealed under the key beside them."""

links = Table(
    "links",
    METADATA,
    _text("account", key=True),
    _text("ledger", key=True),
    _text("person"),
    UniqueConstraint("ledger", "person"),
)
"""Which person an account is in a ledger: one at most, and each person by one account."""

tickets = Table(
    "tickets",
    METADATA,
    _text("digest", key=True),
    _text("account"),
    _text("purpose"),
    _instant("ends_at"),
)
"""Links that were sent out: each is good for one purpose, once."""

recovery_codes = Table(
    "recovery_codes", METADATA, _text("account", key=True), _text("digest", key=True)
)

sessions = Table(
    "sessions",
    METADATA,
    _text("digest", key=True),
    _text("handle"),
    _text("account"),
    _text("way"),
    _text("address"),
    _text("agent"),
    _instant("began_at"),
    _instant("seen_at"),
    _instant("shown_at"),
    UniqueConstraint("handle"),
    Index("sessions_of", "account"),
)

api_keys = Table(
    "api_keys",
    METADATA,
    _text("id", key=True),
    _text("digest"),
    _text("label"),
    _text("ledger"),
    _text("person"),
    _text("actions"),
    _instant("made_at"),
    _instant("ends_at"),
    _instant("revoked_at", maybe=True),
    _maybe("used_on"),
)
clients = api_keys.to_metadata(METADATA, name="clients")
"""As keys are, but what they open is a token of some minutes."""

client_tokens = Table(
    "client_tokens",
    METADATA,
    _text("digest", key=True),
    _text("client"),
    _text("actions"),
    _instant("ends_at"),
)

identities = Table(
    "identities",
    METADATA,
    _text("issuer", key=True),
    _text("subject", key=True),
    _text("account"),
    _instant("linked_at"),
)

throttle = Table(
    "throttle",
    METADATA,
    _text("key", key=True),
    Column("failures", Integer, nullable=False),
    _instant("last_at"),
    _instant("free_at"),
    Index("throttle_age", "last_at"),
)

spent = Table(
    "spent",
    METADATA,
    _text("what", key=True),
    _instant("until"),
)

journal = Table(
    "journal",
    METADATA,
    Column(
        "id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    ),
    _instant("at"),
    _text("what"),
    _maybe("account"),
    _maybe("by"),
    _maybe("address"),
    _maybe("detail"),
    Index("journal_age", "at"),
    Index("journal_of", "account", "id"),
)
