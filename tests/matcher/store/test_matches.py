"""Match lists: stored whole with what they rested on, read back as they were shown."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from datetime import date
from typing import Any

import pytest

from matcher.errors import InvalidRecord, StoreError, UnknownRecord
from matcher.ranking.results import (
    BaseMatch,
    Contribution,
    Counterfactual,
    Evidence,
    Exclusion,
    HardCheck,
    Match,
    MatchList,
    RequirementLine,
)
from matcher.store.connection import StoreDatabase
from matcher.store.matches import list_match_lists, read_match_list, save_match_list
from matcher.store.needs import save_need
from tests.factories import make_need
from tests.matcher.store.conftest import NOW

CHECK = HardCheck("deployment", "passed", "ok", "部署方式相符", "Deployment fits")
PARTS = (
    Contribution("prior", -3.0, None, "先验", "prior", is_prior=True),
    Contribution("lexical", 2.5, 0.75, "用词相近", "Similar words"),
)


def make_match(rank: int, **changes: Any) -> Match:
    values: dict[str, Any] = {
        "rank": rank,
        "provider_id": f"V{rank}",
        "provider_name": "合成示例",
        "provider_name_en": "Synthetic example",
        "capability_id": f"CAP-V{rank}-1",
        "probability": 0.5 / rank,
        "bits": -0.5,
        "contributions": PARTS,
        "requirements": (
            RequirementLine("R1", "检出率", "must", "met", "E1", "99%", "synthetic", "达到", "met"),
        ),
        "evidence": (
            Evidence("E1", "C1", "case", "裂纹", "crack", "synthetic", "B", None, False, 1.5),
        ),
        "checks": (CHECK,),
        "bases": (BaseMatch("PB1", "PB1-S1", 0.25, PARTS, (CHECK,)),),
        "counterfactuals": (Counterfactual("edge", "若可边缘部署", "If on edge", 0.5, 1),),
        "adequate": True,
        "features": {"prior": None, "lexical": 0.75},
        "closeness": 0.41,
    }
    return Match(**{**values, **changes})


def make_list(**changes: Any) -> MatchList:
    values: dict[str, Any] = {
        "model_id": "m1",
        "catalogue_revision": 7,
        "need": {"need_id": "N0001", "title": "裂纹", "industries": ["C31"]},
        "no_adequate_match": False,
        "matches": (make_match(1), make_match(2)),
        "excluded": (Exclusion("V3", "CAP-V3-1", "deployment", "不能部署", "Cannot deploy"),),
        "bases": (BaseMatch("PB1", "PB1-S1", 0.25, PARTS, (CHECK,)),),
        "n_eligible": 12,
        "computed_on": date(2026, 11, 20),
        "model_sha256": "0" * 64,
        "timing_ms": {"rank": 1.25},
    }
    return MatchList(**{**values, **changes})


VERSIONS = {("capability", "CAP-V1-1"): 3, ("provider", "V1"): 2, ("capability", "CAP-V2-1"): 1}


def test_a_list_is_read_back_as_it_was_shown(db: StoreDatabase) -> None:
    shown = make_list()
    stored_id = save_match_list(
        db, shown, record_versions=VERSIONS, origin="site", now=NOW, propensities={"CAP-V2-1": 0.4}
    )
    stored = read_match_list(db, stored_id)
    assert stored.match_list == shown
    assert stored.record_versions == VERSIONS
    assert stored.propensities == {"CAP-V1-1": 1.0, "CAP-V2-1": 0.4}
    assert (stored.origin, stored.created_at) == ("site", NOW)


def test_every_shown_pair_stands_in_columns_for_later_outcomes(db: StoreDatabase) -> None:
    save_need(db, make_need(), actor="a", now=NOW)
    save_need(db, make_need(title="改"), actor="a", now=NOW)
    stored_id = save_match_list(db, make_list(), record_versions=VERSIONS, origin="site", now=NOW)
    rows = db.conn.execute(
        "SELECT p.rank, p.capability_id, p.capability_version, p.provider_version, p.probability, "
        "p.features ->> '$.lexical', p.closeness, l.model_id, l.need_version FROM match_pair AS p "
        "JOIN match_list AS l USING (match_list_id) WHERE match_list_id = ? ORDER BY rank",
        [stored_id],
    ).fetchall()
    assert rows == [
        (1, "CAP-V1-1", 3, 2, 0.5, 0.75, 0.41, "m1", 2),
        (2, "CAP-V2-1", 1, None, 0.25, 0.75, 0.41, "m1", 2),
    ]


def test_an_answer_without_matches_is_stored_too(db: StoreDatabase) -> None:
    empty = make_list(matches=(), no_adequate_match=True, need={"title": "无"}, bases=())
    stored_id = save_match_list(db, empty, record_versions={}, origin="site", now=NOW)
    assert read_match_list(db, stored_id).match_list == empty


def test_dates_of_the_need_are_stored_as_text(db: StoreDatabase) -> None:
    asked = make_list(need=asdict(make_need()))
    stored_id = save_match_list(db, asked, record_versions={}, origin="site", now=NOW)
    need = read_match_list(db, stored_id).match_list.need
    assert (need["start_by"], need["industries"]) == ("2027-03-01", ["C31"])


def test_lists_of_a_need_come_last_first(db: StoreDatabase) -> None:
    ids = [
        save_match_list(db, make_list(), record_versions={}, origin="site", now=NOW)
        for _ in range(3)
    ]
    assert list_match_lists(db, "N0001") == ids[::-1]
    assert list_match_lists(db, "N9") == []


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"matches": (make_match(1, bits=math.nan),)}, InvalidRecord),
        ({"matches": (make_match(1, probability=1.5),)}, StoreError),
        ({"matches": (make_match(1), make_match(1))}, StoreError),
        ({"need": {"need_id": "N1", "title": "\ud800"}}, InvalidRecord),
        ({"need": {"need_id": "N1", "title": object()}}, InvalidRecord),
        ({"timing_ms": {"rank": math.inf}}, InvalidRecord),
    ],
)
def test_what_cannot_be_stored_leaves_nothing(
    db: StoreDatabase, changes: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        save_match_list(db, make_list(**changes), record_versions={}, origin="site", now=NOW)
    assert db.conn.execute("SELECT count(*) FROM match_list").fetchone()[0] == 0


def test_a_propensity_of_zero_is_refused(db: StoreDatabase) -> None:
    with pytest.raises(StoreError):
        save_match_list(
            db,
            replace(make_list(), matches=(make_match(1),)),
            record_versions={},
            origin="site",
            now=NOW,
            propensities={"CAP-V1-1": 0.0},
        )


def test_an_unknown_list_is_refused(db: StoreDatabase) -> None:
    with pytest.raises(UnknownRecord):
        read_match_list(db, 99)
