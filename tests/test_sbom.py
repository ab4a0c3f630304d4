"""The bill of materials is compared with the pins; `.ci/run` makes one of a real environment."""

from __future__ import annotations

import json
import runpy
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
CI = runpy.run_path(str(ROOT / ".ci" / "sbom.py"))


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command runs at the root of the repository."""
    monkeypatch.chdir(ROOT)


def wrong_with(tmp_path: Path, **more: Any) -> list[str]:
    """What is said of a bill that names every pin, with some of it changed."""
    pins: dict[str, str] = CI["pinned"]()
    components = [
        {"name": name, "version": version, "purl": f"pkg:generic/{name}@{version}"}
        for name, version in pins.items()
    ]
    bill = {
        "bomFormat": "CycloneDX",
        "metadata": {"component": {"name": "lvzhi"}},
        "components": components,
    }
    file = tmp_path / "bill.json"
    file.write_text(json.dumps({**bill, **more}), "utf-8")
    found: list[str] = CI["wrong_with"](file)
    return found


def test_every_dependency_of_the_project_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {name.partition("[")[0].partition(">")[0].partition("=")[0] for name in project["dependencies"]}  # fmt: skip
    assert wanted <= CI["pinned"]().keys()


def test_a_bill_of_just_the_pins_is_right(tmp_path: Path) -> None:
    assert wrong_with(tmp_path) == []


def test_what_a_bill_lacks_or_has_beyond_is_named(tmp_path: Path) -> None:
    beyond = [{"name": "pytest", "version": "9", "purl": "pkg:generic/pytest@9"}]
    wrong = wrong_with(tmp_path, components=beyond)
    assert "pytest, which is not pinned" in wrong
    assert len(wrong) == len(CI["pinned"]()) + 1
    assert wrong_with(tmp_path, bomFormat="SPDX") == ["it is no bill of lvzhi"]


def test_no_bill_is_committed() -> None:
    """It names where libraries come from, which differs from place to place."""
    assert not [path for path in ROOT.glob("*.json") if "bomFormat" in path.read_text("utf-8")]
