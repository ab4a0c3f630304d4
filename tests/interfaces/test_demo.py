"""The demo: it builds the county once, shows every part, and each command line that it prints works."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shlex
import shutil
from collections.abc import Callable, Sequence
from contextlib import closing, redirect_stdout
from dataclasses import dataclass, replace
from datetime import date
from html import unescape
from pathlib import Path
from time import process_time, time

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from application.clock import rehearsed
from application.handle import Request, Writer
from application.sqlite_log import SqliteLog, create_ledger
from domain.entry import Envelope
from domain.people import Actor, PersonId, Reason, Refused, Role
from domain.streams import OpenLedger
from interfaces import cli, demo
from interfaces.access.signing_in import Attempt
from interfaces.access.tables import sessions
from interfaces.app import create_app
from interfaces.granting import let_in
from interfaces.identity import PREFIX, Tokens, key_in
from interfaces.refusals import Exit
from interfaces.settings import Settings, read
from interfaces.web.offered import Offered
from interfaces.wiring import Installation
from projections import as_of, deeds, waiting
from projections.evidence import evidence_of
from tests.interfaces.conftest import hash_quickly

MOST_SECONDS = 30
"""Seconds of computing that it may take on whatever machine."""
YARD = 40_000
MOST_YARDS = 50
"""How many times the computing of `yard` the whole demo may take: ten seconds where that takes 0.2, as it does on two quiet cores."""


def yard() -> float:
    """Seconds of computing that a fixed piece of work takes here and now, of the sort that the demo does: it grows with the load of a machine as the demo does."""
    started = process_time()
    drawn = hashlib.sha256()
    for n in range(YARD):
        told = json.loads(json.dumps({"name": f"委员{n}", "on": [2026, 1, n], "said": {"n": n}}))
        drawn.update("|".join(f"{key}={value}" for key, value in told.items()).encode())
    return process_time() - started


@dataclass(frozen=True, slots=True)
class Shown:
    """What a run of the demo said; the seconds of computing that it took, and those of `yard` about the first."""

    folder: Path
    code: int
    text: str
    seconds: float
    yard: float = 0.0

    @property
    def commands(self) -> list[str]:
        """The command lines that it printed."""
        lines = (line.strip() for line in self.text.splitlines())
        return [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]


def shown_in(folder: Path) -> Shown:
    """Run the demo and keep what it says."""
    said = io.StringIO()
    started = process_time()
    with redirect_stdout(said):
        code = demo.run(folder)
    return Shown(folder, code, said.getvalue(), process_time() - started)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """The first run in a fresh folder."""
    before = yard()
    shown = shown_in(tmp_path_factory.mktemp("demo"))
    return replace(shown, yard=(before + yard()) / 2)


def head(folder: Path) -> int:
    """The newest position of the ledger."""
    log = SqliteLog(folder, demo.LEDGER)
    try:
        return log.head()
    finally:
        log.close()


def test_it_succeeds_soon_enough(first: Shown) -> None:
    assert first.code == 0
    assert first.seconds < MOST_YARDS * first.yard
    assert first.seconds < MOST_SECONDS


@pytest.mark.parametrize(
    "words",
    [
        "已在",
        "人物、单位、地名均为虚构",
        "履职记录",
        "得分及说明",
        "未计分",
        "委员年度履职“十个一”",
        "双重管理",
        "履历",
        "6月30日所知",
        "接着试试",
    ],
)
def test_every_part_is_shown_in_chinese(first: Shown, words: str) -> None:
    assert words in first.text


@pytest.mark.parametrize(
    "words",
    ["points", "ten ones", "dual management", "history", "as of 30 June", "try next"],
)
def test_english_stands_beside(first: Shown, words: str) -> None:
    assert words in first.text


def test_it_is_plain_where_nobody_watches(first: Shown) -> None:
    assert "\x1b" not in first.text


def test_the_year_went_on_after_june(first: Shown) -> None:
    row = next(line for line in first.text.splitlines() if line.startswith("台账位置"))
    then, now = (int(word) for word in row.split()[1:])
    assert 0 < then < now


@pytest.mark.parametrize(
    ("words", "number"), [("委员 ", 213), ("单位 ", 204), ("缺镇街一侧的委员 ", 3)]
)
def test_it_counts_what_there_is(first: Shown, words: str, number: int) -> None:
    row = next(line for line in first.text.splitlines() if line.startswith(words))
    assert int(row.split()[1]) == number


def test_it_prints_command_lines(first: Shown) -> None:
    verbs = {shlex.split(line)[3] for line in first.commands}
    assert {"score", "checklist", "history", "scores", "kinds", "demo"} <= verbs


def test_each_command_line_works(first: Shown, capsys: pytest.CaptureFixture[str]) -> None:
    for line in first.commands:
        program, *words = shlex.split(line)
        assert program == "lvzhi"
        if words[-1] != "--serve":
            assert cli.main(words) == 0, line
            assert capsys.readouterr().out, line


def test_the_next_run_uses_what_is_there(first: Shown) -> None:
    before = head(first.folder)
    again = shown_in(first.folder)
    assert again.code == 0
    assert "沿用" in again.text
    assert head(first.folder) == before


def test_another_ledger_of_that_code_is_left_alone(tmp_path: Path) -> None:
    create_ledger(tmp_path, demo.LEDGER)
    log = SqliteLog(tmp_path, demo.LEDGER)
    office = Actor(person=PersonId("office"), role=Role.OFFICE)
    command = OpenLedger(code=demo.LEDGER, committee="别的政协")
    Writer(log).one(Request(command=command, actor=office, command_id="open"))
    log.close()
    refused = shown_in(tmp_path)
    assert refused.code != 0
    assert "换一个目录" in refused.text
    assert head(tmp_path) == 1


def test_it_lies_where_the_environment_says_unless_an_option_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders: list[Path | None] = []

    def run(folder: Path | None, **_: object) -> int:
        folders.append(folder)
        return 0

    monkeypatch.setattr(demo, "run", run)
    monkeypatch.setenv("LVZHI_DATA", str(tmp_path))
    assert cli.main(["demo"]) == 0
    assert cli.main(["--data", "elsewhere", "demo"]) == 0
    monkeypatch.delenv("LVZHI_DATA")
    assert cli.main(["demo"]) == 0
    assert folders == [tmp_path, Path("elsewhere"), None]


def test_serving_prints_a_token_for_each_role(
    first: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports: list[int] = []
    offered: list[Offered] = []

    def serving(_: Installation, port: int, found: list[Offered]) -> None:
        ports.append(port)
        offered.extend(found)

    monkeypatch.setattr(demo, "_serve", serving)
    said = io.StringIO()
    with redirect_stdout(said):
        assert demo.run(first.folder, serve=True, port=8123) == 0
    assert ports == [8123]
    tokens = Tokens(key_in(first.folder / "token.key"))
    words = (line.strip() for line in said.getvalue().splitlines())
    grants = [tokens.grant(word) for word in words if word.startswith(PREFIX)]
    assert {grant.actor.role for grant in grants} == {
        Role.OFFICE,
        Role.CLERK,
        Role.HEAD,
        Role.MEMBER,
        Role.APPRAISAL,
        Role.AUDITOR,
    }
    assert len({each.name for each in offered}) == 6
    with closing(Installation(read({}, data=str(first.folder)))) as installation:
        for each in offered:
            attempt = Attempt(name=each.name, password=each.password, address="127.0.0.1")
            session = installation.access.signing_in.by_password(attempt).opened.session
            links = installation.access.accounts.links_of(session.account)
            assert [link.ledger for link in links] == [demo.LEDGER]
    assert all(grant.opens(demo.LEDGER) for grant in grants)


@dataclass(frozen=True, slots=True)
class Evening:
    """A demo as it is served: whoever signs in by an offered account, and what it said before."""

    client: TestClient
    installation: Installation
    offered: tuple[Offered, ...]
    said: str

    def come_in(self, role: Role) -> None:
        """Sign in as its page offers it."""
        self.client.cookies.clear()
        found = next(each for each in self.offered if each.name == f"demo-{role.value}")
        sent = {"name": found.name, "password": found.password}
        assert self.client.post("/sign-in", data=sent, follow_redirects=False).status_code == 303

    def read(self, path: str) -> str:
        """A page of its ledger."""
        answer = self.client.get(f"/ledgers/{demo.LEDGER}{path}")
        assert answer.status_code == 200, path
        return str(answer.text)

    def send(self, path: str, page: str, **fields: str) -> int:
        """A form of a page; the status of the answer."""
        sent = {"form": _hidden(page, "form"), "id": _hidden(page, "id"), **fields}
        address = f"/ledgers/{demo.LEDGER}{path}"
        return self.client.post(address, data=sent, follow_redirects=False).status_code

    def newest(self) -> Envelope:
        """Who and when, of the newest entry."""
        desk = self.installation.desk(demo.LEDGER)
        return desk.entries_at([desk.head()])[0].envelope


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def _quick(settings: Settings) -> Installation:
    """An installation as the demo has it, but for what the hashes of its offered accounts cost."""
    installation = Installation(settings)
    hash_quickly(installation)
    return installation


def served_in(
    folder: Path, monkeypatch: pytest.MonkeyPatch, look: Callable[[Evening], None]
) -> int:
    """Serve the demo of a folder for as long as somebody looks; its exit code."""
    said = io.StringIO()

    def serving(installation: Installation, _: int, offered: Sequence[Offered]) -> None:
        app = create_app(installation, offered)
        with TestClient(app, raise_server_exceptions=False) as client:
            look(Evening(client, installation, tuple(offered), said.getvalue()))

    monkeypatch.setattr(demo, "_serve", serving)
    monkeypatch.setattr(demo, "Installation", _quick)
    with redirect_stdout(said):
        return demo.run(folder, serve=True)


def test_it_is_the_last_evening_of_the_year_for_whoever_comes_in(
    first: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(evening: Evening) -> None:
        assert "2025-12-31" in evening.said
        assert "演练:时间停在2025年12月31日" in evening.client.get("/sign-in").text
        for role in (Role.CLERK, Role.HEAD):
            evening.come_in(role)
            home = evening.read("/")
            assert "演练:时间停在2025年12月31日" in home
            month = re.search(r'<span class="n">(\d+)</span><span class="what">本月登记', home)
            assert month is not None
            assert int(month[1]) > 0
        evening.come_in(Role.OFFICE)
        assert re.search(r'<option value="2025"[^>]* selected', evening.read("/scores"))
        assert "得分分布" in evening.read("/scores")

    assert served_in(first.folder, monkeypatch, look) == 0
    assert rehearsed() is None


def test_some_of_what_waits_can_still_be_returned(
    first: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(evening: Evening) -> None:
        desk = evening.installation.desk(demo.LEDGER)
        with desk.store.reading() as connection:
            left = {
                line.until
                for unit in as_of.roster(connection, demo.LEDGER).units
                for row in waiting.waiting(connection, demo.LEDGER, unit, today=desk.today()).rows
                for line in row.lines
            }
        assert any(day is not None and day > date(2025, 12, 31) for day in left)

    assert served_in(first.folder, monkeypatch, look) == 0


def test_what_is_recorded_is_of_that_evening_and_goes_on_from_there_the_next_time(
    first: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[Envelope] = []

    def look(evening: Evening) -> None:
        before = evening.newest()
        evening.come_in(Role.CLERK)
        page = evening.read("/record/visited_village")
        member = re.search(r'name="p" id="p-([^"]+)"', page)
        assert member is not None
        status = evening.send(
            "/record/visited_village", page, on="2025-12-31", p=member[1], title="年末走访"
        )
        assert status == 303
        after = evening.newest()
        assert after.day == date(2025, 12, 31)
        assert after.at >= before.at
        found.append(after)

    for _ in range(2):
        assert served_in(first.folder, monkeypatch, look) == 0
    assert found[0].at <= found[1].at


def test_the_pictures_that_bear_its_records_out_are_there(
    first: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(evening: Evening) -> None:
        desk = evening.installation.desk(demo.LEDGER)
        with desk.store.reading() as connection:
            recent = deeds.deeds(connection, demo.LEDGER, today=desk.today(), limit=100).rows
            states = deeds.states(connection, demo.LEDGER, [row.stream for row in recent])
        bearing = {
            stream: found[0].sha256
            for stream, state in states.items()
            if (found := evidence_of(state))
        }
        assert len(bearing) > 5
        assert desk.files.held(bearing.values()) == set(bearing.values())
        # Nobody is refused a picture because another record named it before.
        assert len(set(bearing.values())) == len(bearing)
        evening.come_in(Role.OFFICE)
        stream, sha256 = next(iter(bearing.items()))
        root, _, key = stream.partition("/")
        at = f"/ledgers/{demo.LEDGER}/{root}s/{key}"
        assert f"{at}/evidence/{sha256}" in evening.client.get(at).text
        assert "文件不在" not in evening.client.get(at).text
        picture = evening.client.get(f"{at}/evidence/{sha256}")
        assert picture.headers["content-type"] == "image/png"

    assert served_in(first.folder, monkeypatch, look) == 0


def test_no_other_ledger_is_served_beside_it(
    first: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "copied"
    shutil.copytree(first.folder, folder)
    with closing(Installation(read({}, data=str(folder)))) as installation:
        installation.create("mycounty", "某县政协")
    served: list[Evening] = []
    assert served_in(folder, monkeypatch, served.append) == Exit.CONFLICT
    assert served == []


def test_nothing_is_built_beside_another_ledger_to_be_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Installation(read({}, data=str(tmp_path)))) as installation:
        installation.create("mycounty", "某县政协")
    served: list[Evening] = []
    assert served_in(tmp_path, monkeypatch, served.append) == Exit.CONFLICT
    with closing(Installation(read({}, data=str(tmp_path)))) as installation:
        assert (served, installation.ledgers()) == ([], ["mycounty"])


def test_a_ledger_that_is_made_meanwhile_is_not_served_in_the_time_of_the_rehearsal(
    first: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "copied"
    shutil.copytree(first.folder, folder)

    def look(evening: Evening) -> None:
        with closing(Installation(read({}, data=str(folder)))) as another:
            another.create("mycounty", "某县政协")
        with pytest.raises(Refused) as refused:
            evening.installation.desk("mycounty")
        assert refused.value.reason is Reason.NO_SUCH_LEDGER

    assert served_in(folder, monkeypatch, look) == 0


def test_where_something_was_recorded_after_the_year_it_says_so(
    first: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "copied"
    shutil.copytree(first.folder, folder)
    with closing(Installation(read({}, data=str(folder)))) as installation:
        desk = installation.desk(demo.LEDGER)
        let_in(desk, PersonId("office"), Role.OFFICE, None, days=1, reason="later")
        later = desk.today()

    def look(evening: Evening) -> None:
        assert "换一个目录" in evening.said
        assert later.isoformat() in evening.said
        evening.come_in(Role.CLERK)
        evening.read("/")
        assert evening.newest().day == later

    assert served_in(folder, monkeypatch, look) == 0


def test_the_countys_sheets_are_written_and_can_be_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("LVZHI_DATABASE_URL", "LVZHI_LEDGER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LVZHI_DATA", str(tmp_path / "own"))
    assert cli.main(["demo", "--sheets", str(tmp_path / "表 格")]) == 0
    printed = [shlex.split(line) for line in capsys.readouterr().out.splitlines()]
    asked = [words[1:] for words in printed if words[:2] == ["lvzhi", "import"]]
    assert cli.main(["ledger", "create", "mycounty", "--name", "某县政协"]) == 0
    codes = [cli.main([*words, "--commit"]) for words in asked]
    assert codes == [0, 0, Exit.INVALID]
    assert "同名" in capsys.readouterr().out


def test_who_came_in_by_an_offered_account_shows_again_who_he_is_by_a_button(
    first: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(evening: Evening) -> None:
        evening.come_in(Role.OFFICE)
        access = evening.installation.access
        with access.store.writing() as connection:
            connection.execute(update(sessions).values(shown_at=time() - 600))
        access.sessions.forget()
        asked = evening.client.get("/account/password")
        assert asked.url.path == "/account/again"
        button = next(each for each in asked.text.split("<form") if "演练:不填密码" in each)
        sent = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', button))
        answer = evening.client.post("/account/again", data=sent, follow_redirects=False)
        assert answer.status_code == 303
        assert answer.headers["location"] == "/account/password"
        assert evening.client.get("/account/password").url.path == "/account/password"

    assert served_in(first.folder, monkeypatch, look) == 0


def test_what_was_typed_before_a_session_ended_goes_on_with_an_offered_sign_in(
    first: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(evening: Evening) -> None:
        evening.come_in(Role.CLERK)
        page = evening.read("/record/visited_village")
        sent = {name: _hidden(page, name) for name in ("form", "id", "who")}
        access = evening.installation.access
        access.sessions.revoke_all(access.accounts.named("demo-clerk").id)
        address = f"/ledgers/{demo.LEDGER}/record/visited_village"
        asked = evening.client.post(address, data={**sent, "title": "写了一半"})
        assert asked.status_code == 401
        offered = asked.text.partition('id="demo"')[2]
        form = next(each for each in offered.split("</form>") if 'value="demo-clerk"' in each)
        fields = {n: unescape(v) for n, v in re.findall(r'name="([^"]+)" value="([^"]*)"', form)}
        answer = evening.client.post("/sign-in", data=fields)
        assert answer.status_code == 200
        assert 'name="title" value="写了一半"' in answer.text

    assert served_in(first.folder, monkeypatch, look) == 0
