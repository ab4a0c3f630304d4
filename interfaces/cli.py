"""The command line `lvzhi`. What is heavy is imported by the command that needs it, so that the rest starts at once."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING

from domain.access import TOLD_WHY, Action, must
from domain.characters import FORBIDDEN, composed, is_forbidden
from domain.disputed import DisputeOutcome, DisputeSort
from domain.erasure import Basis
from domain.inspection import MOST as MOST_PROBLEMS
from domain.people import Reason, Refused, Role
from interfaces import logs, refusals, settings
from interfaces.refusals import Exit

if TYPE_CHECKING:
    from interfaces.wiring import Installation

Run = Callable[["Installation", argparse.Namespace], int | None]
DEED = "记录编号(occasion/…、matter/…),可只写开头 / id of a record, or its beginning"
AS_OF = "当时所知:位置、时刻或日期 / as known at a position, instant or day"
MEMBER = "编号、内部编号或姓名 / number, id or name"
WITNESS_FOLDER = "lvzhi-witness"
"""Where a witness keeps his key and his memory unless he says otherwise."""
MOST_DAYS = 3650
"""Days that a token may be good for."""


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command; returns the exit code of `refusals.Exit`, 0 for success."""
    settings.tune_process()
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as stopped:
        return stopped.code if isinstance(stopped.code, int) else Exit.USAGE
    if hasattr(options, "rest"):
        _take_common(options)
    try:
        _refuse_broken(arguments)
        _compose(options)
        code = _carried_out(options)
        # What is still held back is written here, where a reader that has gone is no trouble.
        sys.stdout.flush()
    except Refused as refused:
        for line in refusals.sentences(refused):
            print(line, file=sys.stderr)
        return refusals.exit_of(refused)
    except BrokenPipeError:
        # Who reads our output has seen enough; nothing more may be written at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("已中断 / interrupted", file=sys.stderr)
        return 130
    except OSError as error:
        print(f"文件或网络出错:{error}", file=sys.stderr)
        print(f"  file or network trouble: {error}", file=sys.stderr)
        return Exit.UNAVAILABLE
    return code


_PATHS = frozenset({"data", "file", "facts", "result", "sheets", "database", "out"})
"""Options that name a file or an address, which is taken as it was typed."""


def _refuse_broken(arguments: Sequence[str]) -> None:
    """Refuse an argument that could not be stored: bytes that are not of the terminal's encoding, characters that no text may hold."""
    before = ""
    for argument in arguments:
        if not argument.isascii() and any("\ud800" <= letter <= "\udfff" for letter in argument):
            raise Refused(Reason.BAD_ENCODING, about=argument.encode("utf-8", "replace").decode())
        if is_forbidden(argument):
            own = argument.partition("=")[0]
            named = own if own.startswith("--") else before if before.startswith("--") else ""
            # Not repeated as it is: it would turn the writing of the terminal.
            shown = FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", named or argument)
            raise Refused(Reason.BAD_CHARACTERS, shown)
        before = argument


def _compose(options: argparse.Namespace) -> None:
    """Put what was typed into Unicode's composed form, but for names of files."""
    for name, value in vars(options).items():
        if name in _PATHS:
            continue
        if isinstance(value, str):
            setattr(options, name, composed(value))
        elif isinstance(value, list) and all(isinstance(each, str) for each in value):
            setattr(options, name, [composed(each) for each in value])


def _carried_out(options: argparse.Namespace) -> int:
    from interfaces.wiring import Installation, is_of_storage

    logs.install()
    found = settings.read(
        os.environ, data=options.data, database=options.database, ledger=options.ledger
    )
    installation = Installation(found)
    run: Run = options.run
    action: Action = options.action
    try:
        # Whoever sits at the office's own computer is the office, unless he says in which role he acts.
        role = Role.of(getattr(options, "role", None) or Role.OFFICE.value)
        if action not in TOLD_WHY:
            must(role, action)
        return run(installation, options) or 0
    except Refused:
        raise
    except Exception as error:
        if not is_of_storage(error):
            raise
        print(found.without_secrets(str(error)), file=sys.stderr)
        raise Refused(Reason.UNAVAILABLE) from error
    finally:
        installation.close()


def _number_in(first: int, last: int) -> Callable[[str], int]:
    """Reads a whole number of this range."""

    def read(said: str) -> int:
        if not said.isdecimal() or not first <= int(said) <= last:
            raise argparse.ArgumentTypeError(
                f"{said}:应为 {first} 至 {last} 的整数 / a whole number from {first} to {last}"
            )
        return int(said)

    return read


def _years(said: str) -> list[int]:
    """Reads years by comma."""
    return [_number_in(1949, 2200)(each.strip()) for each in said.split(",")]


def _month(said: str) -> str:
    """Reads a month."""
    if not re.fullmatch(r"[1-9][0-9]{3}-(0[1-9]|1[0-2])", said):
        raise argparse.ArgumentTypeError(
            f"{said}:应为 2026-11 这样的月份 / a month such as 2026-11"
        )
    return said


def _days(said: str) -> float:
    """Reads how many days a token is good for."""
    try:
        days = float(said)
    except ValueError:
        days = 0
    if not 0 < days <= MOST_DAYS:
        raise argparse.ArgumentTypeError(
            f"{said}:应大于 0、不超过 {MOST_DAYS} / more than 0, at most {MOST_DAYS}"
        )
    return days


def _common(*, top: bool) -> argparse.ArgumentParser:
    """Options that may stand before or after the command."""
    common = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    nothing = None if top else argparse.SUPPRESS
    common.add_argument(
        "--data", default=nothing, metavar="DIR", help="数据目录 / data folder (LVZHI_DATA)"
    )
    common.add_argument(
        "--database",
        default=nothing,
        metavar="URL",
        help="PostgreSQL 地址 / URL (LVZHI_DATABASE_URL)",
    )
    common.add_argument(
        "--ledger",
        default=nothing,
        metavar="CODE",
        help="台账代码,只有一个时可省略 / ledger (LVZHI_LEDGER)",
    )
    return common


def _take_common(options: argparse.Namespace) -> None:
    """Take the common options out of what is left for a command whose own options are known only later."""
    found, options.rest = _common(top=True).parse_known_args(options.rest)
    for name, value in vars(found).items():
        if value is not None:
            setattr(options, name, value)


def _acting() -> argparse.ArgumentParser:
    """Who acts, where it is not the county office."""
    acting = argparse.ArgumentParser(add_help=False)
    acting.add_argument("--by", metavar="PERSON", help="操作人(编号、内部编号或姓名) / who acts")
    acting.add_argument(
        "--role",
        choices=[role.value for role in Role],
        default=Role.OFFICE.value,
        help="身份 / role",
    )
    acting.add_argument("--unit", metavar="UNIT", help="代表单位 / unit he acts in")
    acting.add_argument(
        "--command-id", metavar="ID", help="命令编号,重试时沿用 / command id; a retry repeats it"
    )
    return acting


def _reading() -> argparse.ArgumentParser:
    """How a read is asked and printed."""
    reading = argparse.ArgumentParser(add_help=False)
    reading.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    reading.add_argument("--as-of", metavar="WHEN", help=AS_OF)
    return reading


@cache
def _parser() -> argparse.ArgumentParser:
    """All commands; to put them together takes as long as many a command itself, and a process that carries out several does it once."""
    common, acting, reading = _common(top=False), _acting(), _reading()
    parser = argparse.ArgumentParser(
        prog="lvzhi", description="履职台账 / the duty ledger", parents=[_common(top=True)]
    )
    commands = parser.add_subparsers(title="命令 / commands", metavar="COMMAND", required=True)

    def command(
        name: str, help: str, run: Run, action: Action, *more: argparse.ArgumentParser
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help, description=help, parents=[common, *more])
        made.set_defaults(run=run, action=action)
        return made

    demo = command("demo", "建立示例台账 / make a sample ledger", _demo, Action.RUN)
    demo.add_argument("--serve", action="store_true", help="随后启动服务 / serve it afterwards")
    demo.add_argument("--port", type=_number_in(0, 65_535), default=8000)
    demo.add_argument(
        "--sheets",
        metavar="FOLDER",
        help="只写出该县的名册和一个月的登记表,供试用导入 / only write its roster and a month's records as workbooks",
    )

    serve = command("serve", "启动服务 / serve the API", _serve, Action.RUN)
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=_number_in(0, 65_535), default=8000)

    ledger = commands.add_parser("ledger", help="台账 / ledgers", parents=[common])
    ledgers = ledger.add_subparsers(metavar="ACTION", required=True)
    create = ledgers.add_parser("create", help="新建 / create", parents=[common])
    create.add_argument("code", help="代码,小写字母开头 / code, starts with a small letter")
    create.add_argument(
        "--name", help="政协名称,默认同代码 / name of the committee, the code by default"
    )
    create.add_argument(
        "--if-missing",
        action="store_true",
        help="已有时不算错误 / succeed where it is there already",
    )
    create.add_argument("--zone", default="Asia/Shanghai", help="时区 / time zone")
    create.set_defaults(run=_create, action=Action.RUN)
    listed = ledgers.add_parser("list", help="列出 / list", parents=[common])
    listed.add_argument("--json", action="store_true")
    listed.set_defaults(run=_list, action=Action.SEE_ROSTER)

    token = command("token", "签发令牌 / mint a bearer token", _token, Action.RUN)
    token.add_argument(
        "--person",
        required=True,
        help=f"{MEMBER};机关自用可写 office / `office` is the county office itself",
    )
    # Whose token it is says nothing of who mints it.
    token.add_argument(
        "--role", dest="bearer_role", required=True, choices=[role.value for role in Role]
    )
    token.add_argument("--unit", help="代表单位的名称或内部编号 / name or id of the unit")
    token.add_argument(
        "--days", type=_days, help="有效天数,默认 30,委员本人 1 / days: 30; for a member himself 1"
    )
    token.add_argument(
        "--all-ledgers", action="store_true", help="可用于所有台账 / good for every ledger"
    )

    imports = commands.add_parser("import", help="导入 / import", parents=[common])
    sorts = imports.add_subparsers(metavar="WHAT", required=True)
    for what, zh, run, action in (
        ("roster", "名册", _import_roster, Action.IMPORT_ROSTER),
        ("records", "履职记录", _import_records, Action.IMPORT_RECORDS),
    ):
        made = sorts.add_parser(what, help=f"{zh} / {what}", parents=[common, acting])
        made.add_argument("file", help="xlsx, csv")
        made.add_argument("--tab", default="", help="工作表 / sheet")
        made.add_argument(
            "--commit",
            action="store_true",
            help="写入;默认只预览 / write; only a preview otherwise",
        )
        made.add_argument(
            "--result", metavar="FILE", help="结果表 / workbook with a result for each row"
        )
        made.add_argument(
            "--all-or-nothing",
            "--strict",
            action="store_true",
            help="有一行出错就一行也不写 / write nothing if any row has an error",
        )
        made.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
        made.set_defaults(run=run, action=action)
        if what == "records":
            _add_said_beside(made)
        if what == "roster":
            made.add_argument(
                "--term", type=int, help="届,默认第1届 / number of the term, 1 by default"
            )
            made.add_argument(
                "--since",
                help="本届起始日期,默认四年前的1月1日 / first day of the term, 1 January four years ago",
            )

    undo = sorts.add_parser(
        "undo", help="撤销一批导入 / take a batch back", parents=[common, acting]
    )
    undo.add_argument(
        "batch", help="批次,见 lvzhi import list / batch, as `lvzhi import list` has it"
    )
    undo.add_argument("--reason", required=True, help="理由 / reason")
    undo.add_argument(
        "--commit", action="store_true", help="写入;默认只预览 / write; only a preview otherwise"
    )
    undo.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    undo.set_defaults(run=_undo_import, action=Action.IMPORT_RECORDS)
    batches = sorts.add_parser("list", help="导入批次 / batches", parents=[common, acting])
    batches.add_argument("--limit", type=int, default=50, help="最多几批 / at most")
    batches.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    batches.set_defaults(run=_list_imports, action=Action.SEE_IMPORTS)

    record = command("record", "登记一项履职 / record a deed", _record, Action.RECORD)
    record.add_argument("kind", help="类型,见 lvzhi kinds / kind")
    record.add_argument("rest", nargs=argparse.REMAINDER, help="lvzhi record KIND --help")

    amend = command(
        "amend", "更正记录,未写的各项不变 / correct a record; the rest stays", _amend, Action.RECORD
    )
    amend.add_argument("deed", help=DEED)
    amend.add_argument("rest", nargs=argparse.REMAINDER, help="lvzhi amend DEED --help")

    answers: tuple[tuple[str, str, Run, Action], ...] = (
        ("confirm", "确认记录 / confirm a record", _confirm, Action.CONFIRM),
        ("return", "退回核实 / return lines for checking", _return, Action.CONFIRM),
        ("uphold", "核实维持 / answer a return: it stands", _uphold, Action.UPHOLD),
    )
    for name, words, answer, action in answers:
        made = command(name, words, answer, action, acting)
        made.add_argument("deed", help=DEED)
        made.add_argument(
            "--side",
            choices=["sector", "studio", "county"],
            default="county" if name == "confirm" else None,
            required=name != "confirm",
            help="哪一侧:sector 界别、studio 镇街、county 机关 / whose word",
        )
        made.add_argument(
            "--person",
            action="append",
            default=[],
            required=name != "confirm",
            help="只涉及此人(可重复) / only this line",
        )
        if name != "confirm":
            made.add_argument("--reason", required=True, help="理由 / reason")
        if name == "return":
            made.add_argument("--suggestion", default="", help="建议 / what it should say")

    withdraw = command("withdraw", "撤回记录 / withdraw a record", _withdraw, Action.RECORD, acting)
    withdraw.add_argument("deed", help=DEED)
    withdraw.add_argument("--reason", required=True, help="理由 / reason")

    members = command(
        "members", "名册及内部编号 / the roster with its ids", _members, Action.SEE_ROSTER, reading
    )
    members.add_argument("--unit", help="只列该单位的 / only of this unit")
    members.add_argument(
        "--text", default="", help="姓名含此字,或编号 / in the name, or the number"
    )

    units = command(
        "units", "单位及内部编号 / units with their ids", _units, Action.SEE_ROSTER, reading
    )
    units.add_argument("--text", default="", help="名称含此字 / in the name")

    score = command(
        "score",
        "委员(单位)得分及说明 / a member's scorecards, or a unit's",
        _score,
        Action.SEE_FILE,
        reading,
    )
    whose = score.add_mutually_exclusive_group(required=True)
    whose.add_argument("member", nargs="?", help=MEMBER)
    whose.add_argument("--unit", help="单位的名称或内部编号 / name or id of the unit")
    score.add_argument(
        "--year",
        type=_number_in(1949, 2200),
        help="年度,默认本年 / calendar year, this one by default",
    )
    score.add_argument("--rubric")
    score.add_argument(
        "--all",
        action="store_true",
        help="逐笔列出不再计分的 / each line that a limit cut to nothing",
    )

    scores = command(
        "scores", "得分一览 / all members' totals", _scores, Action.SEE_TOTALS, reading
    )
    scores.add_argument(
        "--rubric", help="考核办法代码,委员的办法只有一份时可省略 / code of the rubric"
    )
    scores.add_argument(
        "--year",
        type=_number_in(1949, 2200),
        help="年度,默认本年 / calendar year, this one by default",
    )

    graded = command("grades", "等次及理由 / grades and why", _grades, Action.SEE_TOTALS, reading)
    graded.add_argument(
        "--rubric", help="考核办法代码,委员的办法只有一份时可省略 / code of the rubric"
    )
    graded.add_argument(
        "--year",
        type=_number_in(1949, 2200),
        help="年度,默认本年 / calendar year, this one by default",
    )

    moved = command(
        "moved",
        "两个时点之间谁的得分变了、为什么 / whose scores moved between two positions, and why",
        _moved,
        Action.SEE_TOTALS,
    )
    moved.add_argument(
        "--rubric", help="考核办法代码,委员的办法只有一份时可省略 / code of the rubric"
    )
    moved.add_argument(
        "--year",
        type=_number_in(1949, 2200),
        help="年度,默认本年 / calendar year, this one by default",
    )
    moved.add_argument(
        "--from", dest="first", required=True, metavar="WHEN", help="当时:位置、时刻或日期 / then"
    )
    moved.add_argument(
        "--to", dest="last", metavar="WHEN", help="后来,默认现在 / later, now by default"
    )
    moved.add_argument(
        "--limit", type=_number_in(1, 100_000), default=50, help="最多列几人 / members shown"
    )
    moved.add_argument("--json", action="store_true", help="输出 JSON / print JSON")

    history = command("history", "历史 / history", _history, Action.SEE_FILE, reading)
    history.add_argument(
        "subject",
        help=f"委员或单位名称、{MEMBER};occasion/…、unit/… / a member, a unit, a record",
    )
    history.add_argument("--limit", type=_number_in(1, 200), default=50, help="条数 / how many")

    checklist = command(
        "checklist",
        "委员或单位的清单进度 / checklists of a member or a unit",
        _checklist,
        Action.SEE_FILE,
        reading,
    )
    whose = checklist.add_mutually_exclusive_group(required=True)
    whose.add_argument("member", nargs="?", help=MEMBER)
    whose.add_argument("--unit", help="单位的名称或内部编号 / name or id of a unit")
    checklist.add_argument(
        "--year",
        type=_number_in(1949, 2200),
        help="年度,默认本年 / calendar year, this one by default",
    )
    checklist.add_argument("--code")

    rules = command(
        "rules",
        "某日施行的规则文件 / rule documents in force",
        _rules,
        Action.SEE_DOCUMENT,
        reading,
    )
    rules.add_argument("--on", metavar="DAY", help="哪一天,默认今天 / the day, today by default")
    rules.add_argument(
        "--governs",
        metavar="SORT/CODE",
        help="只问管这份文件的,如 rubric/代码 / only the one that governs it, such as rubric/CODE",
    )
    rules.add_argument(
        "--unit", help="在该单位施行的,含试行 / as in this unit, with what is on trial there"
    )
    rules.add_argument(
        "--every",
        action="store_true",
        help="连同已失效、未施行的 / also those over or yet to begin",
    )

    command("rebuild", "重建查询库 / fold the read model anew", _rebuild, Action.RUN)

    rubric = commands.add_parser("rubric", help="考核办法、清单 / documents", parents=[common])
    rubrics = rubric.add_subparsers(metavar="ACTION", required=True)
    check = rubrics.add_parser("check", help="检查 / check", parents=[common])
    check.add_argument("file")
    check.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    check.set_defaults(run=_check, action=Action.LOOK_UP)
    printed = rubrics.add_parser(
        "text", help="打印办法正文 / the measure in plain words", parents=[common]
    )
    printed.add_argument("file")
    printed.add_argument(
        "--language", choices=("zh", "en", "both"), default="both", help="语言 / language"
    )
    printed.set_defaults(run=_rubric_text, action=Action.LOOK_UP)
    health = rubrics.add_parser(
        "health", help="体检:可能出问题的地方 / what may turn out badly", parents=[common]
    )
    health.add_argument("file")
    health.add_argument(
        "--year",
        type=_number_in(1949, 2200),
        help="连同该年度在台账中的得分一起看(用 --ledger 指定台账) / with the cards of that year in the ledger",
    )
    health.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    health.set_defaults(run=_rubric_health, action=Action.SEE_TOTALS)
    tried = rubrics.add_parser(
        "whatif",
        help="用办法草案重算往年,看谁会变、因哪一条变 / run a draft over past years",
        parents=[common],
    )
    tried.add_argument("file", help="办法草案 / the draft")
    tried.add_argument(
        "--years", required=True, type=_years, metavar="Y,Y", help="年度,逗号分隔 / years, by comma"
    )
    tried.add_argument(
        "--against", metavar="CODE", help="与哪份办法比,默认同代码的 / the rubric to compare with"
    )
    tried.add_argument(
        "--limit", type=_number_in(1, 100_000), default=20, help="列出多少人 / how many movers"
    )
    tried.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    tried.set_defaults(run=_rubric_whatif, action=Action.TRY_DRAFT)
    alone = rubrics.add_parser(
        "score",
        help="按办法给一份履职事实打分,不需要台账 / score a facts file, without a ledger",
        parents=[common],
    )
    alone.add_argument("file", help="考核办法 / the rubric")
    alone.add_argument(
        "--facts", required=True, metavar="FACTS", help="履职事实(YAML 或 JSON) / facts"
    )
    alone.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    alone.set_defaults(run=_rubric_score, action=Action.LOOK_UP)
    publish = rubrics.add_parser("publish", help="发布 / publish", parents=[common, acting])
    publish.add_argument("file")
    for name, zh in (
        ("code", "代码"),
        ("version", "版本"),
        ("since", "施行日期"),
        ("until", "最后一日"),
    ):
        publish.add_argument(f"--{name}", help=f"{zh},默认以文件为准 / by default as the file says")
    publish.add_argument(
        "--trial-in", metavar="UNIT", help="只在该单位试行 / on trial in that unit only"
    )
    publish.set_defaults(run=_publish, action=Action.PUBLISH)

    _add_sealing(commands, common)
    _add_personal(commands, common, acting)
    _add_files(commands, common, acting)
    _add_disputes(commands, common, acting, reading)
    _add_loops(commands, common, acting)
    _add_works(commands, common)
    _add_figures(commands, common, reading)
    _add_studios(commands, common, reading, acting)
    _add_office(commands, common)
    _add_organisation(commands, common, reading)
    _add_granting(commands, common, acting)
    _add_accounts(commands, common)
    _add_database(commands, common)
    kinds = command("kinds", "履职类型目录 / the catalogue of kinds", _kinds, Action.LOOK_UP)
    kinds.add_argument("kind", nargs="?")
    kinds.add_argument("--json", action="store_true")
    return parser


def _add_sealing(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """What seals a ledger, and what shows that it is whole."""
    verify = commands.add_parser(
        "verify",
        help="逐条核验台账 / check every entry against its seals",
        description="重算全部条目,与封存、签名和您保存的检查点比对;全部成立时以 0 结束 / "
        "work everything out anew and compare it with the seals, the signatures and what was kept outside; ends with 0 if all holds",
        parents=[common],
    )
    verify.add_argument("--key", metavar="VKEY", help="台账最初的公钥 / the ledger's first key")
    verify.add_argument(
        "--against",
        action="append",
        default=[],
        metavar="FILE",
        help="您保存的检查点、回执或证据包(可重复) / a checkpoint, receipt or bundle that was kept outside",
    )
    verify.add_argument(
        "--code",
        action="append",
        default=[],
        help="纸上的短码(可重复) / a short code on paper",
    )
    verify.add_argument("--policy", metavar="FILE", help="见证规则 / the policy to go by")
    verify.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    verify.add_argument(
        "--readings",
        action="store_true",
        help="核验个人信息查阅记录 / check the log of who was shown personal data instead",
    )
    verify.set_defaults(run=_sealed("verify"), action=Action.VERIFY)

    receipt = commands.add_parser(
        "receipt", help="条目回执 / receipts of entries", parents=[common]
    )
    receipt.add_argument("what", help=f"位置,或{DEED} / a position, or a record")
    receipt.add_argument("--out", metavar="FOLDER", default=".", help="写到何处 / where to")
    receipt.set_defaults(run=_sealed("receipt"), action=Action.SEE_RECEIPT)

    bundle = commands.add_parser(
        "bundle",
        help="证据包:全部条目及其证明 / a bundle: every entry, and what shows that they are whole",
        parents=[common],
    )
    bundle.add_argument("file", help="zip")
    bundle.set_defaults(run=_sealed("bundle"), action=Action.COPY)

    seal = commands.add_parser("seal", help="封存 / sealing", parents=[common])
    acts = seal.add_subparsers(metavar="ACTION", required=True)

    def act(name: str, help: str, action: Action = Action.RUN) -> argparse.ArgumentParser:
        made = acts.add_parser(name, help=help, description=help, parents=[common])
        made.set_defaults(run=_sealed(f"seal_{name}"), action=action)
        return made

    act("now", "立即封存并签名 / seal and sign what is there")
    act("status", "封存状态 / how far it is sealed", Action.SEE_SEAL).add_argument(
        "--json", action="store_true", help="输出 JSON / print JSON"
    )
    act("watch", "持续封存,供独立账户运行 / keep sealing, as a process of its own")
    act("keys", "公钥及换钥声明 / the key to check with, and rotations", Action.SEE_SEAL)
    shown = act("checkpoint", "检查点 / a checkpoint", Action.SEE_SEAL)
    asked = act("request", "给见证人的请求 / what a witness is sent", Action.SEE_SEAL)
    asked.add_argument(
        "--old",
        type=_number_in(0, 10**15),
        default=0,
        metavar="SIZE",
        help="见证人上次所见 / what he saw last",
    )
    for made in (shown, asked):
        made.add_argument(
            "--size",
            type=_number_in(1, 10**15),
            help="哪一个,默认最新 / which, the newest by default",
        )
        made.add_argument("--out", metavar="FILE", help="写到文件 / write it to a file")
    accept = act("accept", "交回见证签名 / add what a witness signed", Action.COSIGN)
    accept.add_argument("file", help="见证人交回的文件 / what came back")
    accept.add_argument(
        "--size", type=_number_in(1, 10**15), help="哪一个检查点 / which checkpoint"
    )
    act("policy", "见证规则 / whose cosignatures are asked for").add_argument(
        "file", nargs="?", help="新的规则 / a new one"
    )
    act("rotate", "换签名钥匙 / sign with a new key from here on")
    remember = act("remember", "交回保存的检查点 / give back a checkpoint that was kept")
    remember.add_argument("file")

    witness = commands.add_parser("witness", help="见证人 / a witness", parents=[common])
    deeds = witness.add_subparsers(metavar="ACTION", required=True)
    for name, words, what in (
        ("init", "生成见证钥匙 / make a witness's key", "name"),
        ("trust", "登记台账的公钥 / witness the ledger of this key", "key"),
        ("follow", "接受换钥声明 / follow a rotation", "file"),
        ("cosign", "核对请求并签名 / check a request and sign it", "file"),
    ):
        made = deeds.add_parser(name, help=words, description=words, parents=[common])
        made.add_argument(what)
        made.add_argument(
            "--folder", default=WITNESS_FOLDER, help="见证人自己的目录 / the witness's own folder"
        )
        made.set_defaults(run=_sealed(f"witness_{name}"), action=Action.LOOK_UP)


def _add_personal(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    common: argparse.ArgumentParser,
    acting: argparse.ArgumentParser,
) -> None:
    """What erases what tells of a person, and the keys that it lies under."""
    erasure = commands.add_parser(
        "erasure", help="依法删除个人信息 / erase what tells of a person", parents=[common]
    )
    acts = erasure.add_subparsers(metavar="ACTION", required=True)

    def act(name: str, words: str) -> argparse.ArgumentParser:
        made = acts.add_parser(name, help=words, description=words, parents=[common, acting])
        made.set_defaults(run=_personal(name), action=Action.ERASE)
        return made

    request = act("request", "申请 / ask for it")
    request.add_argument(
        "subject", help="人员,或 occasion/…、matter/…、pairing/… / whom, or which record"
    )
    request.add_argument("--basis", required=True, choices=[basis.value for basis in Basis])
    request.add_argument("--reason", required=True, help="理由,不写姓名 / why; name nobody")
    request.add_argument("--id", help="申请编号 / id of the erasure")
    for name, words in (
        ("approve", "另一人批准 / agree, as another person"),
        ("cancel", "撤销 / let it be"),
        ("execute", "等待期满后执行 / carry it out, once the waiting time is over"),
    ):
        made = act(name, words)
        made.add_argument("erasure", help="申请编号 / id of the erasure")
        if name == "cancel":
            made.add_argument("--reason", required=True, help="理由 / why")
    shown = acts.add_parser("list", help="办理情况 / how far each has come", parents=[common])
    shown.add_argument("--json", action="store_true", help="JSON")
    shown.set_defaults(run=_personal("show"), action=Action.SEE_ERASURES)

    words = "谁查阅过某人的信息 / who was shown what tells of somebody"
    seen = commands.add_parser("readings", help=words, description=words, parents=[common])
    seen.add_argument("subject", help=f"{MEMBER};记录 matter/… 等 / or a record")
    seen.add_argument(
        "--month", type=_month, metavar="YYYY-MM", help="默认本月 / this one by default"
    )
    seen.add_argument("--limit", type=_number_in(1, 10_000), default=100, help="条数 / how many")
    seen.add_argument("--json", action="store_true", help="JSON")
    seen.set_defaults(run=_personal("readings"), action=Action.SEE_READINGS)
    words = "导出某人的全部信息,供本人索取 / all that is told of somebody, in a file for him"
    taken = commands.add_parser("export", help=words, description=words, parents=[common, acting])
    taken.add_argument("person", help=MEMBER)
    taken.add_argument(
        "--out", required=True, metavar="FILE", help="写入的文件 / the file to write"
    )
    taken.set_defaults(run=_personal("export"), action=Action.EXPORT_PERSON)

    keys = commands.add_parser(
        "keys", help="个人信息的钥匙 / the keys of what tells of a person", parents=[common]
    )
    acts = keys.add_subparsers(metavar="ACTION", required=True)
    words = "备份钥匙 / copy the keys, wrapped"
    backup = acts.add_parser("backup", help=words, description=words, parents=[common])
    backup.add_argument("file", help="新文件 / a new file")
    words = "换用新的主密钥 / wrap all keys under a new master key"
    rotate = acts.add_parser("rotate", help=words, description=words, parents=[common])
    rotate.add_argument(
        "--forget-old",
        action="store_true",
        help="删除旧主密钥,旧备份即作废 / delete older master keys, and with them older backups",
    )
    words = "不在的钥匙 / keys that are not there though nobody destroyed them"
    lost = acts.add_parser("lost", help=words, description=words, parents=[common])
    lost.add_argument(
        "--give-up",
        action="store_true",
        help="没有更新的备份:其内容从此视为已删除,不可撤销 / there is no newer backup: what they open is as if erased, for good",
    )
    for name, made in (("backup", backup), ("rotate", rotate), ("lost", lost)):
        made.set_defaults(run=_personal(name), action=Action.RUN)


def _add_files(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    common: argparse.ArgumentParser,
    acting: argparse.ArgumentParser,
) -> None:
    """The files of evidence."""
    words = "佐证文件 / files of evidence"
    files = commands.add_parser("files", help=words, description=words, parents=[common])
    acts = files.add_subparsers(metavar="ACTION", required=True)
    words = "数量和大小,或某人(某记录)的文件 / how many, or those of somebody or of a record"
    listed = acts.add_parser("list", help=words, description=words, parents=[common])
    listed.add_argument("--of", metavar="SUBJECT", help=f"{MEMBER};记录 matter/… 等 / or a record")
    listed.add_argument("--json", action="store_true", help="JSON")
    listed.set_defaults(run=_act_of("interfaces.cli_files", "show"), action=Action.RUN)
    words = "永久删除一个文件 / take a file away for good"
    forget = acts.add_parser("forget", help=words, description=words, parents=[common, acting])
    forget.add_argument("sha256", metavar="SHA256", help="文件的 SHA-256 / of the file")
    forget.add_argument("--reason", required=True, help="理由,不写姓名 / why; name nobody")
    forget.set_defaults(run=_act_of("interfaces.cli_files", "forget"), action=Action.ERASE)


def _add_disputes(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    common: argparse.ArgumentParser,
    acting: argparse.ArgumentParser,
    reading: argparse.ArgumentParser,
) -> None:
    """Members' queries on the records about them."""
    words = "核对申请(错、重、漏) / members' queries on the records"
    dispute = commands.add_parser("dispute", help=words, description=words, parents=[common])
    acts = dispute.add_subparsers(metavar="ACTION", required=True)
    which = "申请编号,如 2026-3 / number, or id"

    def act(
        name: str, run: str, words: str, action: Action, more: argparse.ArgumentParser
    ) -> argparse.ArgumentParser:
        made = acts.add_parser(name, help=words, description=words, parents=[common, more])
        made.set_defaults(run=_act_of("interfaces.cli_disputes", run), action=action)
        return made

    words = "提出(本人,或代本人录入) / raise one, for the member or as the member"
    raised = act("raise", "raise_", words, Action.DISPUTE, acting)
    raised.add_argument("person", help=MEMBER)
    raised.add_argument("--sort", required=True, choices=[sort.value for sort in DisputeSort])
    raised.add_argument("--deed", metavar="DEED", help=DEED)
    raised.add_argument("--field", default="", help="有误之处 / what in it is wrong")
    raised.add_argument("--should-be", default="", help="应为 / what it should say")
    raised.add_argument(
        "--same-as", metavar="DEED", help="与之重复的记录 / the record that it repeats"
    )
    raised.add_argument("--kind", default="", help="遗漏的类型,见 lvzhi kinds / kind")
    raised.add_argument("--what", default="", help="遗漏的是什么 / what is missing, in words")
    raised.add_argument(
        "--on", type=date.fromisoformat, metavar="DAY", help="遗漏的日期 / day of what is missing"
    )
    raised.add_argument("--organiser", metavar="UNIT", help="组织单位 / unit that organised it")
    raised.add_argument("--organised-by", default="", help="组织者 / who organised it, in words")
    raised.add_argument("--note", default="", help="说明 / note")
    raised.add_argument("--id", help="内部编号 / id of the query")
    for name, words in (
        ("withdraw", "撤回 / take it back"),
        ("review", "申请复核(限一次) / ask for a review, once"),
    ):
        made = act(name, name, words, Action.DISPUTE, acting)
        made.add_argument("dispute", help=which)
        made.add_argument("--reason", required=True, help="理由 / why")
    for name, run, words in (
        ("decide", "decide", "答复 / answer it"),
        ("decide-review", "decide_review", "复核,须由另一人 / decide once more, as another person"),
    ):
        made = act(name, run, words, Action.DECIDE_DISPUTE, acting)
        made.add_argument("dispute", help=which)
        made.add_argument("--outcome", required=True, choices=[o.value for o in DisputeOutcome])
        made.add_argument("--reason", required=True, help="理由 / why")
        made.add_argument(
            "--deed",
            action="append",
            default=[],
            metavar="DEED",
            help="已更正或补登的记录,可重复 / corrected or added in answer; may be repeated",
        )
    listed = act("list", "show_all", "待办理的,期限近的在前 / what is to be answered", Action.SEE_DISPUTE, reading)  # fmt: skip
    listed.add_argument("--all", action="store_true", help="全部,新的在前 / all, the newest first")
    listed.add_argument("--overdue", action="store_true", help="只列超期的 / those overdue")
    listed.add_argument("--of", metavar="PERSON", help=MEMBER)
    shown = act("show", "show", "一项的内容、答复和影响 / one, with its effect", Action.SEE_DISPUTE, reading)  # fmt: skip
    shown.add_argument("dispute", help=which)


def _add_figures(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    common: argparse.ArgumentParser,
    reading: argparse.ArgumentParser,
) -> None:
    """Pages of figures."""
    words = "数据页及其每项数据的由来 / pages of figures, and what each figure is made of"
    made = commands.add_parser("figures", help=words, description=words, parents=[common, reading])
    made.add_argument(
        "code", nargs="?", metavar="CODE", help="数据页代码,不写则列出各页 / which; all without"
    )
    made.add_argument(
        "figure", nargs="?", metavar="FIGURE", help="其中一项,列出构成它的记录 / what it is made of"
    )
    made.add_argument(
        "--period",
        metavar="PERIOD",
        help="时段:2025、2025-H1、2025-Q2、2025-06、2022-01-10..2025-12-31、term(本届以来)、session(本次全会以来),默认本年 / this year by default",
    )
    made.add_argument("--part", metavar="KEY", help="只看一个分项 / a part of it alone")
    made.set_defaults(run=_act_of("interfaces.cli_figures", "show"), action=Action.SEE_RECORD)


def _add_loops(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    common: argparse.ArgumentParser,
    acting: argparse.ArgumentParser,
) -> None:
    """What is due, meetings, a matter's way, who keeps touch, what led to what, and any command told as JSON."""

    def act(
        name: str,
        run: str,
        words: str,
        action: Action,
        *more: argparse.ArgumentParser,
        of: str = "cli_loops",
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=words, description=words, parents=[common, *more])
        made.set_defaults(run=_act_of(f"interfaces.{of}", run), action=action)
        return made

    touch = partial(act, of="cli_touch")
    words = "结对联系,当年走访几次 / who keeps touch with whom, and the visits of a year"
    kept = touch("pairings", "list_pairings", words, Action.SEE_RECORD)
    kept.add_argument("--unvisited", action="store_true", help="当年没有走访的 / without a visit")
    kept.add_argument("--ended", action="store_true", help="已结束的 / those that have ended")
    kept.add_argument("--year", type=int, help="走访年度 / year of the visits")
    words = "还没有的委员:某类履职,或某类结对 / members whom something is lacking of"
    without = touch("lacking", "list_lacking", words, Action.SEE_UNIT_FILE)
    without.add_argument("kind", nargs="?", help="类型,见 lvzhi kinds / kind")
    without.add_argument(
        "--detail", metavar="FIELD:VALUE", help="其中哪一种,如 届内轮训 / which of them"
    )
    without.add_argument(
        "--since", type=date.fromisoformat, metavar="DAY", help="从哪天起 / from this day on"
    )
    for made in (kept, without):
        made.add_argument("--relation", help="结对类型,如 联系村社 / kind of pairing")
        made.add_argument("--of", metavar="UNIT", help="单位 / unit")
        made.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    words = "待办台账:环节、承办、期限和由来 / what is due: stage, holder, day and why"
    due = act("due", "due", words, Action.SEE_RECORD)
    due.add_argument(
        "--how",
        metavar="HOW",
        help="时限:已逾期、即将到期、未到期、暂无期限 / overdue, soon, later, no_day",
    )
    due.add_argument("--not-told", action="store_true", help="已办未告知 / handled, not told")
    due.add_argument("--loop", metavar="CODE", help="流程代码 / loop")
    due.add_argument("--of", metavar="UNIT", help="登记单位 / unit that it came in through")
    words = "承办单位,部门写名称,- 为未定 / unit or department that has it in hand, - for nobody"
    due.add_argument("--holder", metavar="UNIT", help=words)
    words = "期限由哪次会议决定(内部编号) / meeting of which it has its day"
    due.add_argument("--meeting", metavar="MEETING", help=words)
    due.add_argument("--as-of", metavar="WHEN", help=AS_OF)
    parts = due.add_mutually_exclusive_group()
    parts.add_argument("--csv", action="store_true", help="输出 CSV / print CSV")
    words = "只列督查问题,现在的 / problems of inspections alone, as they are now"
    parts.add_argument("--problems", action="store_true", help=words)
    due.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    words = "一件事项的办理进程 / how far a matter has come in its loop"
    course = act("course", "course", words, Action.SEE_RECORD)
    course.add_argument("matter", help=DEED)
    course.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    words = "把仍按旧版流程办理的事项改按新版 / let open matters of older versions of a loop go on by a newer one"
    over = act("migrate", "migrate", words, Action.HANDLE, acting)
    over.add_argument("loop", metavar="LOOP", help="流程代码 / code of the loop")
    over.add_argument(
        "--to", metavar="VERSION", help="改按哪一版,默认现行版 / version, by default that in force"
    )
    over.add_argument("--reason", default="", help="理由 / reason")
    over.add_argument(
        "--dry-run", action="store_true", help="只列出,不改 / list them, and change nothing"
    )
    over.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    words = "会议,默认今天起 / meetings, from today on"
    listed = act("meetings", "list_meetings", words, Action.SEE_RECORD)
    listed.add_argument("--all", action="store_true", help="含以往 / those before today too")
    for name, words in (("since", "从哪天起 / from"), ("until", "到哪天止 / up to")):
        listed.add_argument(f"--{name}", type=date.fromisoformat, metavar="DAY", help=words)
    listed.add_argument("--kind", help="会议类型,如 常委会会议 / kind of meeting")
    listed.add_argument("--step", help="进度,如 已通知 / how far it is")
    listed.add_argument("--of", metavar="UNIT", help="组织单位 / organiser")
    listed.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    words = "一次会议 / one meeting"
    shown = act("meeting", "show_meeting", words, Action.SEE_RECORD)
    shown.add_argument("meeting", help="内部编号 / id")
    shown.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    words = "来龙去脉:促成、来源、转办、并案 / what led to what: of a record, or all"
    linked = act("links", "show_links", words, Action.SEE_RECORD, of="cli_stories")
    linked.add_argument("deed", nargs="?", help=DEED)
    linked.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    words = "履职故事:一件事、一名委员或一个单位 / the story of a matter, a member or a unit"
    story = act("story", "story", words, Action.SEE_FILE, of="cli_stories")
    whose = story.add_mutually_exclusive_group(required=True)
    whose.add_argument("deed", nargs="?", help=DEED)
    whose.add_argument("--member", help=MEMBER)
    whose.add_argument("--unit", help="单位的名称或内部编号 / name or id of the unit")
    story.add_argument(
        "--year",
        type=_number_in(1949, 2200),
        help="年度,默认本年 / calendar year, this one by default",
    )
    story.add_argument(
        "--limit",
        type=_number_in(1, 200),
        default=20,
        help="最近几条履职,默认 20 / of so many of the newest records",
    )
    story.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    words = (
        "联合履职:各形式次数,记入各单位和各级 / joint activities, credited to each unit and level"
    )
    joint = act("joint", "joint_activities", words, Action.SEE_RECORD, of="cli_stories")
    joint.add_argument(
        "--year",
        type=_number_in(1949, 2200),
        help="年度,默认本年 / calendar year, this one by default",
    )
    joint.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    _add_flows(commands, common)
    words = (
        "提交任一命令,字段写成 JSON(同接口) / any command, its fields as JSON as the API takes them"
    )
    told = act("tell", "tell", words, Action.SUBMIT, acting)
    told.add_argument(
        "command_name",
        metavar="COMMAND",
        help="命令名,如 move_matter、plan_meeting / such as move_matter, plan_meeting",
    )
    told.add_argument("json", metavar="JSON", help="字段,- 为标准输入 / its fields, - for stdin")
    told.add_argument(
        "--acting-for",
        metavar="PERSON",
        help="代委员登记 / the member in whose name it is typed in",
    )


def _add_works(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """The year's boards."""

    def act(name: str, words: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=words, description=words, parents=[common])
        made.set_defaults(run=_act_of("interfaces.cli_works", name), action=Action.SEE_RECORD)
        made.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
        return made

    owner = "责任单位 / unit whose it is"
    plan = act("plan", "年度计划和协商额度 / the year's plan, and tiers against their quotas")
    plan.add_argument(
        "--year", type=_number_in(1949, 2200), help="年度,默认本年 / year, this one by default"
    )
    plan.add_argument("--how", metavar="HOW", help="已举行、已逾期、未到时间 / held, late, ahead")
    plan.add_argument("--quarter", type=_number_in(0, 4), help="季度,0 为未定 / 0 for no time yet")
    plan.add_argument("--item", help="项目类别,如 协商 / kind of item")
    plan.add_argument("--owner", metavar="UNIT", help=owner)
    topics = act("topics", "议题库:五个来源、筛选结果、成了什么 / topics by source")
    topics.add_argument(
        "--year", type=_number_in(1949, 2200), help="年度,默认本年 / year, this one by default"
    )
    topics.add_argument("--source", help="选题来源,如 群众荐题 / source")
    topics.add_argument("--state", help="筛选结果,如 待筛选 / what was decided")
    tasks = act("tasks", "责任清单:责任人、时限、跟踪情况 / the responsibility list")
    tasks.add_argument("--year", type=_number_in(1949, 2200), help="列入年度 / year of entry")
    tasks.add_argument("--state", help="推进中、已完成、不再实施 / open, done, dropped")
    tasks.add_argument("--overdue", action="store_true", help="已逾期 / overdue")
    tasks.add_argument("--owner", metavar="UNIT", help=owner)
    tasks.add_argument("--person", help="责任人 / person responsible")


def _add_flows(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """How matters flow, what people ask for, what became of suggestions, the month's ledgers."""

    def act(name: str, run: str, words: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=words, description=words, parents=[common])
        made.set_defaults(run=_act_of("interfaces.cli_flows", run), action=Action.SEE_RECORD)
        made.add_argument("--of", metavar="UNIT", help="登记单位 / unit that it came in through")
        made.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
        return made

    def within(made: argparse.ArgumentParser) -> None:
        for name, words in (("since", "从哪天起 / from"), ("until", "到哪天止 / up to")):
            made.add_argument(f"--{name}", type=date.fromisoformat, metavar="DAY", help=words)

    words = "办理统计:进入、各环节、办结和用时 / how matters flow: stages, ends, days"
    funnel = act("funnel", "funnel", words)
    within(funnel)
    funnel.add_argument("--kind", help="类型,如 报送社情民意信息 / kind")
    funnel.add_argument("--loop", metavar="CODE", help="流程代码 / loop")
    funnel.add_argument("--holder", metavar="UNIT", help="承办单位 / who has it in hand")
    funnel.add_argument(
        "--by",
        help="按什么分:登记单位、镇街、承办单位、渠道、来源 / organiser, township, holder, channel, record",
    )
    words = "群众诉求:待认领、已认领、办结和用时 / what people ask for: waiting, taken, done"
    board = act("board", "board", words)
    within(board)
    board.add_argument("--kind", help="类型,如 认领微心愿 / kind")
    words = "意见建议采纳落实情况 / what became of suggestions"
    adoption = act("adoption", "adoption", words)
    within(adoption)
    adoption.add_argument(
        "--by", help="按什么分:协商层次、类别、单位、年度 / tier, kind, organiser, year"
    )
    words = "民情信息月台账 / the month's ledgers of opinions of the townships"
    ledger = act("opinion-ledger", "opinion_ledger", words)
    ledger.add_argument("--year", type=_number_in(1949, 2200), help="年度 / year")
    ledger.add_argument("--month", type=_number_in(1, 12), help="月份 / month")
    ledger.add_argument(
        "--csv", metavar="FILE", help="写成 CSV,- 为标准输出 / as CSV, - for stdout"
    )


def _add_studios(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    common: argparse.ArgumentParser,
    reading: argparse.ArgumentParser,
    acting: argparse.ArgumentParser,
) -> None:
    """What is built up with units, and what they show of themselves."""
    words = "工作室建设:登记册、达标验收、材料、覆盖、晾晒、季度受邀、交接 / studios and what they show of themselves"
    group = commands.add_parser("studios", help=words, description=words)
    parts = group.add_subparsers(dest="part", required=True)

    def act(
        name: str, run: str, words: str, action: Action, *more: argparse.ArgumentParser
    ) -> argparse.ArgumentParser:
        made = parts.add_parser(name, help=words, description=words, parents=[common, *more])
        made.set_defaults(run=_act_of("interfaces.cli_studios", run), action=action)
        if not more:
            made.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
        return made

    month, quarter = "月份,如 2025-03 / month", "季度内任一月,如 2025-03 / any month of the quarter"
    listed, year = "清单代码 / code of the list", "年度,默认本年 / year, this one by default"
    csv = "输出 CSV / print CSV"
    words = "登记册 / the register"
    made = act("register", "register", words, Action.SEE_ROSTER, reading)
    made.add_argument("--kind", help="单位类型,默认委员工作室 / kind of unit")
    made.add_argument("--type", help="工作室类型,如 界别型 / type of studio")
    made.add_argument("--platform", help="组建方式,如 报到式 / how it came by its members")
    made.add_argument("--csv", action="store_true", help=csv)
    words = "达标验收 / standards and acceptance"
    made = act("standards", "show_standards", words, Action.SEE_UNIT_FILE, reading)
    made.add_argument("--list", metavar="CODE", help=listed)
    made.add_argument("--year", type=int, help=year)
    words = "缺报、迟报的材料 / documents that are missing or came late"
    made = act("documents", "show_owed", words, Action.SEE_UNIT_FILE, reading)
    made.add_argument("--year", type=int, help=year)
    made.add_argument("--all", action="store_true", help="全部材料 / the others too")
    made = act("coverage", "show_coverage", "覆盖情况 / coverage", Action.SEE_TOTALS)
    made.add_argument("--year", type=int, help=year)
    made = act("wall", "show_wall", "月度晒单 / wall of a month", Action.SEE_RECORD)
    made.add_argument("month", help=month)
    made.add_argument("--list", metavar="CODE", help=listed)
    made = act("month", "show_month", "单位月度晾晒 / a unit's month", Action.SEE_UNIT_FILE)
    made.add_argument("unit", help="单位名称或编号 / unit")
    made.add_argument("month", help=month)
    made.add_argument("--list", metavar="CODE", help=listed)
    made = act("quarter", "show_quarter", "季度受邀 / a quarter", Action.SEE_COMPARED)
    made.add_argument("month", help=quarter)
    made.add_argument("--list", metavar="CODE", help=listed)
    words = "督查、验收:发现、整改、逾期的问题 / inspections: problems found, mended, overdue"
    made = act("inspections", "show_inspections", words, Action.SEE_UNIT_FILE)
    _add_inspected(made)
    made.add_argument("--overdue", action="store_true", help="只看逾期 / overdue ones alone")
    how = made.add_mutually_exclusive_group()
    how.add_argument("--which", help="整改情况,如 验收通过 / what became of it")
    how.add_argument("--problems", action="store_true", help="逐条问题 / problems one by one")
    words = "登记整改情况,可附文件 / say what became of a problem, with files that bear it out"
    made = act("mend", "mend", words, Action.HANDLE, acting)
    made.add_argument("matter", help=DEED)
    made.add_argument("number", type=_number_in(1, MOST_PROBLEMS), help="问题序号 / its number")
    made.add_argument("--account", required=True, help="整改措施或原因 / how, or why it cannot be")
    made.add_argument("--cannot", action="store_true", help="暂不能整改 / cannot be for now")
    made.add_argument("--on", metavar="DAY", help="日期,默认今天 / day, today by default")
    words = "图片或 PDF,可多次 / a picture or PDF, more than once"
    made.add_argument("--file", action="append", default=[], metavar="FILE", help=words)
    words = "督查通报 / bulletin of the inspections of some days"
    made = act("bulletin", "show_bulletin", words, Action.SEE_UNIT_FILE)
    _add_inspected(made, required=True)
    words = "服务站、示范岗、服务点汇总:服务、合计、带出的事项 / what a station, post or point did"
    made = act("station", "show_station", words, Action.SEE_RECORD)
    made.add_argument("unit", help="单位名称或编号 / unit")
    made.add_argument("--year", type=_number_in(1949, 2200), help=year)
    made = act("handover", "show_handover", "交接清单 / handover pack", Action.SEE_UNIT_FILE)
    made.add_argument("unit", help="单位名称或编号 / unit")
    made.add_argument("--year", type=int, help=year)
    made.add_argument("--csv", action="store_true", help=csv)


def _add_office(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """What the office keeps beside the duties of members."""

    def act(
        name: str, run: str, words: str, action: Action, of: str = "cli_office"
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=words, description=words, parents=[common])
        made.set_defaults(run=_act_of(f"interfaces.{of}", run), action=action)
        made.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
        made.add_argument("--csv", action="store_true", help="输出 CSV / print CSV")
        return made

    words = "智库专家:领域、聘任、咨询和答复 / experts of the think tank and what is asked of them"
    made = act("experts", "list_experts", words, Action.SEE_ROSTER)
    made.add_argument("--field", help="专业领域,- 为未填 / field of expertise, - for none said")
    made.add_argument("--year", type=_number_in(1949, 2200), help="咨询年度,默认历年 / requests of")
    made.add_argument(
        "--waiting", action="store_true", help="尚未答复的咨询 / requests not answered yet"
    )
    words = "信息员、特邀撰稿人:聘任、报送、采用、刊印 / correspondents and invited writers"
    made = act("correspondents", "list_correspondents", words, Action.SEE_ROSTER)
    made.add_argument("--office", help="聘为,如 社情民意信息员,默认全部 / appointed as")
    made.add_argument("--year", type=_number_in(1949, 2200), help="年度,默认本年 / year")
    words = (
        "培训与立案率:参训人数,培训前后一年的提案 / trainings, and proposals filed before and after"
    )
    made = act("training", "list_trainings", words, Action.SEE_RECORD)
    made.add_argument("--study", help="学习类型,如 提案写作培训,默认全部 / sort of training")
    made.add_argument("--year", type=_number_in(1949, 2200), help="年度,默认本年 / year")
    words = "专项任务和主题活动:召集、参加人员、天数、合计 / special tasks and named campaigns"
    made = act("campaigns", "show", words, Action.SEE_RECORD, of="cli_campaigns")
    made.add_argument("name", nargs="?", help="名称,不填为各项 / name of one, or all")
    made.add_argument("--sort", help="专项任务(默认)或主题活动 / special tasks or campaigns")
    made.add_argument("--year", type=_number_in(1949, 2200), help="年度,默认本年 / year")
    for name, words in (("since", "从哪天起 / from"), ("until", "到哪天止 / up to")):
        made.add_argument(f"--{name}", type=date.fromisoformat, metavar="DAY", help=words)
    how = made.add_mutually_exclusive_group()
    how.add_argument("--team", action="store_true", help="参加人员 / who took part")
    how.add_argument("--records", action="store_true", help="各条记录 / its records")
    how.add_argument("--report", action="store_true", help="委员任务报告 / what each did")
    made.add_argument("--member", help=f"一名委员的任务报告 / what one did: {MEMBER}")
    words = "会议到会情况:应到、实到、到会率 / how many came to meetings"
    made = act("turnouts", "list_turnouts", words, Action.SEE_RECORD)
    made.add_argument("--year", type=_number_in(1949, 2200), help="年度,默认本年 / year")
    made.add_argument("--of", metavar="UNIT", help="组织单位 / organiser")
    made.add_argument("--kind", help="会议类型,如 常委会会议 / kind of meeting")
    words = "批示跟踪:领导职务、层级、文号,此后如何 / instructions and what followed from each"
    made = act("instructions", "list_instructions", words, Action.SEE_RECORD)
    made.add_argument("--year", type=_number_in(1949, 2200), help="年度,默认历年 / year")
    made.add_argument("--of", metavar="UNIT", help="登记单位 / unit that it came in through")
    made.add_argument("--kind", help="类别,如 报送社情民意信息 / kind")
    made.add_argument("--level", help="层级,如 县 / level")
    made.add_argument("--rank", help="领导职务 / the leader's rank")
    made.add_argument(
        "--nothing", action="store_true", help="尚无下文的 / those from which nothing followed"
    )
    words = "经费和场地:各单位预算、已用、剩余、场地预订 / budgets and bookings of venues by unit"
    made = act("support", "show_support", words, Action.SEE_UNIT_FILE)
    made.add_argument("unit", nargs="?", help="单位名称或编号,不填为各单位 / unit, or all")
    made.add_argument("--year", type=_number_in(1949, 2200), help="年度,默认本年 / year")
    made.add_argument(
        "--expenses", action="store_true", help="逐笔支出 / what was spent, one by one"
    )
    made.add_argument("--bookings", action="store_true", help="场地预订 / bookings of venues")
    words = "工作日志:一个单位一个月办理的服务事项 / the work log of a unit, a month of it"
    made = act("work-log", "show_work_log", words, Action.SEE_UNIT_FILE)
    made.add_argument("unit", help="单位名称或编号 / unit")
    made.add_argument("month", help="月份,如 2025-03 / month")
    made.add_argument(
        "--sums", action="store_true", help="全年各类各月件数 / of each sort in each month"
    )


def _add_organisation(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    common: argparse.ArgumentParser,
    reading: argparse.ArgumentParser,
) -> None:
    """How the committee is organised."""

    def act(name: str, run: str, words: str, action: Action) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=words, description=words, parents=[common, reading])
        made.set_defaults(run=_act_of("interfaces.cli_organisation", run), action=action)
        made.add_argument("--csv", action="store_true", help="输出 CSV / print CSV")
        return made

    words = "下沉报到:各镇街进展、人数、依据、没有委员的村 / members who reported in to townships"
    place = act("report-in", "show_report_in", words, Action.SEE_ROSTER)
    place.add_argument(
        "--villages", action="store_true", help="各村(社区)有哪些委员 / members of villages"
    )
    place.add_argument(
        "--without", action="store_true", help="没有委员的村(社区) / villages without a member"
    )
    place.add_argument("--of", metavar="UNIT", help="镇街 / villages of this township")
    words = "应邀的上级委员:邀请进展、参加了什么 / guests from higher committees"
    guests = act("guests", "list_guests", words, Action.SEE_FILE)
    words = (
        "组成人员:各专委会、联络委的主任、副主任、委员、空缺、批准 / who makes up the committees"
    )
    composed = act("composition", "show_composition", words, Action.SEE_ROSTER)
    composed.add_argument("--kind", help="单位类型,默认专委会和联络委 / kind of units")
    composed.add_argument(
        "--vacant", action="store_true", help="只看有空缺的 / only those with a vacancy"
    )
    words = "没有结对的:领导(委室)没有联系的镇街、工作室、常委 …… / whom no leader or office keeps touch with"
    without = act("unlinked", "list_unlinked", words, Action.SEE_UNIT_FILE)
    without.add_argument(
        "of",
        nargs="?",
        help="乡镇(街道)、委员工作室、常务委员、领导班子成员 ……,默认乡镇 / of which sort",
    )
    words = "三级责任:专委会牵头、学习组联动、责任人 / committees, what each links, who answers"
    tree = act("responsibility", "show_responsibility", words, Action.SEE_ROSTER)
    for made in (place, guests, composed, tree):
        made.add_argument(
            "--day", type=date.fromisoformat, help="哪一天,默认今天 / on this day, today by default"
        )
    for made in (place, guests):
        made.add_argument(
            "--before",
            type=date.fromisoformat,
            metavar="DAY",
            help="与哪一天比(从哪天起),默认当年1月1日 / a day before it, the first of its year",
        )


def _add_inspected(made: argparse.ArgumentParser, *, required: bool = False) -> None:
    """Which inspections are meant."""
    for name, words in (("since", "从哪天起 / from"), ("until", "到哪天止 / up to")):
        made.add_argument(
            f"--{name}", type=date.fromisoformat, metavar="DAY", help=words, required=required
        )
    made.add_argument("--of", metavar="UNIT", help="受检单位 / unit that was inspected")
    made.add_argument("--by", default="", help="督查单位名称中的文字 / text in who inspected")


def _add_granting(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    common: argparse.ArgumentParser,
    acting: argparse.ArgumentParser,
) -> None:
    """Who may act in which role."""
    words = "授权某人以某身份办理 / let somebody act in a role"
    grant = commands.add_parser("grant", help=words, description=words, parents=[common, acting])
    grant.add_argument("person", help=MEMBER)
    roles = [role.value for role in Role if role is not Role.MEMBER]
    grant.add_argument("--as", dest="to_be", required=True, choices=roles, help="身份 / role")
    grant.add_argument("--in", dest="unit_of", metavar="UNIT", help="单位 / unit")
    grant.add_argument("--since", type=date.fromisoformat, metavar="DAY", help="默认今天 / today")
    grant.add_argument(
        "--until", type=date.fromisoformat, metavar="DAY", help="最后一日 / last day"
    )
    grant.add_argument(
        "--standby",
        action="store_true",
        help="备用:应急时由本人启用 / gives nothing until he takes it in an emergency",
    )
    grant.add_argument("--reason", required=True, help="理由 / why")
    grant.add_argument("--id", help="授权编号 / id of the grant")
    words = "收回授权 / take a grant back"
    revoke = commands.add_parser("revoke", help=words, description=words, parents=[common, acting])
    revoke.add_argument("grant", help="授权编号 / id of the grant")
    revoke.add_argument("--reason", required=True, help="理由 / why")
    words = "授权一览 / who may do what"
    grants = commands.add_parser("grants", help=words, description=words, parents=[common])
    grants.add_argument("--of", metavar="PERSON", help=MEMBER)
    grants.add_argument("--standing", action="store_true", help="只列有效的 / those in force")
    grants.add_argument("--limit", type=_number_in(1, 10_000), default=100, help="条数 / how many")
    grants.add_argument("--json", action="store_true", help="JSON")
    for made, name, action in (
        (grant, "grant", Action.GRANT),
        (revoke, "revoke", Action.GRANT),
        (grants, "grants", Action.SEE_GRANTS),
    ):
        made.set_defaults(run=_act_of("interfaces.cli_granting", name), action=action)


def _add_accounts(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """Accounts, and the keys and clients of other systems."""
    words = "账号 / accounts"
    account = commands.add_parser("account", help=words, description=words, parents=[common])
    acts = account.add_subparsers(metavar="ACTION", required=True)

    def act(
        of: argparse._SubParsersAction[argparse.ArgumentParser], name: str, run: str, words: str
    ) -> argparse.ArgumentParser:
        made = of.add_parser(name, help=words, description=words, parents=[common])
        made.set_defaults(run=_act_of("interfaces.cli_accounts", run), action=Action.RUN)
        return made

    for name, run, words in (
        ("add", "add", "为名册人员建立账号 / make one for somebody of the roster"),
        ("link", "link", "关联到另一台账的人员 / say who it is in another ledger"),
        ("unlink", "unlink", "取消与本台账的关联 / it is nobody in the ledger any more"),
        ("ticket", "ticket", "签发一次性口令 / a link to set a password, good once"),
        ("rename", "rename", "更改登录名 / another login name"),
        ("disable", "disable", "停用,会话立即结束 / nobody signs in to it; its sessions end"),
        ("enable", "enable", "启用 / it may be signed in to again"),
        ("sign-out", "end_sessions", "结束其全部会话 / end all its sessions"),
        ("drop-factor", "drop_factor", "取消动态验证码 / remove a second factor that was lost"),
        ("identities", "identities", "已关联的外部身份 / outside identities linked to it"),
        ("link-identity", "link_identity", "关联外部身份 / link an outside identity"),
        ("unlink-identity", "unlink_identity", "取消关联并结束其会话 / unlink one, end sessions"),
    ):
        made = act(acts, name, run, words)
        made.add_argument("name", help="登录名 / login name")
        if name in {"add", "link"}:
            made.add_argument("--person", required=True, help=MEMBER)
        if name == "rename":
            made.add_argument("to", help="新登录名 / the new one")
        if name.endswith("link-identity"):
            made.add_argument("subject", help="身份提供方给他的标识 / what the provider calls him")
            made.add_argument(
                "--issuer",
                metavar="ADDRESS",
                help="身份提供方,默认所配置的 / the provider, by default the one of the settings",
            )
        if name == "ticket":
            made.add_argument(
                "--identity",
                action="store_true",
                help="用于关联统一身份认证 / to link an identity at the provider",
            )
    shown = act(acts, "list", "show", "账号一览 / accounts by name")
    shown.add_argument(
        "--after", default="", metavar="NAME", help="从此登录名之后 / after this name"
    )
    act(
        acts,
        "rotate-keys",
        "rotate_keys",
        "动态验证码换用新钥匙 / seal second factors under a new key",
    )
    told = act(acts, "journal", "journal", "登录和账号变动 / what happened to accounts")
    told.add_argument("--of", metavar="NAME", help="登录名 / login name")
    for made in (shown, told):
        made.add_argument("--limit", type=_number_in(1, 1_000), default=100, help="条数 / how many")
        made.add_argument("--json", action="store_true", help="JSON")
    for name, words, days in (
        ("apikey", "其他系统的密钥 / keys of other systems", 90.0),
        ("client", "其他系统的客户端 / clients of other systems", 365.0),
    ):
        of = commands.add_parser(name, help=words, description=words, parents=[common])
        each = of.add_subparsers(metavar="ACTION", required=True)
        kind = "key" if name == "apikey" else "client"
        made = act(each, "make", f"make_{kind}", "签发 / make one")
        made.add_argument("label", help="用途 / what it is for")
        made.add_argument("--person", required=True, help="负责人 / who answers for it: " + MEMBER)
        made.add_argument(
            "--may",
            dest="action_named",
            action="append",
            required=True,
            metavar="ACTION",
            choices=[action.value for action in Action],
            help="可做的操作,可重复 / what it may do; may be repeated",
        )
        made.add_argument(
            "--days", type=_days, default=days, help="有效天数 / days that it is good for"
        )
        listed = act(each, "list", f"{kind}s", "一览 / list them")
        listed.add_argument("--json", action="store_true", help="JSON")
        act(each, "revoke", f"revoke_{kind}", "撤销 / revoke one").add_argument("id")


def _add_database(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """What the owner of the database does for a service that owns nothing."""
    words = "数据库(由其所有者运行)/ the database, as its owner"
    database = commands.add_parser("database", help=words, description=words, parents=[common])
    acts = database.add_subparsers(metavar="ACTION", required=True)
    words = "建表,并授予服务账号所需的权限 / make tables, and let the service's role use them"
    prepare = acts.add_parser("prepare", help=words, description=words, parents=[common])
    prepare.add_argument(
        "--for", dest="service_role", required=True, metavar="ROLE", help="服务账号 / role"
    )
    words = "删除个人信息后清理数据库 / clean up after an erasure"
    clean = acts.add_parser("clean", help=words, description=words, parents=[common])
    for name, made in (("prepare", prepare), ("clean", clean)):
        made.set_defaults(run=_act_of("interfaces.cli_database", name), action=Action.RUN)


def _sealed(name: str) -> Run:
    """Carries out one of the acts of `cli_sealed`."""
    return _act_of("interfaces.cli_sealed", name)


def _personal(name: str) -> Run:
    """Carries out one of the acts of `cli_personal`."""
    return _act_of("interfaces.cli_personal", name)


def _act_of(module: str, name: str) -> Run:
    def run(installation: Installation, options: argparse.Namespace) -> int | None:
        act: Run = getattr(import_module(module), name)
        return act(installation, options)

    return run


def _add_said_beside(made: argparse.ArgumentParser) -> None:
    """What a list of records leaves out because it stands on the form beside it, and what is chosen after a preview."""
    beside = made.add_argument_group(
        "表中没有的 / what the sheet leaves out",
        "表中有这一列的,以表为准 / a column goes before it",
    )
    beside.add_argument(
        "--kind", default="", help="类型,见 lvzhi kinds / kind, by its word or its name"
    )
    beside.add_argument(
        "--on",
        default="",
        metavar="DAY",
        help="日期,默认取自标题行 / day, by default of a title row",
    )
    beside.add_argument(
        "--title", default="", help="名称,默认取自标题行 / title, by default of a title row"
    )
    beside.add_argument(
        "--organiser",
        default="",
        metavar="UNIT",
        help="组织单位;事项默认为县政协本级 / organiser; of matters the committee itself by default",
    )
    beside.add_argument("--place", default="", help="地点 / place")
    beside.add_argument(
        "--detail",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="该类型的其他栏目 / a further field of the kind",
    )
    beside.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="NUMBER=NAME",
        help="第几列是什么,- 为不登记 / what a column is, counted from 1; - leaves it out",
    )
    rows = made.add_argument_group("逐行选择(可重复) / choices about rows (may be repeated)")
    for name, metavar, words in (
        ("choose", "ROW=PERSON", "该行是谁(编号或姓名) / who is meant in that row"),
        ("guest", "ROW[=CAPACITY]", "该行按特邀等身份登记 / record that row as a guest"),
        ("leave", "ROW=KIND", "该行的请假类别 / the kind of leave of that row"),
        ("skip", "ROW", "跳过该行 / leave that row out"),
        (
            "repeats",
            "[ROW=]WHAT",
            "同日已有同类记录的:record 照登,link 关联,skip 不登 / what to do where a like record stands",
        ),
    ):
        rows.add_argument(f"--{name}", action="append", default=[], metavar=metavar, help=words)


def _demo(_: Installation, options: argparse.Namespace) -> int:
    from interfaces import demo

    if options.sheets is not None:
        from pathlib import Path

        return demo.write_sheets(Path(options.sheets))
    folder = settings.folder_told(settings.with_files(os.environ), options.data)
    return demo.run(folder, serve=options.serve, port=options.port)


def _serve(installation: Installation, options: argparse.Namespace) -> None:
    from interfaces.serving import serve

    if not installation.ledgers():
        raise Refused(Reason.NO_SUCH_LEDGER, about="lvzhi ledger create CODE --name …")
    serve(installation, options.host, options.port)


def _create(installation: Installation, options: argparse.Namespace) -> None:
    try:
        desk = installation.create(options.code, options.name or options.code, options.zone)
    except Refused as refused:
        if not options.if_missing or refused.reason is not Reason.ALREADY_RECORDED:
            raise
        print(f"已有台账 {options.code} / the ledger is there already")
        return
    print(f"已建立台账 {desk.code}({desk.opened.committee}) / ledger created")


def _list(installation: Installation, options: argparse.Namespace) -> int:
    from interfaces import cli_shown

    return cli_shown.ledgers(installation, options)


def _token(installation: Installation, options: argparse.Namespace) -> None:
    from interfaces import cli_shown

    print(cli_shown.token(installation, options))


def _import_roster(installation: Installation, options: argparse.Namespace) -> int:
    from interfaces import cli_written

    return cli_written.import_roster(installation, options)


def _import_records(installation: Installation, options: argparse.Namespace) -> int:
    from interfaces import cli_written

    return cli_written.import_records(installation, options)


def _undo_import(installation: Installation, options: argparse.Namespace) -> int:
    from interfaces import cli_batches

    return cli_batches.undo_import(installation, options)


def _list_imports(installation: Installation, options: argparse.Namespace) -> int:
    from interfaces import cli_batches

    return cli_batches.list_imports(installation, options)


def _record(installation: Installation, options: argparse.Namespace) -> int:
    from interfaces import cli_written

    return cli_written.record(installation, options, _acting())


def _confirm(installation: Installation, options: argparse.Namespace) -> None:
    from interfaces import cli_written

    cli_written.confirm(installation, options)


def _return(installation: Installation, options: argparse.Namespace) -> None:
    from interfaces import cli_written

    cli_written.return_for_checking(installation, options)


def _uphold(installation: Installation, options: argparse.Namespace) -> None:
    from interfaces import cli_written

    cli_written.uphold(installation, options)


def _withdraw(installation: Installation, options: argparse.Namespace) -> None:
    from interfaces import cli_written

    cli_written.withdraw(installation, options)


def _amend(installation: Installation, options: argparse.Namespace) -> int:
    from interfaces import cli_written

    return cli_written.amend(installation, options, _acting())


def _publish(installation: Installation, options: argparse.Namespace) -> int:
    from interfaces import cli_rubrics

    return cli_rubrics.publish(installation, options)


def _check(_: Installation, options: argparse.Namespace) -> int:
    from interfaces import cli_rubrics

    return cli_rubrics.check(options)


def _rubric_text(_: Installation, options: argparse.Namespace) -> int:
    from interfaces import cli_rubrics

    return cli_rubrics.text(options)


def _rubric_health(installation: Installation, options: argparse.Namespace) -> int:
    from interfaces import cli_rubrics

    return cli_rubrics.health(installation, options)


def _rubric_whatif(installation: Installation, options: argparse.Namespace) -> int:
    from interfaces import cli_compared

    return cli_compared.what_if(installation, options)


def _grades(installation: Installation, options: argparse.Namespace) -> int | None:
    from interfaces import cli_compared

    return cli_compared.grades_of(installation, options)


def _moved(installation: Installation, options: argparse.Namespace) -> int | None:
    from interfaces import cli_compared

    return cli_compared.moved(installation, options)


def _rubric_score(_: Installation, options: argparse.Namespace) -> int:
    from interfaces import cli_rubrics

    return cli_rubrics.score(options)


def _members(installation: Installation, options: argparse.Namespace) -> None:
    from interfaces import cli_shown

    cli_shown.members(installation, options)


def _units(installation: Installation, options: argparse.Namespace) -> None:
    from interfaces import cli_shown

    cli_shown.units(installation, options)


def _score(installation: Installation, options: argparse.Namespace) -> None:
    from interfaces import cli_shown

    cli_shown.score(installation, options)


def _scores(installation: Installation, options: argparse.Namespace) -> None:
    from interfaces import cli_shown

    cli_shown.scores(installation, options)


def _history(installation: Installation, options: argparse.Namespace) -> None:
    from interfaces import cli_shown

    cli_shown.history_of(installation, options)


def _checklist(installation: Installation, options: argparse.Namespace) -> None:
    from interfaces import cli_shown

    cli_shown.checklist(installation, options)


def _rules(installation: Installation, options: argparse.Namespace) -> None:
    from interfaces import cli_shown

    cli_shown.rules(installation, options)


def _kinds(_: Installation, options: argparse.Namespace) -> None:
    from interfaces import cli_shown

    cli_shown.kinds(options)


def _rebuild(installation: Installation, _: argparse.Namespace) -> None:
    from interfaces import cli_shown

    cli_shown.rebuild(installation)


if __name__ == "__main__":
    sys.exit(main())
