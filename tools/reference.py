"""What the generated parts of README and docs print: the commands, the errors, the quality table.

Called from the cog blocks of those files: ``make docs`` writes them, ``make docs-check`` compares.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

import matcher
from matcher import errors
from matcher.cli import aiplus
from matcher.learning.priors import LEARNED
from matcher.ranking.features import FEATURES
from matcher.ranking.registry import serving_model_id
from matcher.reports.build import REPORT_FILE
from matcher.reports.evaluation_tables import evaluation_markdown, summary_markdown

PROJECT = Path(__file__).resolve().parents[1]
RESULTS = PROJECT / "benchmarks" / "results"
WIDTH = 100


def command_names() -> list[str]:
    """Every command of ``aiplus``, in the order in which the help lists them."""
    return sorted(aiplus.commands)


def commands_markdown() -> str:
    """The help of every command, as it prints it."""
    parts = [f"## aiplus\n\n```text\n{help_of(aiplus, 'aiplus')}\n```\n"]
    for name in command_names():
        command = aiplus.commands[name]
        shown = [help_of(command, f"aiplus {name}")]
        if isinstance(command, click.Group):
            for inner in sorted(command.commands):
                shown.append(help_of(command.commands[inner], f"aiplus {name} {inner}"))
        text = "\n\n".join(shown)
        parts.append(f"## aiplus {name}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


def help_of(command: click.Command, name: str) -> str:
    """One command's help at a fixed width, whatever terminal asks."""
    context = click.Context(command, info_name=name, terminal_width=WIDTH, max_content_width=WIDTH)
    return command.get_help(context).rstrip()


def error_classes() -> Iterator[type[errors.MatcherError]]:
    """Every error of the domain, root first, loaded from wherever it is defined."""
    for module in pkgutil.walk_packages(matcher.__path__, "matcher."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    waiting = [errors.MatcherError]
    while waiting:
        found = waiting.pop(0)
        yield found
        waiting.extend(sorted(found.__subclasses__(), key=lambda one: one.__name__))


def errors_markdown() -> str:
    """Code, class and meaning of every error."""
    lines = ["| 代码 code | 类 class | 含义 meaning |", "|---|---|---|"]
    for found in error_classes():
        meaning = inspect.getdoc(found) or ""
        lines.append(f"| `{found.code}` | `{found.__name__}` | {meaning.splitlines()[0]} |")
    return "\n".join(lines) + "\n"


def features_markdown() -> str:
    """Every feature of a match: what it measures, which way it may count, whether it is learned."""
    learned = {regime: set(names) for regime, names in LEARNED.items()}
    lines = [
        "| 特征 feature | 含义 meaning | 方向 direction | 学习于 learned for |",
        "|---|---|---|---|",
    ]
    for feature in FEATURES:
        where = [regime for regime, names in learned.items() if feature.name in names]
        lines.append(
            f"| `{feature.name}` {feature.label_zh} · {feature.label_en} | {feature.summary} | "
            f"{'+' if feature.direction > 0 else '−'} | {', '.join(where) or 'declared prior'} |"
        )
    return "\n".join(lines) + "\n"


def quality_report() -> dict[str, Any]:
    """The report of the serving model, as ``make bench-quality`` wrote it."""
    models = PROJECT / "models"
    content: dict[str, Any] = json.loads(
        (models / serving_model_id(models) / REPORT_FILE).read_text("utf-8")
    )
    return content


def quality_markdown() -> str:
    """The short table of measured quality: the model beside the best baseline of each task."""
    return summary_markdown(quality_report())


def evaluation_tables() -> str:
    """Every table of ``docs/evaluation.md``."""
    return evaluation_markdown(quality_report())


def requirement_lines_markdown() -> str:
    """How requirement lines are judged, beside two plainer rules, a language each."""
    rows = json.loads((RESULTS / "requirement-lines.json").read_text("utf-8"))["rows"]
    lines = [
        "| language | rule | n | own figure found | n | figure of something else taken |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for language, rules in rows.items():
        for rule, row in rules.items():
            name = f"**{rule}**" if rule == "ours" else rule
            lines.append(
                f"| {language} | {name} | {row['n']} | {_share(row['found'])} "
                f"| {row['n_others']} | {_share(row['wrong'])} |"
            )
    return "\n".join(lines) + "\n"


def _share(interval: list[float]) -> str:
    mean, low, high = interval
    return f"{mean:.3f} [{low:.3f}, {high:.3f}]"
