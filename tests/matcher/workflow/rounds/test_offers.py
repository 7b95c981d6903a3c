"""Places offered after publication: taken up, given back, and a wait-list that moves forward."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import ImpossibleStep, UnknownRecord
from matcher.store.need_status import write_state
from matcher.store.notices import list_notices
from matcher.store.round_parties import GIVEN_UP, count_waiting_for, list_offers
from matcher.store.rounds import list_rounds, read_round
from matcher.vocabulary import codes
from matcher.workflow.engagements.steps import advance
from matcher.workflow.rounds.following import draft_second_round
from matcher.workflow.rounds.lifecycle import cancel_round, inputs_of
from matcher.workflow.rounds.offers import confirm_offer, give_up, place_in_line
from matcher.workflow.rounds.reading import result_of
from matcher.workflow.rounds.scope import scope_of
from tests.matcher.workflow.engagements.world import (
    BASE,
    BROKER,
    DECLINES,
    ENTERPRISE,
    ENTERPRISE_NAME,
    PROVIDER,
    SECRETS,
    STRANGER,
    opened,
)
from tests.matcher.workflow.rounds.world import (
    ADMIN,
    CLOSES,
    NOW,
    inputs_for,
    published,
    world,
)


def test_a_published_result_is_offered_and_everybody_is_told() -> None:
    db = world()
    round_id = published(db)
    offers = list_offers(db, round_id)
    assert [(one.need_id, one.state) for one in offers] == [
        ("N0001", "offered"),
        ("N0002", "offered"),
    ]
    for actor in (ENTERPRISE, PROVIDER, BASE):
        topics = [one.message.topic for one in list_notices(db, actor.actor_id)]
        assert "round.placed" in topics
    assert count_waiting_for(db, "O-need", CLOSES).n_offers == 2
    assert count_waiting_for(db, "O-base", CLOSES).n_offers == 0


def test_notices_never_name_the_anonymous_enterprise() -> None:
    db = world()
    round_id = published(db)
    give_up(db, list_offers(db, round_id)[0].offer_id, "停产", actor=ENTERPRISE, now=CLOSES)
    told = [*list_notices(db, PROVIDER.actor_id), *list_notices(db, BASE.actor_id)]
    assert told
    assert not any(ENTERPRISE_NAME in one.message.text_zh + one.message.text_en for one in told)


def test_a_reason_tells_nobody_who_wrote_it() -> None:
    db = world()
    round_id = published(db)
    written = (f"{ENTERPRISE_NAME}停产，请致电 0512-66668888", "合成示例智能科技人手不足")
    for offer, actor, reason in zip(
        list_offers(db, round_id), (ENTERPRISE, PROVIDER), written, strict=True
    ):
        give_up(db, offer.offer_id, reason, actor=actor, now=CLOSES)
    kept = [one.reason for one in list_offers(db, round_id)[:2]]
    assert ["停产" in kept[0], "人手不足" in kept[1]] == [True, True]
    told = [
        text
        for actor in (ENTERPRISE, PROVIDER, BASE)
        for one in list_notices(db, actor.actor_id)
        for text in (one.message.text_zh, one.message.text_en)
    ]
    assert any("人手不足" in text for text in told)
    for text in (*kept, *told):
        assert not any(secret in text for secret in (*SECRETS, "合成示例智能科技"))
    (noted,) = db.conn.execute(
        "SELECT count(*) FROM audit_event WHERE action = 'round.given_up' AND reason IN (?, ?)",
        written,
    ).fetchone()
    assert noted == 2  # the trail keeps what was written


def test_confirming_leads_into_one_engagement_for_both_sides() -> None:
    db = world()
    round_id = published(db)
    offer = list_offers(db, round_id)[0]
    first = confirm_offer(db, offer.offer_id, actor=ENTERPRISE, now=CLOSES)
    assert (first.state, first.origin) == ("need_accepted", "round")
    again = confirm_offer(db, offer.offer_id, actor=ENTERPRISE, now=CLOSES)
    assert (again.engagement_id, again.state) == (first.engagement_id, "need_accepted")
    both = confirm_offer(db, offer.offer_id, actor=PROVIDER, now=CLOSES)
    assert (both.engagement_id, both.state) == (first.engagement_id, "mutual")
    assert list_offers(db, round_id)[0].state == "taken_up"
    with pytest.raises(ImpossibleStep):
        give_up(db, offer.offer_id, "反悔", actor=ENTERPRISE, now=CLOSES)


def test_a_closed_engagement_is_no_place_that_was_taken_up() -> None:
    db = world()
    met = opened(db)
    advance(db, met.engagement_id, "decline", actor=PROVIDER, now=NOW, given=DECLINES)
    round_id = published(db)
    offer = list_offers(db, round_id)[0]
    with pytest.raises(ImpossibleStep) as caught:
        confirm_offer(db, offer.offer_id, actor=ENTERPRISE, now=CLOSES)
    assert caught.value.why == "engagement_closed"
    assert caught.value.why in codes("step_refusal")
    assert list_offers(db, round_id)[0].state == "offered"
    give_up(db, offer.offer_id, "此前已谢绝", actor=ENTERPRISE, now=CLOSES)
    assert list_offers(db, round_id)[0].state == GIVEN_UP


def test_only_the_parties_of_an_offer_know_of_it() -> None:
    db = world()
    offer = list_offers(db, published(db))[0]
    with pytest.raises(UnknownRecord):
        confirm_offer(db, offer.offer_id, actor=STRANGER, now=CLOSES)
    with pytest.raises(UnknownRecord):
        give_up(db, offer.offer_id, "理由", actor=STRANGER, now=CLOSES)
    with pytest.raises(ImpossibleStep) as caught:
        confirm_offer(db, offer.offer_id, actor=BASE, now=CLOSES)
    assert caught.value.why == "wrong_side"
    with pytest.raises(ImpossibleStep) as caught:
        give_up(db, offer.offer_id, "理由", actor=BROKER, now=CLOSES)
    assert caught.value.why == "not_allowed"


def test_the_next_in_line_moves_up_when_a_need_gives_its_place_back() -> None:
    db = world()
    round_id = published(db)
    assert place_in_line(db, read_round(db, round_id), "N0003") == {"PB900/T1": 1}
    with pytest.raises(ImpossibleStep) as caught:
        give_up(db, list_offers(db, round_id)[0].offer_id, " ", actor=ENTERPRISE, now=CLOSES)
    assert caught.value.why == "missing_reason"
    (new,) = give_up(
        db, list_offers(db, round_id)[0].offer_id, "停产检修", actor=ENTERPRISE, now=CLOSES
    )
    assert (new.need_id, new.origin, new.state) == ("N0003", "wait_list", "offered")
    assert place_in_line(db, read_round(db, round_id), "N0003") == {}


@pytest.mark.parametrize(("side", "actor"), [("provider", PROVIDER), ("provider", ADMIN)])
def test_a_seat_that_its_provider_withdraws_goes_to_nobody(side: str, actor: object) -> None:
    db = world()
    round_id = published(db)
    offer = list_offers(db, round_id)[0]
    moved = give_up(db, offer.offer_id, "人手不足", side=side, actor=actor, now=CLOSES)  # type: ignore[arg-type]
    assert moved == []
    second = scope_of(draft_second_round(db, round_id, actor=ADMIN, now=CLOSES))
    assert second.providers == ()


def test_a_place_that_its_base_withdraws_is_not_offered_again() -> None:
    db = world()
    round_id = published(db, inputs_for(seats=3, places=2))
    offer = list_offers(db, round_id)[0]
    assert give_up(db, offer.offer_id, "设备故障", actor=BASE, now=CLOSES) == []
    assert list_offers(db, round_id)[0].given_up_by == "place"


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 3),
    st.integers(1, 3),
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from(("need", "provider", "place")))),
)
def test_whoever_leaves_quotas_hold_and_nobody_is_passed(
    seats: int, places: int, leaving: list[tuple[int, str]]
) -> None:
    db = world()
    round_id = published(db, inputs_for(seats=seats, places=places))
    found = read_round(db, round_id)
    inputs, lists = inputs_of(db, found), result_of(found).wait_lists
    for number, side in leaving:
        standing = [one for one in list_offers(db, round_id) if one.state != GIVEN_UP]
        if number < len(standing):
            give_up(db, standing[number].offer_id, "理由", side=side, actor=ADMIN, now=CLOSES)
        offers = list_offers(db, round_id)
        used = Counter(party for one in offers for party in one.seats_used())
        assert all(used[party] <= quota.most for party, quota in inputs.provider_quotas.items())
        assert all(used[party] <= quota.most for party, quota in inputs.place_quotas.items())
        up = [one.need_id for one in offers if one.origin == "wait_list"]
        waiting = next(iter(lists.values()), ())
        assert up == [one for one in waiting if one in up]  # in the published order
        assert len({one.need_id for one in offers}) == len(offers)


def test_a_second_round_takes_up_needs_and_free_seats() -> None:
    db = world()
    round_id = published(db)
    second = draft_second_round(db, round_id, actor=ADMIN, now=CLOSES)
    with pytest.raises(ImpossibleStep):
        draft_second_round(db, second.round_id, actor=ADMIN, now=CLOSES)
    scope = scope_of(second)
    assert (scope.needs, second.follows, second.state) == (("N0003",), round_id, "draft")
    assert [(seat.party_id, seat.most) for seat in scope.places] == [("PB900/T1", 1)]
    assert scope.providers == ()
    cancel_round(db, second.round_id, "重做", actor=ADMIN, now=CLOSES)
    give_up(db, list_offers(db, round_id)[1].offer_id, "停产", actor=ENTERPRISE, now=CLOSES)
    third = scope_of(draft_second_round(db, round_id, actor=ADMIN, now=CLOSES))
    assert third.needs == ()  # the one that waited has moved up


def test_the_same_seats_are_not_given_to_two_second_rounds() -> None:
    db = world()
    round_id = published(db)
    second = draft_second_round(db, round_id, actor=ADMIN, now=CLOSES)
    with pytest.raises(ImpossibleStep) as caught:
        draft_second_round(db, round_id, actor=ADMIN, now=CLOSES)
    assert caught.value.why == "already_done"
    assert [one.follows for one in list_rounds(db)].count(round_id) == 1
    cancel_round(db, second.round_id, "重做", actor=ADMIN, now=CLOSES)
    assert draft_second_round(db, round_id, actor=ADMIN, now=CLOSES).follows == round_id


@pytest.mark.parametrize(
    ("side", "needs"),
    [("provider", ("N0001", "N0003")), ("place", ("N0001", "N0003")), ("need", ())],
)
def test_who_lost_a_place_without_fault_is_in_the_second_round(
    side: str, needs: tuple[str, ...]
) -> None:
    db = world()
    round_id = published(db, inputs_for(seats=2, places=2))
    first = list_offers(db, round_id)[0].offer_id
    give_up(db, first, "退出", side=side, actor=ADMIN, now=CLOSES)
    second = scope_of(draft_second_round(db, round_id, actor=ADMIN, now=CLOSES))
    assert second.needs == needs


def test_a_need_that_has_ended_is_not_in_the_second_round() -> None:
    db = world()
    round_id = published(db)
    first = list_offers(db, round_id)[0].offer_id
    give_up(db, first, "人手不足", side="provider", actor=ADMIN, now=CLOSES)
    write_state(db, "N0001", "withdrawn", actor="t", reason="不再需要", now=NOW)
    second = scope_of(draft_second_round(db, round_id, actor=ADMIN, now=CLOSES))
    assert second.needs == ("N0003",)
