"""What the tests of needs send: whole answers by step, and how a person gets through the steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.conftest import token_of

TODAY = datetime.now(UTC).date()
STEPS: Mapping[str, Mapping[str, Any]] = {
    "problem": {
        "title": "冷轧带钢表面缺陷在线检测",
        "problem": "（合成）产线速度快，划伤和辊印靠人工抽检，漏检多，每月退货二十卷，"
        "损失三十万元。希望在产线上拍照自动识别裂纹、夹杂和划伤，给出位置和等级。",
        "affected": "质检班组十二人，下游客户三十家",
    },
    "field": {"industries": "C31", "process_steps": "quality", "ai_tasks": "visual_inspection"},
    "requirements": {
        "requirements-0-text": "检出率不低于99%",
        "requirements-0-level": "must",
        "requirements-0-metric": "检出率",
        "requirements-0-operator": ">=",
        "requirements-0-threshold": "99",
        "requirements-0-unit": "%",
    },
    "readiness": {
        "data_modalities": "image",
        "data_leaves_site": "masked",
        "deployments": "edge",
        "domestic_stack": "preferred",
    },
    "terms": {
        "budget_max": "80",
        "start_by": (TODAY + timedelta(days=90)).isoformat(),
        "reply_by": (TODAY + timedelta(days=30)).isoformat(),
        "region": "苏州",
        "needs_base": "advise",
    },
    "publication": {"visibility": "named"},
}


def post(client: FlaskClient, address: str, **data: Any) -> TestResponse:
    """Send a form with the token of a page."""
    return client.post(address, data={"csrf_token": token_of(client, "/needs/new"), **data})


def begin(client: FlaskClient, **changes: Any) -> str:
    """Begin a draft and return its address, without a step."""
    first = {"title": STEPS["problem"]["title"], "problem": STEPS["problem"]["problem"]}
    answer = post(client, "/needs/new", action="go_on", **{**first, **changes})
    assert answer.status_code == 303, answer.text
    return str(answer.location).rpartition("/")[0]


def filled(client: FlaskClient, **changes: Any) -> str:
    """Fill in every step and return the draft's address."""
    address = begin(client)
    for step, values in STEPS.items():
        own = {name: text for name, text in changes.items() if name in OWN_STEP[step]}
        answer = post(client, f"{address}/{step}", action="continue", **{**values, **own})
        assert answer.status_code == 303, (step, answer.text)
    return address


OWN_STEP: Mapping[str, set[str]] = {
    "problem": {"title", "problem", "affected", "tried"},
    "field": {"industries", "process_steps", "ai_tasks"},
    "requirements": set(STEPS["requirements"]),
    "readiness": {"data_modalities", "deployments"},
    "terms": {"budget_max", "reply_by", "region"},
    "publication": {"visibility", "invited_provider_ids"},
}


def send(client: FlaskClient, **changes: Any) -> str:
    """Send a whole need for review and return its id."""
    answer = post(client, f"{filled(client, **changes)}/publish", accept_near="yes")
    assert answer.status_code == 303, answer.text
    return str(answer.location).rpartition("/")[2]


def publish(enterprise: FlaskClient, reviewer: FlaskClient, **changes: Any) -> str:
    """Return the id of a need that is open."""
    need_id = send(enterprise, **changes)
    answer = post(reviewer, f"/review/needs/{need_id}/decision", decision="approve")
    assert answer.status_code == 303, answer.text
    return need_id
