"""A person takes along all that is their own, and no word of anybody else; consents are listed."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from matcher.records.engagement import EngagementMessage
from matcher.store.accounts import read_account
from matcher.store.connection import StoreDatabase
from matcher.store.conversations import add_message
from matcher.store.drafts import Draft, add_draft
from matcher.store.judgements import Judgement, add_judgement
from matcher.store.personal import PARTS, list_own
from matcher.store.questions import Question, add_question, write_answer
from matcher.store.saved_searches import save_search
from matcher.workflow.accounts.agreements import Agreement, agreements_of
from matcher.workflow.accounts.own_data import personal_data
from matcher.workflow.accounts.profile import update_profile
from matcher.workflow.accounts.sign_up import TERMS_VERSION, check_sign_up, sign_up
from matcher.workflow.engagements.disclosure import give_consent, take_back_consent
from tests.matcher.people import CHEAP
from tests.matcher.workflow.engagements.world import (
    BROKER,
    ENTERPRISE,
    NOW,
    PROVIDER,
    TERMS,
    brought_to,
    fresh_world,
)

MINE, OTHERS = "（合成）本人所写", "（合成）他人所写"
LATER = NOW + timedelta(days=1)


@pytest.fixture
def db() -> StoreDatabase:
    return fresh_world()


def add_words(db: StoreDatabase, account_id: str, text: str, side: str) -> None:
    """Let an account write a draft, keep a search, send a message and grade a pair."""
    draft = Draft(f"D-{side}", "need", account_id, "", {"title": text}, "problem", 1, NOW, NOW)
    add_draft(db, draft)
    save_search(db, account_id, name=text, page="/search", query=text, facets={}, now=NOW)
    engagement_id = db.execute("SELECT engagement_id FROM engagement").fetchone()[0]
    add_message(db, EngagementMessage(0, engagement_id, side, account_id, text, NOW))
    grade = Judgement("N0001", "CAP-V900-1", 2, "plan", account_id, NOW, note=text)
    add_judgement(db, grade)


def test_own_words_are_there_and_nobody_elses(db: StoreDatabase) -> None:
    brought_to(db, "talks")
    add_words(db, ENTERPRISE.actor_id, MINE, "need")
    add_words(db, PROVIDER.actor_id, OTHERS, "provider")
    data = personal_data(db, ENTERPRISE.actor_id)
    assert data["drafts"][0]["payload"] == {"title": MINE}
    assert [one["name"] for one in data["saved_searches"]] == [MINE]
    assert [one["text"] for one in data["messages"]] == [MINE]
    assert [(one["grade"], one["note"]) for one in data["grades"]] == [(2, MINE)]
    assert OTHERS not in json.dumps(data, ensure_ascii=False, default=str)


def test_of_a_question_each_has_the_own_part(db: StoreDatabase) -> None:
    asked = Question("Q-1", "N0001", PROVIDER.actor_id, "O-provider", OTHERS, NOW)
    add_question(db, asked)
    write_answer(db, "Q-1", MINE, answered_by=ENTERPRISE.actor_id, now=LATER)
    mine = personal_data(db, ENTERPRISE.actor_id)
    assert (mine["questions_asked"], mine["questions_answered"][0]["answer"]) == ([], MINE)
    theirs = personal_data(db, PROVIDER.actor_id)
    assert theirs["questions_asked"][0]["text"] == OTHERS
    assert OTHERS not in str(mine)
    assert MINE not in str(theirs)


@pytest.mark.parametrize("part", PARTS)
def test_every_part_can_be_read_and_is_empty_for_who_did_nothing(
    db: StoreDatabase, part: str
) -> None:
    brought_to(db, "talks")
    assert list_own(db, part, "A-stranger") == []
    assert part in personal_data(db, BROKER.actor_id)


def test_steps_of_an_engagement_are_those_of_the_person(db: StoreDatabase) -> None:
    engagement = brought_to(db, "talks")
    steps = personal_data(db, ENTERPRISE.actor_id)["steps_of_engagements"]
    taken = db.execute(
        "SELECT count(*) FROM engagement_transition WHERE actor = ?", [ENTERPRISE.actor_id]
    ).fetchone()[0]
    assert len(steps) == taken > 0
    assert {one["engagement_id"] for one in steps} == {engagement.engagement_id}


def test_consents_say_what_when_which_version_and_whether_they_stand(db: StoreDatabase) -> None:
    engagement_id = brought_to(db, "talks").engagement_id
    give_consent(
        db, engagement_id, "confidentiality", terms_version=TERMS, actor=PROVIDER, now=LATER
    )
    take_back_consent(db, engagement_id, "contact", actor=PROVIDER, now=LATER)
    found = agreements_of(db, read_account(db, PROVIDER.actor_id))
    own = [one for one in found if one.engagement_id]
    assert own == [
        Agreement("confidentiality", LATER, TERMS, None, engagement_id, "provider"),
        Agreement("contact", own[1].given_at, TERMS, LATER, engagement_id, "provider"),
    ]
    data = personal_data(db, PROVIDER.actor_id)["consents"]
    assert [one["what"] for one in data if one["engagement_id"]] == ["confidentiality", "contact"]
    assert agreements_of(db, read_account(db, BROKER.actor_id)) == []


def test_what_was_agreed_to_at_sign_up_is_listed_until_it_is_taken_back(db: StoreDatabase) -> None:
    organisation = {
        "name": "合成新注册有限公司",
        "credit_code": "91350100M000100Y56",
        "kind": "enterprise",
        "sides": ["enterprise"],
        "size": "small",
        "region": "320500",
        "contact_name": "吴合成",
        "contact_email": "new@example.org",
        "language": "zh",
    }
    person = {
        "email": "new@example.org",
        "name": "吴合成",
        "password": "six grey pebbles",
        "password_again": "six grey pebbles",
    }
    wish = check_sign_up(organisation, person, agrees_to_terms=True, shares_contact=True)
    account = sign_up(db, CHEAP, wish, now=NOW)
    both = agreements_of(db, account)
    assert {(one.what, one.version, one.by_you, one.taken_back_at) for one in both} == {
        ("terms", TERMS_VERSION, True, None),
        ("shares_contact", TERMS_VERSION, True, None),
    }
    for shares, now in ((False, LATER), (True, LATER + timedelta(days=1))):
        update_profile(
            db, account.organisation_id, wish.organisation, shares_contact=shares,
            actor=ENTERPRISE, now=now,
        )  # fmt: skip
    shown = [one for one in agreements_of(db, account) if one.what == "shares_contact"]
    assert [(one.by_you, one.taken_back_at) for one in shown] == [(False, None), (True, LATER)]


def test_terms_of_the_organisation_are_listed_for_a_colleague(db: StoreDatabase) -> None:
    (terms,) = agreements_of(db, read_account(db, ENTERPRISE.actor_id))
    assert terms == Agreement("terms", NOW, by_you=False)
