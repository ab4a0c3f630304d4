"""A committee's own words over HTTP: published, read as of a day, refused where they do not hold, repealed."""

from __future__ import annotations

from importlib.resources import files

from tests.interfaces.conftest import Caller
from tests.interfaces.test_api_refusals import problem

TEXT = (files("packs") / "terms" / "district.yaml").read_text("utf-8")
AT = "/documents/terms/district"
VERSION = {"version": "1", "text": TEXT, "since": "2024-01-01"}


def test_words_are_published_read_by_the_day_and_repealed(office: Caller) -> None:
    answer = office.send(f"{AT}/versions", VERSION)
    assert answer.status_code == 200, answer.text
    position = answer.json()["position"]

    found = office.get(AT, after=position).json()
    assert (found["sort"], found["in_force"]["version"]) == ("terms", "1")
    assert office.get(AT, day="2023-12-31").json()["in_force"] is None
    assert [line["code"] for line in office.get("/documents", sort="terms").json()] == ["district"]

    repeal = {"until": "2025-06-30", "reason": "区划调整"}
    answer = office.send(f"{AT}/repeals", repeal)
    assert answer.status_code == 200, answer.text
    after = answer.json()["position"]
    assert office.get(AT, after=after, day="2025-07-01").json()["in_force"] is None
    history = office.get(f"{AT}/history").json()["rows"]
    assert [row["name"] for row in history] == ["terms.repealed", "terms.published"]


def test_words_that_do_not_hold_are_not_published(untouched: Caller) -> None:
    wrong = VERSION | {"text": TEXT.replace("  县: 区\n", "  县: 市\n  乡: 街道\n")}
    told = problem(untouched.send(f"{AT}/versions", wrong), 422, "rubric_invalid")
    assert [(e["reason"], e["pointer"]) for e in told["errors"][1:]] == [("malformed", "/words/乡")]
    alike = VERSION | {"text": TEXT.replace("县: 区", "县: 市")}
    told = problem(untouched.send(f"{AT}/versions", alike), 422, "rubric_invalid")
    assert [e["pointer"] for e in told["errors"][1:]] == ["/words/县"]
    other = untouched.send("/documents/terms/another/versions", VERSION)
    assert "another ≠ district" in problem(other, 422, "rubric_invalid")["detail"]
    tried = untouched.send(f"{AT}/versions", VERSION | {"trial_in": "south"})
    problem(tried, 422, "malformed", pointer="/trial_in")
    problem(untouched.get(AT), 404, "no_such_terms")
    problem(untouched.get(f"{AT}/history"), 404, "no_such_terms")
    problem(
        untouched.send(f"{AT}/repeals", {"until": "2025-06-30", "reason": "废止"}),
        404,
        "no_such_terms",
    )
