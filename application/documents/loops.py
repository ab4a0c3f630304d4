"""Loops as documents write them."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator
from pydantic_core import PydanticCustomError

from application.documents.selections import SilenceDoc
from application.documents.source import Source, refuse
from application.documents.words import (
    Codes,
    Day,
    Doc,
    Kinds,
    MonthDay,
    StageWord,
    Text,
    several,
    word,
    wrong,
)
from domain import loop as loops
from domain.deadline import AtMeeting, Count, OnDay, OnNamedDay, Rule, Within
from domain.kinds.advice import Way
from domain.kinds.meetings import Meeting
from domain.loop import GivingBack, Loop, LoopStage, Mover, Need, Quota, Telling
from domain.nearest import listed, proposal, quoted
from domain.unit import UnitKind
from domain.words import Label

CountWord = Annotated[Count, PlainValidator(word(Count))]
MeetingWord = Annotated[Meeting, PlainValidator(word(Meeting))]
WayWord = Annotated[Way, PlainValidator(word(Way))]
NeedWord = Annotated[Need, PlainValidator(word(Need))]


def _mover(value: Any) -> Mover | UnitKind:
    """Reads who may move: one of our words, or a kind of unit."""
    with suppress(PydanticCustomError):
        return word(Mover)(value)
    with suppress(PydanticCustomError):
        return word(UnitKind)(value)
    zh, en = proposal(value, {**listed(Mover), **listed(UnitKind)})
    raise wrong(f"不认识{quoted(value)}{zh}", f"{quoted(value)} is not known{en}")


MoverWord = Annotated[Mover | UnitKind, PlainValidator(_mover)]


class _PlainRuleDoc(Doc):
    days: int | None = None
    working_days: int | None = None
    months: int | None = None
    day: MonthDay | None = None
    years: int = 0


class _RuleDoc(_PlainRuleDoc):
    meeting: Annotated[list[MeetingWord], BeforeValidator(several)] = []
    named: bool = False
    otherwise: _PlainRuleDoc | None = None
    since: Codes = []


class _AskedDoc(Doc):
    zh: Text
    en: Text


class _StageDoc(Doc):
    stage: Text
    zh: Text
    en: Text
    reaches: StageWord | None = None
    movers: Annotated[list[MoverWord], BeforeValidator(several)] = [Mover.OFFICE, Mover.ORGANISER]
    needs: Annotated[list[NeedWord], BeforeValidator(several)] = []
    due: _RuleDoc | None = None
    then: Codes = []
    after: Codes = []
    beside: bool = False
    ends: bool = False
    rests: bool = False
    asks: _AskedDoc | None = None


class _GivingBackDoc(Doc):
    within: _PlainRuleDoc
    out_of: Text
    to: Text


class _TellingDoc(Doc):
    after: Codes
    by: Text


class _WayDoc(Doc):
    zh: Text
    en: Text


_NO_LIMIT = ("不限", "open")


def _a_year(value: Any) -> Any:
    """Reads how many a year is to have: a number, or that it is open."""
    return None if value in _NO_LIMIT else value


class _QuotaDoc(Doc):
    zh: Text = ""
    en: Text = ""
    where: dict[str, Codes] = Field(default={})
    a_year: Annotated[int | None, BeforeValidator(_a_year)]


class LoopDoc(Doc):
    loop: Text
    version: Text
    zh: Text
    en: Text
    since: Day
    until: Day | None = None
    kinds: Kinds
    where: dict[str, Codes] = Field(default={})
    at_once: bool = True
    stages: list[_StageDoc]
    giving_back: _GivingBackDoc | None = None
    telling: _TellingDoc | None = None
    ways: dict[WayWord, _WayDoc] = {}
    quotas: Annotated[list[_QuotaDoc], BeforeValidator(several)] = []
    source: Text | None = None
    silences: list[SilenceDoc] = []


def loop_of(doc: LoopDoc, source: Source, *, checked: bool = True) -> Loop:
    """A loop, without contradictions unless it is not to be `checked`; raises `Unreadable`."""
    flaws = []

    def rule(said: _PlainRuleDoc, at: tuple[str | int, ...], since: tuple[str, ...] = ()) -> Rule:
        """A rule of which exactly one sort is said."""
        kinds = tuple(said.meeting) if isinstance(said, _RuleDoc) else ()
        given = [
            name
            for name, there in (
                ("days", said.days is not None),
                ("working_days", said.working_days is not None),
                ("months", said.months is not None),
                ("day", said.day is not None),
                ("meeting", bool(kinds)),
                ("named", isinstance(said, _RuleDoc) and said.named),
            )
            if there
        ]
        if len(given) != 1:
            flaws.append(
                source.flaw(
                    at,
                    "days、working_days、months、day、meeting、named 应写且只写一个",
                    "has to say one of days, working_days, months, day, meeting and named",
                )
            )
            return Within(number=1, since=since)
        if given[0] in {"meeting", "named"}:
            otherwise = said.otherwise if isinstance(said, _RuleDoc) else None
            held = None if otherwise is None else rule(otherwise, (*at, "otherwise"))
            plain = held if isinstance(held, Within | OnDay) else None
            if given[0] == "named":
                return OnNamedDay(otherwise=plain, since=since)
            return AtMeeting(kinds=kinds, years=said.years, otherwise=plain, since=since)
        if said.day is not None:
            month, day = map(int, said.day.split("-"))
            return OnDay(month=month, day=day, years=said.years, since=since)
        number: int = getattr(said, given[0])
        return Within(number=number, count=Count.of(given[0]), since=since)

    stages = tuple(
        LoopStage(
            code=s.stage,
            zh=s.zh,
            en=s.en,
            reaches=s.reaches,
            movers=tuple(s.movers),
            needs=tuple(s.needs),
            due=None if s.due is None else rule(s.due, ("stages", i, "due"), tuple(s.due.since)),
            then=tuple(s.then),
            after=tuple(s.after),
            beside=s.beside,
            ends=s.ends,
            rests=s.rests,
            asks=None if s.asks is None else Label(s.asks.zh, s.asks.en),
        )
        for i, s in enumerate(doc.stages)
    )
    back = doc.giving_back
    giving_back = None
    if back is not None:
        term = rule(back.within, ("giving_back", "within"))
        if isinstance(term, Within):
            giving_back = GivingBack(within=term, out_of=back.out_of, to=back.to)
        else:
            flaws.append(
                source.flaw(("giving_back", "within"), "应为天数", "has to be a number of days")
            )
    found = Loop(
        code=doc.loop,
        version=doc.version,
        zh=doc.zh,
        en=doc.en,
        since=doc.since,
        until=doc.until,
        kinds=tuple(doc.kinds),
        where=tuple((name, tuple(values)) for name, values in doc.where.items()),
        at_once=doc.at_once,
        stages=stages,
        giving_back=giving_back,
        telling=None
        if doc.telling is None
        else Telling(after=tuple(doc.telling.after), by=doc.telling.by),
        ways=tuple((way, Label(said.zh, said.en)) for way, said in doc.ways.items()),
        quotas=tuple(
            Quota(
                zh=q.zh or doc.zh,
                en=q.en or doc.en,
                a_year=q.a_year,
                where=tuple((name, tuple(values)) for name, values in q.where.items()),
            )
            for q in doc.quotas
        ),
        source=doc.source or "",
    )
    refuse(flaws, list(loops.problems(found)) if checked else [], source)
    return found
