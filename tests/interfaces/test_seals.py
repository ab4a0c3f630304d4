"""Seals at the doors: how far, what shows it, who may see what, and what happens where something does not fit."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from application.seal import verify
from application.seal.check import Report
from application.seal.verify import (
    Trust,
    check_receipt,
    consistency_holds,
    inclusion_holds,
    parse_checkpoint,
    parse_key,
    parse_receipt,
    parse_request,
    parse_rotation,
    tree_root,
)
from application.seal.witness import Witness
from domain.people import Reason, Refused, Role
from interfaces.app import create_app
from interfaces.cli import main
from interfaces.sealing import Keeper
from interfaces.settings import read
from interfaces.wiring import Installation
from tests.application.sealing_county import BEGAN
from tests.interfaces.conftest import Answer, Caller, Service, visit


@pytest.fixture
def sealed(sqlite_service: Service, office: Caller) -> Caller:
    """The office of a ledger that has been sealed."""
    sqlite_service.installation.desk(office.ledger).sealer.seal()
    return office


def trusted(office: Caller) -> Trust:
    """The keys that the ledger's first one leads to."""
    said = office.get("/seal/keys").json()
    return Trust(parse_key(said["first_key"]), [parse_rotation(each) for each in said["rotations"]])


def root_of(tile: bytes) -> bytes:
    """The root of a tree that fits into one tile."""
    return tree_root(tile[n : n + 32] for n in range(0, len(tile), 32))


def test_a_fresh_ledger_tells_that_nothing_is_sealed(office: Caller) -> None:
    state = office.get("/seal").json()
    assert (state["sealed"], state["size"], state["code"], state["stopped"]) == (0, 0, "", None)
    assert state["unsealed"] == state["entries"] > 0
    assert state["lag_seconds"] >= 0
    answer = office.get("/seal/checkpoint")
    assert (answer.status_code, answer.json()["reason"]) == (404, "not_sealed")


def test_the_state_tells_how_far_and_by_which_key(sealed: Caller) -> None:
    sealed.send("/occasions", visit())
    state = sealed.get("/seal").json()
    assert (state["unsealed"], state["entries"] - state["sealed"]) == (1, 1)
    checkpoint = parse_checkpoint(sealed.get("/seal/checkpoint").text)
    assert (state["size"], state["root"]) == (checkpoint.size, checkpoint.root.hex())
    assert state["code"].startswith(f"{checkpoint.size}-")
    assert trusted(sealed).believe(checkpoint)
    assert [each["size"] for each in sealed.get("/seal/checkpoints").json()] == [checkpoint.size]
    assert sealed.get("/seal/checkpoints", before=checkpoint.size).json() == []


def test_proofs_receipts_and_tiles_lead_to_the_checkpoint(sealed: Caller) -> None:
    trust = trusted(sealed)
    checkpoint = trust.believe(parse_checkpoint(sealed.get("/seal/checkpoint").text))
    size = checkpoint.size
    tile = sealed.get(f"/seal/tile/0/000.p/{size}")
    assert tile.headers["content-type"] == "application/octet-stream"
    assert root_of(tile.content) == checkpoint.root
    for position in (1, size):
        receipt = parse_receipt(sealed.get(f"/seal/entries/{position}/receipt").text)
        assert check_receipt(receipt, trust).size == size
        proof = sealed.get(f"/seal/entries/{position}/proof").json()
        hashes = [base64.b64decode(each) for each in proof["proof"]]
        leaf = base64.b64decode(proof["leaf"])
        assert inclusion_holds(position - 1, size, leaf, hashes, checkpoint.root)
        assert leaf == tile.content[(position - 1) * 32 : position * 32]


def test_a_later_checkpoint_goes_on_from_an_earlier_one(
    sqlite_service: Service, sealed: Caller
) -> None:
    first = parse_checkpoint(sealed.get("/seal/checkpoint").text)
    sealed.send("/occasions", visit())
    sqlite_service.installation.desk(sealed.ledger).sealer.seal()
    request = parse_request(sealed.get("/seal/consistency", old=first.size).text)
    last = trusted(sealed).believe(request.checkpoint)
    assert consistency_holds(first.size, last.size, first.root, last.root, request.proof)


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        ("/seal/entries/9999/proof", 404, "not_sealed"),
        ("/seal/entries/9999/receipt", 404, "not_sealed"),
        ("/seal/entries/0/proof", 422, "malformed"),
        ("/seal/entries/x/proof", 422, "malformed"),
        ("/seal/checkpoint?size=9999", 404, "not_sealed"),
        ("/seal/checkpoint?size=x", 422, "malformed"),
        ("/seal/checkpoint?other=1", 400, "unknown_parameter"),
        ("/seal/consistency?old=9999", 404, "not_sealed"),
        ("/seal/consistency", 422, "missing"),
        ("/seal/tile/0/001", 404, "no_such_page"),
        ("/seal/tile/0/000", 404, "no_such_page"),
        (f"/seal/tile/0/{'x111/' * 3_000}111", 404, "no_such_page"),
        ("/seal/tile/0/000.p/256", 404, "no_such_page"),
        ("/seal/tile/0/000.p/300", 404, "no_such_page"),
        ("/seal/checkpoint?size=" + "9" * 300, 422, "malformed"),
        ("/seal/consistency?old=0&size=" + "9" * 30, 422, "malformed"),
        ("/seal/entries/" + "9" * 30 + "/proof", 422, "malformed"),
        ("/seal/tile/0/x000/000.p/1", 404, "no_such_page"),
        ("/seal/tile/0/..%2f..%2fkeys", 404, "no_such_page"),
        ("/seal/tile/8/000", 422, "malformed"),
        ("/seal/tile/0/000.p/1?x=1", 400, "unknown_parameter"),
    ],
)
def test_what_is_not_there_is_refused(sealed: Caller, path: str, status: int, reason: str) -> None:
    answer = sealed.get(path)
    assert (answer.status_code, answer.json()["reason"]) == (status, reason)


def test_who_did_not_record_it_gets_no_receipt(
    sealed: Caller, caller: Callable[..., Caller]
) -> None:
    clerk = caller("clerk", Role.CLERK, "south")
    member = caller("li", Role.MEMBER)
    assert clerk.send("/occasions", visit()).status_code == 201
    position = sealed.get("/seal").json()["entries"]

    def receipt(who: Caller) -> int:
        return int(who.get(f"/seal/entries/{position}/receipt").status_code)

    # It is not sealed yet: who may see it is told so, others are told nothing.
    assert [receipt(who) for who in (sealed, clerk, member)] == [404, 404, 403]
    assert receipt(caller("auditor", Role.AUDITOR)) == 404
    assert receipt(caller("group", Role.APPRAISAL)) == 403
    assert member.get("/seal/entries/1/proof").status_code == 200


@pytest.mark.parametrize("name", ["sealed", "key", "policy", "checkpoints"])
def test_garbled_seals_are_told_as_what_they_are(
    sqlite_service: Service, sealed: Caller, name: str
) -> None:
    folder = sqlite_service.installation.desk(sealed.ledger).seals.folder
    size = sealed.get("/seal").json()["size"]
    file = folder / "checkpoints" / f"{size:012}" if name == "checkpoints" else folder / name
    file.write_bytes(b"\xff")
    asked = [
        sealed.get(f"/seal{path}")
        for path in (
            "",
            "/keys",
            "/policy",
            "/checkpoint",
            "/checkpoints",
            "/tile/0/000.p/1",
            "/consistency?old=0",
        )
    ]
    asked.append(sealed.send(f"/seal/cosignatures?size={size}", b"\xe2\x80\x94 w AAAAAAA=", key=""))
    assert all(answer.status_code < 500 for answer in asked)
    assert any(answer.status_code == 409 for answer in asked)


def test_a_checkpoint_is_kept_for_who_takes_answers_back(
    sqlite_service: Service, sealed: Caller, caller: Callable[..., Caller]
) -> None:
    desk = sqlite_service.installation.desk(sealed.ledger)
    first = desk.seals.sizes()[-1]
    caller("portal", Role.CONSUMER).get("/seal/consistency", old=0)
    sealed.send("/occasions", visit())
    desk.sealer.seal()
    assert first not in desk.seals.sizes()
    second = desk.seals.sizes()[-1]
    sealed.get("/seal/consistency", old=0)
    sealed.send("/occasions", visit(title="另一次"))
    desk.sealer.seal()
    assert second in desk.seals.sizes()


def test_without_a_token_nothing_is_told(sealed: Caller) -> None:
    for path in ("/seal", "/seal/tile/0/000.p/1", "/seal/checkpoint"):
        assert sealed.client.get(sealed.url(path)).status_code == 401


class TestCosignatures:
    """What a witness sends back."""

    def lines(
        self, office: Caller, tmp_path: Path, name: str = "archive.example"
    ) -> tuple[str, str]:
        """The key of a witness, and the line that he signs for the newest checkpoint."""
        witness = Witness(tmp_path / name)
        key = witness.make(name)
        witness.trust(parse_key(office.get("/seal/keys").json()["first_key"]))
        request = parse_request(office.get("/seal/consistency", old=0).text)
        return str(key), str(witness.cosign(request, lambda: BEGAN))

    def test_are_added_once_they_hold(
        self, sqlite_service: Service, sealed: Caller, tmp_path: Path
    ) -> None:
        key, line = self.lines(sealed, tmp_path)
        seals = sqlite_service.installation.desk(sealed.ledger).seals
        answer = self.send(sealed, line)
        assert (answer.status_code, answer.json()["reason"]) == (422, "bad_evidence")
        seals.set_policy(f"witness archive {key}\nquorum archive\n")
        assert sealed.get("/seal/policy").text == seals.policy
        for _ in range(2):
            answer = self.send(sealed, line)
            assert answer.json()["cosigners"] == ["archive.example"]
        checkpoint = parse_checkpoint(sealed.get("/seal/checkpoint").text)
        assert len(checkpoint.note.signatures) == 2
        assert sealed.get("/seal").json()["cosigners"] == ["archive.example"]

    @pytest.mark.parametrize("said", ["", "x", "— archive.example AAAA\n", "\x00"])
    def test_that_do_not_hold_are_refused(
        self, sqlite_service: Service, sealed: Caller, tmp_path: Path, said: str
    ) -> None:
        key, line = self.lines(sealed, tmp_path)
        seals = sqlite_service.installation.desk(sealed.ledger).seals
        seals.set_policy(f"witness archive {key}\nquorum archive\n")
        assert self.send(sealed, said).status_code == 422
        assert (
            self.send(sealed, line[:60] + ("A" if line[60] != "A" else "B") + line[61:]).status_code
            == 422
        )
        assert sealed.get("/seal").json()["cosigners"] == []

    def test_come_from_the_office_alone(
        self, sealed: Caller, caller: Callable[..., Caller]
    ) -> None:
        for role in (
            Role.CLERK,
            Role.HEAD,
            Role.MEMBER,
            Role.APPRAISAL,
            Role.AUDITOR,
            Role.CONSUMER,
        ):
            answer = self.send(caller("zhao", role, "south"), "x")
            assert (answer.status_code, answer.json()["reason"]) == (403, "not_allowed")

    @staticmethod
    def send(office: Caller, line: str) -> Answer:
        """Send signature lines."""
        return office.send("/seal/cosignatures", line.encode(), key="")


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")


class TestKeeper:
    """What seals while the service runs."""

    @pytest.fixture
    def installation(self, tmp_path: Path) -> Iterator[Installation]:
        """A ledger of one entry."""
        found = Installation(read({}, data=str(tmp_path)))
        found.create("kept", "某县政协")
        yield found
        found.close()

    def test_seals_what_is_new(self, installation: Installation) -> None:
        keeper = Keeper(installation, 0.1)
        keeper.round()
        desk = installation.desk("kept")
        assert desk.seals.size() == desk.head() == 1
        assert keeper.stopped == {}

    def test_seals_ledgers_that_are_not_open(
        self, tmp_path: Path, installation: Installation
    ) -> None:
        other = Installation(read({}, data=str(tmp_path)))
        Keeper(other, 0.1).round()
        assert other.open_desks() == []
        assert installation.desk("kept").seals.size() == 1
        other.close()

    def test_stops_and_tells_where_something_was_changed(
        self, installation: Installation, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        keeper = Keeper(installation, 0.1)
        keeper.round()
        with closing(sqlite3.connect(tmp_path / "ledgers" / "kept.sqlite")) as it:
            it.execute("DROP TRIGGER events_not_updated")
            it.execute("UPDATE events SET state = CAST(state || ' ' AS BLOB)")
            it.commit()
        again = Keeper(installation, 0.1)
        again.round()
        assert again.stopped["kept"].position == 1
        assert "sealed no more" in caplog.text
        checkpoint = installation.desk("kept").seals.newest()
        again.round()
        assert installation.desk("kept").seals.newest() == checkpoint

    def test_looks_again_after_a_while_and_goes_on_where_it_was_mended(
        self, installation: Installation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        keeper, signer = Keeper(installation, 0.1), installation.sealing("kept")[1]
        keeper.round()
        said = signer.memory.read_text("utf-8")
        signer.memory.unlink()
        again = Keeper(installation, 0.1)
        again.round()
        assert "kept" in again.stopped
        signer.memory.write_text(said, "utf-8")
        again.round()
        assert "kept" in again.stopped
        monkeypatch.setattr("interfaces.sealing.AGAIN_AFTER", 0.0)
        again.round()
        assert again.stopped == {}

    def test_checks_once_also_where_it_cannot_seal(
        self, installation: Installation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        checked: list[object] = []

        def check(*_: object, **__: object) -> Report:
            checked.append(1)
            return Report(ledger="kept")

        keeper = Keeper(installation, 0.1)
        keeper.round()
        again = Keeper(installation, 0.1)
        monkeypatch.setattr("interfaces.sealing.check_ledger", check)
        monkeypatch.setattr("application.seal.folder.Seals.sound", _full)
        for _ in range(5):
            again.round()
        assert len(checked) == 1

    def test_tries_again_where_a_disk_was_full(
        self,
        installation: Installation,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        keeper = Keeper(installation, 0.1)
        monkeypatch.setattr("application.seal.nodes.Nodes.grow", _full)
        keeper.round()
        assert keeper.stopped == {}
        assert "cannot be sealed now" in caplog.text
        monkeypatch.undo()
        keeper.round()
        assert installation.desk("kept").seals.size() == 1

    def test_runs_with_the_service(self, tmp_path: Path) -> None:
        environment = {"LVZHI_SEAL_EVERY": "0.1"}
        installation = Installation(read(environment, data=str(tmp_path)))
        installation.create("served", "某县政协")
        with TestClient(create_app(installation)) as client:
            token = installation.tokens.mint("office", Role.MEMBER, None, "served", days=1)
            headers = {"Authorization": f"Bearer {token}"}
            seals = installation.desk("served").seals
            for _ in range(1_000):
                if seals.newest() is not None:
                    break
                client.get("/livez")
            state = client.get("/api/v1/ledgers/served/seal", headers=headers).json()
            assert (state["sealed"], state["unsealed"], state["lag_seconds"]) == (1, 0, None)


@pytest.mark.parametrize("said", ["x", "-1", "0.01", "4000", "nan"])
def test_a_pace_that_is_none_is_refused(said: str) -> None:
    with pytest.raises(Refused) as caught:
        read({"LVZHI_SEAL_EVERY": said, "LVZHI_DATA": "."})
    assert caught.value.reason is Reason.MALFORMED


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command line on a data folder of its own."""
    monkeypatch.setenv("LVZHI_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def ran(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        said = capsys.readouterr()
        return code, said.out, said.err

    ran("ledger", "create", "cli", "--name", "某县政协")
    return ran


class TestCommandLine:
    """A committee that seals, an auditor who checks, a witness who signs."""

    def test_seals_checks_and_hands_out(self, run: Run, tmp_path: Path) -> None:
        assert run("seal", "checkpoint")[0] == 3
        code, said, _ = run("seal", "now")
        assert code == 0 and "已封存 1 条" in said and "1-" in said
        assert run("seal", "checkpoint", "--out", "kept")[0] == 0
        assert run("receipt", "1", "--out", "receipts")[1].strip() == "receipts/cli-1.tlog-proof"
        assert run("bundle", "b.zip")[0] == 0
        key = run("seal", "keys")[1].strip()
        for kept in ("kept", "receipts/cli-1.tlog-proof", "b.zip"):
            code, said, _ = run("verify", "--key", key, "--against", kept)
            assert code == 0, said
            assert kept.rpartition("/")[2] in said and "全部成立 / all holds" in said
        code, said, _ = run("verify", "--json")
        assert (code, json.loads(said)["holds"]) == (0, True)
        code, said, _ = run("seal", "status", "--json")
        assert json.loads(said)["unsealed"] == 0
        assert "已封存 1 条" in run("seal", "status")[1]

    def test_says_which_entry_is_wrong(self, run: Run, tmp_path: Path) -> None:
        run("seal", "now")
        with closing(sqlite3.connect(tmp_path / "data" / "ledgers" / "cli.sqlite")) as it:
            it.execute("DROP TRIGGER events_not_updated")
            it.execute("UPDATE events SET state = CAST(state || ' ' AS BLOB)")
            it.commit()
        code, said, _ = run("verify")
        assert (
            code == 1 and "第一条有问题的是第 1 条" in said and "the first bad entry is 1" in said
        )
        code, said, _ = run("verify", "--json")
        assert (code, json.loads(said)["first_bad"]) == (1, {"position": 1, "range": None})
        code, _, said = run("seal", "now")
        assert code == 1 and "已停止封存" in said and "sealing and signing have stopped" in said

    def test_compares_a_short_code_on_paper(self, run: Run, tmp_path: Path) -> None:
        said = run("seal", "now")[1]
        code = said.split()[-1]
        key = run("seal", "keys")[1].strip()
        assert run("verify", "--code", code.lower())[0] == 0
        wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
        assert run("verify", "--code", wrong)[0] == 1
        assert run("verify", "--code", "1-2")[0] == 6
        run("bundle", "b.zip")
        checked = [
            verify.main(["bundle", "b.zip", "--key", key, "--code", each]) for each in (code, wrong)
        ]
        assert checked == [0, 1]

    def test_a_witness_by_courier(self, run: Run, tmp_path: Path) -> None:
        run("seal", "now")
        key = run("seal", "keys")[1].strip()
        code, witness, _ = run("witness", "init", "archive.example", "--folder", "w")
        assert code == 0
        Path("policy").write_text(f"witness archive {witness.strip()}\nquorum archive\n", "utf-8")
        assert run("seal", "policy", "policy")[0] == 0
        assert run("witness", "trust", key, "--folder", "w")[0] == 0
        assert run("verify", "--policy", "policy")[0] == 1
        assert run("seal", "request", "--out", "asked")[0] == 0
        code, line, _ = run("witness", "cosign", "asked", "--folder", "w")
        Path("signed").write_text(line, "utf-8")
        code, said, _ = run("seal", "accept", "signed")
        assert code == 0 and "archive.example" in said
        code, said, _ = run("verify", "--policy", "policy")
        assert code == 0 and "archive" in said
        code, _, said = run("seal", "rotate")
        assert code == 0
        Path("rotation").write_text(run("seal", "keys")[1].partition("\n\n")[2], "utf-8")
        run("ledger", "create", "second")
        assert run("witness", "follow", "rotation", "--folder", "w")[0] == 0
        assert run("verify", "--ledger", "cli", "--key", key)[0] == 0

    def test_a_memory_is_given_back(self, run: Run, tmp_path: Path) -> None:
        run("seal", "now")
        run("seal", "checkpoint", "--out", "kept")
        run("ledger", "list")
        (tmp_path / "data" / "seal-keys" / "cli.last").unlink()
        assert run("verify")[0] == 1
        assert run("seal", "remember", "kept")[0] == 0
        assert run("verify")[0] == 0

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            (("receipt", "99"), 6),
            (("receipt", "occasion/none"), 3),
            (("seal", "accept", "nothing"), 7),
            (("seal", "request", "--old", "99"), 3),
            (("verify", "--key", "x"), 6),
            (("verify", "--against", "garbage"), 1),
            (("verify", "--policy", "garbage"), 6),
            (("seal", "policy", "garbage"), 6),
            (("seal", "accept", "garbage"), 6),
            (("seal", "remember", "garbage"), 6),
            (("witness", "cosign", "garbage"), 6),
            (("witness", "init", "a b"), 6),
            (("witness", "trust", "x"), 6),
        ],
    )
    def test_what_does_not_hold_is_refused_in_both_languages(
        self, run: Run, arguments: tuple[str, ...], code: int
    ) -> None:
        run("seal", "now")
        Path("garbage").write_text("什么也不是", "utf-8")
        found, out, err = run(*arguments)
        assert found == code, err
        said = out + err
        assert any("一" <= letter <= "鿿" for letter in said)
        assert any("a" <= letter <= "z" for letter in said)


def test_a_service_on_postgresql_seals_as_well(postgres_service: Service) -> None:
    office = postgres_service.ledger()
    installation = postgres_service.installation
    assert installation.heads()[office.ledger] == installation.desk(office.ledger).head()
    Keeper(installation, 0.1).round()
    state: dict[str, Any] = office.get("/seal").json()
    assert state["unsealed"] == 0 and state["code"]
