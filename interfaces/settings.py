"""What the environment and the command line say, read once into one value."""

from __future__ import annotations

import gc
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from application.durable import kept_secret
from domain.people import Reason, Refused
from domain.words import Label

if TYPE_CHECKING:
    from interfaces.access.provider import Provider

SEAL_EVERY = 2.0
_SECONDS = Label("0.1 至 3600 秒,或 off", "0.1 to 3600 seconds, or off")
_POSTGRESQL = ("postgresql://", "postgres://")
DATABASE = "--database (LVZHI_DATABASE_URL)"
"""What a refusal calls the database."""
HIDDEN = "***"
_SHORTEST_SECRET = 3
IN_FILES = (
    "data",
    "database_url_file",
    "ledger",
    "token_key_file",
    "strict",
    "seals",
    "seal_keys",
    "seal_every",
    "keys",
    "master_key_file",
    "erased",
    "readings",
    "access",
    "oidc_issuer",
    "oidc_client_id",
    "oidc_client_secret_file",
    "oidc_redirect",
    "oidc_ca_file",
    "hosts",
    "proxies",
    "production",
)
"""Settings that the file of `LVZHI_CONFIG` may hold, by their names in small letters; secrets have files of their own."""
_TOML = Label('TOML 文本,如 hosts = ["lvzhi.example"]', 'TOML, such as hosts = ["lvzhi.example"]')
_VALUE = Label(
    "文字、数字、true/false 或文字列表", "a text, a number, true or false, or a list of texts"
)
_URL = Label(
    "postgresql://用户:密码@主机:端口/库;密码中的符号须写成 % 编码,如 @ 写作 %40",
    "postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with signs in the password percent-encoded: @ is %40",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where ledgers live and how strictly the doors look; secrets are never part of its text.

    `data` is the data folder, `database` a PostgreSQL URL (none: SQLite files in the folder), `ledger` the code that is
    meant where none is named. `token_key` signs bearer tokens; without it the key lies in `token_key_file`. `seals` holds the
    sealed trees, `seal_keys` the keys that sign them and what each signed last; `seal_every` are the seconds between two looks
    at what the service has to seal, none where it does not seal.
    `keys` holds the keys of the people whom a ledger tells of, `master_key_file` the key that wraps them, `erased` whose were destroyed.
    `access` is the folder of accounts and their keys, `provider` the identity provider that people may sign in at.
    `readings` is the folder in which it is noted who was shown what tells of a person.
    `hosts` are the names under which the service may be asked (none: any), `proxies` the addresses whose word about https and
    about the caller's address is believed. In `production` the service refuses to start with settings that are unsafe.
    """

    data: Path
    database: str | None = field(default=None, repr=False)
    ledger: str | None = None
    token_key: bytes | None = field(default=None, repr=False)
    token_key_file: Path
    strict: bool = False
    seals: Path
    seal_keys: Path
    seal_every: float | None = SEAL_EVERY
    keys: Path
    master_key_file: Path
    erased: Path
    readings: Path
    access: Path
    provider: Provider | None = field(default=None, repr=False)
    hosts: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    production: bool = False

    def without_secrets(self, text: str) -> str:
        """What a library says of its trouble, with whatever is secret here left out of it."""
        secrets = [self.token_key.decode(errors="replace")] if self.token_key else []
        if self.database is not None:
            secrets += [self.database, *_secrets_in(self.database)]
        for secret in sorted(set(secrets), key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return text


def _secrets_in(url: str) -> Iterator[str]:
    """A password as it is written in a URL, as it reads, and each part of it between signs that may have cut it in two."""
    rest = url.partition("://")[2]
    said = [rest.rpartition("@")[0].partition(":")[2]]
    said += [value for name, value in parse_qsl(rest.partition("?")[2]) if "pass" in name]
    for each in said:
        read = unquote(each)
        for form in (each, read, *re.split(r"\W+", each), *re.split(r"\W+", read)):
            if len(form) >= _SHORTEST_SECRET:
                yield form


def parts_of(url: str) -> Mapping[str, str]:
    """The parts of a database URL as the driver reads them; refuses one that it would read otherwise than it was meant.

    A password with a sign in it that is not encoded ends up as a part of the host, the port or the name of the database, and
    then in the words of an error.
    """
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except ProgrammingError:
        raise Refused(Reason.MALFORMED, DATABASE, wanted=_URL) from None
    places = f"{parts.get('host', '')}{parts.get('dbname', '')}{parts.get('user', '')}"
    ports = parts.get("port", "").split(",")
    if "@" in places or not all(each.isdecimal() or not each for each in ports):
        raise Refused(Reason.MALFORMED, DATABASE, wanted=_URL)
    return parts


def read(
    environment: Mapping[str, str],
    *,
    data: str | None = None,
    database: str | None = None,
    ledger: str | None = None,
) -> Settings:
    """The settings: options win over the environment, the environment over the file that `LVZHI_CONFIG` names.

    What each means: docs/configuration.md. Refuses what is not of the right form, a database that is not PostgreSQL, and a
    file with a setting that there is not.
    """
    environment = with_files(environment)
    folder = folder_told(environment, data) or default_folder(environment)
    key = environment.get("LVZHI_TOKEN_KEY")
    key_file = environment.get("LVZHI_TOKEN_KEY_FILE")
    url = database or environment.get("LVZHI_DATABASE_URL") or None
    if url is not None and not url.startswith(_POSTGRESQL):
        # The rest of it may hold a password.
        scheme, found, _ = url.partition("://")
        said = f"{scheme[:40]}://…" if found else ""
        raise Refused(Reason.NOT_POSTGRESQL, DATABASE, said)
    if url is not None:
        parts_of(url)
    if key:
        _refuse_short(key)
    return Settings(
        data=folder,
        database=url,
        ledger=ledger or environment.get("LVZHI_LEDGER") or None,
        token_key=key.encode() if key else None,
        token_key_file=Path(key_file).expanduser() if key_file else folder / "token.key",
        seals=_folder_in(environment, "LVZHI_SEALS", folder / "seals"),
        seal_keys=_folder_in(environment, "LVZHI_SEAL_KEYS", folder / "seal-keys"),
        keys=_folder_in(environment, "LVZHI_KEYS", folder / "keys"),
        master_key_file=_folder_in(environment, "LVZHI_MASTER_KEY_FILE", folder / "master.key"),
        erased=_folder_in(environment, "LVZHI_ERASED", folder / "erased"),
        readings=_folder_in(environment, "LVZHI_READINGS", folder / "readings"),
        access=_folder_in(environment, "LVZHI_ACCESS", folder),
        provider=_provider_in(environment),
        seal_every=_seconds_in(environment.get("LVZHI_SEAL_EVERY", "")),
        strict=_ticked(environment, "LVZHI_STRICT"),
        hosts=_listed(environment, "LVZHI_HOSTS"),
        proxies=_listed(environment, "LVZHI_PROXIES"),
        production=_ticked(environment, "LVZHI_PRODUCTION"),
    )


def with_files(environment: Mapping[str, str]) -> Mapping[str, str]:
    """The environment with what the files say that it names: the settings of `LVZHI_CONFIG`, and the URL of a database."""
    told = dict(environment)
    named = environment.get("LVZHI_CONFIG")
    if named:
        told = {**_in_file(Path(named).expanduser()), **told}
    secret = told.get("LVZHI_DATABASE_URL_FILE")
    if secret and not told.get("LVZHI_DATABASE_URL"):
        told["LVZHI_DATABASE_URL"] = kept_secret(Path(secret).expanduser()).decode()
    return told


def _in_file(file: Path) -> dict[str, str]:
    try:
        said = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(Reason.MALFORMED, "LVZHI_CONFIG", str(file), wanted=_TOML) from error
    strange = sorted(said.keys() - set(IN_FILES))
    if strange:
        first, *others = (Refused(Reason.UNKNOWN_FIELD, f"{file}: {each[:40]}") for each in strange)
        raise replace(first, others=tuple(others))
    return {f"LVZHI_{name.upper()}": _as_text(file, name, value) for name, value in said.items()}


def _as_text(file: Path, name: str, value: object) -> str:
    match value:
        case bool():
            return "on" if value else "off"
        case str() | int() | float():
            return str(value)
        case list() if all(isinstance(each, str) and "," not in each for each in value):
            return ",".join(value)
        case _:
            raise Refused(Reason.MALFORMED, f"{file}: {name}", wanted=_VALUE)


def _refuse_short(key: str) -> None:
    from interfaces.identity import SHORTEST_KEY as LEAST

    if len(key.encode()) < LEAST:
        wanted = Label(f"至少 {LEAST} 字节的随机文本", f"random text of at least {LEAST} bytes")
        raise Refused(Reason.MALFORMED, "LVZHI_TOKEN_KEY", wanted=wanted)


def _ticked(environment: Mapping[str, str], name: str) -> bool:
    return environment.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def _listed(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    parts = (each.strip() for each in environment.get(name, "").split(","))
    return tuple(each for each in parts if each)


def _folder_in(environment: Mapping[str, str], name: str, otherwise: Path) -> Path:
    told = environment.get(name)
    return Path(told).expanduser() if told else otherwise


def _provider_in(environment: Mapping[str, str]) -> Provider | None:
    """The identity provider that the operator named, whole or not at all."""
    issuer = environment.get("LVZHI_OIDC_ISSUER")
    if not issuer:
        return None
    from interfaces.access.provider import Provider as Named

    for name in ("LVZHI_OIDC_CLIENT_ID", "LVZHI_OIDC_REDIRECT"):
        if not environment.get(name):
            raise Refused(Reason.MISSING, name)
    secret, authority = (
        environment.get("LVZHI_OIDC_CLIENT_SECRET_FILE"),
        environment.get("LVZHI_OIDC_CA_FILE"),
    )
    return Named(
        issuer=issuer,
        client_id=environment["LVZHI_OIDC_CLIENT_ID"],
        client_secret=kept_secret(Path(secret).expanduser()).decode() if secret else None,
        redirect_uri=environment["LVZHI_OIDC_REDIRECT"],
        ca_file=Path(authority).expanduser() if authority else None,
    )


def _seconds_in(said: str) -> float | None:
    said = said.strip().lower()
    if said in {"off", "no", "false", "0"}:
        return None
    try:
        seconds = float(said or SEAL_EVERY)
    except ValueError:
        seconds = 0
    if not 0.1 <= seconds <= 3600:
        raise Refused(Reason.MALFORMED, "LVZHI_SEAL_EVERY", said[:40], wanted=_SECONDS)
    return seconds


def folder_told(environment: Mapping[str, str], data: str | None = None) -> Path | None:
    """The data folder that an option or `LVZHI_DATA` names; none where neither does."""
    told = data or environment.get("LVZHI_DATA")
    return Path(told).expanduser() if told else None


def default_folder(environment: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Where data belongs on this kind of computer: `~/.local/share/lvzhi` on Linux."""
    if platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "lvzhi"
    if platform == "darwin":
        return Path.home() / "Library/Application Support/lvzhi"
    return Path(environment.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "lvzhi"


def tune_process() -> None:
    """Set up the interpreter for what this product does; benchmarks do the same.

    Nearly all that a command or the service holds on to is kept, and nothing is cyclic in bulk: looking for garbage as
    often as Python does by default costs a sixth of the time. A writer that comes back from the database waits for the
    thread that answers requests: half a millisecond at most, not five.
    """
    gc.set_threshold(50_000, 20, 50)
    sys.setswitchinterval(0.0005)
