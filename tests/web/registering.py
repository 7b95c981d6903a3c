"""Filling in the long forms through a test client, page by page, as a browser without scripts."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.html import check_page, token_in

EVIDENCE = (
    "（测试用的虚构记录）在一家钢琴工厂的整机检验工位连续试用四个月，对两千根琴弦逐根比对人工调律结果，"
    "偏差识别与人工结论一致的占九成八，记录可供核验。"
)
CAPABILITY: dict[str, dict[str, Any]] = {
    "problem": {
        "name": "琴弦张力的振动图像识别",
        "problem": "（测试用的虚构记录）调律师靠耳朵判断每根琴弦的张力，费时且因人而异。"
        "用高速相机拍摄琴弦振动图像，识别频率和张力偏差，给出每根弦的调整量，适合钢琴工厂的整机检验工位。",
        "industries": "C24",
        "process_steps": ["quality"],
        "ai_tasks": ["visual_inspection"],
        "data_modalities": ["image", "video"],
    },
    "proof": {
        "maturity": "7",
        "evidence-0-evidence_id": "E1",
        "evidence-0-kind": "test_report",
        "evidence-0-text": EVIDENCE,
        "evidence-0-client": "某钢琴工厂",
        "evidence-0-referee_contact": "referee-secret@example.org",
        "claims-0-claim_id": "K1",
        "claims-0-text": "张力偏差识别准确率 98%",
        "claims-0-metric": "识别准确率",
        "claims-0-operator": ">=",
        "claims-0-value": "98",
        "claims-0-unit": "%",
        "claims-0-evidence_ids": ["E1"],
    },
    "conditions": {"deployments": ["edge"], "domestic_stack": "partial"},
    "offer": {
        "price_negotiable": "yes",
        "delivery_weeks": "12",
        "free_slots": "2",
        "earliest_start": "2027-12-01",
        "service_regions": "全国",
    },
    "customers": {"excluded_reason": "秘密的竞争关系", "ip_terms": "shared"},
}
SERVICE = {
    "service_id": "S1",
    "name": "琴弦张力整机检验验证",
    "kind": "verification",
    "description": "在整机检验工位上连续运行十四天，与两名调律师的人工结论逐根对照，"
    "给出一致率和漏判率的测试报告。",
    "validation_types": ["function", "production"],
    "mode": "on_site",
    "outputs": ["report"],
    "ai_tasks": ["visual_inspection"],
    "data_modalities": ["image"],
    "maturity_from": "5",
    "maturity_to": "8",
    "applicants": ["any"],
    "days_min": "14",
    "days_max": "30",
    "decision_days": "10",
    "price_min": "2",
    "price_max": "6",
    "discount_small": "30",
    "discount_micro": "50",
}
BASE: dict[str, dict[str, Any]] = {
    "base": {
        "name": "琴弦检验中试基地（测试用的虚构基地）",
        "domain": "manufacturing",
        "direction": "乐器",
        "industries": "C24",
        "note": "适合已有样机、想在真实工位上验证振动图像识别效果的乐器企业和技术单位，"
        "提供场地与对照数据。",
        "lead": "某乐器研究院（虚构）",
        "region": "广州",
        "status": "launched",
    },
    "services": {f"services-0-{name}": value for name, value in SERVICE.items()},
    "resources": {
        "data_resources-0-name": "琴弦振动图像集（虚构）",
        "data_resources-0-modalities": ["image"],
        "data_resources-0-size": "两万段，约 120 GB",
        "data_resources-0-labels": "每段标注频率和张力偏差",
        "data_resources-0-access": "on_site_only",
        "data_resources-0-owner": "某乐器研究院（虚构）",
        "data_resources-0-licence": "仅限基地内测试",
        "compute_chips": "昇腾 910B",
        "compute_total": "20 PFLOPS（FP16）",
        "compute_bookable_percent": "40",
        "compute_scheduler": "yes",
        "equipment-0-name": "整机检验工位",
        "equipment-0-kind": "line",
        "equipment-0-parameters": "每小时十二台，配高速相机两台",
        "equipment-0-hours_free_week": "20",
        "benchmarks-0-name": "琴弦张力识别基准",
        "benchmarks-0-version": "1.0",
        "benchmarks-0-metrics": "一致率; 漏判率",
        "compliance": ["cnas"],
    },
    "slots": {
        "slots-0-start": "2027-01-01",
        "slots-0-end": "2027-12-31",
        "slots-0-total": "6",
        "slots-0-taken": "2",
        "slots-0-held": "1",
    },
    "rules": {
        "priority_rules-0-text": "本省中小企业优先",
        "priority_rules-0-kind": "size",
        "priority_rules-1-text": "其余按收到申请的先后",
        "priority_rules-1-kind": "first_come",
        "required_documents": "营业执照; 技术方案; 数据说明",
        "decision_days": "15",
        "contacts-0-role": "coordinator",
        "contacts-0-name": "秘密联系人",
        "contacts-0-email": "secret@example.org",
    },
    "twin": {"name_en": "Piano String Pilot Base (fictitious, for tests)"},
}
PLACES = {"capabilities": CAPABILITY, "bases": BASE}


class Form:
    """A draft that is being written in a browser without scripts."""

    def __init__(self, client: FlaskClient, place: str) -> None:
        self.client, self.place = client, place
        started = self.post(f"/{place}/new", f"/{place}/new")
        assert started.status_code == 303, started.text
        self.address = started.location.rpartition("/pages/")[0]

    @classmethod
    def at(cls, client: FlaskClient, place: str, page: str) -> Form:
        """Return the form of a draft that was opened already."""
        form = cls.__new__(cls)
        form.client, form.place = client, place
        form.address = page.rpartition("/pages/")[0]
        return form

    def post(self, address: str, page: str, **data: Any) -> TestResponse:
        """Send something with the token of a page."""
        token = token_in(self.client.get(page).text)
        return self.client.post(address, data={"csrf_token": token, **data})

    def page(self, code: str, query: str = "") -> BeautifulSoup:
        return check_page(self.client.get(f"{self.address}/pages/{code}{query}"))

    def write(self, code: str, act: str = "next", **typed: Any) -> TestResponse:
        address = f"{self.address}/pages/{code}"
        return self.post(address, address, act=act, **typed)

    def fill(self, **changes: dict[str, Any]) -> Form:
        """Write every page; ``changes`` holds other answers by page."""
        for code, answers in PLACES[self.place].items():
            written = self.write(code, **{**answers, **changes.get(code, {})})
            assert written.status_code == 303, written.text
        return self

    def check(self) -> BeautifulSoup:
        return check_page(self.client.get(f"{self.address}/check"))

    def send(self) -> TestResponse:
        return self.post(f"{self.address}/send", f"{self.address}/check")


def own_id(sent: TestResponse) -> str:
    """Return the id of the record that was sent."""
    assert sent.status_code == 303, sent.text
    return str(sent.location).rpartition("/")[2]


def decide(client: FlaskClient, decision: str, reason: str = "", at: int = 0) -> TestResponse:
    """Decide about the proposal that waits longest, as a reviewer does."""
    queue = check_page(client.get("/review"))
    links = queue.select("section[aria-labelledby=waiting] th a")
    page = str(links[at]["href"])
    token = token_in(client.get(page).text)
    data = {"csrf_token": token, "decision": decision, "reason": reason}
    return client.post(f"{page}/decision", data=data)
