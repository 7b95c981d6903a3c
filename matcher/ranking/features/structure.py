"""How well the declared tags of a capability fit those of the need.

Values lie in [-0.3, 0.7]: a fit in [0, 1] less ``NEUTRAL_FIT``. A mismatch counts against, a match
for a candidate; NaN means that one side states nothing, which moves no score.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from matcher.ranking.features.base import Feature
from matcher.records import Capability, Need
from matcher.vocabulary import industry_ancestors

SAME_SECTION_FIT = 0.3
# What a candidate that states nothing is taken to fit: about the mean over stated pairs.
NEUTRAL_FIT = 0.3
SAME_DIVISION_FIT = 0.8

FEATURES = (
    Feature(
        name="industry_fit",
        summary="Closeness of the capability's industries to the need's in the GB/T 4754 tree.",
        summary_zh="能力所属行业与需求行业在 GB/T 4754 分类树中的接近程度。",
        label_zh="行业契合",
        label_en="Industry fit",
        up_zh="能力所属行业与需求行业一致或相近",
        up_en="The capability is made for the same or a neighbouring industry",
        down_zh="能力所属行业与需求行业不同",
        down_en="The capability is made for another industry",
        is_relative=False,
    ),
    Feature(
        name="process_step_fit",
        summary="Share of the need's process steps that the capability serves.",
        summary_zh="需求的业务环节中，该能力服务的比例。",
        label_zh="业务环节契合",
        label_en="Process step fit",
        up_zh="能力覆盖需求的部分业务环节",
        up_en="The capability serves process steps of the need",
        down_zh="能力不在需求的业务环节",
        down_en="The capability serves other process steps",
        is_relative=False,
    ),
    Feature(
        name="ai_task_fit",
        summary="Share of the need's AI tasks that the capability performs.",
        summary_zh="需求的 AI 任务中，该能力承担的比例。",
        label_zh="AI 任务契合",
        label_en="AI task fit",
        up_zh="能力承担需求的部分 AI 任务",
        up_en="The capability performs AI tasks of the need",
        down_zh="能力做的是其他 AI 任务",
        down_en="The capability performs other AI tasks",
        is_relative=False,
    ),
    Feature(
        name="data_fit",
        summary="Share of the need's kinds of data that the capability works on.",
        summary_zh="需求的数据类型中，该能力能处理的比例。",
        label_zh="数据类型契合",
        label_en="Data fit",
        up_zh="能力处理需求拥有的部分数据",
        up_en="The capability works on some of the data that the need has",
        down_zh="能力处理的是另一类数据",
        down_en="The capability works on other kinds of data",
        is_relative=False,
    ),
    Feature(
        name="scenario_affinity",
        summary="Closeness of the need to the catalogue scenarios that the capability serves.",
        summary_zh="需求与该能力所服务的目录场景的接近程度。",
        label_zh="场景相近",
        label_en="Scenario affinity",
        up_zh="服务的目录场景比一般候选的接近需求",
        up_en="It serves catalogue scenarios nearer to the need than average",
        down_zh="服务的目录场景比一般候选的离需求远",
        down_en="It serves catalogue scenarios further from the need than average",
    ),
)


def structure_functions(
    need: Need, scenario_scores: Mapping[str, float]
) -> dict[str, Callable[[Capability], float]]:
    """Return, for every column of this family, its value for a capability.

    Parameters
    ----------
    need : Need
    scenario_scores : closeness of the need to each catalogue scenario, by scenario id
    """
    lineage = [_lineage(code) for code in need.industries]
    floor = min(scenario_scores.values(), default=0.0)
    return {
        "industry_fit": lambda c: industry_fit(lineage, c.industries) - NEUTRAL_FIT,
        "process_step_fit": (
            lambda c: covered_share(need.process_steps, c.process_steps) - NEUTRAL_FIT
        ),
        "ai_task_fit": lambda c: covered_share(need.ai_tasks, c.ai_tasks) - NEUTRAL_FIT,
        "data_fit": (
            lambda c: covered_share(need.data_modalities, c.data_modalities) - NEUTRAL_FIT
        ),
        "scenario_affinity": (
            lambda c: max((scenario_scores.get(s, floor) for s in c.scenario_ids), default=floor)
        ),
    }


def covered_share(wanted: Sequence[str], offered: Sequence[str]) -> float:
    """Return the share of wanted codes that are offered, NaN where a side states none.

    Examples
    --------
    >>> covered_share(("image", "video"), ("image",))
    0.5
    """
    if not wanted or not offered:
        return float("nan")
    return len(set(wanted) & set(offered)) / len(set(wanted))


def industry_fit(wanted: Sequence[tuple[str, ...]], offered: Sequence[str]) -> float:
    """Return the closest fit of any two industries: 1 same or within, 0.8 division, 0.3 section.

    Parameters
    ----------
    wanted : lineages of the need's industries: the code, then its ancestors up to the section
    offered : industry codes of the capability
    """
    if not wanted or not offered:
        return float("nan")
    return max(_pair_fit(lineage, code) for lineage in wanted for code in offered)


def _pair_fit(lineage: tuple[str, ...], code: str) -> float:
    other = _lineage(code)
    if code in lineage or lineage[0] in other:
        # A whole section ("manufacturing") is a weaker statement than a division.
        return 1.0 if len(code) > 1 and len(lineage[0]) > 1 else SAME_DIVISION_FIT
    shared = next((c for c in lineage if c in other), "")
    if len(shared) > 1:
        return SAME_DIVISION_FIT
    return SAME_SECTION_FIT if shared else 0.0


@lru_cache(maxsize=4_096)
def _lineage(code: str) -> tuple[str, ...]:
    return (code, *industry_ancestors(code))
