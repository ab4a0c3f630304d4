"""The rehearsal county as offices keep it: its roster and one month's records as workbooks, tidy and messy."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

from application.handle import Request
from application.rehearsal.county import SEED, county
from application.sample_sheets import PlainRow, write_records, write_roster
from domain.fact import Attendance
from domain.member import Admit, Bond, GiveRole, Standing
from domain.people import PersonId, UnitId
from domain.unit import OpenUnit, UnitKind

AS_OF = date(2025, 6, 1)
"""The day of the roster; the records are of this month and of none of the ledger's occasions."""
HELD = (
    ("走访村(社区)", "汛期安全走访"),
    ("参加公益志愿活动", "端午慰问"),
    ("走访服务界别群众", "界别群众恳谈"),
    ("参加视察", "视察防汛准备"),
    ("委员接待日", "委员接待日"),
)


def sheets(folder: Path, seed: int = SEED) -> tuple[Path, Path, Path]:
    """Write the roster, a tidy and a messy list of records into that folder; gives back their paths in this order.

    The messy list has namesakes without a sector, somebody who had not joined yet, leave without its kind and a kind
    misspelt, under title rows and above a total row.
    """
    folder.mkdir(parents=True, exist_ok=True)
    requests = [request for _, asked in county(seed) for request in asked]
    members = _members(requests)
    present = [a for a in members if a.term is not None and a.term.since <= AS_OF]
    roster, tidy, messy = (
        folder / "委员名册.xlsx",
        folder / "六月履职登记表.xlsx",
        folder / "六月履职登记表(未整理).xlsx",
    )
    units = {r.command.unit: r.command for r in requests if isinstance(r.command, OpenUnit)}
    roles = _roles(requests)
    write_roster(roster, [_of_roster(a, units, roles) for a in present])
    rows = _records(present, units, Random(seed))
    write_records(tidy, rows, messy=False)
    write_records(messy, [*_spoiled(rows), *_doubtful(members, units)], messy=True)
    return roster, tidy, messy


def _members(requests: list[Request]) -> list[Admit]:
    """The admissions of members."""
    return [
        request.command
        for request in requests
        if isinstance(request.command, Admit)
        and request.command.profile.standing is Standing.MEMBER
    ]


def _roles(requests: list[Request]) -> dict[PersonId, str]:
    """What each member is in the committee, in words."""
    found: dict[PersonId, str] = {}
    for request in requests:
        if isinstance(request.command, GiveRole):
            said = request.command.held.role.zh
            before = found.get(request.command.person)
            found[request.command.person] = said if before is None else f"{before}、{said}"
    return found


def _bond(admit: Admit, bond: Bond, units: dict[UnitId, OpenUnit]) -> str:
    """The name of the unit of that bond, or nothing."""
    for held in admit.memberships:
        if held.bond is bond:
            return units[held.unit].profile.name
    return ""


def _of_roster(admit: Admit, units: dict[UnitId, OpenUnit], roles: dict[PersonId, str]) -> PlainRow:
    profile = admit.profile
    return {
        "委员编号": profile.number,
        "姓名": profile.name,
        "性别": profile.sex,
        "界别": _bond(admit, Bond.SECTOR, units),
        "专委会": _bond(admit, Bond.COMMITTEE, units),
        "编组": _bond(admit, Bond.GROUP, units),
        "镇街": _bond(admit, Bond.TOWNSHIP, units),
        "工作室": _bond(admit, Bond.STUDIO, units),
        "政协职务": roles.get(admit.person, ""),
        "委员类别": profile.member_class.zh,
        "体制内外": "体制内" if profile.in_public_system else "体制外",
        "党派": "中共党员" if profile.party else "",
        "工作单位": profile.employer,
        "职务": profile.position,
        "推荐单位": profile.nominator,
    }


def _records(members: list[Admit], units: dict[UnitId, OpenUnit], rng: Random) -> list[PlainRow]:
    """Fifteen occasions of the month with four to seven members each."""
    studios = [
        unit
        for unit, opened in units.items()
        if opened.profile.kind is UnitKind.STUDIO and opened.profile.township is not None
    ]
    rows: list[PlainRow] = []
    for place in range(15):
        kind, title = HELD[place % len(HELD)]
        studio = studios[place % len(studios)]
        name = units[studio].profile.name
        own = [a for a in members if any(m.unit == studio for m in a.memberships)]
        day = date(AS_OF.year, AS_OF.month, 2 + place + place // 2)
        for seat in rng.sample(own, min(len(own), rng.randint(4, 7))):
            rows.append(_row(seat, units, day, kind, title, name, Attendance.PRESENT.zh))
    return rows


def _row(
    seat: Admit,
    units: dict[UnitId, OpenUnit],
    day: date,
    kind: str,
    title: str,
    organiser: str,
    attendance: str,
) -> PlainRow:
    return {
        "日期": day,
        "类型": kind,
        "服务类型": "亲情陪伴" if kind == "参加公益志愿活动" else "",
        "名称": title,
        "组织单位": organiser,
        "姓名": seat.profile.name,
        "界别": _bond(seat, Bond.SECTOR, units),
        "工作单位": seat.profile.employer,
        "签到": attendance,
        "请假类别": "",
    }


def _spoiled(rows: list[PlainRow]) -> list[PlainRow]:
    """The same rows; one kind is misspelt, one leave does not say which."""
    found = list(rows)
    found[4] = {**rows[4], "类型": "走防村社", "名称": "汛期安全走访二"}
    found[9] = {**rows[9], "签到": "请假"}
    return found


def _doubtful(members: list[Admit], units: dict[UnitId, OpenUnit]) -> list[PlainRow]:
    """A namesake without sector or employer, and somebody who joined only later."""
    names = [a.profile.name for a in members]
    namesake = next(a for a in members if names.count(a.profile.name) > 1)
    later = next(a for a in members if a.term is not None and a.term.since > AS_OF)
    day = date(AS_OF.year, AS_OF.month, 27)
    organiser = _bond(later, Bond.STUDIO, units) or _bond(later, Bond.SECTOR, units)
    rows = [
        _row(seat, units, day, "参加公益志愿活动", "月末清洁家园", organiser, "到会")
        for seat in (namesake, later)
    ]
    return [{**rows[0], "界别": "", "工作单位": ""}, rows[1]]
