"""Blocks about the order and the probabilities: ranking, calibration, drift."""

from __future__ import annotations

from collections.abc import Sequence

from matcher.reports.history.calibration import TARGET_ECE
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
    tone_of,
    value_of,
)
from web.administration.report.words import system_words
from web.i18n import gettext as _
from web.presenters import percent

MODEL, RULE = "model", "six_factor_rule"
ESTIMATOR = "doubly_robust"
SIDES = ("need", "provider", "joint")
PSI = (0.1, 0.25)


def ranking(source: Source) -> Parts:
    measures = ("ndcg@5", "mrr", "hit@5", "precision@5")
    tiles = (source.find(key, system=MODEL) for key in measures)
    orders = source.all("ndcg@5")
    finding = lead_words(source)
    return Parts(
        finding,
        tuple(Tile(one, one.measure, like_place(one)) for one in tiles if one is not None),
        (
            *row_panel(
                source,
                orders,
                Wish(
                    "orders",
                    finding,
                    _("nDCG@5 of this order and of other orders of the same lists"),
                    label=lambda one: one.system,
                    aside=lambda one: lead_of(source, one),
                    top=1.0,
                    further=tuple(source.all("gain_ndcg@5")),
                ),
            ),
            *expected(source),
        ),
    )


def like_place(figure: Shown) -> str:
    """Return at which place the first that fits would always stand for the same reciprocal rank.

    It is not the mean place: a list where nobody fits until the tenth hardly changes it.
    """
    if figure.raw["key"] != "mrr" or not figure.is_enough or not value_of(figure):
        return ""
    return _("as if the first that fits always stood at place %(place)s",
             place=f"{1 / value_of(figure):.1f}")  # fmt: skip


def lead_words(source: Source) -> str:
    gain = source.find("gain_ndcg@5", system=RULE)
    if gain is None or not gain.is_enough or gain.raw["low"] is None:
        return not_enough()
    if gain.raw["low"] > 0:
        return _("This order is clearly better than the fixed rule: %(lead)s", lead=said(gain))
    if gain.raw["high"] < 0:
        return _("The fixed rule orders clearly better: %(lead)s", lead=said(gain))
    return _("No clear difference to the fixed rule: %(lead)s", lead=said(gain))


def lead_of(source: Source, figure: Shown) -> str:
    gain = source.find("gain_ndcg@5", system=str(figure.raw["system"]))
    if gain is None or not gain.is_enough:
        return ""
    return _("behind by %(lead)s", lead=said(gain).replace("+", ""))


def expected(source: Source) -> tuple[Panel, ...]:
    every = source.all("expected_acceptance@5", "estimator")
    best = [one for one in every if one.raw["group"] == ESTIMATOR]
    none = [] if every else source.all("expected_acceptance@5")
    ours, rule = (_of_system(best, system) for system in (MODEL, RULE))
    return row_panel(
        source,
        best or none,
        Wish(
            "expected",
            expected_words(ours, rule),
            _(
                "Expected agreement in the first five of each order, places looked at as they are "
                "now"
            ),
            label=lambda one: one.system,
            further=tuple(one for one in every if one not in best),
        ),
    )


def expected_words(ours: Shown | None, rule: Shown | None) -> str:
    """Return which order would lead to more agreement, if that is clear."""
    if ours is None or rule is None:
        return not_enough()
    numbers = {"ours": ours.value, "rule": rule.value}
    if ours.raw["low"] > rule.raw["high"]:
        return _("Places corrected for, this order leads to more agreement: %(ours)s, "
                 "by the fixed rule %(rule)s", **numbers)  # fmt: skip
    if ours.raw["high"] < rule.raw["low"]:
        return _("Places corrected for, the fixed rule leads to more agreement: %(rule)s, "
                 "by this order %(ours)s", **numbers)  # fmt: skip
    return _("Places corrected for, no clear difference in agreement: %(ours)s by this order, "
             "%(rule)s by the fixed rule", **numbers)  # fmt: skip


def _of_system(figures: Sequence[Shown], system: str) -> Shown | None:
    return next((one for one in known(figures) if one.raw["system"] == system), None)


def calibration(source: Source) -> Parts:
    errors = [source.find("ece", system=side) for side in SIDES]
    joint = source.find("ece", system="joint")
    corrected = [source.find("ece_corrected", system=side) for side in SIDES]
    groups = [
        one
        for dimension in ("size", "language")
        for one in source.all("ece_corrected", dimension) or source.all("ece", dimension)
    ]
    tiles = [
        Tile(one, f"{one.measure} \u00b7 {one.system}")
        for pair in zip(errors, corrected, strict=True)
        for one in pair
        if one is not None
    ]
    return Parts(
        error_words(joint, corrected[-1]),
        tuple(tiles),
        (
            *(panel for side in SIDES for panel in reliability(source, side)),
            *row_panel(
                source,
                groups,
                Wish(
                    "groups",
                    worst_group(groups),
                    _(
                        "Calibration error of both sides together, by size and language of needs; "
                        "places corrected for where that is possible"
                    ),
                    lines=(TARGET_ECE,),
                ),
            ),
        ),
    )


def error_words(plain: Shown | None, corrected: Shown | None) -> str:
    """Return how far probabilities are off, and how much of that is the effect of places."""
    if plain is None or not plain.is_enough:
        return not_enough()
    told = _("Shown and real shares of agreement differ by %(error)s on average", error=said(plain))
    if corrected is None or not corrected.is_enough:
        return told
    return _("%(told)s; places corrected for, by %(error)s", told=told, error=said(corrected))


def worst_group(groups: Sequence[Shown]) -> str:
    worst = largest(groups)
    if worst is None:
        return not_enough()
    target = percent(TARGET_ECE)
    sure = [one for one in known(groups) if one.alert]
    if sure:
        return _("Surely above the target of %(target)s: %(groups)s", target=target,
                 groups=_(", ").join(f"{one.part} {one.value}" for one in sure))  # fmt: skip
    if value_of(worst) <= TARGET_ECE:
        return _("No group is above the target of %(target)s", target=target)
    return _("No group is surely above the target of %(target)s; furthest off: %(group)s, "
             "%(error)s", target=target, group=worst.part, error=said(worst))  # fmt: skip


def reliability(source: Source, side: str) -> tuple[Panel, ...]:
    plain = source.all("reliability", "bin", system=side)
    corrected = source.all("reliability_corrected", "bin", system=side)
    if not known(plain):
        return ()
    series = [given(_("as it happened"), "main", plain)]
    if corrected:
        series.append(given(_("places corrected for"), "other", corrected))
    return (
        Panel(
            key=f"reliability-{side}",
            title=_(
                "%(side)s: %(finding)s", side=system_words(side), finding=leaning(plain, corrected)
            ),
            about=_("Promised probability and what came true, in ten groups of equal size"),
            figures=(*plain, *corrected),
            points=points_chart(
                series,
                Axes(
                    _("promised probability"),
                    _("share that came true"),
                    lambda value: on_axis(value, "share"),
                    is_square=True,
                ),
            ),
            tone=tone_of(judged_error(source, side)),
        ),
    )


def judged_error(source: Source, side: str) -> list[Shown]:
    """Return the error that a side is judged by: without the effect of places where known."""
    found = (source.find(key, system=side) for key in ("ece_corrected", "ece"))
    return [one for one in found if one is not None][:1]


def given(label: str, style: str, figures: Sequence[Shown]) -> Given:
    return Given(label, style, [one.raw["x"] for one in figures], [mark(one) for one in figures])


def leaning(plain: Sequence[Shown], corrected: Sequence[Shown]) -> str:
    """Return on which side of the diagonal the points lie, where their whole interval does."""
    over, under, n = sides(plain)
    if over > under and over > n / 3:
        told = _("in %(some)s of %(all)s groups less came true than was promised", some=over, all=n)
    elif under > over and under > n / 3:
        told = _(
            "in %(some)s of %(all)s groups more came true than was promised", some=under, all=n
        )
    else:
        return _(
            "what was promised came true in %(some)s of %(all)s groups",
            some=n - over - under,
            all=n,
        )
    above, below, n_corrected = sides(corrected)
    if not n_corrected:
        return told
    held = n_corrected - above - below
    return _(
        "%(told)s; places corrected for, it came true in %(some)s of them", told=told, some=held
    )


def sides(bins: Sequence[Shown]) -> tuple[int, int, int]:
    """Return in how many groups surely less came true, in how many more, and of how many."""
    firm = [one.raw for one in known(bins) if one.raw["low"] is not None]
    over = sum(raw["high"] < raw["x"] for raw in firm)
    under = sum(raw["low"] > raw["x"] for raw in firm)
    return over, under, len(firm)


def drift(source: Source) -> Parts:
    features = sorted(source.all("psi", "feature"), key=lambda one: -(one.raw["value"] or 0.0))
    scores = [*source.all("psi_score"), *features]
    drifted = [one for one in known(features) if value_of(one) >= PSI[1]]
    if not known(scores):
        finding = not_enough()
    elif drifted:
        finding = _(
            "What comes in has changed: %(names)s", names=_(", ").join(one.part for one in drifted)
        )
    else:
        finding = _("No feature has changed so much that it calls for action")
    return Parts(
        finding,
        source.tiles("unknown_terms", "completeness", "label_delay"),
        row_panel(
            source,
            scores,
            Wish(
                "psi",
                finding,
                _("Difference to the 180 days before (PSI): watch from 0.1, act from 0.25"),
                lines=PSI,
                aside=means,
            ),
        ),
    )


def means(figure: Shown) -> str:
    facts = figure.raw["facts"]
    if "mean_now" not in facts:
        return ""
    before, now = (f"{facts[name]:.3f}" for name in ("mean_before", "mean_now"))
    return _("mean %(before)s \u2192 %(now)s", before=before, now=now)
