"""A first look: a made-up county with a year of records, one member's account of it, and how to go on."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection

from application import codec, rehearsal, sqlite_log
from application.clock import rehearsing
from application.rehearsal.diary import LAST, ZONE
from application.rehearsal.sheets import sheets
from application.rehearsal.words import COMMITTEE
from domain import explain
from domain.attestation import SideState
from domain.checklist import SlotState
from domain.fact import SubjectId
from domain.member import Bond, Person
from domain.people import PersonId, Refused, Role, UnitId
from domain.period import Period
from domain.roster import Roster
from domain.scorecard import (
    ZERO,
    Cut,
    Line,
    Scorecard,
)
from domain.unit import Office
from interfaces import settings
from interfaces.access.accounts import Accounts
from interfaces.access.secret import drawn
from interfaces.granting import let_in
from interfaces.refusals import Exit
from interfaces.web.offered import Offered
from interfaces.wiring import Desk, Installation, inspect
from projections import (
    as_of,
    checklists,
    counts,
    documents,
    dual,
    facts,
    history,
    roster,
    scorecards,
)
from projections.history import Happening
from projections.scorecards import Card

LEDGER = "rehearsal"
FOLDER = Path("lvzhi-demo")
"""Where the demo keeps its data unless told otherwise: beside where it was called, so that the next call finds it."""
YEAR = Period.year(2025)
ALL_AT_ONCE = 20_000
"""More entries than the county has: each member's year is derived once."""
HALF_WAY = date(2025, 6, 30)
PLAIN_WIDTH = 120
"""Columns where the output is no terminal."""
MOST_HAPPENINGS = 8
MOST_REASONS = 4
HAPPENINGS_LOOKED_AT = 200
MOST_PAIRS = 3
MORNING = time(9)


@dataclass(frozen=True, slots=True)
class Evening:
    """When a demo goes on: after all that its ledger holds, and until the end of that day, however long it is served."""

    begins: datetime
    ends: datetime

    @property
    def is_late(self) -> bool:
        """Whether something was recorded after the county's year, so that it is over here too."""
        return self.ends.date() > LAST


def run(data: Path | None = None, *, serve: bool = False, port: int = 8000) -> int:
    """Build the rehearsal county in a data folder, or take the one that is there, and show it; returns the exit code."""
    console = _console()
    folder = data or FOLDER
    started = perf_counter()
    installation = Installation(settings.read({}, data=str(folder), ledger=LEDGER))
    with closing(installation):
        others = [code for code in installation.ledgers() if code != LEDGER]
        if serve and others:
            _say(
                console,
                f"{folder} 中另有台账 {others[0]},演练不在其中启动,请换一个目录。",
                f"{folder} holds another ledger {others[0]}, which no rehearsal is served beside; choose another folder.",
            )
            return Exit.CONFLICT
        if not _built(console, folder, installation):
            return Exit.CONFLICT
        evening = evening_of(folder)
        with rehearsing(evening.begins, evening.ends):
            desk = installation.desk(LEDGER)
            desk.reader.catch_up(at_a_time=ALL_AT_ONCE)
            with desk.store.reading() as connection:
                show = _Show(console, desk, connection, folder)
                show.all()
                seconds = perf_counter() - started
                console.print()
                _say(console, f"用时 {seconds:.1f} 秒。", f"{seconds:.1f} seconds.")
                offered = show.sign_ins(installation, port) if serve else ()
            if serve:
                _say_when(console, evening)
                _serve(installation, port, offered)
    return 0


def write_sheets(folder: Path) -> int:
    """Write the county's roster and a month of its records as workbooks, and say how to try an import on them."""
    console = _console()
    roster_sheet, tidy, messy = sheets(folder)
    _say(
        console,
        "已写出,可在自己的台账中试用导入:",
        "Written; to try the import on a ledger of your own:",
    )
    for what, file in (("roster", roster_sheet), ("records", tidy), ("records", messy)):
        console.print(f"  lvzhi import {what} {shlex.quote(str(file))}", soft_wrap=True)
    _say(console, "先导入名册(加 --commit),再导入登记表。", "The roster first, with --commit.")
    return 0


def _console() -> Console:
    console = Console(highlight=False, emoji=False, markup=False)
    if not console.is_terminal:
        console = Console(highlight=False, emoji=False, markup=False, width=PLAIN_WIDTH)
    return console


def _serve(installation: Installation, port: int, offered: Sequence[Offered]) -> None:
    from interfaces.serving import serve

    serve(installation, "127.0.0.1", port, offered)


def _say(console: Console, zh: str, en: str) -> None:
    """A sentence in Chinese, and in English beside it."""
    console.print(Text.assemble(zh, "  ", (en, "dim")))


def evening_of(folder: Path) -> Evening:
    """The last evening of the county's year, or of the day on which something was recorded after it."""
    with closing(sqlite_log.SqliteLog(folder, LEDGER)) as log:
        newest = codec.envelope_of(log.at([log.head()])[0]).at.astimezone(ZONE)
    begins = max(newest, datetime.combine(LAST, MORNING, ZONE))
    return Evening(begins, datetime.combine(begins.date(), time.max, ZONE))


def _say_when(console: Console, evening: Evening) -> None:
    """Which day it is for whoever comes in."""
    day = evening.ends.date().isoformat()
    _say(console, f"演练:时间停在 {day}。", f"Rehearsal: here it is still {day}.")
    if evening.is_late:
        _say(
            console,
            f"此台账在 {LAST} 之后又有登记,本年各项为空;要看年末的情形,请换一个目录。",
            f"Something was recorded here after {LAST}; choose another folder to see the end of the year.",
        )


def _built(console: Console, folder: Path, installation: Installation) -> bool:
    """Make sure that the county is there; False where the folder holds another ledger of that code."""
    sqlite_log.create_ledger(folder, LEDGER)
    with closing(sqlite_log.SqliteLog(folder, LEDGER)) as log:
        head = log.head()
        if head:
            opened = codec.decode(log.at([1])[0]).event
            if getattr(opened, "committee", "") != COMMITTEE:
                _say(
                    console,
                    f"{folder} 中已有别的台账 {LEDGER},请换一个目录。",
                    f"{folder} holds another ledger {LEDGER}; choose another folder.",
                )
                return False
            if codec.envelope_of(log.at([head])[0]).day >= LAST:
                _say(
                    console,
                    f"沿用 {folder} 中已有的演练县台账。",
                    f"The rehearsal county in {folder} is used again.",
                )
                return True
        built = rehearsal.build(
            log,
            documents=rehearsal.documents(),
            inspect=inspect,
            vault=installation.vault(LEDGER),
            files=installation.files(LEDGER),
        )
    _say(
        console,
        f"已在 {folder} 建立演练县台账:{built.entries} 条。人物、单位、地名均为虚构。",
        f"Built in {folder}: {built.entries} entries. All people, units and places are invented.",
    )
    return True


@dataclass(frozen=True, slots=True)
class Chosen:
    """The member who is shown, and those who have to do with him."""

    person: Person
    subject: SubjectId
    sector: UnitId
    studio: UnitId

    @property
    def name(self) -> str:
        """His name, which nobody shares."""
        return self.person.profile.name


class _Show:
    """Prints one part after another, each with the command line that shows it again."""

    def __init__(self, console: Console, desk: Desk, connection: Connection, folder: Path) -> None:
        self.console = console
        self.desk = desk
        self.connection = connection
        self.folder = folder
        self.roster = as_of.roster(connection, LEDGER)
        self.chosen = chosen_of(self.roster)
        self.titles = {
            fact.deed: fact.title
            for fact in facts.facts_of(connection, LEDGER, self.chosen.subject)
        }

    def all(self) -> None:
        """Every part."""
        self.counted()
        self.member()
        self.score()
        self.ten_ones()
        self.both_sides()
        self.happened()
        self.then_and_now()
        self.how_to_go_on()

    # Parts

    def heading(self, zh: str, en: str) -> None:
        """Begin a part."""
        self.console.print()
        self.console.print(Text.assemble((zh, "bold"), "  ", (en, "dim")))

    def command(self, *words: str) -> None:
        """The command line that shows the part again."""
        line = shlex.join(["lvzhi", "--data", str(self.folder), *words])
        self.console.print(Text.assemble("  $ ", (line, "cyan")), soft_wrap=True)

    def counted(self) -> None:
        """What the ledger holds."""
        found = counts.counts(self.connection, LEDGER, today=LAST)
        self.heading(found.committee, "rehearsal ledger, at the end of 2025")
        table = Table(show_header=False, show_edge=False, pad_edge=False, box=None)
        table.add_column()
        table.add_column(justify="right")
        table.add_column(style="dim")
        for zh, en, number in (
            ("台账条目", "entries", found.position),
            ("委员", "members", found.members),
            ("单位", "units", found.units),
            ("履职记录", "deeds", found.deeds),
            ("人次(含单位)", "facts, of members and units", found.facts),
            ("待确认", "lines that await a word of one side", found.waiting),
            ("核实中", "returned for checking", found.returned),
            ("缺镇街一侧的委员", "members without a studio", found.without_studio),
        ):
            table.add_row(zh, str(number), en)
        self.console.print(table)

    def member(self) -> None:
        """Who is shown: the member who moved to another township in mid-year."""
        person = self.chosen.person
        names = self.names()
        self.heading(
            f"委员 {person.profile.name}({person.profile.number})",
            "one member, who moved to another township in mid-year",
        )
        sector, studio = self.chosen.sector, self.chosen.studio
        self.console.print(
            f"{names[f'unit/{sector}']} · {names[f'unit/{studio}']} · {person.profile.employer}"
        )

    def score(self) -> None:
        """His explained scorecard: every line, and what earned nothing."""
        card = self.card(LAST, None)
        self.heading(
            f"得分及说明:{card.rubric.zh},合计 {card.scorecard.total} 分",
            f"{card.rubric.en}, {card.scorecard.total} points",
        )
        table = _table(("分", "points"), ("何时何事,为什么", "what, when, under which rule, why"))
        shown, folded = _folded(card.scorecard.lines)
        for line in shown:
            title = self.titles.get(line.deed, "")
            said = explain.line(line, card.rubric)
            day = f"{line.on.isoformat()} " if line.deed else ""
            table.add_row(line.points, Text.assemble(f"{day}{title}\n", _two(said.zh, said.en)))
        self.console.print(table)
        clauses = {clause.code: clause for _, clause in card.rubric.clauses}
        for code, number in folded.items():
            clause = clauses[code]
            _say(
                self.console,
                f"· “{clause.zh}”另有 {number} 次,已到上限,不再加分。",
                f"“{clause.en}”: {number} more, which the limit leaves without points.",
            )
        self.unpaid(card)
        for reach in card.scorecard.reachable[:3]:
            said = explain.reach(reach, card.rubric)
            _say(self.console, f"· {said.zh}", said.en)
        self.command("score", self.chosen.name, "--year", "2025")

    def unpaid(self, card: Card) -> None:
        """What earned nothing, and why: one deed for each reason."""
        every = card.scorecard.why_not
        _say(
            self.console,
            f"未计分 {len(every)} 项,各种原因举一例:",
            f"{len(every)} deeds earned nothing; one for each reason:",
        )
        for why in {why.why: why for why in every}.values():
            said = explain.why_not(why, card.rubric)
            _say(self.console, f"· {self.titles.get(why.deed, '')}:{said.zh}", said.en)

    def ten_ones(self) -> None:
        """His ten ones, and what is left."""
        (found,) = checklists.of_member(
            self.connection,
            LEDGER,
            self.desk.shelf,
            self.chosen.person.person,
            period=YEAR,
            today=LAST,
            code="ten-ones",
        )
        progress = found.progress
        left = progress.of - progress.done
        self.heading(
            f"{found.checklist.zh}:已完成 {progress.done} 项,还差 {left} 项",
            f"ten ones: {progress.done} done, {left} left",
        )
        table = _table(("项", "item"), ("状态", "state"), ("由何完成", "filled by"))
        slots = {slot.number: slot for slot in found.checklist.slots}
        for slot in progress.slots:
            asked = slots[slot.number]
            by = "; ".join(
                f"{filled.on.isoformat()} {self.titles.get(filled.deeds[0], '')}"
                for filled in slot.filled
            )
            done = "✓ " if slot.state is SlotState.DONE else ""
            table.add_row(
                _two(f"{slot.number} {asked.zh}", asked.en),
                _two(f"{done}{slot.state.zh}", slot.state.en),
                by,
            )
        self.console.print(table)
        self.command("checklist", self.chosen.name, "--year", "2025")

    def both_sides(self) -> None:
        """His record of dual management."""
        found = dual.member(
            self.connection,
            LEDGER,
            self.chosen.person.person,
            first=YEAR.first,
            last=YEAR.last,
            today=LAST,
            policies=documents.policies(self.connection, LEDGER, self.desk.shelf),
        )
        self.heading("双重管理", "dual management: sector and township studio")
        if found is None:
            return
        for link in found.links:
            until = "至今" if link.until is None else f"至 {link.until.isoformat()}"
            _say(
                self.console,
                f"· {link.side.zh}:{link.name},{link.since.isoformat()} {until}",
                link.side.en,
            )
        _say(
            self.console,
            f"· 本年 {found.deeds} 条,其中计入 {found.counting} 条。",
            f"{found.deeds} records this year, {found.counting} of them count.",
        )
        table = _table(("侧", "side"), ("状态", "state"), ("条数", "lines"))
        for side, state, number in found.by_state:
            said = SideState.of(state)
            table.add_row(_two(side.zh, side.en), _two(said.zh, said.en), str(number))
        self.console.print(table)
        for pair in found.pairs[:MOST_PAIRS]:
            other = self.titles.get(pair.same_as, pair.same_as)
            _say(
                self.console,
                f"· 同一履职两方登记,只计一次:{self.titles.get(pair.deed, pair.deed)} = {other}",
                "one deed recorded by both sides, one credit",
            )

    def happened(self) -> None:
        """The newest entries that touch him: who, when, what, why."""
        page = history.history(
            self.connection,
            LEDGER,
            self.chosen.subject,
            self.desk.entries_at,
            limit=HAPPENINGS_LOOKED_AT,
        )
        self.heading("履历(摘录)", "from his history, newest first: who, when, what, why")
        rows = _telling(page.rows)
        names = roster.names(self.connection, LEDGER, people=[h.entry.envelope.by for h in rows])
        table = _table(("何时", "when"), ("何人", "who"), ("何事", "what"))
        zone = self.desk.writer.zone
        for happening in rows:
            envelope = happening.entry.envelope
            who = names.get(f"member/{envelope.by}", envelope.by)
            table.add_row(
                envelope.at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
                _two(f"{who} · {envelope.role.zh}", envelope.role.en),
                _two(happening.said.zh, happening.said.en),
            )
        self.console.print(table)
        self.command("history", self.chosen.name, "--limit", "20")

    def then_and_now(self) -> None:
        """His score as it was known on 30 June, against the end of the year."""
        position = as_of.position_on(self.connection, LEDGER, HALF_WAY)
        then, now = self.card(HALF_WAY, position), self.card(LAST, None)
        self.heading("当时与年底", "as known on 30 June, and at the end of the year")
        table = _table(("", ""), ("6月30日所知", "as of 30 June"), ("年底", "end of year"))
        table.add_row(
            _two("台账位置", "position"),
            str(position),
            str(as_of.position_now(self.connection, LEDGER)),
        )
        table.add_row(_two("合计", "total"), then.scorecard.total, now.scorecard.total)
        earlier = _by_block(then.scorecard)
        for block in now.rubric.blocks:
            table.add_row(
                _two(block.zh, block.en),
                earlier.get(block.code, "0"),
                _by_block(now.scorecard).get(block.code, "0"),
            )
        self.console.print(table)
        self.command("score", self.chosen.name, "--year", "2025", "--as-of", HALF_WAY.isoformat())

    def how_to_go_on(self) -> None:
        """What to try next."""
        self.heading("接着试试", "try next")
        self.command("scores", "--year", "2025")
        self.command("kinds", "visited_village")
        self.command("demo", "--serve")

    def sign_ins(self, installation: Installation, port: int) -> list[Offered]:
        """Sign-ins and tokens of one person in each role; the tokens are printed, the sign-ins stand on the page."""
        chosen, mint = self.chosen, installation.tokens.mint
        desk = installation.desk(LEDGER)
        studio = self.roster.units[chosen.studio]
        clerk = next(a.person for a in studio.appointments if a.office is Office.STAFF)
        convenor = self.roster.answering(chosen.sector, LAST)
        office = staff_of(self.roster, "办公室主任")
        self.heading("令牌(一天内有效)", "tokens, good for a day")
        offered = []
        for zh, person, role, unit in (
            ("工作室干事", clerk, Role.CLERK, chosen.studio),
            ("界别召集人", convenor[1][0], Role.HEAD, convenor[0]),
            ("委员本人", chosen.person.person, Role.MEMBER, None),
            ("政协机关", office, Role.OFFICE, None),
            ("考核组", staff_of(self.roster, "信息科科长"), Role.APPRAISAL, None),
            ("审计", staff_of(self.roster, "综合科科长"), Role.AUDITOR, None),
        ):
            _say(self.console, zh, role.en)
            let_in(desk, person, role, unit, days=1, reason="演练 rehearsal")
            token = mint(person, role, unit, LEDGER, days=1)
            self.console.print(f"  {token}", soft_wrap=True)
            who = self.roster.people[person].profile.name
            offered.append(_offered(installation.access.accounts, zh, role, person, who))
        _say(
            self.console,
            f"打开 http://127.0.0.1:{port}/ ,登录页上列出每种身份的演练账号。",
            "Open it: the page of signing in lists an account of each role.",
        )
        address = f"http://127.0.0.1:{port}/api/v1"
        self.console.print(f"  {address}/openapi.json", soft_wrap=True)
        self.console.print(
            f'  curl -H "Authorization: Bearer $TOKEN" '
            f"'{address}/ledgers/{LEDGER}/people/{chosen.person.person}/scorecards?year=2025'",
            soft_wrap=True,
        )
        return offered

    # What they need

    def card(self, today: date, position: int | None) -> Card:
        """His scorecard for the year, as of a position or now."""
        (found,) = scorecards.cards(
            self.connection,
            LEDGER,
            self.desk.shelf,
            self.chosen.person.person,
            period=YEAR,
            today=today,
            rubric="rehearsal",
            position=position,
        )
        return found

    def names(self) -> dict[str, str]:
        """The names of his units."""
        return roster.names(self.connection, LEDGER, units=(self.chosen.sector, self.chosen.studio))


def chosen_of(found: Roster) -> Chosen:
    """The member who moved from one township to another: his record shows what a transfer does."""
    for person in found.people.values():
        studios = [m.unit for m in person.memberships if m.bond is Bond.STUDIO]
        sector = person.bound_to(Bond.SECTOR, LAST)
        studio = person.bound_to(Bond.STUDIO, LAST)
        if len(studios) > 1 and sector is not None and studio is not None:
            return Chosen(person, SubjectId(f"member/{person.person}"), sector, studio)
    raise LookupError("nobody moved to another township")


def staff_of(found: Roster, position: str) -> PersonId:
    """Who has that position in the county office."""
    return next(
        person.person for person in found.people.values() if person.profile.position == position
    )


def _offered(accounts: Accounts, zh: str, role: Role, person: PersonId, who: str) -> Offered:
    """An account of this person, with a password of this run: whoever ran it before has no session any more."""
    name = f"demo-{role.value}"
    try:
        account = accounts.named(name)
    except Refused:
        account = accounts.make(name)
    if not accounts.links_of(account.id):
        accounts.link(account.id, LEDGER, person)
    password = drawn()
    accounts.set_password(account.id, password)
    return Offered(name=name, password=password, zh=zh, en=role.en, who=who)


def _folded(lines: Sequence[Line]) -> tuple[list[Line], Counter[str]]:
    """The lines to show, and how many more of each clause were cut to nothing because it was full."""
    folded: Counter[str] = Counter()
    shown: list[Line] = []
    for line in lines:
        cuts = {adjusted.cut for adjusted in line.adjustments}
        if line.points == ZERO and cuts & {Cut.FULL_MARK, Cut.TIMES, Cut.CAP, Cut.SHARED_CAP}:
            folded[line.clause] += 1
        else:
            shown.append(line)
    return shown, folded


def _telling(happenings: Sequence[Happening]) -> list[Happening]:
    """A few of them: some that give a reason, then the newest."""
    reasoned = [h for h in happenings if getattr(h.entry.event, "reason", "")][:MOST_REASONS]
    others = [h for h in happenings if h not in reasoned][: MOST_HAPPENINGS - len(reasoned)]
    return sorted([*reasoned, *others], key=lambda h: -h.entry.position)


def _by_block(card: Scorecard) -> dict[str, str]:
    return {block.block: block.points for block in card.blocks}


def _table(*columns: tuple[str, str]) -> Table:
    table = Table(show_edge=False, pad_edge=False, box=None, header_style="bold")
    for zh, en in columns:
        right = zh in {"分", "数量", "条数"}
        table.add_column(
            _two(zh, en), justify="right" if right else "left", overflow="fold", no_wrap=right
        )
    return table


def _two(zh: str, en: str) -> Text:
    """Two languages in one cell, one below the other."""
    return Text.assemble(zh, "\n", (en, "dim")) if en and en != zh else Text(zh)
