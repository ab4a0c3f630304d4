"""Add a stored sample of every stored name that has none yet: `python -m tests.golden`."""

from __future__ import annotations

from tests.golden.samples import add_missing

if __name__ == "__main__":
    for name in add_missing():
        print(name)
