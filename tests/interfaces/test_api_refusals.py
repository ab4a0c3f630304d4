"""Every error of the API is a problem of the closed list, in two languages, that names what is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain.people import Reason, Refused, Role
from interfaces.api.problems import problem_of
from interfaces.bodies import LARGEST_BODY, MOST_VALUES
from interfaces.identity import Tokens
from interfaces.refusals import ANSWERS, status_of
from tests.interfaces.conftest import Answer, Caller, Service, proposal, visit


def problem(answer: Answer, status: int, reason: str, **place: str) -> dict[str, Any]:
    """The problem, which must be of this status, reason and place, and speak both languages."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    told: dict[str, Any] = answer.json()
    assert (answer.status_code, told["status"], told["reason"]) == (status, status, reason)
    assert told["type"] == f"/problems/{reason}"
    assert any("\u4e00" <= letter <= "\u9fff" for letter in told["title"])
    assert told["title_en"].isascii()
    if place:
        first = told["errors"][0]
        assert {name: first[name] for name in place} == place
    return told


def test_every_reason_has_an_answer_at_each_door() -> None:
    assert set(ANSWERS) == set(Reason)
    assert {status for status, _ in ANSWERS.values()} <= {
        400,
        401,
        403,
        404,
        408,
        409,
        412,
        413,
        422,
        428,
        429,
        431,
        502,
        503,
    }


def test_what_the_address_names_is_not_found_and_what_the_body_names_is_invalid() -> None:
    assert status_of(Refused(Reason.NO_SUCH_PERSON)) == 404
    assert status_of(Refused(Reason.NO_SUCH_PERSON, "/participants/0/person")) == 422


def test_a_problem_lists_what_came_with_it() -> None:
    refused = Refused(Reason.MISSING, "/a", others=(Refused(Reason.MALFORMED, "/b"),))
    assert [each.pointer for each in problem_of(refused).errors] == ["/a", "/b"]


WRONG: list[tuple[str, dict[str, Any], int, str, str]] = [
    ("a field of no kind", visit(titel="x"), 422, "unknown_field", "/titel"),
    ("unknown in details", visit(details={"kind": "visited_village", "x": 1}), 422, "unknown_field", "/details/x"),
    ("unknown in a participant", visit(participants=[{"person": "li", "x": 1}]), 422, "unknown_field", "/participants/0/x"),
    ("no tag", visit(details={"purpose": "x"}), 422, "missing", "/details/kind"),
    ("an unknown tag", visit(details={"kind": "flew"}), 422, "unknown_kind", "/details/kind"),
    ("a tag of a matter", visit(details={"kind": "proposed"}), 422, "wrong_tag", "/details/kind"),
    ("a number as text", visit(details={"kind": "visited_village", "problems_raised": "2"}), 422, "malformed", "/details/problems_raised"),
    ("what the kind refuses", visit(details={"kind": "visited_village", "problems_raised": -1}), 422, "malformed", "/details/problems_raised"),
    ("a day of no calendar", visit(on="2025-02-30"), 422, "malformed", "/on"),
    ("a choice of no list", visit(level="moon"), 422, "malformed", "/level"),
    ("a day to come", visit(on="2099-01-01"), 422, "in_future", "/on"),
    ("an end before the start", visit(until="2025-03-01"), 422, "wrong_order", "/until"),
    ("no title", visit(title=" "), 422, "missing", "/title"),
    ("nobody", visit(participants=[{"person": "nobody"}]), 422, "no_such_person", "/participants/0/person"),
    ("no unit", visit(organiser="nowhere"), 422, "no_such_unit", "/organiser"),
    ("a unit not yet there", visit(on="2020-01-01", participants=[]), 422, "unit_closed", "/organiser"),
    ("no member", visit(participants=[{"person": "other-li"}]), 422, "not_a_member_then", "/participants/0/person"),
    ("twice", visit(participants=[{"person": "li"}, {"person": "li"}]), 422, "same_twice", "/participants/1/person"),
    ("a control character", visit(title="走访\u0000"), 422, "bad_characters", "/title"),
    ("a bidi override", visit(participants=[{"person": "li", "leave": "\u202eab"}]), 422, "bad_characters", "/participants/0/leave"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status", "reason", "pointer"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG]
)
@pytest.mark.parametrize("escaped", [False, True])
def test_a_wrong_field_is_named(
    untouched: Caller, body: dict[str, Any], status: int, reason: str, pointer: str, escaped: bool
) -> None:
    sent = json.dumps(body, ensure_ascii=escaped).encode()
    problem(untouched.send("/occasions", sent), status, reason, pointer=pointer)


def test_all_that_is_missing_is_named(untouched: Caller) -> None:
    told = problem(untouched.send("/occasions", {}), 422, "missing", pointer="/details")
    assert [each["pointer"] for each in told["errors"]] == [
        "/details",
        "/title",
        "/on",
        "/organiser",
    ]


def test_a_matter_is_refused_by_its_own_rules(untouched: Caller) -> None:
    stranger = proposal(authors=[{"person": "nobody"}])
    problem(
        untouched.send("/matters", stranger), 422, "no_such_person", pointer="/authors/0/person"
    )
    both = proposal(authors=[{"person": "li", "unit": "south"}])
    problem(untouched.send("/matters", both), 422, "malformed", pointer="/authors/0")
    nothing = proposal(figure=float("nan"))
    problem(untouched.send("/matters", nothing), 422, "malformed", pointer="/figure")
    for said in ("1E+999999999", "12345678901234567890123456789.5", "0.0000001", 10**12):
        details = {"kind": "promoted_investment", "project": "甲", "investment": said}
        told = problem(
            untouched.send("/matters", proposal(details=details)),
            *(422, "malformed"),
            pointer="/details/investment",
        )
        assert "12" in told["errors"][0]["detail"]
    wrong = proposal(details={"kind": "visited_village"})
    problem(untouched.send("/matters", wrong), 422, "wrong_tag", pointer="/details/kind")


@pytest.mark.parametrize(
    ("sent", "status", "reason"),
    [
        (b"{", 422, "malformed"),
        (b"[]", 422, "malformed"),
        (b"", 422, "malformed"),
        (b'{"title": "\xff"}', 400, "bad_encoding"),
        (b'{"a": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", 422, "too_deep"),
        (b'{"a": ' + b"[" * 20 + b"]" * 20 + b"}", 422, "too_deep"),
        (b"[" * 250_000, 422, "too_deep"),
        (b"[}" * 100, 422, "malformed"),
        (b'{"title": "a\\"', 422, "malformed"),
        (b'{"title": "\\x"}', 422, "malformed"),
        (b'{"a":"\\ud800"}', 422, "bad_characters"),
        (b'{"a":"' + b'\\"' * 100_000, 422, "malformed"),
    ],
    ids=[
        "broken",
        "a list",
        "nothing",
        "not UTF-8",
        "too deep",
        "a level too deep",
        "begun too often",
        "ended wrongly",
        "a string without end after an escape",
        "an escape that there is not",
        "half a character",
        "a string without end",
    ],
)
def test_what_is_no_json_is_refused(
    untouched: Caller, sent: bytes, status: int, reason: str
) -> None:
    told = untouched.send("/occasions", sent)
    assert problem(told, status, reason)["reason"] == reason


def test_what_is_too_large_is_refused_unread(untouched: Caller) -> None:
    large = json.dumps(visit(result="字" * LARGEST_BODY)).encode()
    problem(untouched.send("/occasions", large), 413, "too_large")
    whole = visit(result="字" * 25_000)
    problem(untouched.send("/occasions", whole), 413, "too_large")


def test_too_many_people_are_refused(untouched: Caller) -> None:
    crowd = visit(participants=[{"person": f"p{i}"} for i in range(3_001)])
    problem(untouched.send("/occasions", crowd), 422, "too_many", pointer="/participants")


@pytest.mark.parametrize(
    ("sent", "reason", "pointer"),
    [
        ('{"title": "a", "title": "b"}', "given_twice", "/title"),
        ('{"title": "a", "t\\u0069tle": "b"}', "given_twice", "/title"),
        ('{"details": {"kind": "x", "kind": "x"}}', "given_twice", "/details/kind"),
        ('{"participants": [{}, {"person": "li", "person": "li"}]}', "given_twice", "/participants/1/person"),
        ('{"a/b": 1, "a/b": 1}', "given_twice", "/a~1b"),
        ('{"details": {"problems_raised": NaN}}', "malformed", "/details/problems_raised"),
        ('{"half_days": Infinity}', "malformed", "/half_days"),
        ('{"half_days": -Infinity}', "malformed", "/half_days"),
        ('{"title": [' + "1," * 3_000 + "1]}", "too_many", "/title"),
        ('{"title": {"' + '": 1, "'.join(f"a{i}" for i in range(3_001)) + '": [1, 2]}}', "unknown_field", ""),
    ],
    ids=["twice", "twice by an escape", "twice within", "twice in a list", "twice with a stroke", "NaN", "Infinity", "minus Infinity", "a long list", "many names"],
)  # fmt: skip
def test_what_readers_of_json_take_differently_is_refused_and_named(
    untouched: Caller, sent: str, reason: str, pointer: str
) -> None:
    if reason == "unknown_field":
        sent = sent.replace('{"title": ', "").removesuffix("}")
    status = 400 if reason == "given_twice" else 422
    told = untouched.send("/occasions", sent.encode())
    place = {"pointer": pointer} if pointer else {}
    if reason == "unknown_field":
        assert told.status_code == 422
        assert "unknown_field" in told.text
        return
    problem(told, status, reason, **place)
    batch = f'[{{"command": "admit", "person": "x"}}, {sent}]'.encode()
    problem(untouched.send("/commands", batch), status, reason, pointer=f"/1{pointer}")
    draft = f'{{"text": "", "years": {sent}}}'.encode()
    problem(untouched.send("/whatif", draft), status, reason, pointer=f"/years{pointer}")


def test_a_batch_of_too_many_values_is_refused_unread(untouched: Caller) -> None:
    values = b"[" + b"1," * (MOST_VALUES + 1) + b"1]"
    problem(untouched.send("/commands", values), 422, "too_many")


def test_text_is_stored_composed(office: Caller) -> None:
    told = office.send("/occasions", visit(title="Cafe\u0301 座谈", place="e\u0301")).json()
    shown = office.get(f"/occasions/{told['id']}", after=told["position"]).json()
    assert shown["body"]["title"] == "Caf\u00e9 座谈"
    escaped = json.dumps(visit(title="Cafe\u0301\n座谈")).encode()
    told = office.send("/occasions", escaped).json()
    shown = office.get(f"/occasions/{told['id']}", after=told["position"]).json()
    assert shown["body"]["title"] == "Caf\u00e9\n座谈"


def test_a_write_needs_a_command_id(untouched: Caller) -> None:
    missing = untouched.send("/occasions", visit(), key="")
    problem(missing, 400, "command_id_missing", header="Idempotency-Key")
    long = untouched.send("/occasions", visit(), key="k" * 201)
    problem(long, 422, "malformed", header="Idempotency-Key")


def test_unknown_parameters_are_refused(untouched: Caller) -> None:
    problem(untouched.get("/people", nmae="x"), 400, "unknown_parameter", parameter="nmae")
    problem(untouched.send("/occasions?dry=1", visit()), 400, "unknown_parameter", parameter="dry")
    problem(
        untouched.client.get("/livez", params={"x": "1"}), 400, "unknown_parameter", parameter="x"
    )
    problem(
        untouched.send("/occasions?differs=yes", visit()), 422, "malformed", parameter="differs"
    )


def test_what_cannot_look_back_does_not_pretend_to(untouched: Caller) -> None:
    answer = untouched.get("/deeds", as_of="1")
    problem(answer, 400, "unknown_parameter", parameter="as_of")


def test_wrong_parameters_are_named(untouched: Caller) -> None:
    problem(untouched.get("/people", limit=201), 422, "malformed", parameter="limit")
    problem(untouched.get("/people", day="today"), 422, "malformed", parameter="day")
    problem(untouched.get("/people", cursor="nonsense!"), 422, "malformed", parameter="cursor")
    stranger = untouched.get("/people", limit=1).json()["next"]
    problem(untouched.get("/units", cursor=stranger), 422, "malformed", parameter="cursor")
    problem(untouched.get("/people", as_of="9999-12-31"), 422, "malformed", parameter="as_of")
    problem(untouched.get("/people", as_of="yesterday"), 422, "malformed", parameter="as_of")
    problem(
        untouched.get("/people", as_of="2025-01-01T00:00:00"), 422, "malformed", parameter="as_of"
    )
    problem(untouched.get("/people", text="\u202e"), 422, "bad_characters", parameter="text")
    problem(untouched.get("/deeds", kind="flew"), 422, "unknown_kind", parameter="kind")


@pytest.mark.parametrize(
    ("path", "name", "value", "status", "reason"),
    [
        ("/people", "sector", "nope", 404, "no_such_unit"),
        ("/units", "parent", "nope", 404, "no_such_unit"),
        ("/deeds", "organiser", "nope", 404, "no_such_unit"),
        ("/deeds", "subject", "member/nobody", 404, "no_such_person"),
        ("/deeds", "subject", "unit/nowhere", 404, "no_such_unit"),
        ("/people/li/scorecards", "rubric", "none", 404, "no_such_rubric"),
        ("/people/li/checklists", "code", "none", 404, "no_such_checklist"),
        ("/units/south/checklists", "code", "none", 404, "no_such_checklist"),
        ("/units/south/scorecards", "rubric", "none", 404, "no_such_rubric"),
        ("/people", "as_of", "2199-01-01", 422, "not_yet"),
        ("/people", "as_of", "2199-01-01T00:00:00Z", 422, "not_yet"),
        ("/people/li", "as_of", "1000000", 422, "not_yet"),
    ],
)
def test_a_parameter_that_names_nothing_is_refused(
    untouched: Caller, path: str, name: str, value: str, status: int, reason: str
) -> None:
    problem(untouched.get(path, **{name: value}), status, reason, parameter=name)


@pytest.mark.parametrize(
    "path", ["/deeds", "/people/li/facts", "/units/south/facts", "/people/li/dual-management"]
)
def test_days_come_in_order(untouched: Caller, path: str) -> None:
    days = {"first": "2025-03-02", "last": "2025-03-01"}
    problem(untouched.get(path, **days), 422, "wrong_order", parameter="last")


def test_a_parameter_given_twice_is_refused(untouched: Caller) -> None:
    problem(untouched.get("/people?limit=1&limit=2"), 400, "given_twice", parameter="limit")
    twice = untouched.send("/occasions?differs=true&differs=false", visit())
    problem(twice, 400, "given_twice", parameter="differs")


def test_what_is_not_there_is_not_found(untouched: Caller, sqlite_service: Service) -> None:
    problem(untouched.get("/people/nobody"), 404, "no_such_person")
    problem(untouched.get("/people/nobody/scorecards"), 404, "no_such_person")
    problem(untouched.get("/people/nobody/checklists"), 404, "no_such_person")
    assert untouched.get("/people/li/scorecards").json() == []
    problem(untouched.get("/units/nowhere"), 404, "no_such_unit")
    problem(untouched.get("/occasions/none"), 404, "no_such_deed")
    problem(untouched.get("/pairings/none"), 404, "no_such_pairing")
    problem(untouched.get("/findings/none"), 404, "no_such_finding")
    problem(untouched.get("/documents/rubric/none"), 404, "no_such_rubric")
    problem(untouched.get("/documents/checklist/none"), 404, "no_such_checklist")
    problem(untouched.get("/documents/policy/none/history"), 404, "no_such_policy")
    problem(untouched.get("/scorecards/none"), 404, "no_such_rubric")
    problem(untouched.get("/scorecards/none/grades"), 404, "no_such_rubric")
    problem(untouched.get("/scorecards/none/differences", since="1"), 404, "no_such_rubric")
    problem(untouched.get("/checklists/none"), 404, "no_such_checklist")
    for page in ("facts", "history", "dual-management"):
        problem(untouched.get(f"/people/nobody/{page}"), 404, "no_such_person")
        problem(untouched.get(f"/units/nowhere/{page}"), 404, "no_such_unit")
    for page in ("waiting", "waiting/count", "checklists", "scorecards"):
        problem(untouched.get(f"/units/nowhere/{page}"), 404, "no_such_unit")
    problem(untouched.get("/occasions/none/history"), 404, "no_such_deed")
    problem(untouched.get("/nothing"), 404, "no_such_page")
    amendment = {"body": visit(), "reason": "x"}
    gone = untouched.send("/occasions/none/amendments", amendment, if_match="*")
    problem(gone, 404, "no_such_deed")
    elsewhere = sqlite_service.caller("*", "secretary", Role.OFFICE)
    elsewhere.ledger = "nowhere"
    problem(elsewhere.get("/people"), 404, "no_such_ledger")


def test_a_method_that_is_not_taken(untouched: Caller) -> None:
    answer = untouched.client.delete(untouched.url("/people"))
    told = problem(answer, 405, "method_not_allowed")
    assert "DELETE" in told["detail"]


def test_nobody_comes_in_without_a_good_token(untouched: Caller, sqlite_service: Service) -> None:
    tokens = sqlite_service.installation.tokens
    late = Tokens(
        sqlite_service.installation.settings.token_key_file.read_bytes(), clock=lambda: 1_000.0
    )
    payload, mac = untouched.token.rsplit(".", 1)
    refused = {
        "none": "",
        "expired": late.mint("li", Role.OFFICE, None, untouched.ledger, days=1),
        "of another key": Tokens(b"k" * 32).mint("li", Role.OFFICE, None, "*", days=1),
        "changed": f"{payload[:-2]}xx.{mac}",
        "nonsense": "lvzhi1.a.b",
    }
    for name, token in refused.items():
        for answer in (
            Caller(untouched.client, untouched.ledger, token).get("/people"),
            Caller(untouched.client, untouched.ledger, token).send("/occasions", visit()),
        ):
            assert problem(answer, 401, "not_signed_in")["reason"], name
            assert answer.headers["www-authenticate"].startswith("Bearer")
    other = tokens.mint("li", Role.OFFICE, None, "another", days=1)
    problem(Caller(untouched.client, untouched.ledger, other).get("/people"), 403, "not_allowed")


def test_our_own_faults_say_nothing_of_themselves(
    office: Caller, sqlite_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = sqlite_service.installation.desk(office.ledger)

    def broken() -> None:
        raise RuntimeError("a secret of ours")

    monkeypatch.setattr(desk, "today", broken)
    answer = office.get("/people")
    told = problem(answer, 500, "internal_error")
    assert "secret" not in json.dumps(told)


def test_a_reason_explains_itself(untouched: Caller) -> None:
    told = untouched.client.get("/problems/not_a_member_then").json()
    assert told["status"] == 422
    assert told["zh"] == Reason.NOT_A_MEMBER_THEN.zh
    assert len(untouched.client.get("/problems").json()) == len(Reason)
    problem(untouched.client.get("/problems/nothing"), 404, "no_such_page")


@pytest.mark.parametrize(
    ("path", "wrong", "wanted"),
    [
        ("/deeds", {"limit": "0"}, "≥ 1"),
        ("/deeds", {"limit": "many"}, "整数"),
        ("/deeds", {"first": "2025-13-01"}, "YYYY-MM-DD"),
        ("/people/li/scorecards", {"year": "99999"}, "≤ 2200"),
        ("/units", {"open_only": "perhaps"}, "应为 true 或 false"),
        (
            "/units",
            {"side": "moon"},
            "moon:格式不正确,请按字段说明修改(应为 sector、studio、county 之一)",
        ),
        ("/units", {"as_of": "2025-13-01"}, "应为 位置、日期或时刻"),
    ],
)
def test_a_wrong_parameter_is_explained_without_an_english_sentence_in_the_chinese(
    untouched: Caller, path: str, wrong: dict[str, Any], wanted: str
) -> None:
    (name,) = wrong
    told = problem(untouched.get(path, **wrong), 422, "malformed", parameter=name)
    assert wanted in told["detail"]
    assert "Input" not in told["detail"]


@pytest.mark.parametrize(
    ("more", "zh", "en"),
    [
        (
            {"on": "2025/3/5"},
            "/on 2025/3/5:格式不正确,请按字段说明修改(应为 YYYY-MM-DD 的日期)",
            "/on 2025/3/5: is not of the right form; correct it as the field says (should be a day, YYYY-MM-DD)",
        ),
        (
            {"mode": "moon"},
            "/mode moon:格式不正确,请按字段说明修改(应为 individual、group、joint 之一)",
            "/mode moon: is not of the right form; correct it as the field says (should be one of individual, group, joint)",
        ),
        (
            {"half_days": "字" * 41},
            "/half_days:格式不正确,请按字段说明修改(应为 整数)",
            "/half_days: is not of the right form; correct it as the field says (should be a whole number)",
        ),
    ],
    ids=["a day", "a choice", "too long to repeat"],
)
def test_a_wrong_value_is_repeated_where_short_beside_what_it_should_be(
    untouched: Caller, more: dict[str, Any], zh: str, en: str
) -> None:
    told = untouched.send("/occasions", visit(**more)).json()
    assert (told["detail"], told["detail_en"]) == (zh, en)


def test_what_is_wrong_with_the_whole_names_no_place() -> None:
    whole = Refused(Reason.RUBRIC_INVALID, others=(Refused(Reason.MALFORMED, "/blocks"),))
    first, second = problem_of(whole).errors
    assert (first.pointer, first.header, first.parameter) == (None, None, None)
    assert second.pointer == "/blocks"
