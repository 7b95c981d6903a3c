"""What everybody may find of needs: only what is open to all, masked where it is anonymous."""

from __future__ import annotations

from typing import Any

import pytest
from sqlite_utils import Database

from matcher.identity import SYSTEM, Verification, actor_of
from matcher.schemas.organisation import OrganisationSchema
from matcher.settings import PROJECT
from matcher.store.catalogue import catalogue_revision
from matcher.store.notices import list_notices
from matcher.store.organisations import read_organisation, update_organisation
from matcher.store.saved_searches import save_search
from matcher.store.search import search
from matcher.workflow.accounts.profile import update_profile
from matcher.workflow.accounts.verification import decide
from matcher.workflow.demonstration.end import end_demonstration
from matcher.workflow.messages.alerts import deliver_alerts
from matcher.workflow.needs.drafts import start_draft
from matcher.workflow.needs.lifecycle import change_state
from matcher.workflow.needs.listing import list_all_needs
from matcher.workflow.needs.publishing import Wishes, send_draft
from matcher.workflow.needs.states import LISTED, TABLE, Act, State, Who
from tests.matcher.store.conftest import NOW, db, path
from tests.matcher.workflow.needs_db import VALUES, act, inhabited, opened, person, sent

__all__ = ["db", "path"]  # fixtures of the store's tests

NAME = "演示制造企业"
BETRAYING: dict[str, Any] = {
    "visibility": "anonymous",
    "title": "演示制造企业带钢表面裂纹检测",
    "tried": "Demonstration Manufacturer 试过，见 www.demo-maker.com",
    "affected": "演示制造企业质检班组十二人，电话 0512-66668888",
}


def found(db: Database, text: str = "", **facets: list[str]) -> list[str]:
    result = search(db, text, kinds=["need"], facets=facets)
    return [] if result.is_relaxed else [hit.record_id for hit in result.hits]


def index_of(db: Database) -> str:
    """Return everything that the search holds of needs, terms and facets too."""
    rows = db.execute(
        "SELECT d.*, i.title, i.body FROM search_document AS d "
        "JOIN search_index AS i ON i.rowid = d.document_id WHERE d.kind = 'need'"
    ).fetchall()
    facets = db.execute("SELECT facet, value FROM search_facet").fetchall()
    return str(rows) + str(facets)


def amend(db: Database, need_id: str, **changes: Any) -> None:
    owner = person(db, "enterprise")
    organisation = read_organisation(db, owner.organisation_id)
    draft = start_draft(db, owner.account_id, {**VALUES, **changes}, now=NOW, record_id=need_id)
    send_draft(db, draft, organisation, act(db, "enterprise"), Wishes(accepts_near=True))


def test_an_open_need_is_found_by_words_facets_and_its_enterprise(db: Database) -> None:
    inhabited(db)
    need_id = opened(db)
    assert found(db, "裂纹") == [need_id]
    assert found(db, NAME) == [need_id]
    assert found(db, "", industry=["C31"], region=["320500"], deployment=["edge"]) == [need_id]
    assert found(db, "", needs_base=["yes"]) == []


def test_what_is_masked_is_in_no_part_of_the_index(db: Database) -> None:
    inhabited(db)
    need_id = opened(db, **BETRAYING)
    assert found(db, "带钢 裂纹") == [need_id]
    assert found(db, "", region=["320000"]) == [need_id]
    assert found(db, "", region=["320500"]) == []
    for word in (NAME, "示制", "demonstration", "manufacturer", "demo-maker", "66668888", "320500"):
        assert word not in index_of(db).casefold()
    for asked in (NAME, "Demonstration Manufacturer", "demo-maker.com", "66668888"):
        assert found(db, asked) == []
        assert NAME not in str(search(db, asked, kinds=["need"]).hits)


def test_private_answers_are_not_searched(db: Database) -> None:
    inhabited(db)
    opened(db, excluded_provider_ids=["V900"], excluded_reason="与其正在诉讼")
    assert found(db, "诉讼") == []
    assert "V900" not in index_of(db)


def test_drafts_and_needs_for_invited_providers_are_not_found(db: Database) -> None:
    inhabited(db)
    sent(db)
    opened(db, title="仅限受邀：铸件气孔识别", visibility="invited", invited_provider_ids=["V900"],
           problem="（合成）" + "铸件气孔靠敲击听音判断，漏检很多" * 5)  # fmt: skip
    assert found(db) == []


def ways_to(goal: str) -> list[str]:
    """Return the states that lead to one, from open on."""
    ways: dict[str, list[str]] = {State.OPEN: []}
    queue = [str(State.OPEN)]
    while queue:
        here = queue.pop(0)
        for step in TABLE:
            if step.from_state == here and step.to_state not in ways:
                ways[step.to_state] = [*ways[here], step.to_state]
                queue.append(step.to_state)
    return ways[goal]


@pytest.mark.parametrize(
    "state", sorted({step.to_state for step in TABLE} - {State.IN_REVIEW, State.DRAFT})
)
def test_only_open_states_are_found(db: Database, state: str) -> None:
    inhabited(db)
    need_id = opened(db)
    before = State.OPEN
    for following in ways_to(state):
        step = next(s for s in TABLE if (s.from_state, s.to_state) == (before, following))
        doer = Act(SYSTEM, NOW, "说明") if step.who == (Who.SYSTEM,) else None
        change_state(db, need_id, following, doer or act(db, "enterprise", "说明"))
        before = State(following)
    assert found(db) == ([need_id] if state in LISTED else [])


def test_an_amendment_changes_what_is_found_at_once(db: Database) -> None:
    inhabited(db)
    need_id = opened(db)
    amend(db, need_id, title="冷轧带钢辊印在线检测")
    assert found(db, "辊印") == [need_id]
    amend(db, need_id, visibility="anonymous")
    assert found(db, NAME) == []
    assert found(db, "裂纹") == [need_id]
    amend(db, need_id, visibility="invited", invited_provider_ids=["V900"])
    assert found(db) == []


def test_needs_of_a_suspended_enterprise_are_not_found(db: Database) -> None:
    inhabited(db)
    need_id, organisation_id = opened(db), person(db, "enterprise").organisation_id
    decision = {"actor": actor_of(person(db, "administrator")), "now": NOW}
    decide(db, organisation_id, Verification.SUSPENDED, reason="复查", **decision)
    assert found(db) == []
    decide(db, organisation_id, Verification.VERIFIED, **decision)
    assert found(db) == [need_id]


def test_another_name_is_masked_as_soon_as_it_is_the_enterprises(db: Database) -> None:
    inhabited(db)
    need_id = opened(db, **{**BETRAYING, "tried": "合成新名字公司也试过"})
    assert found(db, "合成新名字") == [need_id]
    own = read_organisation(db, person(db, "enterprise").organisation_id)
    answers = {name: getattr(own, name) for name in OrganisationSchema().fields}
    details = OrganisationSchema.record(**{**answers, "name": "合成新名字有限公司"})
    update_profile(
        db, own.organisation_id, details, shares_contact=False,
        actor=actor_of(person(db, "enterprise")), now=NOW,
    )  # fmt: skip
    assert found(db, "合成新名字") == []


def test_the_end_of_a_demonstration_takes_its_needs_out(db: Database) -> None:
    inhabited(db)
    opened(db)
    end_demonstration(db, models=PROJECT / "models", now=NOW)
    assert found(db) == []


def test_everything_can_be_made_anew_and_the_same_changes_nothing(db: Database) -> None:
    inhabited(db)
    need_id = opened(db)
    revision = catalogue_revision(db)
    assert list_all_needs(db) == 1
    assert catalogue_revision(db) == revision
    update_organisation(  # as by a program that does not know of the search
        db, person(db, "enterprise").organisation_id, {"verification": Verification.SUSPENDED},
        now=NOW,
    )  # fmt: skip
    assert found(db) == [need_id]
    assert list_all_needs(db) == 0
    assert found(db) == []


def test_who_keeps_a_search_is_told_of_a_need_once_and_of_its_amendment(db: Database) -> None:
    inhabited(db)
    reader = person(db, "provider").account_id
    save_search(
        db, reader, name="裂纹", page="needs", query="裂纹", facets={"kind": ["need"]}, now=NOW
    )
    need_id = sent(db)
    assert deliver_alerts(db, NOW) == 0
    change_state(db, need_id, State.OPEN, act(db, "reviewer"))
    assert (deliver_alerts(db, NOW), deliver_alerts(db, NOW)) == (1, 0)
    amend(db, need_id, title="热轧带钢表面裂纹与夹杂检测")
    assert deliver_alerts(db, NOW) == 1
    change_state(db, need_id, State.WITHDRAWN, act(db, "enterprise", "停产"))
    assert deliver_alerts(db, NOW) == 0
    told = [one.message for one in list_notices(db, reader) if one.message.topic == "search.news"]
    assert ["新增 1 条，更新 0 条" in one.text_zh for one in told] == [False, True]
    assert ["新增 0 条，更新 1 条" in one.text_zh for one in told] == [True, False]
