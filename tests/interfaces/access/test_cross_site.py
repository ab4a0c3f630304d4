"""What another site may not make a browser do here, and the cookies that it would use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.people import Reason, Refused
from interfaces.access.cookies import Cookie, drop_cookie, name_of, set_cookie
from interfaces.access.cross_site import refuse_cross_site
from interfaces.access.sessions import form_token

HERE = "https://lvzhi.example"
TOKEN = form_token("id")
Headers = dict[str, str]


@pytest.mark.parametrize(
    "headers",
    [
        {"x-lvzhi-form": TOKEN},
        {"origin": HERE, "sec-fetch-site": "same-origin", "x-lvzhi-form": TOKEN},
        {"origin": "HTTPS://LVZHI.example", "sec-fetch-site": "none", "x-lvzhi-form": TOKEN},
    ],
)
def test_a_page_of_ours_may_change_something(headers: Headers) -> None:
    refuse_cross_site("POST", headers, origin=HERE, session_id="id")


def test_a_form_sends_the_token_as_a_field() -> None:
    refuse_cross_site("POST", {}, origin=HERE, session_id="id", sent=TOKEN)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "ANYTHING"])
@pytest.mark.parametrize(
    ("headers", "field"),
    [
        ({"origin": "https://evil.example"}, "Origin"),
        ({"origin": "http://lvzhi.example"}, "Origin"),
        ({"origin": "https://lvzhi.example:8443"}, "Origin"),
        ({"origin": "null"}, "Origin"),
        ({"sec-fetch-site": "cross-site"}, "Sec-Fetch-Site"),
        ({"sec-fetch-site": "same-site"}, "Sec-Fetch-Site"),
        ({"x-lvzhi-form": form_token("other")}, "X-Lvzhi-Form"),
        ({"x-lvzhi-form": ""}, "X-Lvzhi-Form"),
    ],
)
def test_what_comes_from_elsewhere_is_refused(method: str, headers: Headers, field: str) -> None:
    with pytest.raises(Refused) as refused:
        refuse_cross_site(method, {"x-lvzhi-form": TOKEN, **headers}, origin=HERE, session_id="id")
    assert (refused.value.reason, refused.value.field) == (Reason.CROSS_SITE, field)


def test_without_a_token_nothing_is_changed() -> None:
    with pytest.raises(Refused):
        refuse_cross_site("POST", {"origin": HERE}, origin=HERE, session_id="id")


def test_before_a_session_the_origin_alone_counts() -> None:
    refuse_cross_site("POST", {"origin": HERE}, origin=HERE)
    with pytest.raises(Refused):
        refuse_cross_site("POST", {"origin": "https://evil.example"}, origin=HERE)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_what_changes_nothing_may_come_from_anywhere(method: str) -> None:
    refuse_cross_site(method, {"origin": "https://evil.example"}, origin=HERE, session_id="id")


@given(st.text())
def test_no_other_text_is_the_token(sent: str) -> None:
    with pytest.raises(Refused):
        refuse_cross_site("POST", {}, origin=HERE, session_id="id", sent=sent)


def test_over_https_a_cookie_is_bound_to_the_host() -> None:
    assert set_cookie(Cookie.SESSION, "v", https=True) == (
        "__Host-lvzhi=v; Path=/; HttpOnly; SameSite=Lax; Secure"
    )
    assert all(name_of(each, https=True).startswith("__Host-lvzhi") for each in Cookie)


def test_over_http_a_cookie_is_one_that_browsers_keep() -> None:
    assert set_cookie(Cookie.SESSION, "v", https=False, seconds=60) == (
        "lvzhi-session=v; Path=/; HttpOnly; SameSite=Lax; Max-Age=60"
    )
    assert drop_cookie(Cookie.DEVICE, https=False) == (
        "lvzhi-device=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
    )
