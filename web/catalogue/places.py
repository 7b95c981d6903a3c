"""Where the records of one kind are, as a page draws it: tiles, a table, cities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from matcher.vocabulary import region_codes
from web.catalogue.kinds import KINDS, counted, kinds_name
from web.catalogue.search_choice import Choice
from web.catalogue.search_pages import SearchPage
from web.catalogue.tilegrid import Tile, legend, tiles
from web.i18n import gettext as _
from web.i18n import language
from web.presenters import region_label

N_CITIES = 12
PLACED = tuple(kind for kind, each in KINDS.items() if each.has_place)


def present_places(
    kind: str, page: SearchPage, choice: Choice, counts: Mapping[str, int], total: int
) -> dict[str, Any]:
    """Return what ``pages/catalogue/places.html`` draws."""
    provinces = {code: counts.get(code, 0) for code in region_codes("province")}
    cities = [code for code in counts if code not in provinces][:N_CITIES]
    n_placed = sum(provinces.values())
    return {
        "kind": kind,
        "name": kinds_name(kind),
        "tabs": [
            {
                "label": kinds_name(each),
                "url": url_for("search.show_places", kind=each),
                "is_current": each == kind,
            }
            for each in PLACED
        ],
        "said": counted(kind, total),
        "query": choice.query,
        "is_narrowed": bool(choice.query or choice.facets),
        "list_url": choice.url(page),
        "all_url": url_for("search.show_places", kind=kind),
        "n_elsewhere": max(0, total - n_placed),
        "tiles": [_tile(kind, page, choice, tile) for tile in tiles(provinces)],
        "legend": [_step(step, low, high) for step, low, high in legend(provinces)],
        "rows": [
            _row(page, choice, code, counts)
            for code in sorted(provinces, key=lambda code: (-provinces[code], code))
        ],
        "cities": [_row(page, choice, code, counts) for code in cities],
    }


def _tile(kind: str, page: SearchPage, choice: Choice, tile: Tile) -> dict[str, Any]:
    name = short_name(tile.adcode)
    return {
        "place": f"tile-r{tile.row} tile-c{tile.column} tile-s{tile.step}",
        "short": name if language() == "zh" else tile.letters,
        "name": name,
        "count": tile.count,
        "said": counted(kind, tile.count),
        "url": choice.with_only("region", tile.adcode).url(page),
    }


def _step(step: int, low: int, high: int) -> dict[str, Any]:
    words = str(low) if low == high else f"{low}–{high}"
    return {"step": step, "label": words if high else _("none")}


def _row(page: SearchPage, choice: Choice, code: str, counts: Mapping[str, int]) -> dict[str, Any]:
    return {
        "name": region_label(code),
        "count": counts.get(code, 0),
        "url": choice.with_only("region", code).url(page),
    }


def short_name(adcode: str) -> str:
    """Return the everyday name of a province: 广西, not 广西壮族自治区."""
    name = region_label(adcode)
    if language() == "en":
        return name.partition(" (")[0]
    return name[:3] if name[:2] in {"内蒙", "黑龙"} else name[:2]
