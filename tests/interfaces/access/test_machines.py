"""Other systems at the door."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event, select

from domain.access import Action
from domain.people import PersonId, Reason, Refused
from interfaces.access import tables
from interfaces.access.journal import Journal, What
from interfaces.access.machines import Clients, Keys, Machine, Made
from interfaces.access.remembered import STALE
from interfaces.access.store import Store
from tests.interfaces.access.conftest import Clock
from tests.interfaces.access.test_accounts import refusal

SCOPE = frozenset({Action.SEE_ROSTER, Action.SEE_TOTALS})
LI = PersonId("li")


@pytest.fixture
def keys(store: Store, journal: Journal, clock: Clock) -> Keys:
    """No keys yet."""
    return Keys(store, journal, clock)


@pytest.fixture
def clients(store: Store, journal: Journal, clock: Clock) -> Clients:
    """No clients yet."""
    return Clients(store, journal, clock)


@pytest.fixture
def key(keys: Keys) -> Made:
    """A key of thirty days."""
    return keys.make("考勤系统", "haiyan", LI, SCOPE, days=30, by="office")


@pytest.fixture
def client(clients: Clients) -> Made:
    """A client of thirty days."""
    return clients.make("考勤系统", "haiyan", LI, SCOPE, days=30, by="office")


def test_a_key_is_recognised_and_shown_once(keys: Keys, key: Made, store: Store) -> None:
    with store.reading() as connection:
        kept = str(connection.execute(select(tables.api_keys)).all())

    assert re.fullmatch("lvzhi_k1_[0-9a-f]{16}_[0-9a-f]{64}", key.secret)
    assert key.secret not in repr(key)
    assert key.secret.rpartition("_")[2] not in kept + repr(keys.all())


def test_a_key_opens_what_it_was_made_for(keys: Keys, key: Made) -> None:
    found = keys.of(key.secret)

    assert (found.ledger, found.person, found.actions) == ("haiyan", LI, SCOPE)


def test_no_other_text_is_a_key(keys: Keys, key: Made) -> None:
    other = keys.make("another", "haiyan", LI, SCOPE, days=1)
    wrong = f"{key.secret.rpartition('_')[0]}_{other.secret.rpartition('_')[2]}"
    for each in (
        "",
        "lvzhi_k1_",
        "lvzhi_k1_x_y",
        "lvzhi_k1_\0_y",
        key.secret[:-1],
        key.secret[1:],
        wrong,
        "\ud800",
    ):
        assert refusal(lambda k=each: keys.of(k)) is Reason.NOT_SIGNED_IN  # type: ignore[misc]  # of texts


def test_a_key_ends_even_if_it_was_found_a_moment_ago(keys: Keys, key: Made, clock: Clock) -> None:
    clock.passes(hours=24 * 30, seconds=-1)
    keys.of(key.secret)
    clock.passes(seconds=1)

    assert refusal(lambda: keys.of(key.secret)) is Reason.NOT_SIGNED_IN


def test_a_revoked_key_opens_nothing_at_once_and_elsewhere_within_two_seconds(
    keys: Keys, key: Made, store: Store, journal: Journal, clock: Clock
) -> None:
    elsewhere = Keys(store, journal, clock)
    keys.of(key.secret)
    elsewhere.of(key.secret)
    keys.revoke(key.listed.id, by="office")

    assert refusal(lambda: keys.of(key.secret)) is Reason.NOT_SIGNED_IN
    clock.passes(seconds=STALE)
    assert refusal(lambda: elsewhere.of(key.secret)) is Reason.NOT_SIGNED_IN
    assert refusal(lambda: keys.revoke(key.listed.id)) is Reason.NO_SUCH_KEY
    told = [(each.what, each.by, each.detail) for each in journal.page().entries]
    assert told == [
        (What.KEY_REVOKED, "office", key.listed.id),
        (What.KEY_MADE, "office", key.listed.id),
    ]


def test_keys_are_listed_with_the_last_day_of_their_use(
    keys: Keys, key: Made, clock: Clock
) -> None:
    keys.make("another", "city", LI, SCOPE, days=1)
    clock.passes(hours=24)
    keys.of(key.secret)
    (listed,) = keys.all("haiyan")

    assert listed.used_on == "2023-11-15"
    assert len(keys.all()) == 2


def test_a_key_that_was_found_a_moment_ago_asks_the_store_nothing(
    keys: Keys, key: Made, store: Store
) -> None:
    asked: list[str] = []
    keys.of(key.secret)
    event.listen(store._reading, "before_cursor_execute", lambda *said: asked.append(said[2]))
    for _ in range(100):
        keys.of(key.secret)

    assert asked == []


@pytest.mark.parametrize(
    ("label", "days", "actions"),
    [("x", 401, SCOPE), ("x", 0, SCOPE), ("x", float("nan"), SCOPE), ("", 1, SCOPE), ("x" * 101, 1, SCOPE), ("x", 1, set())],
)  # fmt: skip
def test_a_key_has_an_end_a_label_and_a_scope(
    keys: Keys, label: str, days: float, actions: frozenset[Action]
) -> None:
    with pytest.raises(Refused) as refused:
        keys.make(label, "haiyan", LI, actions, days=days)
    assert refused.value.wanted is not None


def test_a_client_fetches_a_token_of_ten_minutes(
    clients: Clients, client: Made, clock: Clock, journal: Journal
) -> None:
    name = client.listed.id
    token = clients.token(name, client.secret, address="10.0.0.1")

    assert (token.seconds, token.actions) == (600, SCOPE)
    assert re.fullmatch("lvzhi_t1_[0-9a-f]{64}", token.token) and token.token not in repr(token)
    assert clients.of(token.token) == Machine(
        id=name, ledger="haiyan", person=LI, actions=SCOPE, ends_at=clock() + 600
    )
    entry = journal.page().entries[0]
    assert (entry.what, entry.detail, entry.address) == (What.CLIENT_TOKEN, name, "10.0.0.1")
    clock.passes(minutes=10)
    assert refusal(lambda: clients.of(token.token)) is Reason.NOT_SIGNED_IN
    assert clients.purge() == 1


def test_a_token_is_for_what_the_client_asked_and_never_for_more(
    clients: Clients, client: Made
) -> None:
    name, secret = client.listed.id, client.secret
    token = clients.token(name, secret, {Action.SEE_ROSTER})

    assert clients.of(token.token).actions == {Action.SEE_ROSTER}
    for beyond in ({Action.SEE_ROSTER, Action.PUBLISH}, set()):
        assert refusal(lambda b=beyond: clients.token(name, secret, b)) is Reason.NOT_ALLOWED  # type: ignore[misc]  # of sets


def test_a_token_ends_with_its_client(clients: Clients, client: Made, clock: Clock) -> None:
    clock.passes(hours=24 * 30, minutes=-1)

    assert clients.token(client.listed.id, client.secret).seconds == 60


def test_no_other_secret_fetches_a_token(clients: Clients, client: Made, clock: Clock) -> None:
    name, secret = client.listed.id, client.secret
    for other, said in (("nobody", secret), (name, ""), (name, secret[:-1]), (secret, name)):
        assert refusal(lambda o=other, s=said: clients.token(o, s)) is Reason.NOT_SIGNED_IN  # type: ignore[misc]  # of texts
    clock.passes(hours=24 * 30)
    assert refusal(lambda: clients.token(name, secret)) is Reason.NOT_SIGNED_IN


def test_a_revoked_client_and_its_tokens_open_nothing(clients: Clients, client: Made) -> None:
    name = client.listed.id
    token = clients.token(name, client.secret)
    clients.of(token.token)
    clients.revoke(name)

    assert refusal(lambda: clients.of(token.token)) is Reason.NOT_SIGNED_IN
    assert refusal(lambda: clients.of("lvzhi1.x.y")) is Reason.NOT_SIGNED_IN
    assert refusal(lambda: clients.token(name, client.secret)) is Reason.NOT_SIGNED_IN
    assert [each.revoked_at is None for each in clients.all()] == [False]


def test_an_action_that_there_is_no_more_is_none(
    clients: Clients, client: Made, store: Store
) -> None:
    with store.writing() as connection:
        connection.execute(tables.clients.update().values(actions="see_roster fly"))
    token = clients.token(client.listed.id, client.secret)

    assert clients.of(token.token).actions == {Action.SEE_ROSTER}
