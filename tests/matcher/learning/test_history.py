"""One form of history: checked, cut, joined, kept as a file, and never losing what it is."""

from __future__ import annotations

import io

import numpy as np
import pytest

from matcher.learning.history import (
    SCHEMA,
    HistoryLog,
    Wanted,
    from_bytes,
    make_log,
    moment,
)
from matcher.learning.history_labels import NO_GRADE, label_pairs
from tests.matcher.invented import END, invented_year


def same(left: HistoryLog, right: HistoryLog) -> bool:
    return all(
        np.array_equal(left.tables[t][c], right.tables[t][c], equal_nan=kind not in ("U", "?"))
        if kind != "M8[s]"
        else bool(
            (
                (left.tables[t][c] == right.tables[t][c])
                | (np.isnat(left.tables[t][c]) & np.isnat(right.tables[t][c]))
            ).all()
        )
        for t, columns in SCHEMA.items()
        for c, kind in columns.items()
    )


def test_a_log_is_the_same_after_a_file_and_still_synthetic() -> None:
    log, _ = invented_year(3, 2_000)
    again = from_bytes(log.to_bytes())
    assert same(log, again)
    assert again.synthetic
    assert again.sources == ("synthetic seed 3",)
    assert np.array_equal(log.features["over_budget"], again.features["over_budget"])


def test_whatever_is_cut_out_or_joined_stays_synthetic() -> None:
    log, _ = invented_year(3, 2_000)
    real = make_log({}, synthetic=False, sources=("database",))
    assert log.joined(real).synthetic
    assert real.joined(log).synthetic
    assert log.only(Wanted(size="small")).as_of(END).synthetic
    assert not real.as_of(END).synthetic
    assert same(real.joined(log), log)


def test_joining_keeps_every_row_pointing_at_its_own() -> None:
    one, two = invented_year(3, 2_000)[0], invented_year(4, 2_000)[0]
    both = one.joined(two)
    assert both.n("pairs") == one.n("pairs") + two.n("pairs")
    ids = both.needs["need_id"][both.pair_need]
    expected = [log.needs["need_id"][log.pair_need] for log in (one, two)]
    assert np.array_equal(ids, np.concatenate(expected))


def test_a_filter_keeps_only_what_was_asked_for_and_its_pairs() -> None:
    log, _ = invented_year(3, 2_000)
    part = log.only(Wanted(industry="C", size="small", language="zh"))
    assert set(part.needs["size"]) == {"small"}
    assert all(industry.startswith("C") for industry in part.needs["industry"])
    kept = set(part.needs["need_id"])
    n = sum(need in kept for need in log.needs["need_id"][log.pair_need].tolist())
    assert part.n("pairs") == n > 0
    explored = log.only(Wanted(origin="exploration"))
    assert set(explored.pairs["origin"]) == {"exploration"}


def test_what_was_known_at_a_time_does_not_change_when_more_happens() -> None:
    log, _ = invented_year(3, 2_000)
    then = np.datetime64("2026-05-01", "s")
    early, later = log.as_of(then), log.as_of(np.datetime64("2026-08-01", "s")).as_of(then)
    assert same(early, later)
    assert (early.shown_at <= then).all()
    answers = early.pairs["mutual_at"]
    assert (np.isnat(answers) | (answers <= then)).all()
    assert set(early.pairs["close_cause"][np.isnat(early.pairs["closed_at"])]) <= {""}
    assert early.n("pairs") < log.n("pairs")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"nothing": {}}, "not in a history log"),
        ({"rounds": {"round_id": ["R"]}}, "lacks"),
        ({"rounds": {"round_id": ["R"], "at": [], "n_blocking": [0]}}, "differ in length"),
        (
            {"exclusions": {"list": [0], "capability": [0], "reason": ["x"]}},
            "points outside",
        ),
    ],
)
def test_a_log_that_does_not_hold_together_is_refused(given: dict[str, dict], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        make_log(given, synthetic=False)


def graded(**facts: str) -> tuple[int, list[str]]:
    """The grade of one pair, and the features that its refusal is about."""
    columns = {
        "need_accepted_at": "", "provider_accepted_at": "", "mutual_at": "", "contracted_at": "",
        "outcome": "", "declines_need": "", "declines_provider": "",
    } | facts  # fmt: skip
    at = "2026-03-01T00:00:00+00:00"
    template, _ = invented_year(3, 2_000)
    row = {name: values[:1].copy() for name, values in template.pairs.items()}
    for name in row:
        if name in columns:
            is_time = row[name].dtype.kind == "M"
            value = moment(at if columns[name] else "") if is_time else columns[name]
            row[name] = np.array([value])
    row["list"], row["capability"] = np.array([0]), np.array([0])
    tables = {
        "needs": {n: v[:1] for n, v in template.needs.items()},
        "capabilities": {n: v[:1] for n, v in template.capabilities.items()},
        "lists": {n: v[:1] for n, v in template.lists.items()} | {"need": np.array([0])},
        "pairs": row,
    }
    labels = label_pairs(make_log(tables, synthetic=True))
    return int(labels.grade[0]), [name for name, about in labels.about.items() if about[0]]


def test_grades_follow_what_came_of_a_pair() -> None:
    assert graded() == (NO_GRADE, [])
    assert graded(need_accepted_at="x") == (1, [])
    assert graded(provider_accepted_at="x") == (1, [])
    assert graded(need_accepted_at="x", mutual_at="x") == (2, [])
    assert graded(mutual_at="x", outcome="pilot_failed") == (2, [])
    assert graded(mutual_at="x", outcome="pilot_passed") == (3, [])
    assert graded(mutual_at="x", contracted_at="x") == (3, [])


def test_a_refusal_for_fit_is_a_grade_and_one_for_budget_is_about_the_budget() -> None:
    assert graded(declines_need="capability") == (0, [])
    assert graded(declines_provider="data") == (0, [])
    assert graded(declines_need="budget") == (NO_GRADE, ["over_budget"])
    assert graded(declines_need="timing") == (NO_GRADE, ["late_start"])
    assert graded(need_accepted_at="x", declines_provider="no_capacity") == (1, ["free_slots"])
    assert graded(declines_need="supplied") == (NO_GRADE, [])
    assert graded(declines_need="capability|budget") == (0, ["over_budget"])


def test_history_that_was_kept_before_closeness_was_logged_does_not_know_it() -> None:
    log = invented_year(7, 2_000)[0]
    with np.load(io.BytesIO(log.to_bytes()), allow_pickle=False) as file:
        kept = {name: file[name] for name in file.files if name != "pairs/closeness"}
    earlier = io.BytesIO()
    np.savez_compressed(earlier, **kept)
    again = from_bytes(earlier.getvalue())
    assert np.isnan(again.pairs["closeness"]).all()
    assert again.joined(log).n("pairs") == 2 * log.n("pairs")
    assert np.array_equal(from_bytes(log.to_bytes()).pairs["closeness"], log.pairs["closeness"])
