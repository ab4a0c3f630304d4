"""Who may act in which role: the grants of the ledger, given, revoked, and taken in an emergency."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from application.clock import now
from domain import grant
from domain.access import Action, Relation
from domain.people import OF_THE_SYSTEM, PersonId, Reason, Refused, Role
from domain.words import Label
from interfaces.api.door import needs
from interfaces.api.grants import GrantView, grants_of, view_of
from interfaces.ids import id_for
from interfaces.refusals import status_of
from interfaces.web import acts, choosing
from interfaces.web.acts import Act, ShownAct, offering
from interfaces.web.asked import Filters
from interfaces.web.choosing import Units
from interfaces.web.fields import Input
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render, see
from interfaces.web.visiting import Sending, Sent, Visiting, Visitor
from projections import roster

MOST_SHOWN = 200
USUAL_HOURS = "4"

GRANT = Act(
    path="new",
    command=grant.GrantAccess,
    zh="授权",
    en="Grant access",
    told="grant",
    called={
        "role": Label("以何身份", "role"),
        "until": Label("最后一天(不填为长期)", "last day, none where it has no end"),
    },
    hint=Label(
        "记录员和负责人须选单位。审计不得与登记、确认、考核由同一人兼任;不能给自己授权。",
        "Clerks and heads have a unit. Who audits neither records, confirms nor appraises; nobody grants to himself.",
    ),
)
REVOKE = Act(
    path="revoke",
    command=grant.RevokeAccess,
    zh="收回授权",
    en="Revoke",
    told="grant",
    hint=Label("收回后立即失效。", "It ends at once."),
)
TAKE = Act(
    path="emergency",
    command=grant.TakeEmergencyAccess,
    zh="启用应急授权",
    en="Take the role now",
    told="grant",
    left_out=frozenset({"under"}),
    hint=Label(
        "启用后在所填小时内有效,机关和审计人员都会看到,请写明原因(至少 5 个字)。",
        "It lasts for so many hours, and the office and auditors see it; say why in five characters or more.",
    ),
)
_SEES, _GRANTS = needs(Action.SEE_GRANTS), needs(Action.GRANT)


def router() -> APIRouter:
    """The pages."""
    made = APIRouter(
        route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}/grants"
    )

    @made.get("", operation_id="page_grants", openapi_extra=_SEES)
    def grants(visitor: Visiting, person: str = "", role: str = "", all: str = "") -> Response:
        """The grants in force, or all there ever were; who may not see all sees his own."""
        return _list(visitor, person, role, everything=all == "1")

    @made.get("/new", operation_id="page_new_grant", openapi_extra=_GRANTS)
    def new_grant(visitor: Visiting, person: str = "") -> Response:
        """The form on which access is granted."""
        with visitor.asking.look() as look:
            told = (look.connection, look.ledger, person, visitor.desk.today())
            said = choosing.typed(*told) if person else ""
        inputs = tuple(
            each.with_values(said) if each.name == "person" and said else each
            for each in _granting(visitor)
        )
        return _form(visitor, ShownAct(act=GRANT, inputs=inputs), "/grants", "")

    @made.post("/new", operation_id="send_grant", openapi_extra=_GRANTS)
    async def grant_access(sending: Sending) -> Response:
        """Let somebody act in a role."""
        visitor, sent = sending
        made_id = id_for(visitor.ledger, sent.command_id)
        try:
            command = await run_in_threadpool(_read, visitor, sent, GRANT, grant=made_id)
            await visitor.submit(command, sent.command_id)
        except Refused as refused:
            shown = acts.refused_act(GRANT, _granting(visitor), sent, refused)
            told = (visitor, shown, "/grants", "", status_of(refused))
            return await run_in_threadpool(_form, *told)
        return see(visitor.address(f"/grants/{made_id}?done=new"))

    @made.get("/{id}", operation_id="page_grant", openapi_extra=_SEES)
    def one_grant(visitor: Visiting, id: str, done: str = "") -> Response:
        """A grant: who gave it, why, what was taken under it, and how it ended."""
        found = _grant(visitor, id)
        desk = visitor.desk
        at, day, his = now(), desk.today(), desk.grants.of(PersonId(found.person))
        under = [view_of(each, his, at, day) for each in his if each.under == id]
        return render(
            visitor,
            "grant.html",
            grant=found,
            under=under,
            names=_names(visitor, [found, *under]),
            may_take=found.standby and found.stands and found.person == visitor.actor.person,
            done={"new": GRANT, "revoke": REVOKE, "emergency": TAKE}.get(done),
        )

    _add(made, REVOKE, Action.GRANT)
    _add(made, TAKE, Action.TAKE_ACCESS)
    return made


def _add(made: APIRouter, act: Act, action: Action) -> None:
    def form(visitor: Visiting, id: str) -> Response:
        """The form of an act on a grant."""
        found = _grant(visitor, id)
        shown = ShownAct(act=act, inputs=_inputs(act))
        return _form(visitor, shown, f"/grants/{id}", _called(visitor, found))

    async def sent(sending: Sending, id: str) -> Response:
        """One act on a grant."""
        visitor, given = sending
        try:
            found = await run_in_threadpool(_grant, visitor, id)
            fixed = {"grant": id}
            if act is TAKE:
                fixed = {"grant": id_for(visitor.ledger, given.command_id), "under": id}
            command = await run_in_threadpool(_read, visitor, given, act, **fixed)
            await visitor.submit(command, given.command_id)
        except Refused as refused:
            if refused.reason is Reason.NO_SUCH_GRANT:
                raise
            shown = acts.refused_act(act, _inputs(act), given, refused)
            name = await run_in_threadpool(_called, visitor, found)
            told = (visitor, shown, f"/grants/{id}", name, status_of(refused))
            return await run_in_threadpool(_form, *told)
        return see(visitor.address(f"/grants/{fixed['grant']}?done={act.path}"))

    address, extra = f"/{{id}}/{act.path}", needs(action)
    made.add_api_route(
        address, form, methods=["GET"], operation_id=f"page_{act.path}", openapi_extra=extra
    )
    made.add_api_route(
        address, sent, methods=["POST"], operation_id=f"send_{act.path}", openapi_extra=extra
    )


def _granting(visitor: Visitor) -> tuple[Input, ...]:
    today = visitor.desk.today().isoformat()
    roles = [role for role in Role if role is not Role.MEMBER]
    return tuple(
        each.with_values(today) if each.name == "since" else each
        for each in offering(acts.inputs_of(GRANT), "role", roles)
    )


def _inputs(act: Act) -> tuple[Input, ...]:
    return tuple(
        each.with_values(USUAL_HOURS) if each.name == "hours" else each
        for each in acts.inputs_of(act)
    )


def _read(visitor: Visitor, sent: Sent, act: Act, **fixed: str) -> object:
    inputs = _granting(visitor) if act is GRANT else _inputs(act)
    with visitor.asking.look() as look:
        units = choosing.units(look.connection, look.ledger)
        told = (look.connection, look.ledger, visitor.desk.today(), units)
        return acts.read(act, inputs, sent, *told, fixed)


def _form(visitor: Visitor, shown: ShownAct, at: str, name: str, status: int = 200) -> Response:
    with visitor.asking.look() as look:
        units: Units = choosing.units(look.connection, look.ledger)
    t = visitor.words
    back = [(at, name)] if name else []
    return render(
        visitor,
        "act.html",
        status=status,
        shown=shown,
        units=units,
        name=name,
        action=visitor.address(f"{at}/{shown.act.path}"),
        crumbs=[("/grants", t("授权", "Grants")), *back, ("", t(shown.act.zh, shown.act.en))],
    )


def _list(visitor: Visitor, person: str, role: str, *, everything: bool) -> Response:
    all_of_them = visitor.asker.always(Action.SEE_GRANTS)
    whose = None if all_of_them else visitor.actor.person
    wrong: Refused | None = None
    asked = Filters(visitor).choice(role, Role, "role") if role else None
    if all_of_them and person:
        try:
            with visitor.asking.look() as look:
                told = (look.connection, look.ledger, person[:100], visitor.desk.today())
                whose = choosing.one_called(*told, "person").person
        except Refused as refused:
            wrong = refused
    rows = (
        []
        if wrong is not None
        else grants_of(
            visitor.desk, person=whose, role=asked, standing=not everything, limit=MOST_SHOWN
        )
    )
    names = _names(visitor, rows)
    return render(
        visitor,
        "grants.html",
        status=200 if wrong is None else 422,
        rows=rows,
        names=names,
        all_of_them=all_of_them,
        person=names.get(f"member/{whose}", person) if whose and person else person,
        role=role,
        everything=everything,
        roles=[each for each in Role if each is not Role.MEMBER],
        wrong=wrong,
        most=len(rows) == MOST_SHOWN,
    )


def _grant(visitor: Visitor, id: str) -> GrantView:
    """A grant of the ledger; of somebody else's nothing is told to who may see his own alone."""
    desk = visitor.desk
    desk.grants.look_again()
    found = next((each for each in desk.grants.all() if each.grant == id), None)
    if found is None:
        raise Refused(Reason.NO_SUCH_GRANT, about=id[:40])
    himself = found.person == visitor.actor.person
    relation = Relation.SELF if himself else Relation.OTHER
    visitor.asker.must(Action.SEE_GRANTS, relation, "id")
    return view_of(found, desk.grants.of(found.person), now(), desk.today())


def _called(visitor: Visitor, found: GrantView) -> str:
    names = _names(visitor, [found])
    return f"{names.get(f'member/{found.person}', '')} · {visitor.words.said(found.role)}"


def _names(visitor: Visitor, rows: Iterable[GrantView]) -> dict[str, str]:
    """What all who stand in these grants are called, and their units."""
    people = {
        PersonId(name)
        for each in rows
        for name in (each.person, each.given_by, each.revoked_by)
        if name
    }
    units = {each.unit for each in rows if each.unit}
    with visitor.asking.look() as look:
        found = roster.names(look.connection, look.ledger, people=people, units=units)  # type: ignore[arg-type]  # ids of units
    operator = visitor.words("运维人员(命令行)", "the operator (command line)")
    return {f"member/{each}": operator for each in OF_THE_SYSTEM} | found
