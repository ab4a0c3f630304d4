"""What the code of the product never does: run what was sent, ask elsewhere, count on chance that can be guessed."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PRODUCT = ("domain", "application", "projections", "interfaces", "packs")

RUNS = {"eval", "exec", "compile", "__import__", "breakpoint"}
RUNNERS = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "ctypes", "cffi"}
CLIENTS = {"requests", "httpx", "httpx2", "aiohttp", "urllib3", "smtplib", "ftplib", "imaplib", "ldap3", "telnetlib"}  # fmt: skip
ASKS = "interfaces/access/provider.py"
WEAK = {"md5", "sha1", "new"}
BY_THE_WORLD = {"application/seal/sealing.py"}
"""Whose time is that of the world whatever is rehearsed: it is told by the times of files."""


@dataclass(frozen=True)
class Tree:
    """What stands in a module: each node once, and those among them that call something."""

    nodes: tuple[ast.AST, ...]
    calls: tuple[ast.Call, ...]


@pytest.fixture(scope="module")
def trees() -> dict[str, Tree]:
    """Every module of the product, by its path."""
    found = {}
    for each in PRODUCT:
        for path in sorted((ROOT / each).rglob("*.py")):
            nodes = tuple(ast.walk(ast.parse(path.read_text("utf-8"))))
            calls = tuple(node for node in nodes if isinstance(node, ast.Call))
            found[path.relative_to(ROOT).as_posix()] = Tree(nodes, calls)
    return found


def imported(tree: Tree) -> set[str]:
    """The modules that a module imports."""
    found = set()
    for node in tree.nodes:
        match node:
            case ast.Import(names=names):
                found |= {each.name for each in names}
            case ast.ImportFrom(module=str(module), level=0):
                found.add(module)
            case _:
                continue
    return found


def test_nothing_that_is_sent_is_ever_run(trees: dict[str, Tree]) -> None:
    for path, tree in trees.items():
        assert not {each.partition(".")[0] for each in imported(tree)} & RUNNERS, path
        for call in tree.calls:
            match call.func:
                case ast.Name(id=name):
                    assert name not in RUNS, path
                case ast.Attribute(attr=name, value=ast.Name(id="os")):
                    assert name not in {"system", "popen", "execv", "spawnl"}, path
                case ast.Attribute(
                    attr="load" | "load_all" | "unsafe_load", value=ast.Name(id="yaml")
                ):
                    loaders = [each for each in call.keywords if each.arg == "Loader"]
                    assert "SafeLoader" in ast.unparse(loaders[0]), path
                case _:
                    continue


def test_another_program_is_started_in_one_place_and_never_through_a_shell(
    trees: dict[str, Tree],
) -> None:
    starting = {path for path, tree in trees.items() if "subprocess" in imported(tree)}
    assert starting == {"application/apart.py"}
    for path, tree in trees.items():
        for call in tree.calls:
            assert "shell" not in {each.arg for each in call.keywords}, path


def test_nothing_is_asked_of_anybody_elsewhere(trees: dict[str, Tree]) -> None:
    """What the product connects to is the database of its settings and, by one module, the identity provider of its settings."""
    for path, tree in trees.items():
        found = imported(tree) - ({"httpx2"} if path == ASKS else set())
        assert not {each.partition(".")[0] for each in found} & CLIENTS, path
        assert not found & {"urllib.request", "http.client", "xmlrpc.client"}, path


def test_what_must_not_be_guessed_comes_from_the_system(trees: dict[str, Tree]) -> None:
    """Made-up counties alone are made up by chance that repeats itself."""
    drawing = {path for path, tree in trees.items() if "random" in imported(tree)}
    assert all("rehearsal" in path for path in drawing)


def test_no_broken_digest_is_used(trees: dict[str, Tree]) -> None:
    for path, tree in trees.items():
        for call in tree.calls:
            match call.func:
                case ast.Attribute(attr=name, value=ast.Name(id="hashlib")):
                    assert name not in WEAK, path
                case _:
                    continue


def test_the_demo_alone_rehearses_another_time(trees: dict[str, Tree]) -> None:
    """Nothing that a service is told can put a real ledger into another time: nobody else so much as names the way."""
    naming = set()
    for path, tree in trees.items():
        told = {node.name for node in tree.nodes if isinstance(node, ast.alias)}
        told |= {node.attr for node in tree.nodes if isinstance(node, ast.Attribute)}
        told |= {node.id for node in tree.nodes if isinstance(node, ast.Name)}
        if told & {"rehearsing", "_rehearsed", "_Rehearsed"}:
            naming.add(path)
    assert naming == {"application/clock.py", "interfaces/demo.py"}
    for path, tree in trees.items():
        for call in tree.calls:
            match call.func:
                case ast.Attribute(attr="now" | "today" | "utcnow", value=ast.Name(id=name)):
                    is_worlds = name in {"datetime", "date"}
                    assert not is_worlds or path in {"application/clock.py", *BY_THE_WORLD}, path
                case _:
                    continue
