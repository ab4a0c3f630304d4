"""The command line of accounts, and of keys and clients of other systems: whoever works at the machine sees to them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime

from domain.access import Action
from domain.people import Reason, Refused
from interfaces.access.accounts import Account, Purpose
from interfaces.access.identities import Identity
from interfaces.access.machines import Listed, Made
from interfaces.access.opening import Access, seal_keys
from interfaces.access.secret import add_key
from interfaces.called import person_of
from interfaces.wiring import Installation


def _link_told(access: Access, account: Account, purpose: Purpose) -> None:
    """Say the secret of a link, which is handed over to whoever it is for."""
    secret = access.accounts.ticket(account.id, purpose)
    print(f"{account.name}:{purpose.zh}用的一次性口令(72 小时内有效,只显示这一次)")
    print(f"  to {purpose.en}, good once, for 72 hours, shown this once:")
    print(secret)


def add(installation: Installation, options: argparse.Namespace) -> None:
    """Make an account for somebody of the roster, and a link by which he sets his password."""
    desk, access = installation.only(), installation.access
    person = person_of(desk.known().roster, options.person, "--person")
    account = access.accounts.make_for(options.name, desk.code, person)
    _link_told(access, account, Purpose.PASSWORD)


def link(installation: Installation, options: argparse.Namespace) -> None:
    """Say who an account is in another ledger."""
    desk, access = installation.only(), installation.access
    person = person_of(desk.known().roster, options.person, "--person")
    access.accounts.link(access.accounts.named(options.name).id, desk.code, person)
    print(f"{options.name} → {desk.code} {person}")


def unlink(installation: Installation, options: argparse.Namespace) -> None:
    """Say that an account is nobody in the ledger any more."""
    desk, access = installation.only(), installation.access
    access.accounts.unlink(access.accounts.named(options.name).id, desk.code)
    print(f"{options.name} → {desk.code}: –")


def rename(installation: Installation, options: argparse.Namespace) -> None:
    """Another login name; the old one is kept nowhere."""
    access = installation.access
    access.accounts.rename(access.accounts.named(options.name).id, options.to)
    print(f"{options.name} → {options.to}")


def ticket(installation: Installation, options: argparse.Namespace) -> None:
    """A link by which somebody sets a password, or links his identity at the provider."""
    access = installation.access
    purpose = Purpose.IDENTITY if options.identity else Purpose.PASSWORD
    _link_told(access, access.accounts.named(options.name), purpose)


def _doing(act: Callable[[Access, Account], object]) -> Callable[..., None]:
    def run(installation: Installation, options: argparse.Namespace) -> None:
        access = installation.access
        account = access.accounts.named(options.name)
        act(access, account)
        print(f"{account.name}:已办 / done")

    return run


disable = _doing(lambda access, account: access.accounts.disable(account.id))
"""Nobody signs in to it any more; its sessions end at once."""
enable = _doing(lambda access, account: access.accounts.enable(account.id))
"""It may be signed in to again."""
drop_factor = _doing(lambda access, account: access.factor.remove(account.id))
"""Remove the second factor of somebody who lost telephone and recovery codes."""
end_sessions = _doing(lambda access, account: access.sessions.revoke_all(account.id))
"""End all sessions of an account."""


def identities(installation: Installation, options: argparse.Namespace) -> None:
    """The outside identities by which an account may be signed in to."""
    access = installation.access
    for each in access.identities.all(access.accounts.named(options.name).id):
        print(f"{each.subject}  {each.issuer}")


def link_identity(installation: Installation, options: argparse.Namespace) -> None:
    """Let whoever the provider calls so sign in to the account."""
    access, identity = installation.access, _identity(installation, options)
    access.identities.link(access.accounts.named(options.name).id, identity)
    print(f"{options.name} ← {identity.subject}  {identity.issuer}")


def unlink_identity(installation: Installation, options: argparse.Namespace) -> None:
    """An outside identity signs in to the account no more; whoever is signed in is so no longer."""
    access, identity = installation.access, _identity(installation, options)
    account = access.accounts.named(options.name).id
    access.identities.unlink(account, identity)
    ended = access.sessions.revoke_all(account)
    print(f"{options.name}:已取消关联,结束会话 {ended} 个 / unlinked, {ended} sessions ended")


def _identity(installation: Installation, options: argparse.Namespace) -> Identity:
    named = installation.settings.provider
    issuer = options.issuer or (None if named is None else named.issuer)
    if issuer is None:
        raise Refused(Reason.MISSING, "--issuer")
    return Identity(issuer, options.subject)


def rotate_keys(installation: Installation, _: argparse.Namespace) -> None:
    """Seal all second factors under a new key; services that run take it in when they are started again."""
    file = seal_keys(installation.settings.access)
    if file.exists():
        add_key(file)
    print(
        f"{installation.access.factor.rotate()} 个已换新钥匙,请重启服务 / sealed anew; start the service again"
    )


def show(installation: Installation, options: argparse.Namespace) -> None:
    """Accounts by name, who they are in each ledger, and whether they are disabled."""
    accounts = installation.access.accounts
    found = accounts.all(after=options.after, most=options.limit)
    rows = [
        {
            "name": each.name,
            "disabled": each.disabled,
            "factor": each.has_factor,
            "persons": [f"{one.ledger} {one.person}" for one in accounts.links_of(each.id)],
        }
        for each in found
    ]
    if options.json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        marks = ("停用 disabled " if row["disabled"] else "") + (
            "动态码 code" if row["factor"] else ""
        )
        print(f"{row['name']}  {', '.join(map(str, _texts(row['persons'])))}  {marks}".rstrip())


def _texts(said: object) -> Iterable[object]:
    return said if isinstance(said, list) else ()


def journal(installation: Installation, options: argparse.Namespace) -> None:
    """What happened to accounts, the newest first."""
    access = installation.access
    account = None if options.of is None else access.accounts.named(options.of).id
    for each in access.journal.page(account=account, most=options.limit).entries:
        if options.json:
            print(json.dumps(asdict(each), ensure_ascii=False))
            continue
        at = datetime.fromtimestamp(each.at, UTC)
        told = " ".join(filter(None, (each.account, each.address, each.detail)))
        print(f"{at:%Y-%m-%d %H:%M:%S}  {each.what.zh} {each.what.en}  {told}")


# Other systems


def make_key(installation: Installation, options: argparse.Namespace) -> None:
    """A key that another system shows with each request."""
    desk = installation.only()
    _told(
        installation.access.keys.make(
            options.label,
            desk.code,
            person_of(desk.known().roster, options.person, "--person"),
            _actions(options),
            days=options.days,
        )
    )


def make_client(installation: Installation, options: argparse.Namespace) -> None:
    """A client that fetches tokens of ten minutes with its secret."""
    desk = installation.only()
    _told(
        installation.access.clients.make(
            options.label,
            desk.code,
            person_of(desk.known().roster, options.person, "--person"),
            _actions(options),
            days=options.days,
        )
    )


def _actions(options: argparse.Namespace) -> list[Action]:
    try:
        return [Action.of(each) for each in options.action_named]
    except KeyError as error:
        raise Refused(Reason.MALFORMED, "--may", " ".join(options.action_named)[:80]) from error


def _told(made: Made) -> None:
    print(f"{made.listed.id}:只显示这一次 / shown this once", file=sys.stderr)
    print(made.secret)


def keys(installation: Installation, options: argparse.Namespace) -> None:
    """Keys of other systems."""
    _list(installation.access.keys.all(installation.only().code), options)


def clients(installation: Installation, options: argparse.Namespace) -> None:
    """Clients."""
    _list(installation.access.clients.all(installation.only().code), options)


def _list(found: Iterable[Listed], options: argparse.Namespace) -> None:
    for each in found:
        ends = datetime.fromtimestamp(each.ends_at, UTC).date()
        actions = " ".join(sorted(each.actions))
        state = "已撤销 revoked" if each.revoked_at else f"至 until {ends}"
        if options.json:
            row = {**asdict(each), "actions": actions}
            print(json.dumps(row, ensure_ascii=False))
        else:
            print(
                f"{each.id}  {each.label}  {each.person}  {actions}  {state}  {each.used_on or ''}"
            )


def revoke_key(installation: Installation, options: argparse.Namespace) -> None:
    """From now on the key opens nothing."""
    installation.access.keys.revoke(options.id)
    print(f"{options.id}:已撤销 / revoked")


def revoke_client(installation: Installation, options: argparse.Namespace) -> None:
    """From now on the client and its tokens open nothing."""
    installation.access.clients.revoke(options.id)
    print(f"{options.id}:已撤销 / revoked")
