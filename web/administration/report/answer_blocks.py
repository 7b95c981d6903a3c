"""Blocks about answers: acceptance, funnel and times, new records."""

from __future__ import annotations

import math
from collections.abc import Sequence

from web.administration.report.drawing import Axes, Given, points_chart
from web.administration.report.numbers import Shown, on_axis
from web.administration.report.panels import (
    Panel,
    Parts,
    Source,
    Tile,
    Wish,
    known,
    largest,
    mark,
    not_enough,
    row_panel,
    said,
    value_of,
)
from web.i18n import gettext as _
from web.presenters import percent

WAITS = (("reply", "main"), ("mutual", "other"), ("pilot", "third"))
DAYS = (1, 3, 7, 14, 28, 60, 90)
FLAT_BELOW = 1.2  # first two places over last five, from which an order adds next to nothing
ALL = "all"


def acceptance(source: Source) -> Parts:
    top = source.find("mutual@5")
    finding = not_enough()
    if top is not None and top.is_enough:
        finding = _("Of the first five, %(share)s end in agreement", share=said(top))
    return Parts(
        finding,
        source.tiles("mutual@5", "need_accepts@5", "mutual", "first_over_last"),
        (
            *by_rank(source),
            *row_panel(source, source.all("mutual", "band"), Wish(
                "bands", rising(source.all("mutual", "band")),
                _("Agreement by the probability that was shown"))),
            *row_panel(source, source.all("mutual", "origin"), Wish(
                "origins", most(source.all("mutual", "origin")),
                _("Agreement by where the pair came from; exploration stands apart"))),
            *reasons(source, "need", _("Why enterprises decline")),
            *reasons(source, "provider", _("Why providers decline")),
            *if_seen(source),
        ),
    )  # fmt: skip


def by_rank(source: Source) -> tuple[Panel, ...]:
    places = source.all("mutual", "rank")
    looked = source.all("looked_at", "rank")
    if not known(places):
        return ()
    ticks = [(one.raw["x"], str(one.raw["group"])) for one in places]
    series = [_series(_("this period"), "main", places), _before(places)]
    return (
        Panel(
            key="ranks",
            title=slope_words(source.find("first_over_last")),
            about=_("Share of pairs that both sides accepted, by place in the list"),
            figures=(*places, *looked),
            points=points_chart(
                series, Axes(_("place in the list"), _("agreement"), _share, ticks)
            ),
        ),
    )


def slope_words(figure: Shown | None) -> str:
    if figure is None or not figure.is_enough:
        return _("Agreement by place in the list")
    if value_of(figure) < FLAT_BELOW:
        return _("The order adds little: first and last places are accepted alike")
    return _(
        "The first two places are accepted %(times)s times as often as places 6 to 10",
        times=said(figure),
    )


def _series(label: str, style: str, figures: Sequence[Shown]) -> Given:
    return Given(label, style, [one.raw["x"] for one in figures], [mark(one) for one in figures])


def _before(figures: Sequence[Shown]) -> Given:
    """Return the same points of the period before, without whiskers."""
    marks = [type(mark(one))(one.raw["previous"]) for one in figures]
    return Given(_("period before"), "other", [one.raw["x"] for one in figures], marks)


def _share(value: float) -> str:
    return on_axis(value, "share")


def rising(bands: Sequence[Shown]) -> str:
    """Return whether a higher probability came with more agreement."""
    values = [value_of(one) for one in known(bands)]
    if len(values) < 2:
        return not_enough()
    if values == sorted(values):
        return _(
            "The higher the probability, the more agreement: from %(low)s to %(high)s",
            low=percent(values[0], 1),
            high=percent(values[-1], 1),
        )
    return _("A higher probability does not always mean more agreement")


def most(figures: Sequence[Shown]) -> str:
    """Return where agreement is highest, and whether that is more than chance."""
    top = largest(figures)
    if top is None:
        return not_enough()
    rest = [one.raw["high"] for one in known(figures) if one is not top]
    is_sure = all(high is not None and high < (top.raw["low"] or 0.0) for high in rest)
    if is_sure:
        return _("Most agreement: %(name)s, %(share)s", name=top.part, share=said(top))
    return _("No sure difference; highest: %(name)s, %(share)s", name=top.part, share=said(top))


def reasons(source: Source, side: str, question: str) -> tuple[Panel, ...]:
    found = source.all("decline_reason", f"reason_{side}")
    top = next(iter(known(found)), None)
    title = question if top is None else _("%(question)s: first of all %(reason)s, %(share)s",
        question=question, reason=top.part, share=said(top))  # fmt: skip
    return row_panel(
        source,
        found,
        Wish(f"reasons-{side}", title, _("Share of refusals that name the reason"), aside=running),
    )


def running(figure: Shown) -> str:
    share = figure.raw["facts"].get("running_share")
    if not isinstance(share, float):
        return ""
    return _("up to here %(share)s of all reasons", share=percent(share))


def if_seen(source: Source) -> tuple[Panel, ...]:
    found = source.all("acceptance_if_seen", "estimator") or source.all("acceptance_if_seen")
    by = {str(one.raw["group"]): one for one in known(found)}
    title = not_enough()
    if "naive" in by and "doubly_robust" in by:
        title = _(
            "Of all shown pairs, %(plain)s end in agreement; were every place looked at as the "
            "first is, it would be %(corrected)s",
            corrected=by["doubly_robust"].value,
            plain=by["naive"].value,
        )
    about = _("Agreement of all pairs, not the first five alone, with those placed by chance: as "
              "it is, and three estimates without the effect of places")  # fmt: skip
    return row_panel(source, found, Wish("seen", title, about))


def funnel(source: Source) -> Parts:
    steps = source.all("reached", "stage")
    return Parts(
        reached_words(steps),
        tuple(
            Tile(one, f"{one.measure} \u00b7 {one.part}")
            for name, _style in WAITS
            for one in source.all(f"days_to_{name}", "quantile") or source.all(f"days_to_{name}")
        ),
        (*row_panel(source, steps, Wish(
            "steps", reached_words(steps), _("The same pairs, step by step"),
            aside=lambda one: step_words(source, one),
            further=tuple(source.all("step_share", "stage")))),
         *waiting(source)),
    )  # fmt: skip


def reached_words(steps: Sequence[Shown]) -> str:
    counts = {str(one.raw["group"]): value_of(one) for one in known(steps)}
    if not counts.get("shown"):
        return not_enough()
    n_mutual, n_pilot = (
        f"{1000 * counts.get(name, 0.0) / counts['shown']:.0f}" for name in ("mutual", "pilot")
    )
    return _(
        "Of 1,000 shown pairs, %(mutual)s end in agreement and %(pilot)s have reached a pilot",
        mutual=n_mutual,
        pilot=n_pilot,
    )


def step_words(source: Source, figure: Shown) -> str:
    step = source.find("step_share", str(figure.raw["group"]), dimension="stage")
    if step is None or not step.is_enough:
        return ""
    if figure.raw["group"] == "contracted":  # a contract may come without a pilot
        return _("%(share)s of those in talks", share=said(step))
    return _("%(share)s of the step before", share=said(step))


def waiting(source: Source) -> tuple[Panel, ...]:
    series, figures = [], []
    for name, style in WAITS:
        found = source.all(f"done_to_{name}", "day")
        if known(found):
            figures += found
            xs = [math.log(float(one.raw["x"])) for one in found]
            label = found[0].measure
            series.append(Given(label, style, xs, [mark(one) for one in found]))
    if not series:
        return ()
    ticks = [(math.log(day), str(day)) for day in DAYS]
    return (
        Panel(
            key="waiting",
            title=wait_words(source),
            about=_("Share done after so many days; those still waiting count (Kaplan and Meier)"),
            figures=tuple(figures),
            points=points_chart(
                series, Axes(_("days, ever wider steps"), _("share done"), _share, ticks)
            ),
        ),
    )


def wait_words(source: Source) -> str:
    first = source.find("days_to_reply", "median", dimension="quantile")
    if first is None or not first.is_enough:
        return _("How long answers take")
    return _("Half of the first replies come within %(days)s", days=first.value)


def cold_start(source: Source) -> Parts:
    accepted = source.all("mutual@5", "history")
    return Parts(
        newcomer_words(accepted),
        (),
        (
            *row_panel(source, accepted, Wish(
                "accepted", newcomer_words(accepted),
                _("Agreement in the first five, newcomers beside all"))),
            *row_panel(source, [o for o in source.all("places_share", "history")
                                if o.raw["group"] != ALL], Wish(
                "places", places_words(source.all("places_share", "history")),
                _("Share of first-five places"))),
            *row_panel(source, source.all("ndcg@5", "history"), Wish(
                "order", newcomer_order(source.all("ndcg@5", "history")),
                _("nDCG@5 of the lists of new enterprises beside all"), top=1.0)),
        ),
    )  # fmt: skip


def newcomer_words(figures: Sequence[Shown]) -> str:
    """Return which newcomers are accepted clearly less than all are."""
    by = {str(one.raw["group"]): one for one in known(figures)}
    whole = by.pop(ALL, None)
    if whole is None or not by:
        return not_enough()
    worse = [one.part for one in by.values() if one.raw["high"] < whole.raw["low"]]
    if worse:
        return _("Accepted clearly less than others: %(names)s", names=_(", ").join(worse))
    return _("No newcomers are accepted clearly less than others")


def newcomer_order(figures: Sequence[Shown]) -> str:
    """Return whether the lists of new enterprises are ordered worse than all are."""
    by = {str(one.raw["group"]): one for one in known(figures)}
    whole, young = by.get(ALL), by.get("new_enterprise")
    if whole is None or young is None:
        return not_enough()
    if young.raw["high"] < whole.raw["low"]:
        return _("Lists of new enterprises are ordered clearly worse: %(value)s, all %(whole)s",
                 value=said(young), whole=whole.value)  # fmt: skip
    return _("No sure difference in order: new enterprises %(value)s, all %(whole)s",
             value=said(young), whole=whole.value)  # fmt: skip


def places_words(figures: Sequence[Shown]) -> str:
    young = [one for one in known(figures) if one.raw["group"] == "new_capability"]
    if not young:
        return not_enough()
    return _("New capabilities take %(share)s of the first five places", share=said(young[0]))
