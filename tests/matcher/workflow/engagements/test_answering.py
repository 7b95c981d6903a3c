"""Answer figures: counts beside them, open requests neither hidden nor counted as silence."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from matcher.store.clocks import Wait
from matcher.store.connection import StoreDatabase
from matcher.workflow.engagements.answering import answer_figures, answers_of, median_time
from matcher.workflow.engagements.clock_runs import run_clocks
from matcher.workflow.engagements.steps import advance
from tests.matcher.workflow.engagements.world import (
    BASE,
    DECLINES,
    NOW,
    PROVIDER,
    add_need,
    brought_to,
)


def wait(days: float | None, ended_by: str) -> Wait:
    end = None if days is None else NOW + timedelta(days=days)
    return Wait("reply", NOW, end, ended_by)


def test_open_requests_count_as_long_as_they_have_waited() -> None:
    # Worked by hand: 1 day answered of 4 leaves 3/4; the one open since 2 days is censored; 3 days
    # answered of 2 leaves 3/8, below one half.
    waits = [wait(1, "answered"), wait(3, "answered"), wait(30, "lapsed"), wait(None, "")]
    figures = answer_figures(waits, NOW + timedelta(days=2))
    assert (figures.n_requests, figures.n_answered, figures.n_lapsed, figures.n_open) == (
        4,
        2,
        1,
        1,
    )
    assert figures.answer_rate == 2 / 3
    assert figures.median_days == 3.0


def test_who_never_answers_has_no_median_and_nothing_is_said_of_few() -> None:
    figures = answer_figures([wait(9, "lapsed")] * 2, NOW)
    assert (figures.answer_rate, figures.median_days, figures.is_shown) == (0.0, None, False)
    assert answer_figures([], NOW).answer_rate is None


@given(st.lists(st.integers(1, 100), min_size=1, max_size=15).filter(lambda x: len(x) % 2))
def test_without_open_requests_it_is_the_usual_median(days: list[int]) -> None:
    assert median_time([(float(day), True) for day in days]) == sorted(days)[len(days) // 2]


@given(
    st.lists(st.tuples(st.floats(0.1, 50), st.booleans()), min_size=1, max_size=12),
    st.floats(51, 99),
)
def test_one_more_that_waits_never_shortens_the_median(
    times: list[tuple[float, bool]], longer: float
) -> None:
    before, after = median_time(times), median_time([*times, (longer, False)])
    assert after is None or (before is not None and after >= before)


def test_providers_and_bases_are_measured_by_what_they_were_asked(db: StoreDatabase) -> None:
    for i in (2, 3):
        add_need(db, f"N000{i}")
    asked = brought_to(db, "need_accepted", need_id="N0002")
    day = NOW + timedelta(days=1)
    advance(db, asked.engagement_id, "decline", actor=PROVIDER, now=day, given=DECLINES)
    brought_to(db, "need_accepted", need_id="N0003")
    applied = brought_to(db, "pilot_applied")
    two = NOW + timedelta(days=2)
    advance(db, applied.engagement_id, "accept_pilot", actor=BASE, now=two)
    provider = answers_of(db, "O-provider", "provider", two)
    # One answered at once on the way to the pilot, one after a day, one still open.
    assert (provider.n_requests, provider.n_answered, provider.n_open) == (3, 2, 1)
    assert (provider.answer_rate, provider.median_days) == (1.0, 1.0)
    base = answers_of(db, "O-base", "base", two)
    assert (base.n_answered, base.median_days) == (1, 2.0)


def test_a_lapse_counts_against_the_one_who_was_asked_alone(db: StoreDatabase) -> None:
    engagement = brought_to(db, "need_accepted")
    moment = NOW
    for _ in range(4):
        moment += timedelta(days=14)
        run_clocks(db, moment)
    assert answers_of(db, "O-provider", "provider", moment).n_lapsed == 1
    assert answers_of(db, "O-need", "need", moment).n_requests == 0
    assert engagement.state == "need_accepted"
