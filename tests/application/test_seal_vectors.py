"""What others have published to check such programs with: roots, notes, checkpoints, probes."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.seal.nodes import Nodes
from application.seal.signing import parse_secret
from application.seal.verify import (
    EMPTY,
    LOG,
    WITNESS,
    Bad,
    Key,
    best_ed25519,
    consistency_holds,
    ed25519_holds,
    inclusion_holds,
    leaf_hash,
    parse_checkpoint,
    parse_key,
    parse_note,
    tree_root,
)

LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""The reference trees of RFC 6962's authors, of sizes 0 to 8."""

CHECKPOINT = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""
"""The example of tlog-cosignature."""

NOTE = """Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
"""
"""The example of signed-note; its key is not published with it."""

SIGNED = """If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SIGNS = b"PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
"""The example of Go's sumdb/note, where the format comes from."""

COSIGNED = """arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
"""
"""A checkpoint of a public log with the cosignature of a public witness, as they were published."""
LOG_KEY = (
    "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
)
WITNESS_KEY = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
SPEC_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

VECTORS = os.environ.get("LVZHI_VECTORS")


@pytest.mark.parametrize("size", range(9))
def test_the_roots_of_the_reference_trees(size: int, tmp_path: Path) -> None:
    hashes = [leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES[:size]]
    nodes = Nodes(tmp_path)
    nodes.grow(0, hashes)
    assert tree_root(hashes).hex() == nodes.root(size).hex() == ROOTS[size]


def _probes(name: str) -> list[tuple[str, dict[str, Any]]]:
    if VECTORS is None:
        return []
    found: dict[str, dict[str, Any]] = json.loads(Path(VECTORS, name).read_text("utf-8"))
    return list(found.items())


def _raw(said: str | None) -> bytes:
    return base64.b64decode(said or "")


@pytest.mark.skipif(
    VECTORS is None, reason="LVZHI_VECTORS names no folder: the public probes were not run"
)
def test_all_public_probes() -> None:
    judged = 0
    for name, probe in _probes("merkle-inclusion.json"):
        proof = [_raw(each) for each in probe["proof"] or ()]
        leaf, root = _raw(probe["leafHash"]), _raw(probe["root"])
        holds = inclusion_holds(probe["leafIdx"], probe["treeSize"], leaf, proof, root)
        assert holds is not probe["wantErr"], name
        judged += 1
    for name, probe in _probes("merkle-consistency.json"):
        proof = [_raw(each) for each in probe["proof"] or ()]
        roots = _raw(probe["root1"]), _raw(probe["root2"])
        holds = consistency_holds(probe["size1"], probe["size2"], *roots, proof)
        assert holds is not probe["wantErr"], name
        judged += 1
    assert judged == 196


@pytest.mark.parametrize("holds", [ed25519_holds, best_ed25519()], ids=["plain", "library"])
def test_notes_that_others_signed(holds: Any) -> None:
    assert parse_note(SIGNED).signed_by(parse_key(PETER), holds)
    cosigned = parse_checkpoint(COSIGNED)
    assert cosigned.note.signed_by(parse_key(LOG_KEY), holds)
    assert cosigned.note.signed_by(parse_key(WITNESS_KEY), holds)
    assert not cosigned.note.signed_by(parse_key(SPEC_KEY), holds)
    for key in (LOG_KEY, WITNESS_KEY):
        with pytest.raises(Bad):
            parse_checkpoint(COSIGNED.replace("1432088532", "1432088533")).note.signed_by(
                parse_key(key), holds
            )


def test_a_note_is_signed_as_others_sign_it() -> None:
    peter = parse_secret(PETER_SIGNS)
    assert str(peter.key) == PETER
    text = SIGNED.partition("\n\n")[0] + "\n"
    assert text + "\n" + str(peter.sign(text.encode())) == SIGNED
    assert peter.text().decode().strip() == PETER_SIGNS.decode()
    assert "AYEKFALV" not in repr(peter)


def test_the_examples_of_the_specifications_are_read_and_written_back() -> None:
    found = parse_checkpoint(CHECKPOINT)
    assert (found.origin, found.size, len(found.root)) == (
        "example.com/behind-the-sofa",
        20_852_163,
        32,
    )
    assert str(found) == CHECKPOINT
    cosignature = found.note.signatures[1]
    assert int.from_bytes(cosignature.raw[:8], "big") == 1_679_315_147
    assert len(cosignature.raw) == 72
    note = parse_note(NOTE)
    assert note.text.endswith("\n\ned è subito sera.\n")
    assert str(note) == NOTE
    assert [(each.name, each.id.hex()) for each in note.signatures] == [
        ("quasimodo.example/salvatore", "367ba04b")
    ]


@pytest.mark.parametrize("said", [SPEC_KEY, PETER, LOG_KEY, WITNESS_KEY])
def test_keys_of_others_are_read_and_written_back(said: str) -> None:
    assert str(parse_key(said)) == said


@pytest.mark.parametrize(
    "said",
    [
        "example.com/foo",
        "example.com/foo+530d903a",
        SPEC_KEY.replace("530d903a", "530d903b"),
        SPEC_KEY.replace("530d903a", "530D903A"),
        SPEC_KEY.replace("example", " example"),
        SPEC_KEY + "!",
        SPEC_KEY + "\n",
        SPEC_KEY[:-4],
    ],
)
def test_what_is_no_key(said: str) -> None:
    with pytest.raises(Bad):
        parse_key(said)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n\n", "\n"),
        ("20852163", "020852163"),
        ("20852163", "-1"),
        ("20852163", "２０852163"),
        ("q2I=\n", "q2I=\nextension\n"),
        ("q2I=\n", "q2I\n"),
        ("q2I=\n", "q2J=\n"),
        ("— example", "- example"),
        ("— example.com/behind", "— example.com+behind"),
        ("qnA==\n", "qnA=="),
        ("example.com/behind-the-sofa\n2", "\n2"),
        ("sofa\n2", "sofa\t\n2"),
    ],
)
def test_what_is_no_checkpoint(old: str, new: str) -> None:
    with pytest.raises(Bad):
        parse_checkpoint(CHECKPOINT.replace(old, new))


def test_a_note_has_an_end() -> None:
    line = CHECKPOINT.splitlines(keepends=True)[4]
    with pytest.raises(Bad, match="too many"):
        parse_note(CHECKPOINT + line * 31)
    with pytest.raises(Bad):
        parse_note("x" * 65_536 + CHECKPOINT)


def test_both_checks_of_a_signature_are_equally_strict() -> None:
    peter, library = parse_secret(PETER_SIGNS), best_ed25519()
    good = peter.sign(b"said").raw
    order = 2**252 + 27742317777372353535851937790883648493
    scalar = int.from_bytes(good[32:], "little")
    odd = [
        good[:32] + (scalar + order).to_bytes(32, "little"),
        good[:31] + bytes([good[31] ^ 0x80]) + good[32:],
        good[:63],
        good + b"\0",
        bytes(64),
    ]
    keys = [
        peter.key.public,
        bytes(32),
        (1).to_bytes(32, "little"),
        (2**255 - 20).to_bytes(32, "little"),
        bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
        (2**255 - 19).to_bytes(32, "little"),
        b"\xff" * 32,
    ]
    assert ed25519_holds(peter.key.public, b"said", good) and library(
        peter.key.public, b"said", good
    )
    for key in keys:
        for signature in [*odd, good] if key != peter.key.public else odd:
            assert not library(key, b"said", signature)
            assert not ed25519_holds(key, b"said", signature)


@given(size=st.integers(1, 300), data=st.data())
def test_a_tree_in_files_is_the_tree_in_the_head(
    size: int, data: st.DataObject, tmp_path_factory: Any
) -> None:
    hashes = [leaf_hash(n.to_bytes(2, "big")) for n in range(size)]
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    root = tree_root(hashes)
    nodes = Nodes(tmp_path_factory.mktemp("tree"))
    done = 0
    while done < size:
        step = data.draw(st.integers(1, size - done), label="step")
        nodes.grow(done, hashes[done : done + step])
        done += step
    assert nodes.root(size) == root
    proof = nodes.inclusion(index, size)
    between = nodes.consistency(old, size)
    assert inclusion_holds(index, size, hashes[index], proof, root)
    assert not inclusion_holds(index, size, hashes[index], [*proof, EMPTY], root)
    assert consistency_holds(old, size, tree_root(hashes[:old]), root, between)
    assert not consistency_holds(old, size, tree_root(hashes[:old]), root, [*between, EMPTY])


def test_ten_thousand_mutated_proofs_are_refused(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    chance, sizes = Random(6962), (1, 2, 3, 7, 8, 64, 65, 200)
    hashes = [leaf_hash(n.to_bytes(2, "big")) for n in range(max(sizes))]
    nodes = Nodes(tmp_path)
    nodes.grow(0, hashes)
    refused = accepted = 0
    while refused < 10_000:
        size = chance.choice(sizes)
        index, old = chance.randrange(size), chance.randint(1, size)
        if chance.random() < 0.5:
            case = [
                index,
                size,
                hashes[index],
                tuple(nodes.inclusion(index, size)),
                nodes.root(size),
            ]
            holds, numbers, digests = inclusion_holds, (0, 1), (2, 4)
        else:
            case = [
                old,
                size,
                nodes.root(old),
                nodes.root(size),
                tuple(nodes.consistency(old, size)),
            ]
            holds, numbers, digests = consistency_holds, (0, 1), (2, 3)  # type: ignore[assignment]
        assert holds(*case)  # type: ignore[arg-type]
        accepted += 1
        place = next(n for n, each in enumerate(case) if isinstance(each, tuple))
        changed = _mutated(chance, case, place, numbers, digests)
        if changed == case or _says_the_same(holds is inclusion_holds, case, changed):
            continue
        assert not holds(*changed)
        refused += 1
    assert refused == 10_000 and accepted >= refused


def _says_the_same(inclusion: bool, case: list[Any], changed: list[Any]) -> bool:
    """Whether a change of the size alone leaves a path that is the same in both trees."""
    if inclusion:
        return changed[1] != case[1] and [*changed[:1], *changed[2:]] == [*case[:1], *case[2:]]
    return changed[:2] != case[:2] and changed[2:] == case[2:]


def _mutated(
    chance: Any, case: list[Any], place: int, numbers: tuple[int, ...], digests: tuple[int, ...]
) -> list[Any]:
    changed = list(case)
    proof = list(case[place])
    how = chance.randrange(7)
    if how == 0 and proof:
        n, bit = chance.randrange(len(proof)), chance.randrange(256)
        proof[n] = _flipped(proof[n], bit)
    elif how == 1 and proof:
        del proof[chance.randrange(len(proof))]
    elif how == 2:
        proof.insert(chance.randint(0, len(proof)), chance.randbytes(32))
    elif how == 3 and len(proof) > 1:
        chance.shuffle(proof)
    elif how == 4:
        which = chance.choice(digests)
        changed[which] = _flipped(changed[which], chance.randrange(256))
    elif how == 5:
        changed[chance.choice(numbers)] += chance.choice((-2, -1, 1, 2, 64))
    elif proof:
        n = chance.randrange(len(proof))
        proof[n] = proof[n][:-1]
    changed[place] = tuple(proof)
    return changed


def _flipped(raw: bytes, bit: int) -> bytes:
    changed = bytearray(raw)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_the_same_key_signs_as_log_and_as_witness_under_two_names() -> None:
    public = bytes(range(32))
    assert Key("a", LOG, public).id != Key("a", WITNESS, public).id
