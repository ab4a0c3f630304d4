"""The command line of seals: sealing, checking, receipts, bundles, and what a witness does."""

from __future__ import annotations

import argparse
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from application.clock import now
from application.durable import write_durably
from application.seal.bundle import write_bundle
from application.seal.check import Report, check_ledger, json_of
from application.seal.folder import Seals
from application.seal.receipts import cosigned, receipt_of, request_for
from application.seal.verify import (
    Bad,
    Checkpoint,
    Trust,
    kept_in,
    parse_key,
    parse_policy,
    parse_request,
    short_code,
    size_in_code,
)
from application.seal.witness import Witness
from domain.people import Reason, Refused
from interfaces.cli_shown import deed_of
from interfaces.progress import told_on_terminal
from interfaces.refusals import Exit
from interfaces.sealing import Keeper, first_key, names_in, state_of
from interfaces.wiring import OF_READINGS, Desk, Installation


@contextmanager
def _held() -> Iterator[None]:
    """What does not hold is refused, with what does not; another sealer at work is waited for, not for ever."""
    try:
        yield
    except Bad as bad:
        where = "" if bad.position is None else f"[{bad.position}] "
        raise Refused(Reason.SEALS_DIFFER, about=f"{where}{bad}") from bad
    except TimeoutError as error:
        raise Refused(Reason.BUSY) from error


@contextmanager
def _evidence(about: str) -> Iterator[None]:
    """A file that somebody gave is refused where it does not hold."""
    try:
        yield
    except (Bad, UnicodeDecodeError) as bad:
        raise Refused(Reason.BAD_EVIDENCE, about, str(bad)) from bad


def _text(file: str) -> str:
    with _evidence(file):
        return Path(file).read_text("utf-8")


def _sealed(desk: Desk) -> Checkpoint:
    with _held():
        found = desk.sealer.seal()
    if found is None:
        raise Refused(Reason.NOT_SEALED, about=desk.code)
    return found


def _checkpoint(seals: Seals, size: int | None) -> Checkpoint:
    with _held():
        found = seals.newest() if size is None else seals.checkpoint(size)
    if found is None:
        raise Refused(Reason.NOT_SEALED, "--size", "" if size is None else str(size))
    return found


def verify(installation: Installation, options: argparse.Namespace) -> int:
    """Check every entry; 0 only if all holds."""
    desk = installation.only()
    with _evidence("--key"):
        key = None if options.key is None else parse_key(options.key.strip())
    with _evidence("--policy"):
        policy = None if options.policy is None else parse_policy(_text(options.policy))
    with _evidence("--code"):
        codes = [(size_in_code(each), each) for each in map(_code, options.code)]
    with told_on_terminal("核验 / checking", hidden=options.json) as progress:
        code = f"{desk.code}{OF_READINGS}" if options.readings else desk.code
        seals, signer = installation.sealing(code)
        report = check_ledger(
            desk.readings.log if options.readings else desk.log,
            seals,
            signer,
            names=names_in(code),
            key=key,
            kept=[Path(each) for each in options.against],
            policy=policy,
            codes=codes,
            progress=progress,
        )
    if options.json:
        print(json.dumps(json_of(report), ensure_ascii=False))
    else:
        for line in _told(report):
            print(line)
    return 0 if report.holds else Exit.FAILED


def _code(said: str) -> str:
    return said.strip().upper()


def _told(report: Report) -> Iterator[str]:
    yield f"台账 {report.ledger}:{report.entries} 条,已封存 {report.sealed} 条,尚无人可证明的 {report.unsealed} 条"
    yield f"  ledger: {report.entries} entries, {report.sealed} sealed, {report.unsealed} that nobody can vouch for yet"
    for size, labels in sorted(report.compared.items()):
        yield f"  与检查点相符 / fits the checkpoint of {size}: {' '.join(labels)}"
    if report.code:
        yield f"  短码 / short code: {report.code}"
    for name in report.cosigners:
        yield f"  见证 / cosigned by {name}"
    first = report.first
    if first is None:
        yield "全部成立 / all holds"
        return
    for each in report.findings:
        yield f"! {each.zh} / {each.en}"
    if report.further:
        yield f"! 另有 {report.further} 处 / {report.further} more"
    if first.position is not None:
        yield f"不成立:第一条有问题的是第 {first.position} 条 / DOES NOT HOLD: the first bad entry is {first.position}"
    elif first.within is not None:
        low, high = first.within[0] + 1, first.within[1]
        yield f"不成立:问题在第 {low} 至 {high} 条之间 / DOES NOT HOLD: within entries {low} to {high}"
    else:
        yield "不成立:问题在钥匙或封存文件 / DOES NOT HOLD: the keys or the seals"


def receipt(installation: Installation, options: argparse.Namespace) -> None:
    """Write the receipts of an entry, or of all entries of a record."""
    desk = installation.only()
    checkpoint = _sealed(desk)
    folder = Path(options.out)
    folder.mkdir(parents=True, exist_ok=True)
    for position in _positions(desk, options.what):
        try:
            with _held():
                found = receipt_of(desk.log, desk.seals, checkpoint, position)
        except LookupError as error:
            raise Refused(Reason.NOT_YET, "what", str(position)) from error
        file = folder / f"{desk.code}-{position}.tlog-proof"
        write_durably(file, str(found).encode())
        print(file)


def _positions(desk: Desk, what: str) -> list[int]:
    if what.isascii() and what.isdecimal():
        return [int(what)]
    found = [row.position for row in desk.log.stream(deed_of(desk, what, "what"))]
    if not found:
        raise Refused(Reason.NO_SUCH_DEED, "what", what)
    return found


def bundle(installation: Installation, options: argparse.Namespace) -> None:
    """Write a bundle of everything that is there."""
    desk = installation.only()
    checkpoint = _sealed(desk)
    with _held(), told_on_terminal("证据包 / bundle") as progress:
        desk.seals.hand_out(checkpoint)
        write_bundle(desk.log, desk.seals, checkpoint, Path(options.file), progress)
    print(f"{options.file}:{checkpoint.size} 条 / entries")
    _print_code(checkpoint)
    print(f"公钥 / key: {first_key(desk.seals, desk.signer)}")


def _print_code(checkpoint: Checkpoint) -> None:
    print(f"短码 / short code: {short_code(checkpoint.note.text)}")


def seal_now(installation: Installation, _: argparse.Namespace) -> None:
    """Seal and sign what is there."""
    desk = installation.only()
    checkpoint = _sealed(desk)
    # Its short code may be printed somewhere.
    desk.seals.hand_out(checkpoint)
    print(f"已封存 {checkpoint.size} 条 / sealed")
    _print_code(checkpoint)


def seal_status(installation: Installation, options: argparse.Namespace) -> None:
    """Tell how far it is sealed."""
    desk = installation.only()
    state = state_of(desk.log, desk.seals, desk.signer, None)
    if options.json:
        print(json.dumps(asdict(state), ensure_ascii=False))
        return
    print(
        f"共 {state.entries} 条,已封存 {state.sealed} 条 / {state.sealed} of {state.entries} entries sealed"
    )
    if state.lag_seconds is not None:
        print(
            f"最早未封存的已等 {state.lag_seconds:.0f} 秒 / the oldest waits for {state.lag_seconds:.0f} s"
        )
    if state.code:
        print(f"检查点 / checkpoint: {state.size}")
        print(f"短码 / short code: {state.code}")
    for name in state.cosigners:
        print(f"共同签名 / cosigned by {name}")
    print(f"公钥 / key: {state.first_key or '–'}")


def seal_watch(installation: Installation, _: argparse.Namespace) -> None:
    """Keep sealing every ledger until it is ended."""
    keeper = Keeper(installation, installation.settings.seal_every or 2.0)
    keeper.start()
    print("正在封存(Ctrl-C 结束) / sealing until Ctrl-C", flush=True)
    try:
        threading.Event().wait()
    finally:
        keeper.stop()


def seal_keys(installation: Installation, _: argparse.Namespace) -> None:
    """Print the key that everything is checked with, and the rotations."""
    desk = installation.only()
    with _held():
        print(first_key(desk.seals, desk.signer))
        for rotation in desk.seals.rotations():
            print()
            print(rotation.note, end="")


def seal_checkpoint(installation: Installation, options: argparse.Namespace) -> None:
    """Print a checkpoint, or write it to a file."""
    seals = installation.only().seals
    found = _checkpoint(seals, options.size)
    _hand_out(seals, found)
    _out(str(found), options.out)


def seal_request(installation: Installation, options: argparse.Namespace) -> None:
    """Print what a witness is sent, or write it to a file."""
    seals = installation.only().seals
    checkpoint = _checkpoint(seals, options.size)
    try:
        with _held():
            request = request_for(seals, checkpoint, options.old)
            _hand_out(seals, checkpoint)
    except LookupError as error:
        raise Refused(Reason.NOT_SEALED, "--old", f"{options.old} > {checkpoint.size}") from error
    _out(str(request), options.out)


def _hand_out(seals: Seals, checkpoint: Checkpoint) -> None:
    """Keep what somebody is given; whoever may only read here is given it all the same."""
    with suppress(PermissionError):
        seals.hand_out(checkpoint)


def _out(text: str, file: str | None) -> None:
    if file is None:
        print(text, end="")
    else:
        write_durably(Path(file), text.encode())
        print(file)


def seal_accept(installation: Installation, options: argparse.Namespace) -> None:
    """Add what a witness signed."""
    desk = installation.only()
    lines = _text(options.file)
    try:
        with _evidence(options.file):
            signed = cosigned(desk.seals, lines, options.size)
    except LookupError as error:
        raise Refused(Reason.NOT_SEALED, "--size", str(options.size or "")) from error
    names = " ".join(sorted({each.name for each in signed.note.signatures}))
    print(f"检查点 {signed.size} 现有签名 / is signed by: {names}")


def seal_policy(installation: Installation, options: argparse.Namespace) -> None:
    """Print the policy, or replace it."""
    seals = installation.only().seals
    if options.file is not None:
        text = _text(options.file)
        with _evidence(options.file):
            parse_policy(text)
        seals.set_policy(text)
    print(seals.policy, end="")


def seal_rotate(installation: Installation, _: argparse.Namespace) -> None:
    """Sign with a new key from here on."""
    desk = installation.only()
    try:
        with _held():
            rotation = desk.sealer.rotate()
    except LookupError as error:
        raise Refused(Reason.NOT_SEALED, about=desk.code) from error
    print(f"自第 {rotation.size} 条起改用 / from entry {rotation.size} on: {rotation.new}")
    print("请把换钥声明交给每一位见证人 / give the rotation to each witness: lvzhi seal keys")


def seal_remember(installation: Installation, options: argparse.Namespace) -> None:
    """Take back a checkpoint as the last one that was signed, where the memory of it was lost."""
    desk = installation.only()
    with _evidence(options.file):
        key = first_key(desk.seals, desk.signer)
        if not key:
            raise Bad("还没有签名钥匙", "there is no key yet")
        trust = Trust(parse_key(key), desk.seals.rotations())
        kept = trust.believe(kept_in(_text(options.file)))
        desk.signer.take_back(kept)
    print(f"已记住 {kept.size} 条的检查点 / remembered")


def witness_init(_: Installation, options: argparse.Namespace) -> None:
    """Make a witness's key and print what he hands out."""
    _witnessed(lambda witness: print(witness.make(options.name)), options)


def witness_trust(_: Installation, options: argparse.Namespace) -> None:
    """Witness the ledger of a key from now on."""
    _witnessed(lambda witness: witness.trust(parse_key(options.key.strip())), options)
    print("已登记 / trusted")


def witness_follow(_: Installation, options: argparse.Namespace) -> None:
    """Follow a rotation of a ledger's key."""
    _witnessed(lambda witness: witness.follow(_text(options.file)), options)
    print("已接受 / followed")


def witness_cosign(_: Installation, options: argparse.Namespace) -> None:
    """Check a request and print the signature line that goes back."""

    def sign(witness: Witness) -> None:
        request = parse_request(_text(options.file))
        print(witness.cosign(request, now), end="")

    _witnessed(sign, options)


def _witnessed(act: Callable[[Witness], None], options: argparse.Namespace) -> None:
    with _evidence(getattr(options, "file", "")):
        act(Witness(Path(options.folder)))
