"""How a need stands against the catalogue right now, without putting anything into words.

What a match computes before it explains: who is eligible, who is adequate, how strong the best is.
Cheap enough to be asked again for every changed answer while a need is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matcher.ranking.affinity import NeedAffinity
from matcher.ranking.eligibility import check_index
from matcher.ranking.engine import LookUp
from matcher.ranking.matching import Matcher, Ranking
from matcher.ranking.model import probability
from matcher.records import Need


@dataclass(frozen=True)
class Standing:
    """What a match of this need would count.

    Attributes
    ----------
    ranking : Ranking, can be handed to ``standing`` for another version of the need
    n_eligible : int, providers that pass every hard check
    n_adequate : int, those of them whose evidence is near enough to be proposed
    best_probability : float or None, of the first provider; None where nobody is eligible
    """

    ranking: Ranking
    n_eligible: int
    n_adequate: int
    best_probability: float | None


def standing(
    matcher: Matcher, need: Need, *, today: date, before: LookUp | None = None
) -> Standing:
    """Return how a need stands; the counts are those of ``Matcher.match`` with every provider.

    Parameters
    ----------
    today : date
        Against which expiry is checked.
    before : LookUp, optional
        Of another version of the same need in the same index; saves reading its texts again.
    """
    index = matcher.index
    checked = check_index(index, need, today=today)
    ranking = matcher.score(index.look_up(need, checked.mask, today=today, before=before))
    rows = ranking.best_rows
    best = matcher.calibrated(ranking, float(ranking.raw[rows[0]])) if len(rows) else None
    return Standing(
        ranking=ranking,
        n_eligible=ranking.n_providers,
        n_adequate=_n_adequate(matcher, ranking),
        best_probability=None if best is None else probability(best),
    )


def _n_adequate(matcher: Matcher, ranking: Ranking) -> int:
    """Count the providers whose best capability comes close enough to the need."""
    near = NeedAffinity(matcher.index, ranking.look_up).closest_each(ranking.best_rows)
    return int((near >= matcher.model.adequacy.threshold).sum())
