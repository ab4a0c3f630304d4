"""A new kind is one dataclass in one file: all doors, pages and schemas know it without another change."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("domain", "application", "projections", "interfaces", "packs")

NEW_KIND = '''

@dataclass(frozen=True, slots=True, kw_only=True)
class PatrolledRiver:
    """Walked along a river and saw to it."""

    about: ClassVar[About] = occasion("巡河护河", "patrolled a river")

    river: Annotated[str, Label("河流名称", "river")]
    kilometres: Annotated[int, Label("巡河公里数", "kilometres walked")] = 0

    def __post_init__(self) -> None:
        not_negative(self, "kilometres")
'''
"""All that is written for it: at the end of domain/kinds/people.py."""

RECORDS_IT = """
import json
from datetime import UTC, date, datetime

import domain
from application import codec
from application.handle import Request, Writer
from application.memory_log import MemoryLog
from domain import streams
from domain.kinds import KINDS
from domain.kinds.fields import fields_of
from domain.member import Admit, Profile, Term
from domain.occasion import Occasion, Participant, RecordOccasion
from domain.people import Actor, PersonId, Role, UnitId
from domain.unit import OpenUnit, UnitKind, UnitProfile
from interfaces import catalogue_pages

kind = KINDS["patrolled_river"]
office = Actor(person=PersonId("office"), role=Role.OFFICE)
studio, li = UnitId("south"), PersonId("li")
log = MemoryLog()
writer = Writer(log, clock=lambda: datetime(2025, 6, 30, tzinfo=UTC))
body = Occasion(
    details=kind(river="汾河", kilometres=5),
    title="巡河",
    on=date(2025, 6, 10),
    organiser=studio,
    participants=(Participant(person=li),),
)
commands = [
    OpenUnit(
        unit=studio,
        profile=UnitProfile(kind=UnitKind.STUDIO, name="南街"),
        since=date(2022, 1, 1),
    ),
    Admit(person=li, profile=Profile(name="李"), term=Term(number=1, since=date(2022, 1, 1))),
    RecordOccasion(occasion="v", body=body),
]
for number, command in enumerate(commands):
    writer.one(Request(command=command, actor=office, command_id=str(number)))
(row,) = log.stream("occasion/v")
entry = codec.decode(row)
facts = streams.facts_of(streams.evolve(None, entry))
print(
    json.dumps(
        {
            "code": domain.__file__,
            "name": row.name,
            "same": entry.event.body == body,
            "facts": [[f.subject, f.kind, f.details.river] for f in facts],
            "amended": "patrolled_river.amended" in codec.NAMES,
            "fields": [f.label.zh for f in fields_of(kind)],
            "kinds": catalogue_pages.kinds_page(),
            "events": catalogue_pages.events_page(),
        }
    )
)
"""

DESCRIBES_IT = """
import json
import sys
from pathlib import Path

from interfaces.app import create_app
from interfaces.settings import read
from interfaces.wiring import Installation

app = create_app(Installation(read({}, data=str(Path.cwd() / "data"))))
print(json.dumps(app.openapi()))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source tree with the new kind in it."""
    tree = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tree / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tree)
    with (tree / "domain" / "kinds" / "people.py").open("a", encoding="utf-8") as family:
        family.write(NEW_KIND)
    return tree


def run(tree: Path, *arguments: str) -> Any:
    """What a Python in that tree prints, as JSON."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree), "LVZHI_DATA": str(tree / "data")},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_it_is_recorded_read_and_told_like_any_other(copy: Path) -> None:
    told = run(copy, "-c", RECORDS_IT)

    assert Path(told["code"]).is_relative_to(copy)
    assert (told["name"], told["same"], told["amended"]) == ("patrolled_river", True, True)
    assert told["facts"] == [
        ["member/li", "patrolled_river", "汾河"],
        ["unit/south", "patrolled_river", "汾河"],
    ]
    assert told["fields"] == ["河流名称", "巡河公里数"]
    assert "### 巡河护河 patrolled a river `patrolled_river`" in told["kinds"]
    assert "| `kilometres` | 巡河公里数 | kilometres walked | integer |" in told["kinds"]
    assert "| `patrolled_river.amended` |" in told["events"]


def test_the_api_describes_it(copy: Path) -> None:
    described = json.dumps(run(copy, "-c", DESCRIBES_IT), ensure_ascii=False)

    assert "patrolled_river" in described
    assert "巡河公里数" in described


def test_the_command_line_lists_it(copy: Path) -> None:
    listed = run(copy, "-c", "from interfaces.cli import main; main()", "kinds", "--json")

    assert "巡河护河" in json.dumps(listed, ensure_ascii=False)
