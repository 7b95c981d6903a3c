"""What a property test reports, and its words in both languages; nothing here computes scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

MAX_EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class PropertyResult:
    """One property, checked on n trials.

    ``failures`` holds the ids of at most ten trials that failed; ``figures`` what was measured
    beside the share that passed. ``passed`` says whether the property holds as a whole.
    """

    name: str
    label_zh: str
    label_en: str
    n: int
    n_passed: int
    share: float
    passed: bool
    detail_zh: str
    detail_en: str
    failures: tuple[str, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)

    def as_record(self) -> dict[str, Any]:
        """Return plain data for a JSON file."""
        return {**asdict(self), "failures": list(self.failures), "figures": dict(self.figures)}


# Name → label and detail in both languages. Figures stand in braces.
WORDS: dict[str, tuple[str, str, str, str]] = {
    "blank_profile_last": (
        "空白资料排在最后",
        "A blank profile is last",
        "加入三个只有名称的供给方；每个需求下，它们都应排在所有合格供给方之后。",
        "Three providers with nothing but a name are added; they must stand below every other.",
    ),
    "relevant_case_never_lowers": (
        "增加相关案例不会降低得分",
        "A relevant case never lowers a score",
        "把真正满足该需求的案例加给另一家供给方；它的得分和名次都不应下降。",
        (
            "The case that answered the need is given to another provider, whose score and place "
            "must not fall."
        ),
    ),
    "relevant_capability_never_lowers": (
        "增加相关能力不会降低得分",
        "A relevant capability never lowers a score",
        "把真正满足该需求的能力也登记到另一家供给方名下；它的得分和名次都不应下降。",
        (
            "The capability that answered the need is registered by another provider too, whose "
            "score and place must not fall."
        ),
    ),
    "unrelated_capabilities_change_nothing": (
        "无关能力不影响第一名",
        "Unrelated capabilities leave the best one first",
        "加入{n_added}项与产业无关的合成能力（如婚礼摄影），分属新供给方和已有供给方；第一名不变。",
        (
            "{n_added} synthetic capabilities outside industry (such as wedding photography) are "
            "added, by new and by present providers; the first place must stay."
        ),
    ),
    "renaming_changes_nothing": (
        "改名不影响得分",
        "Renaming a company changes nothing",
        "把{n_providers}家供给方改名；任何能力的得分都不应变化（最大 {largest_change:.2g} 比特）。",
        (
            "{n_providers} providers get other names; no score may change. Largest change: "
            "{largest_change:.2g} bits."
        ),
    ),
    "province_counts_only_if_stated": (
        "只有需求提出地区要求时所在省份才起作用",
        "The province counts only if the need states one",
        "把{n_providers}家供给方迁到另一省；需求未提地区时得分不变，需求偏好该省时得分上升。",
        (
            "{n_providers} providers move to another province: no score changes, and theirs rise "
            "where the need prefers that province."
        ),
    ),
    "price_above_budget_lowers": (
        "报价超出预算会降低得分",
        "A price above the budget lowers the score",
        "第一名的报价由预算的 0.9 倍改为 1.5 倍；得分应下降。",
        "The first one's price goes from 0.9 to 1.5 times the budget; its score must fall.",
    ),
    "failed_constraint_is_never_shown": (
        "不满足硬性条件者从不推荐并说明原因",
        "Who fails a hard constraint is never shown, with the reason",
        (
            "让前五名各违反一项硬性条件（过期、被排除、数据出场、国产化、预算上限）；不再出现并有"
            "原因。"
        ),
        (
            "The first five each break a hard constraint (expired, excluded, data, domestic "
            "stack, budget limit); they must be gone, each with its reason."
        ),
    ),
    "off_topic_says_so": (
        "没有合适供给方时如实说明",
        "No adequate provider: it says so",
        "{n_asked}个与目录无关的合成需求（中英文）；应回答没有合适的供给方。",
        (
            "{n_asked} synthetic needs outside the catalogue, in both languages; the answer must "
            "be that nobody is adequate."
        ),
    ),
    "real_need_is_answered": (
        "真实需求得到回答",
        "A real need is answered",
        "真实案例的需求（案例中的需求原文已移除）不应被当作没有合适供给方。",
        "The needs of real cases, their wording taken out of the catalogue, must not be refused.",
    ),
    "contributions_sum_exactly": (
        "各项贡献之和等于得分",
        "Contributions sum to the score exactly",
        "每个匹配的贡献之和等于其得分，概率由得分算出，没有舍入。",
        "The contributions of each match sum to its score and give its probability, unrounded.",
    ),
    "top_reason_lowers": (
        "去掉首要理由会降低得分",
        "Without the top reason the score falls",
        "把每个匹配贡献最大的理由去掉后重新计分；得分应下降。",
        "Each match is scored again without the reason that adds most; its score must fall.",
    ),
    "language_twins_agree": (
        "中英文孪生需求结果一致",
        "Chinese and English twins of a need agree",
        (
            "{n_asked}个真实需求的中英文两种写法（原文已从目录移除）：供给方得分的平均等级相关 "
            "Spearman {spearman:.2f}（95% 区间 {spearman_low:.2f} 至 {spearman_high:.2f}）、"
            "Kendall {kendall:.2f}，前五名平均重合 {overlap_at_5:.2f}。通过：一种写法的第一名在另"
            "一种写法的前五名之内，两个方向都成立。"
        ),
        (
            "{n_asked} real needs in both languages, their wording taken out of the catalogue: "
            "mean rank correlation of provider scores Spearman {spearman:.2f} (95% interval "
            "{spearman_low:.2f} to {spearman_high:.2f}), Kendall {kendall:.2f}; mean overlap of "
            "the first five {overlap_at_5:.2f}. Passed: the first of each is among the first five "
            "of the other."
        ),
    ),
    "language_bias": (
        "语言偏向指数",
        "Language-bias index",
        (
            "同一批能力各有只写中文与只写英文的两份；前十名中与需求同语言者的比例减去一半，应在 "
            "±0.10 之内。总体 {bias:+.3f}，中文需求 {bias_zh:+.3f}，英文需求 {bias_en:+.3f}。通过"
            "：单个需求的前十名中同语言者不少于三个、不多于七个。"
        ),
        (
            "Each capability stands there once in Chinese only and once in English only; the "
            "share of the need's own language among the first ten, less one half, aims at ±0.10. "
            "Overall {bias:+.3f}, Chinese needs {bias_zh:+.3f}, English needs {bias_en:+.3f}. "
            "Passed: three to seven of a need's first ten are in its language."
        ),
    ),
}


def property_result(
    name: str,
    outcomes: Iterable[tuple[str, bool]],
    figures: Mapping[str, float] | None = None,
    *,
    passed: bool | None = None,
) -> PropertyResult:
    """Count trials and put them into words.

    Parameters
    ----------
    name : str
        A key of ``WORDS``.
    outcomes : iterable of (trial id, whether it passed)
    figures : mapping of str to float, optional
        What the words name.
    passed : bool, optional
        Whether the property holds; by default when every trial passed and there was one.
    """
    trials = list(outcomes)
    measured = dict(figures or {})
    label_zh, label_en, detail_zh, detail_en = WORDS[name]
    n_passed = sum(ok for _, ok in trials)
    return PropertyResult(
        name=name,
        label_zh=label_zh,
        label_en=label_en,
        n=len(trials),
        n_passed=n_passed,
        share=n_passed / len(trials) if trials else 0.0,
        passed=bool(trials) and n_passed == len(trials) if passed is None else passed,
        detail_zh=detail_zh.format(**measured),
        detail_en=detail_en.format(**measured),
        failures=tuple(trial for trial, ok in trials if not ok)[:MAX_EXAMPLES],
        figures=measured,
    )
