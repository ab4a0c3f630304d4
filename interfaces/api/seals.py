"""How far a ledger is sealed, and what shows it: checkpoints, proofs, tiles, receipts, and what witnesses send back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from starlette.responses import PlainTextResponse

from application import codec
from application.seal.folder import Damaged
from application.seal.receipts import cosigned, receipt_of, request_for
from application.seal.verify import WIDTH, Bad, Checkpoint, encoded, grouped, short_code
from domain.access import Action, Asker, Relation
from domain.people import Reason, Refused
from interfaces import bodies
from interfaces.api.asking import AskedNow, Asking, Limit, asking_now
from interfaces.api.door import Door, needs, no_parameters
from interfaces.api.writes import LEDGER
from interfaces.sealing import SealState, cosigners, first_key, state_of
from interfaces.wiring import Desk

TEXT = "text/plain"
OCTETS = "application/octet-stream"
LARGEST = 2**63 - 1
"""The largest size that a tree may have."""
LARGEST_LINES = 65_536
"""Bytes that a witness's answer may have."""
_TILE = re.compile(r"((?:x\d{3}/){0,6}\d{3})(?:\.p/([1-9]\d?|1\d\d|2[0-4]\d|25[0-5]))?", re.ASCII)

Size: TypeAlias = Annotated[
    int | None,
    Query(
        ge=1,
        le=LARGEST,
        description="哪一个检查点,默认最新 / which checkpoint, the newest by default",
    ),
]
Before: TypeAlias = Annotated[
    int | None, Query(ge=1, le=LARGEST, description="只列更早的 / only those of smaller sizes")
]
Position: TypeAlias = Annotated[int, Path(ge=1, le=LARGEST)]


class Text(PlainTextResponse):
    """An answer in plain text, in UTF-8."""

    media_type = TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointView:
    """A checkpoint that is kept: its size, root in hexadecimal, short code, and who signed besides the ledger's key."""

    size: int
    root: str
    code: str
    cosigners: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofView:
    """That an entry is under a checkpoint: the hash of its leaf and the proof from there to the root, in Base64."""

    position: int
    leaf: str
    proof: list[str]
    checkpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysView:
    """The key that a ledger began with, and the notes that lead on from it to those that came after."""

    first_key: str
    rotations: list[str]


def view_of(checkpoint: Checkpoint) -> CheckpointView:
    """A checkpoint as it is shown."""
    return CheckpointView(
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        code=short_code(checkpoint.note.text),
        cosigners=cosigners(checkpoint),
    )


def _checkpoint(asked: Asking, size: int | None) -> Checkpoint:
    """The checkpoint of that size, or the newest."""
    seals = asked.desk.seals
    found = seals.newest() if size is None else seals.checkpoint(size)
    if found is None:
        raise Refused(Reason.NOT_SEALED, "size", "" if size is None else str(size))
    return found


def _must_see(asker: Asker, desk: Desk, position: int) -> None:
    """Refuse the receipt of somebody else's entry to who may not see all that it says."""
    if asker.always(Action.SEE_RECEIPT):
        return
    rows = desk.log.at([position])
    his = bool(rows) and codec.envelope_of(rows[0]).by == asker.actor.person
    asker.must(Action.SEE_RECEIPT, Relation.OWN if his else Relation.OTHER)


@contextmanager
def _sound() -> Iterator[None]:
    """Whatever does not hold in the seals is told as what it is."""
    try:
        yield
    except Bad as bad:
        raise Refused(Reason.SEALS_DIFFER, about=str(bad)) from bad


def router() -> APIRouter:
    """The routes of seals."""
    made = APIRouter(prefix=f"{LEDGER}/seal", tags=["seal"])

    @made.get("", operation_id="get_seal", openapi_extra=needs(Action.SEE_SEAL), summary="封存状态")
    def get_seal(asked: AskedNow) -> SealState:
        """How far the ledger is sealed, and whether anything has stopped it."""
        desk = asked.desk
        stopped = asked.request.app.state.stopped.get(desk.code)
        return state_of(desk.log, desk.seals, desk.signer, stopped)

    @made.get(
        "/keys",
        operation_id="get_seal_keys",
        openapi_extra=needs(Action.SEE_SEAL),
        summary="封存公钥及换钥声明",
    )
    def get_keys(asked: AskedNow) -> KeysView:
        """The key to check everything with, and how it gave way to others. Note it from paper, not from here."""
        seals = asked.desk.seals
        with _sound():
            notes = [str(each.note) for each in seals.rotations()]
            return KeysView(first_key=first_key(seals, asked.desk.signer), rotations=notes)

    @made.get(
        "/policy",
        operation_id="get_seal_policy",
        openapi_extra=needs(Action.SEE_SEAL),
        summary="见证规则",
        response_class=Text,
    )
    def get_policy(asked: AskedNow) -> Text:
        """Whose cosignatures this ledger asks for, as C2SP tlog-policy."""
        with _sound():
            return Text(asked.desk.seals.policy)

    @made.get(
        "/checkpoint",
        operation_id="get_checkpoint",
        openapi_extra=needs(Action.SEE_SEAL),
        summary="检查点",
        response_class=Text,
    )
    def get_checkpoint(asked: AskedNow, size: Size = None) -> Text:
        """A checkpoint with what was signed under it, as C2SP tlog-checkpoint."""
        with _sound():
            return Text(str(_checkpoint(asked, size)))

    @made.get(
        "/checkpoints",
        operation_id="list_checkpoints",
        openapi_extra=needs(Action.SEE_SEAL),
        summary="检查点一览",
    )
    def list_checkpoints(
        asked: AskedNow, before: Before = None, limit: Limit = 50
    ) -> list[CheckpointView]:
        """The checkpoints that are kept, the newest first."""
        seals = asked.desk.seals
        sizes = [n for n in reversed(seals.sizes()) if before is None or n < before][:limit]
        with _sound():
            return [view_of(each) for each in map(seals.checkpoint, sizes) if each is not None]

    @made.get(
        "/entries/{position}/proof",
        operation_id="get_proof",
        openapi_extra=needs(Action.SEE_SEAL),
        summary="存在证明",
    )
    def get_proof(asked: AskedNow, position: Position, size: Size = None) -> ProofView:
        """That an entry is in the ledger, without what it says."""
        with _sound():
            checkpoint = _checkpoint(asked, size)
            if position > checkpoint.size:
                raise Refused(Reason.NOT_SEALED, "position", f"{position} > {checkpoint.size}")
            nodes = asked.desk.seals.nodes
            return ProofView(
                position=position,
                leaf=encoded(nodes.node(0, position - 1)),
                proof=[encoded(each) for each in nodes.inclusion(position - 1, checkpoint.size)],
                checkpoint=str(checkpoint),
            )

    @made.get(
        "/entries/{position}/receipt",
        operation_id="get_receipt",
        openapi_extra=needs(Action.SEE_RECEIPT),
        summary="条目回执",
        response_class=Text,
    )
    def get_receipt(asked: AskedNow, position: Position, size: Size = None) -> Text:
        """An entry with the proof that it is in the ledger, as C2SP tlog-proof; for who recorded it, the office and auditors."""
        _must_see(asked.asker, asked.desk, position)
        with _sound():
            checkpoint = _checkpoint(asked, size)
            try:
                receipt = receipt_of(asked.desk.log, asked.desk.seals, checkpoint, position)
            except LookupError as error:
                about = f"{position} > {checkpoint.size}"
                raise Refused(Reason.NOT_SEALED, "position", about) from error
        return Text(str(receipt))

    @made.get(
        "/consistency",
        operation_id="get_consistency",
        openapi_extra=needs(Action.SEE_SEAL),
        summary="前后一致的证明",
        response_class=Text,
    )
    def get_consistency(
        asked: AskedNow, old: Annotated[int, Query(ge=0, le=LARGEST)], size: Size = None
    ) -> Text:
        """That a checkpoint goes on from size `old`: what a witness is sent, as in C2SP tlog-witness."""
        with _sound():
            checkpoint = _checkpoint(asked, size)
            if old > checkpoint.size:
                raise Refused(Reason.NOT_SEALED, "old", f"{old} > {checkpoint.size}")
            request = request_for(asked.desk.seals, checkpoint, old)
            # Whoever takes answers back sends questions out; where the seals may only be read, he does it elsewhere.
            if asked.asker.always(Action.COSIGN):
                with suppress(PermissionError):
                    asked.desk.seals.hand_out(checkpoint)
            return Text(str(request))

    @made.get(
        "/tile/{level}/{path:path}",
        operation_id="get_tile",
        openapi_extra=needs(Action.SEE_SEAL),
        summary="哈希块",
        response_class=Response,
        responses={200: {"content": {OCTETS: {"schema": {"type": "string", "format": "binary"}}}}},
    )
    def get_tile(
        asked: Annotated[Asking, Depends(asking_tile)],
        level: Annotated[int, Path(ge=0, le=7)],
        path: str,
    ) -> Response:
        """Hashes of the tree, 256 in a tile, as C2SP tlog-tiles."""
        found = _TILE.fullmatch(path)
        if found is None:
            raise Refused(Reason.NO_SUCH_PAGE, about=path[:80])
        number = int(found[1].replace("x", "").replace("/", ""))
        width = WIDTH if found[2] is None else int(found[2])
        with _sound():
            there = (asked.desk.seals.size() >> 8 * level) - number * WIDTH
            if grouped(number) != found[1] or width > there:
                raise Refused(Reason.NO_SUCH_PAGE, about=path[:80])
            hashes = asked.desk.seals.nodes.tile(level, number, width)
        headers = {"Cache-Control": "private, max-age=31536000, immutable"}
        return Response(hashes, media_type=OCTETS, headers=headers)

    @made.post(
        "/cosignatures",
        operation_id="add_cosignatures",
        openapi_extra=needs(Action.COSIGN),
        summary="交回见证签名",
    )
    def add_cosignatures(lines: Annotated[Lines, Depends(lines_sent)]) -> CheckpointView:
        """Add what witnesses signed under the checkpoint of `size`, or the newest for which it holds; each must be of a witness of the policy."""
        try:
            return view_of(cosigned(lines.asking.desk.seals, lines.text, lines.size))
        except LookupError as error:
            raise Refused(Reason.NOT_SEALED, "size", str(lines.size or "")) from error
        except Damaged as damaged:
            raise Refused(Reason.SEALS_DIFFER, about=str(damaged)) from damaged
        except TimeoutError as error:
            raise Refused(Reason.BUSY) from error
        except Bad as bad:
            raise Refused(Reason.BAD_EVIDENCE, about=str(bad)) from bad

    return made


@dataclass(frozen=True, slots=True)
class Lines:
    """Signature lines that somebody sent, and for which checkpoint."""

    asking: Asking
    size: int | None
    text: str


async def lines_sent(request: Request, response: Response, size: Size = None) -> Lines:
    """Let in signature lines from the office."""
    door: Door = request.app.state.door
    asked = await asking_now(request, response)
    text = bodies.text_of(await door.body(request, asked.desk, asked.asker, LARGEST_LINES))
    return Lines(asked, size, text)


async def asking_tile(request: Request, response: Response) -> Asking:
    """Let in a read of a tile, whose path holds slashes."""
    door: Door = request.app.state.door
    desk, asker = await door.enter(request)
    no_parameters(request)
    return Asking(desk, asker, None, request, response)
