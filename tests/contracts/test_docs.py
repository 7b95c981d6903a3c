"""README and docs: generated parts current, nothing undocumented, links and commands that exist."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import click

from matcher.cli import aiplus
from tests.contracts.project import PROJECT, modules, tracked_files, tracked_texts

DOCUMENTS = tuple(path for path in tracked_files() if path.suffix == ".md")
README = (PROJECT / "README.md").read_text("utf-8")
MAKEFILE = (PROJECT / "Makefile").read_text("utf-8")
COMMANDS = (PROJECT / "docs" / "cli.md").read_text("utf-8")
OPERATIONS = (PROJECT / "docs" / "operations.md").read_text("utf-8")
HAN = re.compile(r"[\u4e00-\u9fff]")


def targets() -> dict[str, str]:
    """Each target of the Makefile that a person calls, with its help."""
    return dict(re.findall(r"^([a-z-]+):[^\n]*?## (.+)$", MAKEFILE, re.MULTILINE))


def test_generated_parts_are_current() -> None:
    generated = [str(path) for path in DOCUMENTS if "[[[cog" in path.read_text("utf-8")]
    assert len(generated) >= 2
    checked = subprocess.run(
        [sys.executable, "-m", "cogapp", "--check", "--diff", "-I", ".", *generated],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def all_commands() -> Iterator[tuple[str, click.Command]]:
    """Every command that a person calls, with its whole name; groups before their commands."""
    waiting: list[tuple[str, click.Command]] = [("aiplus", aiplus)]
    while waiting:
        name, command = waiting.pop()
        if isinstance(command, click.Group):
            inner = sorted(command.commands.items(), reverse=True)
            waiting += [(f"{name} {word}", one) for word, one in inner if not one.hidden]
        if command is not aiplus:
            yield name, command


def test_every_command_is_documented_with_an_example() -> None:
    commands = dict(all_commands())
    assert "aiplus models compare" in commands
    assert all(f"\n## aiplus {name}\n" in COMMANDS for name in aiplus.commands)
    undocumented = [name for name in commands if f"\nUsage: {name} " not in COMMANDS]
    silent = [
        name
        for name, command in commands.items()
        if not (command.epilog or "").startswith("\b\n例 · Example:\n")
        or f"{name} " not in f"{command.epilog} ".replace("\n", " ")
    ]
    assert (undocumented, silent) == ([], [])


LONG = (
    "daily",
    "demo history",
    "demo story",
    "evaluate",
    "load-catalogue",
    "match",
    "models compare",
    "models reproduce",
    "models update",
    "replay",
    "report",
    "retention",
    "rounds replay",
    "rounds solve",
    "train",
)


def test_every_long_command_can_be_quiet() -> None:
    commands = dict(all_commands())
    loud = [
        name
        for name in LONG
        if not any("--quiet" in option.opts for option in commands[f"aiplus {name}"].params)
    ]
    assert loud == []


def test_every_option_is_explained_in_both_languages() -> None:
    silent = [
        f"{name} {option.opts[0]}"
        for name, command in all_commands()
        for option in command.params
        if isinstance(option, click.Option) and not HAN.search(option.help or "")
    ]
    assert silent == []


def error_codes() -> Iterator[str]:
    """The ``code`` of every class that has one and whose name or base says that it is an error."""
    for module in modules("matcher"):
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.ClassDef) or not node.bases:
                continue
            for line in node.body:
                match line:
                    case ast.Assign(
                        targets=[ast.Name(id="code")], value=ast.Constant(value=str(code))
                    ):
                        yield code


def test_every_error_code_is_documented() -> None:
    codes = set(error_codes())
    assert {"invalid_record", "busy"} <= codes
    assert {code for code in codes if f"| `{code}` |" not in COMMANDS} == set()


def test_every_setting_is_documented() -> None:
    pattern = re.compile(r"\bAIPLUS_[A-Z_]+\b")
    used = {
        name
        for path, text in tracked_texts()
        if path.startswith(("matcher/", "web/", "tools/")) or path == "Makefile"
        for name in pattern.findall(text)
    }
    assert {name for name in used if f"| `{name}` |" not in OPERATIONS} == set()


def test_every_make_command_in_the_documents_exists() -> None:
    known = targets()
    named = {
        (path.name, name)
        for path in DOCUMENTS
        for name in re.findall(r"(?:`|^)make ([a-z][a-z-]*)", path.read_text("utf-8"), re.M)
    }
    assert {name for _, name in named} >= {"run", "test"}
    assert {entry for entry in named if entry[1] not in known} == set()


def test_every_aiplus_command_in_the_documents_exists() -> None:
    named = {
        name
        for path in DOCUMENTS
        for name in re.findall(r"(?:`|bin/)aiplus ([a-z][a-z-]+)", path.read_text("utf-8"))
    }
    assert named
    assert named <= set(aiplus.commands)


def test_every_target_that_readme_needs_has_help() -> None:
    wanted = "run setup test check lint types docs golden browser bench bench-quality bench-speed"
    assert set(wanted.split()) | {"train", "screenshots", "clean", "help"} <= set(targets())


def test_modules_that_the_makefile_runs_exist() -> None:
    for name in re.findall(r"-m ((?:web|tests|benchmarks)[\w.]+)", MAKEFILE):
        path = PROJECT / Path(*name.split("."))
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), name


def test_links_inside_the_project_lead_somewhere() -> None:
    broken = []
    for path in DOCUMENTS:
        text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if target.startswith(("http://", "https://", "mailto:")):
                continue
            file, _, anchor = unquote(target).partition("#")
            goal = (path.parent / file).resolve() if file else path
            if not goal.exists() or (anchor and anchor not in anchors(goal)):
                broken.append(f"{path.name}: {target}")
    assert broken == []


def anchors(path: Path) -> set[str]:
    """The names of a document's headings, as sites that show Markdown make them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings
    }


def test_readme_says_everything_in_both_languages() -> None:
    chinese, english = README.split("\n## English\n")
    english = english.split("\n## 实测质量")[0]
    for part in (chinese, english):
        assert "make run" in part
        assert "make test" in part
        assert "aiplus match --need -" in part
        assert part.count("\n|") >= 9
    assert len(HAN.findall(chinese)) > 500
    assert not HAN.search(english)


def test_readme_commands_are_understood_by_the_program() -> None:
    """Each example of the command line names a command and options that exist."""
    lines = re.findall(r"\.venv/bin/aiplus ([^\n`]+)", README)
    assert lines
    for line in lines:
        command: click.Command = aiplus
        arguments = shlex.split(line)
        while isinstance(command, click.Group):
            command = command.commands[arguments.pop(0)]
        known = {opt for parameter in command.params for opt in parameter.opts}
        assert {one for one in arguments if one.startswith("--")} <= known
