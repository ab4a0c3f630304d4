"""Where accounts lie."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select, update

from domain.people import Reason, Refused
from interfaces.access.store import Store, add, in_database, in_folder
from interfaces.access.tables import LAYOUT, layout, spent


def test_what_was_added_is_there_once(store: Store) -> None:
    with store.writing() as connection:
        added = [add(connection, spent, what="a", until=until) for until in (1.0, 2.0)]
    with store.reading() as connection:
        found = [tuple(row) for row in connection.execute(select(spent))]

    assert added == [True, False]
    assert found == [("a", 1.0)]


def test_what_an_exception_leaves_is_not_kept(store: Store) -> None:
    with suppress(KeyError), store.writing() as connection:
        add(connection, spent, what="a", until=1.0)
        raise KeyError
    with store.reading() as connection:
        assert connection.execute(select(spent)).all() == []


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    store = in_folder(tmp_path)
    with store.writing() as connection:
        add(connection, spent, what="a", until=1.0)
    modes = {each.name: each.stat().st_mode & 0o777 for each in (tmp_path / "access").iterdir()}
    store.close()

    if os.name == "posix":
        assert set(modes.values()) == {0o600}
    assert "access.sqlite" in modes


def test_a_store_is_opened_again_unless_a_newer_version_wrote_it(tmp_path: Path) -> None:
    in_folder(tmp_path).close()
    store = in_folder(tmp_path)
    with store.writing() as connection:
        connection.execute(update(layout).values(number=LAYOUT + 1))
    store.close()

    with pytest.raises(Refused) as refused:
        in_folder(tmp_path)
    assert refused.value.reason is Reason.NEWER_LAYOUT


def test_a_database_that_cannot_be_reached_is_told_without_its_password() -> None:
    with pytest.raises(Refused) as refused:
        in_database("postgresql://lvzhi:canary@127.0.0.1:1/lvzhi")
    assert refused.value.reason is Reason.UNAVAILABLE
    assert "canary" not in f"{refused.value} {refused.value.__cause__!r}"
