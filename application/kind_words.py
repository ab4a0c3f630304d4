"""Which kind a word on a sheet means, and how its own columns are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Union, cast, get_args, get_origin

from application.cells import (
    amount_of,
    choice_of,
    count_of,
    days_of,
    malformed,
    text_of,
    words_in,
    yes_of,
)
from application.columns import key_of, without_brackets
from application.people_named import Units
from application.sheets import Cell
from domain.kinds import KINDS, Details, Shape
from domain.kinds.advice import (
    AnsweredInquiry,
    AnsweredLetter,
    CarriedDown,
    DeliveredSpeech,
    Proposed,
    RaisedTopic,
    ReportedOpinion,
    SuggestedCppccWork,
)
from domain.kinds.culture import ContributedHistory, WasCommended, WasCovered
from domain.kinds.deliberation import (
    AdvisedProject,
    Consulted,
    Inspected,
    JoinedOversight,
    Researched,
    WroteReport,
)
from domain.kinds.fields import FieldAbout, fields_of
from domain.kinds.help import (
    ContributedResources,
    DeliveredLivelihoodDeed,
    GrantedWish,
    MediatedDispute,
    PromotedInvestment,
    ServedOrder,
    SolvedDifficulty,
)
from domain.kinds.meetings import (
    Attended,
    JoinedFellowship,
    Lectured,
    ReportedOnDuties,
    SharedReading,
    Studied,
    TookStudyTour,
    WroteStudyNote,
)
from domain.kinds.people import (
    JoinedSpecialTask,
    ReceivedPublic,
    VisitedConstituents,
    VisitedEnterprise,
    VisitedHousehold,
    VisitedVillage,
    Volunteered,
)
from domain.kinds.units import HandledServiceMatter, SubmittedDocument, WasInspected
from domain.kinds.works import PlanItem
from domain.people import Reason, Refused, UnitId
from domain.words import Choice

SAID: Mapping[type[Details], tuple[str, ...]] = {
    Attended: ("开会", "参会"),
    Studied: ("学习", "培训"),
    WroteStudyNote: ("读书笔记", "学习心得", "读书心得"),
    SharedReading: ("读书", "读书会", "读书活动", "读书分享会"),
    Lectured: ("宣讲", "授课", "讲课", "理论宣讲"),
    JoinedFellowship: ("联谊", "联谊活动"),
    TookStudyTour: ("考察", "考察学习", "外出考察"),
    ReportedOnDuties: ("述职", "述职报告", "委员述职"),
    Consulted: ("协商活动", "协商议事", "民主协商"),
    Researched: ("专题调研", "调查研究"),
    Inspected: ("视察活动", "委员视察"),
    JoinedOversight: ("监督",),
    WroteReport: ("调研报告",),
    AdvisedProject: ("论证", "项目论证", "专家论证"),
    VisitedVillage: ("走访", "下村走访", "进村走访", "联系村社", "走访村", "走访社区"),
    VisitedEnterprise: ("走访企业", "服务企业", "联系企业"),
    VisitedHousehold: ("入户走访", "入户", "走访群众"),
    VisitedConstituents: ("走访界别群众", "联系界别群众", "服务界别群众"),
    ReceivedPublic: ("接待日", "接待群众", "接访", "委员接待"),
    Volunteered: ("志愿服务", "公益", "公益活动", "志愿活动"),
    JoinedSpecialTask: ("中心工作",),
    Proposed: ("提交提案", "委员提案", "集体提案", "联名提案"),
    ReportedOpinion: ("社情民意", "信息", "反映社情民意"),
    DeliveredSpeech: ("会议发言", "专题发言"),
    SuggestedCppccWork: ("工作建议",),
    CarriedDown: ("政策宣传",),
    AnsweredLetter: ("委员信箱", "答复来信"),
    AnsweredInquiry: ("智库咨询",),
    RaisedTopic: ("议题征集", "荐题"),
    DeliveredLivelihoodDeed: ("民生实事", "实事", "为民办实事", "办实事"),
    GrantedWish: ("微心愿",),
    ServedOrder: ("点单服务", "群众点单"),
    SolvedDifficulty: ("解决困难", "解决问题", "排忧解难"),
    MediatedDispute: ("调解", "矛盾调解", "纠纷调解"),
    ContributedResources: ("捐款", "捐物", "捐赠", "捐款捐物", "捐资助学"),
    PromotedInvestment: ("招商",),
    ContributedHistory: ("文史", "文史资料", "文史稿件"),
    WasCovered: ("宣传报道", "媒体报道"),
    WasCommended: ("表彰", "荣誉", "获奖", "表彰奖励"),
    SubmittedDocument: ("材料报送", "上报材料"),
    HandledServiceMatter: ("服务事项", "工作日志"),
    WasInspected: ("督查检查", "检查验收"),
}
"""What people call a kind besides its label; a kind that is not here is found by its label."""

TITLED: frozenset[tuple[type[Details], str]] = frozenset(
    {
        (Lectured, "topic"),
        (SharedReading, "book_or_theme"),
        (JoinedSpecialTask, "task"),
        (CarriedDown, "topic"),
        (PromotedInvestment, "project"),
        (AdvisedProject, "project"),
    }
)
"""Fields that repeat the title, and are taken from it where they have no column."""

_SAYS_NO_ACT: frozenset[tuple[type[Details], str]] = frozenset(
    {(ReportedOnDuties, "to_whom"), (PlanItem, "item")}
)
"""Fields whose choices name bodies, or what is only planned: such a word does not say what was done."""

_VERBS = re.compile("^(参加|提交|报送|开展|撰写|受到|接受|提出|办|协调|化解|认领|外出)")


@dataclass(frozen=True, slots=True)
class Meant:
    """A kind, and the fields that its word settles: 界别会议 is a meeting of a sector."""

    kind: type[Details]
    values: Mapping[str, Any]


def kind_meant(text: str) -> Meant:
    """The kind that a word means. Raises UNKNOWN_KIND with the kinds that are nearest to it."""
    key = key_of(text)
    found = _words().get(key) or _words().get(without_brackets(key))
    if found is None:
        near = "、".join(kind.about.zh for kind in _near(key))
        raise Refused(
            Reason.UNKNOWN_KIND,
            about=f"「{text[:40]}」(是否为 {near})" if near else f"「{text[:40]}」",
        )
    return found


def short_forms(kind: type[Details]) -> frozenset[str]:
    """The whole name of a kind's act in fewer words: without what stands in brackets, without the verb before it."""
    zh = key_of(kind.about.zh)
    whole = {without_brackets(zh), *re.split("[·、]", without_brackets(zh))}
    return frozenset(short for each in whole for short in (each, _VERBS.sub("", each)) if short)


def _recorded() -> Mapping[str, type[Details]]:
    """The kinds that a sheet can record, by stored name."""
    return {n: k for n, k in KINDS.items() if k.about.shape in {Shape.OCCASION, Shape.MATTER}}


def _near(key: str) -> list[type[Details]]:
    """Up to three kinds whose words hold the key or are held by it; without any, those that are spelt much like it."""
    said = {word: meant.kind for word, meant in _words().items() if not word.isascii()}
    held = [word for word in said if len(key) > 1 and (key in word or word in key)]
    held.sort(key=lambda word: abs(len(word) - len(key)))
    near = held or get_close_matches(key, said, n=6, cutoff=0.5)
    return list(dict.fromkeys(said[word] for word in near))[:3]


@cache
def _words() -> Mapping[str, Meant]:
    """Stored names and labels, what people say, whole names of acts, parts of labels, words of the kinds' own choices.

    The former go before the latter; of the last three only a word counts that leads to one kind alone. A word of a kind that is
    one of its choices too settles that choice: 心得体会 is a study note, and an essay.
    """
    found: dict[str, Meant] = {}
    short: dict[str, set[str]] = {}
    parts: dict[str, set[str]] = {}
    recorded = _recorded()
    for name, kind in recorded.items():
        zh = key_of(kind.about.zh)
        for word in (name, zh, key_of(kind.about.en)):
            found[word] = Meant(kind, {})
        for word in short_forms(kind):
            short.setdefault(word, set()).add(name)
        pieces = re.split(r"[()、·]", zh)
        for piece in {*pieces, *(_VERBS.sub("", each) for each in pieces)}:
            parts.setdefault(piece, set()).add(name)
    for kind, words in SAID.items():
        for word in words:
            found.setdefault(key_of(word), Meant(kind, {}))
    for table in (short, parts):
        for piece, names in table.items():
            if len(piece) > 1 and len(names) == 1:
                found.setdefault(piece, Meant(recorded[next(iter(names))], {}))
    choices: dict[str, list[Meant]] = {}
    for kind in recorded.values():
        for field in fields_of(kind):
            if (kind, field.name) in _SAYS_NO_ACT:
                continue
            for choice in field.choices if field.required or field.name == "report" else ():
                word = key_of(choice.zh)
                choices.setdefault(word, []).append(Meant(kind, {field.name: choice}))
    for word, meant in choices.items():
        if len(word) > 2 and len(meant) == 1 and found.get(word, meant[0]).kind is meant[0].kind:
            found[word] = meant[0]
    return MappingProxyType(found)


def value_of(hint: Any, cell: Cell, units: Units, day: date) -> Any:
    """A cell as a value of a field's type. Raises `Refused`."""
    if hint is UnitId:
        return units.find(text_of(cell), day)[0]
    if get_origin(hint) in {Union, UnionType}:
        (only, *more) = [each for each in get_args(hint) if each is not NoneType]
        if more:
            raise malformed(text_of(cell))
        return value_of(only, cell, units, day)
    if get_origin(hint) is tuple:
        inner = get_args(hint)[0]
        return tuple(value_of(inner, word, units, day) for word in words_in(text_of(cell)))
    if isinstance(hint, type) and issubclass(hint, Choice):
        return choice_of(hint, cell)
    if hint is date:
        return days_of(cell, day.year).on
    readers: dict[Any, Callable[[Cell], Any]] = {
        str: text_of,
        bool: yes_of,
        int: count_of,
        Decimal: amount_of,
    }
    return readers[hint](cell)


def is_readable(hint: Any) -> bool:
    """Whether one cell can hold a value of this type."""
    if get_origin(hint) in {Union, UnionType}:
        return all(is_readable(each) for each in get_args(hint) if each is not NoneType)
    if get_origin(hint) is tuple:
        inner = get_args(hint)
        return inner[-1] is Ellipsis and get_origin(inner[0]) is None
    return True


def details_of(kind: type[Details], values: Mapping[str, Any], title: str) -> Details:
    """The details of a record; what is required and missing is taken from the title where that says it.

    Raises MISSING or MALFORMED with the label of the field.
    """
    given = dict(values)
    for field in fields_of(kind):
        if field.name in given or not field.required:
            continue
        if (kind, field.name) in TITLED:
            given[field.name] = title
        elif field.choices and (choice := _choice_in(title, field)) is not None:
            given[field.name] = choice
        else:
            hint = "可填:" + "、".join(c.zh for c in field.choices[:12]) if field.choices else ""
            raise Refused(Reason.MISSING, field.label.zh, hint)
    make = cast("Callable[..., Details]", kind)
    try:
        return make(**given)
    except ValueError as wrong:
        labels = {field.name: field.label.zh for field in fields_of(kind)}
        raise Refused(Reason.MALFORMED, labels.get(str(wrong), str(wrong))) from wrong


def _choice_in(title: str, field: FieldAbout) -> Choice | None:
    """The choice with the longest label that a title contains."""
    key = key_of(title)
    named = [choice for choice in field.choices if key_of(choice.zh) in key]
    return max(named, key=lambda choice: len(choice.zh), default=None)
