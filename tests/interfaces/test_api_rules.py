"""The register of rule documents over HTTP: published, asked for by the day, refused where it does not hold."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from tests.interfaces.conftest import Answer, Caller
from tests.interfaces.test_api_refusals import problem

PACK = files("packs") / "rehearsal"
TEXT = (PACK / "rule.yaml").read_text("utf-8")
VERSIONS = "/documents/rule/appraisal-measure/versions"


def version(
    number: str = "演练协发〔2014〕9号", since: str = "2015-01-01", **more: Any
) -> dict[str, Any]:
    """A version of the rehearsal county's measure as it is sent."""
    text = TEXT.replace("演练协发〔2014〕9号", number).replace(
        "since: 2015-01-01", f"since: {since}"
    )
    return {"version": since[:4], "text": text, "since": since, **more}


def published(office: Caller, **said: Any) -> int:
    answer = office.send(VERSIONS, version(**said))
    assert answer.status_code == 200, answer.text
    position: int = answer.json()["position"]
    return position


def numbers(answer: Answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [line["rule"]["document"]["number"] for line in answer.json()]


def test_which_rule_on_that_day(office: Caller) -> None:
    first = published(office)
    newest = published(office, number="演练协发〔2024〕3号", since="2025-01-01")

    assert numbers(office.get("/rules", after=newest)) == ["演练协发〔2024〕3号"]
    (then,) = office.get("/rules", on="2024-12-31", governs="rubric/rehearsal").json()
    assert numbers(office.get("/rules", on="2014-12-31")) == []
    assert numbers(office.get("/rules", as_of=str(first))) == ["演练协发〔2014〕9号"]
    every = office.get("/rules", every=True, governs="考核办法/rehearsal")
    assert numbers(every) == ["演练协发〔2024〕3号", "演练协发〔2014〕9号"]

    rule = then["rule"]
    assert (then["in_force"], then["unpublished"]) == (
        True,
        [{"sort": "rubric", "code": "rehearsal"}],
    )
    assert (rule["since"], rule["until"], rule["ends"], rule["replaced_by"]) == (
        "2015-01-01",
        "2024-12-31",
        "replaced",
        "演练协发〔2024〕3号",
    )
    assert (rule["document"]["adopted_by"], rule["document"]["adopted_on"]) == (
        "演练县政协常委会会议",
        "2014-12-25",
    )
    assert rule["replaced"] == [{"number": "演练协发〔2010〕4号", "zh": "", "en": ""}]


def test_a_rule_document_is_a_document_with_versions_and_a_history(office: Caller) -> None:
    position = published(office)

    shown = office.get("/documents/rule/appraisal-measure", after=position).json()
    (happened,) = office.get("/documents/rule/appraisal-measure/history").json()["rows"]
    assert shown["in_force"]["text"] == TEXT
    assert happened["name"] == "rule.published"
    assert "规则文件" in happened["zh"] and "rule document" in happened["en"]
    repeal = {"until": "2025-06-30", "reason": "废止"}
    gone = office.send("/documents/rule/appraisal-measure/repeals", repeal)
    after = gone.json()["position"]
    assert numbers(office.get("/rules", on="2025-06-30", after=after)) == ["演练协发〔2014〕9号"]
    assert numbers(office.get("/rules", on="2025-07-01", after=after)) == []


def test_a_rule_on_trial_in_a_unit_is_told_of_that_unit(office: Caller) -> None:
    published(office)
    after = published(office, number="演练协发〔2024〕3号", since="2025-01-01", trial_in="south")

    assert numbers(office.get("/rules", after=after)) == ["演练协发〔2014〕9号"]
    assert numbers(office.get("/rules", unit="south")) == ["演练协发〔2024〕3号"]
    problem(office.get("/rules", unit="nowhere"), 404, "no_such_unit", parameter="unit")


def test_a_rule_document_that_does_not_hold_is_not_published(untouched: Caller) -> None:
    wrong = version()
    told = problem(
        untouched.send(VERSIONS, wrong | {"text": TEXT.replace("rubric/", "loop/")}),
        422,
        "rubric_invalid",
    )
    assert [(e["reason"], e["pointer"]) for e in told["errors"][1:]] == [
        ("malformed", "/governs/0")
    ]
    later = problem(
        untouched.send(VERSIONS, wrong | {"since": "2016-01-01"}), 422, "rubric_invalid"
    )
    assert "2016-01-01 ≠ 2015-01-01" in later["detail"]
    other = untouched.send("/documents/rule/another/versions", wrong)
    assert "another ≠ appraisal-measure" in problem(other, 422, "rubric_invalid")["detail"]
    repeal = {"until": "2025-06-30", "reason": "废止"}
    none = untouched.send("/documents/rule/none/repeals", repeal)
    problem(none, 404, "no_such_rule")


def test_what_no_rule_can_govern_is_refused(untouched: Caller) -> None:
    for said in ("poem/rehearsal", "rule/appraisal-measure", "rubric/", "rehearsal"):
        answer = untouched.get("/rules", governs=said)
        told = problem(answer, 422, "malformed", parameter="governs")
        assert "checklist/CODE" in told["detail_en"]
    for said, reason in (
        ("rubric/none", "no_such_rubric"),
        ("履职清单/none", "no_such_checklist"),
    ):
        problem(untouched.get("/rules", governs=said), 404, reason, parameter="governs")
    problem(untouched.get("/rules", on="someday"), 422, "malformed", parameter="on")
    problem(untouched.get("/documents/rule/none"), 404, "no_such_rule")
    problem(untouched.get("/documents/rule/none/history"), 404, "no_such_rule")
    assert untouched.get("/rules").json() == []
