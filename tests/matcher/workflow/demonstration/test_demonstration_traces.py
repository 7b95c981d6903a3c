"""What a demonstration left in the catalogue is marked while it is on, and gone after it."""

from __future__ import annotations

import pytest

from matcher.settings import PROJECT
from matcher.store.capabilities import list_capabilities, read_capability
from matcher.store.catalogue import read_catalogue, replace_catalogue
from matcher.store.connection import StoreDatabase
from matcher.store.organisations import update_organisation
from matcher.store.ownership import demonstration_records
from matcher.workflow.demonstration.capabilities import add_demo_capabilities
from matcher.workflow.demonstration.end import end_demonstration
from matcher.workflow.engagements.outcomes import allow_publishing, record_outcome
from tests.factories import make_catalogue
from tests.matcher.store.conftest import db as empty
from tests.matcher.store.conftest import path
from tests.matcher.workflow.engagements.conftest import db
from tests.matcher.workflow.engagements.test_pilots import PASSED, measured
from tests.matcher.workflow.engagements.world import ENTERPRISE, NOW, PROVIDER
from tests.matcher.workflow.people import act_of, inhabited

__all__ = ["db", "empty", "path"]  # fixtures of other tests
OFFERED = "CAP-V900-1"


def published_case(db: StoreDatabase) -> str:
    outcome = record_outcome(db, measured(db), PASSED, actor=ENTERPRISE, now=NOW)
    for actor in (ENTERPRISE, PROVIDER):
        outcome = allow_publishing(db, outcome.outcome_id, "anonymous", actor=actor, now=NOW)
    return outcome.case_id


@pytest.mark.parametrize("made_up", ["O-need", "O-provider", ""])
def test_case_is_gone_with_the_demonstration_that_made_it(db: StoreDatabase, made_up: str) -> None:
    case_id = published_case(db)
    before = read_capability(db, OFFERED).case_ids
    assert case_id in before
    db.conn.execute("UPDATE organisation SET is_demo = 1 WHERE organisation_id = ?", [made_up])
    db.conn.commit()
    assert (("case", case_id) in demonstration_records(db)) == bool(made_up)
    end_demonstration(db, models=PROJECT / "models", now=NOW)
    assert (case_id in read_catalogue(db).cases) == (not made_up)
    if made_up != "O-provider":  # whose capability goes with it
        kept = tuple(one for one in before if one != case_id or not made_up)
        assert read_capability(db, OFFERED).case_ids == kept


def test_provider_that_came_with_it_is_gone(empty: StoreDatabase) -> None:
    inhabited(empty)
    add_demo_capabilities(empty, now=NOW)
    own = act_of(empty, "provider").organisation.provider_id
    assert own in read_catalogue(empty).providers
    end_demonstration(empty, models=PROJECT / "models", now=NOW)
    assert list_capabilities(empty, own) == []
    assert own not in read_catalogue(empty).providers


def test_provider_of_the_catalogue_that_was_lent_its_name_stays(empty: StoreDatabase) -> None:
    inhabited(empty)
    replace_catalogue(empty, make_catalogue(), source="synthetic", now=NOW)
    (lent, *_others) = read_catalogue(empty).providers
    organisation_id = act_of(empty, "provider").organisation.organisation_id
    update_organisation(empty, organisation_id, {"provider_id": lent}, now=NOW)
    end_demonstration(empty, models=PROJECT / "models", now=NOW)
    assert lent in read_catalogue(empty).providers
