"""What the command line writes: the same commands as the API, from options named after the fields."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, replace
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter

from application import importing
from application.columns import Column, record_column
from application.handle import Request, Verdict
from application.sheets import Sheet, read_sheet
from domain import deed, finding, matter, occasion, pairing
from domain.deed import Known
from domain.evidence import Evidence
from domain.kinds import KINDS, Details, Shape
from domain.kinds.fields import fields_of
from domain.people import Actor, PersonId, Reason, Refused, Role, UnitId, Via
from domain.roster import Roster
from domain.streams import Command
from domain.unit import Side
from domain.words import Choice, Label
from interfaces import bodies, imports
from interfaces.api import views
from interfaces.api.door import receipt_of
from interfaces.called import person_of, unit_of
from interfaces.cli_shown import deed_of
from interfaces.ids import id_for, minted_id
from interfaces.moments import day_said
from interfaces.progress import told_on_terminal
from interfaces.refusals import Exit
from interfaces.wiring import OWNER, Desk, Installation

_BODIES: dict[Shape, Any] = {
    Shape.OCCASION: occasion.Occasion,
    Shape.MATTER: matter.Matter,
    Shape.PAIRING: pairing.Pairing,
    Shape.FINDING: finding.Finding,
}
_COMMANDS: dict[Shape, Callable[[str, Any, bool], Command]] = {
    Shape.OCCASION: lambda key, body, differs: occasion.RecordOccasion(
        occasion=key, body=body, differs=differs
    ),
    Shape.MATTER: lambda key, body, differs: matter.RecordMatter(
        matter=key, body=body, differs=differs
    ),
    Shape.PAIRING: lambda key, body, _: pairing.Pair(pairing=key, body=body),
    Shape.FINDING: lambda key, body, _: finding.SetFinding(finding=key, body=body),
}
_LABELS: dict[Shape, dict[str, Label]] = {
    Shape.OCCASION: occasion.LABELS,
    Shape.MATTER: matter.LABELS,
    Shape.PAIRING: pairing.LABELS,
    Shape.FINDING: finding.LABELS,
}
_LINES: dict[Any, str] = {
    occasion.Participant: "姓名[:字段=值,…] / NAME[:field=value,…] 李明:part=leads",
    matter.Author: "姓名或 unit/单位[:字段=值,…] / NAME or unit/NAME[:field=value,…] 李明:role=first",
    Evidence: "名称[:字段=值,…] / NAME[:field=value,…]",
}
"""How a line of a list is written, with an example."""


def record(
    installation: Installation, options: argparse.Namespace, acting: argparse.ArgumentParser
) -> int:
    """Record a deed of one kind; the options come from the kind's fields and those that all of its shape have."""
    kind = options.kind
    if kind not in KINDS:
        raise Refused(Reason.UNKNOWN_KIND, about=kind)
    parser = _record_parser(kind, KINDS[kind], acting)
    try:
        said = parser.parse_args(options.rest)
    except SystemExit as stopped:
        return stopped.code if isinstance(stopped.code, int) else Exit.USAGE
    desk = installation.only()
    roster = desk.writer.opened().roster
    shape = KINDS[kind].about.shape
    told = _body_told(kind, said, roster)
    body = bodies.body_of(shape, bodies.text_of(json.dumps(told, ensure_ascii=False).encode()))
    command_id = said.command_id or minted_id()
    key = said.id or id_for(desk.code, command_id)
    command = _COMMANDS[shape](key, body, said.differs)
    carry_out(desk, command, in_name_of(actor_of(said, roster), said, roster), command_id)
    return 0


def _record_parser(
    kind: str, details: type[Details], acting: argparse.ArgumentParser, amends: str = ""
) -> argparse.ArgumentParser:
    """The options of a kind; to amend a record none of them is required, but a reason is."""
    about = details.about
    parser = argparse.ArgumentParser(
        prog=f"lvzhi amend {amends}" if amends else f"lvzhi record {kind}",
        description=f"{about.zh} / {about.en}",
        parents=[acting],
        argument_default=argparse.SUPPRESS,
    )
    taken = {"id", "differs", "acting-for", "by", "role", "unit", "command-id"}
    if amends:
        parser.add_argument(
            "--reason",
            dest="amend_reason",
            required=True,
            metavar="REASON",
            help="更正理由 / why it is corrected",
        )
        taken.add("reason")
    else:
        parser.add_argument(
            "--id",
            default=None,
            help="编号,默认由命令编号得出 / id, by default from the command id",
        )
        parser.add_argument(
            "--differs",
            action="store_true",
            default=False,
            help="已核对,并非重复 / looked at a likely duplicate",
        )
        parser.add_argument(
            "--acting-for",
            default=None,
            metavar="PERSON",
            help="代委员申报 / the member whose declaration this is",
        )
    for each in fields_of(details):
        words = f"{each.label.zh} / {each.label.en}"
        _add_option(
            parser,
            each.name,
            each.type,
            f"{words} {_told_of(each.type)}",
            required=each.required and not amends,
            taken=taken,
        )
    body = _BODIES[about.shape]
    hints = get_type_hints(body)
    for field in fields(body):
        if field.name == "details":
            continue
        label = _LABELS[about.shape][field.name]
        required = field.default is MISSING and not amends
        _add_option(
            parser,
            f"body_{field.name}",
            hints[field.name],
            f"{label.zh} / {label.en} {_told_of(hints[field.name])}",
            required=required,
            taken=taken,
        )
    return parser


def _told_of(hint: Any) -> str:
    """The choices of a closed list, how a line of people is written, or nothing."""
    hint = _inner(hint)
    if get_origin(hint) is tuple:
        return _told_of(get_args(hint)[0])
    if hint in _LINES:
        hints = get_type_hints(hint)
        first = "name" if hint is Evidence else "person"
        named = [
            f"{field.name}: {_told_of(hints[field.name])}".rstrip(": ")
            for field in fields(hint)
            if field.name not in {first, "unit"}
        ]
        return f"{_LINES[hint]} ({'; '.join(named)})"
    if isinstance(hint, type) and issubclass(hint, Choice):
        return " ".join(f"{choice.value}={choice.zh}" for choice in hint)
    return ""


def _choice_of(hint: Any, said: Any) -> Any:
    """The stored value of a choice that was said so or in Chinese; anything else is left for `bodies` to refuse."""
    hint = _inner(hint)
    if isinstance(hint, type) and issubclass(hint, Choice):
        return next((choice.value for choice in hint if said in {choice.value, choice.zh}), said)
    return said


def _add_option(
    parser: argparse.ArgumentParser,
    name: str,
    hint: Any,
    words: str,
    *,
    required: bool,
    taken: set[str],
) -> None:
    """An option for a field: `--NAME`, or `--of-deed-NAME` where that name has another meaning already."""
    plain = name.removeprefix("body_").replace("_", "-")
    option = f"--{plain}"
    if plain in taken:
        option = f"--of-deed-{plain}"
    taken.add(plain)
    shown = plain.replace("-", "_").upper()
    words = words.replace("%", "%%")
    hint = _inner(hint)
    if hint is bool:
        parser.add_argument(option, dest=name, action=argparse.BooleanOptionalAction, help=words)
    elif get_origin(hint) is tuple:
        parser.add_argument(
            option,
            dest=name,
            action="append",
            required=required,
            help=f"{words}(可重复)",
            metavar=shown,
        )
    else:
        parser.add_argument(option, dest=name, required=required, help=words, metavar=shown)


def _inner(hint: Any) -> Any:
    """The type without `None`."""
    if get_origin(hint) in (Union, UnionType):
        (found,) = [each for each in get_args(hint) if each is not NoneType]
        return found
    return hint


def _body_told(kind: str, said: argparse.Namespace, roster: Roster) -> dict[str, Any]:
    """The body as JSON has it; what is of the wrong form is left for `bodies` to refuse."""
    details: dict[str, Any] = {"kind": kind}
    for each in fields_of(KINDS[kind]):
        if hasattr(said, each.name):
            details[each.name] = _value(each.type, getattr(said, each.name), roster, each.name)
    body: dict[str, Any] = {"details": details}
    dataclass = _BODIES[KINDS[kind].about.shape]
    hints = get_type_hints(dataclass)
    for field in fields(dataclass):
        name = f"body_{field.name}"
        if hasattr(said, name):
            body[field.name] = _value(hints[field.name], getattr(said, name), roster, field.name)
    return body


def _value(hint: Any, said: Any, roster: Roster, name: str) -> Any:
    hint = _inner(hint)
    if get_origin(hint) is tuple:
        inner = get_args(hint)[0]
        return [_value(inner, each, roster, f"{name}/{i}") for i, each in enumerate(said)]
    if hint is PersonId:
        return person_of(roster, said, f"/{name}")
    if hint is UnitId:
        return unit_of(roster, said, f"/{name}")
    if hint is int and str(said).lstrip("-").isdigit():
        return int(said)
    if hint is occasion.Participant:
        return _named(hint, said, "person", person_of(roster, _first(said), f"/{name}"))
    if hint is matter.Author:
        return _author(said, roster, name)
    if hint is Evidence:
        return _named(hint, said, "name", _first(said))
    if get_args(hint):
        return said.partition("=")[::2]
    return _choice_of(hint, said)


def _first(said: str) -> str:
    """What stands before the fields of a line."""
    return said.partition(":")[0]


def _author(said: str, roster: Roster, name: str) -> dict[str, Any]:
    """`NAME` of a member, `unit/NAME` of a unit."""
    who = _first(said)
    if who.startswith("unit/"):
        unit = unit_of(roster, who.removeprefix("unit/"), f"/{name}")
        return _named(matter.Author, said, "unit", unit)
    return _named(matter.Author, said, "person", person_of(roster, who, f"/{name}"))


def _named(line: Any, said: str, key: str, value: str) -> dict[str, Any]:
    """`NAME:part=leads,attendance=late`."""
    told: dict[str, Any] = {key: value}
    hints = get_type_hints(line)
    for pair in filter(None, said.partition(":")[2].split(",")):
        field, _, given = pair.partition("=")
        is_number = given.isdigit() and field == "half_days"
        told[field] = int(given) if is_number else _choice_of(hints.get(field), given)
    return told


def confirm(installation: Installation, options: argparse.Namespace) -> None:
    """Answer for lines of a record."""
    desk = installation.only()
    roster = desk.writer.opened().roster
    command = deed.Confirm(
        deed=deed_of(desk, options.deed, "DEED"),
        side=Side.of(options.side),
        people=_people(options, roster),
    )
    carry_out(desk, command, actor_of(options, roster), options.command_id or minted_id())


def return_for_checking(installation: Installation, options: argparse.Namespace) -> None:
    """Return lines of a record for checking."""
    desk = installation.only()
    roster = desk.writer.opened().roster
    command = deed.Return(
        deed=deed_of(desk, options.deed, "DEED"),
        side=Side.of(options.side),
        people=_people(options, roster),
        reason=options.reason,
        suggestion=options.suggestion,
    )
    carry_out(desk, command, actor_of(options, roster), options.command_id or minted_id())


def uphold(installation: Installation, options: argparse.Namespace) -> None:
    """Answer a return: the lines were checked and stand."""
    desk = installation.only()
    roster = desk.writer.opened().roster
    command = deed.Uphold(
        deed=deed_of(desk, options.deed, "DEED"),
        side=Side.of(options.side),
        people=_people(options, roster),
        reason=options.reason,
    )
    carry_out(desk, command, actor_of(options, roster), options.command_id or minted_id())


def withdraw(installation: Installation, options: argparse.Namespace) -> None:
    """Take a record back, with a reason."""
    desk = installation.only()
    roster = desk.writer.opened().roster
    command = deed.Withdraw(deed=deed_of(desk, options.deed, "DEED"), reason=options.reason)
    carry_out(desk, command, actor_of(options, roster), options.command_id or minted_id())


def _people(options: argparse.Namespace, roster: Roster) -> tuple[PersonId, ...]:
    return tuple(person_of(roster, each, "--person") for each in options.person)


def amend(
    installation: Installation, options: argparse.Namespace, acting: argparse.ArgumentParser
) -> int:
    """Correct an occasion or a matter: what the options say is said anew, the rest stays as it is.

    It is decided on the version that was read for it, so that nothing said meanwhile is overwritten.
    """
    desk = installation.only()
    stream = deed_of(desk, options.deed, "DEED")
    state = desk.known().deed(stream)
    if state is None:
        raise Refused(Reason.NO_SUCH_DEED, "DEED", options.deed)
    told = json.loads(TypeAdapter(views.Tagged).dump_json(state.body))
    kind = told["details"]["kind"]
    parser = _record_parser(kind, KINDS[kind], acting, amends=stream)
    try:
        said = parser.parse_args(options.rest)
    except SystemExit as stopped:
        return stopped.code if isinstance(stopped.code, int) else Exit.USAGE
    roster = desk.writer.opened().roster
    changed = _body_told(kind, said, roster)
    details = {**told["details"], **changed.pop("details")}
    whole = {**told, **changed, "details": details}
    shape = KINDS[kind].about.shape
    body = bodies.body_of(shape, bodies.text_of(json.dumps(whole, ensure_ascii=False).encode()))
    key = stream.partition("/")[2]
    command: Command
    if shape is Shape.OCCASION:
        command = occasion.AmendOccasion(occasion=key, body=body, reason=said.amend_reason)
    else:
        command = matter.AmendMatter(matter=key, body=body, reason=said.amend_reason)
    actor = actor_of(said, roster)
    carry_out(desk, command, actor, said.command_id or minted_id(), seen=state.version)
    return 0


def import_roster(installation: Installation, options: argparse.Namespace) -> int:
    """Preview or write a roster; a term that is not stated is assumed, and said to be."""
    since = None if options.since is None else day_said(options.since, "--since")
    term = imports.term_of(options.term, since, installation.only().today())
    if options.term is None or options.since is None:
        print(
            f"未注明的按第{term.number}届、自 {term.since} 起(--term、--since 可改) / "
            f"where the sheet says nothing: term {term.number}, since {term.since}",
            file=sys.stderr,
        )

    def plan(desk: Desk, known: Known, sheet: Sheet, actor: Actor) -> importing.Plan:
        return imports.roster(desk, known, sheet, actor, term)

    return _import(installation, options, plan)


def import_records(installation: Installation, options: argparse.Namespace) -> int:
    """Preview or write a list of records, with what is said beside it and chosen about its rows."""
    said = imports.Said(
        before="--", **{each: getattr(options, each) for each in imports.SAID_IN_WORDS}
    )

    def plan(desk: Desk, known: Known, sheet: Sheet, actor: Actor) -> importing.Plan:
        return imports.records(desk, known, sheet, actor, said)

    return _import(installation, options, plan)


def _import(
    installation: Installation,
    options: argparse.Namespace,
    plan_of: Callable[[Desk, Known, Sheet, Actor], importing.Plan],
) -> int:
    file = Path(options.file)
    result = None if options.result is None else Path(options.result)
    sheet = read_sheet(file.name, file.read_bytes(), options.tab)
    desk = installation.only()
    known = desk.known()
    plan = plan_of(desk, known, sheet, actor_of(options, known.roster, Via.IMPORT))
    if result is not None:
        _check_writable(result)
    told: importing.Plan | importing.Outcome = plan
    if options.commit:
        told = _committed(desk, plan, all_or_nothing=options.all_or_nothing)
    if options.json:
        view = TypeAdapter(imports.ImportView).dump_python(
            imports.view_of(told, known), mode="json"
        )
        print(json.dumps(view, ensure_ascii=False, indent=1))
    else:
        _say_import(told, known)
    if result is not None:
        # What was written has been said: a disk that is full now hides nothing.
        result.write_bytes(importing.result_file(told))
    refused = isinstance(told, importing.Outcome) and told.refused
    return 0 if plan.sound and not refused else Exit.INVALID


def _check_writable(result: Path) -> None:
    """Refuse a place for the result where nothing can be written, before anything is stored; raises `OSError`."""
    was_there = result.exists()
    with result.open("ab"):
        pass
    if not was_there:
        result.unlink()


def _committed(desk: Desk, plan: importing.Plan, *, all_or_nothing: bool) -> importing.Outcome:
    """Write a plan; where that breaks off, what was written is said before the error."""
    written = 0

    def write(requests: list[Request]) -> list[Verdict]:
        nonlocal written
        verdicts = desk.write(requests)
        written += sum(not isinstance(each, Refused) for each in verdicts)
        return verdicts

    try:
        with told_on_terminal("导入 / importing") as progress:
            return importing.commit(plan, write, progress, all_or_nothing=all_or_nothing)
    except BaseException:
        of = len(plan.steps)
        print(
            f"已写入 {written} / {of} 条命令后中断;再次导入同一文件会接着写,不会重复",
            f"  broken off after {written} of {of} commands; import the same file again to go on",
            sep="\n",
            file=sys.stderr,
        )
        raise


def _say_import(told: importing.Plan | importing.Outcome, known: Known) -> None:
    plan = told if isinstance(told, importing.Plan) else told.plan
    if plan.sheet.others:
        others = "、".join(plan.sheet.others)
        print(f"读取工作表「{plan.sheet.tab}」;另有 {others}(--tab) / other sheets: {others}")
    for found, zh, en in imports.together(told.findings):
        print(f"{found.severity.zh}  {zh}")
        print(f"      {found.severity.en}: {en}")
        for option in _options_for(found, known):
            print(f"      {option}")
    if plan.late.rows:
        print(f"{importing.Severity.WARNING.zh}  {plan.late.zh}")
        print(f"      {importing.Severity.WARNING.en}: {plan.late.en}")
    if any(_is_lacking(each, plan.sheet) for each in told.findings):
        print(
            "表中没有的可用 --kind --on --title --organiser --place --detail 注明 / "
            "what the sheet lacks can be said with these options"
        )
    states = list(told.rows.values())
    counted = ",".join(
        f"{state.zh} {states.count(state)}" for state in importing.RowState if state in states
    )
    print(f"{len(states)} 行:{counted}")
    if isinstance(told, importing.Outcome) and told.stopped:
        print("有错误,按 --all-or-nothing 一条也未写入 / rows have errors: nothing was written")
    elif isinstance(told, importing.Outcome):
        where = f",位置 {told.position}" if told.written else ""
        print(f"写入 {told.written} 条命令{where} / {told.written} commands were written")
    else:
        print("仅预览,加 --commit 写入 / a preview only; --commit writes")


def _options_for(found: importing.Finding, known: Known) -> Iterator[str]:
    """The options that settle a finding on a row."""
    match found.reason:
        case Reason.AMBIGUOUS_NAME | Reason.NO_SUCH_PERSON:
            for each in imports.meant(found, known):
                yield f"--choose {found.row}={each.id}  {each.described}"
            if found.reason is Reason.NO_SUCH_PERSON:
                yield f"--guest {found.row}"
        case Reason.NOT_A_MEMBER_THEN:
            yield f"--guest {found.row}"
        case Reason.MISSING if record_column(found.column) is Column.LEAVE:
            yield f"--leave {found.row}=病假"
        case _:
            return


def _is_lacking(found: importing.Finding, sheet: Sheet) -> bool:
    """Whether a row lacks what no column of the sheet could hold."""
    is_error = found.severity is importing.Severity.ERROR and found.row > 0
    return is_error and found.reason is Reason.MISSING and found.column not in sheet.columns


def actor_of(options: argparse.Namespace, roster: Roster, via: Via = Via.CLI) -> Actor:
    """Who acts: the county office on its own computer, unless the options name somebody."""
    person = OWNER.person if options.by is None else person_of(roster, options.by, "--by")
    return Actor(
        person=person,
        role=Role.of(options.role),
        unit=None if options.unit is None else unit_of(roster, options.unit, "--unit"),
        via=via,
    )


def in_name_of(actor: Actor, options: argparse.Namespace, roster: Roster) -> Actor:
    """The same in the name of the member for whom it is typed in, where the options name one."""
    if options.acting_for is None:
        return actor
    return replace(actor, acting_for=person_of(roster, options.acting_for, "--acting-for"))


def carry_out(
    desk: Desk, command: Command, actor: Actor, command_id: str, *, seen: int | None = None
) -> None:
    """Hand one command to the ledger and say what came of it."""
    done = desk.one(
        Request(command=command, actor=actor, command_id=command_id, seen=seen, strict=desk.strict)
    )
    told = receipt_of(desk.code, done)
    zh, en = (
        ("已登记", "recorded")
        if told.entries
        else ("已是如此,未作改动", "so already; nothing changed")
    )
    print(f"{zh} {told.stream},版本 {told.version},位置 {told.position} / {en}")
    for warning in told.warnings:
        print(f"提示:{warning.detail}:{warning.deed} / {warning.detail_en}", file=sys.stderr)
