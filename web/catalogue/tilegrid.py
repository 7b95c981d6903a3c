"""China's provinces as a grid of equal tiles: a map that needs no map server and no shapes.

Every province has one tile of the same size, near where it lies; nothing is measured on it. The
rows and columns are our own arrangement. Shade tells how many, and every tile says the number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.vocabulary import region_codes

# Row by row from the north, seven columns from the west; two letters a province, ".." for none.
_GRID = """
.. .. .. .. .. .. HL
.. .. .. NM .. .. JL
XJ GS NX SX HE BJ LN
QH .. SN HA SD TJ ..
XZ SC CQ HB AH JS SH
.. YN GZ HN JX ZJ ..
.. .. GX GD FJ .. TW
.. .. HI MO HK .. ..
"""
# Letter codes of GB/T 2260 for provinces, with their adcodes.
ADCODES = {
    "BJ": "110000", "TJ": "120000", "HE": "130000", "SX": "140000", "NM": "150000",
    "LN": "210000", "JL": "220000", "HL": "230000", "SH": "310000", "JS": "320000",
    "ZJ": "330000", "AH": "340000", "FJ": "350000", "JX": "360000", "SD": "370000",
    "HA": "410000", "HB": "420000", "HN": "430000", "GD": "440000", "GX": "450000",
    "HI": "460000", "CQ": "500000", "SC": "510000", "GZ": "520000", "YN": "530000",
    "XZ": "540000", "SN": "610000", "GS": "620000", "QH": "630000", "NX": "640000",
    "XJ": "650000", "TW": "710000", "HK": "810000", "MO": "820000",
}  # fmt: skip
N_STEPS = 4  # shades besides the one for none


@dataclass(frozen=True, slots=True)
class Tile:
    """One province on the grid; ``step`` is 0 for none, then 1 to 4."""

    adcode: str
    letters: str
    row: int
    column: int
    count: int
    step: int


def tiles(counts: Mapping[str, int]) -> list[Tile]:
    """Return the 34 tiles in reading order, shaded by their counts."""
    limits = step_limits(counts)

    def tile(letters: str, row: int, column: int) -> Tile:
        count = counts.get(ADCODES[letters], 0)
        return Tile(ADCODES[letters], letters, row, column, count, step_of(count, limits))

    return [
        tile(letters, row, column)
        for row, line in enumerate(_GRID.split("\n")[1:-1], start=1)
        for column, letters in enumerate(line.split(), start=1)
        if letters in ADCODES
    ]


def step_limits(counts: Mapping[str, int]) -> list[int]:
    """Return the largest count of each shade: each holds about as many provinces as the others."""
    provinces = set(region_codes("province"))
    filled = sorted(count for code, count in counts.items() if code in provinces and count)
    if not filled:
        return []
    parts = range(1, N_STEPS + 1)
    return sorted({filled[-(-len(filled) * part // N_STEPS) - 1] for part in parts})


def step_of(count: int, limits: list[int]) -> int:
    if not count:
        return 0
    place = next((i for i, limit in enumerate(limits) if count <= limit), len(limits) - 1)
    # The darkest shade always means the most, however few shades there are.
    return place + 1 + (N_STEPS - len(limits))


def legend(counts: Mapping[str, int]) -> list[tuple[int, int, int]]:
    """Return (step, least, most) for each shade in use, from none on."""
    limits = step_limits(counts)
    lows = [1, *(limit + 1 for limit in limits)][: len(limits)]
    steps = [(step_of(high, limits), low, high) for low, high in zip(lows, limits, strict=True)]
    return [(0, 0, 0), *steps]
