"""Every pin of requirements.txt is the one that development resolves with, and each carries a hash."""

import re
import sys
import tomllib
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))
pinned = {p.split("==")[0]: p.split()[0] for p in project["tool"]["uv"]["constraint-dependencies"]}
required = re.split(r"\n(?=\S)", Path("requirements.txt").read_text("utf-8").strip())
wrong = [
    entry.split()[0]
    for entry in required
    if "--hash=sha256:" not in entry
    or pinned.get(re.split(r"==|\[", entry)[0]) != re.sub(r"\[.*?\]", "", entry.split()[0])
]
if wrong:
    sys.exit(f"requirements.txt differs from the pins or lacks a hash: {wrong}; run .ci/pin")
