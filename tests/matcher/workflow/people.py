"""Organisations and people of a demonstration, for tests of what they send and decide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlite_utils import Database

from matcher.identity import Account, actor_of
from matcher.store.accounts import find_by_email
from matcher.store.catalogue import replace_catalogue
from matcher.store.organisations import read_organisation
from matcher.workflow.accounts.passwords import Effort, Passwords
from matcher.workflow.demonstration.accounts import open_demonstration
from matcher.workflow.registration.decisions import Judge
from matcher.workflow.registration.owned_records import Act
from tests.factories import make_catalogue
from tests.matcher.store.conftest import NOW

LATER = NOW + timedelta(days=1)
CHEAP = Passwords(Effort(memory_kib=8, passes=1, lanes=1))
OFFER: dict[str, Any] = {
    "name": "热轧带钢表面缺陷识别",
    "problem": "拍摄带钢上下表面，识别裂纹、夹杂和划伤并按等级报警，替代人工抽检；"
    "输入表面图像与钢卷信息，输出缺陷位置、类别与分级，支持离线复核。",
    "industries": ["C31"],
    "process_steps": ["quality"],
    "ai_tasks": ["visual_inspection"],
    "data_modalities": ["image"],
    "claims": [{"text": "裂纹检出率 98%", "operator": ">=", "value": "98", "evidence_ids": ["E1"]}],
    "evidence": [
        {
            "evidence_id": "E1",
            "kind": "test_report",
            "text": "（合成数据）在一条热轧线上连续运行六个月，用五百卷留样做盲测，"
            "裂纹检出率百分之九十八，由客户质检部门签字确认，报告可供核验。",
            "client": "某钢铁企业",
            "referee_contact": "referee@example.org",
        }
    ],
    "maturity": "7",
    "deployments": ["edge"],
    "domestic_stack": "full",
    "delivery_weeks": "12",
    "free_slots": "2",
    "earliest_start": "2027-01-04",
    "service_regions": ["100000"],
    "price_min": "30",
    "price_max": "60",
    "price_unit": "project",
}


def inhabited(db: Database) -> Database:
    """Return the database with one of each record and the people of the demonstration."""
    replace_catalogue(db, make_catalogue(), source="test", now=NOW)
    open_demonstration(db, CHEAP, now=NOW)
    return db


def account(db: Database, who: str) -> Account:
    """Return the account of a role: provider, base, enterprise, reviewer, administrator."""
    found = find_by_email(db, f"{who}@demo.invalid")
    if found is None:
        raise LookupError(who)
    return found


def act_of(db: Database, who: str, now: Any = NOW) -> Act:
    """Return who acts for the organisation of a role."""
    one = account(db, who)
    return Act(read_organisation(db, one.organisation_id), actor_of(one), now)


def judge(db: Database, reason: str = "", who: str = "reviewer", now: Any = LATER) -> Judge:
    """Return a reviewer, or somebody else of the staff, with a reason."""
    return Judge(actor_of(account(db, who)), now, reason)
