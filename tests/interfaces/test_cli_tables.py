"""Tables of the command line: columns in a terminal, lines of their own where it is too narrow, tabs for another program."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from interfaces.cli_shown import table

Drawn = Callable[[list[str], Sequence[Sequence[object]], int], str]

HEADER = [f"第{n}列" for n in range(1, 10)]
ROW = [f"青澄县澄阳街道{n}" for n in range(1, 10)]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Drawn:
    """What a table looks like in a terminal of so many columns."""

    def draw(header: list[str], rows: Sequence[Sequence[object]], columns: int) -> str:
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        monkeypatch.setenv("COLUMNS", str(columns))
        table(header, rows)
        return capsys.readouterr().out

    return draw


def test_columns_stand_beside_one_another_where_there_is_room(shown: Drawn) -> None:
    wide = shown(HEADER, [ROW], 300)
    assert any(all(word in line for word in ROW) for line in wide.splitlines())
    short = shown(HEADER, [list(range(9))], 80)
    assert any(all(name in line for name in HEADER) for line in short.splitlines())


def test_each_row_has_lines_of_its_own_where_a_terminal_is_too_narrow(shown: Drawn) -> None:
    narrow = shown(HEADER, [[*ROW[:8], ""], ROW], 80)
    assert "…" not in narrow
    lines = narrow.splitlines()
    assert lines[:9] == [
        *(f"{name}:{word}" for name, word in zip(HEADER[:8], ROW[:8], strict=True)),
        "",
    ]
    assert f"{HEADER[8]}:{ROW[8]}" in lines


def test_another_program_gets_tabs(capsys: pytest.CaptureFixture[str]) -> None:
    table(HEADER, [ROW])
    assert capsys.readouterr().out == "\t".join(ROW) + "\n"
