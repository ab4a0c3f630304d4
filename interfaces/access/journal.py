"""What happened to accounts, as rows: who, from where, when. Never a secret, nor in clear what somebody typed that is no name here."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from domain.words import Choice
from interfaces.access.secret import Clock
from interfaces.access.store import Store
from interfaces.access.tables import journal

KEPT = 400 * 86_400
"""Seconds that a row is kept."""
MOST = 200
"""Rows of a page."""


class What(Choice):
    """What happened."""

    SIGNED_IN = "signed_in", "登录"
    SIGN_IN_FAILED = "sign_in_failed", "登录失败"
    DELAYED = "delayed", "失败过多,须等待", "had to wait after failures"
    STEPPED_UP = "stepped_up", "再次验证身份", "showed again who he is"
    SIGNED_OUT = "signed_out", "退出登录"
    SESSIONS_REVOKED = "sessions_revoked", "会话被撤销"
    ACCOUNT_MADE = "account_made", "建立账号"
    ACCOUNT_RENAMED = "account_renamed", "更改登录名"
    ACCOUNT_DISABLED = "account_disabled", "停用账号"
    ACCOUNT_ENABLED = "account_enabled", "启用账号"
    LINKED = "linked", "关联到名册人员", "linked to a person of a roster"
    UNLINKED = "unlinked", "取消与名册人员的关联", "unlinked from a person of a roster"
    LINK_SENT = "link_sent", "发出一次性链接", "a link to be used once was made"
    PASSWORD_SET = "password_set", "设置密码"
    FACTOR_SET = "factor_set", "启用动态验证码", "second factor set"
    FACTOR_REMOVED = "factor_removed", "停用动态验证码", "second factor removed"
    RECOVERY_USED = "recovery_used", "使用恢复码", "recovery code used"
    IDENTITY_LINKED = "identity_linked", "关联外部身份", "outside identity linked"
    IDENTITY_UNLINKED = "identity_unlinked", "取消外部身份", "outside identity unlinked"
    KEY_MADE = "key_made", "签发密钥"
    KEY_REVOKED = "key_revoked", "撤销密钥"
    CLIENT_MADE = "client_made", "登记接口客户端"
    CLIENT_REVOKED = "client_revoked", "撤销接口客户端"
    CLIENT_TOKEN = "client_token", "领取接口令牌", "token given to a client"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row: `account` where it is known, `by` whoever did it if somebody else, `detail` a code, the public part of a key, or a pseudonym."""

    id: int
    at: float
    what: What
    account: str | None
    by: str | None
    address: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, the newest first; `before` asks for those that follow, none where there are none."""

    entries: tuple[Entry, ...]
    before: int | None


class Journal:
    """Written in the transaction that it tells of."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def note(
        self,
        connection: Connection,
        what: What,
        account: str | None = None,
        *,
        by: str | None = None,
        address: str | None = None,
        detail: str | None = None,
    ) -> None:
        """Add a row."""
        row = {"account": account, "by": by, "address": address or None, "detail": detail}
        connection.execute(insert(journal).values(at=self._clock(), what=what.value, **row))

    def page(
        self, *, before: int | None = None, account: str | None = None, most: int = 50
    ) -> Page:
        """Rows of all accounts or of one, the newest first."""
        most = max(1, min(most, MOST))
        asked = select(journal).order_by(journal.c.id.desc()).limit(most + 1)
        if before is not None:
            asked = asked.where(journal.c.id < before)
        if account is not None:
            asked = asked.where(journal.c.account == account)
        with self._store.reading() as connection:
            rows = connection.execute(asked).mappings().all()
        entries = tuple(Entry(**{**row, "what": What.of(row["what"])}) for row in rows[:most])
        return Page(entries, entries[-1].id if len(rows) > most else None)

    def purge(self) -> int:
        """Take away rows that are older than they are kept; how many they were."""
        old = journal.c.at < self._clock() - KEPT
        with self._store.writing() as connection:
            return connection.execute(delete(journal).where(old)).rowcount
