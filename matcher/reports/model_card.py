"""The model card: what the model is for, what it rests on, what its figures do not mean."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from matcher.ranking.bases.priors import PRIOR_NOTE_EN, PRIOR_NOTE_ZH
from matcher.ranking.features import FEATURES
from matcher.ranking.registry import CARD_DIGEST, load_model
from matcher.reports.evaluation_tables import figure

CARD_FILE = "MODEL_CARD.md"
YES, NO = "是 · yes", "否 · no"
REGIMES_ZH = {"catalogue": "目录", "long": "长文本", "short": "短文本"}
PRIOR_NOTES = f"- {PRIOR_NOTE_ZH}\n- {PRIOR_NOTE_EN}"

PURPOSE = """\
## 用途 · Intended use

为一个需求给供给方的能力排序，并给出校准后的概率与理由，供人决定先联系谁。
不用于评价企业，不用于自动签约或拒绝。

Ranks providers' capabilities for one need, with a calibrated probability and reasons, so that
people decide whom to talk to first. Not for rating companies, not for deciding anything without a
person.
"""
NOT_MEANT_HEAD = "## 数字不代表什么 · What its figures do not mean"
_NOT_MEANT = """\
- 概率是“与已记录的真实结果一致的机会”：标签只知道谁最终做了，不知道还有谁也能做，
  所以它偏低，只宜比较。
- 案例来自公开报道，偏向有名的企业；留一案例评测时，被找的供给方恰好失去一条证据。
- 没有测得采纳率：平台还没有真实的撮合结果。
- The probability is the chance of agreeing with a recorded real outcome. Labels say who did it, not
  who else could have, so it is low by nature: compare with it, do not read it as the chance of
  success.
- Cases come from published reports and lean to the famous; leaving one out takes evidence from the
  very provider that is looked for.
- No acceptance has been measured: the platform has no outcomes of its own yet.
"""
_TRAINING_HEAD = """\
## 训练 · Training

| 表 · tables | 需求 · needs | 用学到的权重 · learned weights serve | nDCG@10 学后 · learned | 未学 · untrained | 差 · gain [95 %] |
|---|---|---|---|---|---|"""  # noqa: E501
FEATURES_HEAD = """\
## 特征与权重 · Features and weights

目录所用各表的权重，以自然对数计、每单位特征。先验是声明的，不是学来的；反馈可以改变它。

Weights of the catalogue's tables, in natural-log units a feature unit. A prior is declared, not
learned; feedback may move it.

| 特征 · feature | 含义 · meaning | 方向 · direction | 权重 · weight | 学得 · learned |
|---|---|---|---|---|"""


class Card(NamedTuple):
    """A card as it lies in the folder, and whether it is the one that the manifest names."""

    text: str
    is_whole: bool


def read_card(folder: Path) -> Card | None:
    """Return the card of a model's folder, or None where it has none.

    A card whose digest is not in the manifest (the shipped model's) is taken as it is.
    """
    path = folder / CARD_FILE
    try:
        text = path.read_text("utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    named = load_model(folder).manifest.get(CARD_DIGEST)
    return Card(text, named is None or named == card_digest(text))


def card_digest(text: str) -> str:
    """Return what a manifest names a card by."""
    return hashlib.sha256(text.encode()).hexdigest()


def model_card(report: Mapping[str, Any]) -> str:
    """Return the card of a reported model as Markdown."""
    cases = report["cases"]
    ours = next(s for s in cases["systems"] if s["name"] == "model")
    mrr = figure(ours["measures"]["mrr"])
    lines = [
        f"# 模型卡 · Model card: `{report['model_id']}`",
        "",
        PURPOSE,
        NOT_MEANT_HEAD,
        "",
        f"{_NOT_MEANT}{PRIOR_NOTES}",
        "",
        _TRAINING_HEAD,
        *_training_rows(report["manifest"]["regimes"]),
        "",
        f"真实案例逐个留出：MRR {mrr}，n = {cases['n_queries']}；各表见 `docs/evaluation.md`。",
        "",
        f"Real cases left out: MRR {mrr}, n = {cases['n_queries']}.",
        "All tables with baselines: `docs/evaluation.md`.",
        "",
        FEATURES_HEAD,
        *feature_rows(report["manifest"]["regimes"]["catalogue"]),
    ]
    return "\n".join(lines) + "\n"


def _training_rows(regimes: Mapping[str, Any]) -> Iterator[str]:
    for regime, found in regimes.items():
        gate = found["gate"]
        if not gate.get("n_queries"):
            yield f"| {REGIMES_ZH[regime]} · {regime} | 0 | {NO} | – | – | – |"
            continue
        yield (
            f"| {REGIMES_ZH[regime]} · {regime} | {gate['n_queries']} | "
            f"{YES if gate['is_learned'] else NO} | "
            f"{gate['ndcg_learned']:.3f} | {gate['ndcg_prior']:.3f} | "
            f"{gate['gain']:+.3f} [{gate['low']:+.3f}, {gate['high']:+.3f}] |"
        )


def feature_rows(regime: Mapping[str, Any]) -> Iterator[str]:
    """Yield the rows of the table of features with the weights of a regime."""
    learned = set(regime.get("learned_features", ()))
    for feature in FEATURES:
        yield (
            f"| `{feature.name}` {feature.label_zh} · {feature.label_en} | "
            f"{feature.summary_zh} · {feature.summary} | "
            f"{'+' if feature.direction > 0 else '−'} | {regime['weights'][feature.name]:.3f} | "
            f"{YES if feature.name in learned else '先验 · prior'} |"
        )
