"""Small files that survive: written whole and forced to the disk before anybody sees them; secrets that only their owner reads."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def write_durably(file: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Replace a file by this content; after a crash it is the old one or the new one, whole."""
    draft = _draft(file, content, mode)
    draft.replace(file)
    _flush(file.parent)


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner may enter, and those that it lies in, so that they are there after a crash."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _flush(folder.parent)


def remove_durably(file: Path) -> bool:
    """Take a file away, so that it is not there after a crash either; whether there was one."""
    try:
        file.unlink()
    except FileNotFoundError:
        return False
    _flush(file.parent)
    return True


def _draft(file: Path, content: bytes, mode: int) -> Path:
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    return draft


def _flush(folder: Path) -> None:
    """Force the names in a folder to the disk, where the system has a way to."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def secret_in(file: Path, made: Callable[[], bytes]) -> bytes:
    """The secret kept in that file, made on first use; only its owner may read the file."""
    try:
        return kept_secret(file)
    except FileNotFoundError:
        file.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft(file, made(), 0o600)
    # Of two processes that start at once, both end with the secret of the first.
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    except OSError:
        # A file system without links: here two processes must not start at once for the first time.
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    _flush(file.parent)
    return kept_secret(file)


def kept_secret(file: Path) -> bytes:
    """The secret kept in that file; refuses one that others may read."""
    secret = file.read_bytes().strip()
    if os.name == "posix" and file.stat().st_mode & 0o077:
        raise PermissionError(f"{file}: 只应由所有者读取 (chmod 600) / only its owner may read it")
    return secret
