"""What the service does not start with in production: keys and passwords that others know, and what anybody can overhear."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from domain.people import Reason, Refused
from domain.words import Label
from interfaces.settings import DATABASE, Settings, parts_of

KNOWN_PASSWORDS = frozenset({"", "postgres", "lvzhi", "password", "secret", "admin", "changeme", "123456"})  # fmt: skip
_ENCRYPTED = frozenset({"require", "verify-ca", "verify-full"})
_KEY = Label(
    "LVZHI_TOKEN_KEY,或数据目录之外的 LVZHI_TOKEN_KEY_FILE:备份数据时不会连同密钥一起带走",
    "LVZHI_TOKEN_KEY, or LVZHI_TOKEN_KEY_FILE outside of the data folder, so that a backup of the data does not take the key along",
)
_SEAL_KEYS = Label(
    "数据目录之外的 LVZHI_SEAL_KEYS:拿到数据的人不能重新封存",
    "LVZHI_SEAL_KEYS outside of the data folder, so that who has the data cannot seal it anew",
)
_KEYS = Label(
    "数据、封存、查阅记录、账号和封存钥匙之外的另一目录:个人信息的钥匙单独备份、短期保存,恢复台账的旧备份不会恢复已删除的个人信息",
    "a folder apart from data, seals, readings, accounts and keys of seals: it is backed up by itself and for a short time, so that an old backup of the ledger does not bring back what was erased",
)
_MASTER_KEY = Label(
    "其他目录之外的位置:钥匙或数据的备份不会连同主密钥一起带走",
    "a folder apart from all others, so that a backup of keys or data does not take along what opens them",
)
_ERASED = Label(
    "其他目录之外的另一目录:恢复钥匙或数据时不会连同旧的名单一起恢复",
    "a folder apart from all others, so that who puts keys or data back does not put back an old list",
)
_ACCESS = Label(
    "数据目录之外的 LVZHI_ACCESS:备份数据时不会连同账号及其密钥一起带走",
    "LVZHI_ACCESS outside of the data folder, so that a backup of the data does not take accounts and their keys along",
)
_HOSTS = Label(
    "LVZHI_HOSTS 中列出对外的主机名,或只监听 --host 127.0.0.1",
    "the names of this service in LVZHI_HOSTS, or --host 127.0.0.1 only",
)
_PASSWORD = Label(
    "不易猜到的密码(不得为空、不得与用户名相同)",
    "a password that nobody guesses: not empty, not the name of the user",
)
_TLS = Label(
    "本机数据库,或在地址后加 ?sslmode=verify-full",
    "a database of this machine, or ?sslmode=verify-full at the end of the URL",
)


def refuse_unsafe(settings: Settings, host: str) -> None:
    """Refuse all that is unsafe at once, if this is production; each part says what to set. `host` is what is listened on."""
    if not settings.production:
        return
    unsafe = list(_unsafe(settings, host))
    if unsafe:
        first, *others = unsafe
        raise replace(first, others=tuple(others))


def _unsafe(settings: Settings, host: str) -> Iterator[Refused]:
    if settings.token_key is None and _lies_in(settings.token_key_file, settings.data):
        yield _refused("LVZHI_TOKEN_KEY_FILE", _KEY)
    if settings.seal_every is not None and _lies_in(settings.seal_keys, settings.data):
        yield _refused("LVZHI_SEAL_KEYS", _SEAL_KEYS)
    backed_up = (settings.data, settings.seals, settings.readings, settings.access)
    keys, erased, master = settings.keys, settings.erased, settings.master_key_file
    if any(_overlap(keys, each) for each in (*backed_up, settings.seal_keys)):
        yield _refused("LVZHI_KEYS", _KEYS)
    if _lies_in(keys, master.parent) or any(
        _lies_in(master, each) for each in (keys, erased, *backed_up)
    ):
        yield _refused("LVZHI_MASTER_KEY_FILE", _MASTER_KEY)
    if any(_overlap(erased, each) for each in (keys, *backed_up)):
        yield _refused("LVZHI_ERASED", _ERASED)
    if _lies_in(settings.access, settings.data):
        yield _refused("LVZHI_ACCESS", _ACCESS)
    if not settings.hosts and not is_of_this_machine(host):
        yield _refused("LVZHI_HOSTS", _HOSTS, f"--host {host}")
    if settings.database is not None:
        yield from _unsafe_database(parts_of(settings.database))


def _unsafe_database(parts: Mapping[str, str]) -> Iterator[Refused]:
    hosts = (parts.get("hostaddr") or parts.get("host") or "").split(",")
    local = all(is_of_this_machine(each) for each in hosts)
    password = parts.get("password", "")
    by_other_means = "passfile" in parts or "sslcert" in parts or _is_socket(hosts)
    if password in KNOWN_PASSWORDS | {parts.get("user", "")} and (password or not by_other_means):
        yield _refused(DATABASE, _PASSWORD)
    if not local and parts.get("sslmode") not in _ENCRYPTED:
        yield _refused(DATABASE, _TLS)


def _refused(field: str, wanted: Label, about: str = "") -> Refused:
    return Refused(Reason.UNSAFE_SETTING, field, about, wanted=wanted)


def _is_socket(hosts: list[str]) -> bool:
    """Whether the database is reached without a network, where it can ask the system who is asking."""
    return all(not each or each.startswith(("/", "@")) for each in hosts)


def is_of_this_machine(host: str) -> bool:
    """Whether nobody else hears what is said there: a socket in a folder, or an address of the machine itself."""
    if _is_socket([host]) or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _overlap(one: Path, other: Path) -> bool:
    """Whether a backup of the one takes along the other, or a part of it."""
    return _lies_in(one, other) or _lies_in(other, one)


def _lies_in(file: Path, folder: Path) -> bool:
    return file.resolve().is_relative_to(folder.resolve())
