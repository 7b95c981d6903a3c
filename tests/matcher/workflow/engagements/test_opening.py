"""An engagement begins with nobody who could not answer in it."""

from __future__ import annotations

import pytest

from matcher.errors import ImpossibleStep
from matcher.identity import SYSTEM, Actor, Verification
from matcher.store.connection import StoreDatabase
from matcher.store.engagements import find_pair
from matcher.store.organisations import update_organisation
from matcher.workflow.engagements.opening import open_engagement
from tests.matcher.workflow.engagements.world import (
    BROKER,
    ENTERPRISE,
    NOW,
    PROVIDER,
    add_need,
)

OFFERED = "CAP-V900-1"


@pytest.mark.parametrize(
    ("suspended", "actor"),
    [
        ("O-provider", ENTERPRISE),
        ("O-provider", BROKER),
        ("O-provider", SYSTEM),
        ("O-need", PROVIDER),
        ("O-need", SYSTEM),
    ],
)
def test_nothing_begins_with_a_suspended_organisation(
    db: StoreDatabase, suspended: str, actor: Actor
) -> None:
    add_need(db, "N-new")
    changes = {"verification": Verification.SUSPENDED, "verification_reason": "核查"}
    update_organisation(db, suspended, changes, now=NOW)
    with pytest.raises(ImpossibleStep, match="resting"):
        open_engagement(db, "N-new", OFFERED, actor=actor, now=NOW)
    assert find_pair(db, "N-new", OFFERED) is None
    update_organisation(db, suspended, {"verification": Verification.VERIFIED}, now=NOW)
    assert open_engagement(db, "N-new", OFFERED, actor=actor, now=NOW).need_id == "N-new"
