"""What a correction changed: two states of a stream, compared field by field in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from domain import matter, occasion
from domain.deed import Deed
from domain.evidence import Evidence
from domain.explain import Said
from domain.kinds import Details
from domain.kinds.fields import fields_of
from domain.matter import Author
from domain.member import Person
from domain.occasion import Participant
from domain.streams import State
from domain.unit import Unit
from domain.words import Choice, Label

Names = Mapping[str, str]
"""Names by `member/ID` and `unit/ID`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A field that an entry changed: a JSON pointer, its name in two languages, the old words and the new, and both in English."""

    field: str
    zh: str
    en: str
    old: str
    new: str
    old_en: str
    new_en: str


PROFILE: Mapping[str, Label] = {
    "name": Label("姓名(名称)", "name"),
    "sex": Label("性别", "sex"),
    "standing": Label("身份", "standing"),
    "member_class": Label("委员类别", "class of member"),
    "in_public_system": Label("体制内", "in the public system"),
    "party": Label("中共党员", "Party member"),
    "employer": Label("工作单位", "employer"),
    "position": Label("职务", "position"),
    "nominator": Label("推荐单位", "nominated by"),
    "phone": Label("电话", "phone"),
    "higher_committees": Label("兼任上级委员", "higher committees"),
    "home_level": Label("所属层级", "level of the home committee"),
    "number": Label("编号", "number"),
    "kind": Label("类型", "kind"),
    "short": Label("简称", "short name"),
    "parent": Label("上级单位", "parent"),
    "township": Label("所在镇街", "township"),
    "linked_by": Label("联系专委会", "linking committee"),
    "member_affairs": Label("委员工作机构", "member affairs"),
    "studio_kind": Label("工作室类型", "kind of studio"),
    "platform": Label("组建方式", "how it came by its members"),
    "place": Label("地点", "place"),
    "online": Label("线上页面", "online page"),
}
"""How the fields of people and units are named."""

_PERSON_FIELDS = frozenset({"expected"})
_UNIT_FIELDS = frozenset(
    {"organiser", "co_organisers", "village", "parent", "township", "linked_by"}
)


def differences(before: State | None, after: State | None, names: Names) -> tuple[Difference, ...]:
    """What is said otherwise in the later state, in the order of the fields."""
    old, new = told(before, names), told(after, names)
    nothing = Said("", "")
    found: list[Difference] = []
    for path in (*new, *(path for path in old if path not in new)):
        label = (new.get(path) or old[path])[0]
        was = old[path][1] if path in old else nothing
        now = new[path][1] if path in new else nothing
        if was != now:
            found.append(
                Difference(
                    field=path,
                    zh=label.zh,
                    en=label.en,
                    old=was.zh,
                    new=now.zh,
                    old_en=was.en,
                    new_en=now.en,
                )
            )
    return tuple(found)


def told(state: State | None, names: Names) -> dict[str, tuple[Label, Said]]:
    """What a state says, field by field: by its JSON pointer what the field is called, and its words."""
    return dict(_told(state, names))


def named_by(state: State | None) -> Iterator[str]:
    """The streams of people and units that the words of a state name."""
    match state:
        case Deed(body=body):
            for p in getattr(body, "participants", ()):
                yield f"member/{p.person}"
            for author in getattr(body, "authors", ()):
                yield author.subject
            for each in _listed(body, _UNIT_FIELDS):
                yield f"unit/{each}"
            for each in _listed(body, _PERSON_FIELDS):
                yield f"member/{each}"
        case Unit(profile=said):
            for each in _listed(said, _UNIT_FIELDS):
                yield f"unit/{each}"
        case _:
            return


def _listed(said: Any, asked: frozenset[str]) -> Iterator[str]:
    for name in asked:
        value = getattr(said, name, None)
        yield from value if isinstance(value, tuple) else filter(None, (value,))


def _told(state: State | None, names: Names) -> Iterator[tuple[str, tuple[Label, Said]]]:
    match state:
        case Deed(body=body):
            labels = occasion.LABELS if isinstance(body, occasion.Occasion) else matter.LABELS
            yield from _body(body, labels, names)
        case Person(profile=said) | Unit(profile=said):
            for each in fields(said):
                value = getattr(said, each.name)
                yield f"/profile/{each.name}", (PROFILE[each.name], _words(each.name, value, names))
        case _:
            return


def _body(
    body: Any, labels: Mapping[str, Label], names: Names
) -> Iterator[tuple[str, tuple[Label, Said]]]:
    for each in fields(body):
        value = getattr(body, each.name)
        match each.name:
            case "details":
                yield from _details(value, names)
            case "participants":
                for p in value:
                    yield f"/body/participants/{p.person}", _participant(p, names)
                    yield from _leave(p, names)
            case "authors":
                for place, author in enumerate(value, start=1):
                    path = f"/body/authors/{author.subject}"
                    yield path, _author(place, author, names)
            case name:
                yield f"/body/{name}", (labels[name], _words(name, value, names))


def _details(details: Details, names: Names) -> Iterator[tuple[str, tuple[Label, Said]]]:
    for about in fields_of(type(details)):
        value = getattr(details, about.name)
        yield f"/body/details/{about.name}", (about.label, _words(about.name, value, names))


def _participant(p: Participant, names: Names) -> tuple[Label, Said]:
    name = names.get(f"member/{p.person}", p.person)
    said = [p.capacity, p.part, p.attendance]
    more_zh = [c.zh for c in said]
    more_en = [c.en for c in said]
    if p.spoke.value != "no":
        more_zh.append(p.spoke.zh)
        more_en.append(p.spoke.en)
    if p.half_days is not None:
        more_zh.append(f"{p.half_days}个半天")
        more_en.append(f"{p.half_days} half days")
    return Label(name, name), Said("、".join(more_zh), ", ".join(more_en))


LEAVES = "/body/leaves/"
"""What the fields begin with that say which leave somebody had, and who granted it: not everybody is told."""


def _leave(p: Participant, names: Names) -> Iterator[tuple[str, tuple[Label, Said]]]:
    told = "、".join(filter(None, (p.leave, p.granted_by)))
    if told:
        name = names.get(f"member/{p.person}", p.person)
        label = Label(f"{name}的请假类别和批准人", f"leave of {name}, and who granted it")
        yield f"{LEAVES}{p.person}", (label, Said(told, told))


def _author(place: int, author: Author, names: Names) -> tuple[Label, Said]:
    name = names.get(author.subject, author.subject)
    share = "" if author.share is None else f" {author.share}"
    return (
        Label(name, name),
        Said(f"第{place}位 {author.role.zh}{share}", f"no. {place}, {author.role.en}{share}"),
    )


def _words(name: str, value: Any, names: Names) -> Said:
    """A value in words of both languages."""
    match value:
        case None | "":
            return Said("", "")
        case bool():
            return Said("是", "yes") if value else Said("否", "no")
        case Choice():
            return Said(value.zh, value.en)
        case str() if name in _UNIT_FIELDS:
            found = names.get(f"unit/{value}", value)
            return Said(found, found)
        case str() if name in _PERSON_FIELDS:
            found = names.get(f"member/{value}", value)
            return Said(found, found)
        case Evidence():
            told = " ".join(filter(None, (value.name, value.number, value.sha256[:8])))
            return Said(told, told)
        case tuple():
            parts = [_words(name, each, names) for each in value]
            return Said("、".join(p.zh for p in parts), ", ".join(p.en for p in parts))
        case date():
            return Said(value.isoformat(), value.isoformat())
        case int() | Decimal() | str():
            return Said(str(value), str(value))
        case _ if is_dataclass(value):
            parts = [_words(f.name, getattr(value, f.name), names) for f in fields(value)]
            return Said("、".join(p.zh for p in parts), ", ".join(p.en for p in parts))
        case _:
            return Said(str(value), str(value))
