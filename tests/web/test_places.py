"""Provinces as tiles: every province once, the numbers of the list, the same in the table."""

from __future__ import annotations

import pytest

from matcher.vocabulary import region_codes
from tests.web.conftest import Page
from tests.web.test_search import n_results
from web.catalogue.places import PLACED
from web.catalogue.tilegrid import N_STEPS, legend, step_limits, step_of, tiles


@pytest.mark.parametrize("kind", PLACED)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_kind_has_a_map_that_agrees_with_its_list(page: Page, kind: str, lang: str) -> None:
    soup = page(f"/places/{kind}", lang=lang, q="")
    cells = soup.select(".tile-grid a")
    assert len(cells) == 34
    full = max(cells, key=lambda cell: int(cell.select_one(".tile-count").text))
    assert n_results(page(full["href"])) == int(full.select_one(".tile-count").text)
    # No need is shipped: those of the people who use the service come later.
    assert (full.select_one(".tile-count").text == "0") is (kind == "need")
    in_tiles = sorted(int(cell.select_one(".tile-count").text) for cell in cells)
    assert in_tiles == sorted(int(cell.text) for cell in soup.select("#table td"))


def test_map_keeps_words_and_facets_of_the_search(page: Page) -> None:
    listed = page("/cases?q=高炉")
    shown = page(listed.select_one(".to-map")["href"])
    counts = [int(cell.text) for cell in shown.select(".tile-count")]
    assert 0 < sum(counts) <= n_results(listed)


def test_unknown_kind_has_no_map(page: Page) -> None:
    for kind in ("scenario", "x"):
        assert page(f"/places/{kind}", status=404).select(".tile-grid") == []


def test_every_province_has_one_tile_of_its_own() -> None:
    grid = tiles({})
    assert sorted(tile.adcode for tile in grid) == sorted(region_codes("province"))
    assert len({(tile.row, tile.column) for tile in grid}) == 34


def test_shades_rise_with_the_count_and_fill_the_legend() -> None:
    counts = dict(zip(region_codes("province"), range(34), strict=True))
    steps = {tile.count: tile.step for tile in tiles(counts)}
    ordered = [steps[count] for count in sorted(steps)]
    assert ordered == sorted(ordered)
    assert set(ordered) == set(range(N_STEPS + 1))
    for step, low, high in legend(counts):
        assert {steps[count] for count in range(low, high + 1)} == {step}


@pytest.mark.parametrize("counts", [{}, {"110000": 3}, {"110000": 1, "310000": 9}])
def test_few_numbers_need_few_shades_and_the_most_is_darkest(counts: dict[str, int]) -> None:
    limits = step_limits(counts)
    assert len(limits) == len(counts)
    assert [step_of(limit, limits) for limit in limits[-1:]] == [N_STEPS][: len(limits)]
