"""A small synthetic world in the site's database: an anonymous need, a capability, a base.

The accounts are those of the demonstration; every text is made up.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlite_utils import Database
from werkzeug.test import TestResponse

from matcher.identity import Actor, Role
from matcher.records import SlotPeriod
from matcher.store.capabilities import save_capability
from matcher.store.need_status import NeedStatus, add_status
from matcher.store.needs import save_need
from matcher.store.organisations import update_organisation
from matcher.store.ownership import set_owner
from matcher.store.pilot_bases import save_pilot_base
from matcher.workflow.demonstration.accounts import synthetic_credit_code
from tests.factories import (
    make_capability,
    make_need,
    make_provider,
    make_registered_base,
    make_requirement,
)
from tests.web.html import token_in

NEED, CAPABILITY = "N-HIDDEN", "CAP-V900-1"
ENTERPRISE, PROVIDER, BASE = "ORG-DEMO1", "ORG-DEMO2", "ORG-DEMO3"
ENTERPRISE_NAME = "演示制造企业（虚构）"
# Everything by which the anonymous enterprise could be recognised.
SECRETS = (
    "演示制造企业",
    "Demonstration Manufacturer",
    "enterprise@demo.invalid",
    "veiled@example.org",
    "66668888",
    synthetic_credit_code(1),
)
SERVICE = "PB900|PB900-S1"
OWNERS = {
    who: Actor(f"ACC-DEMO{number}", Role.OWNER, f"ORG-DEMO{number}")
    for number, who in enumerate(("enterprise", "provider", "base"), 1)
}
LATER = timedelta(days=400)


def add_world(db: Database, **changes: Any) -> None:
    """Publish the need, the capability and the base of the demonstration's organisations."""
    now = datetime.now(UTC)
    values: dict[str, Any] = {
        "need_id": NEED,
        "title": "演示制造企业的表面裂纹检测",
        "title_en": "Crack detection at Demonstration Manufacturer",
        "problem": "演示制造企业的热轧线漏检率高，致电 0512-66668888 或写信 veiled@example.org。",
        "problem_en": "Cracks are missed at Demonstration Manufacturer; write to "
        "veiled@example.org.",
        "affected": "质检班组",
        "requirements": (
            make_requirement(),
            make_requirement(
                requirement_id="R2", text="演示制造企业的班组能自己维护", level="want",
                metric="", operator="", threshold=None, unit="",
            ),
        ),
        "visibility": "anonymous",
    }  # fmt: skip
    values |= changes
    save_need(db, make_need(**values), actor="t", now=now)
    set_owner(db, "need", values["need_id"], ENTERPRISE, actor=OWNERS["enterprise"], now=now)
    status = NeedStatus(values["need_id"], "open", values["visibility"], now, published_at=now)
    add_status(db, status, actor="t")


def add_answerers(db: Database, *, n_places: int = 2) -> None:
    """Publish the provider's capability and the base's service."""
    now = datetime.now(UTC)
    capability = make_capability(case_ids=(), claims=())
    save_capability(db, capability, make_provider(), actor="t", now=now)
    update_organisation(db, PROVIDER, {"provider_id": "V900"}, now=now)
    today = now.date()
    slots = (SlotPeriod("T1", today, today + LATER, total=n_places),)
    save_pilot_base(db, make_registered_base(slots=slots), actor="t", now=now)
    set_owner(db, "pilot_base", "PB900", BASE, actor=OWNERS["base"], now=now)


def send(client: FlaskClient, address: str, page: str = "", **data: Any) -> TestResponse:
    """Post a form with the token of a page, as a browser without scripts does."""
    token = token_in(client.get(page or "/account").text)
    return client.post(address, data={"csrf_token": token, **data})


class Handshake:
    """One engagement taken along by those who take part, through its pages."""

    def __init__(self, clients: dict[str, FlaskClient]) -> None:
        self.clients, self.address = clients, ""

    @property
    def engagement_id(self) -> str:
        return self.address.rpartition("/")[2]

    def begin(self, need_id: str = NEED) -> TestResponse:
        """The provider says that it can answer the need."""
        page = f"/needs/{need_id}/answer"
        answer = send(self.clients["provider"], page, page, capability_id=CAPABILITY)
        if answer.status_code == 303:
            self.address = answer.location
        return answer

    def step(self, who: str, action: str, **data: Any) -> TestResponse:
        """Send the form of a step as it stands on that reader's page."""
        client = self.clients[who]
        page = client.get(self.address).text
        form = page.partition(f'/steps/{action}"')[2].partition("</form>")[0]
        hidden = {
            str(field["name"]): str(field["value"])
            for field in BeautifulSoup(form, "html.parser").select("input[type=hidden]")
        }
        if not hidden:
            hidden = {"csrf_token": token_in(page)}
        return client.post(f"{self.address}/steps/{action}", data={**hidden, **data})

    def post(self, who: str, path: str, **data: Any) -> TestResponse:
        """Send another form of the engagement's pages."""
        return send(self.clients[who], f"{self.address}/{path}", self.address, **data)

    def reveal(self) -> None:
        """Let both become interested and agree to show who they are."""
        self.begin()
        for who, action, data in (
            ("enterprise", "accept", {}),
            ("enterprise", "consent", {"agrees": "yes"}),
            ("provider", "consent", {"agrees": "yes"}),
        ):
            assert self.step(who, action, **data).status_code == 303

    def pilot(self) -> None:
        """Take it to a pilot that the base has accepted."""
        self.reveal()
        for who, action, data in (
            ("provider", "start_talks", {}),
            ("enterprise", "apply_pilot", {"service": SERVICE}),
            ("base", "accept_pilot", {}),
        ):
            answer = self.step(who, action, **data)
            assert answer.status_code == 303, answer.text
