"""From a form to the catalogue: what waits, what goes live, what is refused, and what is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlite_utils import Database

from matcher.errors import InvalidRecord, UnknownRecord
from matcher.records import Capability
from matcher.store.audit import EventFilter, list_events, verify_chain
from matcher.store.capabilities import list_capabilities, read_capability, save_capability
from matcher.store.connection import StoreDatabase
from matcher.store.history import current_version, list_versions
from matcher.store.notices import list_notices
from matcher.store.organisations import find_by_provider, read_organisation
from matcher.store.ownership import owner_of
from matcher.store.proposals import (
    count_pending,
    find_pending,
    list_decided,
    list_pending,
    proposals_of,
    read_proposal,
)
from matcher.store.providers import save_provider
from matcher.store.search import search
from matcher.store.versions import read_record_version
from matcher.workflow.registration.capability import (
    near_duplicates,
    renew,
    sketch,
    state_capacity,
    submit_capability,
)
from matcher.workflow.registration.checks import set_evidence_state, set_level
from matcher.workflow.registration.decisions import approve, refuse
from matcher.workflow.registration.owned_records import ProposalRefused, find_record
from matcher.workflow.registration.proposals import (
    change_at_once,
    submit,
    withdraw_proposal,
    withdraw_record,
)
from matcher.workflow.registration.typed import typed_values
from tests.factories import make_provider
from tests.matcher.store.conftest import NOW, db, path
from tests.matcher.workflow.people import LATER, OFFER, account, act_of, inhabited, judge

__all__ = ["db", "path"]  # fixtures of the store's tests


@pytest.fixture
def town(db: StoreDatabase) -> Database:
    return inhabited(db)


def publish(db: Database, **changes: Any) -> str:
    sent = submit_capability(db, {**OFFER, **changes}, act_of(db, "provider"))
    return approve(db, sent.proposal_id, judge(db))


def edit(db: Database, record_id: str, **changes: Any) -> Any:
    """Send a record again as its form would hold it, with some answers changed."""
    version = list_versions(db, "capability", record_id)[0].version
    stood = read_record_version(db, "capability", record_id, version)
    values = {**typed_values(stood), **changes}
    return submit_capability(db, values, act_of(db, "provider", LATER), record_id=record_id)


def test_nothing_is_public_before_approval_and_everything_after(town: Database) -> None:
    sent = submit_capability(town, OFFER, act_of(town, "provider"))
    assert not sent.is_live
    assert find_record(town, "capability", sent.record_id) is None
    assert search(town, "热轧带钢", kinds=("capability",)).total == 1  # the catalogue's own
    assert count_pending(town) == {"capability": 1}
    assert approve(town, sent.proposal_id, judge(town)) == sent.record_id
    assert search(town, "热轧带钢", kinds=("capability",)).total == 2
    assert count_pending(town) == {}
    own = act_of(town, "provider").organisation
    assert owner_of(town, "capability", sent.record_id) == own.organisation_id
    assert read_capability(town, sent.record_id).provider_id == own.provider_id
    assert verify_chain(town).broken is None


def test_first_publication_makes_the_providers_entry_from_the_organisation(town: Database) -> None:
    record = read_capability(town, publish(town))
    own = find_by_provider(town, record.provider_id)
    provider = find_record(town, "provider", record.provider_id)
    assert own is not None
    assert (provider.name, provider.name_en, provider.region) == (own.name, own.name_en, own.region)
    second = read_capability(town, publish(town, name="冷轧带钢孔洞识别与定位"))
    assert second.provider_id == record.provider_id


def test_entry_of_the_same_name_in_the_catalogue_is_taken_up(town: Database) -> None:
    name = act_of(town, "provider").organisation.name
    save_provider(town, make_provider(provider_id="V901", name=name), actor="x", now=NOW)
    assert read_capability(town, publish(town)).provider_id == "V901"


def test_registrant_neither_grades_himself_nor_offers_as_another(town: Database) -> None:
    evidence = [{**OFFER["evidence"][0], "check_state": "checked"}]
    record = read_capability(
        town,
        publish(
            town,
            verification="tested",
            trust="A",
            source="https://example.org/",
            provider_id="V900",
            capability_id="CAP-V900-1",
            derived_from_case_ids=["C900"],
            evidence=evidence,
        ),
    )
    assert record.capability_id != "CAP-V900-1"
    assert record.provider_id != "V900"
    assert (record.verification, record.trust, record.source) == ("declared", "", "")
    assert record.derived_from_case_ids == ()
    assert [one.check_state for one in record.evidence] == ["unchecked"]


def test_claims_have_ids_of_their_own_and_validity_ends_within_a_year(town: Database) -> None:
    record = read_capability(town, publish(town))
    assert [claim.claim_id for claim in record.claims] == [f"{record.capability_id}.K1"]
    assert record.claims[0].evidence_ids == ("E1",)
    assert record.valid_to is not None
    assert record.valid_to.isoformat() == "2027-03-01"


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"case_ids": ["C900"]}, "case_ids"),
        ({"claims": [{"text": "裂纹检出", "case_ids": ["C900"]}]}, "claims.0.case_ids"),
        ({"claims": [{"text": "裂纹检出", "evidence_ids": ["E9"]}]}, "claims"),
        ({"valid_to": "2028-01-01"}, "valid_to"),
        ({"free_slots": "-1"}, "free_slots"),
        ({"price_min": "90"}, "price_min"),
    ],
)
def test_what_does_not_hold_is_refused_and_nothing_sent(
    town: Database, changes: dict[str, Any], where: str
) -> None:
    with pytest.raises(InvalidRecord) as caught:
        submit_capability(town, {**OFFER, **changes}, act_of(town, "provider"))
    assert list(caught.value.errors) == [where]
    assert list_pending(town) == []


def test_free_slots_go_live_at_once_and_the_rest_waits(town: Database) -> None:
    record_id = publish(town)
    sent = edit(town, record_id, free_slots="9", name="热轧带钢表面缺陷识别二代")
    assert sent.is_live
    assert sent.proposal_id
    now = read_capability(town, record_id)
    assert (now.free_slots, now.name) == (9, OFFER["name"])
    assert now.capacity_stated_at == LATER.date()
    approve(town, sent.proposal_id, judge(town))
    assert read_capability(town, record_id).name == "热轧带钢表面缺陷识别二代"


def test_change_of_capacity_alone_needs_nobody(town: Database) -> None:
    record_id = publish(town)
    sent = edit(town, record_id, free_slots="0")
    assert (sent.is_live, sent.proposal_id) == (True, "")
    actions = [event.action for event in list_events(town, EventFilter("capability", record_id))]
    assert actions == ["capability.changed", "capability.published"]


def test_sending_the_same_again_changes_nothing(town: Database) -> None:
    record_id = publish(town)
    sent = edit(town, record_id)
    assert (sent.is_live, sent.proposal_id) == (False, "")
    assert len(list_versions(town, "capability", record_id)) == 1


def test_newer_proposal_takes_the_place_of_the_waiting_one(town: Database) -> None:
    record_id = publish(town)
    first = edit(town, record_id, name="热轧带钢表面缺陷识别甲")
    second = edit(town, record_id, name="热轧带钢表面缺陷识别乙")
    assert second.replaced == first.proposal_id
    assert read_proposal(town, first.proposal_id).state == "withdrawn"
    with pytest.raises(ProposalRefused) as caught:
        approve(town, first.proposal_id, judge(town))
    assert caught.value.code == "not_waiting"
    assert [one.proposal_id for one in list_pending(town)] == [second.proposal_id]


def test_taking_an_edit_back_by_hand_withdraws_what_waits(town: Database) -> None:
    record_id = publish(town)
    first = edit(town, record_id, name="热轧带钢表面缺陷识别甲")
    again = edit(town, record_id)
    assert again.replaced == first.proposal_id
    assert list_pending(town) == []


def test_quick_change_does_not_spoil_a_proposal_that_waits(town: Database) -> None:
    record_id = publish(town)
    sent = edit(town, record_id, name="热轧带钢表面缺陷识别二代")
    act = act_of(town, "provider", LATER)
    state_capacity(town, record_id, act, free_slots=5, earliest_start=None)
    set_level(town, record_id, "documents", judge(town, "合同原件已核对"))
    approve(town, sent.proposal_id, judge(town))
    now = read_capability(town, record_id)
    assert (now.name, now.free_slots) == ("热轧带钢表面缺陷识别二代", 5)


def test_approval_is_refused_when_the_record_changed_meanwhile(town: Database) -> None:
    record_id = publish(town)
    sent = edit(town, record_id, name="热轧带钢表面缺陷识别二代")
    other = replace(read_capability(town, record_id), name="别人改过的名称写在这里")
    save_capability(town, other, None, actor="somebody", now=LATER)
    with pytest.raises(ProposalRefused) as caught:
        approve(town, sent.proposal_id, judge(town))
    assert caught.value.code == "record_changed"
    assert read_capability(town, record_id) == other
    assert read_proposal(town, sent.proposal_id).is_pending


def test_only_one_of_two_decisions_counts(town: Database) -> None:
    sent = submit_capability(town, OFFER, act_of(town, "provider"))
    approve(town, sent.proposal_id, judge(town))
    with pytest.raises(ProposalRefused):
        refuse(town, sent.proposal_id, judge(town, "重复记录"))
    assert read_proposal(town, sent.proposal_id).state == "approved"


@pytest.mark.parametrize("wants_change", [False, True])
def test_refusal_needs_a_reason_and_tells_it(town: Database, wants_change: bool) -> None:
    sent = submit_capability(town, OFFER, act_of(town, "provider"))
    with pytest.raises(ProposalRefused) as caught:
        refuse(town, sent.proposal_id, judge(town, "  不 "), wants_change=wants_change)
    assert caught.value.code == "reason_missing"
    why = "证据太少，请补测试报告"
    refuse(town, sent.proposal_id, judge(town, why), wants_change=wants_change)
    found = read_proposal(town, sent.proposal_id)
    assert (found.state, found.is_returned, found.reason) == ("refused", wants_change, why)
    notice = list_notices(town, account(town, "provider").account_id)[0].message
    assert why in notice.text_zh
    assert notice.address == f"/my/capabilities/{sent.record_id}"
    assert [one.proposal_id for one in list_decided(town)] == [sent.proposal_id]


def test_others_cannot_see_change_or_withdraw(town: Database) -> None:
    record_id = publish(town)
    sent = edit(town, record_id, name="热轧带钢表面缺陷识别二代")
    stranger = act_of(town, "enterprise", LATER)
    with pytest.raises(UnknownRecord):
        withdraw_proposal(town, sent.proposal_id, stranger)
    with pytest.raises(UnknownRecord):
        withdraw_record(town, "capability", record_id, stranger)
    with pytest.raises(UnknownRecord):
        renew(town, record_id, stranger)
    with pytest.raises(UnknownRecord):
        submit_capability(town, OFFER, stranger, record_id=record_id)
    with pytest.raises(UnknownRecord):
        submit_capability(town, OFFER, stranger, record_id="CAP-V900-1")
    own = stranger.organisation.organisation_id
    assert proposals_of(town, own, "capability") == []


def test_withdrawn_record_is_gone_at_once_with_what_waits(town: Database) -> None:
    record_id = publish(town)
    sent = edit(town, record_id, name="热轧带钢表面缺陷识别二代")
    withdraw_record(town, "capability", record_id, act_of(town, "provider", LATER))
    assert search(town, "热轧带钢", kinds=("capability",)).total == 1
    assert read_proposal(town, sent.proposal_id).state == "withdrawn"
    again = edit(town, record_id)
    approve(town, again.proposal_id, judge(town))
    assert current_version(town, "capability", record_id) == 2


def test_suspended_organisation_cannot_be_published(town: Database) -> None:
    sent = submit_capability(town, OFFER, act_of(town, "provider"))
    town.conn.execute("UPDATE organisation SET verification = 'suspended'")
    town.conn.commit()
    with pytest.raises(ProposalRefused) as caught:
        approve(town, sent.proposal_id, judge(town))
    assert caught.value.code == "not_verified"
    own = read_proposal(town, sent.proposal_id).organisation_id
    assert read_organisation(town, own).provider_id == ""


def test_level_rests_on_evidence_and_falls_when_that_changes(town: Database) -> None:
    record_id = publish(town)
    set_level(town, record_id, "documents", judge(town, "合同原件已核对"))
    set_evidence_state(town, record_id, "E1", "checked", judge(town, "与测试机构核实"))
    sent = edit(town, record_id, price_max="70")
    approve(town, sent.proposal_id, judge(town))
    kept = read_capability(town, record_id)
    assert (kept.verification, kept.evidence[0].check_state) == ("documents", "checked")
    louder = [{**typed_values(kept)["claims"][0], "value": "99.9"}]
    sent = edit(town, record_id, claims=louder)
    approve(town, sent.proposal_id, judge(town))
    fallen = read_capability(town, record_id)
    assert (fallen.verification, fallen.evidence[0].check_state) == ("declared", "checked")


def test_rejected_evidence_carries_no_level(town: Database) -> None:
    record_id = publish(town)
    set_level(town, record_id, "tested", judge(town, "第三方报告已核"))
    set_evidence_state(town, record_id, "E1", "rejected", judge(town, "报告编号查无此件"))
    assert read_capability(town, record_id).verification == "declared"
    with pytest.raises(ProposalRefused) as caught:
        set_level(town, record_id, "tested", judge(town, "再试一次"))
    assert caught.value.code == "evidence_missing"
    with pytest.raises(UnknownRecord):
        set_evidence_state(town, record_id, "E7", "checked", judge(town, "没有这一条"))
    with pytest.raises(ProposalRefused):
        set_level(town, record_id, "gold", judge(town, "没有这一级"))


def test_what_waits_for_a_review_does_not_go_live_by_the_short_way(town: Database) -> None:
    record_id = publish(town)
    act = act_of(town, "provider", LATER)
    with pytest.raises(ValueError, match="do not go live at once"):
        change_at_once(town, "capability", record_id, {"verification": "tested"}, act)
    assert read_capability(town, record_id).verification == "declared"


def test_private_answers_stay_out_of_the_audit_trail(town: Database) -> None:
    record_id = publish(town, excluded_reason="与某公司有竞争关系")
    edit(town, record_id, excluded_reason="另一个不便公开的原因")
    told = " ".join(
        event.before + event.after for event in list_events(town, EventFilter("capability"))
    )
    assert "excluded_reason" in told
    for secret in ("referee@example.org", "竞争关系", "不便公开"):
        assert secret not in told


def test_near_duplicate_of_an_own_record_is_found(town: Database) -> None:
    record_id = publish(town)
    act = act_of(town, "provider")
    near = near_duplicates(town, sketch(OFFER, act))
    assert [one.capability_id for one in near] == [record_id]
    different = {"name": "电机轴承异响诊断与寿命预测", "problem": "听电机轴承的声音判断磨损。"}
    assert near_duplicates(town, sketch(different, act)) == []


def test_sketch_says_what_can_be_read_of_an_unfinished_form(town: Database) -> None:
    act = act_of(town, "provider")
    found = sketch({**OFFER, "maturity": "很成熟", "price_max": "面议"}, act)
    assert isinstance(found, Capability)
    assert (found.name, found.maturity, found.price_max_cny) == (OFFER["name"], None, None)
    assert sketch({}, act).name == ""
    assert [c.capability_id for c in list_capabilities(town, "V900")] == ["CAP-V900-1"]


def test_submitting_writes_all_or_nothing(town: Database) -> None:
    before = len(list_events(town))
    stranger = act_of(town, "enterprise")
    record = replace(read_capability(town, "CAP-V900-1"), name="想把别人的能力改成自己的")
    with pytest.raises(UnknownRecord):
        submit(town, record, stranger)
    assert len(list_events(town)) == before
    assert find_pending(town, "capability", "CAP-V900-1") is None
