"""Ledgers that were sealed once hold for ever, by the service's own checker."""

from __future__ import annotations

from pathlib import Path

import pytest

from application.seal.verify import (
    Bad,
    Trust,
    check_bundle,
    check_receipt,
    parse_checkpoint,
    parse_key,
    parse_policy,
    parse_receipt,
    satisfy,
)
from tests.golden.sealed import FOLDER, MADE


@pytest.fixture(params=MADE)
def golden(request: pytest.FixtureRequest) -> Path:
    """The folder of a golden ledger."""
    return FOLDER / str(request.param)


def test_a_golden_ledger_holds(golden: Path) -> None:
    key = parse_key((golden / "key").read_text("utf-8").strip())
    kept = parse_checkpoint((golden / "checkpoint").read_text("utf-8"))
    found, trust = check_bundle(golden / "bundle.zip", key, [kept])
    assert found == kept
    policy = parse_policy((golden / "policy").read_text("utf-8"))
    cosigners = satisfy(found, policy, trust)
    assert len(cosigners) == len(policy.witnesses)
    receipt = parse_receipt((golden / "receipt.tlog-proof").read_text("utf-8"))
    assert check_receipt(receipt, trust) == found


def test_a_golden_ledger_does_not_hold_under_the_key_of_another(golden: Path) -> None:
    others = [each for each in MADE if each != golden.name]
    for other in others:
        key = parse_key((FOLDER / other / "key").read_text("utf-8").strip())
        with pytest.raises(Bad, match="another ledger"):
            Trust(key, []).believe(parse_checkpoint((golden / "checkpoint").read_text("utf-8")))
