"""Members and facts as worked cases write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from application.documents.source import Flaw, Source, refuse
from application.documents.words import (
    BondWord,
    BylineWord,
    CapacityWord,
    ClassOfMember,
    ClassWord,
    Codes,
    Day,
    Doc,
    Figure,
    Kind,
    LevelWord,
    OfficeWord,
    PartOf,
    PartWord,
    RoleWord,
    SideWord,
    SpokeWord,
    StageWord,
    StateWord,
    Text,
    UnitKindWord,
    named,
    several,
)
from domain.fact import (
    Attendance,
    Authorship,
    Capacity,
    Fact,
    Mark,
    Part,
    Reached,
    RecordClass,
    Spoke,
    Stamp,
    SubjectId,
)
from domain.grading import Earlier
from domain.kinds import KINDS, Details, Shape
from domain.kinds.fields import FieldAbout, fields_of
from domain.member import (
    Bond,
    Exemption,
    Exit,
    MemberClass,
    Membership,
    Person,
    Profile,
    RoleHeld,
    Term,
)
from domain.people import PersonId, UnitId
from domain.period import Period, Span
from domain.rubric import OfficeHeld, points_text
from domain.scoring import Points
from domain.selection import Byline
from domain.unit import Side, Unit, UnitKind, UnitProfile
from domain.words import Level

MOST_ACTS = 100
"""Acts that one line of a worked case may stand for."""


class _SpanDoc(Doc):
    since: Day | None = None
    until: Day | None = None


class _ExemptDoc(Doc):
    since: Day
    until: Day | None = None


class _RoleDoc(_SpanDoc):
    role: RoleWord


class _OfficeDoc(_SpanDoc):
    office: OfficeWord
    of: UnitKindWord = UnitKind.SECTOR


class _BondDoc(_SpanDoc):
    unit: Text
    bond: BondWord = Bond.COMMITTEE


class _PeriodDoc(Doc):
    first: Day
    last: Day


def _calendar_year(value: Any) -> Any:
    """A year by its number, or its first and last day."""
    if isinstance(value, int) and not isinstance(value, bool) and 1949 <= value <= 2200:
        return {"first": f"{value}-01-01", "last": f"{value}-12-31"}
    return value


PeriodDoc = Annotated[_PeriodDoc, BeforeValidator(_calendar_year)]


class _EarlierDoc(Doc):
    year: PeriodDoc
    total: Figure | None = None
    grade: Text | None = None
    counted: dict[str, int] = {}


class MemberDoc(Doc):
    """A member: since when, with which roles, offices and bonds, exempt when, and what earlier periods came to."""

    name: Text | None = None
    since: Day | None = None
    until: Day | None = None
    added: bool = False
    roles: Annotated[list[Annotated[_RoleDoc, named("role")]], BeforeValidator(several)] = []
    offices: Annotated[list[Annotated[_OfficeDoc, named("office")]], BeforeValidator(several)] = []
    units: Annotated[list[Annotated[_BondDoc, named("unit")]], BeforeValidator(several)] = []
    class_: Annotated[ClassOfMember, Field(alias="class")] = MemberClass.OTHER
    party: bool = False
    public: bool = False
    higher: Codes = []
    exempt: Annotated[list[_ExemptDoc], BeforeValidator(several)] = []
    earlier: list[_EarlierDoc] = []


class UnitDoc(Doc):
    """A unit: what kind, since when, and what earlier periods came to."""

    kind: UnitKindWord
    name: Text | None = None
    since: Day | None = None
    until: Day | None = None
    earlier: list[_EarlierDoc] = []


class _DoneDoc(Doc):
    stage: StageWord
    on: Day | None = None
    level: LevelWord | None = None
    rank: Text | None = None


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
    place: int | None = None
    authors: int | None = None
    share: PartOf | None = None
    figure: Figure | None = None
    leave: Text | None = None
    attested: Annotated[list[SideWord], BeforeValidator(several)] = []
    reached: Annotated[list[Annotated[_DoneDoc, named("stage")]], BeforeValidator(several)] = []
    evidence: int = 0
    same_as: Text | None = None
    put_in: Text | None = None


EXAMPLE = PersonId("example")
SUBJECT = SubjectId("member/example")


def facts_of(
    docs: Sequence[FactDoc],
    at: tuple[str | int, ...],
    source: Source,
    subject: SubjectId = SUBJECT,
) -> list[Fact[Any]]:
    """The facts of a subject; one that is not named is called by its number, from 1. Raises `Unreadable`."""
    flaws: list[Flaw] = []
    found = [
        fact
        for i, doc in enumerate(docs)
        for fact in acts_of(doc, doc.deed or str(i + 1), (*at, i), source, subject, flaws)
    ]
    refuse(flaws, [], source)
    return found


def acts_of(
    doc: FactDoc,
    name: str,
    at: tuple[str | int, ...],
    source: Source,
    subject: SubjectId,
    flaws: list[Flaw],
) -> list[Fact[Any]]:
    """The acts that one line stands for, under that name; none where something is wrong with it, which is noted."""
    kind = KINDS.get(doc.kind)
    if kind is None:
        flaws.append(
            source.flaw(
                (*at, "kind"),
                f"类型目录中没有 {doc.kind}",
                f"{doc.kind} is not a kind of the catalogue",
            )
        )
        return []
    try:
        details = _details(kind, doc.details)
    except (ValidationError, ValueError) as error:
        what = _first_error(error)
        flaws.append(source.flaw((*at, "details"), f"字段有误:{what}", f"wrong details: {what}"))
        return []
    if not 1 <= doc.acts <= MOST_ACTS:
        zh, en = f"应在 1 与 {MOST_ACTS} 之间", f"lies between 1 and {MOST_ACTS}"
        flaws.append(source.flaw((*at, "acts"), zh, en))
        return []
    wrong = _wrong_in(doc, details)
    if wrong is not None:
        field, zh, en = wrong
        flaws.append(source.flaw((*at, field), zh, en))
        return []
    return [
        _fact(doc, name if n == 0 else f"{name}-{n + 1}", details, subject) for n in range(doc.acts)
    ]


def _first_error(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        one = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, one['loc']))}: {one['msg']}"
    return str(error)


def _wrong_in(doc: FactDoc, details: Details) -> tuple[str, str, str] | None:
    """What in a fact does not fit its kind or itself: the field, and what is wrong."""
    about = details.about
    for done in doc.reached:
        if done.stage not in about.stages:
            return (
                "reached",
                f"{about.zh}没有“{done.stage.zh}”这个环节",
                f"{doc.kind} has no stage {done.stage.value}",
            )
    if about.shape is not Shape.MATTER:
        for name in ("byline", "place", "authors", "share"):
            if getattr(doc, name) is not None:
                return name, f"{about.zh}没有署名", f"{doc.kind} has no authors"
    if doc.half_days < 0:
        return "half_days", "不能是负数", "cannot be negative"
    if doc.of_half_days is not None and doc.of_half_days < doc.half_days:
        return "of_half_days", "少于出席的半天数", "is less than the half days attended"
    if doc.until is not None and doc.until < doc.on:
        return "until", "早于开始日期", "is before the day it begins"
    return None


def _fact(doc: FactDoc, name: str, details: Details, subject: SubjectId) -> Fact[Any]:
    """One fact of a subject, under the name of its deed."""
    matter = details.about.shape is Shape.MATTER
    hand = doc.byline
    if hand is None and matter:
        several_names = (doc.authors or 1) > 1 or (doc.place or 1) > 1
        hand = Byline.SOLE
        if several_names:
            hand = Byline.FIRST if (doc.place or 1) == 1 else Byline.JOINT
    alone = hand in {None, Byline.SOLE}
    place = 0 if hand is None else 1 if hand in {Byline.SOLE, Byline.FIRST} else 2
    place = doc.place or place
    authors = doc.authors or (0 if hand is None else 1 if alone else max(2, place))
    stamp = Stamp(
        mark=Mark.CONFIRMED, by=EXAMPLE, unit=None, on=doc.recorded_on or doc.on, position=0
    )
    return Fact(
        deed=name,
        subject=subject,
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
        leave=doc.leave or "",
        authorship=None if hand is None else _HANDS[hand],
        place=place,
        authors=authors,
        share=None if doc.share is None else _decimal(doc.share),
        figure=None if doc.figure is None else _decimal(doc.figure),
        reached=tuple(
            Reached(stage=r.stage, on=r.on or doc.on, level=r.level, rank=r.rank or "")
            for r in doc.reached
        ),
        sector=stamp if Side.SECTOR in doc.attested else None,
        studio=stamp if Side.STUDIO in doc.attested else None,
        county=stamp if Side.COUNTY in doc.attested else None,
        evidence=doc.evidence,
        same_as=doc.same_as or "",
        item=doc.put_in or "",
    )


def _decimal(said: Fraction) -> Decimal:
    """A figure as facts hold it: to 28 digits where it is no decimal fraction."""
    return Decimal(said.numerator) / Decimal(said.denominator)


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


# Who


def person_of(doc: MemberDoc, name: str, period: Period, days: Iterable[date] = ()) -> Person:
    """The member that a document describes; where it does not say since when, since before all that is known of him, these `days` included.

    Who left before the last day of the period left the committee; a later last day is that of the term.
    """
    known = [period.first, *(e.year.first for e in doc.earlier), *days]
    left = doc.until is not None and doc.until < period.last
    since = doc.since or min(known).replace(month=1, day=1)
    return Person(
        person=PersonId(name),
        profile=Profile(
            name=doc.name or name,
            member_class=doc.class_,
            party=doc.party,
            in_public_system=doc.public,
            higher_committees=tuple(doc.higher),
        ),
        terms=(
            Term(
                number=1,
                since=since,
                until=doc.until,
                added=doc.added,
                exit=Exit.RESIGNED if left else None,
            ),
        ),
        roles=tuple(
            RoleHeld(role=r.role, since=r.since or since, until=r.until) for r in doc.roles
        ),
        memberships=tuple(
            Membership(bond=u.bond, unit=UnitId(u.unit), since=u.since or since, until=u.until)
            for u in doc.units
        ),
        exemptions=tuple(Exemption(since=e.since, until=e.until, reason="") for e in doc.exempt),
    )


def offices_of(doc: MemberDoc, person: Person) -> tuple[OfficeHeld, ...]:
    """The offices that he holds in units."""
    since = person.terms[0].since
    return tuple(
        OfficeHeld(office=o.office, of=o.of, since=o.since or since, until=o.until)
        for o in doc.offices
    )


def unit_of(doc: UnitDoc, name: str, period: Period) -> Unit:
    """The unit that a document describes."""
    return Unit(
        unit=UnitId(name),
        profile=UnitProfile(kind=doc.kind, name=doc.name or name),
        since=doc.since or period.first,
        until=doc.until,
    )


def earlier_of(doc: MemberDoc | UnitDoc, span: Span) -> tuple[Earlier, ...]:
    """What earlier periods came to."""
    return tuple(
        Earlier(
            period=Period(span=span, first=e.year.first, last=e.year.last),
            total=Points("" if e.total is None else points_text(e.total)),
            grade=e.grade or "",
            counted=tuple(e.counted.items()),
        )
        for e in doc.earlier
    )
