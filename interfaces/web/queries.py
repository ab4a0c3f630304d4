"""Queries on records (核对申请: 错、重、漏): raising one, seeing both versions side by side, answering it, reviewing it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from domain import dispute as acts
from domain.access import Action
from domain.deed import LinkSame
from domain.disputed import LABELS, Claim, Dispute, DisputeOutcome, DisputeSort, DisputeStep
from domain.document import Sort
from domain.fact import Part, RecordClass, SubjectId
from domain.kinds import KINDS, Shape, kind_of
from domain.people import PersonId, Reason, Refused, Role
from domain.words import Label
from interfaces.api.asking import Look
from interfaces.api.disputes import must_see_queries_of, seen_by
from interfaces.api.door import needs
from interfaces.ids import id_for
from interfaces.refusals import status_of
from interfaces.web.asked import Filters, next_page
from interfaces.web.deed import collection_of
from interfaces.web.fields import Trouble, troubles
from interfaces.web.lists import named
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render, see
from interfaces.web.then_and_now import FIELDS, is_changed, then_and_now
from interfaces.web.visiting import Sending, Sent, Visiting, Visitor
from projections import deeds, disputes, documents, roster
from projections.deeds import DeedSummary
from projections.dual import PairDifference, pair_differences
from projections.facts import facts_of_deeds

MOST_SHOWN = 50
OFFERED = 60
"""Records of a member that a form offers as the other of two."""
AROUND = timedelta(days=15)
"""How far apart two records of one deed mostly are: those are offered as the other of two without being looked for."""


_DEEDS = ("occasion/", "matter/")


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into the form of one of the acts on a query, which was refused."""

    path: str = ""
    outcome: str = ""
    reason: str = ""
    deeds: tuple[str, ...] = ()


NOTHING_TYPED = Typed()


@dataclass(frozen=True, slots=True)
class Answer:
    """A record that may have been corrected or added in answer; `ticked` says that it stands so on a fresh form."""

    deed: DeedSummary
    ticked: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form of a query holds."""

    sort: str = ""
    deed: str = ""
    field: str = ""
    should_be: str = ""
    same_as: str = ""
    kind: str = ""
    what: str = ""
    on: str = ""
    organised_by: str = ""
    note: str = ""


_TEXTS = tuple(Asked.__dataclass_fields__)


def router() -> APIRouter:
    """The pages of queries."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/queries", operation_id="page_queries", openapi_extra=needs(Action.SEE_DISPUTE))
    def list_queries(visitor: Visiting, which: str = "open", cursor: str = "") -> Response:
        """Queries: those to be answered, what is due first first, or all."""
        asking = visitor.asking
        with asking.look() as look:
            person, bound_to = seen_by(asking, look, None)
            page = disputes.disputes(
                look.connection,
                look.ledger,
                today=asking.today,
                only_open=which == "open",
                person=person,
                bound_to=bound_to,
                position=look.position,
                after=asking.after(cursor or None),
                limit=MOST_SHOWN,
            )
        return render(
            visitor,
            "queries.html",
            page=page,
            which=which,
            today=asking.today,
            next=next_page(visitor, page.after),
        )

    @made.get("/queries/new", operation_id="page_new_query", openapi_extra=needs(Action.DISPUTE))
    def new_query(visitor: Visiting, sort: str = "", deed: str = "", person: str = "") -> Response:
        """The form of a query: on a record, or on one that is missing."""
        said = Asked(sort=sort or ("wrong" if deed else "missing"), deed=deed)
        return _form(visitor, PersonId(person or visitor.actor.person), said)

    @made.post("/queries/new", operation_id="send_new_query", openapi_extra=needs(Action.DISPUTE))
    async def send_new_query(sending: Sending) -> Response:
        """Raise it: it has a number, and a day by which it is answered."""
        visitor, sent = sending
        person = PersonId(sent.one("person") or visitor.actor.person)
        said = Asked(**{name: sent.one(name) for name in _TEXTS})
        if sent.has("look"):
            # He looks for the other of two; what he typed stays.
            return await run_in_threadpool(
                _form, visitor, person, said, command_id=sent.command_id, text=sent.one("text")
            )
        key = id_for(visitor.ledger, sent.command_id)
        try:
            command = acts.RaiseDispute(dispute=key, claim=_claim(person, said))
            for_whom = None if person == visitor.actor.person else person
            await visitor.submit(command, sent.command_id, acting_for=for_whom)
        except Refused as refused:
            found = tuple(_labelled(each) for each in troubles(_plain(refused), ()))
            return await run_in_threadpool(
                _form, visitor, person, said, found, sent.command_id, status_of(refused)
            )
        return see(visitor.address(f"/queries/{key}?sent={sent.command_id}"))

    @made.get("/queries/{id}", operation_id="page_query", openapi_extra=needs(Action.SEE_DISPUTE))
    def query(visitor: Visiting, id: str, sent: str = "", recorded: str = "") -> Response:
        """One query; `recorded` is the record that was just made or corrected in answer."""
        is_deed = recorded.startswith(_DEEDS) and recorded.isprintable()
        return _page(visitor, id, sent=sent, recorded=recorded if is_deed else "")

    _add_act(
        made,
        "withdraw",
        Action.DISPUTE,
        lambda which, sent: acts.WithdrawDispute(dispute=which, reason=sent.one("reason")),
    )
    _add_act(
        made,
        "decide",
        Action.DECIDE_DISPUTE,
        lambda which, sent: acts.DecideDispute(
            dispute=which,
            outcome=_outcome(sent),
            reason=sent.one("reason"),
            deeds=tuple(sent.all("deed")),
        ),
    )
    _add_act(
        made,
        "review",
        Action.DISPUTE,
        lambda which, sent: acts.AskReview(dispute=which, reason=sent.one("reason")),
    )
    _add_act(
        made,
        "decide-review",
        Action.DECIDE_DISPUTE,
        lambda which, sent: acts.DecideReview(
            dispute=which,
            outcome=_outcome(sent),
            reason=sent.one("reason"),
            deeds=tuple(sent.all("deed")),
        ),
    )

    @made.post(
        "/queries/{id}/link", operation_id="send_link_query", openapi_extra=needs(Action.RECORD)
    )
    async def send_link(sending: Sending, id: str) -> Response:
        """Say that the two records are of one deed, and go back to the query."""
        visitor, sent = sending
        claim = await run_in_threadpool(_claim_of, visitor, id)
        try:
            kept = sent.one("keep")
            others = [each for each in claim.named if each != kept]
            if len(others) != 1:
                raise Refused(Reason.MISSING, "/keep")
            link = LinkSame(deed=others[0], same_as=kept, reason=sent.one("reason"))
            await visitor.submit(link, sent.command_id)
        except Refused as refused:
            return await run_in_threadpool(
                _page,
                visitor,
                id,
                refused=refused,
                typed=Typed("link", reason=sent.one("reason")),
                status=status_of(refused),
            )
        return see(visitor.address(f"/queries/{id}"))

    return made


def _claim_of(visitor: Visitor, id: str) -> Claim:
    with visitor.asking.look() as look:
        return visitor.asking.must_see_dispute(look, id).state.claim


def _add_act(made: APIRouter, path: str, action: Action, make: Callable[[str, Sent], Any]) -> None:
    async def act(sending: Sending, id: str) -> Response:
        """One step of a query."""
        visitor, sent = sending
        try:
            for_whom = PersonId(sent.one("for")) if sent.one("for") else None
            if for_whom == visitor.actor.person:
                for_whom = None
            await visitor.submit(make(id, sent), sent.command_id, acting_for=for_whom)
        except Refused as refused:
            typed = Typed(path, sent.one("outcome"), sent.one("reason"), tuple(sent.all("deed")))
            return await run_in_threadpool(
                _page, visitor, id, refused=refused, typed=typed, status=status_of(refused)
            )
        return see(visitor.address(f"/queries/{id}?sent={sent.command_id}"))

    made.add_api_route(
        f"/queries/{{id}}/{path}",
        act,
        methods=["POST"],
        operation_id=f"send_{path.replace('-', '_')}_query",
        openapi_extra=needs(action),
    )


_OF_ACTS: Mapping[str, Label] = {
    "outcome": Label("结论", "outcome"),
    "reason": Label("理由", "reason"),
    "keep": Label("以哪一条为准", "the one that counts"),
    "deeds": Label("更正或补登的记录", "records corrected or added"),
}


def _of_act(trouble: Trouble, path: str) -> Trouble:
    """The same, with what its field is called in the form of an act and the way to it."""
    if trouble.field not in _OF_ACTS:
        return trouble
    return replace(
        trouble, label=_OF_ACTS[trouble.field], anchor=f"{path}-{trouble.field}" if path else ""
    )


def _outcome(sent: Sent) -> DisputeOutcome:
    said = sent.one("outcome")
    if not said:
        blank = () if sent.one("reason") else (Refused(Reason.REASON_MISSING, "/reason"),)
        raise Refused(Reason.MISSING, "/outcome", others=blank)
    try:
        return DisputeOutcome.of(said)
    except KeyError as error:
        raise Refused(Reason.MALFORMED, "/outcome", said[:40]) from error


def _plain(refused: Refused) -> Refused:
    """The refusal with the field of the form that it is about."""
    return Refused(
        refused.reason,
        _FIELDS.get(refused.field, refused.field.removeprefix("/claim")),
        refused.about,
        tuple(_plain(each) for each in refused.others),
        refused.wanted,
    )


_FIELDS: Mapping[str, str] = {"/claim/organiser": "/organised_by"}
"""Fields of a claim that the form asks for by another name."""


def _labelled(trouble: Trouble) -> Trouble:
    """The same, with what its field is called and the way to it."""
    if trouble.field not in LABELS:
        return trouble
    return replace(trouble, label=LABELS[trouble.field], anchor=trouble.field)


_REQUIRED: Mapping[DisputeSort, tuple[str, ...]] = {
    DisputeSort.WRONG: ("field", "should_be"),
    DisputeSort.DUPLICATE: ("same_as",),
    DisputeSort.MISSING: ("on", "what", "organised_by"),
}
"""What a form of each sort asks for in any case."""


def _claim(person: PersonId, said: Asked) -> Claim:
    """What was said, of its sort alone; all that is missing of it is said at once."""
    try:
        sort = DisputeSort.of(said.sort)
    except KeyError as error:
        raise Refused(Reason.MALFORMED, "/sort", said.sort[:40]) from error
    missing = [
        Refused(Reason.MISSING, f"/{name}")
        for name in _REQUIRED[sort]
        if not getattr(said, name) and not (name == "what" and said.kind)
    ]
    if missing:
        raise replace(missing[0], others=tuple(missing[1:]))
    match sort:
        case DisputeSort.WRONG:
            return Claim(
                person=person,
                sort=sort,
                deed=said.deed,
                field=said.field,
                should_be=said.should_be,
                note=said.note,
            )
        case DisputeSort.DUPLICATE:
            return Claim(
                person=person, sort=sort, deed=said.deed, same_as=said.same_as, note=said.note
            )
        case DisputeSort.MISSING:
            try:
                on = date.fromisoformat(said.on)
            except ValueError as error:
                raise Refused(Reason.MALFORMED, "/on", said.on[:40]) from error
            return Claim(
                person=person,
                sort=sort,
                kind=said.kind,
                what=said.what,
                on=on,
                organised_by=said.organised_by,
                note=said.note,
            )


def _form(
    visitor: Visitor,
    person: PersonId,
    said: Asked,
    wrong: tuple[Trouble, ...] = (),
    command_id: str = "",
    status: int = 200,
    text: str = "",
) -> Response:
    asking = visitor.asking
    Filters(visitor).choice(said.sort, DisputeSort, "sort")
    with asking.look() as look:
        must_see_queries_of(asking, look, person, "person")
        names = roster.names(look.connection, look.ledger, people=[person])
        if f"member/{person}" not in names:
            raise Refused(Reason.NO_SUCH_PERSON, "person", person[:40])
        named = [each for each in (said.deed, said.same_as) if each]
        about = deeds.summaries(look.connection, look.ledger, named)
        near: tuple[DeedSummary, ...] = ()
        found: tuple[DeedSummary, ...] = ()
        if said.sort == DisputeSort.DUPLICATE.value and said.deed in about:
            near = _near(visitor, look, person, about[said.deed])
            found = _found(visitor, look, person, text) if text else ()
    return render(
        visitor,
        "query_form.html",
        status=status,
        person=person,
        name=names[f"member/{person}"],
        said=said,
        sorts=list(DisputeSort),
        labels=LABELS,
        refused=wrong,
        wrong={each.field: each for each in wrong},
        command_id=command_id,
        about=about.get(said.deed),
        offered=_offered(said, about, near, found),
        text=text,
        found=len(found),
        kinds=[
            (kind_of(kind), kind.about)
            for kind in KINDS.values()
            if kind.about.shape in (Shape.OCCASION, Shape.MATTER)
        ],
        usual=FIELDS,
        today=asking.today,
    )


def _near(
    visitor: Visitor, look: Look, person: PersonId, about: DeedSummary
) -> tuple[DeedSummary, ...]:
    """The member's records of the days around that of this one, the nearest first."""
    rows = deeds.deeds(
        look.connection,
        look.ledger,
        today=visitor.asking.today,
        subject=SubjectId(f"member/{person}"),
        first=about.on - AROUND,
        last=about.on + AROUND,
        limit=OFFERED,
    ).rows
    return tuple(sorted(rows, key=lambda each: abs(each.on - about.on)))


def _found(visitor: Visitor, look: Look, person: PersonId, text: str) -> tuple[DeedSummary, ...]:
    """The member's records of a day, or whose title holds a text."""
    asked: dict[str, Any]
    try:
        day = date.fromisoformat(text)
        asked = {"first": day, "last": day}
    except ValueError:
        asked = {"text": Filters(visitor).text(text)}
    return deeds.deeds(
        look.connection,
        look.ledger,
        today=visitor.asking.today,
        subject=SubjectId(f"member/{person}"),
        limit=OFFERED,
        **asked,
    ).rows


def _offered(
    said: Asked,
    about: Mapping[str, DeedSummary],
    near: Sequence[DeedSummary],
    found: Sequence[DeedSummary],
) -> list[tuple[Label, list[DeedSummary]]]:
    """The records that may be the other of two, in groups: what was looked for, what is near, what was chosen before; each once."""
    chosen = [about[said.same_as]] if said.same_as in about else []
    groups: list[tuple[Label, list[DeedSummary]]] = []
    seen = {said.deed}
    for label, rows in ((_LOOKED_FOR, found), (_NEAR, near), (_CHOSEN, chosen)):
        fresh = [each for each in rows if each.stream not in seen]
        seen |= {each.stream for each in fresh}
        if fresh:
            groups.append((label, fresh))
    return groups


_LOOKED_FOR = Label("找到的", "found")
_NEAR = Label("前后15天内的", "within 15 days")
_CHOSEN = Label("已选的", "chosen")


def _page(
    visitor: Visitor,
    id: str,
    *,
    sent: str = "",
    recorded: str = "",
    refused: Refused | None = None,
    typed: Typed = NOTHING_TYPED,
    status: int = 200,
) -> Response:
    asking = visitor.asking
    with asking.look() as look:
        page = asking.must_see_dispute(look, id)
        state = page.state
        effect = []
        if asking.may_see_person(look, state.person, Action.SEE_FILE):
            effect = disputes.effects_of(
                look.connection, look.ledger, visitor.desk.shelf, state, today=asking.today
            )
        answered = [deed for r in (state.ruling, state.review) if r for deed in r.deeds]
        streams = sorted({*state.claim.named, *answered, *filter(None, [recorded])})
        about = deeds.summaries(look.connection, look.ledger, streams)
        compared = None
        if state.claim.sort is DisputeSort.WRONG and state.claim.deed in about:
            told = (about[state.claim.deed], state.person, state.claim.field, state.raised_at)
            compared = then_and_now(visitor, look, *told)
        people = {state.person, state.raised_by, *state.typed_by}
        people |= {each.by for each in (state.ruling, state.review) if each}
        units = [state.claim.organiser] if state.claim.organiser else []
        names = roster.names(look.connection, look.ledger, people=people, units=units)
        papers = documents.documents(
            look.connection, look.ledger, day=asking.today, sort=Sort.RUBRIC
        )
        rubrics = {
            each.code: visitor.words.as_is(*named(visitor, each.document, each.in_force)[:2])
            for each in papers
            if each.document.versions
        }
        pair = _pair(visitor, look, state, about)
        changed = {recorded}
        if compared is not None:
            changed |= {state.claim.deed} if compared.changed else set()
        elif state.is_open:
            named_ones = (about[each] for each in state.claim.named if each in about)
            changed |= {
                each.stream
                for each in named_ones
                if is_changed(visitor, look, each, state.raised_at)
            }
        answers = _answers(visitor, look, state, about, changed) if state.is_open else ()
    wrong = () if refused is None else tuple(_of_act(e, typed.path) for e in troubles(refused, ()))
    apart = {state.person, *state.typed_by, *state.apart}
    first = state.ruling.by if state.ruling else None
    decides = visitor.may_ever(Action.DECIDE_DISPUTE) and visitor.actor.person not in apart
    speaks = visitor.may_ever(Action.DISPUTE) and (
        visitor.actor.person == state.person or visitor.actor.role is not Role.MEMBER
    )
    return render(
        visitor,
        "query.html",
        status=status,
        q=state,
        line=page.line,
        steps=DisputeStep,
        outcomes=list(DisputeOutcome),
        about=about,
        names=names,
        compared=compared,
        pair=pair,
        recorded=about.get(recorded),
        may_correct={
            stream
            for stream in state.claim.named
            if stream in about and _may_correct(visitor, about[stream])
        },
        may_add=state.claim.sort is DisputeSort.MISSING
        and visitor.may_ever(Action.RECORD)
        and visitor.actor.role is not Role.MEMBER,
        parts={each.value: each for each in Part},
        effect=effect,
        rubrics=rubrics,
        where=collection_of,
        decides=decides and state.step is DisputeStep.OPEN,
        reviews=decides
        and state.step is DisputeStep.REVIEW_ASKED
        and visitor.actor.person != first,
        kept_out=visitor.may_ever(Action.DECIDE_DISPUTE) and state.is_open and not decides,
        may_withdraw=speaks and state.step is DisputeStep.OPEN,
        may_ask=speaks and state.step is DisputeStep.DECIDED,
        kinds=KINDS,
        sent=sent,
        refused=wrong,
        wrong={each.field: each for each in wrong},
        typed=typed,
        answers=answers,
        today=asking.today,
    )


def _may_correct(visitor: Visitor, told: DeedSummary) -> bool:
    """Whether it is worth offering to correct it; the decision looks once more."""
    actor = visitor.actor
    if told.gone or not visitor.may_ever(Action.RECORD) or actor.role is Role.MEMBER:
        return False
    its = actor.unit is not None and actor.unit in {told.recorder, told.organiser}
    return its or actor.role is Role.OFFICE


@dataclass(frozen=True, slots=True)
class TwoRecords:
    """The two records of a query on a doubled one: in what they differ as to the member, which may be the one that counts, whether they are linked, and whether whoever looks may link them."""

    differences: tuple[PairDifference, ...]
    keeps: tuple[DeedSummary, ...]
    linked: bool
    may_link: bool


def _pair(
    visitor: Visitor, look: Look, state: Dispute, about: Mapping[str, DeedSummary]
) -> TwoRecords | None:
    two = [about[each] for each in state.claim.named if each in about]
    if state.claim.sort is not DisputeSort.DUPLICATE or len(two) != 2:
        return None
    one, other = two
    read = (look.connection, look.ledger, [one.stream, other.stream], state.subject)
    said = facts_of_deeds(*read, position=look.position)
    here, there = said.get(one.stream), said.get(other.stream)
    # What a member declared himself is linked to what a unit recorded, never the other way round.
    keeps = tuple(each for each in two if each.record is not RecordClass.SELF) or (one, other)
    linked = one.same_as == other.stream or other.same_as == one.stream
    refused = state.step is DisputeStep.WITHDRAWN or (
        state.stands is not None and state.stands.outcome is DisputeOutcome.NOT_ACCEPTED
    )
    return TwoRecords(
        differences=() if here is None else pair_differences(here, there),
        keeps=keeps,
        linked=linked,
        may_link=not (linked or refused or one.gone or other.gone or one.same_as or other.same_as)
        and visitor.may_ever(Action.RECORD)
        and visitor.actor.role is not Role.MEMBER,
    )


def _answers(
    visitor: Visitor,
    look: Look,
    state: Dispute,
    about: Mapping[str, DeedSummary],
    changed: Collection[str],
) -> tuple[Answer, ...]:
    """The records that may be the answer: those that are queried, then the member's of which something was said since; ticked are those that were corrected."""
    since = deeds.deeds(
        look.connection,
        look.ledger,
        today=visitor.asking.today,
        subject=state.subject,
        since=state.raised_at,
        limit=OFFERED,
    ).rows
    others = sorted(since, key=lambda each: -each.last_position)
    found = {each: about[each] for each in state.claim.named if each in about}
    found |= {each.stream: each for each in others if each.stream.startswith(_DEEDS)}
    return tuple(Answer(each, stream in changed) for stream, each in found.items())
