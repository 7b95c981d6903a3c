"""A database with the demonstration's people, and needs on their way in it, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlite_utils import Database

from matcher.identity import Account, actor_of
from matcher.store.drafts import Draft
from matcher.store.organisations import read_organisation
from matcher.workflow.needs.drafts import start_draft
from matcher.workflow.needs.publishing import Wishes, approve, send_draft
from matcher.workflow.needs.states import Act
from tests.matcher.store.conftest import NOW
from tests.matcher.workflow.people import account, inhabited

VALUES: Mapping[str, Any] = {
    "title": "热轧带钢表面裂纹在线检测",
    "problem": "（合成）人工抽检漏检率高，裂纹流入下道工序，每月退货约二十卷，"
    "损失三十万元；希望在线识别裂纹、夹杂和划伤，给出位置和等级。",
    "affected": "质检班组十二人，下游客户三十家",
    "industries": ["C31"],
    "process_steps": ["quality"],
    "requirements": [
        {
            "text": "裂纹检出率不低于 99%",
            "level": "must",
            "metric": "检出率",
            "operator": ">=",
            "threshold": "99",
            "unit": "%",
        }
    ],
    "data_modalities": ["image"],
    "data_leaves_site": "masked",
    "deployments": ["edge"],
    "domestic_stack": "preferred",
    "budget_max": "80",
    "start_by": (NOW + timedelta(days=90)).date().isoformat(),
    "reply_by": (NOW + timedelta(days=30)).date().isoformat(),
    "region": "320500",
    "needs_base": "advise",
    "visibility": "named",
}
NO_WISH = Wishes()

__all__ = ["NOW", "VALUES", "act", "draft_of", "inhabited", "opened", "person", "sent"]


def person(db: Database, who: str) -> Account:
    return account(db, who)


def act(db: Database, who: str, reason: str = "", now: Any = NOW) -> Act:
    return Act(actor_of(account(db, who)), now, reason)


def draft_of(db: Database, now: Any = NOW, **changes: Any) -> Draft:
    values = {k: v for k, v in {**VALUES, **changes}.items() if v is not None}
    return start_draft(db, person(db, "enterprise").account_id, values, now=now)


def sent(db: Database, wishes: Wishes = NO_WISH, **changes: Any) -> str:
    """Return the id of a need that waits for review."""
    organisation = read_organisation(db, person(db, "enterprise").organisation_id)
    draft = draft_of(db, **changes)
    return send_draft(db, draft, organisation, act(db, "enterprise"), wishes).need_id


def opened(db: Database, **changes: Any) -> str:
    """Return the id of a need that is open."""
    need_id = sent(db, **changes)
    approve(db, need_id, act(db, "reviewer"))
    return need_id
