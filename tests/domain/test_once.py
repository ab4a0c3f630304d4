"""What is made when first asked for is made once, whoever asks at the same time."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock
from time import sleep

from domain.once import MadeOnce

ASKING = """
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
import msgspec
from application import codec
from domain.kinds import KINDS
from projections import bodies

sys.setswitchinterval(1e-6)
TOLD = b'{"body":{"details":{"x":1}},"details":{"x":1},"event":{"body":{"details":{"x":1}}}}'
stored = {kind: next(name for name in codec.NAMES if name.startswith(kind)) for kind in KINDS}
together = Barrier(4, timeout=60)

def ask(asked):
    decoders, names = asked
    for name in names:
        together.wait()
        for _ in range(20):
            try:
                decoders[name].decode(TOLD)
            except msgspec.ValidationError:
                pass

asked = [(codec._decoders, stored.values())]
asked += [(decoders, KINDS) for decoders in (bodies._facts, bodies._states, bodies._bodies)]
with ThreadPoolExecutor(4) as threads:
    list(threads.map(ask, asked))
"""
"""Four threads that need decoders of the same kinds at the same moment, in a process that has none yet."""


def test_threads_that_ask_at_once_get_the_same_thing() -> None:
    together, making = Barrier(8), Lock()
    made: list[str] = []

    def make(key: str) -> object:
        assert making.acquire(blocking=False), "two are made at once"
        sleep(0.001)
        made.append(key)
        making.release()
        return object()

    here, there = MadeOnce(make), MadeOnce(make)

    def ask(nth: int) -> list[object]:
        together.wait()
        return [(here, there)[(nth + n) % 2][key] for n, key in enumerate("abcd")]

    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(ask, range(8)))

    assert got[0::2] == [got[0]] * 4
    assert got[1::2] == [got[1]] * 4
    assert sorted(made) == sorted("abcd" * 2)


def test_decoders_of_one_kind_may_be_asked_for_at_once() -> None:
    ended = [subprocess.run([sys.executable, "-c", ASKING], check=False) for _ in range(3)]

    assert [each.returncode for each in ended] == [0, 0, 0]
