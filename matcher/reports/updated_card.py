"""The card of a model that labels moved: what it learned from, what changed, how sure that is.

Written beside the model with its digest in the manifest when it is made, and once more when it was
held against the serving model. The shipped model's card is ``matcher.reports.model_card``, whose
parts this one shares.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from matcher.learning.updated_model import REGIME
from matcher.learning.weight_changes import OTHER_REASON
from matcher.ranking.features import FEATURE_BY_NAME
from matcher.ranking.registry import CARD_DIGEST, amend_manifest, load_model
from matcher.reports.model_card import (
    CARD_FILE,
    FEATURES_HEAD,
    NOT_MEANT_HEAD,
    PRIOR_NOTES,
    PURPOSE,
    card_digest,
    feature_rows,
)
from matcher.vocabulary import label

Json = Mapping[str, Any]

SYNTHETIC = """\
**合成 · SYNTHETIC**

标签来自合成的历史：下面的数字说明不了任何真实企业，模型只能在演示中服务。

Its labels are invented: nothing below says anything about real enterprises, and it can serve in a
demonstration only.
"""
NOT_MEANT = """\
- 最新列表上的检验只看展示过、有答复的配对：没有展示的没有答案；
  位置靠后的少有人看，按倾向加权后仍不完全。
- 权重变化的区间对企业重抽，先验不动：它说明换一批企业会学到什么，不说明先验对不对。
- 双方概率只由真正答复过的配对得出；没有答复的不算拒绝。
- 推荐的起点由展示过的配对选定：没有展示过的相近程度，它一无所知。
- 原模型的案例指标不是这个模型的；要看比较一节。
- The test on the newest lists sees only pairs that were shown and answered: what was not shown has
  no answer, and lower places are looked at less (weighed by propensity, and still not the whole).
- The interval of a weight draws enterprises anew and holds the prior: it says what others would
  have taught, not whether the prior was right.
- The probabilities of the two sides rest on answers that were given; silence is no refusal.
- From what closeness on somebody is proposed was chosen on what was shown: of what never was, it
  knows nothing.
- The parent's figures on real cases are not this model's; see the comparison.
"""
CHANGES_HEAD = """\
目录所用各表的权重，以自然对数计；95% 区间对企业重抽，“–”表示仍为零、没有标签说到、或企业不足十家。

Weights of the catalogue's tables, in natural-log units; 95 % over enterprises, "–" at zero, where
no label speaks of it, or with fewer than ten enterprises.

| 特征 · feature | 原来 · parent | 现在 · now | 变化 · change [95 %] |
|---|---|---|---|"""
LABELS_HEAD = """\
| 来源 · where from | 3 | 2 | 1 | 0 | 另有原因的拒绝 · refused for another reason |
|---|---|---|---|---|---|"""
SIDES_HEAD = """\
| 哪一方 · side | n | 同意 · accepted | Brier | 校准误差 · calibration error |
|---|---|---|---|---|"""
GATE_HEAD = """\
| 检查 · check | 对照 · against | 需求 · needs | 候选 · candidate | 对照值 · other | 增益 · gain [95 %] | n | 结论 · verdict |
|---|---|---|---|---|---|---|---|"""  # noqa: E501
SIDE_WORDS = {
    "need": "企业 · enterprise",
    "provider": "供给方 · provider",
    "joint": "双方 · both",
}
VERDICTS = {
    "better": "更好 · better",
    "equal": "不差 · no worse",
    "worse": "更差 · worse",
    "not_enough": "数据不足 · not enough data",
}
KEPT = {
    "too_few": ("答复还太少", "too few answers yet"),
    "no_rise": ("结果并未随相近程度明显上升", "outcomes do not clearly rise with closeness"),
    "not_reached": ("展示过的都没有远到那个程度", "nothing that was shown is so far away"),
    "not_clear": ("结果没有明确支持另一个值", "outcomes do not clearly speak for another"),
}


def write_card(folder: Path, comparison: Json | None = None) -> str:
    """Write the card of an updated model and its digest into the manifest; return its text.

    Parameters
    ----------
    comparison : mapping, optional
        The document of its last comparison with the serving model.
    """
    text = updated_card(load_model(folder).manifest, comparison)
    (folder / CARD_FILE).write_text(text, "utf-8")
    amend_manifest(folder, **{CARD_DIGEST: card_digest(text)})
    return text


def updated_card(manifest: Json, comparison: Json | None = None) -> str:
    """Return the card of an updated model as Markdown."""
    lines = [f"# 模型卡 · Model card: `{manifest['model_id']}`", ""]
    if manifest["synthetic"]:
        lines.append(SYNTHETIC)
    lines += [PURPOSE, *_origin(manifest), *_changes(manifest), *_gate(comparison), ""]
    lines += [NOT_MEANT_HEAD, "", f"{NOT_MEANT}{PRIOR_NOTES}", "", FEATURES_HEAD]
    lines += feature_rows(manifest["regimes"][REGIME])
    return "\n".join(lines) + "\n"


def _origin(manifest: Json) -> Iterator[str]:
    start, end = (str(manifest.get(k, ""))[:10] for k in ("labels_from", "labels_until"))
    sources = ", ".join(manifest["label_sources"]) or "–"
    yield "## 来历与数据 · Where it comes from"
    yield ""
    yield (
        f"- 由 `{manifest['parent']}` 更新（最大后验，先验居中于原权重），"
        f"{manifest['created_on']}；数据 {start} 至 {end}，"
        f"{manifest['n_lists']} 个有标签的列表；来源：{sources}。"
    )
    yield (
        f"- Updated from `{manifest['parent']}` (maximum a posteriori, the prior centred at its "
        f"weights) on {manifest['created_on']}; data from {start} to {end}, "
        f"{manifest['n_lists']} labelled lists; from: {sources}."
    )
    yield f"- sha256 `{manifest['sha256']}`"
    yield ""
    yield "### 标签 · Labels by grade and origin"
    yield ""
    yield LABELS_HEAD
    for origin, counts in manifest["labels"].items():
        cells = (str(counts.get(key, 0)) for key in ("3", "2", "1", "0", OTHER_REASON))
        yield f"| {_origin_words(origin)} | {' | '.join(cells)} |"
    yield ""


def _origin_words(origin: str) -> str:
    if origin == "judgement":
        return "评审 · judged"
    known = [label("match_origin", origin, language) for language in ("zh", "en")]
    return " · ".join(known) if origin else "–"


def _changes(manifest: Json) -> Iterator[str]:
    yield "## 与原模型相比的变化 · What changed against its parent"
    yield ""
    yield from _test_lines(manifest["test"])
    yield from _adequacy_lines(manifest["adequacy"])
    yield ""
    yield "### 双方的概率 · Probabilities of the two sides"
    yield ""
    yield SIDES_HEAD
    for side in manifest["sides"]:
        brier, error = (_number(side[key]) for key in ("brier", "calibration_error"))
        yield (
            f"| {SIDE_WORDS[side['side']]} | {side['n']} | {side['n_accepted']} | {brier} | "
            f"{error} |"
        )
    yield ""
    yield "### 权重 · Weights"
    yield ""
    yield CHANGES_HEAD
    told = [one for one in manifest["changes"] if one["change"] or one["low"] is not None]
    for one in told:
        feature = FEATURE_BY_NAME[one["feature"]]
        yield (
            f"| {feature.label_zh} · {feature.label_en} | {one['parent']:.3f} | "
            f"{one['updated']:.3f} | {_gain(one['change'], one['low'], one['high'])} |"
        )
    yield ""
    n_silent = len(manifest["changes"]) - len(told)
    if n_silent:
        yield f"- 其余 {n_silent} 项未动：没有标签说到它们，或者仍为零。"
        yield f"- The other {n_silent} did not move: no label speaks of them, or they stay at zero."
        yield ""


def _test_lines(test: Json) -> Iterator[str]:
    if test["gain"] is None:
        yield f"- 最新列表上的检验：数据不足（n = {test['n']}）。"
        yield f"- Test on the newest lists: not enough data (n = {test['n']})."
        return
    ours, theirs = f"{test['ndcg_updated']:.3f}", f"{test['ndcg_parent']:.3f}"
    gain = _gain(test["gain"], test["low"], test["high"])
    yield (
        f"- 最新列表、未用于学习的企业：nDCG@10 {ours}，原模型 {theirs}，差 {gain}，"
        f"n = {test['n']}。"
    )
    yield (
        f"- On the newest lists, of enterprises that were not learned from: nDCG@10 {ours}, parent "
        f"{theirs}, gain {gain}, n = {test['n']}."
    )


def _adequacy_lines(found: Json) -> Iterator[str]:
    n = f"n = {found['n_pairs']}"
    if found["verdict"] in KEPT:
        why_zh, why_en = KEPT[found["verdict"]]
        between = ""
        if found["low"] is not None:
            between = f" {found['estimate']:.3f} [{found['low']:.3f}, {found['high']:.3f}]"
        now = f"{found['threshold']:.3f}"
        yield f"- 推荐的起点：相近程度 {now}，沿用原模型：{why_zh}{between}，{n}。"
        yield (
            f"- Proposed from a closeness of {found['threshold']:.3f}, the parent's: "
            f"{why_en}{between}, {n}."
        )
        return
    now = f"{found['threshold']:.3f} [{found['low']:.3f}, {found['high']:.3f}]"
    share = f"{found['refused_share']:.1%}"
    yield (
        f"- 推荐的起点：相近程度 {now}，原为 {found['parent']:.3f}："
        f"这样的配对二十个中有一个达成一致；找到了对象的列表中 {share} 会被拒绝，{n}。"
    )
    yield (
        f"- Proposed from a closeness of {now}, before {found['parent']:.3f}: there one pair in "
        f"twenty ends in agreement; {share} of the lists that found somebody would be refused, {n}."
    )


def _gate(comparison: Json | None) -> Iterator[str]:
    yield "## 上线前的比较 · Held against the serving model"
    yield ""
    if comparison is None:
        yield "- 尚未比较，不能上线。"
        yield "- Not compared yet: it cannot be promoted."
        return
    words = (
        "没有一项更差，可由一位管理员上线。",
        "nothing is worse: one administrator may promote it.",
    )
    if not comparison["passed"]:
        words = ("有更差的项，不建议上线。", "something is worse: advised against.")
    yield f"- 与 `{comparison['serving']}` 比较，{comparison['made_on']}：{words[0]}"
    yield f"- Held against `{comparison['serving']}` on {comparison['made_on']}: {words[1]}"
    yield ""
    yield GATE_HEAD
    yield from _gate_rows(comparison["rows"])


def _gate_rows(rows: Sequence[Json]) -> Iterator[str]:
    for row in rows:
        yield (
            f"| `{row['check']}` | `{row['against']}` | `{row['queries']}` | "
            f"{_number(row['candidate'])} | {_number(row['other'])} | "
            f"{_gain(row['difference'], row['low'], row['high'])} | {row['n']} | "
            f"{VERDICTS[row['verdict']]} |"
        )


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _gain(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return "–"
    between = "[–]" if low is None or high is None else f"[{low:+.3f}, {high:+.3f}]"
    return f"{value:+.3f} {between}"
