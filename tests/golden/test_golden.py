"""What was stored once can be read for ever: the kept bytes of every name decode and fold as they did."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from application import codec
from application.log import StoredRow
from domain import streams
from domain.streams import Root, State
from tests import events
from tests.golden import samples

KEPT = samples.kept()

each_sample = pytest.mark.parametrize("name", sorted(KEPT))


def begun(root: Root) -> State | None:
    """The state of a stream of which only the beginning is stored."""
    first = events.ROOTS[root][0]
    name = next(
        name for name in KEPT if events.classes_of(name)[0] is first and root_of(name) is root
    )
    return streams.evolve(None, codec.decode(KEPT[name].row))


def root_of(name: str) -> Root:
    return streams.root_of(KEPT[name].stream)


def test_every_name_has_a_sample_and_no_name_was_ever_dropped() -> None:
    """Run `python -m tests.golden` after adding a name; never delete a sample."""
    assert set(KEPT) == set(codec.NAMES)
    assert all(sample.name == name for name, sample in KEPT.items())


@each_sample
def test_a_stored_sample_is_read_whole_and_stored_again_is_the_same_event(name: str) -> None:
    row = KEPT[name].row

    entry = codec.decode(row)

    assert (entry.stream, entry.version) == (row.stream, row.version)
    assert entry.envelope == samples.ENVELOPE == codec.envelope_of(row)
    assert codec.name_of(entry.event) == name
    again = codec.encode(entry.event, entry.envelope)
    assert codec.decode(row._replace(body=again)).event == entry.event


@each_sample
def test_a_stored_sample_means_what_it_meant(name: str) -> None:
    """Every value that was stored is still there when it is read: nothing is silently dropped."""
    entry = codec.decode(KEPT[name].row)

    assert left_out(KEPT[name].body, codec.encode(entry.event, entry.envelope)) == []


@each_sample
def test_a_stored_sample_folds_at_the_beginning_and_later(name: str) -> None:
    entry = codec.decode(KEPT[name].row)
    root = root_of(name)

    alone = streams.evolve(None, entry)
    after = streams.evolve(begun(root), entry)

    if entry.version == 1:
        assert alone is not None
    assert after is not None
    streams.facts_of(alone)
    streams.facts_of(after)


def left_out(stored: str, again: bytes) -> list[str]:
    """Pointers to what is stored and is not, or differs, when stored again."""

    def compare(old: Any, new: Any, pointer: str) -> list[str]:
        if isinstance(old, dict) and isinstance(new, dict):
            return [x for k in old for x in compare(old[k], new.get(k), f"{pointer}/{k}")]
        if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
            pairs = enumerate(zip(old, new, strict=True))
            return [x for i, (a, b) in pairs for x in compare(a, b, f"{pointer}/{i}")]
        return [] if old == new or pointer == "/salt" else [pointer]

    return compare(msgspec.json.decode(stored), msgspec.json.decode(again), "")


def test_adding_samples_changes_none_that_is_there(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "events"
    folder.mkdir()
    kept = folder / "guest.invited.json"
    kept.write_text('{"name":"guest.invited","stream":"member/x","version":2,"body":""}')
    monkeypatch.setattr(samples, "FOLDER", folder)

    added = samples.add_missing()

    assert set(added) == set(codec.NAMES) - {"guest.invited"}
    assert samples.kept()["guest.invited"] == samples.Sample(
        name="guest.invited", stream="member/x", version=2, body=""
    )
    assert samples.add_missing() == []
    assert samples.kept()["member.left"] == samples.made("member.left")
    assert isinstance(samples.kept()["member.left"].row, StoredRow)
