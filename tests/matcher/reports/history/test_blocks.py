"""The blocks find in an invented year what was put into it, and say so with honest intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, ndcg_score

from matcher.learning.history import HistoryLog, Wanted, make_log
from matcher.learning.metrics import measure_run
from matcher.learning.probability_metrics import brier_split, wilson_interval
from matcher.reports.history.acceptance import acceptance_block
from matcher.reports.history.base_use import base_use_block
from matcher.reports.history.build import BLOCKS, ReportOrder, history_report
from matcher.reports.history.calibration import (
    JOINT,
    PROVIDER,
    calibration_block,
    line_errors,
    sides_of,
)
from matcher.reports.history.cold_start import cold_start_block
from matcher.reports.history.coverage import coverage_block
from matcher.reports.history.cut import Cut, Period
from matcher.reports.history.drift import drift_block
from matcher.reports.history.fairness import fairness_block
from matcher.reports.history.figures import Block, Figure, named, rows_of
from matcher.reports.history.funnel import funnel_block
from matcher.reports.history.human_factor import human_factor_block
from matcher.reports.history.measures import measure_of, measures
from matcher.reports.history.model_record import facts_of_manifest, model_record_block
from matcher.reports.history.ranking import measures_of, ranking_block, system_orders
from matcher.reports.history.stability import stability_block
from matcher.reports.history.supply_gap import supply_gap_block
from matcher.vocabulary import codes
from tests.matcher.invented import invented_year

OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1))
YEAR = Period(date(2025, 11, 1), date(2026, 11, 1))


@cache
def cut_of(period: Period = OCTOBER, wanted: Wanted = Wanted()) -> Cut:  # noqa: B008
    return Cut(invented_year()[0], period, wanted)


@cache
def report() -> dict[str, Any]:
    log, _ = invented_year(7, 6_000)
    return history_report(log, ReportOrder(OCTOBER))


def value(block: Block, key: str, group: str = "", **where: str) -> Figure:
    found = block.find(key, group, **where)
    assert found is not None, (key, group, where)
    assert found.value is not None, found
    assert found.low is None or found.high is None or found.low <= found.high
    return found


def test_every_block_is_there_and_each_says_that_it_is_synthetic() -> None:
    made = report()
    assert tuple(made["blocks"]) == BLOCKS == codes("report_block")
    assert made["synthetic"] is True
    for block in made["blocks"].values():
        assert block["synthetic"] is True
        assert set(block["notes"]) <= set(codes("report_note"))
        for row in rows_of(block):
            assert row["synthetic"] is True


def test_every_figure_has_words_a_period_and_a_number_or_a_reason() -> None:
    for block in report()["blocks"].values():
        for figure in block["figures"]:
            assert measure_of(figure["key"]).plain_zh
            assert figure["start"] < figure["end"], figure
            assert (figure["value"] is None) == (figure["status"] == "not enough data")
            assert figure["n_needs"] >= len(figure["needs"])
            if None not in (figure["low"], figure["high"]):
                assert figure["low"] <= figure["high"]


MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))


@pytest.mark.parametrize(
    ("n_pairs", "period", "wanted"),
    [
        (24_000, OCTOBER, Wanted()),
        (6_000, MARCH, Wanted()),
        (6_000, YEAR, Wanted(size="small")),
        (6_000, YEAR, Wanted(industry="C26")),
    ],
    ids=str,
)
def test_no_figure_lies_outside_its_interval_and_none_is_certain(
    n_pairs: int, period: Period, wanted: Wanted
) -> None:
    made = history_report(invented_year(7, n_pairs)[0], ReportOrder(period, wanted))
    intervals = 0
    for key, block in made["blocks"].items():
        for figure in block["figures"]:
            value, low, high = figure["value"], figure["low"], figure["high"]
            if value is None or low is None:
                continue
            intervals += 1
            assert low <= value, (key, figure)
            assert high is None or value <= high, (key, figure)
            # Whatever could have come out otherwise has an interval of some width. The distance of
            # lists that have one group only is the same in each, and is no matter of chance.
            assert low != high or figure["key"] == "ndkl", (key, figure)
            if measure_of(figure["key"]).unit == "share" and "gain" not in figure["key"]:
                assert low >= 0, (key, figure)
    assert intervals > 150


def test_share_of_none_or_of_few_is_as_wide_as_wilson_at_least() -> None:
    cut = cut_of(OCTOBER)
    need = np.arange(40)
    for n_happened in (0, 1, 9, 39, 40):
        figure = cut.share_of(named("stale"), need, np.arange(40) < n_happened)
        low, high = wilson_interval(n_happened, 40)
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low <= low
        assert high <= figure.high
    one_need = cut.share_of(named("stale"), np.zeros(40, dtype=np.int64), np.arange(40) < 20)
    assert (one_need.low, one_need.high) == wilson_interval(20, 40)  # one need says nothing anew


def test_numbers_of_the_file_are_those_of_the_page() -> None:
    for key, block in report()["blocks"].items():
        rows = rows_of(block)
        assert [row["value"] for row in rows] == [f["value"] for f in block["figures"]]
        assert {row["block"] for row in rows} <= {key}


def test_every_measure_that_is_explained_is_used() -> None:
    blocks = report()["blocks"].values()
    assert set(measures()) <= {figure["key"] for block in blocks for figure in block["figures"]}


def test_an_empty_history_has_every_block_and_no_number_but_counts() -> None:
    made = history_report(make_log({}, synthetic=False), ReportOrder(OCTOBER))
    assert made["synthetic"] is False
    assert made["headline"]["trust"] == "not_enough_data"
    shares = [
        figure
        for block in made["blocks"].values()
        for figure in block["figures"]
        if figure["n_of"] != "rounds" and measure_of(figure["key"]).unit != "count"
    ]
    assert shares
    assert {figure["value"] for figure in shares} == {None}


def test_a_small_part_says_that_there_is_not_enough() -> None:
    block = acceptance_block(cut_of(wanted=Wanted(size="micro", industry="A01", language="en")))
    figure = block.find("mutual@5")
    assert figure is not None
    assert (figure.value, figure.is_enough) == (None, False)
    assert figure.n < figure.needed


def test_nothing_after_the_period_changes_its_report() -> None:
    log, _ = invented_year(7, 2_000)
    july = Period(date(2026, 7, 1), date(2026, 8, 1))
    early = log.as_of(np.datetime64("2026-08-20", "s"))
    once, again = (history_report(one, ReportOrder(july)) for one in (early, log))
    for key in set(BLOCKS) - {"data_quality"}:
        assert once["blocks"][key] == again["blocks"][key], key


def test_the_period_before_is_the_report_of_that_period() -> None:
    log, _ = invented_year(7, 6_000)
    september = acceptance_block(Cut(log, OCTOBER.before)).as_json()
    assert OCTOBER.before == Period(date(2026, 9, 1), date(2026, 10, 1))
    known = {
        (f["key"], f["system"], f["dimension"], f["group"]): f["value"]
        for f in september["figures"]
    }
    for figure in report()["blocks"]["acceptance"]["figures"]:
        identity = (figure["key"], figure["system"], figure["dimension"], figure["group"])
        assert figure["previous"] == known.get(identity)


def test_the_order_of_rows_changes_no_figure() -> None:
    log, _ = invented_year(7, 6_000)
    order = np.random.default_rng(0).permutation(log.n("pairs"))
    pairs = {name: values[order] for name, values in log.pairs.items()}
    features = {name: values[order] for name, values in log.features.items()}
    mixed = HistoryLog({**log.tables, "pairs": pairs}, features, True, log.sources)
    left, right = (
        {**acceptance_block(cut).as_json(), **drift_block(cut).as_json()}
        for cut in (Cut(log, OCTOBER), Cut(mixed, OCTOBER))
    )
    for ours, theirs in zip(left["figures"], right["figures"], strict=True):
        assert ours["value"] == pytest.approx(theirs["value"])
        assert ours["low"] == pytest.approx(theirs["low"], abs=1e-6)


def test_ranking_measures_are_those_of_the_offline_report_and_of_scikit_learn() -> None:
    random = np.random.default_rng(0)
    grades = random.integers(0, 4, (40, 10))
    grades[:, 0] = np.maximum(grades[:, 0], 1)
    scores = np.array([random.permutation(10) for _ in range(40)]).astype(float)
    place = (-scores).argsort(axis=1).argsort(axis=1) + 1
    found = measures_of(grades.ravel(), np.repeat(np.arange(40), 10), place.ravel(), 40)
    theirs = [ndcg_score([2.0**g - 1], [s], k=5) for g, s in zip(grades, scores, strict=True)]
    assert found["ndcg@5"] == pytest.approx(theirs)
    ids = [f"d{i}" for i in range(10)]
    names = [f"q{i:02}" for i in range(40)]
    qrels = {
        q: {d: int(g) for d, g in zip(ids, row, strict=True)}
        for q, row in zip(names, grades, strict=True)
    }
    run = {
        q: {d: float(s) for d, s in zip(ids, row, strict=True)}
        for q, row in zip(names, scores, strict=True)
    }
    ours = measure_run(run, qrels)
    for key in ("ndcg@10", "mrr", "recall@5", "recall@10", "precision@5", "hit@5"):
        assert found[key] == pytest.approx(ours.values[key]), key


def test_the_model_leads_the_fixed_rule_and_random_as_it_was_made_to() -> None:
    block = ranking_block(cut_of())
    for system in ("six_factor_rule", "tag_overlap", "text_only", "newest_first", "random"):
        gain = value(block, "gain_ndcg@5", system=system)
        assert gain.low is not None
        assert gain.low > 0
        ours = value(block, "ndcg@5", system="model").value or 0.0
        theirs = value(block, "ndcg@5", system=system).value or 0.0
        assert gain.value == pytest.approx(ours - theirs)


def test_order_that_knows_less_leads_to_less_agreement() -> None:
    block = ranking_block(cut_of(YEAR))
    found = {
        system: value(block, "expected_acceptance@5", "doubly_robust", dimension="estimator",
                      system=system)
        for system in ("model", "text_only", "newest_first", "random")
    }  # fmt: skip
    ours = found.pop("model")
    for one in found.values():
        assert (one.high or 1) < (ours.low or 0)
        assert one.n == ours.n


def test_newest_first_and_text_only_order_by_what_was_known_then() -> None:
    log, _ = invented_year()
    cut = cut_of()
    rows = cut.settled
    orders = system_orders(cut, rows)
    in_list = cut.log.pairs["list"][rows] == cut.log.pairs["list"][rows][0]
    since = cut.log.capabilities["since"][cut.log.pairs["capability"][rows]][in_list]
    words = cut.log.features["lexical_best"][rows][in_list]
    newest, text = (orders[name][in_list] for name in ("newest_first", "text_only"))
    assert (np.diff(since[np.argsort(newest)].astype("M8[D]").astype(int)) <= 0).all()
    assert (np.diff(words[np.argsort(text)]) < 0).all()
    worst = value(ranking_block(cut), "gain_ndcg@5", system="newest_first")
    chance = value(ranking_block(cut), "gain_ndcg@5", system="random")
    assert worst.n == chance.n  # in the invented year every day and every word is known
    assert log.features["lexical_best"].shape == (log.n("pairs"),)


def test_list_of_which_days_or_words_were_not_logged_does_not_count_for_these_orders() -> None:
    log, _ = invented_year()
    one_day = np.full(log.n("capabilities"), log.capabilities["since"].min())
    capabilities = {**log.capabilities, "since": one_day}
    features = {name: of for name, of in log.features.items() if name != "lexical_best"}
    silent = HistoryLog({**log.tables, "capabilities": capabilities}, features, True)
    block = ranking_block(Cut(silent, OCTOBER))
    for system in ("text_only", "newest_first"):
        for key in ("ndcg@5", "gain_ndcg@5"):
            found = block.find(key, system=system)
            assert found is not None
            assert (found.value, found.n, found.is_enough) == (None, 0, False)
        expected = block.find("expected_acceptance@5", system=system)
        assert expected is not None
        assert (expected.value, expected.n) == (None, 0)
    assert value(block, "ndcg@5", system="six_factor_rule").n > 100

    half = np.arange(log.n("pairs")) % 20 < 10  # every other list lacks the words of one pair
    words = np.where(half & (log.pairs["position"] == 3), np.nan, log.features["lexical_best"])
    meaning = np.where(half & (log.pairs["position"] == 3), np.nan, features["meaning_affinity"])
    partly = HistoryLog(
        log.tables, {**features, "lexical_best": words, "meaning_affinity": meaning}, True
    )
    told = value(ranking_block(Cut(partly, OCTOBER)), "ndcg@5", system="text_only")
    whole = value(block, "ndcg@5", system="six_factor_rule")
    assert 0.3 * whole.n < told.n < 0.7 * whole.n
    # Who is written in another language has a meaning and no words: known, and nothing in common.
    foreign = HistoryLog(log.tables, {**features, "lexical_best": words}, True)
    told = value(ranking_block(Cut(foreign, OCTOBER)), "ndcg@5", system="text_only")
    assert told.n == whole.n


def test_calibration_agrees_with_scikit_learn_and_the_provider_was_made_calibrated() -> None:
    cut = cut_of(YEAR)
    block = calibration_block(cut)
    side = next(one for one in sides_of(cut) if one.name == PROVIDER)
    brier = value(block, "brier", system=PROVIDER)
    assert brier.value == pytest.approx(brier_score_loss(side.happened, side.predicted))
    observed, predicted = calibration_curve(
        side.happened, side.predicted, n_bins=10, strategy="quantile"
    )
    bins = [f for f in block.figures if f.key == "reliability" and f.system == PROVIDER]
    assert [f.value for f in bins] == pytest.approx(observed.tolist(), abs=0.01)
    assert [f.x for f in bins] == pytest.approx(predicted.tolist(), abs=0.005)
    slope = value(block, "calibration_slope", system=PROVIDER)
    assert slope.low is not None
    assert slope.high is not None
    assert slope.low < 1.0 < slope.high
    ece = value(block, "ece", system=PROVIDER).value or 1.0
    assert ece < 0.05


def test_places_make_probabilities_look_too_high_and_the_correction_takes_that_away() -> None:
    block = calibration_block(cut_of(YEAR))
    plain, corrected = (
        [f for f in block.figures if f.key == key and f.system == JOINT and f.dimension == "bin"]
        for key in ("reliability", "reliability_corrected")
    )
    off = [
        np.mean([abs((f.value or 0) - (f.x or 0)) for f in figures])
        for figures in (plain, corrected)
    ]
    assert off[1] < 0.6 * off[0]


def test_the_first_screen_judges_probabilities_without_the_effect_of_places() -> None:
    block = calibration_block(cut_of(YEAR))
    plain, corrected = (value(block, key, system=JOINT) for key in ("ece", "ece_corrected"))
    assert (plain.low or 0) > 0.05  # further down the list less comes true, for fewer look
    assert (corrected.value or 1) < 0.05
    assert (plain.alert, corrected.alert) == ("", "")
    made = history_report(invented_year()[0], ReportOrder(YEAR))
    assert "probabilities_off" not in {one["rule"] for one in made["headline"]["weak"]}
    rests_on = {one["rule"]: one["figure"]["key"] for one in made["headline"]["rests_on"]}
    assert rests_on["probabilities_off"] == "ece_corrected"


def test_parts_of_the_brier_score_are_those_of_the_split() -> None:
    cut = cut_of()
    block = calibration_block(cut)
    for side in sides_of(cut):
        split = brier_split(side.predicted, side.happened)
        for part in ("reliability", "resolution", "uncertainty"):
            found = value(block, f"brier_{part}", system=side.name)
            assert found.value == pytest.approx(getattr(split, part), abs=1e-9)
            assert found.low is not None


def test_errors_of_the_line_respect_that_pairs_of_a_need_hang_together() -> None:
    random = np.random.default_rng(0)
    p = random.uniform(0.1, 0.9, 400)
    y = (random.random(400) < p).astype(float)
    alone = line_errors(p, y, np.arange(400), (0.0, 1.0))
    copied = line_errors(np.repeat(p, 5), np.repeat(y, 5), np.repeat(np.arange(400), 5), (0.0, 1.0))
    assert copied == pytest.approx(alone)


def test_acceptance_falls_with_the_place_and_lies_at_the_base_rate() -> None:
    block = acceptance_block(cut_of(YEAR))
    by_rank = [value(block, "mutual", str(k), dimension="rank").value or 0 for k in (1, 3, 6, 10)]
    assert by_rank == sorted(by_rank, reverse=True)
    assert 0.10 < (value(block, "mutual@5").value or 0) < 0.25
    naive = value(block, "acceptance_if_seen", "naive", dimension="estimator")
    for estimator in ("ips", "snips", "doubly_robust"):
        corrected = value(block, "acceptance_if_seen", estimator, dimension="estimator")
        assert (corrected.low or 0) > (naive.high or 1)
    shares = [f.facts["running_share"] for f in block.figures if f.dimension == "reason_need"]
    assert shares == sorted(shares)  # type: ignore[type-var]
    assert shares[-1] == 1.0
    most = next(f for f in block.figures if f.dimension == "reason_need")
    assert most.group == "capability"


def test_times_are_those_that_were_put_in() -> None:
    block = funnel_block(cut_of())
    reply = value(block, "days_to_reply", "median", dimension="quantile")
    assert reply.low is not None
    assert reply.high is not None
    assert reply.low <= 3.2 and reply.high >= 2.5  # noqa: PT018 - answers 2.5, refusals 3.0 days
    stages = [f.value or 0 for f in block.figures if f.key == "reached"]
    assert stages == sorted(stages, reverse=True)
    done = [f.value or 0 for f in block.figures if f.key == "done_to_reply"]
    assert done == sorted(done)


def test_the_famous_provider_is_found() -> None:
    block = coverage_block(cut_of(YEAR))
    most = value(block, "most_shown_provider")
    assert most.facts["provider"] == invented_year()[1].famous_provider
    assert most.alert == "watch"
    assert 0.3 < (value(block, "gini_capabilities").value or 0) < 0.8


def test_shares_of_groups_sum_to_one_and_ratios_follow_from_them() -> None:
    block = fairness_block(cut_of(YEAR))
    sizes = {f.group for f in block.figures if f.dimension == "size" and f.group}
    for key in ("eligible_share", "exposure_share", "acceptance_share"):
        total = sum(value(block, key, g, dimension="size").value or 0 for g in sizes)
        assert total == pytest.approx(1.0)
    for group in sizes:
        ratio = value(block, "exposure_ratio", group, dimension="size").value
        shares = [value(block, k, group, dimension="size").value or 0
                  for k in ("exposure_share", "eligible_share")]  # fmt: skip
        assert ratio == pytest.approx(shares[0] / shares[1])
    best = max(value(block, "selection_ratio", g, dimension="size").value or 0 for g in sizes)
    assert best == pytest.approx(1.0)


def test_a_group_that_is_kept_down_is_flagged() -> None:
    log, _ = invented_year(7, 6_000)
    n_shown = np.bincount(log.pairs["capability"], minlength=log.n("capabilities"))
    sizes = np.where(n_shown >= np.quantile(n_shown, 0.7), "large", "micro")
    tables: dict[str, Mapping[str, Any]] = {
        **log.tables, "capabilities": {**log.capabilities, "size": sizes},
    }  # fmt: skip
    block = fairness_block(Cut(HistoryLog(tables, log.features, True), YEAR))
    assert value(block, "selection_ratio", "micro", dimension="size").alert == "act"
    assert value(block, "exposure_ratio", "micro", dimension="size").alert == "act"
    assert value(block, "permutation_p", dimension="size").value < 0.05  # type: ignore[operator]


def test_group_that_was_due_few_places_has_no_number_and_one_due_many_that_got_none_has() -> None:
    log, _ = invented_year(7, 6_000)
    n_shown = np.bincount(log.pairs["capability"], minlength=log.n("capabilities"))
    seldom = np.argsort(n_shown, kind="stable")
    regions = np.array(["320000"] * log.n("capabilities"))
    regions[seldom[:60]] = "330000"  # a quarter of them, and the list shows these never
    regions[seldom[-1:]] = "440000"  # one alone
    shown = ~np.isin(log.pairs["capability"], seldom[:60])
    pairs = {name: column[shown] for name, column in log.pairs.items()}
    features = {name: column[shown] for name, column in log.features.items()}
    tables = {
        **log.tables, "pairs": pairs, "capabilities": {**log.capabilities, "region": regions},
    }  # fmt: skip
    block = fairness_block(Cut(HistoryLog(tables, features, True), OCTOBER))
    none = value(block, "exposure_ratio", "330000", dimension="region")
    assert (none.value, none.low, none.alert) == (0.0, 0.0, "act")
    assert none.high is not None
    assert none.high > 0
    assert none.n > 30
    assert none.facts["sure"] == "less"
    alone = block.find("exposure_ratio", "440000", dimension="region")
    assert alone is not None
    assert (alone.value, alone.alert) == (None, "")
    assert alone.n < alone.needed == 10


def test_nothing_is_sure_of_groups_that_were_dealt_at_random() -> None:
    log, _ = invented_year(7, 6_000)
    random = np.random.default_rng(5)
    found, by_interval = 0, 0
    for _ in range(8):
        offers = {
            **log.capabilities,
            "size": random.choice(["large", "small", "micro"], log.n("capabilities")),
            "region": random.choice([f"{i}0000" for i in range(31, 39)], log.n("capabilities")),
            "language": random.choice(["zh", "en", "both"], log.n("capabilities")),
        }
        cut = Cut(HistoryLog({**log.tables, "capabilities": offers}, log.features, True), YEAR)
        ratios = [f for f in fairness_block(cut).figures if f.key == "exposure_ratio" and f.facts]
        found += any(one.facts["sure"] != "no" for one in ratios)
        by_interval += any((one.high or 1) < 0.8 or (one.low or 1) > 1.25 for one in ratios)
    assert by_interval >= 5  # the interval alone would have called most of these dealings unfair
    assert found <= 1


def test_what_is_sure_is_sure_in_every_figure_that_says_so() -> None:
    for period in (MARCH, OCTOBER):
        block = fairness_block(cut_of(period))
        for one in block.figures:
            if one.key != "exposure_ratio" or not one.is_enough:
                assert "sure" not in one.facts
                continue
            adjusted = value(block, "permutation_p_adjusted", dimension=one.dimension).value
            plain = value(block, "permutation_p", dimension=one.dimension).value
            assert adjusted is not None
            assert plain is not None
            assert adjusted >= plain
            assert one.facts["p_adjusted"] >= one.facts["p"]  # type: ignore[operator]
            if one.facts["sure"] != "no":
                assert adjusted < 0.05
                assert one.facts["p_adjusted"] < 0.05  # type: ignore[operator]
                assert (one.high or 0) < 0.8 or (one.low or 0) > 1.25
            assert (one.alert == "act") == (one.facts["sure"] == "less")


def test_intervals_of_how_places_are_looked_at_hold_what_was_put_in() -> None:
    _, truth = invented_year()
    figures = [f for f in acceptance_block(cut_of()).figures if f.key == "looked_at"]
    assert len(figures) == 10
    for figure, real in zip(figures[1:], truth.examination[1:], strict=True):
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low <= (figure.value or 0) <= figure.high
        assert figure.low <= real <= figure.high
    assert (figures[0].value, figures[0].low) == (1.0, None)  # what the others are held against


def test_figures_at_approval_have_their_interval_and_number_in_one_row() -> None:
    gate = {"gain": 0.03, "low": 0.01, "high": 0.06, "n_queries": 100, "ndcg_prior": 0.31,
            "is_learned": True}  # fmt: skip
    record = facts_of_manifest({"model_id": "m", "regimes": {"catalogue": {"gate": gate}}})
    block = model_record_block(cut_of(), {"m": replace(record, is_serving=True)})
    found = [f for f in block.figures if f.key.startswith("approval.")]
    assert [(f.key, f.value, f.low, f.high, f.n) for f in found] == [
        ("approval.catalogue.gain", 0.03, 0.01, 0.06, 100),
        ("approval.catalogue.ndcg_prior", 0.31, None, None, 100),
    ]
    assert {measure_of(f.key).en for f in found} == {
        "At approval (matches of the catalogue): gain in nDCG@10",
        "At approval (matches of the catalogue): untrained nDCG@10",
    }


def test_newcomers_stand_beside_all() -> None:
    block = cold_start_block(cut_of(YEAR))
    everybody = value(block, "mutual@5", "all", dimension="history")
    fresh = value(block, "mutual@5", "new_capability", dimension="history")
    assert fresh.n < everybody.n
    share = value(block, "places_share", "new_capability", dimension="history").value
    assert share == pytest.approx(fresh.n / everybody.n, rel=0.2)  # exploration apart, the same
    assert block.find("places_share", "all", dimension="history") is None  # all have all places


def test_what_blocks_the_chemical_industry_is_found() -> None:
    block = supply_gap_block(cut_of())
    clusters = [f for f in block.figures if f.key == "cluster"]
    assert [f.n for f in clusters] == sorted((f.n for f in clusters), reverse=True)
    first = clusters[0]
    assert (first.facts["industry"], first.facts["constraint"]) == ("C26", "deployment_not_offered")
    assert int(first.facts["n_enterprises"] or 0) <= first.n
    assert float(first.facts["waiting_budget_cny"] or 0) > 0
    shares = [f.value or 0 for f in block.figures if f.key == "blocked_by"]
    assert sum(shares) == pytest.approx(1.0)


def test_need_had_its_time_since_somebody_was_shown_or_where_nobody_is_left() -> None:
    ids = ["shown long ago", "shown of late", "nobody", "nobody any more"]
    lists = [  # need, day of October, whether the list had nobody
        (0, "2026-09-01", False), (0, "2026-10-20", False), (1, "2026-09-01", True),
        (1, "2026-10-20", False), (2, "2026-10-25", True), (3, "2026-10-20", False),
        (3, "2026-10-21", True),
    ]  # fmt: skip
    n, m = len(ids), len(lists)
    texts = ("enterprise_id", "industry", "task", "size", "region", "language")
    needs: dict[str, Any] = {name: ["x"] * n for name in texts} | {
        "need_id": ids, "published_at": ["2026-09-01T00:00:00+00:00"] * n, "since": [""] * n,
        "closed_at": [""] * n, "state": ["open"] * n, "budget_cny": [np.nan] * n,
    }  # fmt: skip
    shown: dict[str, Any] = {
        "list_id": [str(i) for i in range(m)], "need": [one[0] for one in lists],
        "at": [f"{one[1]}T00:00:00+00:00" for one in lists], "model_id": ["m"] * m,
        "origin": ["system"] * m, "n_eligible": [1] * m,
        "no_adequate": [one[2] for one in lists], "unknown_terms": [np.nan] * m,
        "completeness": [np.nan] * m,
    }  # fmt: skip
    log = make_log({"needs": needs, "lists": shown}, synthetic=False)
    block = supply_gap_block(Cut(log, OCTOBER))
    figure = next(one for one in block.figures if one.key == "unmet_needs")
    assert sorted(figure.needs) == ["nobody", "nobody any more", "shown long ago"]


def test_bases_rounds_and_people_are_counted() -> None:
    cut = cut_of()
    bases = base_use_block(cut)
    decided = sum(value(bases, key).value or 0 for key in ("slots_used", "slots_refused"))
    assert value(bases, "accepted_share").n == decided
    rounds = stability_block(cut)
    assert value(rounds, "blocking_pairs").value == 0
    people = human_factor_block(cut_of(YEAR))
    broker = value(people, "override_accepted", "brokers", dimension="by").value or 0
    model = value(people, "override_accepted", "model", dimension="by").value or 0
    assert value(people, "broker_gain").value == pytest.approx(broker - model)
    assert 0.4 < (value(people, "reviewer_agreement").value or 0) < 0.95


def test_the_one_feature_that_drifts_is_the_one_that_is_flagged() -> None:
    _, truth = invented_year()
    july_drift = Period(date(2026, 7, 15), date(2026, 8, 15))
    for period in (july_drift, OCTOBER):
        flagged = {f.group for f in drift_block(cut_of(period)).figures if f.alert == "act"}
        assert flagged - {""} == {truth.drift_feature}
    before = Period(date(2026, 5, 1), date(2026, 6, 1))
    assert [f for f in drift_block(cut_of(before)).figures if f.alert] == []


def test_intervals_over_needs_cover_the_truth_about_as_often_as_they_say() -> None:
    log, truth = invented_year()
    accepts = (
        truth.need_accepts * truth.provider_accepts * truth.examination[log.pairs["position"] - 1]
    )
    covered = []
    for month in range(1, 11):
        cut = Cut(log, Period(date(2026, month, 1), date(2026, month + 1, 1)))
        rows = cut.settled & cut.ordinary & (cut.log.pairs["position"] <= 5)
        figure = cut.share(named("mutual@5"), cut.mutual, rows)
        real = accepts[log.shown_at < cut.end][rows].mean()
        covered.append((figure.low or 0) <= real <= (figure.high or 1))
    assert np.mean(covered) >= 0.8


def test_group_that_could_never_be_shown_has_no_ratio_and_stops_nothing() -> None:
    log = invented_year()[0]
    never = len(log.capabilities["size"]) - 1
    shown = log.pairs["capability"] != never
    assert shown.sum() < len(shown)
    offers = {name: column.copy() for name, column in log.capabilities.items()}
    offers["size"] = offers["size"].astype("<U16")
    offers["size"][never] = "unheard"
    offers["since"][never] = np.datetime64("2027-01-01T00:00:00", "s")
    pairs = {name: column[shown] for name, column in log.pairs.items()}
    features = {name: column[shown] for name, column in log.features.items()}
    tables = {**log.tables, "capabilities": offers, "pairs": pairs}
    block = fairness_block(Cut(HistoryLog(tables, features, True), YEAR))
    found = block.find("exposure_ratio", "unheard", dimension="size")
    assert found is not None
    assert found.value is None
    assert value(block, "exposure_ratio", "small", dimension="size").value
