"""How the house stands: packages and arrows, branches of functions, formatter off, long lines, Chinese literals.

Run: python tools/measure_house.py [--list]
"""

from __future__ import annotations

import ast
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src" / "yibenzhang"
MOST_BRANCHES = 15
MOST_LINES = 400
MOST_COLUMNS = 120
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_BRANCHES = (
    ast.If,
    ast.For,
    ast.While,
    ast.IfExp,
    ast.ExceptHandler,
    ast.With,
    ast.comprehension,
    ast.match_case,
)
ENGINE = ("reading", "recognising", "prose", "laws", "rules", "balance", "checking")

FACES = ("reports", "showing", "office", "web", "publishing", "batch")
"""What tells people and programs what a check found."""


def modules() -> Iterator[tuple[str, Path, ast.Module, str]]:
    for path in sorted(SOURCE.rglob("*.py")):
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        if ".versions." in name:  # migrations are generated
            continue
        text = path.read_text(encoding="utf-8")
        yield name, path, ast.parse(text), text


def branches(function: ast.AST) -> int:
    """Cyclomatic complexity as the field counts it, each `and` and `or` included."""
    count = 1
    for node in ast.walk(function):
        if isinstance(node, ast.BoolOp):
            count += len(node.values) - 1
        count += isinstance(node, _BRANCHES)
    return count


def literals(tree: ast.Module) -> int:
    """Strings with Chinese letters, those that only document (of modules, classes, functions, constants) apart."""
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    strings = (n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str))
    return sum(id(n) not in docs and bool(_CHINESE.search(n.value)) for n in strings)


def width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("yibenzhang."):
            yield (node.module or "").split(".")[1]


_OF_A_FINDING = {"rule", "message"}


OTHERS = ("ledger", "portal", "projects", "resources")
"""What they find is across documents, of projects or of an account: rules, arguments and sources of their own."""


def shapes(package: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The forms a finding is given, with what each is: classes with fields for its rule and its sentence, and dicts with
    these keys. A dict of nothing but plain strings is the heading of a table or the names of columns."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            own = [f for f in node.body if isinstance(f, ast.AnnAssign) and isinstance(f.target, ast.Name)]
            names = {f.target.id for f in own if isinstance(f.target, ast.Name)}
            tables = (
                t.id
                for a in node.body
                if isinstance(a, ast.Assign)
                for t in a.targets
                if isinstance(t, ast.Name)
            )
            if names >= _OF_A_FINDING:
                kind = "stored rows" if "__tablename__" in tables else "records"
                yield "of other subjects" if package in OTHERS else kind, node.name
        if isinstance(node, ast.Dict):
            keys = {k.value for k in node.keys if isinstance(k, ast.Constant)}
            if keys >= _OF_A_FINDING:
                plain = all(isinstance(v, ast.Constant) for v in node.values)
                kind = "headings" if plain else "of other subjects" if package in OTHERS else "rows given out"
                yield kind, f"dict in line {node.lineno}"


def main() -> None:
    arrows: set[tuple[str, str]] = set()
    packages: set[str] = set()
    large: list[tuple[int, str]] = []
    long_modules: list[tuple[int, str]] = []
    off = wide = functions = 0
    found: dict[str, list[str]] = {
        k: [] for k in ("records", "stored rows", "rows given out", "headings", "of other subjects")
    }
    insides: set[str] = set()
    chinese: Counter[str] = Counter()
    for name, _, tree, text in modules():
        package = name.split(".")[0]
        packages.add(package)
        arrows |= {(package, other) for other in imports(tree) if other != package}
        lines = text.splitlines()
        if len(lines) > MOST_LINES:
            long_modules.append((len(lines), name))
        off += text.count("# fmt: off") + text.count("# fmt: skip")
        wide += sum(width(line) > MOST_COLUMNS for line in lines)
        chinese[package] += literals(tree)
        for kind, shape in shapes(package, tree):
            found[kind].append(f"{name}.{shape}")
        if package in FACES and re.search(r"checking\.check import .*\bChecked\b", text):
            insides.add(name)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                functions += 1
                if (n := branches(node)) > MOST_BRANCHES:
                    large.append((n, f"{name}.{node.name}"))
    print(f"packages and modules at the top: {len(packages)}; arrows between them: {len(arrows)}")
    print(
        f"functions over {MOST_BRANCHES} branches: {len(large)} of {functions} ({len(large) / functions:.1%})"
    )
    print(
        f"modules over {MOST_LINES} lines: {len(long_modules)}; formatter off: {off}; lines over {MOST_COLUMNS} columns: {wide}"
    )
    engine = sum(chinese[p] for p in ENGINE)
    rules = sum(chinese[p] for p in ("rules", "prose", "laws"))
    print(
        f"strings with Chinese letters: {sum(chinese.values())}, in the engine {engine}, of these in rules, prose and laws {rules}"
    )
    print("shapes of a finding: " + ", ".join(f"{kind} {len(names)}" for kind, names in found.items()))
    print(f"modules of faces that read a check's insides: {len(insides)}")
    if "--list" in sys.argv:
        for kind, names in found.items():
            print("\n".join((f"{kind}:", *(f"  {n}" for n in names))))
        print("\n".join(("", *sorted(insides), "")))
        for n, what in sorted(long_modules + large, reverse=True):
            print(f"{n:5} {what}")


if __name__ == "__main__":
    main()
