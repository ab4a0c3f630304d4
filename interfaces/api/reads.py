"""The queries: each is one question to one projection, as of now, of a position, of an instant or of a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from fastapi import APIRouter, Depends, Request

from domain.access import Action
from domain.document import NOT_PUBLISHED, Sort
from domain.fact import Fact, SubjectId
from domain.kinds import KINDS
from domain.member import Bond, Standing
from domain.people import PersonId, Reason, Refused, UnitId
from domain.period import Period
from domain.unit import Side, UnitKind
from interfaces import sealed
from interfaces.api import views
from interfaces.api.asking import (
    Asked,
    AskedNow,
    Asking,
    Cursor,
    Day,
    Governs,
    Limit,
    Look,
    Moment,
    Text,
    Version,
    Year,
    known_parameters,
)
from interfaces.api.door import Door, needs
from interfaces.api.views import (
    CardView,
    DeedView,
    EffectsView,
    GradeView,
    GridView,
    HappeningView,
    KindView,
    LedgerView,
    Listing,
    MovedView,
    ProgressView,
)
from interfaces.api.writes import LEDGER
from interfaces.asked import (
    governed_said,
    must_be_in_order,
    must_be_published,
    must_be_subject,
)
from interfaces.moments import positions_between
from projections import (
    checklists,
    comparisons,
    counts,
    deeds,
    documents,
    dual,
    facts,
    grades,
    history,
    roster,
    rules,
    scorecards,
    unit_cards,
    waiting,
)
from projections.paging import Page

MOST_BEHIND = 10_000
"""Entries that a read model may be behind while the service calls itself ready."""

T = TypeVar("T")


def _found(found: T | None, reason: Reason, key: str) -> T:
    if found is None:
        raise Refused(reason, "id", key)
    return found


def person_there(asked: Asking, look: Look, id: str) -> None:
    """Refuse somebody who is not on the roster: an empty answer is for one who is."""
    page = roster.person(
        look.connection, look.ledger, PersonId(id), day=asked.today, position=look.position
    )
    _found(page, Reason.NO_SUCH_PERSON, id)


def _dates(asking: Asking, first: date | None, last: date | None) -> tuple[date, date]:
    """The days asked for; this year where nothing is said."""
    year = Period.year((last or first or asking.today).year)
    found = first or year.first, last or year.last
    must_be_in_order(*found, "last")
    return found


def router() -> APIRouter:
    """The routes of all queries."""
    made = APIRouter()

    _add_general(made)

    # Roster

    @made.get(
        f"{LEDGER}/summary",
        operation_id="get_summary",
        openapi_extra=needs(Action.SEE_ROSTER),
        summary="概况",
        tags=["ledgers"],
    )
    def get_summary(asked: AskedNow) -> counts.Counts:
        """How much the ledger holds, and what its roster lacks."""
        with asked.look() as look:
            return counts.counts(look.connection, look.ledger, today=asked.today)

    @made.get(
        f"{LEDGER}/people",
        operation_id="list_people",
        openapi_extra=needs(Action.SEE_ROSTER),
        summary="名册",
        tags=["people"],
    )
    def list_people(
        asked: Asked,
        day: Day = None,
        standing: Standing | None = None,
        sector: UnitId | None = None,
        studio: UnitId | None = None,
        unit: UnitId | None = None,
        without: Bond | None = None,
        members_only: bool = False,
        text: Text = "",
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[roster.RosterLine]:
        """The roster as it was on a day, by name."""
        with asked.look() as look:
            look.must_be_units(sector=sector, studio=studio, unit=unit)
            page = roster.people(
                look.connection,
                look.ledger,
                day=day or asked.today,
                position=look.position,
                standing=standing,
                sector=sector,
                studio=studio,
                unit=unit,
                without=without,
                members_only=members_only,
                text=text,
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    @made.get(
        f"{LEDGER}/people/{{id}}",
        operation_id="get_person",
        openapi_extra=needs(Action.SEE_ROSTER),
        summary="人员",
        tags=["people"],
    )
    def get_person(asked: Asked, id: str, day: Day = None) -> roster.PersonPage:
        """One person with terms, bonds, roles and exemptions."""
        with asked.look() as look:
            page = roster.person(
                look.connection,
                look.ledger,
                PersonId(id),
                day=day or asked.today,
                position=look.position,
            )
            found = _found(page, Reason.NO_SUCH_PERSON, id)
            contact = asked.may_see_person(look, id, Action.SEE_CONTACT)
            file = asked.may_see_person(look, id, Action.SEE_FILE)
            if contact and found.person.profile.phone:
                look.shows(Action.SEE_CONTACT, f"member/{id}")
            if file and found.person.exemptions:
                look.shows(Action.SEE_FILE, f"member/{id}")
        asked.tag(found.version)
        return sealed.person_for(found, contact=contact, file=file)

    @made.get(
        f"{LEDGER}/units",
        operation_id="list_units",
        openapi_extra=needs(Action.SEE_ROSTER),
        summary="单位",
        tags=["units"],
    )
    def list_units(
        asked: Asked,
        day: Day = None,
        kind: UnitKind | None = None,
        side: Side | None = None,
        parent: UnitId | None = None,
        text: Text = "",
        open_only: bool = False,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[roster.UnitLine]:
        """Units as they were on a day, by name."""
        with asked.look() as look:
            look.must_be_units(parent=parent)
            page = roster.units(
                look.connection,
                look.ledger,
                day=day or asked.today,
                position=look.position,
                kind=kind,
                side=side,
                parent=parent,
                text=text,
                open_only=open_only,
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    @made.get(
        f"{LEDGER}/units/{{id}}",
        operation_id="get_unit",
        openapi_extra=needs(Action.SEE_ROSTER),
        summary="单位详情",
        tags=["units"],
    )
    def get_unit(asked: Asked, id: str, day: Day = None) -> roster.UnitPage:
        """One unit, with who answers for it on the day."""
        with asked.look() as look:
            page = roster.unit(
                look.connection,
                look.ledger,
                UnitId(id),
                day=day or asked.today,
                position=look.position,
            )
        found = _found(page, Reason.NO_SUCH_UNIT, id)
        asked.tag(found.version)
        return found

    # Deeds and facts

    @made.get(
        f"{LEDGER}/deeds",
        operation_id="list_deeds",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="履职记录",
        tags=["deeds"],
    )
    def list_deeds(
        asked: AskedNow,
        kind: str | None = None,
        subject: SubjectId | None = None,
        organiser: UnitId | None = None,
        sector: UnitId | None = None,
        studio: UnitId | None = None,
        first: date | None = None,
        last: date | None = None,
        state: deeds.DeedState | None = None,
        recorder: UnitId | None = None,
        recorded_by: PersonId | None = None,
        text: Text = "",
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[deeds.DeedSummary]:
        """Records of every shape, newest day first."""
        if kind is not None and kind not in KINDS:
            raise Refused(Reason.UNKNOWN_KIND, "kind", kind[:80])
        must_be_in_order(first, last, "last")
        with asked.look() as look:
            look.must_be_units(organiser=organiser, sector=sector, studio=studio, recorder=recorder)
            must_be_subject(look.connection, look.ledger, subject, "subject")
            told = look.connection, look.ledger, asked.desk.shelf
            page = deeds.deeds(
                look.connection,
                look.ledger,
                today=asked.today,
                kind=kind,
                subject=subject,
                organiser=organiser,
                sector=sector,
                studio=studio,
                first=first,
                last=last,
                state=state,
                recorder=recorder,
                recorded_by=recorded_by,
                policies=documents.policies(*told) if state is deeds.DeedState.LATE else None,
                text=text,
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(replace(page, rows=sealed.summaries_for(asked.asker, page.rows)))

    def deed_of(asked: Asking, stream: str, reason: Reason) -> DeedView:
        with asked.look() as look:
            today = asked.today
            day = deeds.day_of(look.connection, look.ledger, stream) or today
            policy = documents.policy(look.connection, look.ledger, asked.desk.shelf, day)
            page = deeds.deed(look.connection, look.ledger, stream, today=today, policy=policy)
            found = _found(page, reason, stream.partition("/")[2])
            shown, action = sealed.deed_for(asked.asker, look.connection, look.ledger, found)
            if action is not None:
                look.shows(action, stream)
        asked.tag(found.summary.version)
        return views.deed_view(shown)

    @made.get(
        f"{LEDGER}/occasions/{{id}}",
        operation_id="get_occasion",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="活动",
        tags=["occasions"],
    )
    def get_occasion(asked: AskedNow, id: str) -> DeedView:
        """One occasion with its lines and both sides' stamps."""
        return deed_of(asked, f"occasion/{id}", Reason.NO_SUCH_DEED)

    @made.get(
        f"{LEDGER}/matters/{{id}}",
        operation_id="get_matter",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="事项",
        tags=["matters"],
    )
    def get_matter(asked: AskedNow, id: str) -> DeedView:
        """One matter with its authors and the stages that it has reached."""
        return deed_of(asked, f"matter/{id}", Reason.NO_SUCH_DEED)

    @made.get(
        f"{LEDGER}/pairings/{{id}}",
        operation_id="get_pairing",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="结对",
        tags=["pairings"],
    )
    def get_pairing(asked: AskedNow, id: str) -> DeedView:
        """One pairing."""
        return deed_of(asked, f"pairing/{id}", Reason.NO_SUCH_PAIRING)

    @made.get(
        f"{LEDGER}/findings/{{id}}",
        operation_id="get_finding",
        openapi_extra=needs(Action.SEE_RECORD),
        summary="认定",
        tags=["findings"],
    )
    def get_finding(asked: AskedNow, id: str) -> DeedView:
        """One finding."""
        return deed_of(asked, f"finding/{id}", Reason.NO_SUCH_FINDING)

    def facts_of(
        asked: Asking, subject: SubjectId, first: date | None, last: date | None
    ) -> list[Fact[Any]]:
        must_be_in_order(first, last, "last")
        with asked.look() as look:
            root, _, key = subject.partition("/")
            if root == "member":
                asked.must_see_person(look, key)
            else:
                asked.must_see_unit(look, key, Action.SEE_UNIT_FILE)
            must_be_subject(look.connection, look.ledger, subject, "id")
            found = facts.facts_of(
                look.connection,
                look.ledger,
                subject,
                first=first,
                last=last,
                position=look.position,
            )
            shown, noted = sealed.facts_for(asked.asker, look.connection, look.ledger, found)
            look.shown.update(dict.fromkeys(noted.items()))
        return shown

    @made.get(
        f"{LEDGER}/people/{{id}}/facts",
        operation_id="list_facts_of_person",
        openapi_extra=needs(Action.SEE_FILE),
        summary="委员履职事实",
        tags=["people"],
    )
    def list_facts_of_person(
        asked: Asked, id: str, first: date | None = None, last: date | None = None
    ) -> list[Fact[Any]]:
        """What scoring sees of a member, by day."""
        return facts_of(asked, SubjectId(f"member/{id}"), first, last)

    @made.get(
        f"{LEDGER}/units/{{id}}/facts",
        operation_id="list_facts_of_unit",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="单位履职事实",
        tags=["units"],
    )
    def list_facts_of_unit(
        asked: Asked, id: str, first: date | None = None, last: date | None = None
    ) -> list[Fact[Any]]:
        """What scoring sees of a unit, by day."""
        return facts_of(asked, SubjectId(f"unit/{id}"), first, last)

    # Dual management

    @made.get(
        f"{LEDGER}/units/{{id}}/waiting",
        operation_id="list_waiting",
        openapi_extra=needs(Action.SEE_WAITING),
        summary="待确认",
        tags=["units"],
    )
    def list_waiting(
        asked: AskedNow,
        id: str,
        person: PersonId | None = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[waiting.WaitingDeed]:
        """What a unit answers for today, oldest first; `person` leaves out the lines of the one who looks."""
        with asked.look() as look:
            asked.must_see_unit(look, id, Action.SEE_WAITING)
            look.must_be_units(id=UnitId(id))
            page = waiting.waiting(
                look.connection,
                look.ledger,
                UnitId(id),
                today=asked.today,
                person=person,
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    @made.get(
        f"{LEDGER}/units/{{id}}/waiting/count",
        operation_id="count_waiting",
        openapi_extra=needs(Action.SEE_WAITING),
        summary="待确认数",
        tags=["units"],
    )
    def count_waiting(asked: AskedNow, id: str) -> waiting.WaitingCount:
        """How much waits for a unit."""
        with asked.look() as look:
            asked.must_see_unit(look, id, Action.SEE_WAITING)
            look.must_be_units(id=UnitId(id))
            return waiting.waiting_count(
                look.connection, look.ledger, UnitId(id), today=asked.today
            )

    @made.get(
        f"{LEDGER}/people/{{id}}/dual-management",
        operation_id="get_dual_record_of_person",
        openapi_extra=needs(Action.SEE_FILE),
        summary="委员双重管理档案",
        tags=["people"],
    )
    def get_dual_record_of_person(
        asked: Asked, id: str, first: date | None = None, last: date | None = None
    ) -> dual.MemberRecord:
        """Both links of a member, what each side has recorded and said, and where they differ."""
        begin, end = _dates(asked, first, last)
        with asked.look() as look:
            asked.must_see_person(look, id)
            record = dual.member(
                look.connection,
                look.ledger,
                PersonId(id),
                first=begin,
                last=end,
                today=asked.today,
                policies=documents.policies(
                    look.connection, look.ledger, asked.desk.shelf, position=look.position
                ),
                position=look.position,
            )
        return _found(record, Reason.NO_SUCH_PERSON, id)

    @made.get(
        f"{LEDGER}/units/{{id}}/dual-management",
        operation_id="get_dual_record_of_unit",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="单位双重管理情况",
        tags=["units"],
    )
    def get_dual_record_of_unit(
        asked: Asked, id: str, first: date | None = None, last: date | None = None
    ) -> dual.UnitRecord:
        """How a unit records and answers."""
        begin, end = _dates(asked, first, last)
        with asked.look() as look:
            asked.must_see_unit(look, id, Action.SEE_UNIT_FILE)
            found = roster.some_units(
                look.connection, look.ledger, (UnitId(id),), position=look.position
            )
            return dual.unit(
                look.connection,
                look.ledger,
                _found(found.get(UnitId(id)), Reason.NO_SUCH_UNIT, id),
                first=begin,
                last=end,
                today=asked.today,
                policies=documents.policies(
                    look.connection, look.ledger, asked.desk.shelf, position=look.position
                ),
                position=look.position,
            )

    # Scores and checklists

    @made.get(
        f"{LEDGER}/people/{{id}}/scorecards",
        operation_id="list_scorecards_of_person",
        openapi_extra=needs(Action.SEE_FILE),
        summary="委员得分及说明",
        tags=["people"],
    )
    def list_scorecards_of_person(
        asked: Asked, id: str, year: Year = None, rubric: str | None = None
    ) -> list[CardView]:
        """A member's scorecards for a year, every line with the sentence that explains it."""
        with asked.look() as look:
            asked.must_see_person(look, id)
            found = scorecards.cards(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                PersonId(id),
                period=asked.year(year),
                today=asked.today,
                rubric=rubric,
                position=look.position,
            )
            if not found:
                person_there(asked, look, id)
                if rubric is not None:
                    look.must_be_published(Sort.RUBRIC, rubric, "rubric")
            names = scorecards.names_in(look.connection, look.ledger, found)
        return [views.card_view(card, names) for card in found]

    @made.get(
        f"{LEDGER}/units/{{id}}/scorecards",
        operation_id="list_scorecards_of_unit",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="单位得分及说明",
        tags=["units"],
    )
    def list_scorecards_of_unit(
        asked: Asked, id: str, year: Year = None, rubric: str | None = None
    ) -> list[CardView]:
        """A unit's scorecards for a year, every line with the sentence that explains it."""
        with asked.look() as look:
            asked.must_see_unit(look, id, Action.SEE_UNIT_FILE)
            look.must_be_units(id=UnitId(id))
            found = unit_cards.cards_of_unit(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                UnitId(id),
                period=asked.year(year),
                today=asked.today,
                rubric=rubric,
                position=look.position,
            )
            if rubric is not None and not found:
                look.must_be_published(Sort.RUBRIC, rubric, "rubric")
            names = scorecards.names_in(look.connection, look.ledger, found)
        return [views.card_view(card, names) for card in found]

    @made.get(
        f"{LEDGER}/scorecards/{{rubric}}",
        operation_id="list_scorecards",
        openapi_extra=needs(Action.SEE_TOTALS),
        summary="得分一览",
        tags=["scorecards"],
    )
    def list_scorecards(
        asked: Asked,
        rubric: str,
        year: Year = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[scorecards.CardLine]:
        """All members' totals under one rubric, by name, never by points."""
        with asked.look() as look:
            look.must_be_published(Sort.RUBRIC, rubric, "rubric")
            page = scorecards.card_lines(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                period=asked.year(year),
                today=asked.today,
                rubric=rubric,
                position=look.position,
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    @made.get(
        f"{LEDGER}/scorecards/{{rubric}}/grades",
        operation_id="list_grades",
        openapi_extra=needs(Action.SEE_TOTALS),
        summary="等次及理由",
        tags=["scorecards"],
    )
    def list_grades(
        asked: Asked,
        rubric: str,
        year: Year = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[GradeView]:
        """The grades of all members, or units, under one rubric, by name, with what bears on each."""
        with asked.look() as look:
            look.must_be_published(Sort.RUBRIC, rubric, "rubric")
            page = grades.grade_lines(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                rubric=rubric,
                period=asked.year(year),
                today=asked.today,
                position=look.position,
                after=asked.after(cursor),
                limit=limit,
            )
        shown = tuple(views.grade_view(line) for line in page.rows)
        return asked.listing(Page(rows=shown, after=page.after))

    @made.get(
        f"{LEDGER}/scorecards/{{rubric}}/differences",
        operation_id="list_differences",
        openapi_extra=needs(Action.SEE_TOTALS),
        summary="得分变化及原因",
        tags=["scorecards"],
    )
    def list_differences(
        asked: AskedNow,
        rubric: str,
        since: Moment,
        until: Moment | None = None,
        year: Year = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[MovedView]:
        """Which members' cards of a year moved between two moments, by name, and because of which records.

        Both are reckoned as of the day of the later. A page looks at `limit` members: it may hold fewer rows, or none, and yet have a `next`.
        """
        with asked.look() as look:
            first, last, today = positions_between(
                look.connection, asked.desk, since, until, ("since", "until")
            )
            must_be_published(
                look.connection, look.ledger, Sort.RUBRIC, rubric, "rubric", position=last
            )
            page = comparisons.moved_between(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                rubric=rubric,
                period=Period.year(year or today.year),
                today=today,
                first=first,
                last=last,
                after=asked.after(cursor),
                limit=limit,
            )
        shown = tuple(views.moved_view(each) for each in page.rows)
        return asked.listing(Page(rows=shown, after=page.after))

    @made.get(
        f"{LEDGER}/people/{{id}}/checklists",
        operation_id="list_checklists_of_person",
        openapi_extra=needs(Action.SEE_FILE),
        summary="委员清单进度",
        tags=["people"],
    )
    def list_checklists_of_person(
        asked: Asked, id: str, year: Year = None, code: str | None = None
    ) -> list[ProgressView]:
        """How far a member has come with each list of a year."""
        with asked.look() as look:
            asked.must_see_person(look, id)
            found = checklists.of_member(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                PersonId(id),
                period=asked.year(year),
                today=asked.today,
                code=code,
                position=look.position,
            )
            if not found:
                person_there(asked, look, id)
                if code is not None:
                    look.must_be_published(Sort.CHECKLIST, code, "code")
            told = (asked.asker, look.connection, look.ledger)
            shown = [replace(e, progress=sealed.progress_for(*told, e.progress)) for e in found]
        return [views.progress_view(each) for each in shown]

    @made.get(
        f"{LEDGER}/units/{{id}}/checklists",
        operation_id="list_checklists_of_unit",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        summary="单位清单进度",
        tags=["units"],
    )
    def list_checklists_of_unit(
        asked: Asked, id: str, year: Year = None, code: str | None = None
    ) -> list[GridView]:
        """How far a unit has come with each list of a year."""
        with asked.look() as look:
            asked.must_see_unit(look, id, Action.SEE_UNIT_FILE)
            look.must_be_units(id=UnitId(id))
            if code is not None:
                look.must_be_published(Sort.CHECKLIST, code, "code")
            found = checklists.of_unit(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                UnitId(id),
                period=asked.year(year),
                today=asked.today,
                code=code,
                position=look.position,
            )
        return [views.grid_view(each) for each in found]

    @made.get(
        f"{LEDGER}/checklists/{{code}}",
        operation_id="list_progress",
        openapi_extra=needs(Action.SEE_TOTALS),
        summary="清单进度一览",
        tags=["checklists"],
    )
    def list_progress(
        asked: Asked,
        code: str,
        year: Year = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Listing[checklists.ProgressLine]:
        """All members' progress with one list, by name."""
        with asked.look() as look:
            look.must_be_published(Sort.CHECKLIST, code, "code")
            page = checklists.progress_lines(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                period=asked.year(year),
                today=asked.today,
                code=code,
                position=look.position,
                after=asked.after(cursor),
                limit=limit,
            )
        return asked.listing(page)

    # Documents

    @made.get(
        f"{LEDGER}/documents",
        operation_id="list_documents",
        openapi_extra=needs(Action.SEE_DOCUMENT),
        summary="文件",
        tags=["documents"],
    )
    def list_documents(
        asked: Asked, day: Day = None, sort: Sort | None = None
    ) -> list[documents.DocumentLine]:
        """Rubrics, checklists, policies, rule documents and words of the committee, each with the version in force on a day."""
        with asked.look() as look:
            return documents.documents(
                look.connection,
                look.ledger,
                day=day or asked.today,
                sort=sort,
                position=look.position,
            )

    @made.get(
        f"{LEDGER}/documents/{{sort}}/{{code}}",
        operation_id="get_document",
        openapi_extra=needs(Action.SEE_DOCUMENT),
        summary="文件各版本",
        tags=["documents"],
    )
    def get_document(
        asked: Asked, sort: Sort, code: str, day: Day = None
    ) -> documents.DocumentLine:
        """One document with all its versions."""
        with asked.look() as look:
            line = documents.document(
                look.connection,
                look.ledger,
                sort,
                code,
                day=day or asked.today,
                position=look.position,
            )
        found = _found(line, NOT_PUBLISHED[sort], code)
        asked.tag(found.version)
        return found

    @made.get(
        f"{LEDGER}/documents/rubric/{{code}}/effects",
        operation_id="get_effects_of_rubric",
        openapi_extra=needs(Action.SEE_TOTALS),
        summary="考核办法发布的影响",
        tags=["documents"],
    )
    def get_effects_of_rubric(
        asked: AskedNow,
        code: str,
        version: Version = None,
        year: Year = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> EffectsView:
        """Whom the publication of a version affected: how many members' totals moved in each year that had begun, and whose in one year, by name."""
        with asked.look() as look:
            look.must_be_published(Sort.RUBRIC, code, "code")
            found = comparisons.effects_of(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                code,
                version,
                today=asked.today,
                year=year,
                after=asked.after(cursor),
                limit=limit,
            )
        shown = tuple(views.moved_view(each) for each in found.movers.rows)
        return EffectsView(
            rubric=found.rubric,
            version=found.version,
            position=found.position,
            years=found.years,
            year=found.year,
            movers=asked.listing(Page(rows=shown, after=found.movers.after)),
        )

    @made.get(
        f"{LEDGER}/rules",
        operation_id="list_rules",
        openapi_extra=needs(Action.SEE_DOCUMENT),
        summary="规则文件",
        tags=["documents"],
    )
    def list_rules(
        asked: Asked,
        on: Day = None,
        governs: Governs = None,
        unit: UnitId | None = None,
        every: bool = False,
    ) -> list[rules.RuleLine]:
        """The register of rule documents: those in force on a day, or the one that governs a rubric, list or policy on it.

        `unit` asks how things stand in a unit, where rules may be on trial; `every` lists also what is over or yet to begin.
        """
        document = governed_said(governs, "governs")
        with asked.look() as look:
            look.must_be_units(unit=unit)
            found = rules.rules_on(
                look.connection,
                look.ledger,
                asked.desk.shelf,
                on or asked.today,
                unit=unit,
                governs=document,
                every=every,
                position=look.position,
            )
            if document is not None and not found:
                look.must_be_published(document.sort, document.code, "governs")
        return found

    # Histories

    for root, path, reason in (
        ("member", "people/{id}", Reason.NO_SUCH_PERSON),
        ("unit", "units/{id}", Reason.NO_SUCH_UNIT),
        ("occasion", "occasions/{id}", Reason.NO_SUCH_DEED),
        ("matter", "matters/{id}", Reason.NO_SUCH_DEED),
        ("pairing", "pairings/{id}", Reason.NO_SUCH_PAIRING),
        ("finding", "findings/{id}", Reason.NO_SUCH_FINDING),
        ("dispute", "disputes/{id}", Reason.NO_SUCH_DISPUTE),
        ("rubric", "documents/rubric/{id}", Reason.NO_SUCH_RUBRIC),
        ("checklist", "documents/checklist/{id}", Reason.NO_SUCH_CHECKLIST),
        ("policy", "documents/policy/{id}", Reason.NO_SUCH_POLICY),
        ("rule", "documents/rule/{id}", Reason.NO_SUCH_RULE),
        ("terms", "documents/terms/{id}", Reason.NO_SUCH_TERMS),
        ("calendar", "documents/calendar/{id}", Reason.NO_SUCH_CALENDAR),
        ("loop", "documents/loop/{id}", Reason.NO_SUCH_LOOP),
        ("figures", "documents/figures/{id}", Reason.NO_SUCH_FIGURES),
        ("meeting", "meetings/{id}", Reason.NO_SUCH_MEETING),
    ):
        _add_history(made, root, path, reason)
    return made


_HISTORY = {
    "member": Action.SEE_FILE,
    "unit": Action.SEE_UNIT_FILE,
    "dispute": Action.SEE_DISPUTE,
    **dict.fromkeys(("occasion", "matter", "pairing", "finding", "meeting"), Action.SEE_RECORD),
}
"""What it takes to see the history of what; of a document, to see documents."""


def _add_history(made: APIRouter, root: str, path: str, reason: Reason) -> None:
    def list_history(
        asked: Asked, id: str, cursor: Cursor = None, limit: Limit = 50
    ) -> Listing[HappeningView]:
        """What happened to it, newest first, and what each entry changed."""
        with asked.look() as look:
            if root == "member":
                asked.must_see_person(look, id)
            elif root == "unit":
                asked.must_see_unit(look, id, Action.SEE_UNIT_FILE)
            elif root == "dispute":
                asked.must_see_dispute(look, id)
            page = history.history(
                look.connection,
                look.ledger,
                f"{root}/{id}",
                asked.desk.entries_at,
                position=look.position,
                after=asked.after(cursor),
                limit=limit,
            )
            rows, noted = sealed.happenings_for(
                asked.asker,
                look.connection,
                look.ledger,
                page.rows,
                of=f"{root}/{id}",
                today=asked.desk.today(),
                contact=root == "member" and asked.may_see_person(look, id, Action.SEE_CONTACT),
            )
            look.shown.update(dict.fromkeys(noted.items()))
        if not page.rows and cursor is None:
            raise Refused(reason, "id", id)
        shown = tuple(views.happening_view(row) for row in rows)
        return asked.listing(Page(rows=shown, after=page.after))

    made.add_api_route(
        f"{LEDGER}/{path}/history",
        list_history,
        operation_id=f"list_history_of_{root}",
        openapi_extra=needs(_HISTORY.get(root, Action.SEE_DOCUMENT)),
        summary="历史",
        tags=[path.partition("/")[0]],
    )


def _add_general(made: APIRouter) -> None:
    """What belongs to no ledger: the catalogue, the reasons, the ledgers, and whether the service is well."""
    only_known = [Depends(known_parameters)]

    @made.get(
        "/api/v1/ledgers",
        operation_id="list_ledgers",
        openapi_extra=needs(Action.SEE_ROSTER),
        summary="台账",
        tags=["ledgers"],
        dependencies=only_known,
    )
    def list_ledgers(request: Request) -> list[LedgerView]:
        """The ledgers in which whoever asks is somebody."""
        door: Door = request.app.state.door
        found = [
            desk for code in door.ledgers_of(request) for desk in door.installation.opened(code)
        ]
        return [
            LedgerView(
                code=desk.code,
                committee=desk.opened.committee,
                zone=desk.opened.zone,
                href=LEDGER.replace("{ledger}", desk.code),
            )
            for desk in found
        ]

    @made.get(
        "/api/v1/kinds",
        operation_id="list_kinds",
        openapi_extra=needs(Action.LOOK_UP),
        summary="履职类型目录",
        tags=["kinds"],
        dependencies=only_known,
    )
    def list_kinds() -> list[KindView]:
        """The catalogue of kinds: fields, labels, choices and JSON schema. Open to all: it tells of nobody."""
        return [views.kind_view(kind) for kind in KINDS]

    @made.get(
        "/api/v1/kinds/{kind}",
        operation_id="get_kind",
        openapi_extra=needs(Action.LOOK_UP),
        summary="履职类型",
        tags=["kinds"],
        dependencies=only_known,
    )
    def get_kind(kind: str) -> KindView:
        """One kind."""
        if kind not in KINDS:
            raise Refused(Reason.NO_SUCH_PAGE, about=kind[:80])
        return views.kind_view(kind)

    @made.get(
        "/problems",
        operation_id="list_problems",
        openapi_extra=needs(Action.LOOK_UP),
        summary="拒绝理由",
        tags=["problems"],
        dependencies=only_known,
    )
    def list_problems() -> list[views.ReasonView]:
        """The closed list of reasons for which something is refused."""
        return [views.reason_view(reason) for reason in Reason]

    @made.get(
        "/problems/{reason}",
        operation_id="get_problem",
        openapi_extra=needs(Action.LOOK_UP),
        summary="拒绝理由说明",
        tags=["problems"],
        dependencies=only_known,
    )
    def get_problem(reason: str) -> views.ReasonView:
        """One reason: where the `type` of a problem leads."""
        try:
            return views.reason_view(Reason.of(reason))
        except KeyError as error:
            raise Refused(Reason.NO_SUCH_PAGE, about=reason[:80]) from error

    @made.get(
        "/livez",
        operation_id="is_alive",
        openapi_extra=needs(Action.LOOK_UP),
        summary="存活",
        tags=["health"],
        dependencies=only_known,
    )
    async def is_alive() -> views.Health:
        """Whether the process answers."""
        return views.Health(status="ok")

    @made.get(
        "/readyz",
        operation_id="is_ready",
        openapi_extra=needs(Action.LOOK_UP),
        summary="就绪",
        tags=["health"],
        dependencies=only_known,
    )
    def is_ready(request: Request) -> views.Health:
        """Whether ledgers can be reached and what can be read is not far behind what was written."""
        door: Door = request.app.state.door
        door.installation.ledgers()
        if not door.installation.serves_all:
            raise Refused(Reason.UNAVAILABLE)
        for desk in door.installation.open_desks():
            behind = desk.head() - desk.reader.position
            if behind > MOST_BEHIND or not desk.is_reading:
                raise Refused(Reason.UNAVAILABLE)
        return views.Health(status="ok")
