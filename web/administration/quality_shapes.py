"""The learned curve of each feature with the data under it: from the report to its card."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from web.administration.quality import Json
from web.charts import curve
from web.i18n import gettext as _
from web.i18n import language
from web.presenters import percent

N_ROWS_OF_CURVE = 5


def shape_cards(report: Json) -> list[dict[str, Any]]:
    """Return the learned curve of each feature, the most decisive first."""
    records = sorted(report.get("shapes", []), key=lambda each: -each["share_of_decisions"])
    return [shape_card(record) for record in records]


def shape_card(record: Json) -> dict[str, Any]:
    points, bits, density = record["points"], record["bits"], record.get("density", [])
    return {
        "label": record["label_zh"] if language() == "zh" else record["label_en"],
        "feature": record["feature"],
        "is_prior": record["is_prior"],
        "direction": direction_words(record.get("direction")),
        "share": percent(record["share_of_decisions"], 1),
        "n": record["n_stated"],
        "chart": curve(points, bits, short_number, density),
        "rows": curve_rows(points, bits, density),
    }


def direction_words(direction: int | None) -> str:
    """Return what was declared before anything was learned; nothing where the report is silent."""
    if direction is None:
        return ""
    if direction == 0:
        return _("none; the bits may rise and fall")
    if direction > 0:
        return _("as the value grows, the bits never fall")
    return _("as the value grows, the bits never rise")


def curve_rows(
    points: Sequence[float], bits: Sequence[float], density: Sequence[int]
) -> list[tuple[str, str, str]]:
    """Return value, bits and how many data lie nearest to it, at evenly spaced points."""
    last = len(points) - 1
    chosen = sorted({round(last * step / (N_ROWS_OF_CURVE - 1)) for step in range(N_ROWS_OF_CURVE)})
    near = nearest_counts([at / last for at in chosen], density)
    return [
        (short_number(points[at]), f"{bits[at]:+.2f}".replace("-", "−"), count)
        for at, count in zip(chosen, near, strict=True)
    ]


def nearest_counts(shares: Sequence[float], density: Sequence[int]) -> list[str]:
    """Sum the counts of equal parts of the axis by the place, from 0 to 1, that is nearest."""
    if not density:
        return [""] * len(shares)
    sums = [0] * len(shares)
    for number, count in enumerate(density):
        middle = (number + 0.5) / len(density)
        sums[min(range(len(shares)), key=lambda at: abs(shares[at] - middle))] += count
    return [f"{count:,}" for count in sums]


def short_number(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")
