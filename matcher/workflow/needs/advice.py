"""Advise whoever writes a need: how good it is, who could answer now, what would help most.

Every number is found by rescoring the changed need, never guessed: a new match of the need with
the value filled in counts the same. Cheap enough for a live preview: at most eight rescorings, and
the text is read once for all those that leave it as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from matcher.intake.quality import NeedQuality, score_need
from matcher.intake.suggestions import Suggestions, suggest
from matcher.ranking.eligibility import check_index
from matcher.ranking.matching import Matcher
from matcher.ranking.standing import Standing, standing
from matcher.records import Need, Requirement
from matcher.workflow.matching.service import MatchingService

MAX_ANSWERS = 5
MAX_CONDITIONS = 3
MIN_PROBABILITY_GAIN = 0.005
SUGGESTED_LINE = "suggested"  # the id of the requirement line that is tried


@dataclass(frozen=True, slots=True)
class AnswerGain:
    """What one missing answer would do, tried with the value that the text suggests."""

    field: str
    codes: tuple[str, ...]  # the value tried; of requirements the text of the line
    label_zh: str
    label_en: str
    reason_zh: str
    reason_en: str
    need: Need  # the need with the value filled in, as it was rescored
    n_adequate: int
    n_gain: int
    best_probability: float | None
    probability_gain: float
    quality_gain: int

    @property
    def helps(self) -> bool:
        """Whether it brings more adequate candidates or a better best one."""
        return self.n_gain > 0 or (
            self.n_gain == 0 and self.probability_gain >= MIN_PROBABILITY_GAIN
        )


@dataclass(frozen=True, slots=True)
class ConditionCost:
    """What one hard condition costs: who would be there without it."""

    condition: str  # name of the hard check
    fields: tuple[str, ...]
    label_zh: str
    label_en: str
    need: Need  # the need without the condition, as it was rescored
    n_adequate: int
    n_gain: int
    n_eligible_gain: int


@dataclass(frozen=True, slots=True)
class NeedAdvice:
    """Everything that the writer of a need is told about it."""

    quality: NeedQuality
    n_eligible: int
    n_adequate: int
    best_probability: float | None
    suggestions: Suggestions
    answers: tuple[AnswerGain, ...]  # every one that was tried, the most useful first
    conditions: tuple[ConditionCost, ...]  # those that cost adequate candidates, the dearest first

    @property
    def most_useful(self) -> AnswerGain | None:
        """The missing answer that would add most, or None where none helps."""
        return next((answer for answer in self.answers if answer.helps), None)


@dataclass(frozen=True, slots=True)
class _Condition:
    name: str
    fields: tuple[str, ...]
    label_zh: str
    label_en: str
    is_stated: Callable[[Need], bool]
    without: Callable[[Need], Need]


_CONDITIONS = (
    _Condition(
        "deployment",
        ("deployments",),
        "部署要求",
        "Deployment",
        lambda need: bool(need.deployments),
        lambda need: replace(need, deployments=()),
    ),
    _Condition(
        "data_residency",
        ("data_leaves_site",),
        "数据不出场",
        "Data stay on site",
        lambda need: need.data_leaves_site in {"no", "masked"},
        lambda need: replace(need, data_leaves_site="yes"),
    ),
    _Condition(
        "domestic_stack",
        ("domestic_stack",),
        "必须国产化",
        "Domestic stack required",
        lambda need: need.domestic_stack == "required",
        lambda need: replace(need, domestic_stack="preferred"),
    ),
    _Condition(
        "certificate",
        ("certificates", "safety"),
        "证书与安全等级",
        "Certificates and safety",
        lambda need: bool(need.certificates or need.safety),
        lambda need: replace(need, certificates=(), safety=()),
    ),
    _Condition(
        "maturity",
        ("min_maturity",),
        "最低成熟度",
        "Lowest maturity",
        lambda need: need.min_maturity is not None,
        lambda need: replace(need, min_maturity=None),
    ),
    _Condition(
        "region",
        ("region_preference",),
        "必须同省",
        "Must be the same province",
        lambda need: need.region_preference == "must",
        lambda need: replace(need, region_preference="prefer"),
    ),
    _Condition(
        "price",
        ("budget_is_limit",),
        "预算是上限",
        "Budget is a limit",
        lambda need: need.budget_is_limit,
        lambda need: replace(need, budget_is_limit=False),
    ),
    _Condition(
        "min_budget",
        ("budget_max",),
        "预算低于对方起点",
        "Budget below what providers accept",
        lambda need: need.budget_max_cny is not None,
        lambda need: replace(need, budget_min_cny=None, budget_max_cny=None),
    ),
)


def advise(service: MatchingService, need: Need) -> NeedAdvice:
    """Advise on a need or draft against the catalogue as it stands.

    Parameters
    ----------
    service : MatchingService
    need : Need
        Only a title is needed; with neither title nor problem nothing is rescored.

    Returns
    -------
    NeedAdvice
        The same for the same need and revision of the catalogue.
    """
    matcher, today = service.snapshot().matcher, service.today()
    quality = score_need(need)
    if not (need.title.strip() or need.problem.strip()):
        return NeedAdvice(quality, 0, 0, None, Suggestions(), (), ())
    now = standing(matcher, need, today=today)
    suggestions = suggest(
        need.title or need.title_en,
        need.problem or need.problem_en,
        matcher.index,
        query=now.ranking.look_up.query,
    )
    tried = _Trial(matcher, need, today, now, quality)
    return NeedAdvice(
        quality=quality,
        n_eligible=now.n_eligible,
        n_adequate=now.n_adequate,
        best_probability=now.best_probability,
        suggestions=suggestions,
        answers=tried.answers(suggestions),
        conditions=tried.conditions(),
    )


@dataclass(frozen=True)
class _Trial:
    """One need, as it stands now, against which its variants are held."""

    matcher: Matcher
    need: Need
    today: date
    now: Standing
    quality: NeedQuality

    def answers(self, suggestions: Suggestions) -> tuple[AnswerGain, ...]:
        """Return what each missing answer would do, the most useful first."""
        tried = [
            self._answer(*variant)
            for variant in list(_missing(self.need, suggestions, self.matcher, self._language))[
                :MAX_ANSWERS
            ]
        ]
        tried.sort(
            key=lambda a: (not a.helps, -a.n_gain, -a.probability_gain, -a.quality_gain, a.field)
        )
        return tuple(tried)

    def _answer(
        self, changed: Need, field: str, codes: tuple[str, ...], said: tuple[str, str, str, str]
    ) -> AnswerGain:
        then = self._standing(changed)
        before, after = self.now.best_probability, then.best_probability
        return AnswerGain(
            field=field,
            codes=codes,
            label_zh=said[0],
            label_en=said[1],
            reason_zh=said[2],
            reason_en=said[3],
            need=changed,
            n_adequate=then.n_adequate,
            n_gain=then.n_adequate - self.now.n_adequate,
            best_probability=after,
            probability_gain=(after or 0.0) - (before or 0.0),
            quality_gain=score_need(changed).score - self.quality.score,
        )

    def conditions(self) -> tuple[ConditionCost, ...]:
        """Return the stated hard conditions that cost adequate candidates, the dearest first.

        Masks are cheap: only those that keep most capabilities out are rescored.
        """
        stated = [(c, c.without(self.need)) for c in _CONDITIONS if c.is_stated(self.need)]
        eligible = self._n_passing(self.need)
        freed = [(self._n_passing(other) - eligible, c, other) for c, other in stated]
        dearest = sorted(
            (entry for entry in freed if entry[0] > 0), key=lambda e: (-e[0], e[1].name)
        )
        costs = [self._cost(c, other) for _, c, other in dearest[:MAX_CONDITIONS]]
        costs = [cost for cost in costs if cost.n_gain > 0]
        return tuple(sorted(costs, key=lambda cost: (-cost.n_gain, cost.condition)))

    def _cost(self, condition: _Condition, other: Need) -> ConditionCost:
        then = self._standing(other)
        return ConditionCost(
            condition=condition.name,
            fields=condition.fields,
            label_zh=condition.label_zh,
            label_en=condition.label_en,
            need=other,
            n_adequate=then.n_adequate,
            n_gain=then.n_adequate - self.now.n_adequate,
            n_eligible_gain=then.n_eligible - self.now.n_eligible,
        )

    @property
    def _language(self) -> str:
        return self.now.ranking.look_up.query.language

    def _standing(self, need: Need) -> Standing:
        look_up = self.now.ranking.look_up
        return standing(self.matcher, need, today=self.today, before=look_up)

    def _n_passing(self, need: Need) -> int:
        checked = check_index(self.matcher.index, need, today=self.today)
        return int(np.count_nonzero(checked.eligible))


_Variant = tuple[Need, str, tuple[str, ...], tuple[str, str, str, str]]
_NAMES = {
    "process_steps": "process_step",
    "ai_tasks": "ai_task",
    "data_modalities": "data_modality",
}


def _missing(
    need: Need, suggestions: Suggestions, matcher: Matcher, language: str
) -> Iterator[_Variant]:
    """Yield the need with each missing answer filled in as its text suggests."""
    for field in ("industries", *_NAMES):
        found = suggestions.of(field)
        if not getattr(need, field) and found:
            best = found[0]
            codes = (best.code,)
            said = (best.label_zh, best.label_en, best.reason_zh, best.reason_en)
            yield _filled(need, field, codes), field, codes, said
    if not need.requirements:
        yield from _with_line(need, suggestions, matcher, language)


def _filled(need: Need, field: str, codes: tuple[str, ...]) -> Need:
    match field:
        case "industries":
            return replace(need, industries=codes)
        case "process_steps":
            return replace(need, process_steps=codes)
        case "ai_tasks":
            return replace(need, ai_tasks=codes)
        case _:
            return replace(need, data_modalities=codes)


def _with_line(
    need: Need, suggestions: Suggestions, matcher: Matcher, language: str
) -> Iterator[_Variant]:
    """Yield the need with a requirement on what the nearest scenario is measured by."""
    for near in suggestions.scenarios:
        scenario = matcher.index.catalogue.scenarios[near.scenario_id]
        if not scenario.measures:
            continue
        zh = scenario.measures[0]
        en = scenario.measures_en[0] if scenario.measures_en else ""
        line = Requirement(SUGGESTED_LINE, en if language == "en" and en else zh, en)
        reason = (f"场景“{near.name}”常用此指标", f"usual measure of “{near.name_en}”")
        changed = replace(need, requirements=(line,))
        yield changed, "requirements", (line.text,), (zh, en or zh, *reason)
        return
