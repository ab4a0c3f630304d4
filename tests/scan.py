"""Asks every operation that the API describes, as every role, with whatever its description allows: what is closed stays closed, nothing breaks.

`python -m tests.scan --examples 50` is the long form; the suite asks each operation a few times.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from domain.access import TOLD_WHY, Action, ever
from domain.people import Role
from interfaces.api.door import NEEDS
from interfaces.app import create_app
from interfaces.settings import read
from interfaces.wiring import Installation
from tests.interfaces.conftest import COUNTY, granted, proposal, visit

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
THERE = {
    "id": ("li", "south", "o", "m"),
    "code": ("plain",),
    "rubric": ("plain",),
    "position": (1,),
}
"""What is there, so that not every question is about nothing."""


@dataclass(slots=True)
class Found:
    """What came of a scan: answers by status, and what should not have been."""

    answers: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def scanned(folder: Path, role: Role, *, examples: int, start: int = 0) -> Found:
    """Ask everything as somebody in this role, who is nobody's member and acts in no unit that is there."""
    installation = Installation(read({"LVZHI_SEAL_EVERY": "off"}, data=str(folder)))
    installation.create("scan", "海晏县政协")
    app = create_app(installation)
    with TestClient(app):
        _fill(app, installation)
        found = Found()
        granted(installation, "scan", "stranger", role, "nowhere")
        tokens = installation.tokens
        own = tokens.mint("stranger", role, "nowhere", "scan", days=1)
        other = tokens.mint("stranger", role, "nowhere", "another", days=1)
        schema = schemathesis.openapi.from_dict(app.openapi())
        schema.app = app
        for result in schema.get_all_operations():
            operation: Any = result
            _ask(operation.ok(), role, own, other, found, examples, start)
    return found


def _fill(app: FastAPI, installation: Installation) -> None:
    granted(installation, "scan", "office", Role.OFFICE, "county")
    token = installation.tokens.mint("office", Role.OFFICE, "county", "scan", days=1)
    client = TestClient(app)

    def send(method: str, path: str, body: Any) -> None:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"fill {path}"}
        address = f"/api/v1/ledgers/scan{path}"
        answer = client.request(method, address, content=json.dumps(body), headers=headers)
        assert answer.status_code < 300, answer.text

    send("POST", "/commands", COUNTY)
    send("PUT", "/occasions/o", visit())
    send("PUT", "/matters/m", proposal())
    installation.desk("scan").sealer.seal()


def _ask(
    operation: Any, role: Role, own: str, other: str, found: Found, examples: int, start: int
) -> None:
    action = Action.of(operation.definition.raw[NEEDS])
    is_open = action is Action.LOOK_UP
    closed = not ever(role, action) and action not in TOLD_WHY

    @seed(start)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        _point_at_what_is_there(case)
        answer = case.call(headers={"Authorization": f"Bearer {own}"})
        found.answers[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)
        assert answer.status_code >= 400 or not closed, f"open to {role}"
        if not is_open and "ledger" in (case.path_parameters or {}):
            answer = case.call(headers={"Authorization": f"Bearer {other}"})
            assert answer.status_code >= 400, "open with a token of another ledger"
            answer = case.call(headers={"Authorization": ""})
            assert answer.status_code >= 400, "open without a token"

    try:
        ask()
    except Exception as error:
        found.faults.append(f"{operation.label}: {error}")


def _point_at_what_is_there(case: Any) -> None:
    parameters = case.path_parameters or {}
    if "ledger" in parameters:
        parameters["ledger"] = "scan"
    for name, choices in THERE.items():
        said = parameters.get(name)
        if said is not None and len(str(said)) % 2:
            parameters[name] = choices[len(str(said)) // 2 % len(choices)]


def main() -> int:
    """Scan as every role."""
    parser = argparse.ArgumentParser(prog="python -m tests.scan", description=__doc__)
    parser.add_argument("--examples", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    return max(_told(asked.examples, asked.seed))


def _told(examples: int, start: int) -> Iterator[int]:
    for role in Role:
        with tempfile.TemporaryDirectory() as folder:
            found = scanned(Path(folder), role, examples=examples, start=start)
        print(role.value, dict(sorted(found.answers.items())), flush=True)
        for fault in found.faults:
            print("  !", fault)
        yield int(bool(found.faults))


if __name__ == "__main__":
    sys.exit(main())
