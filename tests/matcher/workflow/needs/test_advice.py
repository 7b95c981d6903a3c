"""Advice on a need: every promise is what a new match of the changed need gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from matcher.intake.quality import score_need
from matcher.records import Need
from matcher.settings import PROJECT
from matcher.text.embedding import SentenceEncoder
from matcher.workflow.matching.service import MatchingService
from matcher.workflow.needs.advice import MAX_ANSWERS, MAX_CONDITIONS, NeedAdvice, advise
from tests.factories import make_need

EVERYONE = 1_000
TODAY = date(2026, 11, 22)
STEEL = Need(
    "N1",
    "带钢表面裂纹检测",
    "人工抽检漏检率高，裂纹流入下道工序，每月退货二十卷，希望在线拍照识别裂纹和划伤。",
)
STEEL_EN = Need(
    "N2",
    "Surface cracks on steel strip",
    "Manual sampling misses cracks, twenty coils come back each month; find them by cameras.",
)
CLAIMS = Need("N3", "车险定损太慢", "理赔员逐张看照片估损，客户等待久，存在骗保风险。")
GRID = Need("N4", "变压器故障预警", "变压器故障靠定期检修发现，停电损失大，想用监测数据提前预警。")
DRAFTS = (STEEL, STEEL_EN, CLAIMS, GRID, make_need(industries=(), ai_tasks=()))
CONDITIONS: dict[str, dict[str, Any]] = {
    "maturity": {"min_maturity": 9},
    "region": {"region": "650100", "region_preference": "must"},
    "several": {"min_maturity": 9, "region": "650100", "region_preference": "must"},
}


@pytest.fixture(scope="module")
def service(shipped_database: Path) -> MatchingService:
    return MatchingService(shipped_database, PROJECT / "models", today=lambda: TODAY)


@pytest.fixture(scope="module")
def advice(service: MatchingService) -> dict[str, NeedAdvice]:
    return {need.need_id: advise(service, need) for need in DRAFTS}


def n_adequate(service: MatchingService, need: Need) -> int:
    answer = service.match(need, top=EVERYONE)
    return sum(match.adequate for match in answer.matches)


@pytest.mark.parametrize("need", DRAFTS, ids=lambda need: need.need_id)
def test_count_now_is_that_of_a_match(
    service: MatchingService, advice: dict[str, NeedAdvice], need: Need
) -> None:
    found, answer = advice[need.need_id], service.match(need, top=EVERYONE)
    assert found.n_adequate == sum(match.adequate for match in answer.matches)
    assert found.n_eligible == answer.n_eligible
    assert found.best_probability == pytest.approx(answer.matches[0].probability, abs=1e-9)
    assert found.quality == score_need(need)


@pytest.mark.parametrize("need", DRAFTS, ids=lambda need: need.need_id)
def test_promise_of_every_answer_is_kept_by_a_new_match(
    service: MatchingService, advice: dict[str, NeedAdvice], need: Need
) -> None:
    found = advice[need.need_id]
    assert found.answers
    for answer in found.answers:
        assert getattr(need, answer.field) == ()
        assert getattr(answer.need, answer.field) != ()
        assert replace(answer.need, **{answer.field: ()}) == need
        after = service.match(answer.need, top=EVERYONE)
        assert answer.n_adequate == sum(match.adequate for match in after.matches)
        assert answer.n_gain == answer.n_adequate - found.n_adequate
        assert answer.best_probability == pytest.approx(after.matches[0].probability, abs=1e-9)
        assert answer.quality_gain == score_need(answer.need).score - found.quality.score
        assert all((answer.label_zh, answer.label_en, answer.reason_zh, answer.reason_en))


@pytest.mark.parametrize("stated", CONDITIONS.values(), ids=CONDITIONS)
def test_promise_of_every_dropped_condition_is_kept(
    service: MatchingService, stated: dict[str, Any]
) -> None:
    need = replace(STEEL, industries=("C31",), **stated)
    found = advise(service, need)
    assert found.conditions
    assert len(found.conditions) <= MAX_CONDITIONS
    for cost in found.conditions:
        assert cost.n_gain > 0
        assert cost.n_adequate == n_adequate(service, cost.need)
        assert cost.n_gain == cost.n_adequate - found.n_adequate
        assert cost.n_eligible_gain >= cost.n_gain
        assert cost.label_zh
        assert cost.label_en
    gains = [cost.n_gain for cost in found.conditions]
    assert gains == sorted(gains, reverse=True)


def test_need_without_conditions_loses_nobody_to_them(advice: dict[str, NeedAdvice]) -> None:
    assert advice["N1"].conditions == ()


def test_most_useful_answer_helps_and_stands_first(advice: dict[str, NeedAdvice]) -> None:
    for found in advice.values():
        best = found.most_useful
        helpful = [answer for answer in found.answers if answer.helps]
        assert best == (helpful[0] if helpful else None)
        assert best is None or best.n_gain == max(a.n_gain for a in found.answers)
    assert any(found.most_useful for found in advice.values())


def test_value_tried_is_the_one_suggested(advice: dict[str, NeedAdvice]) -> None:
    for found in advice.values():
        for answer in found.answers:
            if answer.field != "requirements":
                assert answer.codes == (found.suggestions.of(answer.field)[0].code,)


def test_answer_that_is_given_is_not_asked_again(service: MatchingService) -> None:
    found = advise(service, replace(STEEL, industries=("C31",), process_steps=("quality",)))
    assert {answer.field for answer in found.answers}.isdisjoint({"industries", "process_steps"})
    assert advise(service, make_need()).answers == ()


def test_advice_is_the_same_each_time(service: MatchingService) -> None:
    assert advise(service, STEEL) == advise(service, STEEL)


@pytest.mark.parametrize("text", ["", "   "])
def test_empty_draft_is_advised_without_a_match(service: MatchingService, text: str) -> None:
    found = advise(service, Need("N9", text))
    assert (found.n_adequate, found.best_probability, found.answers) == (0, None, ())
    assert found.quality.missing


def test_gibberish_gets_no_suggestion_and_no_promise(service: MatchingService) -> None:
    found = advise(service, Need("N9", "测试测试", "aaaa aaaa aaaa"))
    assert found.quality.score == 0
    assert found.answers == ()


class CountingEncoder:
    """The real encoder, with a note of what it was asked to read."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        self.encoder, self.name = encoder, encoder.name
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.seen += texts
        return self.encoder.encode(texts)


def test_text_is_read_anew_only_for_variants_that_change_it(
    shipped_database: Path, service: MatchingService
) -> None:
    encoder = CountingEncoder(service.encoder)
    counted = MatchingService(
        shipped_database, PROJECT / "models", encoder=encoder, today=lambda: TODAY
    )
    demanding = replace(STEEL, min_maturity=9, region="650100", region_preference="must")
    encoder.seen.clear()
    found = advise(counted, demanding)
    changing = [a for a in found.answers if a.field in {"industries", "requirements"}]
    assert len(found.answers) + len(found.conditions) > len(changing)
    whole = [text for text in encoder.seen if STEEL.problem[:8] in text]
    assert len(whole) == 1 + len(changing)


def test_at_most_eight_variants_are_told(service: MatchingService) -> None:
    found = advise(service, replace(STEEL, **CONDITIONS["several"]))
    assert MAX_ANSWERS + MAX_CONDITIONS <= 8
    assert len(found.answers) <= MAX_ANSWERS
    assert len(found.conditions) <= MAX_CONDITIONS


def test_advice_speaks_english_where_the_need_does(advice: dict[str, NeedAdvice]) -> None:
    lines = [a for a in advice["N2"].answers if a.field == "requirements"]
    assert lines
    assert all(line.need.requirements[0].text.isascii() for line in lines)
    assert all("usual measure of" in line.reason_en for line in lines)
