"""The bill of materials of what runs in production, as CycloneDX: python .ci/sbom.py FILE.

It is read from an environment into which the hashed pins of requirements.txt, and nothing else, were installed, as the Dockerfile does.
What it names is then compared with the pins.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from packaging.requirements import Requirement


def pinned() -> dict[str, str]:
    """Name and version of each pin that applies to this machine."""
    entries = re.split(r"\n(?=\S)", Path("requirements.txt").read_text("utf-8").strip())
    required = [Requirement(entry.split(" --hash")[0].rstrip(" \\\n")) for entry in entries]
    return {
        _plain(each.name): str(each.specifier).removeprefix("==")
        for each in required
        if each.marker is None or each.marker.evaluate()
    }


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def write(to: Path) -> None:
    """Write the bill of an environment made for it; the tool checks it against the schema of CycloneDX."""
    with tempfile.TemporaryDirectory() as folder:
        for command in (
            ["uv", "venv", "--quiet", "--python", sys.executable, "--clear", folder],
            ["uv", "pip", "install", "--quiet", "--python", folder, "--require-hashes", "-r", "requirements.txt"],
            ["cyclonedx-py", "environment", "--pyproject", "pyproject.toml", "--output-reproducible", "--validate", "-o", str(to), folder],
        ):  # fmt: skip
            subprocess.run(command, check=True)


def wrong_with(bill: Path) -> list[str]:
    """What the bill lacks, has otherwise, or has beyond the pins."""
    told = json.loads(bill.read_text("utf-8"))
    if told["bomFormat"] != "CycloneDX" or told["metadata"]["component"]["name"] != "lvzhi":
        return ["it is no bill of lvzhi"]
    found = {_plain(each["name"]): each["version"] for each in told["components"]}
    wanted = pinned()
    wrong = [f"{name} {version}, not {found.get(name)}" for name, version in wanted.items() if found.get(name) != version]  # fmt: skip
    wrong += [f"{name}, which is not pinned" for name in sorted(found.keys() - wanted.keys())]
    nameless = [each["name"] for each in told["components"] if not each.get("purl")]
    return wrong + [f"no purl of {name}" for name in nameless]


if __name__ == "__main__":
    place = Path(sys.argv[1])
    write(place)
    if wrong := wrong_with(place):
        sys.exit(f"the bill of materials differs from requirements.txt: {wrong}")
    print(f"{len(pinned())} components: {place}")
