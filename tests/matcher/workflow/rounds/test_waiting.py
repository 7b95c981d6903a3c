"""The wait-list: free seats reach everybody who waits for them, and nobody is passed."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.allocation.inputs import Inputs, Option, Quota
from matcher.store.capabilities import withdraw_capability
from matcher.store.connection import StoreDatabase
from matcher.store.need_status import write_state
from matcher.store.organisations import update_organisation
from matcher.store.round_parties import (
    GIVEN_UP,
    NEED,
    PROVIDER,
    Party,
    list_offers,
    replace_parties,
)
from matcher.store.rounds import read_round
from matcher.workflow.engagements.steps import advance
from matcher.workflow.rounds.drafting import change_draft
from matcher.workflow.rounds.following import draft_second_round
from matcher.workflow.rounds.lifecycle import (
    cancel_round,
    freeze_round,
    preview_round,
    publish_rules,
)
from matcher.workflow.rounds.offers import give_up, place_in_line, publish_and_offer
from matcher.workflow.rounds.reading import result_of
from matcher.workflow.rounds.scope import Scope, Seat, scope_of, scope_text
from tests.matcher.workflow.engagements.world import DECLINES, ENTERPRISE, NOW, opened
from tests.matcher.workflow.rounds.world import ADMIN, CLOSES, NEEDS, PLACE_ID, published, world

OTHER_PLACE = "PB900/T2"


def option(need_id: str, place_id: str, value: float, provider_id: str = "V900") -> Option:
    capability = f"CAP-{provider_id}-1"
    return Option(need_id, provider_id, place_id, capability, value, value, value, value)


def first_leaves(round_id: str, db: object) -> list[str]:
    offer = list_offers(db, round_id)[0]  # type: ignore[arg-type]
    moved = give_up(db, offer.offer_id, "停产", actor=ENTERPRISE, now=CLOSES)  # type: ignore[arg-type]
    return [one.need_id for one in moved]


def test_a_free_provider_is_offered_to_who_waits_for_it_with_another_place() -> None:
    db = world()
    options = (
        option("N0001", PLACE_ID, 0.9),
        option("N0002", OTHER_PLACE, 0.7),
        option("N0003", OTHER_PLACE, 0.5),
    )
    quotas = {PLACE_ID: Quota(1), OTHER_PLACE: Quota(1)}
    round_id = published(db, Inputs(NEEDS, options, {"V900": Quota(1)}, quotas))
    assert first_leaves(round_id, db) == ["N0002"]


@pytest.mark.parametrize("why", ["ended", "parted", "withdrawn", "suspended"])
def test_nothing_is_offered_that_could_not_begin(why: str) -> None:
    db = world()
    options = (
        option("N0001", PLACE_ID, 0.9),
        option("N0002", PLACE_ID, 0.7),
        option("N0003", PLACE_ID, 0.5, "V901"),
    )
    quotas = {"V900": Quota(1), "V901": Quota(1)}
    round_id = published(db, Inputs(NEEDS, options, quotas, {PLACE_ID: Quota(1)}))
    if why == "ended":
        write_state(db, "N0002", "withdrawn", actor="t", reason="不再需要", now=NOW)
    elif why == "parted":
        met = opened(db, need_id="N0002")
        advance(db, met.engagement_id, "decline", actor=ENTERPRISE, now=NOW, given=DECLINES)
    elif why == "suspended":
        update_organisation(db, "O-provider", {"verification": "suspended"}, now=NOW)
    else:
        withdraw_capability(db, "CAP-V900-1", actor="t", now=NOW)
    assert first_leaves(round_id, db) == ["N0003"]


@pytest.mark.parametrize("who", ["O-base", "O-provider"])
def test_nobody_moves_up_to_who_is_suspended(who: str) -> None:
    db = world()
    options = (option("N0001", PLACE_ID, 0.9), option("N0002", PLACE_ID, 0.7))
    inputs = Inputs(NEEDS, options, {"V900": Quota(1)}, {PLACE_ID: Quota(1)})
    round_id = published(db, inputs)
    update_organisation(db, who, {"verification": "suspended"}, now=NOW)
    assert first_leaves(round_id, db) == []


@st.composite
def rounds(draw: st.DrawFn) -> Inputs:
    """Three needs, two providers, two places or none; each option there or not."""
    value = st.integers(1, 20).map(lambda n: n / 20)
    options = [
        Option(*key, f"CAP-{key[1]}-1", draw(value), draw(value), draw(value), draw(value))
        for key in product(NEEDS, ("V900", "V901"), (PLACE_ID, OTHER_PLACE, ""))
        if draw(st.booleans())
    ]
    providers = {one: Quota(draw(st.integers(1, 2))) for one in ("V900", "V901")}
    places = {one: Quota(draw(st.integers(1, 2))) for one in (PLACE_ID, OTHER_PLACE)}
    return Inputs(NEEDS, tuple(options), providers, places)


LEAVING = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(("need", "provider"))), min_size=1, max_size=4
)


@settings(max_examples=60, deadline=None)
@given(rounds(), LEAVING)
def test_no_seat_stays_free_while_somebody_waits_and_nobody_is_passed(
    inputs: Inputs, leaving: list[tuple[int, str]]
) -> None:
    db = world()
    round_id = published(db, inputs)
    lists = result_of(read_round(db, round_id)).wait_lists
    quotas = {**inputs.provider_quotas, **inputs.place_quotas}

    def free(need_id: str, used: Counter[str], party: str) -> bool:
        own = [one for one in inputs.options if one.need_id == need_id]
        return any(
            all(used[one] < quotas[one].most for one in mine.key[1:] if one)
            for mine in own
            if (mine.place_id or mine.provider_id) == party
        )

    for number, side in leaving:
        standing = [one for one in list_offers(db, round_id) if one.state != GIVEN_UP]
        if number >= len(standing):
            continue
        new = give_up(db, standing[number].offer_id, "理由", side=side, actor=ADMIN, now=CLOSES)
        every = list_offers(db, round_id)
        old = [one for one in every if one.offer_id not in {up.offer_id for up in new}]
        gone = {one.need_id for one in old}
        used = Counter(party for one in old for party in one.seats_used())
        for up in new:
            waiting = lists[up.place_id or up.provider_id]
            before = [one for one in waiting[: waiting.index(up.need_id)] if one not in gone]
            assert not any(free(one, used, up.place_id or up.provider_id) for one in before)
            gone.add(up.need_id)
            used.update(up.seats_used())
        assert all(used[party] <= quota.most for party, quota in quotas.items())
        for party, waiting in lists.items():
            assert not any(free(one, used, party) for one in waiting if one not in gone)


def second_with(db: StoreDatabase, round_id: str, options: tuple[Option, ...]) -> str:
    """A second round whose rules are published, frozen with these options of N0003."""
    second = draft_second_round(db, round_id, actor=ADMIN, now=CLOSES)
    assert scope_of(second).needs == ("N0003",)
    parties = [Party("N0003", NEED, "O-need"), Party("V901", PROVIDER, "O-stranger")]
    publish_rules(
        db,
        second.round_id,
        actor=ADMIN,
        now=CLOSES,
        also=lambda after: replace_parties(db, after.round_id, parties, []),
    )
    found = Inputs(("N0003",), options, {"V901": Quota(1)})
    freeze_round(db, second.round_id, lambda *_: found, actor=ADMIN, now=second.closes_at)
    preview_round(db, second.round_id, actor=ADMIN, now=second.closes_at)
    return second.round_id


def three_for_two(db: StoreDatabase) -> str:
    """A published round in which N0003 waits for the provider of the other two."""
    options = (option("N0001", "", 0.9), option("N0002", "", 0.7), option("N0003", "", 0.5))
    return published(db, Inputs(NEEDS, options, {"V900": Quota(2)}))


def test_who_got_a_place_in_a_second_round_waits_in_the_first_no_more() -> None:
    db = world()
    first = three_for_two(db)
    second = second_with(db, first, (option("N0003", "", 0.4, "V901"),))
    publish_and_offer(db, second, actor=ADMIN, now=CLOSES)
    assert [one.need_id for one in list_offers(db, second)] == ["N0003"]
    assert place_in_line(db, read_round(db, first), "N0003") == {}
    assert first_leaves(first, db) == []
    offer = list_offers(db, second)[0]
    give_up(db, offer.offer_id, "停产", side="provider", actor=ADMIN, now=CLOSES)
    second_leaves = list_offers(db, first)[1]
    moved = give_up(db, second_leaves.offer_id, "停产", actor=ENTERPRISE, now=CLOSES)
    assert [one.need_id for one in moved] == ["N0003"]  # it lost that place by no fault of its own


@pytest.mark.parametrize("how", ["published", "cancelled"])
def test_a_seat_that_is_free_while_a_second_round_decides_goes_on_when_it_is_over(how: str) -> None:
    db = world()
    first = three_for_two(db)
    second = second_with(db, first, ())
    assert place_in_line(db, read_round(db, first), "N0003") == {}
    assert first_leaves(first, db) == []  # it could get a place in the second as well
    if how == "published":
        publish_and_offer(db, second, actor=ADMIN, now=CLOSES)
    else:
        cancel_round(db, second, "重做", actor=ADMIN, now=CLOSES)
    moved = list_offers(db, first)[-1]
    assert (moved.need_id, moved.origin, moved.state) == ("N0003", "wait_list", "offered")
    assert list_offers(db, second) == []
    if how == "published":
        third = draft_second_round(db, second, actor=ADMIN, now=CLOSES)
        assert scope_of(third).needs == ()


def test_a_seat_that_a_second_round_took_over_is_not_given_by_the_first() -> None:
    db = world()
    options = (
        option("N0001", PLACE_ID, 0.9),
        option("N0002", PLACE_ID, 0.7, "V901"),
        option("N0003", PLACE_ID, 0.5),
    )
    quotas = {"V900": Quota(1), "V901": Quota(1)}
    first = published(db, Inputs(NEEDS, options, quotas, {PLACE_ID: Quota(1)}))
    second = draft_second_round(db, first, actor=ADMIN, now=CLOSES)
    taken_over = Scope(("N0003",), (Seat("V901", 1),))
    changes = {"scope": scope_text(taken_over)}
    change_draft(db, second.round_id, changes, version=second.version, actor=ADMIN, now=CLOSES)
    assert first_leaves(first, db) == []  # N0002 wants the place with a provider that is gone
    cancel_round(db, second.round_id, "重做", actor=ADMIN, now=CLOSES)
    assert [one.need_id for one in list_offers(db, first)] == ["N0001", "N0002"]
