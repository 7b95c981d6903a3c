"""A small synthetic world: an enterprise with a need, a provider, a base, brokers; copied fast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from matcher.identity import SYSTEM, Account, Actor, Organisation, Role
from matcher.records import SlotPeriod
from matcher.records.engagement import Engagement
from matcher.store.accounts import add_account
from matcher.store.capabilities import save_capability
from matcher.store.connection import StoreDatabase, open_database
from matcher.store.migrations import apply_migrations
from matcher.store.need_status import NeedStatus, add_status
from matcher.store.needs import save_need
from matcher.store.organisations import add_organisation
from matcher.store.ownership import set_owner
from matcher.store.pilot_bases import save_pilot_base
from matcher.workflow.engagements.asked import Given
from matcher.workflow.engagements.opening import Occasion, open_engagement
from matcher.workflow.engagements.steps import advance
from tests.factories import (
    make_capability,
    make_need,
    make_provider,
    make_registered_base,
    make_requirement,
)

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # a Monday morning in China
TERMS = "2026-11"
ENTERPRISE = Actor("A-need", Role.OWNER, "O-need")
PROVIDER = Actor("A-provider", Role.OWNER, "O-provider")
BASE = Actor("A-base", Role.OWNER, "O-base")
STRANGER = Actor("A-stranger", Role.OWNER, "O-stranger")
BROKER = Actor("A-broker", Role.REVIEWER)
OTHER_BROKER = Actor("A-broker-2", Role.REVIEWER)
ADMINISTRATOR = Actor("A-admin", Role.ADMINISTRATOR)
ENTERPRISE_NAME = "苏州合成隐名轧钢有限公司"
ENTERPRISE_NAME_EN = "Veiled Rolling Mill Co., Ltd."
CONTACT = "周合成"
# Everything by which the anonymous enterprise could be recognised.
SECRETS = (
    ENTERPRISE_NAME,
    "合成隐名轧钢",
    "Veiled Rolling Mill",
    CONTACT,
    "veiled@example.org",
    "66668888",
)
AGREES = Given(agrees=True, terms_version=TERMS)
DECLINES = Given(declines=("budget",))
AT_BASE = Given(pilot_base_id="PB900", service_id="PB900-S1")


@dataclass(frozen=True)
class _Party:
    word: str
    name: str
    sides: tuple[str, ...]
    code: str
    provider_id: str = ""


_PARTIES = (
    _Party("need", ENTERPRISE_NAME, ("enterprise",), "91350100M000100Y43"),
    _Party("provider", "合成示例智能科技有限公司", ("provider",), "91350100M000100Y44", "V900"),
    _Party("base", "合成示例中试基地", ("pilot_base",), "91350100M000100Y45"),
    _Party(
        "stranger", "合成旁观有限公司", ("enterprise", "provider"), "91350100M000100Y46", "V901"
    ),
)


def _add_party(db: StoreDatabase, party: _Party) -> None:
    is_need = party.word == "need"
    organisation = Organisation(
        organisation_id=f"O-{party.word}",
        name=party.name,
        name_en=ENTERPRISE_NAME_EN if is_need else f"Synthetic {party.word}",
        credit_code=party.code,
        sides=party.sides,
        kind="enterprise",
        contact_name=CONTACT if is_need else f"联系人{party.word}",
        contact_email="veiled@example.org" if is_need else f"{party.word}@example.org",
        contact_phone="0512-66668888" if is_need else "",
        verification="verified",
        provider_id=party.provider_id,
    )
    add_organisation(db, organisation, now=NOW)
    account = Account(
        f"A-{party.word}", f"{party.word}@example.org", Role.OWNER,
        organisation_id=organisation.organisation_id, is_demo=True,
    )  # fmt: skip
    add_account(db, account, password_hash="-", now=NOW)


@cache
def _template() -> StoreDatabase:
    db = open_database(":memory:")
    apply_migrations(db)
    for party in _PARTIES:
        _add_party(db, party)
    for actor in (BROKER, OTHER_BROKER, ADMINISTRATOR):
        account = Account(actor.actor_id, f"{actor.actor_id}@example.org".lower(), actor.role)
        add_account(db, account, password_hash="-", now=NOW)
    add_need(db, "N0001")
    save_capability(
        db, make_capability(case_ids=(), claims=()), make_provider(), actor="t", now=NOW
    )
    other = make_capability(capability_id="CAP-V901-1", provider_id="V901", case_ids=(), claims=())
    save_capability(db, other, make_provider(provider_id="V901"), actor="t", now=NOW)
    slots = (SlotPeriod("T1", date(2026, 3, 1), date(2026, 12, 31), total=2),)
    save_pilot_base(db, make_registered_base(slots=slots), actor="t", now=NOW)
    set_owner(db, "pilot_base", "PB900", "O-base", actor=BASE, now=NOW)
    return db


def add_need(db: StoreDatabase, need_id: str, **changes: Any) -> None:
    """Publish an anonymous need of the enterprise; its texts name it, as careless texts do."""
    visibility = changes.get("visibility", "anonymous")
    values: dict[str, Any] = {
        "need_id": need_id,
        "title": "合成隐名轧钢的表面裂纹检测",
        "title_en": "Crack detection at Veiled Rolling Mill",
        "problem": f"{ENTERPRISE_NAME}的热轧线漏检率高，致电 0512-66668888 "
        "或写信 veiled@example.org。",
        "affected": f"质检班组，联系{CONTACT}",
        "requirements": (
            make_requirement(),
            make_requirement(requirement_id="R2", text="合成隐名轧钢的班组能自己维护", level="want",
                             metric="", operator="", threshold=None, unit=""),
        ),
        "visibility": visibility,
        "attachment_ids": ("AT1",),
    }  # fmt: skip
    save_need(db, make_need(**{**values, **changes}), actor="t", now=NOW)
    set_owner(db, "need", need_id, "O-need", actor=ENTERPRISE, now=NOW)
    status = NeedStatus(need_id, "open", visibility, NOW, published_at=NOW)
    add_status(db, status, actor="t")


def fresh_world() -> StoreDatabase:
    """Return a copy of the world in memory, for one test or one example."""
    db = open_database(":memory:")
    _template().conn.backup(db.conn)
    return db


def opened(db: StoreDatabase, **kwargs: Any) -> Engagement:
    """An engagement of the need and the provider's capability that the system showed."""
    occasion = Occasion("system", rank=1, probability=0.7)
    values: dict[str, Any] = {"actor": SYSTEM, "now": NOW, "occasion": occasion, **kwargs}
    need_id = values.pop("need_id", "N0001")
    return open_engagement(db, need_id, values.pop("capability_id", "CAP-V900-1"), **values)


PATH = (
    ("accept", ENTERPRISE, Given()),
    ("accept", PROVIDER, Given()),
    ("consent", ENTERPRISE, AGREES),
    ("consent", PROVIDER, AGREES),
    ("start_talks", PROVIDER, Given()),
    ("apply_pilot", ENTERPRISE, AT_BASE),
    ("accept_pilot", BASE, Given()),
)
STATES_ON_PATH = (
    "need_accepted", "mutual", "mutual", "revealed", "talks", "pilot_applied", "in_pilot",
)  # fmt: skip


def brought_to(db: StoreDatabase, state: str, **kwargs: Any) -> Engagement:
    """An engagement brought along the usual path until it first reaches a state."""
    engagement = opened(db, **kwargs)
    for action, actor, given in PATH:
        if engagement.state == state:
            return engagement
        engagement = advance(
            db, engagement.engagement_id, action, actor=actor, now=NOW, given=given
        )
    assert engagement.state == state
    return engagement
