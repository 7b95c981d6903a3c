"""The service follows the database: what is registered is matched, what is replaced is gone."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from matcher.identity import Role
from matcher.ranking.features import FEATURES
from matcher.ranking.results import Exclusion, Match, MatchList
from matcher.records import Capability, Need
from matcher.settings import PROJECT
from matcher.store.capabilities import save_capability, withdraw_capability
from matcher.store.catalogue import replace_catalogue
from matcher.store.connection import StoreDatabase, open_database
from matcher.store.migrations import apply_migrations
from matcher.text.embedding import MultilingualEncoder, SentenceEncoder
from matcher.workflow.accounts.verification import decide, link_provider
from matcher.workflow.matching.service import MatchingService
from tests.factories import (
    make_capability,
    make_case,
    make_catalogue,
    make_claim,
    make_need,
    make_provider,
)
from tests.matcher.people import add_person
from tests.matcher.store.conftest import NOW
from tests.matcher.workflow.offers import register_capability
from tests.matcher.workflow.people_db import ADMINISTRATOR

TODAY = date(2026, 11, 22)
CLEAR_BITS = 0.5  # word statistics differ a little after a rebuild; what is clear stays in order
FIELDS = ("钢铁", "纺织", "粮食仓储", "港口", "煤矿", "医院影像", "电网", "水务", "景区", "家具")
TASKS = ("表面缺陷识别", "设备故障预警", "负荷预测", "安全帽识别", "问答助手")

SONAR = {
    "provider_name": "合成声学科技",
    "name": "水下声呐信号异常识别",
    "problem": "对水下声呐阵列采集的信号去噪并自动识别异常目标，替代人工逐段听音判读；"
    "输入声呐时序信号和航次信息，输出异常时段、目标类别与置信等级，支持离线复核与追溯。",
    "industries": ["C37"],
    "process_steps": ["safety"],
    "ai_tasks": ["anomaly"],
    "data_modalities": ["sensor"],
    "maturity": 7,
    "deployments": ["on_premise"],
    "domestic_stack": "full",
    "delivery_weeks": 10,
    "free_slots": 3,
    "earliest_start": "2027-01-04",
    "service_regions": ["100000"],
    "price_min": 200_000,
    "price_max": 400_000,
    "price_unit": "project",
}
SONAR_NEED = make_need(
    need_id="N-SONAR",
    title="声呐信号异常识别",
    problem="水下声呐信号噪声大，人工听音判读慢，漏报多，希望自动识别异常目标。",
    title_en="",
    problem_en="",
    industries=("C37",),
    requirements=(),
)

WRITING = """
import sys
from matcher.store.connection import open_database
from tests.matcher.workflow.offers import register_capability
from tests.matcher.store.conftest import NOW
from tests.matcher.workflow.matching.test_matching_service import SONAR
db = open_database(sys.argv[1], busy_timeout_s=60)
sys.stdin.readline()
for i in range(12):
    register_capability(db, {**SONAR, "provider_name": f"合成声学科技{i}号"}, now=NOW)
"""


def synthetic_capability(i: int) -> Capability:
    field, task = FIELDS[i % len(FIELDS)], TASKS[i // len(FIELDS)]
    return make_capability(
        capability_id=f"CAP-{i:03}",
        provider_id=f"V{i % 40:03}",
        name=f"{field}{task}",
        name_en="",
        problem=f"面向{field}现场做{task}，减少人工巡检，结果按班次汇总（合成数据）。",
        problem_en="",
        claims=(make_claim(claim_id=f"CL-{i:03}", text=f"{field}{task}准确率 9{i % 10}%"),),
        case_ids=("C900",) if i % 7 == 0 else (),
        industries=(("C31", "C17", "G59", "G55", "B06")[i % 5],),
        free_slots=i % 9,
    )


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return MultilingualEncoder()


@pytest.fixture
def db(tmp_path: Path) -> StoreDatabase:
    database = open_database(tmp_path / "aiplus.db")
    apply_migrations(database)
    capabilities = {c.capability_id: c for c in map(synthetic_capability, range(50))}
    catalogue = make_catalogue(
        capabilities=capabilities,
        providers={
            p: make_provider(provider_id=p, name=f"合成{p}")
            for p in {"V900", *(c.provider_id for c in capabilities.values())}
        },
        cases={"C900": make_case()},
    )
    replace_catalogue(database, catalogue, source="tests", now=NOW)
    return database


@pytest.fixture
def path(db: StoreDatabase) -> Path:
    found = db.path
    assert found is not None
    return found


def make_service(path: Path, encoder: SentenceEncoder) -> MatchingService:
    return MatchingService(path, PROJECT / "models", encoder=encoder, today=lambda: TODAY)


@pytest.fixture
def service(path: Path, encoder: SentenceEncoder) -> MatchingService:
    return make_service(path, encoder)


def providers(answer: MatchList) -> list[str]:
    return [match.provider_id for match in answer.matches]


def plain_need(title: str) -> Need:
    return make_need(title=title, problem="", title_en="", problem_en="", requirements=())


def fixed_bits(match: Match) -> dict[str, float]:
    """What features say whose values are not seen against those of the other candidates."""
    fixed = {feature.name for feature in FEATURES if not feature.is_relative}
    return {c.feature: c.bits for c in match.contributions if c.feature in fixed}


def test_registered_capability_is_found_by_the_next_match(
    db: StoreDatabase, service: MatchingService
) -> None:
    before = service.match(SONAR_NEED)
    added = register_capability(db, SONAR, now=NOW)
    after = service.match(SONAR_NEED)
    assert added.provider_id not in providers(before)
    assert providers(after)[0] == added.provider_id
    assert after.catalogue_revision == before.catalogue_revision + 1
    assert after.n_eligible == before.n_eligible + 1


def test_suspended_provider_is_matched_no_more_until_it_takes_part_again(
    db: StoreDatabase, service: MatchingService
) -> None:
    added = register_capability(db, SONAR, now=NOW)
    add_person(db, 9, role=Role.ADMINISTRATOR, organisation_id="")
    add_person(db, 1)
    link_provider(db, "ORG-1", added.provider_id, actor=ADMINISTRATOR, now=NOW)
    before = service.match(SONAR_NEED)
    assert providers(before)[0] == added.provider_id
    decide(db, "ORG-1", "suspended", reason="核实中", actor=ADMINISTRATOR, now=NOW)
    meanwhile = service.match(SONAR_NEED, top=100)
    assert added.provider_id not in providers(meanwhile)
    assert meanwhile.n_eligible == before.n_eligible - 1
    why = service.why_not(SONAR_NEED, added.provider_id)
    assert isinstance(why, Exclusion)
    assert why.reason_code == "provider_not_taking_part"
    decide(db, "ORG-1", "verified", actor=ADMINISTRATOR, now=NOW)
    after = service.match(SONAR_NEED)
    assert after.matches == before.matches


def test_need_of_an_answer_is_plain_json(service: MatchingService) -> None:
    need = replace(SONAR_NEED, start_by=date(2027, 3, 1))
    shown = json.loads(json.dumps(service.match(need, top=1).need))
    assert shown["start_by"] == "2027-03-01"
    assert "requirements" not in shown


def test_registering_moves_nobody_elses_evidence(
    db: StoreDatabase, service: MatchingService
) -> None:
    before = service.snapshot().matcher.rank(SONAR_NEED)
    register_capability(db, SONAR, now=NOW)
    after = service.snapshot().matcher.rank(SONAR_NEED)
    n = len(before.look_up.scores.lexical)
    for channel in ("lexical", "phrase", "title_lexical", "pivot", "topic"):
        old, new = (getattr(r.look_up.scores, channel) for r in (before, after))
        np.testing.assert_array_equal(old, new[:n], err_msg=channel)
    for channel in ("meaning", "title_meaning"):
        old, new = (getattr(r.look_up.scores, channel) for r in (before, after))
        np.testing.assert_allclose(old, new[:n], atol=1e-6, err_msg=channel)


def test_registering_moves_others_by_the_field_alone(
    db: StoreDatabase, service: MatchingService
) -> None:
    need = plain_need("港口设备故障预警")
    before = service.match(need, top=60)
    added = register_capability(db, SONAR, now=NOW)
    after = {m.capability_id: m for m in service.match(need, top=60).matches}
    assert added.capability_id in after
    assert list(after)[:5] == [m.capability_id for m in before.matches[:5]]
    for old in before.matches[:40]:
        new = after[old.capability_id]
        assert fixed_bits(new) == fixed_bits(old)
        assert abs(new.bits - old.bits) < CLEAR_BITS


def test_old_version_is_gone_after_an_edit(db: StoreDatabase, service: MatchingService) -> None:
    added = register_capability(db, SONAR, now=NOW)
    service.match(SONAR_NEED)
    edited = replace(
        added,
        name="果园采摘路径规划",
        problem="为果园采摘车规划行驶路径，避开沟渠，减少空驶（合成数据）。",
        ai_tasks=("optimisation",),
    )
    save_capability(db, edited, None, actor="registration", now=NOW)
    answer = service.match(SONAR_NEED, top=60)
    found = [m for m in answer.matches if m.capability_id == added.capability_id]
    assert len(found) == 1
    assert found[0].rank > 5
    assert not any("声呐" in evidence.text for evidence in found[0].evidence)
    orchard = replace(SONAR_NEED, title="果园采摘路径规划", problem="采摘车空驶多，需要规划路径")
    assert providers(service.match(orchard))[0] == added.provider_id


def test_withdrawn_capability_is_no_longer_matched(
    db: StoreDatabase, service: MatchingService
) -> None:
    added = register_capability(db, SONAR, now=NOW)
    assert added.provider_id in providers(service.match(SONAR_NEED))
    withdraw_capability(db, added.capability_id, actor="registration", now=NOW)
    assert added.provider_id not in providers(service.match(SONAR_NEED, top=60))


def test_delta_and_rebuild_agree_on_the_order(
    db: StoreDatabase, path: Path, service: MatchingService, encoder: SentenceEncoder
) -> None:
    register_capability(db, SONAR, now=NOW)
    changed = replace(synthetic_capability(3), problem="港口集装箱表面缺陷识别，逐箱拍照核对。")
    save_capability(db, changed, None, actor="registration", now=NOW)
    rebuilt = make_service(path, encoder)
    needs = [plain_need(t) for t in ("港口表面缺陷识别", "煤矿设备故障预警", "电网负荷预测")]
    for need in (SONAR_NEED, *needs):
        found, again = service.match(need), providers(rebuilt.match(need, top=60))
        assert found.matches[0].provider_id == again[0]
        for better, worse in pairwise(found.matches):
            if better.bits - worse.bits > CLEAR_BITS:
                assert again.index(better.provider_id) < again.index(worse.provider_id)


def test_many_changes_are_built_anew_in_another_thread(
    db: StoreDatabase, service: MatchingService
) -> None:
    for i in range(25):
        edited = replace(synthetic_capability(i), delivery_weeks=i + 1)
        save_capability(db, edited, None, actor="registration", now=NOW)
    register_capability(db, SONAR, now=NOW)
    first = service.match(SONAR_NEED)
    assert service.wait_for_rebuild(timeout_s=60.0)
    snapshot = service.snapshot()
    assert snapshot.matcher.index.delta_share == 0.0
    assert providers(service.match(SONAR_NEED))[:1] == providers(first)[:1]


def test_threads_match_while_another_process_writes(path: Path, service: MatchingService) -> None:
    start = service.match(SONAR_NEED)
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITING, str(path)], stdin=subprocess.PIPE, cwd=PROJECT, text=True
    )
    with ThreadPoolExecutor(4) as threads:
        assert writer.stdin is not None
        writer.stdin.write("\n")
        writer.stdin.close()
        answers = [threads.submit(service.match, SONAR_NEED) for _ in range(24)]
        while writer.poll() is None:
            answers.append(threads.submit(service.match, SONAR_NEED))
            answers[-1].result()
        answers.append(threads.submit(service.match, SONAR_NEED))
        done = [answer.result() for answer in answers]
    assert writer.returncode == 0
    for answer in done:  # one provider a revision: whoever sees the revision sees all of it
        n_new = answer.catalogue_revision - start.catalogue_revision
        assert answer.n_eligible == start.n_eligible + n_new
        assert len(answer.matches) == 5
    assert done[-1].catalogue_revision == start.catalogue_revision + 12
