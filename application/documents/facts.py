"""Members and facts as worked cases write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    TypeAdapter,
    ValidationError,
)

from application.documents.source import Flaw, Source, refuse
from application.documents.words import (
    BylineWord,
    CapacityWord,
    ClassWord,
    Day,
    Doc,
    Kind,
    LevelWord,
    PartWord,
    RoleWord,
    SpokeWord,
    StageWord,
    StateWord,
    Text,
    named,
    several,
)
from domain.fact import (
    Attendance,
    Authorship,
    Capacity,
    Fact,
    Part,
    Reached,
    RecordClass,
    Spoke,
    SubjectId,
)
from domain.kinds import KINDS, Details, Shape
from domain.kinds.fields import FieldAbout, fields_of
from domain.people import PersonId, UnitId
from domain.selection import Byline
from domain.words import Level

MOST_ACTS = 100
"""Acts that one line of a worked case may stand for."""


class _ExemptDoc(Doc):
    since: Day
    until: Day | None = None


class MemberDoc(Doc):
    roles: Annotated[list[RoleWord], BeforeValidator(several)] = []
    exempt: Annotated[list[_ExemptDoc], BeforeValidator(several)] = []


class _DoneDoc(Doc):
    stage: StageWord
    on: Day | None = None
    level: LevelWord | None = None


class FactDoc(Doc):
    kind: Kind
    on: Day
    deed: Text | None = None
    acts: int = 1
    details: dict[str, Any] = {}
    until: Day | None = None
    recorded_on: Day | None = None
    record: ClassWord = RecordClass.COUNTY
    capacity: CapacityWord = Capacity.ATTENDS
    part: PartWord = Part.TAKES_PART
    state: StateWord = Attendance.PRESENT
    spoke: SpokeWord = Spoke.NO
    half_days: int = 1
    of_half_days: int | None = None
    level: LevelWord = Level.COUNTY
    mandatory: bool = False
    key: bool = False
    work: Text | None = None
    pairing: Text | None = None
    village: Text | None = None
    with_unit: Text | None = None
    byline: BylineWord | None = None
    reached: Annotated[list[Annotated[_DoneDoc, named("stage")]], BeforeValidator(several)] = []
    evidence: int = 0
    same_as: Text | None = None
    put_in: Text | None = None


EXAMPLE = PersonId("example")
SUBJECT = SubjectId("member/example")


def facts_of(docs: list[FactDoc], at: tuple[str | int, ...], source: Source) -> list[Fact[Any]]:
    """The facts of a case; one that is not named is called by its number, from 1."""
    found: list[Fact[Any]] = []
    flaws: list[Flaw] = []
    for i, doc in enumerate(docs):
        kind = KINDS.get(doc.kind)
        if kind is None:
            flaws.append(
                source.flaw(
                    (*at, i, "kind"),
                    f"类型目录中没有 {doc.kind}",
                    f"{doc.kind} is not a kind of the catalogue",
                )
            )
            continue
        try:
            details = _details(kind, doc.details)
        except (ValidationError, ValueError) as error:
            what = _first_error(error)
            flaws.append(
                source.flaw((*at, i, "details"), f"字段有误:{what}", f"wrong details: {what}")
            )
            continue
        if not 1 <= doc.acts <= MOST_ACTS:
            flaws.append(
                source.flaw(
                    (*at, i, "acts"),
                    f"应在 1 与 {MOST_ACTS} 之间",
                    f"lies between 1 and {MOST_ACTS}",
                )
            )
            continue
        name = doc.deed or str(i + 1)
        for n in range(doc.acts):
            found.append(_fact(doc, name if n == 0 else f"{name}-{n + 1}", details))
    refuse(flaws, [], source)
    return found


def _first_error(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        one = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, one['loc']))}: {one['msg']}"
    return str(error)


def _fact(doc: FactDoc, name: str, details: Details) -> Fact[Any]:
    matter = details.about.shape is Shape.MATTER
    hand = doc.byline or (Byline.SOLE if matter else None)
    alone = hand in {None, Byline.SOLE}
    return Fact(
        deed=name,
        subject=SUBJECT,
        kind=doc.kind,
        on=doc.on,
        until=doc.until,
        details=details,
        recorded_on=doc.recorded_on or doc.on,
        recorded_by=EXAMPLE,
        record=doc.record,
        capacity=doc.capacity,
        part=doc.part,
        attendance=doc.state,
        spoke=doc.spoke,
        half_days=doc.half_days,
        of_half_days=doc.half_days if doc.of_half_days is None else doc.of_half_days,
        level=doc.level,
        mandatory=doc.mandatory,
        key=doc.key,
        work=doc.work or "",
        pairing=doc.pairing or "",
        village=None if doc.village is None else UnitId(doc.village),
        with_unit=None if doc.with_unit is None else UnitId(doc.with_unit),
        authorship=None if hand is None else _HANDS[hand],
        place=0 if hand is None else 1 if hand in {Byline.SOLE, Byline.FIRST} else 2,
        authors=0 if hand is None else 1 if alone else 2,
        reached=tuple(
            Reached(stage=r.stage, on=r.on or doc.on, level=r.level) for r in doc.reached
        ),
        evidence=doc.evidence,
        same_as=doc.same_as or "",
        item=doc.put_in or "",
    )


_HANDS = {
    Byline.SOLE: Authorship.FIRST,
    Byline.FIRST: Authorship.FIRST,
    Byline.JOINT: Authorship.JOINT,
    Byline.WRITER: Authorship.WRITER,
    Byline.CONTRIBUTOR: Authorship.CONTRIBUTOR,
}


def _details(kind: type[Details], given: Mapping[str, Any]) -> Details:
    """The details of a case; what has to be given and was not is filled with something plain."""
    abouts = {about.name: about for about in fields_of(kind)}
    unknown = sorted(set(given) - set(abouts))
    if unknown:
        raise ValueError(unknown[0])
    values: dict[str, Any] = {
        name: _unfilled(about) for name, about in abouts.items() if about.required
    }
    for name, value in given.items():
        by_zh = {c.zh: c.value for c in abouts[name].choices}
        values[name] = by_zh.get(value, value) if isinstance(value, str) else value
    details: Details = TypeAdapter(kind).validate_python(values)
    return details


def _unfilled(about: FieldAbout) -> Any:
    if about.many:
        return ()
    if about.choices:
        return about.choices[-1]
    plain: dict[Any, Any] = {int: 0, bool: False, Decimal: Decimal(0), date: date(2000, 1, 1)}
    return plain.get(about.type, "示例")
