"""The first thing that is read: can the matching be trusted, where is it weak, what to do?

The answers follow from rules that stand here as data. Each rule looks at one figure and says when
it is a weakness and what helps; a figure without enough data makes no statement, and is named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from matcher.reports.history.figures import ACT, Block, Figure

YES, WITH_CARE, NO, UNKNOWN = "yes", "with_care", "no", "not_enough_data"
MAX_WEAK = 5

Test = Callable[[Figure], bool]


@dataclass(frozen=True)
class Rule:
    """One figure, when it is weak, how much that weighs, and what helps.

    Attributes
    ----------
    is_essential : whether trust cannot be stated without this figure
    is_grave : whether the weakness alone means that the matching is not to be trusted
    every_group : look at each part of ``dimension`` instead of the whole
    rather : a figure that says the same better; looked at instead where it has a number
    """

    code: str
    block: str
    key: str
    is_weak: Test
    target: float
    weak_zh: str
    weak_en: str
    do_zh: str
    do_en: str
    system: str = ""
    dimension: str = ""
    group: str = ""
    is_essential: bool = False
    is_grave: bool = False
    every_group: bool = False
    rather: str = ""


def surely_below(target: float) -> Test:
    """Weak where the whole interval is below a target."""
    return lambda figure: figure.high is not None and figure.high < target


def surely_above(target: float) -> Test:
    """Weak where the whole interval is above a target."""
    return lambda figure: figure.low is not None and figure.low > target


def _above(target: float) -> Test:
    return lambda figure: figure.value is not None and figure.value > target


def _alerted(figure: Figure) -> bool:
    return figure.alert == ACT


RULES: tuple[Rule, ...] = (
    Rule(
        "ranking_no_better", "ranking", "gain_ndcg@5", lambda f: f.low is not None and f.low <= 0,
        0.0, "排序不明显优于固定权重规则", "The order is not clearly better than the fixed rule",
        "查看薄弱分组，补充评审，再训练并比较",
        "Look at weak slices, grade pairs, train and compare",
        system="six_factor_rule", is_essential=True, is_grave=True,
    ),
    Rule(
        "probabilities_off", "calibration", "ece", surely_above(0.05), 0.05,
        "显示的双方同意概率与实际不符",
        "The shown probabilities that both sides agree do not come true",
        "重新校准；先看可靠性图中哪一段偏离",
        "Calibrate anew; see in the chart which range is off",
        system="joint", is_essential=True, rather="ece_corrected",
    ),
    Rule(
        "few_accepted", "acceptance", "mutual@5", surely_below(0.1), 0.1,
        "前五名中双方同意的不到一成", "Fewer than one in ten of the first five end in agreement",
        "看婉拒原因的帕累托图，先处理最多的一项",
        "See why both sides decline and begin with the first",
        is_essential=True,
    ),
    Rule(
        "slow_reply", "funnel", "days_to_reply", _above(5.0), 5.0,
        "首次答复的中位时间超过 5 天", "The median first reply takes more than 5 days",
        "联系不答复的供给方，检查提醒是否送达",
        "Call providers that do not answer; check the reminders",
        dimension="quantile", group="median",
    ),
    Rule(
        "too_few_candidates", "coverage", "needs_with_candidates", surely_below(0.8), 0.8,
        "不少需求没有三个合适的候选", "Many needs have fewer than three adequate candidates",
        "按供给缺口定向招募供给方或发布揭榜任务",
        "Recruit providers for the gaps or publish open calls",
    ),
    Rule(
        "one_takes_much", "coverage", "most_shown_provider", surely_above(0.1), 0.1,
        "一家供给方占去前五名的一成以上",
        "One provider takes over a tenth of the first five places",
        "检查该供给方的得分依据，考虑曝光均衡",
        "Check what its score rests on; consider balanced exposure",
    ),
    Rule(
        "unfair_exposure", "fairness", "exposure_ratio", _alerted, 0.8,
        "有群体的曝光确实低于其应有份额", "A group is surely shown less than its eligible share",
        "查看该群体的记录完整度和特征，再决定是否调整",
        "See that group's records and features, then decide",
        every_group=True,
    ),
    Rule(
        "supply_gap", "supply_gap", "unmet_share", surely_above(0.5), 0.5,
        "超过一半到期的需求没有达成一致", "Over half of the needs that had time found nobody",
        "从最大的缺口起草揭榜任务", "Draft an open call for the largest gap",
    ),
    Rule(
        "drift", "drift", "psi", _alerted, 0.25,
        "输入数据的分布已改变", "What comes in is no longer what it was",
        "确认变化来源，用近期数据再训练", "Find what has changed and train on recent data",
        every_group=True,
    ),
    Rule(
        "blocking_pairs", "stability", "blocking_pairs", _above(0.0), 0.0,
        "撮合轮次的结果不稳定", "The result of a round is not stable",
        "复核该轮次的偏好和人工锁定", "Review the preferences and the locked places of that round",
        is_grave=True,
    ),
    Rule(
        "appeals_overdue", "human_factor", "appeals_overdue", _above(0.0), 0.0,
        "有申诉超过期限未答复", "Appeals are overdue",
        "今天处理到期的申诉", "Decide the overdue appeals today",
    ),
    Rule(
        "brokers_better", "human_factor", "broker_gain", lambda f: f.low is not None and f.low > 0,
        0.0, "经理人的调整明显优于模型", "Brokers' changes do clearly better than the model",
        "把经理人的理由变为特征或评审标签", "Turn the brokers' reasons into features or grades",
    ),
)  # fmt: skip


def headline_of(blocks: Mapping[str, Block]) -> dict[str, Any]:
    """Return the three answers, each with the figures that it rests on."""
    weak, unknown, checked = [], [], []
    for rule in RULES:
        figures = _looked_at(rule, blocks[rule.block])
        known = [figure for figure in figures if figure.is_enough]
        if not known:
            unknown.append(rule)
        checked += [(rule, figure) for figure in known]
        weak += [(rule, figure) for figure in known if rule.is_weak(figure)]
    weak.sort(key=lambda found: (not found[0].is_grave, not found[0].is_essential))
    return {
        "trust": _trust([rule for rule, _ in weak], unknown),
        "rests_on": [_statement(r, f, "") for r, f in checked if r.is_essential],
        "weak": [_statement(rule, figure, "weak") for rule, figure in weak[:MAX_WEAK]],
        "do": [_advice(rule) for rule in dict.fromkeys(rule for rule, _ in weak)][:MAX_WEAK],
        "not_known": [rule.code for rule in unknown],
        "n_weak": len(weak),
    }


def _looked_at(rule: Rule, block: Block) -> list[Figure]:
    if rule.every_group:
        return [figure for figure in block.figures if figure.key == rule.key and figure.group]
    for key in filter(None, (rule.rather, rule.key)):
        found = block.find(key, rule.group, system=rule.system, dimension=rule.dimension)
        if found is not None and (found.is_enough or key == rule.key):
            return [found]
    return []


def _trust(weak: list[Rule], unknown: list[Rule]) -> str:
    if any(rule.is_grave for rule in weak):
        return NO
    if any(rule.is_essential for rule in unknown):
        return UNKNOWN
    return WITH_CARE if weak else YES


def _statement(rule: Rule, figure: Figure, word: str) -> dict[str, Any]:
    found = {"rule": rule.code, "block": rule.block, "target": rule.target}
    if word:
        found |= {"zh": rule.weak_zh, "en": rule.weak_en}
    return found | {"figure": figure.as_json()}


def _advice(rule: Rule) -> dict[str, str]:
    return {"rule": rule.code, "block": rule.block, "zh": rule.do_zh, "en": rule.do_en}
