"""Which files records name: remembered once named, found by file and by whom a record is of."""

from __future__ import annotations

from datetime import date

from domain.deed import Withdraw
from domain.evidence import Evidence
from domain.finding import Finding, SetFinding
from domain.kinds.findings import WasMarked
from domain.occasion import AmendOccasion
from domain.people import Role
from projections import evidence
from projections.evidence import NamedFile, Naming
from projections.store import Store
from tests.projections.county import CHEN, CLERK, LI, OFFICE, WANG, County, rows_of, visit

A, B, C = "a" * 64, "b" * 64, "c" * 64


def naming(*hashes: str) -> tuple[Evidence, ...]:
    return tuple(Evidence(name="照片", sha256=each) for each in hashes)


def record(county: County) -> None:
    """A visit that named A twice, then B alone, then A again in capital letters; one that was withdrawn; a finding."""
    county.visited(CLERK, "v1", visit(LI, evidence=naming(A, A)))
    for n, hashes in enumerate([(B,), (A.upper(), B)]):
        body = visit(LI, evidence=(*naming(*hashes), Evidence(name="原件", number="3")))
        county.say(CLERK, AmendOccasion(occasion="v1", body=body, reason=f"补 {n}"))
    county.visited(CLERK, "v2", visit(WANG, evidence=naming(B)))
    county.say(CLERK, Withdraw(deed="occasion/v2", reason="误登"))
    found = Finding(
        details=WasMarked(code="public", wording="通报"),
        on=date(2025, 6, 20),
        body="主席会议",
        reason="通报",
        person=LI,
        evidence=naming(C),
    )
    county.say(OFFICE, SetFinding(finding="f1", body=found))


def test_a_file_that_was_named_stays_named_whatever_became_of_the_record(
    store: Store, county: County
) -> None:
    record(county)
    county.reader(store).catch_up()

    with store.reading() as connection:
        assert evidence.named_among(connection, "small", [A, B, C, "d" * 64]) == {A, B, C}
        assert evidence.named_among(connection, "small", []) == set()
        assert evidence.named_among(connection, "other", [A]) == set()
        assert evidence.naming(connection, "small", A) == ["occasion/v1"]
        assert evidence.naming(connection, "small", B) == ["occasion/v1", "occasion/v2"]
        assert evidence.naming(connection, "small", "d" * 64) == []


def test_more_hashes_may_be_asked_for_than_one_query_takes(store: Store, county: County) -> None:
    record(county)
    county.reader(store).catch_up()
    asked = [f"{n:064x}" for n in range(evidence.AT_ONCE)]

    with store.reading() as connection:
        assert evidence.named_among(connection, "small", [*asked, A]) == {A}


def test_the_files_of_somebody_are_those_of_records_that_he_has_a_line_in(
    store: Store, county: County
) -> None:
    record(county)
    county.reader(store).catch_up()

    with store.reading() as connection:
        assert evidence.named_by(connection, "small", f"member/{LI}") == [
            NamedFile(sha256=C, stream="finding/f1"),
            NamedFile(sha256=A, stream="occasion/v1"),
            NamedFile(sha256=B, stream="occasion/v1"),
        ]
        assert evidence.named_by(connection, "small", f"member/{WANG}") == [
            NamedFile(sha256=B, stream="occasion/v2")
        ], "it was withdrawn, and shows him"
        assert evidence.named_by(connection, "small", f"member/{CHEN}") == []
        assert evidence.named_by(connection, "small", "occasion/v2") == [
            NamedFile(sha256=B, stream="occasion/v2")
        ]


def test_how_a_record_came_to_name_a_file_is_told(store: Store, county: County) -> None:
    record(county)
    county.reader(store).catch_up()

    with store.reading() as connection:
        for sha256, stream, how in (
            (B, "occasion/v1", Naming(role=Role.CLERK, first=True)),
            (B, "occasion/v2", Naming(role=Role.CLERK, first=False)),
            (C, "finding/f1", Naming(role=Role.OFFICE, first=True)),
            (A, "occasion/v2", None),
        ):
            assert evidence.naming_of(connection, "small", sha256, stream) == how


def test_rows_are_the_same_however_the_log_is_read(store: Store, county: County) -> None:
    record(county)
    reader = county.reader(store, at_a_time=1)
    reader.catch_up()
    step_by_step = rows_of(store, "small")
    positions = [row[3] for row in step_by_step["named_files"] if row[1] == A]

    reader.rebuild()

    assert rows_of(store, "small") == step_by_step
    assert len(positions) == 2, "it began to name it twice"
