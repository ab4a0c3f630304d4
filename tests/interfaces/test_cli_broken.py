"""What the command line does with what is not text, and when nobody reads on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from interfaces import cli
from interfaces.refusals import Exit


def test_an_argument_that_is_no_text_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = cli.main(["--data", str(tmp_path), "record", "visited_village", "--title", "\udcff"])

    assert code == Exit.INVALID
    assert "不是有效的 UTF-8 文本" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_trouble(tmp_path: Path) -> None:
    lvzhi = [sys.executable, "-c", "from interfaces.cli import main; raise SystemExit(main())"]
    with subprocess.Popen(
        [*lvzhi, "--data", str(tmp_path), "kinds"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()

    assert (process.returncode, said) == (0, b"")
