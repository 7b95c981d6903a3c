"""Blocks about who gets what: coverage, fairness, supply gap, use of bases."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import ngettext

from matcher.reports.history.chance import EVEN, LESS, MORE
from web.administration.report.numbers import Shown, written
from web.administration.report.panels import (
    Panel,
    Parts,
    Source,
    Tile,
    Wish,
    known,
    largest,
    not_enough,
    row_panel,
    said,
    smallest,
    value_of,
)
from web.administration.report.words import dimension_words
from web.i18n import gettext as _
from web.presenters import money

FAIR_DIMENSIONS = ("size", "region", "language", "age")
OF_A_GROUP = ("eligible_share", "exposure_share", "acceptance_share", "selection_ratio", "skew@5")
N_CLUSTERS = 10


def coverage(source: Source) -> Parts:
    enough = source.find("needs_with_candidates")
    finding = not_enough()
    if enough is not None and enough.is_enough:
        finding = _("%(share)s of lists have three adequate candidates", share=said(enough))
    shares = known(
        source.find(key)
        for key in ("needs_with_candidates", "no_adequate_match", "capabilities_shown")
    )
    crowding = [
        one
        for key in ("gini_capabilities", "gini_providers", "most_shown_provider")
        for one in source.all(key)
    ]
    return Parts(
        finding,
        source.tiles("eligible_candidates", "no_adequate_match", "capabilities_shown"),
        (
            *row_panel(source, shares, Wish(
                "reach", finding,
                _("Needs with candidates, and capabilities that are shown at all"),
                label=lambda one: one.measure, top=1.0)),
            *row_panel(source, crowding, Wish(
                "crowding", crowding_words(source.find("most_shown_provider")),
                _("How exposure is spread: 0 is even; near 1 a few have it all"),
                label=lambda one: one.measure, aside=provider_of, top=1.0)),
        ),
    )  # fmt: skip


def crowding_words(most: Shown | None) -> str:
    if most is None or not most.is_enough:
        return not_enough()
    return _("The most shown provider takes %(share)s of the first five places", share=said(most))


def provider_of(figure: Shown) -> str:
    return str(figure.raw["facts"].get("provider", ""))


def fairness(source: Source) -> Parts:
    tiles = tuple(
        Tile(one, f"{one.measure} \u00b7 {dimension_words(dimension)}")
        for dimension in FAIR_DIMENSIONS
        for one in source.all("permutation_p_adjusted", dimension)
        or source.all("permutation_p", dimension)
    )
    panels = tuple(panel for one in FAIR_DIMENSIONS for panel in exposure(source, one))
    everybody = [one for name in FAIR_DIMENSIONS for one in source.all("exposure_ratio", name)]
    return Parts(fair_words(everybody), tiles, panels)


def exposure(source: Source, dimension: str) -> tuple[Panel, ...]:
    every = source.all("exposure_ratio", dimension)
    # A group that was due next to no place has nothing to draw; it stands in the table.
    ratios = known(every) or every
    few = [one for one in every if one not in ratios]
    beside = [one for key in OF_A_GROUP for one in source.all(key, dimension)]
    title = _("%(what)s: %(finding)s", what=dimension_words(dimension), finding=fair_words(ratios))
    return row_panel(
        source,
        ratios,
        Wish(
            f"exposure-{dimension}",
            title,
            exposure_about(len(few)),
            aside=lambda one: shares_of(source, one),
            lines=(1.0,),
            line_words=_("even"),
            band=EVEN,
            is_bar=False,
            further=(*few, *beside, *source.all("ndkl", dimension)),
        ),
    )


def exposure_about(n_few: int) -> str:
    about = _("Exposure against what could be shown: 1 is even")
    if not n_few:
        return about
    told = ngettext(
        "%(about)s; %(num)s group was due fewer than 10 places and stands in the table alone",
        "%(about)s; %(num)s groups were due fewer than 10 places and stand in the table alone",
        n_few, about=about,
    )  # fmt: skip
    return str(told)


def fair_words(ratios: Sequence[Shown]) -> str:
    """Return who is surely shown less or more: the block says of each group whether that is sure.

    What is not sure is not said to be even either: the group furthest below is named with it.
    """
    if not known(ratios):
        return not_enough()
    less, more = (_sure(ratios, side) for side in (LESS, MORE))
    if less and more:
        return _("surely shown less than could be: %(less)s; surely more: %(more)s",
                 less=less, more=more)  # fmt: skip
    if less:
        return _("surely shown less than could be: %(names)s", names=less)
    if more:
        return _("surely shown more than could be: %(names)s", names=more)
    least = smallest(ratios)
    if least is not None and value_of(least) < EVEN[0]:
        return _("no sure difference; %(name)s is shown least, perhaps by chance: %(ratio)s",
                 name=least.part, ratio=said(least))  # fmt: skip
    return _("no sure difference")


def _sure(ratios: Sequence[Shown], side: str) -> str:
    found = [one for one in known(ratios) if one.raw["facts"].get("sure") == side]
    return _(", ").join(f"{one.part} {one.value}" for one in found)


def shares_of(source: Source, figure: Shown) -> str:
    """Return shares and the selection-rate ratio of a group, with a flag below four fifths."""
    group, dimension = str(figure.raw["group"]), str(figure.raw["dimension"])
    could, was, rate = (
        source.find(key, group, dimension=dimension)
        for key in ("eligible_share", "exposure_share", "selection_ratio")
    )
    if could is None or was is None or rate is None or not rate.is_enough:
        return ""
    told = _("%(could)s could be, %(was)s were; selection-rate ratio %(rate)s",
             could=could.value, was=was.value, rate=rate.value)  # fmt: skip
    if value_of(rate) < EVEN[0]:
        told = _("%(told)s, below 0.8", told=told)
    by_chance = figure.raw["facts"].get("p_adjusted")
    if by_chance is None:
        return told
    return _("%(told)s; by chance, adjusted: %(p)s", told=told, p=written(float(by_chance), "p"))


def supply_gap(source: Source) -> Parts:
    share = source.find("unmet_share")
    finding = not_enough()
    if share is not None and share.is_enough:
        finding = _("Of open needs that had time, %(share)s came to no agreement",
                    share=said(share))  # fmt: skip
    blocked, clusters = source.all("blocked_by", "constraint"), source.all("cluster", "cluster")
    return Parts(
        finding,
        source.tiles("unmet_share", "unmet_needs"),
        (
            *row_panel(source, blocked, Wish(
                "blocked", obstacle_words(blocked),
                _("What stands in the way of needs without an agreement"), top=1.0)),
            *row_panel(source, clusters[:N_CLUSTERS], Wish(
                "clusters", gap_words(clusters),
                _("The largest groups of needs alike in industry, task and obstacle"),
                aside=waiting_money, further=tuple(clusters[N_CLUSTERS:]))),
        ),
    )  # fmt: skip


def obstacle_words(blocked: Sequence[Shown]) -> str:
    top = largest(blocked)
    if top is None:
        return not_enough()
    return _("Most often: %(what)s, %(share)s", what=top.part, share=said(top))


def gap_words(clusters: Sequence[Shown]) -> str:
    top = next(iter(known(clusters)), None)
    if top is None:
        return _("No gap is known")
    return _("The largest gap: %(name)s, %(n)s needs", name=top.part, n=top.value)


def waiting_money(figure: Shown) -> str:
    facts = figure.raw["facts"]
    if "n_enterprises" not in facts:
        return ""
    return _("%(n)s enterprises, %(budget)s wait", n=facts["n_enterprises"],
             budget=money(int(facts["waiting_budget_cny"])))  # fmt: skip


def base_use(source: Source) -> Parts:
    share, bases = source.find("accepted_share"), source.all("accepted_share", "base")
    finding = not_enough()
    if share is not None and share.is_enough:
        finding = _("Of decided applications, %(share)s were accepted", share=said(share))
    counts = known(
        source.find(key)
        for key in ("slots_offered", "applications", "slots_used", "slots_refused", "slots_waiting")
    )
    days = source.all("days_to_decide", "quantile") or source.all("days_to_decide")
    return Parts(
        finding,
        (*source.tiles("accepted_share", "validation_fits"),
         *(Tile(one, f"{one.measure} \u00b7 {one.part}" if one.part else one.measure)
           for one in days)),
        (
            *row_panel(source, counts, Wish(
                "slots", slots_words(source), _("Slots of the period and what became of them"),
                label=lambda one: one.measure)),
            *row_panel(source, bases, Wish(
                "bases", base_words(bases), _("Share of decided applications that were accepted"),
                top=1.0)),
        ),
    )  # fmt: skip


def slots_words(source: Source) -> str:
    applied, waiting = source.find("applications"), source.find("slots_waiting")
    if applied is None or waiting is None or not applied.is_enough:
        return not_enough()
    return _("%(n)s applications came in, %(waiting)s wait for an answer", n=applied.value,
             waiting=waiting.value)  # fmt: skip


def base_words(bases: Sequence[Shown]) -> str:
    low, high = smallest(bases), largest(bases)
    if low is None or high is None:
        return not_enough()
    if low is high:
        return _("Only %(base)s has decided enough: %(share)s", base=low.part, share=said(low))
    return _("Between %(low)s and %(high)s, by base", low=low.value, high=high.value)
