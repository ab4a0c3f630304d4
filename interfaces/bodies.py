"""What comes in as JSON, checked and made into the domain's own commands; what is wrong names the field."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields, replace
from functools import cache
from json.decoder import scanstring  # type: ignore[attr-defined]  # not in the stubs
from json.encoder import encode_basestring
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_type_hints

import msgspec
from pydantic import AfterValidator, ConfigDict, Discriminator, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from typing_extensions import TypedDict

from domain import (
    deed,
    dispute,
    erasure,
    finding,
    grant,
    inside,
    matter,
    meeting,
    member,
    occasion,
    pairing,
    personal,
    unit,
)
from domain.characters import FORBIDDEN, composed, is_forbidden
from domain.kinds import KINDS, Details, Shape
from domain.kinds.about import BelowZero
from domain.kinds.fields import fields_of
from domain.matter import Matter
from domain.occasion import Occasion
from domain.people import Reason, Refused
from domain.streams import Command, OpenLedger
from interfaces import forms
from interfaces.sealed import KEPT, MASK

LARGEST_BODY = 256 * 1024
"""Bytes that a body may have."""
MOST_COMMANDS = 500
"""Commands that one batch may hold."""
MOST_LISTED = 3_000
"""What one list of a body may hold, such as the people of a record."""
MOST_VALUES = 200_000
"""What all lists and objects of a body may hold together; commas are counted, those in texts too."""
DEEPEST = 20
"""Levels that lists and objects of a body may nest; the deepest that is taken needs seven."""

# A string that lacks its end reaches to the end of the text, so that nothing is looked at twice.
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\Z)', re.DOTALL)
_TELLING = re.compile(r"\\[ubf]")
"""Escapes that may stand for a character that is looked for; the others stand for one that is let pass."""
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_ALIKE = bytes.maketrans(b"{}", b"[]")

COMMANDS: tuple[type[Command], ...] = tuple(
    each for each in get_args(Command) if each is not OpenLedger
)
"""Every command that a door takes; only `OpenLedger` is the owner's alone."""

MINTED: Mapping[type[Command], str] = {
    occasion.RecordOccasion: "occasion",
    matter.RecordMatter: "matter",
    meeting.PlanMeeting: "meeting",
    pairing.Pair: "pairing",
    finding.SetFinding: "finding",
    member.Admit: "person",
    unit.OpenUnit: "unit",
    dispute.RaiseDispute: "dispute",
    erasure.RequestErasure: "erasure",
    grant.GrantAccess: "grant",
    grant.TakeEmergencyAccess: "grant",
}
"""Commands that begin a stream, and the field of the id that the door mints where none is given."""

VERSIONED: frozenset[type[Command]] = frozenset(
    {
        occasion.AmendOccasion,
        matter.AmendMatter,
        meeting.AmendMeeting,
        meeting.CloseMeeting,
        deed.Withdraw,
        member.Describe,
        unit.DescribeUnit,
    }
)
"""Commands that replace or take back what somebody has seen: they need the version that he saw."""

_SHAPES: Mapping[type[Command], tuple[Shape, Any]] = {
    occasion.RecordOccasion: (Shape.OCCASION, occasion.Occasion),
    occasion.AmendOccasion: (Shape.OCCASION, occasion.Occasion),
    matter.RecordMatter: (Shape.MATTER, matter.Matter),
    matter.AmendMatter: (Shape.MATTER, matter.Matter),
    meeting.PlanMeeting: (Shape.OCCASION, occasion.Occasion),
    meeting.AmendMeeting: (Shape.OCCASION, occasion.Occasion),
    pairing.Pair: (Shape.PAIRING, pairing.Pairing),
    finding.SetFinding: (Shape.FINDING, finding.Finding),
}


def tag_of(command: type[Command]) -> str:
    """How a batch names a command: its class name in snake case."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", command.__name__).lower()


# Text


def text_of(raw: bytes) -> str:
    """A body as text, in Unicode's composed form, fit to be read as JSON by any reader.

    Refuses what is no UTF-8, control and bidirectional characters, what nests too deeply, a name that an object gives
    twice, numbers that are none, and lists that are too long; each with a pointer. What is no JSON at all is left to the
    reader, who tells the line.
    """
    try:
        text = composed(raw.decode())
    except UnicodeDecodeError as error:
        raise Refused(Reason.BAD_ENCODING, about=f"byte {error.start}") from error
    if text.count(",") > MOST_VALUES:
        raise Refused(Reason.TOO_MANY, about=f"> {MOST_VALUES}")
    if "\\" in text:
        text = _STRING.sub(_without_escapes, text)
    refuse_deep(text)
    if is_forbidden(text):
        raise Refused(Reason.BAD_CHARACTERS, _pointer_to_forbidden(text))
    refuse_ambiguous(text)
    return text


def check_text(text: str, field: str) -> str:
    """One value of a query or an option, composed; refuses the same characters."""
    if is_forbidden(text):
        raise Refused(Reason.BAD_CHARACTERS, field)
    return composed(text)


def refuse_deep(text: str) -> None:
    """Refuse what nests deeper than `DEEPEST`, by its brackets alone: no reader has to go down to find out."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return
    # What pairs with what is the reader's to tell; here one level counts like another.
    raw = _STRING.sub("", text).encode(errors="surrogatepass")
    brackets = raw.translate(_ALIKE, _NO_BRACKETS)
    for _ in range(DEEPEST):
        brackets = brackets.replace(b"[]", b"")
        if not brackets:
            return
    if b"[]" in brackets or brackets.count(b"[") > DEEPEST:
        raise Refused(Reason.TOO_DEEP, about=f"> {DEEPEST}")


def refuse_ambiguous(text: str) -> None:
    """Refuse what readers of JSON take differently: a name given twice, NaN and Infinity; and lists that are too long."""
    try:
        _DECODER.decode(text)
        if text.count(",") >= MOST_LISTED:
            _refuse_long(json.loads(text), "")
    except _Doubtful:
        doubt, pointer = next(_doubts_in(_WHOLE.decode(text), ""))
        wanted = forms.NUMBER if doubt is Reason.MALFORMED else None
        raise Refused(doubt, pointer, wanted=wanted) from None
    except ValueError:
        # No JSON, or a number with more digits than are read: the reader says where.
        return


class _Doubtful(Exception):
    """Something that readers take differently."""


class _Constant(str):
    """NaN, Infinity or -Infinity, which are no JSON."""

    __slots__ = ()


class _Pairs(tuple[tuple[str, Any], ...]):
    """An object as it was written, with a name as often as it is given."""

    __slots__ = ()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Doubtful
    return found


def _never(_: str) -> Any:
    raise _Doubtful


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_never, strict=False)
_WHOLE = json.JSONDecoder(object_pairs_hook=_Pairs, parse_constant=_Constant, strict=False)


def _doubts_in(value: object, pointer: str) -> Iterator[tuple[Reason, str]]:
    match value:
        case _Constant():
            yield Reason.MALFORMED, pointer
        case list():
            for i, each in enumerate(value):
                yield from _doubts_in(each, f"{pointer}/{i}")
        case _Pairs():
            times = Counter(key for key, _ in value)
            for key, each in value:
                place = f"{pointer}/{_escaped(key)}"
                if times[key] > 1:
                    yield Reason.GIVEN_TWICE, place
                yield from _doubts_in(each, place)
        case _:
            return


def _refuse_long(value: object, pointer: str) -> None:
    match value:
        case list():
            if len(value) > MOST_LISTED:
                raise Refused(Reason.TOO_MANY, pointer, f"{len(value)} > {MOST_LISTED}")
            for i, each in enumerate(value):
                _refuse_long(each, f"{pointer}/{i}")
        case dict():
            for key, each in value.items():
                _refuse_long(each, f"{pointer}/{_escaped(key)}")
        case _:
            return


def _without_escapes(token: re.Match[str]) -> str:
    """A JSON string with its escapes read, so that an escaped character is looked at like any other."""
    if not _TELLING.search(token[0]):
        return token[0]
    try:
        value = composed(scanstring(token[0], 1, False)[0])
    except ValueError:
        # An escape that there is not, or a string without an end.
        return token[0]
    # What JSON must escape is looked for here; the rest stands in the text as it is.
    return value.join('""') if is_forbidden(value) else encode_basestring(value)


def _pointer_to_forbidden(text: str) -> str:
    try:
        return next(_forbidden_in(json.loads(text, strict=False), ""), "")
    except ValueError:
        return ""


def _forbidden_in(value: object, pointer: str) -> Iterator[str]:
    match value:
        case str():
            if is_forbidden(value):
                yield pointer
        case list():
            for i, each in enumerate(value):
                yield from _forbidden_in(each, f"{pointer}/{i}")
        case dict():
            for key, each in value.items():
                if is_forbidden(key):
                    yield pointer
                yield from _forbidden_in(each, f"{pointer}/{_escaped(FORBIDDEN.sub('', key))}")
        case _:
            return


def _escaped(name: str) -> str:
    """A name as a part of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


# Schemas


def details_schema(kind: str) -> Any:
    """What pydantic checks the details of a kind by: its fields and a required tag, made into the kind."""
    return _details_schema(kind, KINDS[kind])


@cache
def _details_schema(kind: str, details: type[Details]) -> Any:
    wanted: dict[str, Any] = {"kind": Literal[kind]}
    for each in fields_of(details):
        typed: Any = each.type
        hint: Any = Annotated[typed, Field(title=each.label.zh, description=each.label.en)]
        wanted[each.name] = hint if each.required else NotRequired[hint]
    tagged = _typed_dict(details.__name__, wanted, f"{details.about.zh} / {details.about.en}")

    def made(values: dict[str, Any]) -> Details:
        values.pop("kind")
        return details(**values)

    return Annotated[tagged, AfterValidator(made)]


@cache
def json_schema_of(kind: str) -> dict[str, Any]:
    """The JSON schema (2020-12) of the details of a kind."""
    return TypeAdapter(details_schema(kind)).json_schema()


@cache
def body_schema(shape: Shape) -> Any:
    """What pydantic checks an occasion, a matter, a pairing or a finding by, with the kinds that have this shape."""
    found = [kind for kind, details in KINDS.items() if details.about.shape is shape]
    schemas = tuple(details_schema(kind) for kind in found)
    union = schemas[0] if len(schemas) == 1 else Annotated[_union(schemas), Discriminator("kind")]
    generic = next(generic for its, generic in _SHAPES.values() if its is shape)
    return generic[union]


@cache
def body_adapter(shape: Shape) -> TypeAdapter[Any]:
    """Reads such a body."""
    return TypeAdapter(body_schema(shape))


@cache
def fields_schema(command: Any, without: frozenset[str] = frozenset()) -> Any:
    """What pydantic checks the fields of a command by, apart from those that the address tells."""
    hints = get_type_hints(command, include_extras=True)
    wanted: dict[str, Any] = {}
    for each in fields(command):
        if each.name in without:
            continue
        hint = hints[each.name]
        if each.name == "body":
            hint = body_schema(_SHAPES[command][0])
        optional = each.default is not MISSING or MINTED.get(command) == each.name
        wanted[each.name] = NotRequired[hint] if optional else hint
    return _typed_dict(command.__name__, wanted, command.__doc__ or "")


@cache
def fields_adapter(
    command: Any, without: frozenset[str] = frozenset()
) -> TypeAdapter[dict[str, Any]]:
    """Reads such fields."""
    return TypeAdapter(fields_schema(command, without))


@cache
def tagged_schema() -> Any:
    """What pydantic checks one command of a batch by: `command` names it, `command_id` may, its fields stand beside."""
    found = []
    command: Any
    for command in COMMANDS:
        schema = fields_schema(command)
        wanted = {
            "command": Literal[tag_of(command)],
            "command_id": NotRequired[Annotated[str, Field(pattern="^[!-~]{1,200}$")]],
            "if_match": NotRequired[Annotated[int, Field(ge=0)]],
            **schema.__annotations__,
        }
        found.append(_typed_dict(f"{command.__name__}Command", wanted, command.__doc__ or ""))
    return Annotated[_union(tuple(found)), Discriminator("command")]


@cache
def tagged_adapter() -> TypeAdapter[dict[str, Any]]:
    """Reads one command of a batch."""
    return TypeAdapter(tagged_schema())


def _union(schemas: tuple[Any, ...]) -> Any:
    """One of these; they are not known before the program runs."""
    union: Any = Union
    return union[schemas]


def _typed_dict(name: str, wanted: dict[str, Any], about: str) -> Any:
    make: Any = TypedDict
    made = make(name, wanted)
    made.__pydantic_config__ = ConfigDict(extra="forbid")
    made.__doc__ = about
    made.__module__ = __name__
    return made


# Reading


def body_of(shape: Shape, text: str) -> Any:
    """An occasion, a matter, a pairing or a finding; raises `Refused` with pointers into the body."""
    try:
        body = body_adapter(shape).validate_json(text, strict=True, extra="forbid")
    except ValidationError as error:
        raise refused_by(error) from error
    _refuse_masked(body, "")
    return body


def command_of(
    command: Callable[..., Command],
    text: str,
    told: Mapping[str, Any],
    without: frozenset[str] = frozenset(),
) -> Command:
    """A command from its fields in JSON and those that the address told."""
    try:
        values = fields_adapter(command, without).validate_json(
            text or "{}", strict=True, extra="forbid"
        )
    except ValidationError as error:
        raise refused_by(error) from error
    _refuse_masked(values.get("body"), "/body")
    return command(**values, **told)


_BY_TAG = {tag_of(command): command for command in COMMANDS}


def tagged_command_of(
    text: bytes, command_id: str, minted: Callable[[str], str]
) -> tuple[Command, str, int | None]:
    """One command of a batch, its command id (its own, or the one given here) and the version that was seen, if told.

    `minted` makes from the command id the id of what the command begins, where it names none.
    """
    try:
        values = tagged_adapter().validate_json(text, strict=True, extra="forbid")
    except ValidationError as error:
        raise refused_by(error) from error
    command = _BY_TAG[values.pop("command")]
    command_id = values.pop("command_id", command_id)
    seen = values.pop("if_match", None)
    if command in VERSIONED and seen is None:
        raise Refused(Reason.VERSION_MISSING, "/if_match")
    if command in MINTED:
        values.setdefault(MINTED[command], minted(command_id))
    _refuse_masked(values.get("body"), "/body")
    make: Callable[..., Command] = command
    return make(**values), command_id, seen


def batch_of(text: str) -> list[bytes]:
    """The commands of a batch, unread."""
    try:
        found = msgspec.json.decode(text.encode(), type=list[msgspec.Raw])
    except (msgspec.DecodeError, RecursionError) as error:
        raise Refused(Reason.MALFORMED, wanted=forms.LISTED) from error
    if len(found) > MOST_COMMANDS:
        raise Refused(Reason.TOO_MANY, about=f"{len(found)} > {MOST_COMMANDS}")
    return [bytes(each) for each in found]


def _refuse_masked(body: Any, pointer: str) -> None:
    """Refuse a mask: who sends back what he was shown would store it over what it hides."""
    for _, place, text in personal.texts(body, "", KEPT):
        if MASK in text:
            raise Refused(Reason.SEALED, f"{pointer}/{place.replace('.', '/')}")
    for i, each in enumerate(body.participants if isinstance(body, Occasion) else ()):
        for name in ("leave", "granted_by"):
            if MASK in getattr(each, name):
                raise Refused(Reason.SEALED, f"{pointer}/participants/{i}/{name}")
    for place, text in inside.texts(body) if isinstance(body, Matter) else ():
        if MASK in text:
            raise Refused(Reason.SEALED, f"{pointer}{place}")


# Refusing

_MISSING = {"missing", "missing_keyword_only_argument", "missing_argument"}
_UNKNOWN = {"extra_forbidden", "unexpected_keyword_argument"}


def refused_by(error: ValidationError) -> Refused:
    """What pydantic found, as a refusal of the closed list that names each field, what it should be, and what it is where that is short."""
    first, *others = [
        refused for each in error.errors(include_url=False) for refused in _refusals_of(each)
    ]
    return replace(first, others=tuple(others[:50]))


def _refusals_of(error: ErrorDetails) -> Iterator[Refused]:
    type_ = error["type"]
    pointer = _pointer(error["loc"])
    context = error.get("ctx", {})
    if type_ in _MISSING:
        yield Refused(Reason.MISSING, pointer)
    elif type_ in _UNKNOWN:
        yield Refused(Reason.UNKNOWN_FIELD, pointer)
    elif type_ == "union_tag_not_found":
        tag = context["discriminator"].strip("'")
        yield Refused(Reason.MISSING, f"{pointer}/{tag}")
    elif type_ == "union_tag_invalid":
        tag, said = context["discriminator"].strip("'"), str(context["tag"])[:80]
        yield _wrong_tag(f"{pointer}/{tag}", said)
    elif type_ == "literal_error" and error["loc"][-1:] == ("kind",):
        yield _wrong_tag(pointer, str(error["input"])[:80])
    elif type_ == "value_error":
        # A kind tells in its error which of its fields it refuses.
        wanted = forms.NOT_NEGATIVE if isinstance(context["error"], BelowZero) else None
        for name in str(context["error"]).split():
            yield Refused(Reason.MALFORMED, f"{pointer}/{name}", wanted=wanted)
    elif type_ == "json_invalid":
        at = re.search(r"line (\d+) column (\d+)", str(context["error"]))
        where = f"{at[1]}:{at[2]}" if at else ""
        yield Refused(Reason.MALFORMED, about=where, wanted=forms.JSON)
    else:
        wanted = forms.wanted(error)
        said = forms.given(error["input"]) if wanted else type_
        yield Refused(Reason.MALFORMED, pointer, said, wanted=wanted)


def _wrong_tag(pointer: str, said: str) -> Refused:
    if pointer == "/command":
        return Refused(Reason.UNKNOWN_COMMAND, pointer, said)
    return Refused(Reason.WRONG_TAG if said in KINDS else Reason.UNKNOWN_KIND, pointer, said)


def _pointer(location: tuple[int | str, ...]) -> str:
    """The place in the body; the tags that pydantic steps through are no part of it."""
    parts: list[str] = []
    before: int | str = ""
    for i, part in enumerate(location):
        is_tag = (before == "details" and part in KINDS) or (i == 0 and part in _BY_TAG)
        if not is_tag:
            parts.append(_escaped(str(part)))
        before = part
    return "".join(f"/{part}" for part in parts)
