"""What the documents of the pack are made of; gathered elsewhere, so that nothing here reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

ZH, EN = "zh", "en"
LANGUAGES = (ZH, EN)


class Log(NamedTuple):
    """How far back one log goes; ``kept_for_days`` is None where it is never deleted."""

    name: str
    n: int
    oldest: datetime | None
    newest: datetime | None
    kept_for_days: int | None


class Chain(NamedTuple):
    """The result of checking a chain of digests; ``broken_at`` is empty where it holds."""

    n_events: int
    head_digest: str
    broken_at: str


@dataclass(frozen=True)
class PackFacts:
    """Everything that the pack says, as of one moment.

    Attributes
    ----------
    is_demonstration : the installation holds invented accounts
    report : the last kept report of a month, or None; ``report["synthetic"]`` says what it is
    check : properties of the last nightly test, or empty
    changes : changes of the serving model, the newest first
    counts : how many records, grades, overrides, appeals and so on there are
    """

    made_at: datetime
    made_by: str
    is_demonstration: bool
    model_id: str
    manifest: Mapping[str, Any]
    card: str
    adequacy: tuple[float, float]  # threshold, share of real needs that it refuses
    exploration_share: float
    shadow_model: str
    changes: Sequence[Mapping[str, str]]
    report: Mapping[str, Any] | None
    check: Sequence[Mapping[str, Any]]
    checked_at: datetime | None
    logs: Sequence[Log]
    chain: Chain  # of the audit trail
    shown: Chain  # of the lists that were shown
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_synthetic(self) -> bool:
        """Whether anything in the pack was invented."""
        reported = bool(self.report and self.report["synthetic"])
        return self.is_demonstration or reported or bool(self.manifest.get("synthetic"))


class Words(NamedTuple):
    """A text in both languages."""

    zh: str
    en: str

    def of(self, language: str) -> str:
        """Return the text in one language."""
        return self.zh if language == ZH else self.en


MARK = Words(
    "> **含合成演示数据。** 本安装是演示环境，或所引报告、模型基于程序生成的历史；"
    "不得作为真实运行情况使用。\n",
    "> **Contains synthetic data.** This installation is a demonstration, or the report or model "
    "cited rests on invented history; it says nothing of real operation.\n",
)
RESTS_ON = Words("依据", "Rests on")
NOT_KNOWN = Words("没有数据", "no data")


def document(
    facts: PackFacts, title: Words, body: Sequence[str], basis: Words, language: str
) -> str:
    """Return a document with its head, the mark of invented data, and what it rests on."""
    at = facts.made_at.strftime("%Y-%m-%d %H:%M UTC")
    made = Words(f"生成于 {at}", f"Made {at}").of(language)
    head = [f"# {title.of(language)}", "", f"{made} · {facts.model_id}", ""]
    if facts.is_synthetic:
        head += [MARK.of(language)]
    foot = ["", "---", "", f"**{RESTS_ON.of(language)}**: {basis.of(language)}", ""]
    return "\n".join([*head, *body, *foot])


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a Markdown table as lines."""
    return [
        f"| {' | '.join(header)} |",
        f"|{'---|' * len(header)}",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


def day(at: datetime | None, language: str) -> str:
    """Return a day, or that there is none."""
    return NOT_KNOWN.of(language) if at is None else at.date().isoformat()
