"""What the contract tests look at: the project's modules and its tracked files."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Module:
    """One Python file, parsed."""

    path: Path
    name: str
    tree: ast.Module
    n_lines: int

    def imports(self) -> Iterator[tuple[str, int]]:
        """Yield each imported module's full name and the line; names from a package too."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield alias.name, node.lineno
            elif isinstance(node, ast.ImportFrom):
                yield from self._from(node)

    def _from(self, node: ast.ImportFrom) -> Iterator[tuple[str, int]]:
        assert node.level == 0, f"{self.path}:{node.lineno} imports relatively"
        origin = node.module or ""
        for alias in node.names:
            full = f"{origin}.{alias.name}"
            path = PROJECT / Path(*full.split("."))
            is_module = path.is_dir() or path.with_suffix(".py").is_file()
            yield (full if is_module else origin), node.lineno


@cache
def modules(package: str) -> tuple[Module, ...]:
    found = []
    for path in sorted((PROJECT / package).rglob("*.py")):
        text = path.read_text("utf-8")
        relative = path.relative_to(PROJECT).with_suffix("")
        parts = relative.parts[:-1] if relative.name == "__init__" else relative.parts
        found.append(Module(path, ".".join(parts), ast.parse(text), text.count("\n")))
    return tuple(found)


@cache
def tracked_files() -> tuple[Path, ...]:
    """The files that git knows, or all that it would not ignore where there is no index yet."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=PROJECT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return tuple(path for name in listed.split("\0") if name and (path := PROJECT / name).is_file())


@cache
def tracked_texts() -> tuple[tuple[str, str], ...]:
    """Path and content of every tracked file that is text."""
    texts = []
    for path in tracked_files():
        content = path.read_bytes()
        if b"\0" not in content:
            texts.append((path.relative_to(PROJECT).as_posix(), content.decode("utf-8")))
    return tuple(texts)
