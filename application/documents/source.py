"""YAML text as plain values, with the line of each; what a document of ours never needs is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from functools import lru_cache
from typing import Any

import yaml

from domain.characters import FORBIDDEN, composed
from domain.nearest import quoted
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
        """Something wrong at a path."""
        written, line = self._written(path)
        return Flaw(line=line, path=_pointer(written), zh=zh, en=en)

    def _written(self, path: tuple[str | int, ...]) -> tuple[tuple[str | int, ...], int]:
        """A path as far as the document wrote it, and its line; what is missing is told at the first name beside it.

        Where one value stands for a list of one, or a word for a part, the path ends there.
        """
        here, written = self.values, tuple[str | int, ...]()
        for n, part in enumerate(path):
            if isinstance(here, list):
                if not str(part).isascii() or not str(part).isdigit() or int(part) >= len(here):
                    break
                written, here = (*written, int(part)), here[int(part)]
            elif not isinstance(here, dict):
                break
            elif str(part) in here:
                written, here = (*written, str(part)), here[str(part)]
            elif (whole := "/".join(map(str, path[n:]))) in here:
                return (*written, whole), self.lines[(*written, whole)]
            elif str(part) != "0":
                first = next(((*written, name) for name in here), written)
                return (*written, part), self.lines.get(first, 1)
        return written, self.lines.get(written, 1)


_QUOTED = {"'", '"', "|", ">"}
_NOTHING = {"", "~", "null"}
_TICKS = {"true": True, "false": False}
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,11})")


_CONTROL = ("含有控制字符,请删去", "holds a control character, and is not valid YAML; remove it")


def decoded(raw: bytes) -> str:
    """The text of a file, in Unicode's composed form; raises `Unreadable` with the line where it is no UTF-8, or holds control characters."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _broken(
            raw[: error.start].count(b"\n") + 1,
            "不是 UTF-8 编码的文本,请另存为 UTF-8",
            "is no text in UTF-8; save it as UTF-8",
        ) from None
    _refuse_control(text)
    return composed(text)


def _refuse_control(text: str) -> None:
    found = FORBIDDEN.search(text)
    if found is not None:
        raise _broken(text.count("\n", 0, found.start()) + 1, *_CONTROL)


def parsed(text: str, bounds: Bounds = DOCUMENT, *, checked: bool = True) -> Source:
    """A document as plain values. Numbers with a fraction, and days, stay text, so that nothing is rounded on the way.

    Control characters and values left out are let pass where it is not to be `checked`. What is given is shared by all who read the same text, who change nothing in it.
    """
    return _kept(text, checked) if bounds is DOCUMENT else _parsed(text, bounds, checked)


@lru_cache(maxsize=8)
def _kept(text: str, checked: bool) -> Source:
    """A document is asked for its sort, loaded, checked by its cases and published, one after the other: it is read once."""
    return _parsed(text, DOCUMENT, checked)


def _parsed(text: str, bounds: Bounds, checked: bool) -> Source:
    text = text.removeprefix("\ufeff")
    if checked:
        _refuse_control(text)
    if len(text.encode()) > bounds.bytes:
        size = bounds.bytes // 1024
        raise _broken(1, f"文件超过 {size} KiB", f"the document is larger than {size} KiB")
    try:
        _refuse_tricks(text, bounds.values)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        raise _unparsed(error, text) from None
    if not isinstance(node, yaml.MappingNode):
        raise _broken(
            _line(None if node is None else node.start_mark),
            "应以“名称: 值”开头,冒号后须有空格",
            "has to be a mapping of names to values, with a space after the colon",
        )
    lines: dict[tuple[str | int, ...], int] = {(): _line(node.start_mark)}
    flaws: list[Flaw] = []
    doubts: list[Flaw] = []
    values = _plain(node, (), lines, flaws, doubts)
    flaws += doubts if checked else []
    if flaws:
        raise Unreadable(tuple(flaws[:MOST_FLAWS]))
    return Source(values, lines)


def _line(mark: object) -> int:
    """The line of a mark, from 1."""
    return int(getattr(mark, "line", 0)) + 1


class _At(StrEnum):
    """Which line a fault of syntax is likely on."""

    BEGINS = auto()
    SHOWS = auto()


_FAULTS: Mapping[str, tuple[_At, str, str]] = {
    "could not find expected ':'": (
        _At.BEGINS,
        "这里缺少冒号,或冒号后没有空格(冒号用半角)",
        "a colon is missing here, or the space after it",
    ),
    "did not find expected ',' or '}'": (
        _At.BEGINS,
        "这里的花括号没有配对,或两项之间缺少逗号;含冒号、逗号的文字要加引号",
        "this brace is never closed, or a comma is missing in it; text with a colon or comma needs quotes",
    ),
    "did not find expected ',' or ']'": (
        _At.BEGINS,
        "这里的方括号没有配对,或两项之间缺少逗号;含冒号、逗号的文字要加引号",
        "this bracket is never closed, or a comma is missing in it; text with a colon or comma needs quotes",
    ),
    "found unexpected end of stream": (
        _At.BEGINS,
        "这里的引号没有配对",
        "this quotation mark is never closed",
    ),
    "found unexpected document indicator": (
        _At.BEGINS,
        "这里的引号没有配对",
        "this quotation mark is never closed",
    ),
    "mapping values are not allowed in this context": (
        _At.SHOWS,
        "这里不能有冒号:多半是缩进不对,或值里有冒号而没有加引号",
        "no colon can stand here: the indentation is wrong, or a value with a colon needs quotes",
    ),
    "block sequence entries are not allowed in this context": (
        _At.SHOWS,
        "列表的短横(-)不能写在这里,请另起一行",
        "a dash of a list cannot stand here; begin a new line",
    ),
    "found a tab character that violates indentation": (
        _At.SHOWS,
        "缩进不能用制表符,请用空格",
        "a tab cannot indent; use spaces",
    ),
    "did not find expected key": (
        _At.SHOWS,
        "缩进与上文不一致,或引号之后还有文字",
        "the indentation does not fit what is above, or text follows a closing quote",
    ),
    "did not find expected '-' indicator": (
        _At.SHOWS,
        "这里不在列表之中:缩进不对,或缺少短横(-)",
        "this is not in the list: the indentation is wrong, or a dash is missing",
    ),
    "did not find expected node content": (
        _At.SHOWS,
        "这里多了一个括号或逗号",
        "a bracket or a comma too many",
    ),
    "found unknown escape character": (
        _At.SHOWS,
        "双引号之内的反斜杠用错了,请改用单引号",
        "a backslash inside double quotes says nothing known; use single quotes",
    ),
    "did not find expected alphabetic or numeric character": (
        _At.SHOWS,
        "以 * 或 & 开头的值请加引号",
        "a value that begins with * or & needs quotes",
    ),
    "found unknown directive name": (
        _At.SHOWS,
        "以 % 开头的内容请加引号",
        "what begins with % needs quotes",
    ),
    "found undefined tag handle": (_At.SHOWS, "不允许标签(!)", "tags (!) are not allowed"),
    "did not find expected <document start>": (
        _At.SHOWS,
        "一个文件只能有一份文档",
        "holds more than one document",
    ),
}
"""What a parser finds wrong, by its own words: which of its two lines to name, and what to say."""
_NO_START = "found character that cannot start any token"


def _unparsed(error: yaml.MarkedYAMLError, text: str) -> Unreadable:
    """What is wrong with the syntax, on the line where it is likely to be."""
    shows = error.problem_mark or error.context_mark
    if error.problem == _NO_START and shows is not None:
        begins = text.splitlines()[shows.line][shows.column :][:1]
        zh, en = (
            f"{quoted(begins)}不能开头,请加引号",
            f"nothing can begin with {quoted(begins)}; quote it",
        )
        if begins == "\t":
            _, zh, en = _FAULTS["found a tab character that violates indentation"]
        return _broken(_line(shows), f"YAML 格式有误:{zh}", f"not valid YAML: {en}")
    at, zh, en = _FAULTS.get(
        error.problem or "",
        (
            _At.SHOWS,
            "请检查这一行及上一行的缩进、冒号、引号和括号",
            " ".join(filter(None, (error.context, error.problem))),
        ),
    )
    line = _line(shows if at is _At.SHOWS else error.context_mark or shows)
    return _broken(line, f"YAML 格式有误:{zh}", f"not valid YAML: {en}")


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
    doubts: list[Flaw],
) -> Any:
    lines.setdefault(path, _line(node.start_mark))
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key, value in node.value:
            line = _line(key.start_mark)
            if not isinstance(key, yaml.ScalarNode):
                flaws.append(_flaw(line, path, "名称应为文字", "a name has to be text"))
                continue
            name = composed(str(key.value))
            if name in found:
                said = quoted(name)
                flaws.append(_flaw(line, (*path, name), f"{said}重复出现", f"{said} appears twice"))
                continue
            lines[(*path, name)] = line
            if FORBIDDEN.search(name):
                doubts.append(_flaw(line, path, *_CONTROL))
            elif (
                isinstance(value, yaml.ScalarNode)
                and not value.value
                and value.style not in _QUOTED
            ):
                doubts.append(_flaw(line, (*path, name), *_no_value(name)))
            found[name] = _plain(value, (*path, name), lines, flaws, doubts)
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_plain(n, (*path, i), lines, flaws, doubts) for i, n in enumerate(node.value)]
    text = composed(str(node.value))
    if FORBIDDEN.search(text):
        doubts.append(_flaw(_line(node.start_mark), path, *_CONTROL))
    if not isinstance(node, yaml.ScalarNode) or node.style in _QUOTED:
        return text
    if text in _NOTHING:
        return None
    if text in _TICKS:
        return _TICKS[text]
    return int(text) if _WHOLE.fullmatch(text) else text


def _no_value(name: str) -> tuple[str, str]:
    """What is said of a name with nothing after its colon, or without one."""
    said = quoted(name)
    return (
        f"{said}没有写值,请补上或删去(若是句中的逗号,请给整句加引号)",
        f"{said} has no value; give one or remove it (if a comma cut a sentence in two, quote it)",
    )


def _flaw(line: int, path: tuple[str | int, ...], zh: str, en: str) -> Flaw:
    return Flaw(line=line, path=_pointer(path), zh=zh, en=en)


def _pointer(path: tuple[str | int, ...]) -> str:
    return "".join(f"/{part}" for part in path) or "/"


def _broken(line: int, zh: str, en: str) -> Unreadable:
    return Unreadable((_flaw(line, (), zh, en),))


def refuse(flaws: list[Flaw], problems: list[Problem], source: Source) -> None:
    """Every problem of a document at once, by line; none, and it is fit for use."""
    for problem in problems:
        flaws.append(source.flaw(tuple(problem.path.split("/")[1:]), problem.zh, problem.en))
    if flaws:
        listed = sorted(dict.fromkeys(flaws), key=lambda f: (f.line, f.path))
        raise Unreadable(tuple(listed[:MOST_FLAWS]))
