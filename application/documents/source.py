"""YAML text as plain values, with the line of each; what a document of ours never needs is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from domain.people import Reason, Refused
from domain.selection import Problem


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many bytes a text may have, and how many values it may hold."""

    bytes: int
    values: int


LARGEST = 512 * 1024
"""Bytes that a document may have."""
DOCUMENT = Bounds(LARGEST, 20_000)
"""What a document may have."""
FACTS = Bounds(64 * 1024 * 1024, 4_000_000)
"""What a facts file may have: a committee's facts of several years."""
MOST_FLAWS = 100
"""Flaws that are listed at most; whoever has so many begins with the first."""
DEEPEST = 24
"""Levels that a document may nest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One thing that is wrong with a document: the line (from 1), the path within it, and what is wrong."""

    line: int
    path: str
    zh: str
    en: str

    def __str__(self) -> str:
        return f"第 {self.line} 行 {self.path}:{self.zh} / line {self.line} {self.path}: {self.en}"


@dataclass(unsafe_hash=True)
class Unreadable(Exception):
    """A document that cannot be used, with all that is wrong with it."""

    flaws: tuple[Flaw, ...]

    def __str__(self) -> str:
        return "\n".join(map(str, self.flaws))

    def refusal(self, reason: Reason = Reason.MALFORMED) -> Refused:
        """The same as a refusal of the ledger; `reason` is why each flaw is one."""
        return Refused(
            Reason.RUBRIC_INVALID,
            others=tuple(
                Refused(reason, f.path, f"{f.zh} / {f.en} ({f.line})") for f in self.flaws
            ),
        )


@dataclass(frozen=True, slots=True)
class Source:
    """The plain values of a document, and the line of each path."""

    values: Any
    lines: Mapping[tuple[str | int, ...], int]

    def flaw(self, path: tuple[str | int, ...], zh: str, en: str) -> Flaw:
        """Something wrong at a path, or at the nearest place above it that the document has."""
        known = path
        while known and known not in self.lines:
            known = known[:-1]
        pointer = "".join(f"/{part}" for part in path)
        return Flaw(line=self.lines.get(known, 1), path=pointer or "/", zh=zh, en=en)


_QUOTED = {"'", '"', "|", ">"}
_NOTHING = {"", "~", "null"}
_TICKS = {"true": True, "false": False}
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,11})")


def parsed(text: str, bounds: Bounds = DOCUMENT) -> Source:
    """A document as plain values. Numbers with a fraction, and days, stay text, so that nothing is rounded on the way."""
    if len(text.encode()) > bounds.bytes:
        size = bounds.bytes // 1024
        raise _broken(1, f"文件超过 {size} KiB", f"the document is larger than {size} KiB")
    try:
        _refuse_tricks(text, bounds.values)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(filter(None, (error.context, error.problem)))
        line = _line(mark)
        raise _broken(line, f"YAML 格式有误({what})", f"not valid YAML: {what}") from None
    except yaml.YAMLError as error:
        what = str(error).splitlines()[0]
        raise _broken(1, f"YAML 格式有误({what})", f"not valid YAML: {what}") from None
    if not isinstance(node, yaml.MappingNode):
        raise _broken(1, "应以“名称: 值”开头", "has to be a mapping of names to values")
    lines: dict[tuple[str | int, ...], int] = {(): _line(node.start_mark)}
    flaws: list[Flaw] = []
    values = _plain(node, (), lines, flaws)
    if flaws:
        raise Unreadable(tuple(flaws[:MOST_FLAWS]))
    return Source(values, lines)


def _line(mark: object) -> int:
    """The line of a mark, from 1."""
    return int(getattr(mark, "line", 0)) + 1


def _refuse_tricks(text: str, most: int) -> None:
    """Refuse what a document of ours never needs: references, tags, several documents, deep nesting."""
    depth = documents = values = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = _line(event.start_mark)
        values += isinstance(event, yaml.NodeEvent)
        if values > most:
            raise _broken(line, "内容过多", "holds too many values")
        match event:
            case yaml.AliasEvent():
                raise _broken(line, "不允许引用(*)", "references (*) are not allowed")
            case yaml.NodeEvent(anchor=str()):
                raise _broken(line, "不允许锚点(&)", "anchors (&) are not allowed")
            case yaml.DocumentStartEvent():
                documents += 1
                if documents > 1:
                    raise _broken(line, "一个文件只能有一份文档", "holds more than one document")
            case yaml.ScalarEvent(tag=str()) | yaml.CollectionStartEvent(tag=str()):
                if event.tag != "!":
                    raise _broken(line, "不允许标签(!)", "tags (!) are not allowed")
            case _:
                pass
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise _broken(line, "嵌套过深", "is nested too deeply")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _plain(
    node: yaml.Node,
    path: tuple[str | int, ...],
    lines: dict[tuple[str | int, ...], int],
    flaws: list[Flaw],
) -> Any:
    lines.setdefault(path, _line(node.start_mark))
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key, value in node.value:
            line = _line(key.start_mark)
            if not isinstance(key, yaml.ScalarNode):
                flaws.append(_flaw(line, path, "名称应为文字", "a name has to be text"))
                continue
            name = str(key.value)
            if name in found:
                flaws.append(
                    _flaw(line, (*path, name), f"“{name}”重复出现", f"“{name}” appears twice")
                )
                continue
            lines[(*path, name)] = line
            found[name] = _plain(value, (*path, name), lines, flaws)
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_plain(n, (*path, i), lines, flaws) for i, n in enumerate(node.value)]
    text = str(node.value)
    if not isinstance(node, yaml.ScalarNode) or node.style in _QUOTED:
        return text
    if text in _NOTHING:
        return None
    if text in _TICKS:
        return _TICKS[text]
    return int(text) if _WHOLE.fullmatch(text) else text


def _flaw(line: int, path: tuple[str | int, ...], zh: str, en: str) -> Flaw:
    return Flaw(line=line, path="".join(f"/{p}" for p in path) or "/", zh=zh, en=en)


def _broken(line: int, zh: str, en: str) -> Unreadable:
    return Unreadable((_flaw(line, (), zh, en),))


def refuse(flaws: list[Flaw], problems: list[Problem], source: Source) -> None:
    """Every problem of a document at once, by line; none, and it is fit for use."""
    for problem in problems:
        path = tuple(int(p) if p.isdigit() else p for p in problem.path.split("/")[1:])
        flaws.append(source.flaw(path, problem.zh, problem.en))
    if flaws:
        listed = sorted(dict.fromkeys(flaws), key=lambda f: (f.line, f.path))
        raise Unreadable(tuple(listed[:MOST_FLAWS]))
