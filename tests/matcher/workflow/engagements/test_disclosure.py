"""What each side sees at each step, and that nothing masked leaks anywhere."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from matcher.errors import ImpossibleStep, UnknownRecord
from matcher.identity import Actor
from matcher.store.audit import EventFilter, list_events
from matcher.store.connection import StoreDatabase
from matcher.store.notices import list_notices
from matcher.workflow.engagements.asked import Given
from matcher.workflow.engagements.clock_runs import run_clocks
from matcher.workflow.engagements.disclosure import (
    Disclosure,
    give_consent,
    take_back_consent,
    what_may_see,
)
from matcher.workflow.engagements.steps import advance
from matcher.workflow.working_days import due_after
from tests.matcher.workflow.engagements.world import (
    AGREES,
    BASE,
    BROKER,
    CONTACT,
    ENTERPRISE,
    ENTERPRISE_NAME,
    NOW,
    PROVIDER,
    SECRETS,
    STRANGER,
    TERMS,
    add_need,
    brought_to,
    opened,
)


def written(disclosure: Disclosure) -> str:
    """All that a disclosure says, as one text."""
    return json.dumps(asdict(disclosure), ensure_ascii=False, default=str)


def leaks(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize("state", ["shown", "need_accepted", "mutual"])
def test_before_disclosure_an_anonymous_enterprise_is_nowhere(
    db: StoreDatabase, state: str
) -> None:
    seen = what_may_see(db, brought_to(db, state), PROVIDER)
    assert seen.step == "summary"
    assert seen.is_masked
    assert leaks(written(seen)) == []
    assert "■■■" in seen.value("need", "title")
    assert seen.value("enterprise", "name") is None
    assert seen.value("need", "region") == "320000"
    assert seen.value("need", "budget_max_cny") is None
    assert seen.attachment_ids == ()


def test_the_contact_of_a_provider_is_hidden_until_both_agreed(db: StoreDatabase) -> None:
    seen = what_may_see(db, brought_to(db, "mutual"), ENTERPRISE)
    assert seen.value("provider", "name")
    assert seen.value("provider", "contact_email") is None
    add_need(db, "N0002")
    seen = what_may_see(db, brought_to(db, "revealed", need_id="N0002"), ENTERPRISE)
    assert seen.value("provider", "contact_email") == "provider@example.org"


def test_one_consent_alone_discloses_nothing(db: StoreDatabase) -> None:
    engagement = brought_to(db, "mutual")
    after = advance(
        db, engagement.engagement_id, "consent", actor=ENTERPRISE, now=NOW, given=AGREES
    )
    seen = what_may_see(db, after, PROVIDER)
    assert leaks(written(seen)) == []
    assert seen.missing == (("provider", "contact"),)


def test_after_both_agreed_names_and_details_show_but_no_sample(db: StoreDatabase) -> None:
    seen = what_may_see(db, brought_to(db, "revealed"), PROVIDER)
    assert seen.step == "details"
    assert seen.value("enterprise", "name") == ENTERPRISE_NAME
    assert seen.value("enterprise", "contact_name") == CONTACT
    assert seen.value("need", "budget_max_cny") == 800_000
    assert seen.value("need", "excluded_reason") is None
    assert seen.attachment_ids == ()


def test_a_sample_wants_confidentiality_of_both_and_the_enterprises_word(
    db: StoreDatabase,
) -> None:
    engagement = brought_to(db, "talks")
    for actor, step in ((PROVIDER, "confidentiality"), (ENTERPRISE, "confidentiality")):
        give_consent(db, engagement.engagement_id, step, terms_version=TERMS, actor=actor, now=NOW)
        assert what_may_see(db, engagement, PROVIDER).attachment_ids == ()
    with pytest.raises(ImpossibleStep) as caught:
        give_consent(
            db, engagement.engagement_id, "data", terms_version=TERMS, actor=PROVIDER, now=NOW
        )
    assert caught.value.why == "wrong_side"
    give_consent(
        db, engagement.engagement_id, "data", terms_version=TERMS, actor=ENTERPRISE, now=NOW
    )
    seen = what_may_see(db, engagement, PROVIDER)
    assert (seen.step, seen.attachment_ids, seen.missing) == ("data", ("AT1",), ())


@pytest.mark.parametrize("actor", [ENTERPRISE, PROVIDER])
def test_a_consent_that_is_taken_back_closes_its_step_for_the_future(
    db: StoreDatabase, actor: Actor
) -> None:
    engagement = brought_to(db, "talks")
    assert take_back_consent(db, engagement.engagement_id, "contact", actor=actor, now=NOW)
    assert leaks(written(what_may_see(db, engagement, PROVIDER))) == []
    assert what_may_see(db, engagement, ENTERPRISE).value("provider", "contact_email") is None
    assert not take_back_consent(db, engagement.engagement_id, "contact", actor=actor, now=NOW)
    give_consent(db, engagement.engagement_id, "contact", terms_version=TERMS, actor=actor, now=NOW)
    assert what_may_see(db, engagement, PROVIDER).step == "details"
    wanted = EventFilter("engagement", engagement.engagement_id)
    said = [event.action for event in list_events(db, wanted)][:2]
    assert said == ["engagement.consent_given", "engagement.consent_revoked"]


def test_what_was_agreed_to_ends_with_the_engagement(db: StoreDatabase) -> None:
    engagement = brought_to(db, "talks")
    given = Given(declines=("supplied",))
    closed = advance(
        db, engagement.engagement_id, "decline", actor=ENTERPRISE, now=NOW, given=given
    )
    assert leaks(written(what_may_see(db, closed, PROVIDER))) == []


def test_a_base_sees_names_while_an_application_waits_and_no_longer(db: StoreDatabase) -> None:
    engagement = brought_to(db, "pilot_applied")
    assert what_may_see(db, engagement, BASE).value("enterprise", "name") == ENTERPRISE_NAME
    given = Given(declines=("no_capacity",))
    after = advance(db, engagement.engagement_id, "refuse_pilot", actor=BASE, now=NOW, given=given)
    with pytest.raises(UnknownRecord):
        what_may_see(db, after, BASE)


def test_nobody_else_learns_that_there_is_an_engagement(db: StoreDatabase) -> None:
    for state in ("shown", "talks"):
        add_need(db, f"N-{state}")
        with pytest.raises(UnknownRecord):
            what_may_see(db, brought_to(db, state, need_id=f"N-{state}"), STRANGER)


def test_private_answers_are_the_owners_alone(db: StoreDatabase) -> None:
    add_need(db, "N0002", excluded_provider_ids=("V777",), excluded_reason="旧怨")
    engagement = brought_to(db, "talks", need_id="N0002")
    assert what_may_see(db, engagement, ENTERPRISE).value("need", "excluded_reason") == "旧怨"
    for actor in (PROVIDER, BROKER):
        assert "旧怨" not in written(what_may_see(db, engagement, actor))


def test_a_named_need_is_read_by_its_name_and_its_contact_is_not(db: StoreDatabase) -> None:
    add_need(db, "N0002", visibility="named")
    seen = what_may_see(db, opened(db, need_id="N0002"), PROVIDER)
    assert seen.value("enterprise", "name") == ENTERPRISE_NAME
    assert seen.value("enterprise", "contact_name") is None
    assert not seen.is_masked


def test_no_notice_names_an_anonymous_enterprise_at_any_step(db: StoreDatabase) -> None:
    engagement = brought_to(db, "in_pilot")
    for i in range(2, 5):
        add_need(db, f"N000{i}")
        brought_to(db, "need_accepted", need_id=f"N000{i}")
    moment = NOW
    for _ in range(60):
        moment = due_after(moment, 2).at
        run_clocks(db, moment)
    told = [
        notice.message
        for actor in (PROVIDER, BASE, BROKER)
        for notice in list_notices(db, actor.actor_id, limit=500)
    ]
    assert len(told) > 20
    assert leaks(" ".join(f"{message.text_zh} {message.text_en}" for message in told)) == []
    assert engagement.state == "in_pilot"


def test_the_audit_trail_names_no_enterprise(db: StoreDatabase) -> None:
    brought_to(db, "in_pilot")
    said = " ".join(" ".join(map(str, event)) for event in list_events(db, limit=500))
    assert leaks(said) == []
