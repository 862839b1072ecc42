"""Write the bill of materials (CycloneDX 1.6) of what ``make run`` installs and of all extras that are locked.

Names and versions come from the locks, which hold the hashes; licences from the packages installed beside this program. Run by
``make lock``; ``--check`` says whether the file is current, and names licences that are not known to be permissive.
"""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
FILE = ROOT / "bom.cdx.json"
LOCKS = ("requirements.lock", "requirements-dev.lock")
_LINE = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
PERMISSIVE = re.compile(
    r"\b(MIT|BSD|0BSD|Apache|ISC|PSF|PSFL|Python Software Foundation|HPND|MIT-CMU|Unlicense|Zlib|CC0|Public Domain|MPL|Mozilla|W3C)\b",
    re.IGNORECASE,
)
"""MPL covers the files of the package alone; nothing of them is changed here."""
BY_HAND = {"axe-playwright-python": "MIT", "colorama": "BSD-3-Clause"}
"""Where the package does not say, or is installed on Windows alone."""


def locked(name: str) -> dict[tuple[str, str], list[str]]:
    """{(package, version): hashes} of a lock."""
    out: dict[tuple[str, str], list[str]] = {}
    now: list[str] = []
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if found := _LINE.match(line):
            now = out.setdefault((found[1], found[2]), [])
        now += _HASH.findall(line)
    return out


def licence_of(name: str) -> str:
    """What a package says of its licence; empty where it is not installed or says nothing."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return ""
    classifiers = [
        c.rpartition(" :: ")[2] for c in told.get_all("Classifier") or () if c.startswith("License ::")
    ]
    written = (told.get("License-Expression") or told.get("License") or "").strip().split("\n")[0][:80]
    if classifiers and not PERMISSIVE.search(written):  # some write the whole text of it there
        return " AND ".join(c for c in classifiers if c != "OSI Approved")
    return written


def bom(before: dict[str, Any]) -> dict[str, Any]:
    """``before`` is the bill as it stands: what it says of licences holds where a package is not installed here."""
    known = {c["name"]: _said(c) for c in before.get("components", [])}
    run = locked(LOCKS[0])
    components = []
    for name, version in sorted({**locked(LOCKS[1]), **run}):
        licence = licence_of(name) or known.get(name, "") or BY_HAND.get(name, "")
        components.append(
            {
                "type": "library",
                "name": name,
                "version": version,
                "bom-ref": f"pkg:pypi/{name}@{version}",
                "purl": f"pkg:pypi/{name}@{version}",
                "scope": "required" if (name, version) in run else "optional",
                "licenses": [{"license": {"name": licence}}] if licence else [],
            }
        )
    program = {"type": "application", "name": "yibenzhang", "version": "0.1.0", "bom-ref": "yibenzhang", "licenses": [{"license": {"id": "Apache-2.0"}}]}  # fmt: skip
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": program},
        "components": components,
        "dependencies": [{"ref": "yibenzhang", "dependsOn": [c["bom-ref"] for c in components if c["scope"] == "required"]}],
    }  # fmt: skip


def _said(component: dict[str, Any]) -> str:
    licences = component.get("licenses") or [{"license": {"name": ""}}]
    return str(licences[0]["license"].get("name", ""))


def odd(made: dict[str, Any]) -> list[str]:
    """Packages whose licence is not said, or not known to be permissive."""
    return [f"{c['name']}: {_said(c) or '?'}" for c in made["components"] if not PERMISSIVE.search(_said(c))]


def main() -> int:
    before = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    made = bom(before)
    text = json.dumps(made, ensure_ascii=False, indent=1) + "\n"
    if "--check" in sys.argv:
        same = FILE.exists() and FILE.read_text(encoding="utf-8") == text
        wrong = odd(made)
        print("\n".join(wrong), file=sys.stderr)
        if not same:
            print("bom.cdx.json is out of date: run python tools/make_bom.py", file=sys.stderr)
        return int(not same or bool(wrong))
    FILE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
