"""Members and facts as worked cases write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

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
    half_width,
    named,
    several,
    unknown_kind,
    wrong,
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
from domain.kinds.findings import WasGraded, WasSanctioned
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
from domain.nearest import listed, proposal, quoted
from domain.people import PersonId, UnitId
from domain.period import Period, Span
from domain.rubric import OfficeHeld, points_text
from domain.scorecard import Points
from domain.selection import Byline, is_number
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


_YEAR = re.compile(r"(19[4-9]|20[0-9]|21[0-9])[0-9]|2200")


def _calendar_year(value: Any) -> Any:
    """A year by its number, or its first and last day."""
    if isinstance(value, dict):
        return value
    year = half_width(value)
    if not _YEAR.fullmatch(year):
        example = "{first: 2024-01-01, last: 2024-06-30}"
        raise wrong(
            f"{quoted(value)}不是年份,请写整数,如 2024,或写 {example}",
            f"{quoted(value)} is no year; write a whole number such as 2024, or {example}",
        )
    return {"first": f"{year}-01-01", "last": f"{year}-12-31"}


PeriodDoc = Annotated[_PeriodDoc, BeforeValidator(_calendar_year)]


class _EarlierDoc(Doc):
    year: PeriodDoc
    total: Figure | None = None
    grade: Text | None = None
    counted: dict[str, int] = {}


class MemberDoc(_SpanDoc):
    """A member: since when, with which roles, offices and bonds, exempt when, and what earlier periods came to."""

    name: Text | None = None
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


class UnitDoc(_SpanDoc):
    """A unit: what kind, since when, and what earlier periods came to."""

    kind: UnitKindWord
    name: Text | None = None
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


Wrong = tuple[tuple[str | int, ...], str, str]
"""Where in a part of a document something is wrong, and what."""
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
    found = facts_in(docs, at, source, subject, flaws)
    refuse(flaws, [], source)
    return found


def facts_in(
    docs: Sequence[FactDoc],
    at: tuple[str | int, ...],
    source: Source,
    subject: SubjectId,
    flaws: list[Flaw],
) -> list[Fact[Any]]:
    """The same, where what is wrong is noted."""
    return [
        fact
        for i, doc in enumerate(docs)
        for fact in acts_of(doc, doc.deed or str(i + 1), (*at, i), source, subject, flaws)
    ]


def acts_of(
    doc: FactDoc,
    name: str,
    at: tuple[str | int, ...],
    source: Source,
    subject: SubjectId,
    flaws: list[Flaw],
) -> list[Fact[Any]]:
    """The acts that one line stands for, under that name; none where something is wrong with it, which is noted."""
    if doc.kind not in KINDS:
        flaws.append(source.flaw((*at, "kind"), *unknown_kind(doc.kind)))
        return []
    wrong_at = [source.flaw((*at, *path), zh, en) for path, zh, en in _wrong_in(doc)]
    details = None if wrong_at else _details(doc, at, source, wrong_at)
    flaws += wrong_at
    if details is None:
        return []
    return [_fact(doc, named, details, subject) for named in names_of(doc, name)]


def names_of(doc: FactDoc, name: str) -> list[str]:
    """The names of the acts that one line stands for."""
    return [name if n == 0 else f"{name}-{n + 1}" for n in range(min(doc.acts, MOST_ACTS))]


def _wrong_in(doc: FactDoc) -> Iterator[Wrong]:
    """What in a fact does not fit its kind or itself."""
    about = KINDS[doc.kind].about
    for i, done in enumerate(doc.reached):
        if done.stage not in about.stages:
            zh, en = proposal(done.stage.zh, listed(about.stages))
            yield (
                ("reached", i),
                f"{about.zh}没有“{done.stage.zh}”这个环节{zh}",
                f"{doc.kind} has no stage {done.stage.value}{en}",
            )
    if about.shape is not Shape.MATTER:
        for name in ("byline", "place", "authors", "share"):
            if getattr(doc, name) is not None:
                yield (name,), f"{about.zh}没有署名", f"{doc.kind} has no authors"
    if not 1 <= doc.acts <= MOST_ACTS:
        yield ("acts",), f"应在 1 与 {MOST_ACTS} 之间", f"lies between 1 and {MOST_ACTS}"
    for name in ("half_days", "evidence"):
        if getattr(doc, name) < 0:
            yield (name,), "不能是负数", "cannot be negative"
    for name in ("place", "authors"):
        number = getattr(doc, name)
        if number is not None and number < 1:
            yield (name,), "至少为 1", "is at least 1"
    if doc.place is not None and doc.authors is not None and doc.place > doc.authors:
        yield ("place",), "大于作者人数 authors", "is above the number of authors"
    if doc.share is not None and not 0 <= doc.share <= 1:
        yield ("share",), "应在 0 与 100% 之间", "lies between 0 and 100%"
    for name in ("share", "figure"):
        number = getattr(doc, name)
        if number is not None and not _is_decimal(number):
            yield (
                (name,),
                "登记的数额须是有限小数,如 0.3333;平分的请在办法里写均摊",
                "a figure on record is a decimal number, such as 0.3333; equal parts are for the rubric to say",
            )
    if about.shape is Shape.FINDING and doc.record is not RecordClass.COUNTY:
        yield (
            ("record",),
            f"{about.zh}只由本级政协登记,请删去",
            f"{doc.kind} is set by the committee alone; remove it",
        )
    if about.shape is not Shape.OCCASION and doc.state is not Attendance.PRESENT:
        yield ("state",), f"{about.zh}没有出勤状态", f"{doc.kind} has no attendance"
    if not doc.state.took_part and doc.half_days and "half_days" in doc.model_fields_set:
        yield (
            ("half_days",),
            f"{doc.state.zh}的没有出席的半天数,请删去或写 0",
            f"nobody attends half days in the state {doc.state.value}; remove it or write 0",
        )
    for i, done in enumerate(doc.reached):
        if done.on is not None and done.on < doc.on:
            yield ("reached", i, "on"), "早于该事项的日期", "is before the day of the matter"
    if doc.of_half_days is not None and doc.of_half_days < doc.half_days:
        yield ("of_half_days",), "少于出席的半天数", "is less than the half days attended"
    if doc.until is not None and doc.until < doc.on:
        yield ("until",), "早于开始日期", "is before the day it begins"


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


def _is_decimal(said: Fraction) -> bool:
    """Whether a figure can be written as a decimal number."""
    below = said.denominator
    for prime in (2, 5):
        while below % prime == 0:
            below //= prime
    return below == 1


def _decimal(said: Fraction) -> Decimal:
    """A figure as facts hold it; it is a decimal number."""
    return Decimal(said.numerator) / Decimal(said.denominator)


_HANDS = {
    Byline.SOLE: Authorship.FIRST,
    Byline.FIRST: Authorship.FIRST,
    Byline.JOINT: Authorship.JOINT,
    Byline.WRITER: Authorship.WRITER,
    Byline.CONTRIBUTOR: Authorship.CONTRIBUTOR,
}


_TOLD: Mapping[type[Details], tuple[str, ...]] = {
    WasSanctioned: ("sanction",),
    WasGraded: ("by", "grade"),
}
"""What no case leaves out: a finding says nothing without it."""


def _details(
    doc: FactDoc, at: tuple[str | int, ...], source: Source, flaws: list[Flaw]
) -> Details | None:
    """The details of a case; what has to be given and was not is filled with something plain."""
    kind = KINDS[doc.kind]
    abouts = {about.name: about for about in fields_of(kind)}
    values: dict[str, Any] = {
        name: _unfilled(about) for name, about in abouts.items() if about.required
    }
    found = [*_untold(doc, kind, abouts)]
    for name, value in doc.details.items():
        if name not in abouts:
            zh, en = proposal(name, {n: about.label.zh for n, about in abouts.items()})
            said = quoted(name)
            found.append(
                (
                    (name,),
                    f"{kind.about.zh}没有字段{said}{zh}",
                    f"{doc.kind} has no field {said}{en}",
                )
            )
        else:
            values[name] = _stored(value, abouts[name])
            found += _unfit(value, values[name], abouts[name])
    if not found:
        try:
            details: Details = _reader(kind).validate_python(values)
        except ValidationError as error:
            found = [_misfit(one, abouts) for one in error.errors(include_url=False)]
        else:
            return details
    flaws += [source.flaw((*at, "details", *path), zh, en) for path, zh, en in found]
    return None


@cache
def _reader(kind: type[Details]) -> TypeAdapter[Any]:
    """What reads the details of a kind; made once, for it takes long to make."""
    return TypeAdapter(kind)


def _untold(doc: FactDoc, kind: type[Details], abouts: Mapping[str, FieldAbout]) -> Iterator[Wrong]:
    """What of a finding is missing that says what was found."""
    for name, about in abouts.items():
        if name in _TOLD.get(kind, ()) and name not in doc.details:
            zh, en = proposal("", listed(about.choices)) if about.choices else ("", "")
            yield (
                (name,),
                f"须写明{about.label.zh}({name}){zh}",
                f"needs {name} ({about.label.en}){en}",
            )


def _stored(value: Any, about: FieldAbout) -> Any:
    """A value of a detail as it is stored: words by their codes, numbers in ASCII, one value of several as a list."""
    if about.many and not isinstance(value, list):
        value = [value]
    by_zh = {c.zh: c.value for c in about.choices}
    if isinstance(value, list):
        return [by_zh.get(one, one) if isinstance(one, str) else one for one in value]
    if isinstance(value, str) and is_number(about):
        return half_width(value)
    return by_zh.get(value, value) if isinstance(value, str) else value


_AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")


def _unfit(said: Any, stored: Any, about: FieldAbout) -> Iterator[Wrong]:
    """What a detail cannot say: a word that is none of its own, what is no number."""
    for one in stored if isinstance(stored, list) else [stored]:
        if isinstance(one, str) and about.choices and one not in about.choices:
            zh, en = proposal(one, listed(about.choices))
            yield (
                (about.name,),
                f"{about.label.zh}({about.name})不能是{quoted(one)}{zh}",
                f"{about.name} cannot be {quoted(one)}{en}",
            )
    if is_number(about) and not _AMOUNT.fullmatch(str(stored)):
        yield (
            (about.name,),
            f"{about.label.zh}({about.name})应为数,不能是{quoted(said)}",
            f"{about.name} has to be a number, and cannot be {quoted(said)}",
        )


def _misfit(error: ErrorDetails, abouts: Mapping[str, FieldAbout]) -> Wrong:
    """What a kind itself says of its details; of what they come to together it names the field."""
    within = error.get("ctx", {}).get("error")
    name = str(error["loc"][0]) if error["loc"] else str(within)
    label = abouts[name].label.zh
    if error["loc"]:
        wanted_zh, wanted_en = _WANTED.get(error["type"], ("不是这样写的", "is not written so"))
        return (name,), f"{label}({name}){wanted_zh}", f"{name} {wanted_en}"
    return (
        (name,),
        f"{label}({name})不能是负数,也不能与其他字段不合",
        f"{name} cannot be negative, nor at odds with the other fields",
    )


_WANTED: Mapping[str, tuple[str, str]] = {
    "string_type": ("应为文字", "has to be text"),
    "bool_parsing": ("应为 true 或 false", "has to be true or false"),
    "bool_type": ("应为 true 或 false", "has to be true or false"),
    "int_from_float": ("应为整数", "has to be a whole number"),
    "int_parsing": ("应为整数", "has to be a whole number"),
}


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


def disordered(doc: MemberDoc | UnitDoc) -> Iterator[Wrong]:
    """Days of a member or a unit that end before they begin."""
    spans: list[tuple[tuple[str | int, ...], _SpanDoc | _ExemptDoc]] = [((), doc)]
    if isinstance(doc, MemberDoc):
        spans += (
            ((name, i), span)
            for name in ("roles", "offices", "units", "exempt")
            for i, span in enumerate(getattr(doc, name))
        )
    for path, span in spans:
        if span.since is not None and span.until is not None and span.until < span.since:
            yield (*path, "until"), "早于 since", "is before since"
    for i, before in enumerate(doc.earlier):
        yield from backwards(before.year, ("earlier", i, "year"))


def backwards(doc: PeriodDoc | None, at: tuple[str | int, ...]) -> Iterator[Wrong]:
    """A period that ends before it begins."""
    if doc is not None and doc.last < doc.first:
        yield (*at, "last"), "早于 first", "is before first"
