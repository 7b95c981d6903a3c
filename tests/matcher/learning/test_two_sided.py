"""Each side's probability is learned from answers that were given, or honestly missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matcher.learning.history import NEVER, SCHEMA, TEXT, TIME, TRUTH, WHOLE, HistoryLog, make_log
from matcher.learning.label_lists import lists_of_history
from matcher.learning.two_sided import (
    Answers,
    all_answers,
    answers_of,
    fit_side,
    fit_sides,
    record_of,
)
from matcher.learning.update_from_labels import COLUMN, NO_GRADE
from matcher.ranking.model import Table
from matcher.ranking.registry import load_serving_model, save_model
from matcher.ranking.sides import MIN_ANSWERS, SIDES, side_probabilities
from matcher.settings import PROJECT

AT = np.datetime64("2026-03-01T00:00:00", "s")
BLANK = {TEXT: "", TIME: NEVER, TRUTH: False, WHOLE: 1}


def rows(table: str, n: int, **columns: Any) -> dict[str, Any]:
    """Synthetic columns of a table: blank but for what is given."""
    kinds = SCHEMA[table]
    blank = {name: np.full(n, BLANK.get(kind, np.nan)) for name, kind in kinds.items()}
    return {**blank, **columns}


def make_history(n_lists: int, seed: int = 0, length: int = 5) -> HistoryLog:
    """Lists on which the enterprise accepts at the odds of the bits, the provider at twice them."""
    random = np.random.default_rng(seed)
    n = n_lists * length
    bits = random.normal(-1.0, 2.0, n)
    chance = 1 / (1 + 2.0**-bits)
    need = random.random(n) < chance
    provider = random.random(n) < 1 / (1 + 2.0 ** -(bits + 1))
    when = lambda happened: np.where(happened, AT, NEVER)  # noqa: E731
    numbers = np.arange(n_lists)
    return make_log(
        {
            "needs": rows(
                "needs",
                n_lists,
                need_id=[f"N{i}" for i in numbers],
                enterprise_id=[f"E{i // 2}" for i in numbers],
            ),
            "capabilities": rows("capabilities", n, capability_id=[f"C{i}" for i in range(n)]),
            "lists": rows(
                "lists",
                n_lists,
                list_id=[f"L{i}" for i in numbers],
                need=numbers,
                at=np.full(n_lists, AT),
            ),
            "pairs": rows(
                "pairs",
                n,
                list=np.repeat(numbers, length),
                capability=np.arange(n),
                position=np.tile(np.arange(1, length + 1), n_lists),
                intended=np.tile(np.arange(1, length + 1), n_lists),
                bits=bits,
                need_accepted_at=when(need),
                need_declined_at=when(~need),
                provider_accepted_at=when(provider),
                provider_declined_at=when(~provider),
                mutual_at=when(need & provider),
                declines_need=np.where(~need, "capability", ""),
                declines_provider=np.where(need & ~provider, "budget", ""),
            ),
        },
        synthetic=True,
        features={"industry_fit": random.random(n)},
        sources=("tests",),
    )


def test_each_side_finds_its_own_probability() -> None:
    tables, records = fit_sides(all_answers(make_history(600)))
    assert set(tables) == {"side:need", "side:provider", "side:joint"}
    model = replace(load_serving_model(PROJECT / "models"), calibration=tables)
    for bits in (-2.0, 0.0, 1.5):
        found = side_probabilities(model, bits)
        need, provider, joint = found
        assert need == pytest.approx(1 / (1 + 2.0**-bits), abs=0.08)
        assert provider == pytest.approx(1 / (1 + 2.0 ** -(bits + 1)), abs=0.08)
        assert joint is not None
        assert need is not None
        assert joint < need
    assert all(r.calibration_error is not None and r.calibration_error < 0.06 for r in records)


def test_both_never_accept_more_often_than_either_does() -> None:
    rising = Table(np.array([-4.0, 4.0]), np.array([-4.0, 4.0]))
    tables = {"side:need": rising, "side:joint": Table(rising.knots, rising.bits + 1.0)}
    model = replace(load_serving_model(PROJECT / "models"), calibration=tables)
    found = side_probabilities(model, 0.0)
    assert found.need == found.joint == 0.5
    assert found.provider is None


def test_tables_survive_the_models_folder(tmp_path: Path) -> None:
    tables, _ = fit_sides(all_answers(make_history(300)))
    model = load_serving_model(PROJECT / "models")
    save_model(
        replace(model, calibration={**model.calibration, **tables}),
        tmp_path / model.model_id,
        model.manifest,
    )
    (tmp_path / "serving.txt").write_text(model.model_id, "utf-8")
    again = load_serving_model(tmp_path)
    assert side_probabilities(again, 0.5).need is not None


def test_few_answers_give_no_probability() -> None:
    tables, records = fit_sides(all_answers(make_history(10)))
    assert tables == {}
    assert {record.brier for record in records} == {None}
    model = load_serving_model(PROJECT / "models")
    assert side_probabilities(model, 0.0) == (None, None, None)
    assert not side_probabilities(model, 0.0).is_known


def test_answers_of_one_kind_alone_are_too_few() -> None:
    same = Answers(np.zeros(MIN_ANSWERS), np.ones(MIN_ANSWERS), ("G",) * MIN_ANSWERS)
    assert record_of("need", same).brier is None
    with pytest.raises(Exception, match="rarer kind"):
        fit_side(same)


def test_silence_is_no_answer() -> None:
    log = make_history(50)
    pairs = dict(log.pairs)
    for side in ("need", "provider"):
        pairs[f"{side}_accepted_at"] = np.full(250, NEVER)
        pairs[f"{side}_declined_at"] = np.full(250, NEVER)
    pairs["mutual_at"] = np.full(250, NEVER)
    silent = replace(log, tables={**log.tables, "pairs": pairs})
    assert [len(answers_of(silent, side).bits) for side in SIDES] == [0, 0, 0]


def test_history_becomes_lists_with_grades_and_refusals_apart() -> None:
    log = make_history(20)
    lists = lists_of_history(log)
    assert len(lists) == 20
    grades = np.concatenate([one.grades for one in lists])
    both = (~np.isnat(log.pairs["mutual_at"])).sum()
    assert (grades == 2).sum() == both
    assert set(grades.tolist()) <= {NO_GRADE, 0, 1, 2, 3}
    named = np.concatenate([one.about["over_budget"] for one in lists])
    assert named.sum() == (log.pairs["declines_provider"] == "budget").sum()
    first = lists[0].features[:, COLUMN["industry_fit"]]
    assert np.isfinite(first).all()
    assert len({one.group_id for one in lists}) == 10
