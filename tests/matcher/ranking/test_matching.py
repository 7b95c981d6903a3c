"""Needs in, answers out, over the shipped catalogue with the model that serves."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date

import pytest

from matcher.errors import UnknownRecord
from matcher.interchange.match_json import match_list_to_json
from matcher.ranking.engine import CatalogueIndex, IndexParts
from matcher.ranking.matching import Matcher
from matcher.ranking.model import AdditiveModel, probability
from matcher.ranking.results import Exclusion, Match, MatchList
from matcher.records import Catalogue, Need, Requirement
from tests.factories import make_capability, make_catalogue, make_need, make_provider

FORMS = ("制造", "检测", "预测", "优化", "识别")
HOSTILE = {
    "nothing": Need("H", ""),
    "space": Need("H", " \t\n", " "),
    "one character": Need("H", "质"),
    "one letter": Need("H", "a"),
    "endless chinese": Need("H", "表面质检", "带钢表面裂纹漏检。" * 12_000),
    "endless english": Need("H", "inspection", "cracks on steel strip are missed. " * 4_000),
    "endless word": Need("H", "a" * 100_000),
    "endless title": Need("H", "检" * 100_000, "检"),
    "emoji": Need("H", "🏭🔍", "👩‍🏭 🤖 ✨ 🧪"),
    "mixed scripts": Need("H", "качество контроль 質檢 جودة 品質検査", "Ω≈ç√ ไทย 한국어 עברית"),
    "punctuation": Need("H", "？！……——", "。，、；：【】（）!@#$%^&*()"),
    "markup": Need("H", "<script>alert(1)</script>", "<b>质检</b> &lt;img src=x onerror=y&gt;"),
    "sql": Need("H", "'; DROP TABLE capability; --", "1 OR 1=1 UNION SELECT *"),
    "template": Need("H", "{{7*7}} ${x} %(name)s %s {0}", "{need}"),
    "control characters": Need("H", "质\x01检\x1f\u202e\u200b", "\ufeff表面\u0300\u0301"),
    "lone surrogate": Need("H", "质检\ud800", "\udfff"),
    "numbers": Need("H", "1234567890 3.14159 1e309", "0" * 500),
    "unseen requirements": Need(
        "H",
        "质检",
        requirements=tuple(
            Requirement(f"R{i}", t) for i, t in enumerate(("", "\u200b", "。", "！"))
        ),
    ),
    "endless requirement": Need("H", "质检", requirements=(Requirement("R", "准确率" * 30_000),)),
    "unknown task": Need("H", "质检", ai_tasks=("magic",), data_modalities=("smell",)),
}


@pytest.mark.parametrize("need", HOSTILE.values(), ids=HOSTILE)
def test_strange_need_gets_a_sensible_answer(matcher: Matcher, need: Need, today: date) -> None:
    answer = matcher.match(need, today=today, top=3)
    assert_is_sensible(answer, matcher)
    assert len(answer.matches) == 3
    json.dumps(match_list_to_json(answer), allow_nan=False)


def test_need_with_an_unheard_of_industry_is_refused_by_name(matcher: Matcher, today: date) -> None:
    with pytest.raises(UnknownRecord, match="ZZ"):
        matcher.match(Need("H", "质检", industries=("ZZ",)), today=today)


@pytest.mark.parametrize("kind", ["nothing", "space", "punctuation"])
def test_need_that_says_nothing_is_told_that_nobody_is_adequate(
    matcher: Matcher, kind: str, today: date
) -> None:
    assert matcher.match(HOSTILE[kind], today=today).no_adequate_match


def assert_is_sensible(answer: MatchList, matcher: Matcher) -> None:
    """Ranks run, scores fall, contributions sum, and everything named exists."""
    catalogue = matcher.index.catalogue
    assert [match.rank for match in answer.matches] == list(range(1, len(answer.matches) + 1))
    bits = [match.bits for match in answer.matches]
    assert bits == sorted(bits, reverse=True)
    assert len({match.provider_id for match in answer.matches}) == len(answer.matches)
    for match in answer.matches:
        assert 0.0 < match.probability < 1.0
        assert match.probability == probability(match.bits)
        assert math.fsum(entry.bits for entry in match.contributions) == match.bits
        assert match.provider_id in catalogue.providers
        assert catalogue.capabilities[match.capability_id].provider_id == match.provider_id
        assert all(entry.reason_zh and entry.reason_en for entry in match.contributions)
        assert len(match.counterfactuals) <= 3


def test_real_needs_get_sensible_answers(
    matcher: Matcher, case_needs: list[Need], today: date
) -> None:
    for need in case_needs[::25]:
        answer = matcher.match(need, today=today)
        assert_is_sensible(answer, matcher)
        assert len(answer.matches) == 5
        assert answer.n_eligible == len(matcher.index.catalogue.providers)
        assert answer.model_id == matcher.model.model_id
        assert answer.need["title"] == need.title


def test_same_need_gets_the_same_answer(
    matcher: Matcher, case_needs: list[Need], today: date
) -> None:
    first, second = (matcher.match(case_needs[0], today=today) for _ in range(2))
    assert replace(first, timing_ms={}) == replace(second, timing_ms={})


def test_longer_list_begins_as_the_shorter_one(
    matcher: Matcher, case_needs: list[Need], today: date
) -> None:
    short, long = (matcher.match(case_needs[3], today=today, top=n) for n in (2, 8))
    assert [m.provider_id for m in long.matches[:2]] == [m.provider_id for m in short.matches]
    assert [m.bits for m in long.matches[:2]] == [m.bits for m in short.matches]


def test_who_did_it_is_found(matcher: Matcher, today: date) -> None:
    """A need in the words of a case leads to the provider of that case."""
    cases = [
        c for c in matcher.index.catalogue.cases.values() if c.need and c.relation == "third_party"
    ]
    found = 0
    for case in cases[:12]:
        answer = matcher.match(Need("N", case.need[:30], case.need), today=today, top=3)
        found += case.provider_id in {match.provider_id for match in answer.matches}
    assert found >= 4


@pytest.fixture(scope="module")
def small(parts: IndexParts, serving_model: AdditiveModel) -> Matcher:
    return Matcher(CatalogueIndex(small_catalogue(), parts), serving_model)


def small_catalogue() -> Catalogue:
    """Twelve synthetic providers, the first with two capabilities."""
    capabilities = {}
    for i in range(13):
        provider, form = f"V{i % 12:02}", FORMS[i % 5]
        capability = make_capability(
            capability_id=f"CAP-{i:02}",
            provider_id=provider,
            name=f"合成{form}系统{i}",
            problem=f"面向带钢与铝材的{form}，第{i}种做法（合成数据）。",
            claims=(),
            case_ids=(),
        )
        capabilities[capability.capability_id] = capability
    providers = {
        f"V{i:02}": make_provider(provider_id=f"V{i:02}", name=f"合成{i}") for i in range(12)
    }
    return make_catalogue(capabilities=capabilities, providers=providers)


def test_order_of_the_catalogue_changes_nothing(small: Matcher, today: date) -> None:
    ordered = small.index.catalogue
    shuffled = replace(
        ordered,
        capabilities=dict(reversed(ordered.capabilities.items())),
        providers=dict(reversed(ordered.providers.items())),
    )
    other = Matcher(CatalogueIndex(shuffled, small.index.parts), small.model)
    one, two = (m.match(make_need(), today=today, top=12) for m in (small, other))
    assert [m.capability_id for m in one.matches] == [m.capability_id for m in two.matches]
    assert [m.bits for m in one.matches] == [m.bits for m in two.matches]


def test_provider_stands_there_once_with_its_best_capability(small: Matcher, today: date) -> None:
    answer = small.match(make_need(), today=today, top=50)
    assert len(answer.matches) == answer.n_eligible == 12
    ranking = small.rank(make_need())
    by_id = dict(zip(small.index.evidence.collection.candidate_ids, ranking.raw, strict=True))
    chosen = next(m.capability_id for m in answer.matches if m.provider_id == "V00")
    assert by_id[chosen] == max(by_id["CAP-00"], by_id["CAP-12"])


def test_excluded_provider_is_named_with_its_reason_and_nobody_else_moves(
    small: Matcher, today: date
) -> None:
    need = make_need(excluded_provider_ids=("V03",))
    answer = small.match(need, today=today, top=50)
    assert "V03" not in {match.provider_id for match in answer.matches}
    assert [e.provider_id for e in answer.excluded] == ["V03"]
    assert answer.excluded[0].reason_zh
    assert answer.excluded[0].reason_en
    assert answer.n_eligible == 11


def test_nobody_left_is_an_answer_too(small: Matcher, today: date) -> None:
    everyone = tuple(small.index.catalogue.providers)
    answer = small.match(make_need(excluded_provider_ids=everyone), today=today)
    assert answer.no_adequate_match
    assert answer.matches == ()
    assert len(answer.excluded) == 13


def test_empty_catalogue_answers_that_nobody_is_adequate(
    parts: IndexParts, serving_model: AdditiveModel, today: date
) -> None:
    answer = Matcher(CatalogueIndex(Catalogue(), parts), serving_model).match(
        make_need(), today=today
    )
    assert answer.no_adequate_match
    assert (answer.matches, answer.excluded, answer.bases) == ((), (), ())


def test_why_not_gives_the_match_of_anybody_at_their_rank(
    matcher: Matcher, case_needs: list[Need], today: date
) -> None:
    answer = matcher.match(case_needs[0], today=today, top=30)
    last = answer.matches[-1]
    found = matcher.why_not(case_needs[0], last.provider_id, today=today)
    assert isinstance(found, Match)
    assert found == last


def test_why_not_gives_the_reason_of_who_is_excluded(small: Matcher, today: date) -> None:
    found = small.why_not(make_need(excluded_provider_ids=("V03",)), "V03", today=today)
    assert isinstance(found, Exclusion)
    assert found.provider_id == "V03"


def test_why_not_of_nobody_is_refused(matcher: Matcher, today: date) -> None:
    with pytest.raises(UnknownRecord, match="V404"):
        matcher.why_not(make_need(), "V404", today=today)


def test_why_not_of_a_provider_without_offers_says_nothing(
    parts: IndexParts, serving_model: AdditiveModel, today: date
) -> None:
    idle = make_provider(provider_id="V901", name="合成空闲")
    catalogue = make_catalogue()
    catalogue = replace(catalogue, providers={**catalogue.providers, "V901": idle})
    matcher = Matcher(CatalogueIndex(catalogue, parts), serving_model)
    assert matcher.why_not(make_need(), "V901", today=today) is None


def test_only_offer_of_a_catalogue_is_matched(
    parts: IndexParts, serving_model: AdditiveModel, today: date
) -> None:
    matcher = Matcher(CatalogueIndex(make_catalogue(), parts), serving_model)
    answer = matcher.match(make_need(), today=today)
    assert_is_sensible(answer, matcher)
    assert [m.provider_id for m in answer.matches] == ["V900"]
