"""Signing in on a page: where it leads, what it does not give away, and that nothing typed is lost."""

from __future__ import annotations

import pytest

from domain.people import Role
from tests.interfaces.conftest import Service, visit
from tests.pictures import jpeg
from tests.web.conftest import PASSWORD, Reading, attribute, sign_in


def test_whoever_is_not_signed_in_is_asked_to_and_comes_back(reading: Reading) -> None:
    clerk = reading("zhao", Role.CLERK, "south", fresh=True)
    answer = clerk.get("/deeds?kind=visited_village")
    assert answer.status_code == 200
    assert "<h1>登录</h1>" in answer.text
    assert clerk.hidden(answer.text, "next") == clerk.url("/deeds?kind=visited_village")
    back = sign_in(clerk, clerk.url("/deeds?kind=visited_village"))
    assert (back.status_code, back.headers["location"]) == (
        303,
        clerk.url("/deeds?kind=visited_village"),
    )


@pytest.mark.parametrize(
    "next",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/sign-in",
        "/a\nb",
    ],
)
def test_it_leads_nowhere_else(reading: Reading, next: str) -> None:
    clerk = reading("zhao", Role.CLERK, "south", fresh=True)
    assert sign_in(clerk, next).headers["location"] == "/"


def test_a_wrong_password_says_no_more_than_that_and_keeps_the_name(
    reading: Reading, sqlite_service: Service
) -> None:
    clerk = reading("zhao", Role.CLERK, "south", fresh=True)
    told = []
    for name in (clerk.name, "nobody-there"):
        answer = sqlite_service.client.post(
            "/sign-in", data={"name": name, "password": "wrong one"}
        )
        assert answer.status_code == 401
        assert f'value="{name}"' in answer.text
        told.append(answer.text.replace(name, ""))
    assert told[0] == told[1]
    assert "wrong one" not in told[0]


def test_whoever_has_to_wait_after_failures_is_told_how_many_seconds(
    reading: Reading, sqlite_service: Service
) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    access = sqlite_service.installation.access
    fields = [("next", "/account"), ("password", "wrong one")]
    token = clerk.hidden(clerk.read("/"), "form")
    with access.store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM throttle")
    try:
        clerk.client.cookies.clear()
        clerk.client.cookies.update(clerk.cookies)
        for _ in range(20):
            again = clerk.client.post("/account/again", data=dict([("form", token), *fields]))
            if again.status_code == 429:
                break
        name = {"name": clerk.name, "password": "wrong one"}
        signing_in = [clerk.client.post("/sign-in", data=name) for _ in range(10)][-1]
    finally:
        clerk.client.cookies.clear()
        with access.store.writing() as connection:
            connection.exec_driver_sql("DELETE FROM throttle")
    for answer in (again, signing_in):
        assert answer.status_code == 429
        seconds = answer.headers["retry-after"]
        assert f"失败次数较多,请 {seconds} 秒后再试" in answer.text
        assert "所示秒数" not in answer.text


def test_another_sites_page_signs_nobody_in(sqlite_service: Service, reading: Reading) -> None:
    clerk = reading("zhao", Role.CLERK, "south", fresh=True)
    answer = sqlite_service.client.post(
        "/sign-in",
        data={"name": clerk.name, "password": PASSWORD},
        headers={"origin": "https://evil.example"},
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_form_without_its_token_or_of_another_session_changes_nothing(reading: Reading) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    page = clerk.read("/record/visited_village")
    fields = [("on", "2025-03-05"), ("p", "li"), ("id", clerk.hidden(page, "id"))]
    for token in ([], [("form", "")], [("form", "ab" * 64)]):
        answer = clerk.post("/record/visited_village", [*fields, *token])
        assert answer.status_code == 403
        assert "<h1>" in answer.text
    other = reading("chen", Role.HEAD, "medicine")
    theirs = other.hidden(other.read("/"), "form")
    assert clerk.post("/record/visited_village", [*fields, ("form", theirs)]).status_code == 403


def test_the_token_of_a_session_is_written_otherwise_on_each_page(reading: Reading) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    tokens = {clerk.hidden(clerk.read("/record/visited_village"), "form") for _ in range(3)}
    assert len(tokens) == 3
    for token in tokens:
        answer = clerk.post(
            "/record/visited_village",
            [("form", token), ("id", f"id-{token[:20]}"), ("on", "2025-03-05"), ("p", "li")],
            follow=False,
        )
        assert answer.status_code == 303


def test_what_was_typed_when_the_session_ended_is_sent_once_he_is_back(
    reading: Reading, sqlite_service: Service
) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    page = clerk.read("/record/visited_village")
    fields = [
        ("form", clerk.hidden(page, "form")),
        ("id", clerk.hidden(page, "id")),
        ("on", "2025-03-05"),
        ("p", "li"),
        ("title", '没"写<完>'),
    ]
    access = sqlite_service.installation.access
    access.sessions.revoke_all(access.accounts.named(clerk.name).id)
    answer = clerk.post("/record/visited_village", fields)
    assert answer.status_code == 401
    assert "刚才填写的内容还在" in answer.text
    kept = clerk.hidden(answer.text, "kept")
    answer = sqlite_service.client.post(
        "/sign-in", data={"name": clerk.name, "password": PASSWORD, "kept": kept}
    )
    clerk.cookies = dict(sqlite_service.client.cookies.items())
    sqlite_service.client.cookies.clear()
    assert answer.status_code == 200
    form = answer.text[answer.text.index('<form method="post" action="/ledgers') :]
    sent = [
        (attribute(tag, "name") or "", attribute(tag, "value") or "")
        for tag in form.split("<input")[1:]
        for tag in ["<input" + tag]
    ]
    assert ("title", '没"写<完>') in sent
    done = clerk.post("/record/visited_village", sent)
    assert done.status_code == 200
    assert "没&#34;写&lt;完&gt;" in done.text


@pytest.mark.parametrize("size", [2_000, 600_000])
def test_a_file_that_was_sent_when_the_session_had_ended_is_asked_for_again(
    reading: Reading, sqlite_service: Service, size: int
) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    page = clerk.read("/record/visited_village")
    fields = [(name, clerk.hidden(page, name)) for name in ("form", "id", "who")]
    fields += [("on", "2025-03-05"), ("p", "li"), ("title", "有照片的")]
    picture = ("photo", ("现场.jpg", jpeg(points=b"0" * size), "image/jpeg"))
    access = sqlite_service.installation.access
    access.sessions.revoke_all(access.accounts.named(clerk.name).id)
    answer = clerk.post("/record/visited_village", fields, files=[picture])
    assert answer.status_code == 401
    kept = clerk.hidden(answer.text, "kept")
    told = {"name": clerk.name, "password": PASSWORD, "kept": kept}
    signed_in = sqlite_service.client.post("/sign-in", data=told)
    clerk.cookies = dict(sqlite_service.client.cookies.items())
    sqlite_service.client.cookies.clear()
    assert "请在下一页重新选择:现场.jpg" in signed_in.text
    assert ">继续填写</button>" in signed_in.text
    form = signed_in.text[signed_in.text.index('<form method="post" action="/ledgers') :]
    sent = [
        (attribute(f"<input{tag}", "name") or "", attribute(f"<input{tag}", "value") or "")
        for tag in form.split("<input")[1:]
    ]
    again = clerk.post("/record/visited_village", sent)
    assert again.status_code == 200
    assert "请重新选择:现场.jpg" in again.text
    assert 'value="有照片的"' in again.text
    assert "有照片的" not in clerk.read("/deeds")
    done = clerk.post(
        "/record/visited_village",
        [each for each in sent if each[0] != "lost_file"],
        files=[("photo", ("现场.jpg", jpeg(), "image/jpeg"))],
    )
    assert "已登记到台账" in done.text


def test_a_script_whose_session_has_ended_is_told_so_whatever_it_sends(
    reading: Reading, sqlite_service: Service
) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    page = clerk.read("/record/visited_village")
    fields = [(name, clerk.hidden(page, name)) for name in ("form", "id", "who")]
    access = sqlite_service.installation.access
    access.sessions.revoke_all(access.accounts.named(clerk.name).id)
    for size in (2_000, 600_000):
        paper = ("photo", ("材料.pdf", b"%PDF-1.4" + b"0" * size, "application/pdf"))
        answer = clerk.post(
            "/record/visited_village", fields, files=[paper], accept="application/json"
        )
        assert answer.status_code == 401


def test_what_somebody_typed_is_not_sent_in_the_name_of_who_signs_in_after_him(
    reading: Reading, sqlite_service: Service
) -> None:
    clerk, head = reading("zhao", Role.CLERK, "south"), reading("chen", Role.HEAD, "medicine")
    page = clerk.read("/record/visited_village")
    named = [(name, clerk.hidden(page, name)) for name in ("form", "id", "who")]
    fields = [*named, ("on", "2025-03-05"), ("p", "li"), ("title", "是赵敏写的")]
    access = sqlite_service.installation.access
    access.sessions.revoke_all(access.accounts.named(clerk.name).id)
    kept = clerk.hidden(clerk.post("/record/visited_village", fields).text, "kept")
    answer = sqlite_service.client.post(
        "/sign-in",
        data={"name": head.name, "password": PASSWORD, "kept": kept},
        follow_redirects=False,
    )
    sqlite_service.client.cookies.clear()
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    # Nor where a script fetched the token of the session that is now.
    token = head.hidden(head.read("/"), "form")
    stolen = [("form", token), *(each for each in fields if each[0] != "form")]
    assert head.post("/record/visited_village", stolen).status_code == 403
    assert "是赵敏写的" not in head.read("/deeds")


def test_what_another_site_typed_is_not_kept_for_anybody(
    reading: Reading, sqlite_service: Service
) -> None:
    clerk = reading("zhao", Role.CLERK, "south", fresh=True)
    answer = sqlite_service.client.post(
        clerk.url("/record/visited_village"),
        data={"title": "x"},
        headers={"origin": "https://evil.example"},
    )
    assert answer.status_code == 403
    assert "kept" not in answer.text


def test_signing_out_ends_the_session(reading: Reading) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    token = clerk.hidden(clerk.read("/"), "form")
    before = dict(clerk.cookies)
    clerk.client.cookies.clear()
    for name, value in before.items():
        clerk.client.cookies.set(name, value)
    answer = clerk.client.post("/sign-out", data={"form": token}, follow_redirects=False)
    clerk.client.cookies.clear()
    assert answer.headers["location"] == "/sign-in"
    clerk.cookies = before
    assert "<h1>登录</h1>" in clerk.get("/").text


def test_he_acts_in_what_he_is_granted_and_in_nothing_else(reading: Reading) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    assert clerk.get("/record?as=clerk.south").status_code == 200
    for other in ("office", "clerk.county", "head.south", "nonsense", "clerk."):
        answer = clerk.get(f"/record?as={other}")
        assert answer.status_code == 403
        assert "没有以此身份办理的授权" in answer.text


def test_another_capacity_is_chosen_and_kept(reading: Reading, sqlite_service: Service) -> None:
    head = reading("zhao", Role.HEAD, "south")
    from tests.interfaces.conftest import granted

    granted(sqlite_service.installation, head.ledger, "zhao", Role.CLERK, "south")
    page = head.read("/")
    assert "记录员" in page
    answer = head.post("/capacity", [("form", head.hidden(page, "form")), ("capacity", "member")])
    assert answer.status_code == 200
    assert "您好,赵敏" in head.read("/")
    answer = head.post("/capacity", [("form", head.hidden(page, "form")), ("capacity", "office")])
    assert answer.status_code == 403


def test_a_page_that_is_not_there_is_a_page_to_a_reader_and_a_problem_to_a_program(
    sqlite_service: Service,
) -> None:
    page = sqlite_service.client.get("/nowhere", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert page.text.count("没有这个页面") == 1
    assert "请核对地址" in page.text
    problem = sqlite_service.client.get("/nowhere", headers={"accept": "application/json"})
    assert problem.headers["content-type"] == "application/problem+json"
    api = sqlite_service.client.get("/api/v1/nowhere", headers={"accept": "text/html"})
    assert api.headers["content-type"] == "application/problem+json"


def test_how_pages_look_is_kept_in_a_cookie_that_nothing_else_can_be_put_into(
    sqlite_service: Service,
) -> None:
    client = sqlite_service.client
    client.cookies.clear()
    answer = client.post(
        "/preferences",
        data={"language": "en", "theme": "dark", "type": "large", "next": "/sign-in"},
        follow_redirects=False,
    )
    assert answer.status_code == 303
    page = client.get("/sign-in").text
    assert '<html lang="en" data-theme="dark" data-bs-theme="dark" class="type-large">' in page
    client.cookies.clear()
    client.cookies.set("lvzhi-look", 'en".x.<script>')
    assert '<html lang="zh-CN"' in client.get("/sign-in").text
    assert client.post("/preferences", data={"theme": "pink"}).status_code == 422
    client.cookies.clear()


def test_a_visit_of_the_api_is_seen_on_pages(reading: Reading, office: object) -> None:
    clerk = reading("zhao", Role.CLERK, "south")
    answer = office.send("/occasions", visit(title="接口登记的走访"))  # type: ignore[attr-defined]
    position = answer.json()["position"]
    assert office.get("/deeds", after=position).status_code == 200  # type: ignore[attr-defined]
    assert "接口登记的走访" in clerk.read("/deeds")
