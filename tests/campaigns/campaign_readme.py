"""Every command of the README does what it says: they are run in order, in a folder of their own."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from application.rehearsal.sheets import sheets
from interfaces import cli

ROOT = Path(__file__).parent.parent.parent
NOT_RUN_HERE = {"serve": "it runs until it is stopped; tests/interfaces starts it"}


def commands(page: str) -> list[list[str]]:
    """The arguments of each `uv run lvzhi` in the page's code blocks, in order."""
    blocks = re.findall(r"```\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [
        shlex.split(line, comments=True)[3:] for line in lines if line.startswith("uv run lvzhi")
    ]


def test_every_command_of_the_readme_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    roster, records, _ = sheets(tmp_path / "sheets")
    shutil.copy(roster, tmp_path / "members.xlsx")
    shutil.copy(records, tmp_path / "june.xlsx")
    (tmp_path / "packs").symlink_to(ROOT / "packs")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LVZHI_DATA", raising=False)
    for home in ("HOME", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(home, str(tmp_path / "own"))
    asked = commands("README.md")
    assert len(asked) > 8

    for arguments in asked:
        if arguments[-1] in NOT_RUN_HERE:
            continue
        said = [a.replace("$D", str(tmp_path / "tour")) for a in arguments]
        assert cli.main(said) == 0, (said, capsys.readouterr().err)


def test_the_chinese_readme_has_the_same_commands() -> None:
    named = {"名册.xlsx": "members.xlsx", "六月.xlsx": "june.xlsx"}

    assert [
        [named.get(a, a) for a in arguments] for arguments in commands("README.zh-CN.md")
    ] == commands("README.md")


def test_the_readme_says_how_to_run_the_tests() -> None:
    assert "uv run pytest" in (ROOT / "README.md").read_text("utf-8")
    assert "uv run pytest" in (ROOT / ".ci" / "run").read_text("utf-8")
