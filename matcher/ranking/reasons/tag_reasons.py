"""What a declared tag or term says of one candidate: what fits, by name, and how much of it.

A share of the need's tags moves the score by degrees; the sentence must not say all where it is a
part. Read here, never changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matcher.errors import UnknownRecord
from matcher.ranking.features.strength import SAYS_NOTHING, case_weight
from matcher.ranking.features.structure import NEUTRAL_FIT, SAME_DIVISION_FIT
from matcher.records import Capability, Case, Need
from matcher.vocabulary import label

Sentence = tuple[str, str]  # Chinese, English
N_FIELDS = 12  # that completeness counts
MOST_NAMED = 5

# Feature → vocabulary, what all of it is called, what a part of it is called.
_TAGS = {
    "process_step_fit": (
        "process_step",
        ("能力覆盖需求所在的业务环节：", "Serves the process steps of the need: "),
        ("需求的业务环节中，能力只覆盖：", "Of the need's process steps it serves only: "),
    ),
    "ai_task_fit": (
        "ai_task",
        ("能力承担需求要的 AI 任务：", "Performs the AI tasks of the need: "),
        ("需求要的 AI 任务中，能力只承担：", "Of the need's AI tasks it performs only: "),
    ),
    "data_fit": (
        "data_modality",
        ("能力处理需求拥有的数据：", "Works on the data that the need has: "),
        ("需求拥有的数据中，能力只处理：", "Of the need's data it works only on: "),
    ),
}


def sentence(
    name: str, need: Need, capability: Capability, cases: Mapping[str, Case], value: float
) -> Sentence | None:
    """Return what is said of a feature of records; None where its general sentence is true.

    Parameters
    ----------
    name : str
        Of the feature.
    value : float
        Of the feature, not NaN.
    """
    if name in _TAGS:
        field = f"{_TAGS[name][0]}s" if name != "data_fit" else "data_modalities"
        return _tags(name, getattr(need, field), getattr(capability, field))
    if name == "industry_fit":
        return _industry(value)
    if name == "completeness":
        return _completeness(value)
    if name == "evidence_strength" and value > 0:
        return _cases(capability, cases)
    if name == "verification_level" and value > 0:
        return (
            ("能力声明经过第三方测试", "Its claims were tested by a third party")
            if value > 1
            else ("能力声明经过书面核验", "Its claims were checked on paper")
        )
    return None


def _tags(name: str, wanted: Sequence[str], offered: Sequence[str]) -> Sentence | None:
    vocabulary, every, part = _TAGS[name]
    shared = [code for code in dict.fromkeys(wanted) if code in set(offered)]
    if not shared:
        return None
    zh, en = every if len(shared) == len(set(wanted)) else part
    named = shared[:MOST_NAMED]
    return (
        zh + "、".join(_label(vocabulary, code, "zh") for code in named),
        en + ", ".join(_label(vocabulary, code, "en") for code in named),
    )


def _label(vocabulary: str, code: str, language: str) -> str:
    try:
        return label(vocabulary, code, language)
    except UnknownRecord:  # of a record from before the vocabulary changed
        return code


def _industry(value: float) -> Sentence | None:
    fit = value + NEUTRAL_FIT
    if fit > SAME_DIVISION_FIT + 0.1:
        return (
            "能力面向的行业与需求的行业一致",
            "It is made for the industry of the need",
        )
    if fit > NEUTRAL_FIT:
        return (
            "能力面向的行业与需求的行业相近",
            "It is made for an industry close to that of the need",
        )
    return None


def _completeness(value: float) -> Sentence:
    if value == SAYS_NOTHING:
        return (
            "资料只有名称，没有写明做什么",
            "The record is a name alone and does not say what it does",
        )
    filled = round(value * N_FIELDS)
    return (
        f"能力资料的 {N_FIELDS} 个主要项填了 {filled} 项",
        f"{filled} of the {N_FIELDS} main fields of its record are filled in",
    )


def _cases(capability: Capability, cases: Mapping[str, Case]) -> Sentence:
    n = sum(1 for one in capability.case_ids if one in cases and case_weight(cases[one]) > 0)
    deployments = "published deployment stands" if n == 1 else "published deployments stand"
    return f"有 {n} 个已公布的落地案例支撑", f"{n} {deployments} behind it"
