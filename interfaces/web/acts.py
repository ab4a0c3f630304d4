"""Forms of commands that record nothing a member did: their inputs, what was sent as a command, what is wrong beside each."""

from __future__ import annotations

import json
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace
from datetime import date
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from sqlalchemy import Connection

from domain.people import Reason, Refused
from domain.streams import Command
from domain.words import Label
from interfaces import bodies
from interfaces.ids import minted_id
from interfaces.web import choosing
from interfaces.web.choosing import Units
from interfaces.web.fields import (
    Input,
    Offered,
    Trouble,
    Widget,
    input_of,
    sent_in,
    shown,
    told,
    troubles,
    with_troubles,
)
from interfaces.web.meanwhile import Differs, Meanwhile, compared, troubles_of
from interfaces.web.visiting import Sent
from interfaces.web.words import Said

BETWEEN = "|"


@dataclass(frozen=True, slots=True)
class Option:
    """One of what there is to choose from just now."""

    value: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One command as a form: `path` is its place in an address, `told` the field that the address tells.

    `left_out` are inputs that nobody is asked for. `split` names inputs that choose several fields at once. `called` says
    what inputs are called here, where that is not what they are called elsewhere.
    """

    path: str
    command: Any
    zh: str
    en: str
    told: str
    left_out: frozenset[str] = frozenset()
    split: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hint: Label | None = None
    called: Mapping[str, Label] = field(default_factory=dict)

    @property
    def versioned(self) -> bool:
        """Whether it replaces something that was seen, so that it is told which version was."""
        return self.command in bodies.VERSIONED


LABELS: Mapping[str, Label] = {
    "profile.name": Label("名称", "name"),
    "profile.sex": Label("性别", "sex"),
    "profile.standing": Label("人员类别", "standing"),
    "profile.member_class": Label("委员类别", "class of members"),
    "profile.in_public_system": Label("体制内", "inside the public system"),
    "profile.party": Label("中共党员", "member of the Party"),
    "profile.employer": Label("所在单位", "employer"),
    "profile.position": Label("职务", "position"),
    "profile.nominator": Label("推荐单位", "nominating body"),
    "profile.phone": Label("联系电话", "telephone"),
    "profile.higher_committees": Label("兼任的上级政协", "higher committees that he is of too"),
    "profile.home_level": Label("所属政协层级", "level of his own committee"),
    "profile.number": Label("委员编号", "number"),
    "profile.kind": Label("单位类型", "kind of unit"),
    "profile.short": Label("简称", "short name"),
    "profile.parent": Label("上级单位", "unit above"),
    "profile.township": Label("所在乡镇(街道)", "township"),
    "profile.linked_by": Label("联系它的专委会", "committee that links it"),
    "profile.member_affairs": Label(
        "代无负责人的单位确认(委员工作委)", "stands in for units without a head"
    ),
    "profile.studio_kind": Label("工作室类型", "kind of studio"),
    "profile.platform": Label("组建方式", "how it came by its members"),
    "profile.place": Label("地点", "place"),
    "profile.online": Label("线上页面(网址或小程序名称)", "online page (address or mini-program)"),
    "membership.bond": Label("编入哪一类", "kind of bond"),
    "membership.unit": Label("单位", "unit"),
    "membership.basis": Label("编入依据(四地)", "tie that it rests on"),
    "membership.primary": Label("主要归属(同类原归属随之结束)", "primary; ends the one before"),
    "held": Label("哪一段", "which"),
    "held.role": Label("职务", "role"),
    "role": Label("职务", "role"),
    "placement.township": Label("乡镇(街道)", "township"),
    "placement.step": Label("环节", "step"),
    "placement.on": Label("日期", "day"),
    "placement.basis": Label("依据(四地)", "tie that it rests on"),
    "placement.room": Label("议事室", "deliberation room"),
    "step": Label("环节", "step"),
    "on": Label("日期", "day"),
    "to": Label("邀请到(单位)", "invited to"),
    "how": Label("退出方式", "how it ended"),
    "term.number": Label("第几届", "number of the term"),
    "term.added": Label("增补", "added during the term"),
    "life": Label("状态", "stage"),
    "appointment.person": Label("人员", "person"),
    "appointment.office": Label("职务", "office"),
    "appointment.certificate": Label("证书编号", "certificate"),
    "appointment.expertise": Label("专业领域(智库专家填)", "fields of expertise (of an expert)"),
    "appointment.approved_on": Label(
        "党委批准日期", "day on which the Party committee approved it"
    ),
    "appointment.approval_document": Label("党委批准文号(文件)", "document of that approval"),
    "since": Label("起始日期", "first day"),
    "until": Label("最后一天", "last day"),
    "reason": Label("理由", "reason"),
    "person": Label("人员", "person"),
    "unit": Label("单位", "unit"),
    "standby": Label("备用(平时不生效,紧急时可启用)", "standby, to be taken in an emergency"),
    "hours": Label("小时数(最多 24)", "hours, 24 at most"),
    "under": Label("备用授权", "standby grant"),
    "sector": Label("界别", "sector"),
    "studio": Label("镇街工作室", "township studio"),
    "version": Label("版本名称", "name of the version"),
    "trial_in": Label("只在哪个单位试行(可不填)", "on trial in one unit only"),
}
"""What fields of commands are called, by where they stand or else by their name."""


def inputs_of(act: Act) -> tuple[Input, ...]:
    """The inputs of an act, in the order of its command's fields."""
    gone = {act.told, *act.left_out, *(part for parts in act.split.values() for part in parts)}
    chosen = (
        Input(name=name, label=label_of(name), widget=Widget.ONE, required=True)
        for name in act.split
    )
    asked = [each for each in _inputs(act.command) if each.name not in gone]
    return (*chosen, *(replace(e, label=act.called.get(e.name, e.label)) for e in asked))


def label_of(name: str) -> Label:
    """What an input is called."""
    return LABELS.get(name) or LABELS[name.rpartition(".")[2]]


@cache
def _inputs(command: type[Any], before: str = "") -> tuple[Input, ...]:
    hints = get_type_hints(command)
    found: list[Input] = []
    for each in fields(command):
        hint, name = hints[each.name], f"{before}{each.name}"
        if is_dataclass(hint):
            found.extend(_inputs(hint, f"{name}."))  # type: ignore[arg-type]  # a class
        elif not _is_listed(hint) and (name in LABELS or each.name in LABELS):
            required = each.default is MISSING and not _may_be_none(hint)
            usual = None if each.default is MISSING else each.default
            found.append(input_of(name, label_of(name), hint, required=required, usual=usual))
    return tuple(found)


def _is_listed(hint: Any) -> bool:
    """Whether it is a list of what has fields itself."""
    return get_origin(hint) is tuple and is_dataclass(get_args(hint)[0])


def _may_be_none(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint)


@cache
def _nulls(command: type[Any], before: str = "") -> frozenset[str]:
    """Fields that have to be said even where they are nothing."""
    hints = get_type_hints(command)
    found: set[str] = set()
    for each in fields(command):
        hint, name = hints[each.name], f"{before}{each.name}"
        if is_dataclass(hint):
            found |= _nulls(hint, f"{name}.")  # type: ignore[arg-type]  # a class
        elif each.default is MISSING and _may_be_none(hint):
            found.add(name)
    return frozenset(found)


def filled_from(inputs: Iterable[Input], holder: Any, prefix: str) -> tuple[Input, ...]:
    """The inputs with what a part of the roster says; `prefix` is where it stands in the command."""
    return tuple(
        replace(each, values=shown(getattr(holder, each.name.removeprefix(prefix))))
        if each.name.startswith(prefix)
        else each
        for each in inputs
    )


def offering(inputs: Iterable[Input], name: str, options: Sequence[Offered]) -> tuple[Input, ...]:
    """The inputs with these to choose from in one of them; where there is one alone, it is chosen."""
    return tuple(
        replace(
            each,
            widget=Widget.ONE,
            choices=tuple(options),
            values=(options[0].value,) if len(options) == 1 and each.required else each.values,
        )
        if each.name == name
        else each
        for each in inputs
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAct:
    """An act as a page shows it."""

    act: Act
    inputs: tuple[Input, ...]
    troubles: tuple[Trouble, ...] = ()
    command_id: str = ""
    version: int = 0
    conflict: tuple[Differs, ...] = ()
    taken: tuple[Said, ...] = ()

    @property
    def asks_units(self) -> bool:
        """Whether a unit is named in it, so that names of units are offered."""
        return any(each.widget in (Widget.UNIT, Widget.UNITS) for each in self.inputs)


def read(
    act: Act,
    inputs: Sequence[Input],
    sent: Sent,
    connection: Connection,
    ledger: str,
    day: date,
    units: Units,
    fixed: Mapping[str, Any],
) -> Command:
    """The command that a form sent; `fixed` is what the address tells. Refuses with pointers to its fields."""
    said: dict[str, Any] = {}
    wrong: list[Refused] = []
    for each in sent_in(inputs, sent):
        pointer = "/" + each.name.replace(".", "/")
        try:
            value = _resolved(each, pointer, connection, ledger, day, units)
        except Refused as refused:
            wrong.append(refused)
            continue
        if each.name in act.split:
            parts = act.split[each.name]
            if value is None:
                wrong.append(Refused(Reason.MISSING, pointer))
                continue
            for name, part in zip(parts, str(value).split(BETWEEN), strict=False):
                _put(said, name, part)
        elif value is not None or each.name in _nulls(act.command):
            _put(said, each.name, value)
    if wrong:
        first, *others = wrong
        raise replace(first, others=(*first.others, *others))
    command: Any = act.command
    text = json.dumps(said, ensure_ascii=False)
    return bodies.command_of(command, text, fixed, frozenset(fixed))


def _resolved(
    each: Input, pointer: str, connection: Connection, ledger: str, day: date, units: Units
) -> Any:
    value = told(each)
    if value is None:
        return None
    match each.widget:
        case Widget.UNIT:
            return units.called(value, pointer)
        case Widget.PERSON:
            return choosing.one_called(connection, ledger, value, day, pointer).person
        case _:
            return value


def _put(said: dict[str, Any], name: str, value: Any) -> None:
    *path, last = name.split(".")
    for part in path:
        said = said.setdefault(part, {})
    said[last] = value


def refused_act(
    act: Act,
    inputs: Sequence[Input],
    sent: Sent,
    refused: Refused,
    *,
    version: int = 0,
    opened: Sequence[Input] | None = None,
    units: Units | None = None,
) -> ShownAct:
    """A form that was refused: as it was typed, with what is wrong beside each input.

    Where somebody else was faster, it holds what he changed too; `opened` are the inputs as the form was made with them, which
    tells what each of the two has changed.
    """
    typed = sent_in(inputs, sent)
    aside = {part: name for name, parts in act.split.items() for part in parts}
    led = _led(refused, aside)
    found = troubles(led, typed)
    late = Meanwhile(typed)
    if refused.reason is Reason.CHANGED_MEANWHILE:
        late = compared(opened, inputs, typed, units or Units({}))
        found = troubles_of(late)
    again = refused.reason in (Reason.COMMAND_ID_REUSED, Reason.CHANGED_MEANWHILE)
    return ShownAct(
        act=act,
        inputs=with_troubles(late.inputs, found),
        troubles=found,
        command_id=minted_id() if again else sent.command_id,
        version=version,
        conflict=late.both,
        taken=late.taken,
    )


def _led(refused: Refused, aside: Mapping[str, str]) -> Refused:
    """The refusal, pointing to the inputs that chose what it is about."""
    name = refused.field.strip("/")
    return replace(
        refused,
        field=aside.get(name, refused.field),
        others=tuple(_led(each, aside) for each in refused.others),
    )
