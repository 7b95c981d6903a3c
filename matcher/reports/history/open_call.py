"""A draft of an open call (揭榜挂帅) for needs that found nobody, in both languages.

Made from a cluster of the block ``supply_gap`` and nothing else; whoever publishes it edits it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from matcher.errors import InvalidRecord
from matcher.vocabulary import find_code, industry_label, is_industry, label

CLUSTER_FACTS = ("industry", "task", "constraint", "n_enterprises", "waiting_budget_cny")
MARK_ZH, MARK_EN = "【合成演示】", "[Synthetic] "


class Target(NamedTuple):
    """What a need wants to reach, in figures; the English text may be missing."""

    text: str
    text_en: str = ""


@dataclass(frozen=True, slots=True)
class OpenCall:
    """The texts of a draft; ``synthetic`` where its needs were invented."""

    title: str
    title_en: str
    text: str
    text_en: str
    need_ids: tuple[str, ...]
    synthetic: bool


def draft_open_call(
    figure: Mapping[str, Any], *, synthetic: bool, targets: Sequence[Target] = ()
) -> OpenCall:
    """Return the draft for one cluster.

    Parameters
    ----------
    figure : mapping
        A figure ``cluster`` of the block ``supply_gap``, as the report has it.
    targets : sequence of Target
        Stated in the needs, masked; without any the call asks for the measures of the needs.

    Raises
    ------
    InvalidRecord
        It is not a cluster.
    """
    facts = figure.get("facts", {})
    missing = [name for name in CLUSTER_FACTS if name not in facts]
    if figure.get("key") != "cluster" or missing:
        told = f"lacks {missing}, expected a figure `cluster` of the block supply_gap"
        raise InvalidRecord("cluster", {"facts": [told]})
    zh, en = (_words(facts, language) for language in ("zh", "en"))
    n, firms = int(figure["n"]), int(facts["n_enterprises"])
    budget = int(facts["waiting_budget_cny"])
    mark_zh, mark_en = (MARK_ZH, MARK_EN) if synthetic else ("", "")
    return OpenCall(
        title=f"{mark_zh}揭榜任务：{zh['industry']} · {zh['task']}",
        title_en=f"{mark_en}Open call: {en['task']} for {en['industry']}",
        text=_chinese(mark_zh, zh, (n, firms, budget), targets),
        text_en=_english(mark_en, en, (n, firms, budget), targets),
        need_ids=tuple(figure.get("needs", ())),
        synthetic=synthetic,
    )


def _words(facts: Mapping[str, Any], language: str) -> dict[str, str]:
    industry, task = str(facts["industry"]), str(facts["task"])
    any_field = {"zh": "多个行业", "en": "several industries"}[language]
    any_task = {"zh": "人工智能应用", "en": "an AI application"}[language]
    return {
        "industry": industry_label(industry, language) if is_industry(industry) else any_field,
        "task": label("ai_task", task, language) if find_code("ai_task", task) else any_task,
        "constraint": _constraint(str(facts["constraint"]), language),
    }


def _constraint(code: str, language: str) -> str:
    known = find_code("blocking_constraint", code) == code
    return label("blocking_constraint", code, language) if known else code


def _chinese(
    mark: str,
    words: Mapping[str, str],
    numbers: tuple[int, int, int],
    targets: Sequence[Target],
) -> str:
    n, firms, budget = numbers
    money = f"已填写的预算合计 {budget / 10_000:,.0f} 万元" if budget else "预算尚未填写"
    measures = "".join(f"\n   · {one.text}" for one in targets)
    return (
        f"{mark}一、背景：平台上 {firms} 家企业的 {n} 项需求（{words['industry']}，"
        f"{words['task']}）尚未找到合适的供给方，{money}。\n"
        f"二、主要障碍：{words['constraint']}。\n"
        "三、揭榜目标：①满足上述障碍对应的硬性条件，并提供证明材料；②在不少于一家企业的真实场景中，"
        f"达到需求中写明的指标{'：' + measures if measures else ''}\n"
        "③说明交付周期、报价区间和数据使用方式。\n"
        "四、评审：先核对硬性条件，再按需求条目逐条评分；验证可在中试基地进行。\n"
        "五、时间与联系：由发布单位填写。"
    )


def _english(
    mark: str,
    words: Mapping[str, str],
    numbers: tuple[int, int, int],
    targets: Sequence[Target],
) -> str:
    n, firms, budget = numbers
    money = f"stated budgets of CNY {budget:,} in all" if budget else "no budget stated yet"
    measures = "".join(f"\n   · {one.text_en or one.text}" for one in targets)
    return (
        f"{mark}1. Background: {_counted(n, 'need')} of {_counted(firms, 'enterprise')} "
        f"({words['industry']}; {words['task']}) without a suitable provider yet, with {money}.\n"
        f"2. What stands in the way: {words['constraint']}.\n"
        "3. Targets: (a) meet the hard condition named above, with proof; (b) reach the measures "
        "stated in the needs in the real setting of at least one enterprise"
        f"{':' + measures if measures else ''}\n"
        "(c) state delivery time, price range and how data are used.\n"
        "4. Assessment: hard conditions first, then the requirements line by line; a pilot base "
        "can host the test.\n"
        "5. Dates and contact: to be filled in by whoever publishes this call."
    )


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"
