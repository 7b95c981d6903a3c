"""How often the service says that nobody fits, rightly and wrongly, as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from web.administration.quality import Figure, Json
from web.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """One kind of need under one rule."""

    needs: str
    rule: str
    is_model: bool
    n_emptied: int
    rightly: Figure
    n_whole: int
    wrongly: Figure


def refusal_rows(report: Json) -> list[RefusalRow]:
    """Return a row for each kind of need and rule; none where a report does not hold them."""
    return [
        RefusalRow(
            needs=_needs(group["name"]),
            rule=_rule(system["name"]),
            is_model=system["name"] == "model",
            n_emptied=group["n_emptied"],
            rightly=Figure.of(system["refused"]),
            n_whole=group["n_whole"],
            wrongly=Figure.of(system["refused_wrongly"]),
        )
        for group in report.get("refusals", {}).get("groups", [])
        for system in group["systems"]
    ]


def _needs(name: str) -> str:
    words = {
        "cases": _("Real cases"),
        "scenarios_zh": _("Scenarios, in Chinese"),
        "scenarios_en": _("Scenarios, in English"),
    }
    return words.get(name, name)


def _rule(name: str) -> str:
    words = {"model": _("This model"), "meaning_alone": _("Closeness in meaning alone")}
    return words.get(name, name)
