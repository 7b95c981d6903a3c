"""Which groups are surely shown less or more than could be: not by chance, and not a little.

A group is only called sure where three things agree: its whole interval lies outside the wanted
range; groups dealt at random among capabilities are hardly ever as uneven in this attribute, all
attributes counted; and this very group would hardly ever fare so, all groups of the attribute
counted. The interval alone is not enough: it knows that other needs could have come, and not that a
group of a few capabilities has good and bad ones by chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matcher.learning.exposure import FOUR_FIFTHS, holm, permutation_p, permutation_ps
from matcher.reports.history.cut import Cut, Floats, Ints
from matcher.reports.history.figures import ACT, LEAST, WATCH, Figure, named

EVEN = (0.8, 1.25)  # exposure ratio of small firms that is promised
SURE_BELOW = 0.05
N_PERMUTATIONS = 2_000  # so that the smallest p is below 0.05 even times the number of provinces
LESS, MORE, NO = "less", "more", "no"
PERMUTED = "permutation of groups"
ADJUSTED = "permutation of groups, adjusted by Holm"
Texts = NDArray[np.str_]


@dataclass(frozen=True)
class Dealt:
    """How one attribute fares against groups dealt at random.

    Attributes
    ----------
    p : how often dealt groups are as uneven
    of_group : the same for the exposure ratio of each group, in both directions
    unevenness : half of the summed distances of exposure from eligible shares
    """

    p: float
    of_group: Mapping[str, float]
    unevenness: float


def deal(of_offer: Texts, names: tuple[str, ...], exposure: Floats, could: Floats) -> Dealt:
    """Deal the groups of one attribute at random among the capabilities that could be shown.

    Capabilities keep their exposure and how often they could be shown; only their group is dealt.

    Parameters
    ----------
    of_offer : str array (n_offers), the group of each capability, empty where not stated
    exposure, could : float arrays (n_offers)
    """
    able = could > 0
    shown, possible = exposure[able], could[able]
    labels: Ints = np.searchsorted(np.array(["", *names]), of_offer[able])
    n_groups = len(names) + 1

    def share(dealt: Ints, amounts: Floats) -> Floats:
        sums: Floats = np.bincount(dealt, amounts, n_groups).astype(np.float64)[1:]
        return sums / sums.sum() if sums.any() else sums

    def unevenness(dealt: Ints) -> float:
        was, can = share(dealt, shown), share(dealt, possible)
        return float(np.abs(was - can).sum() / 2)

    def ratios(dealt: Ints) -> Floats:
        was, can = share(dealt, shown), share(dealt, possible)
        found: Floats = np.divide(was, can, out=np.full(len(was), np.nan), where=can > 0)
        return found

    each = permutation_ps(ratios, labels, n_permutations=N_PERMUTATIONS)
    whole = permutation_p(unevenness, labels, n_permutations=N_PERMUTATIONS)
    return Dealt(whole, dict(zip(names, each.tolist(), strict=True)), unevenness(labels))


def chance_figures(cut: Cut, dealt: Mapping[str, Dealt]) -> dict[str, list[Figure]]:
    """Return for each attribute how likely chance alone is as uneven, plainly and adjusted."""
    need = cut.need[cut.shown]
    known = dealt if len(need) >= LEAST else {}
    adjusted = dict(zip(known, holm([one.p for one in known.values()]).tolist(), strict=True))
    figures = {}
    for name, one in dealt.items():
        plain = cut.about(named("permutation_p", dimension=name), need, len(need))
        plain = replace(plain, facts={"unevenness": round(one.unevenness, 4)})
        holm_s = replace(plain, key="permutation_p_adjusted", facts={"n_attributes": len(known)})
        if name in known:
            plain = replace(plain, value=one.p, method=PERMUTED)
            holm_s = replace(holm_s, value=adjusted[name], method=ADJUSTED)
        figures[name] = [plain, holm_s]
    return figures


def with_sureness(figures: list[Figure], dealt: Dealt, p_adjusted: float | None) -> list[Figure]:
    """Return figures of the groups of an attribute, each ratio with how sure its finding is.

    Parameters
    ----------
    p_adjusted : float, optional
        How likely chance alone is as uneven in this attribute, adjusted for all attributes.
    """
    told = [one.group for one in figures if one.key == "exposure_ratio" and one.is_enough]
    adjusted = dict(zip(told, holm([dealt.of_group[g] for g in told]).tolist(), strict=True))
    sure = {}
    for one in figures:
        if one.key == "exposure_ratio" and one.is_enough:
            by_chance = max(adjusted[one.group], 1.0 if p_adjusted is None else p_adjusted)
            sure[one.group] = _side(one) if by_chance < SURE_BELOW else NO
    found = []
    for one in figures:
        if one.key == "exposure_ratio" and one.group in sure:
            facts = {"sure": sure[one.group], "p": round(dealt.of_group[one.group], 4),
                     "p_adjusted": round(adjusted[one.group], 4)}  # fmt: skip
            one = replace(one, facts={**one.facts, **facts})
        found.append(_flagged(one, is_sure=sure.get(one.group) == LESS))
    return found


def _side(ratio: Figure) -> str:
    if ratio.high is not None and ratio.high < EVEN[0]:
        return LESS
    return MORE if ratio.low is not None and ratio.low > EVEN[1] else NO


def _flagged(figure: Figure, *, is_sure: bool) -> Figure:
    """Mark a ratio that is below what is promised, for action only where that is sure."""
    least = {"selection_ratio": FOUR_FIFTHS, "exposure_ratio": EVEN[0]}.get(figure.key)
    if least is None or figure.value is None or figure.value >= least:
        return figure
    below = figure.high is not None and figure.high < least
    return replace(figure, alert=ACT if is_sure and below else WATCH)
