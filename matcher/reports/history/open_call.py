"""A draft of an open call (揭榜挂帅) for needs that found nobody, in both languages.

Made from a cluster of the block ``supply_gap`` and nothing else; whoever publishes it edits it.
How many enterprises wait, and with what budget, it says only where they are three or more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from matcher.errors import InvalidRecord
from matcher.records.open_call import PUBLISHED_FROM
from matcher.vocabulary import find_code, industry_label, is_industry, label

CLUSTER_FACTS = ("industry", "task", "constraint", "n_enterprises", "waiting_budget_cny")
MARK_ZH, MARK_EN = "【合成演示】", "[Synthetic] "


class Target(NamedTuple):
    """What a need wants to reach, in figures; the English text may be missing."""

    text: str
    text_en: str = ""


class Waiting(NamedTuple):
    """Who waits: needs, enterprises, the budgets together, and how many enterprises state one."""

    n_needs: int
    n_enterprises: int
    budget_cny: int
    n_stating: int


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
    require_cluster(figure)
    facts, waiting = figure["facts"], waiting_of(figure)
    zh, en = (_words(facts, language) for language in ("zh", "en"))
    mark_zh, mark_en = (MARK_ZH, MARK_EN) if synthetic else ("", "")
    return OpenCall(
        title=f"{mark_zh}揭榜任务：{zh['industry']} · {zh['task']}",
        title_en=f"{mark_en}Open call: {en['task']} for {en['industry']}",
        text=_chinese(mark_zh, zh, waiting, targets),
        text_en=_english(mark_en, en, waiting, targets),
        need_ids=tuple(figure.get("needs", ())),
        synthetic=synthetic,
    )


def require_cluster(figure: Mapping[str, Any]) -> None:
    """Refuse a figure from which no call can be drafted.

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


def waiting_of(figure: Mapping[str, Any]) -> Waiting:
    """Return who waits in a cluster.

    A report counts the needs that state a budget, not their enterprises. An enterprise without any
    has at least one need that states none, so that the others are at least what this returns.
    """
    facts, n = figure["facts"], int(figure["n"])
    firms = int(facts["n_enterprises"])
    at_least = firms - (n - int(facts.get("n_budgets_stated", 0)))
    stating = int(facts.get("n_enterprises_stating", max(0, at_least)))
    return Waiting(n, firms, int(facts["waiting_budget_cny"]), stating)


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
    waiting: Waiting,
    targets: Sequence[Target],
) -> str:
    few = f"少于 {PUBLISHED_FROM} 家"
    money = f"填写预算的企业{few}，预算不予公布（已计入其他揭榜任务的不算）"
    if waiting.n_stating >= PUBLISHED_FROM:
        money = f"已填写的预算合计 {waiting.budget_cny / 10_000:,.0f} 万元"
    who = f"{few}企业的需求"
    if waiting.n_enterprises >= PUBLISHED_FROM:
        who = f" {waiting.n_enterprises} 家企业的 {waiting.n_needs} 项需求"
    measures = "".join(f"\n   · {one.text}" for one in targets)
    return (
        f"{mark}一、背景：平台上{who}（{words['industry']}，"
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
    waiting: Waiting,
    targets: Sequence[Target],
) -> str:
    few = f"fewer than {PUBLISHED_FROM} enterprises"
    money = f"; no budget is published, as {few} state one that no other call tells"
    if waiting.n_stating >= PUBLISHED_FROM:
        money = f", with stated budgets of CNY {waiting.budget_cny:,} in all"
    who = f"needs of {few}"
    if waiting.n_enterprises >= PUBLISHED_FROM:
        who = f"{waiting.n_needs} needs of {waiting.n_enterprises} enterprises"
    measures = "".join(f"\n   · {one.text_en or one.text}" for one in targets)
    return (
        f"{mark}1. Background: {who} ({words['industry']}; {words['task']}) "
        f"without a suitable provider yet{money}.\n"
        f"2. What stands in the way: {words['constraint']}.\n"
        "3. Targets: (a) meet the hard condition named above, with proof; (b) reach the measures "
        "stated in the needs in the real setting of at least one enterprise"
        f"{':' + measures if measures else ''}\n"
        "(c) state delivery time, price range and how data are used.\n"
        "4. Assessment: hard conditions first, then the requirements line by line; a pilot base "
        "can host the test.\n"
        "5. Dates and contact: to be filled in by whoever publishes this call."
    )
