"""What counts and who for, as documents write it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from application.documents.words import (
    BylineWord,
    CapacityWord,
    ClassOfMember,
    ClassWord,
    Codes,
    Doc,
    Figure,
    Kinds,
    LevelWord,
    MonthDay,
    OfficeWord,
    PartOf,
    PartWord,
    RoleWord,
    Said,
    SideWord,
    SpokeWord,
    StageWord,
    StateWord,
    Text,
    TopicWord,
    UnitKindWord,
    named,
    several,
)
from domain.fact import Attendance
from domain.kinds import KINDS, Shape
from domain.kinds.fields import fields_of
from domain.people import UnitId
from domain.rubric import (
    EVERYONE,
    Remark,
    Silence,
    Who,
)
from domain.selection import AS_MEMBER, TOOK_PART, Passed, Selects, Where
from domain.unit import Office
from domain.words import Level


class RemarkDoc(Doc):
    zh: Text
    en: Text


class _LevelsDoc(Doc):
    at_least: LevelWord


def _levels(value: Any) -> Any:
    """Levels as a list; `at_least: city` means that level and all above it."""
    if isinstance(value, dict):
        lowest = _LevelsDoc.model_validate(value).at_least
        return [level.value for level in Level if level.height >= lowest.height]
    return several(value)


Levels = Annotated[list[LevelWord], BeforeValidator(_levels)]


class _PassedDoc(Doc):
    stage: StageWord
    levels: Levels = []
    ranks: Codes = []


PassedDoc = Annotated[_PassedDoc, named("stage")]


class _ReachedDoc(Doc):
    any: Annotated[list[PassedDoc], BeforeValidator(several)] = []
    all: Annotated[list[PassedDoc], BeforeValidator(several)] = []
    none: Annotated[list[PassedDoc], BeforeValidator(several)] = []


class _WhereDoc(Doc):
    """What a detail has to say: one of these words, none of those, or a number within bounds."""

    says: Annotated[list[Said], BeforeValidator(several)] = []
    not_: Annotated[list[Said], BeforeValidator(several), Field(alias="not")] = []
    at_least: Figure | None = None
    at_most: Figure | None = None


WhereDoc = Annotated[
    _WhereDoc, BeforeValidator(lambda value: value if isinstance(value, dict) else {"says": value})
]


class _DaysDoc(Doc):
    from_: Annotated[MonthDay | None, Field(alias="from")] = None
    until: MonthDay | None = None


class _AttendedDoc(Doc):
    from_: Annotated[PartOf | None, Field(alias="from")] = None
    below: PartOf | None = None


_EVERY = {
    word: tuple(name for name, kind in KINDS.items() if kind.about.shape is shape)
    for shape, words in {
        Shape.OCCASION: ("every_occasion", "一切活动"),
        Shape.MATTER: ("every_matter", "一切事项"),
    }.items()
    for word in words
}
"""Words for all kinds of a shape that the catalogue has, or will have."""


def _kinds(value: Any) -> Any:
    """Kinds as a list, those that a word for all of a shape stands for in its place."""
    found = [_EVERY.get(str(each), (each,)) for each in several(value)]
    return list(dict.fromkeys(kind for some in found for kind in some))


class _SelectsDoc(Doc):
    kinds: Annotated[Kinds, BeforeValidator(_kinds)]
    except_: Annotated[Kinds, Field(alias="except")] = []
    where: dict[str, WhereDoc] = {}
    capacities: Annotated[list[CapacityWord], BeforeValidator(several)] | None = None
    states: Annotated[list[StateWord], BeforeValidator(several)] | None = None
    parts: Annotated[list[PartWord], BeforeValidator(several)] = []
    spoke: Annotated[list[SpokeWord], BeforeValidator(several)] = []
    levels: Levels = []
    bylines: Annotated[list[BylineWord], BeforeValidator(several)] = []
    records: Annotated[list[ClassWord], BeforeValidator(several)] = []
    leaves: Codes = []
    attested: Annotated[list[SideWord], BeforeValidator(several)] = []
    key: bool | None = None
    mandatory: bool | None = None
    whole: bool | None = None
    attended: _AttendedDoc = _AttendedDoc()
    first_names: int | None = None
    days: _DaysDoc = _DaysDoc()
    reached: _ReachedDoc = _ReachedDoc()
    evidence: int = 0


Counted = Annotated[list[Annotated[_SelectsDoc, named("kinds")]], BeforeValidator(several)]


class _WhoDoc(Doc):
    holds: Annotated[list[RoleWord], BeforeValidator(several)] = []
    lacks: Annotated[list[RoleWord], BeforeValidator(several)] = []
    offices: Annotated[list[OfficeWord], BeforeValidator(several)] = []
    classes: Annotated[list[ClassOfMember], BeforeValidator(several)] = []
    units: Codes = []
    kinds: Annotated[list[UnitKindWord], BeforeValidator(several)] = []
    party: bool | None = None
    public: bool | None = None
    higher: bool | None = None
    added: bool | None = None


_OFFICES = {str(o.value) for o in Office} | {o.zh for o in Office}


def _roles_or_offices(value: Any) -> Any:
    """Words alone are roles of the committee, or offices in a unit."""
    if isinstance(value, dict):
        return value
    words = several(value)
    return {
        "holds": [w for w in words if str(w) not in _OFFICES],
        "offices": [w for w in words if str(w) in _OFFICES],
    }


WhoDoc = Annotated[_WhoDoc, BeforeValidator(_roles_or_offices)]


class SilenceDoc(Doc):
    about: TopicWord
    zh: Text
    en: Text
    reading: RemarkDoc
    clauses: Codes = []


def who_of(doc: _WhoDoc | None) -> Who:
    """Whom a rule is for."""
    if doc is None:
        return EVERYONE
    return Who(
        holds=frozenset(doc.holds),
        lacks=frozenset(doc.lacks),
        offices=frozenset(doc.offices),
        classes=frozenset(doc.classes),
        units=frozenset(map(UnitId, doc.units)),
        kinds=frozenset(doc.kinds),
        party=doc.party,
        public=doc.public,
        higher=doc.higher,
        added=doc.added,
    )


def selects_of(doc: _SelectsDoc, states: frozenset[Attendance] = TOOK_PART) -> Selects:
    """Which facts are meant; `states` are the attendance states where the document names none."""
    kinds = tuple(kind for kind in doc.kinds if kind not in doc.except_)
    return Selects(
        kinds=kinds,
        where=tuple(
            Where(
                name=name,
                values=frozenset(stored_word(v, name, kinds) for v in said.says),
                unless=frozenset(stored_word(v, name, kinds) for v in said.not_),
                at_least=said.at_least,
                at_most=said.at_most,
            )
            for name, said in doc.where.items()
        ),
        capacities=AS_MEMBER if doc.capacities is None else frozenset(doc.capacities),
        states=states if doc.states is None else frozenset(doc.states),
        leaves=frozenset(doc.leaves),
        attested=frozenset(doc.attested),
        attended_from=doc.attended.from_,
        attended_below=doc.attended.below,
        first_names=doc.first_names,
        since=_of_year(doc.days.from_),
        until=_of_year(doc.days.until),
        parts=frozenset(doc.parts),
        spoke=frozenset(doc.spoke),
        levels=frozenset(doc.levels),
        bylines=frozenset(doc.bylines),
        records=frozenset(doc.records),
        key=doc.key,
        mandatory=doc.mandatory,
        whole=doc.whole,
        passed_any=tuple(map(_passed, doc.reached.any)),
        passed_all=tuple(map(_passed, doc.reached.all)),
        passed_none=tuple(map(_passed, doc.reached.none)),
        evidence=doc.evidence,
    )


def _of_year(day: str | None) -> int:
    """A day of the year as selections compare it: 1220 for `12-20`."""
    return int(day.replace("-", "")) if day else 0


def stored_word(word: str, name: str, kinds: Iterable[str]) -> str:
    """The stored word of a detail that is written in Chinese."""
    for kind in kinds:
        for about in fields_of(KINDS[kind]) if kind in KINDS else ():
            if about.name == name:
                for choice in about.choices:
                    if choice.zh == word:
                        return str(choice.value)
    return word


def _passed(doc: _PassedDoc) -> Passed:
    return Passed(stage=doc.stage, levels=frozenset(doc.levels), ranks=frozenset(doc.ranks))


def silence_of(doc: SilenceDoc) -> Silence:
    """Something left open, with the reading assumed."""
    return Silence(
        topic=doc.about,
        zh=doc.zh,
        en=doc.en,
        reading_zh=doc.reading.zh,
        reading_en=doc.reading.en,
        clauses=tuple(doc.clauses),
    )


def remark_of(doc: RemarkDoc) -> Remark:
    """A remark in two languages."""
    return Remark(zh=doc.zh, en=doc.en)
