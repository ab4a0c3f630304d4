"""Cookies of ours. Over https they are bound to the host; over http, as closed networks have it, no browser would keep such a cookie."""

from __future__ import annotations

from domain.words import Choice


class Cookie(Choice):
    """What a cookie carries."""

    SESSION = "lvzhi", "会话"
    DEVICE = "lvzhi-device", "曾成功登录的设备", "a device that somebody signed in from"
    LOOK = "lvzhi-look", "语言和显示", "language and look of pages"
    CAPACITY = "lvzhi-as", "以何身份办理", "in which capacity somebody acts"
    COLUMNS = "lvzhi-columns", "导入表的列各是什么", "what columns of imported sheets are"
    PROVIDER = "lvzhi-provider", "统一身份认证的往返", "the way to the identity provider and back"


def name_of(cookie: Cookie, *, https: bool) -> str:
    """What it is called; with `__Host-` a browser takes it over https from this host alone, for all its paths."""
    if https:
        return f"__Host-{cookie.value}"
    return "lvzhi-session" if cookie is Cookie.SESSION else cookie.value


def set_cookie(cookie: Cookie, value: str, *, https: bool, seconds: int | None = None) -> str:
    """The value of a `Set-Cookie`; without seconds it ends with the browser."""
    parts = [f"{name_of(cookie, https=https)}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
    if https:
        parts.append("Secure")
    if seconds is not None:
        parts.append(f"Max-Age={seconds}")
    return "; ".join(parts)


def drop_cookie(cookie: Cookie, *, https: bool) -> str:
    """The value of a `Set-Cookie` that takes it back."""
    return set_cookie(cookie, "", https=https, seconds=0)
