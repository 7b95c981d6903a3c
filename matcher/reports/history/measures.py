"""What every figure of the report is called and means, in plain words.

The words stand in ``data/vocabulary/report_measures.csv``; the pages, the terminal and
``docs/report.md`` print them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from matcher.vocabulary.files import data_folder, read_vocabulary

COLUMNS = ("key", "zh", "en", "unit", "better", "plain_zh", "plain_en")
LEAD, APPROVAL = "gain_", "approval."
# Figures of a manifest that says what training brought before a model was let serve.
APPROVED = {
    "gain": ("nDCG@10 增益", "gain in nDCG@10", "训练后减去未训练。", "Trained minus untrained."),
    "ndcg_learned": ("训练后 nDCG@10", "trained nDCG@10", "学到的权重。", "The learned weights."),
    "ndcg_prior": (
        "未训练 nDCG@10", "untrained nDCG@10", "未经学习的权重。", "The weights before learning."
    ),
}  # fmt: skip
REGIMES = {
    "catalogue": ("目录匹配", "matches of the catalogue"),
    "long": ("长文本", "long texts"),
    "short": ("短文本", "short texts"),
}


class Measure(NamedTuple):
    """One kind of figure.

    Attributes
    ----------
    unit : share, ratio, count, days, points, score or p
    better : ``higher``, ``lower``, ``even`` (near 1 or 0 is best), or empty where neither is
    plain_zh, plain_en : what it says, in a sentence
    """

    zh: str
    en: str
    unit: str
    better: str
    plain_zh: str
    plain_en: str


@cache
def _measures(folder: Path) -> Mapping[str, Measure]:
    rows = read_vocabulary(folder, "report_measures.csv", COLUMNS)
    return MappingProxyType({row["key"]: Measure(*[row[c] for c in COLUMNS[1:]]) for row in rows})


def measures() -> Mapping[str, Measure]:
    """Return every kind of figure by its key, in the order of the file."""
    return _measures(data_folder())


def measure_of(key: str) -> Measure:
    """Return what a figure is called; one that follows from another has a name made of it.

    Examples
    --------
    >>> measure_of("gain_mrr").en
    'Lead in Mean reciprocal rank (MRR)'
    >>> measure_of("approval.catalogue.gain").zh
    '批准时（目录匹配） nDCG@10 增益'
    """
    known = measures()
    if key in known:
        return known[key]
    base = known.get(key.removeprefix(LEAD))
    if base is not None:
        lead = known["gain_ndcg@5"]
        return lead._replace(zh=f"{base.zh} 领先", en=f"Lead in {base.en}", unit=base.unit)
    return _at_approval(key.removeprefix(APPROVAL))


def _at_approval(name: str) -> Measure:
    regime, _, kind = name.partition(".")
    zh, en, plain_zh, plain_en = APPROVED.get(
        kind, (kind or name, kind or name, "批准时的数字。", "The figure at its approval.")
    )
    of_zh, of_en = REGIMES.get(regime, ("", ""))
    return Measure(
        f"批准时{of_zh and f'（{of_zh}）'} {zh}",
        f"At approval{of_en and f' ({of_en})'}: {en}",
        "score", "", plain_zh, plain_en,
    )  # fmt: skip


def measures_markdown() -> str:
    """Return the table of docs/report.md."""
    lines = ["| 图 figure | 含义 what it says | 更好 better |", "|---|---|---|"]
    words = {"higher": "高 higher", "lower": "低 lower", "even": "持平 even", "": "–"}
    for key, one in measures().items():
        lines.append(
            f"| `{key}` {one.zh} · {one.en} | {one.plain_zh} {one.plain_en} | {words[one.better]} |"
        )
    return "\n".join(lines) + "\n"
