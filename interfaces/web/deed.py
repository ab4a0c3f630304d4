"""One record on a page: what it says, how both sides stand to it, and what whoever looks may do with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from domain import deed as acts
from domain import pairing
from domain.access import Action
from domain.attestation import SideState
from domain.deed import Deed
from domain.fact import SubjectId
from domain.kinds import KINDS, Shape, kind_of
from domain.kinds.meetings import Study
from domain.kinds.people import ReceivedPublic
from domain.kinds.units import Errand
from domain.on_paper import Neutral
from domain.people import PersonId, Reason, Refused, Role, UnitId
from domain.unit import Side, UnitKind
from domain.words import Label, Protection
from interfaces.api import files
from interfaces.api.asking import Look
from interfaces.api.door import checked_id, needs
from interfaces.bodies import VERSIONED
from interfaces.refusals import status_of
from interfaces.sealed import deed_for, happenings_for, sight, summaries_for
from interfaces.web import fields, inspected, suggested
from interfaces.web.asked import Narrowing, next_page, person_called
from interfaces.web.belonging import belonging
from interfaces.web.course import as_sent, section_of
from interfaces.web.in_question import in_question
from interfaces.web.leading import said_in, ties_of
from interfaces.web.photos import held
from interfaces.web.recording import COLLECTION, FROM_THEM, SOURCE, WITH_MESSAGES
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render, see
from interfaces.web.returns import sent_back
from interfaces.web.same import Other, beside, may_ever_link
from interfaces.web.visiting import Sending, Sent, Visiting, Visitor, whole
from interfaces.web.words import Said
from projections import deeds, documents, history, roster, scorecards
from projections.deeds import DeedLine, DeedPage, DeedState, DeedSummary
from projections.evidence import evidence_of
from projections.foreseen import members_concerned
from projections.paging import Page
from projections.scorecards import Earned

REASONS_TO_WITHDRAW = (
    Label("登错了", "recorded by mistake"),
    Label("重复登记", "recorded twice"),
    Label("日期有误", "the wrong day"),
    Label("人员有误", "the wrong people"),
)
REASONS_TO_RETURN = (
    Label("人员不对", "the wrong person"),
    Label("日期不对", "the wrong day"),
    Label("没有参加", "did not take part"),
    Label("角色不对", "the wrong role"),
    Label("重复登记", "recorded twice"),
)
WAITING = "waiting"
"""Says in an address that somebody came from the queue, and goes back to it."""
DID: Mapping[str, Label] = {
    "confirm": Label("已确认", "Confirmed"),
    "return": Label("已退回核实,登记单位会看到理由", "Returned; who recorded it sees the reason"),
    "uphold": Label("已核实,维持原记录", "Checked: it stands"),
    "link": Label("已关联为同一履职,只计一次", "Linked as one deed, with one credit"),
    "unlink": Label("已取消关联,两条分别计", "The link is undone; each counts by itself"),
    "led": Label("已登记促成关系", "It is said what led to what"),
    "unlink-led": Label("已取消促成关系", "It is taken back what led to what"),
    "withdraw": Label("已撤回", "Withdrawn"),
    "amend": Label("已更正", "Corrected"),
    "end": Label("已结束", "Ended"),
    "move": Label("已办理,进入下一环节", "Moved on"),
    "give-back": Label("已退回", "Given back"),
    "hand-over": Label("已移交", "Handed over"),
    "extend": Label("已延期", "Extended"),
    "pause": Label("已暂停计时", "Its time stands still"),
    "resume": Label("已恢复计时", "Its time runs again"),
    "reopen": Label("已重新办理", "Set back"),
    "begin": Label("已进入流程", "It has entered the loop"),
    "migrate": Label("已改按另一版流程办理", "It goes on by another version of its loop"),
    "retract": Label("已撤销这项办理结果", "The outcome is taken back"),
    suggested.SUGGEST: Label("已登记建议", "The suggestion is entered"),
    suggested.ANSWER: Label("已登记答复", "The answer is entered"),
    suggested.CARRY_OUT: Label("已登记落实", "It is carried out"),
    suggested.TAKE_BACK: Label("已撤回这条建议", "The suggestion is taken back"),
    inspected.NOTIFY: Label("已通报问题", "The problems are notified"),
    inspected.REPORT: Label("已登记整改情况,待销号", "It is said what became of it"),
    inspected.CHECK_OFF: Label("已销号", "Checked off"),
    inspected.REOPEN: Label("已退回重新整改", "It is to be mended again"),
    inspected.PUT_OFF: Label("已延长整改期限", "Another day is set"),
    inspected.TAKE_BACK: Label("已撤回这条问题", "The problem is taken back"),
}
"""What is said after an act on a record."""
_ANSWERS = frozenset({"confirm", "return", "uphold"})
"""Acts that answer what waits."""
MOST_SHOWN = 30
MOST_ALIKE = 20
"""Records of one kind and day that are looked through for one that is the same."""


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line as the page shows it, and on which side whoever looks may answer for it."""

    line: DeedLine
    answers: Side | None
    upholds: Side | None
    earned: tuple[Earned, ...]


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form of a page held that was refused: `act` is which, `troubles` what is wrong with it."""

    act: str = ""
    sent: Sent = field(default_factory=Sent)
    troubles: tuple[fields.Trouble, ...] = ()

    def said(self, act: str, name: str) -> str:
        """What stood in an input of that form."""
        return self.sent.one(name) if self.act == act else ""

    def ticks(self, act: str, person: str, usual: bool) -> bool:
        """Whether somebody was ticked on it; as usual where it was not sent."""
        return person in self.sent.all("p") if self.act == act else usual

    def wrong(self, act: str, name: str) -> list[Said]:
        """What is wrong with an input of it."""
        return [e.said for e in self.troubles if self.act == act and e.field == name]


NOTHING_TYPED = Typed()
_PEOPLE, _REASON = Label("人员", "people"), Label("理由", "reason")
ASKED: Mapping[str, Mapping[str, tuple[Label, str]]] = {
    "confirm": {"people": (_PEOPLE, "people-confirm")},
    "return": {
        "people": (_PEOPLE, "people-return"),
        "reason": (Label("哪里不对", "what is wrong"), "why-return"),
    },
    "uphold": {
        "people": (_PEOPLE, "people-uphold"),
        "reason": (Label("核实结果", "what was found"), "why-uphold"),
    },
    "withdraw": {"reason": (_REASON, "why-withdraw")},
    "unlink": {"reason": (_REASON, "why-unlink")},
    "unlink-led": {"reason": (_REASON, "why-unlink-led")},
}
"""What the forms of a page ask, what it is called and where it stands."""
TICK_ONE = Label("请至少勾选一人", "needs somebody ticked")


def typed_in(act: str, sent: Sent, refused: Refused) -> Typed:
    """A form that was refused, with what is wrong beside the input that it is about."""
    found = []
    for each in fields.troubles(refused, ()):
        label, anchor = ASKED.get(act, {}).get(each.field, (each.label, each.anchor))
        nobody = each.field == "people" and refused.reason is Reason.MISSING
        said = TICK_ONE if nobody else each.said
        found.append(replace(each, label=label, anchor=anchor, said=said))
    return Typed(act, sent, tuple(found))


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a record says."""

    label: Any
    values: tuple[str | Said, ...]


def router() -> APIRouter:
    """The pages of records."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")
    for shape, collection in COLLECTION.items():
        _add_page(made, shape, collection)
        _add_acts(made, shape, collection)
        if shape is not Shape.PAIRING:
            _add_evidence(made, shape, collection)
    _add_evidence_of_problems(made)

    @made.get("/deeds", operation_id="page_deeds", openapi_extra=needs(Action.SEE_RECORD))
    def list_deeds(
        visitor: Visiting,
        kind: str = "",
        first: str = "",
        last: str = "",
        state: str = "",
        text: str = "",
        unit: str = "",
        units: str = "",
        organiser: str = "",
        members: str = "",
        person: str = "",
        findings: str = "",
        sort: str = "",
        single: str = "",
        cursor: str = "",
    ) -> Response:
        """Records, newest first, narrowed by what stands in the address, as they are or were known."""
        said = {"kind": kind, "first": first, "last": last, "state": state, "text": text}
        said |= {"unit": unit, "units": units, "organiser": organiser, "members": members}
        said |= {"person": person, "findings": findings, "sort": sort, "single": single}
        narrowing = Narrowing(visitor, **said)
        return _list(narrowing, cursor)

    return made


def _list(narrowing: Narrowing, cursor: str) -> Response:
    """A page of the list of records."""
    visitor, asked, said = narrowing.visitor, narrowing.filters, narrowing.said
    since, until = narrowing.day("first"), narrowing.day("last")
    narrowing.in_order(since, until, "last")
    kind = narrowing.read("kind", lambda each: asked.one_of(each, KINDS, "kind"))
    of_kind = narrowing.read("units", lambda each: asked.choice(each, UnitKind, "units"))
    sort = narrowing.read("sort", lambda each: asked.one_of(each, SORTS, "sort"))
    asking = visitor.asking
    with asking.look() as look:
        known = roster.all_units(look.connection, look.ledger, look.position)
        # What waited at a past moment is not known any more.
        states = [s for s in DeedState if look.position is None or s is not DeedState.WAITING]
        state = narrowing.read("state", lambda each: asked.among(each, states, "state"))
        where, organiser, members = (
            narrowing.read(name, lambda each: asked.unit(each, known))
            for name in ("unit", "organiser", "members")
        )
        who = narrowing.read("person", lambda each: person_called(look, each))
        if who is not None:
            asking.must_see_person(look, who)
        side = None if members is None else known[members].side
        policies = (
            documents.policies(
                look.connection, look.ledger, visitor.desk.shelf, position=look.position
            )
            if state is DeedState.LATE
            else None
        )
        page: Page[DeedSummary] = Page(rows=())
        if not narrowing.wrong:
            page = deeds.deeds(
                look.connection,
                look.ledger,
                today=asking.today,
                kind=kind,
                subject=None if who is None else SubjectId(f"member/{who}"),
                organiser=organiser,
                sector=members if side is Side.SECTOR else None,
                studio=members if side is Side.STUDIO else None,
                recorders=None
                if of_kind is None
                else [each.unit for each in known.values() if each.profile.kind is of_kind],
                findings=said["findings"] != "0",
                sort=sort,
                once=said["single"] == "1",
                policies=policies,
                position=look.position,
                first=since,
                last=until,
                state=state,
                recorder=where,
                text=asked.text(said["text"]),
                after=asking.after(cursor or None),
                limit=MOST_SHOWN,
            )
        page = replace(page, rows=summaries_for(visitor.asker, page.rows))
        names = _names(look.connection, look.ledger, page.rows)
        if who is not None:
            names |= roster.names(look.connection, look.ledger, people={who})
    shown = said | {
        name: known[found].profile.name
        for name, found in (("unit", where), ("organiser", organiser), ("members", members))
        if found is not None
    }
    if who is not None:
        shown["person"] = names.get(f"member/{who}", said["person"])
    return render(
        visitor,
        "deeds.html",
        status=narrowing.status,
        narrowing=narrowing,
        page=page,
        names=names,
        kinds=KINDS,
        states=states,
        collections=collection_of,
        asked=shown,
        more=any(said[name] for name in ("organiser", "members", "units", "findings")),
        units=known,
        unit_kinds=list(UnitKind),
        next=next_page(visitor, page.after),
    )


def _add_evidence(made: APIRouter, shape: Shape, collection: str) -> None:
    def evidence(visitor: Visiting, id: str, sha256: str) -> Response:
        """A picture or a paper that the record names."""
        with visitor.asking.look() as look:
            shown = files.shown_by(visitor.asking, look, f"{shape.value}/{id}", sha256)
        return files.given(visitor.asking, sha256, *shown)

    made.add_api_route(
        f"/{collection}/{{id}}/evidence/{{sha256}}",
        evidence,
        operation_id=f"page_evidence_of_{shape.value}",
        openapi_extra=needs(Action.SEE_RECORD),
        response_class=Response,
    )


def _add_evidence_of_problems(made: APIRouter) -> None:
    @made.get(
        "/matters/{id}/problems/{number}/evidence/{sha256}",
        operation_id="page_evidence_of_problem",
        openapi_extra=needs(Action.SEE_UNIT_FILE),
        response_class=Response,
    )
    def evidence(visitor: Visiting, id: str, number: str, sha256: str) -> Response:
        """A picture or a paper by which a problem of an inspection was mended."""
        with visitor.asking.look() as look:
            asked = (visitor.asking, look, id, whole(number) or 0, sha256)
            shown = files.problem_shown_by(*asked)
        return files.given(visitor.asking, sha256, *shown)


SORTS = frozenset(each.value for choices in (Study, Errand) for each in choices)
"""The sorts by which trainings and service matters are told apart."""


def collection_of(stream: str) -> str:
    """Where the page of a record is, after the address of its ledger."""
    root, _, key = stream.partition("/")
    return f"/{root}s/{key}"


def _names(
    connection: Connection, ledger: str, rows: Sequence[deeds.DeedSummary]
) -> dict[str, str]:
    units = {unit for row in rows for unit in (row.organiser, row.recorder) if unit}
    return roster.names(connection, ledger, people={row.recorded_by for row in rows}, units=units)


def _add_page(made: APIRouter, shape: Shape, collection: str) -> None:
    root = shape.value

    def page(
        visitor: Visiting,
        id: str,
        sent: str = "",
        like: str = "",
        did: str = "",
        back: str = "",
        through: str = "",
    ) -> Response:
        """One record; an act that was done to another that it was linked to was done `through` that one."""
        back = back if back == WAITING else ""
        return record_page(
            visitor,
            f"{root}/{id}",
            sent=sent,
            like=like,
            did=did,
            back=back,
            through=bool(through),
        )

    made.add_api_route(
        f"/{collection}/{{id}}",
        page,
        operation_id=f"page_{root}",
        openapi_extra=needs(Action.SEE_RECORD),
    )


def record_page(
    visitor: Visitor,
    stream: str,
    *,
    sent: str = "",
    like: str = "",
    did: str = "",
    back: str = "",
    through: bool = False,
    typed: Typed = NOTHING_TYPED,
    status: int = 200,
) -> Response:
    """The page of a record; `typed` is a form of it that was refused."""
    asking = visitor.asking
    with asking.look() as look:
        today = asking.today
        day = deeds.day_of(look.connection, look.ledger, stream) or today
        policy = documents.policy(look.connection, look.ledger, visitor.desk.shelf, day)
        found = deeds.deed(look.connection, look.ledger, stream, today=today, policy=policy)
        if found is None:
            raise Refused(Reason.NO_SUCH_DEED, "id", stream.partition("/")[2])
        shown, action = deed_for(visitor.asker, look.connection, look.ledger, found)
        if action is not None:
            look.shows(action, stream)
        page = history.history(
            look.connection, look.ledger, stream, visitor.desk.entries_at, limit=20
        )
        happened, noted = happenings_for(
            visitor.asker,
            look.connection,
            look.ledger,
            page.rows,
            of=stream,
            contact=False,
            today=visitor.desk.today(),
        )
        look.shown.update(dict.fromkeys(noted.items()))
        units = roster.all_units(look.connection, look.ledger)
        people = {found.summary.recorded_by, *(each.entry.envelope.by for each in happened)}
        filled = fields.filled(fields.inputs_of(shown.summary.kind), shown.state.body)
        people |= {
            PersonId(value)
            for each in filled
            if each.widget is fields.Widget.PERSON
            for value in each.values
        }
        people |= {
            PersonId(whose.removeprefix("member/"))
            for _, pairs in fields.pairs_in(shown.state.body.details).values()
            for whose, _ in pairs
            if whose.startswith("member/")
        }
        names = roster.names(look.connection, look.ledger, people=people)
        named = (
            f"{root}{value}"
            for each in filled
            for value in each.values
            if (root := _RECORDS_NAMED.get(each.name)) is not None
        )
        names |= deeds.titles(look.connection, look.ledger, named)
        own = ((stream, line.fact.on.year, line.subject) for line in found.lines)
        earned = earned_by(visitor, look, own)
        credited, uncredited = by_units(visitor, look, found)
        ties = ties_of(visitor, look, found)
        alike = _alike(visitor, look.connection, shown, like)
        linked = _linked(visitor, look.connection, shown)
        returned = sent_back(visitor, look, shown)
        questions = in_question(visitor, look, [stream])
        way = section_of(visitor, look, found)
        its = belonging(
            look,
            found.state,
            may_record=visitor.may_ever(Action.RECORD),
            himself=visitor.actor.role is Role.MEMBER,
        )
        if way is not None and typed.act:
            way = as_sent(way, typed.act, typed.sent, typed.troubles)
        advice = suggested.section_of(visitor, look, shown)
        if advice is not None and typed.act:
            advice = suggested.as_sent(advice, typed.act, typed.sent, typed.troubles)
        problems = inspected.section_of(visitor, look, found, units)
        if problems is not None and typed.act:
            problems = inspected.as_sent(problems, typed.act, typed.sent, typed.troubles)
    names |= {f"unit/{unit}": each.profile.name for unit, each in units.items()}
    lines = tuple(
        _shown(visitor, line, shown.summary, earned.get((line.subject, stream), ()))
        for line in shown.lines
    )
    return render(
        visitor,
        "deed.html",
        status=status,
        d=shown,
        kind=KINDS[shown.summary.kind],
        kinds=KINDS,
        told=_told(shown, names, but=said_in(ties, stream)),
        ties=ties,
        its=its,
        comes_of_it=FROM_THEM[1:],
        received=shown.summary.kind == kind_of(ReceivedPublic),
        carries=shown.summary.kind in WITH_MESSAGES and visitor.may_ever(Action.RECORD),
        lines=lines,
        credited=credited,
        uncredited=uncredited,
        happened=happened,
        names=names,
        sent=sent,
        did=DID.get(did),
        through=through,
        answered=did in _ANSWERS,
        back=back,
        way=way,
        advice=advice,
        problems=problems,
        alike=alike,
        linked=linked,
        may_choose=_may_choose(visitor, shown),
        questions=questions,
        where=collection_of,
        answers=_side(lines, "answers"),
        upholds=_side(lines, "upholds"),
        to_correct=any(
            SideState.RETURNED in (each.line.attested.sector, each.line.attested.studio)
            for each in lines
        ),
        evidence=evidence_of(shown.state),
        held=held(visitor, (each.sha256 for each in evidence_of(shown.state))),
        sees_evidence=_sees_evidence(visitor, shown),
        may_change=_may_change(visitor, shown),
        window=policy.window_days if any(map(_may_object, lines)) else 0,
        reasons_to_withdraw=REASONS_TO_WITHDRAW,
        reasons_to_return=REASONS_TO_RETURN,
        neutral=list(Neutral),
        stays_on_paper=getattr(shown.state.body, "stays_on_paper", False),
        typed=typed,
        suggested={each.position: each.suggestion for each in returned if each.suggestion},
    )


MOST_BY_UNITS = 60
"""Members who have something of a record by a unit of theirs, of whom a page tells."""


@dataclass(frozen=True, slots=True)
class ByUnit:
    """A member who has, or has not, something of a record because of a unit that he is in."""

    subject: SubjectId
    name: str
    earned: tuple[Earned, ...]


def by_units(visitor: Visitor, look: Look, found: DeedPage) -> tuple[tuple[ByUnit, ...], int]:
    """What a record gives members of the units that it is of, where a rubric counts it, and of how many more it is not told: those whose files are open to whoever looks, the first by name."""
    facts = [line.fact for line in found.lines if line.subject.startswith("unit/")]
    if not facts:
        return (), 0
    where = (look.connection, look.ledger)
    concerned = members_concerned(*where, visitor.desk.shelf, facts)
    whose = {subject.removeprefix("member/") for subject in concerned}
    seen = visitor.asking.may_see_people(look, whose, Action.SEE_FILE)
    names = roster.names(*where, people=map(PersonId, seen))
    subjects = (SubjectId(f"member/{each}") for each in seen)
    order = sorted((names.get(each, ""), each) for each in subjects)
    stream, year = found.summary.stream, found.summary.on.year
    asked = ((stream, year, subject) for _, subject in order[:MOST_BY_UNITS])
    earned = earned_by(visitor, look, asked, by_units=True)
    told = tuple(
        ByUnit(subject, name, earned[subject, stream])
        for name, subject in order
        if (subject, stream) in earned
    )
    return told, max(len(order) - MOST_BY_UNITS, 0)


def earned_by(
    visitor: Visitor,
    look: Look,
    asked: Iterable[tuple[str, int, SubjectId]],
    *,
    by_units: bool = False,
) -> dict[tuple[SubjectId, str], tuple[Earned, ...]]:
    """What records (a stream, its year, one of its subjects, or `by_units` a member of one) give the members whose files are open to whoever looks; it is noted of whom he is shown some."""
    lines = [
        (subject, stream, year) for stream, year, subject in asked if subject.startswith("member/")
    ]
    whose = {subject.removeprefix("member/") for subject, _, _ in lines}
    seen = visitor.asking.may_see_people(look, whose, Action.SEE_FILE)
    lines = [each for each in lines if each[0].removeprefix("member/") in seen]
    told = (look.connection, look.ledger, visitor.desk.shelf)
    found = scorecards.earned(*told, lines, visitor.asking.today, by_units=by_units)
    for subject, _ in found:
        look.shows(Action.SEE_FILE, subject)
    return found


def _sees_evidence(visitor: Visitor, page: DeedPage) -> bool:
    told = page.summary
    seen = sight(
        visitor.asker, told.recorded_by, told.recorder, {line.subject for line in page.lines}
    )
    return Protection.P2 not in seen.hidden


def _alike(
    visitor: Visitor, connection: Connection, page: DeedPage, like: str
) -> tuple[Other, ...]:
    """Other records of this kind and day that name somebody whom this one names: perhaps the same deed, for whoever may link them."""
    told = page.summary
    linked = bool(told.same_as or told.gone or page.same)
    if linked or not told.stream.startswith(("occasion/", "matter/")):
        return ()
    if not may_ever_link(visitor):
        return ()
    found = deeds.deeds(
        connection,
        visitor.ledger,
        today=visitor.asking.today,
        kind=told.kind,
        first=told.on,
        last=told.on,
        limit=MOST_ALIKE,
    ).rows
    others = {
        each.stream: each for each in found if each.stream != told.stream and not each.same_as
    }
    states = deeds.states(connection, visitor.ledger, list(others))
    own: frozenset[str] = page.state.body.subjects if isinstance(page.state, Deed) else frozenset()
    return tuple(
        beside(visitor, page, others[stream], state)
        for stream, state in states.items()
        if stream == like or (isinstance(state, Deed) and own & state.body.subjects)
    )


def _linked(visitor: Visitor, connection: Connection, page: DeedPage) -> tuple[Other, ...]:
    """The records that this one is linked to, or that are linked to it."""
    states = deeds.states(connection, visitor.ledger, [each.stream for each in page.same])
    return tuple(beside(visitor, page, each, states.get(each.stream)) for each in page.same)


def _may_choose(visitor: Visitor, page: DeedPage) -> bool:
    """Whether it is worth offering to look for another record of the same deed."""
    told = page.summary
    if told.gone or told.same_as or not told.stream.startswith(("occasion/", "matter/")):
        return False
    actor = visitor.actor
    homes = {unit for line in page.lines for unit in (line.sector.home, line.studio.home)}
    return may_ever_link(visitor) and (
        actor.role is Role.OFFICE or actor.unit in {told.recorder, told.organiser, *homes}
    )


def _may_object(shown: ShownLine) -> bool:
    """Whether a side of a line may return it within its days, or has let them pass."""
    told = shown.line.attested
    passed = SideState.NOT_OBJECTED in (told.sector, told.studio)
    return shown.line.subject.startswith("member/") and (passed or told.changes_on is not None)


def _side(lines: Sequence[ShownLine], of: str) -> Side | None:
    return next((side for each in lines if (side := getattr(each, of)) is not None), None)


_OPEN = frozenset({SideState.AWAITED, SideState.NOT_OBJECTED, SideState.CORRECTED})


def _shown(
    visitor: Visitor, line: DeedLine, told: deeds.DeedSummary, earned: tuple[Earned, ...]
) -> ShownLine:
    """A line, and on which side the visitor answers for it: his unit is asked, he is among those who answer, and it is not his own."""
    actor = visitor.actor
    answers = upholds = None
    if not line.subject.startswith("member/"):
        return ShownLine(line, answers, upholds, earned)
    own = line.subject == f"member/{actor.person}"
    for side, answering, state in (
        (Side.SECTOR, line.sector, line.attested.sector),
        (Side.STUDIO, line.studio, line.attested.studio),
    ):
        may_answer = (
            visitor.may_ever(Action.CONFIRM)
            and actor.role is Role.HEAD
            and actor.unit == answering.unit
            and not own
        )
        if may_answer and state in _OPEN and answers is None:
            answers = side
        if state is SideState.RETURNED and _may_uphold(visitor, told, own) and upholds is None:
            upholds = side
    return ShownLine(line, answers, upholds, earned)


def _may_uphold(visitor: Visitor, told: deeds.DeedSummary, own: bool) -> bool:
    """Whether it is worth offering that it stands: not for one's own line, nor for what one recorded oneself."""
    actor = visitor.actor
    if own or not visitor.may_ever(Action.UPHOLD):
        return False
    if actor.role is Role.OFFICE:
        return True
    return actor.person != told.recorded_by and actor.unit in {told.recorder, told.organiser}


def _may_change(visitor: Visitor, page: DeedPage) -> bool:
    """Whether it is worth offering to correct or withdraw it; the decision looks once more."""
    actor, told = visitor.actor, page.summary
    if (
        told.gone
        or not visitor.may_ever(Action.RECORD)
        or not told.stream.startswith(("occ", "mat"))
    ):
        return False
    if actor.role is Role.OFFICE:
        return True
    if actor.role is Role.MEMBER:
        return told.recorded_by == actor.person
    return actor.unit is not None and actor.unit in {told.recorder, told.organiser}


def _told(page: DeedPage, names: dict[str, str], *, but: Collection[str]) -> tuple[Told, ...]:
    """What the record says, field by field, but for what is said elsewhere; what is empty or as usual is left out."""
    found = []
    inputs = fields.inputs_of(page.summary.kind)
    for usual, each in zip(inputs, fields.filled(inputs, page.state.body), strict=True):
        if (
            each.name in but
            or not each.values
            or (each.values == usual.values and each.name != "level")
        ):
            continue
        choices = {choice.value: choice for choice in each.choices}
        if each.name == "work" and all(_is_made_up(value) for value in each.values):
            # It joins records of one topic and says nothing to who reads it; the topic's title does.
            continue
        roots = ("unit/", "member/", _RECORDS_NAMED.get(each.name, ""))
        values = tuple(
            choices.get(value)
            or next((name for root in roots if (name := names.get(f"{root}{value}"))), value)
            for value in each.values
        )
        found.append(Told(each.label, values))
    for label, pairs in fields.pairs_in(page.state.body.details).values():
        said = ((names.get(whose, whose), value) for whose, value in pairs)
        each_said = tuple(Label(f"{who}:{v.zh}", f"{who}: {v.en}") for who, v in said)
        found += [Told(label, each_said)] if each_said else []
    return tuple(found)


_RECORDS_NAMED: Mapping[str, str] = {
    "pairing": "pairing/",
    "plan_item": "matter/",
    f"{fields.DETAILS}.deed": "",
    SOURCE: "",
    "converted_from": "",
    "merged_into": "",
}
"""Fields that name another record, with what stands before its key in them."""


def _is_made_up(value: str) -> bool:
    """Whether an id was made by a machine, and is no number that people use."""
    try:
        UUID(value)
    except ValueError:
        return False
    return True


# Acts


def _add_acts(made: APIRouter, shape: Shape, collection: str) -> None:
    root = shape.value

    def add(path: str, action: Action, make: Any) -> None:
        async def act(sending: Sending, id: str) -> Response:
            """One act on a record; what is wrong is said on its page."""
            visitor, sent = sending
            stream = f"{root}/{id}"
            try:
                command = make(stream, sent)
                seen = whole(sent.one("version")) or None
                if type(command) in VERSIONED:
                    # Without the version that he saw, nothing fits.
                    seen = seen or 0
                await visitor.submit(command, sent.command_id, seen=seen)
            except Refused as refused:
                typed = typed_in(path, sent, refused)
                return await run_in_threadpool(
                    record_page,
                    visitor,
                    stream,
                    typed=typed,
                    back=_back(sent),
                    status=status_of(refused),
                )
            back = _back(sent)
            if back == WAITING:
                return see(visitor.address(f"/waiting?did={path}"))
            where = collection_of(back) if back else f"/{collection}/{id}"
            through = "&through=other" if back and back != stream else ""
            return see(visitor.address(f"{where}?did={path}{through}"))

        made.add_api_route(
            f"/{collection}/{{id}}/{path}",
            act,
            methods=["POST"],
            operation_id=f"send_{path.replace('-', '_')}_{root}",
            openapi_extra=needs(action),
        )

    def side_of(sent: Any) -> Side:
        try:
            return Side.of(sent.one("side"))
        except KeyError as error:
            raise Refused(Reason.MALFORMED, "/side", sent.one("side")[:40]) from error

    def people_of(sent: Any) -> tuple[PersonId, ...]:
        found = tuple(PersonId(each) for each in dict.fromkeys(sent.all("p")))
        if not found:
            # A command without people is of all of them, which nobody has ticked.
            raise Refused(Reason.MISSING, "/people")
        return found

    if shape in (Shape.OCCASION, Shape.MATTER):
        add(
            "withdraw",
            Action.RECORD,
            lambda stream, sent: acts.Withdraw(deed=stream, reason=sent.one("reason")),
        )
        add(
            "confirm",
            Action.CONFIRM,
            lambda stream, sent: acts.Confirm(
                deed=stream, side=side_of(sent), people=people_of(sent)
            ),
        )
        add(
            "return",
            Action.CONFIRM,
            lambda stream, sent: acts.Return(
                deed=stream,
                side=side_of(sent),
                people=people_of(sent),
                reason=sent.one("reason"),
                suggestion=sent.one("suggestion"),
            ),
        )
        add(
            "uphold",
            Action.UPHOLD,
            lambda stream, sent: acts.Uphold(
                deed=stream, side=side_of(sent), people=people_of(sent), reason=sent.one("reason")
            ),
        )
        add(
            "link",
            Action.RECORD,
            lambda stream, sent: acts.LinkSame(
                deed=stream, same_as=sent.one("same_as"), reason=sent.one("reason")
            ),
        )
        add(
            "unlink",
            Action.RECORD,
            lambda stream, sent: acts.UnlinkSame(deed=stream, reason=sent.one("reason")),
        )
        add(
            "unlink-led",
            Action.RECORD,
            lambda stream, sent: acts.UnlinkLedTo(
                deed=stream, source=sent.one("source"), reason=sent.one("reason")
            ),
        )
    if shape is Shape.PAIRING:
        add(
            "end",
            Action.RECORD,
            lambda stream, sent: pairing.EndPairing(
                pairing=stream.partition("/")[2],
                until=_day(sent.one("until")),
                reason=sent.one("reason"),
            ),
        )


def _back(sent: Sent) -> str:
    """Where somebody goes on to after an act: to the queue that he came from, or to another record; else to this one."""
    said = sent.one("back")
    root, _, key = said.partition("/")
    if said == WAITING or not key:
        return said if said == WAITING else ""
    return f"{Shape.of(root).value}/{checked_id(key, 'back')}" if root in _SHAPES else ""


_SHAPES = frozenset(shape.value for shape in Shape)


def _day(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError as error:
        raise Refused(Reason.MALFORMED, "/until", said[:40]) from error


def unit_of(said: str) -> UnitId | None:
    """A unit of an address, none where it says none."""
    return UnitId(said) if said else None
