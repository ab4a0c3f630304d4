"""Linked and taken apart again, two records leave all that is read of members and units as it was, on both databases."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from typing import Any

from sqlalchemy import Connection

from domain.deed import Confirm, LinkSame, UnlinkSame
from domain.document import Publish, Sort
from domain.period import Period
from domain.unit import Side
from projections import checklists, scorecards, unit_cards
from projections.documents import Shelf
from projections.store import Store
from tests.projections.county import (
    BEGAN,
    CHEN,
    CLERK,
    CONVENOR,
    COUNTY,
    ECONOMY,
    LI,
    MEDICINE,
    MEMBERS,
    NORTH,
    OFFICE,
    SECTOR_CLERK,
    SOUTH,
    TODAY,
    WANG,
    ZHAO,
    County,
    publication,
    read_document,
    visit,
)
from tests.projections.test_unit_cards import SECTORS

YEAR = Period.year(2025)
STREAMS = ("occasion/south", "occasion/economy", "occasion/county")


def all_scores(connection: Connection) -> list[Any]:
    """Cards and lists of all members, cards and grids of all units, without the position that they are of."""
    shelf = Shelf(read_document)
    asked: dict[str, Any] = {"period": YEAR, "today": TODAY}
    found: list[Any] = []
    for who in MEMBERS:
        found += [c.scorecard for c in scorecards.cards(connection, "small", shelf, who, **asked)]
        found += [
            c.progress for c in checklists.of_member(connection, "small", shelf, who, **asked)
        ]
    for unit in (ECONOMY, MEDICINE, SOUTH, NORTH):
        found += [
            c.scorecard for c in unit_cards.cards_of_unit(connection, "small", shelf, unit, **asked)
        ]
        found += [c.grid for c in checklists.of_unit(connection, "small", shelf, unit, **asked)]
    return found


def test_what_is_read_of_members_and_units_is_as_it_was(store: Store, county: County) -> None:
    """One visit that studio, sector and county recorded: whichever two are linked, both are one, and taken apart they are two again."""
    county.say(OFFICE, *(publication(sort) for sort in (Sort.RUBRIC, Sort.CHECKLIST, Sort.POLICY)))
    county.say(
        OFFICE,
        Publish(sort=Sort.RUBRIC, code="sectors", version="1", text=SECTORS, since=BEGAN),
    )
    county.visited(CLERK, "south", visit(WANG, LI, CHEN))
    sectors = visit(LI, ZHAO, on=date(2025, 6, 21), organiser=ECONOMY, title="界别走访")
    county.visited(SECTOR_CLERK, "economy", sectors)
    county.visited(OFFICE, "county", visit(LI, CHEN, organiser=COUNTY, title="县级走访"))
    county.say(CONVENOR, Confirm(deed="occasion/south", side=Side.SECTOR))

    def read() -> list[Any]:
        county.reader(store).catch_up()
        with store.reading() as connection:
            return all_scores(connection)

    before = read()
    for deed, same_as in (*combinations(STREAMS, 2), *combinations(reversed(STREAMS), 2)):
        county.say(OFFICE, LinkSame(deed=deed, same_as=same_as, reason="同一次走访"))
        one = read()
        county.say(OFFICE, UnlinkSame(deed=deed, reason="经核实为两次"))

        assert one != before, (deed, same_as)
        assert read() == before, (deed, same_as)
