"""The whole report as its page shows it: the first screen, then block by block."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for

from matcher.reports.history.headline import RULES
from matcher.reports.history.measures import measure_of
from web.access import may_call
from web.administration.report import answer_blocks, order_blocks, people_blocks, spread_blocks
from web.administration.report.numbers import Shown, shown
from web.administration.report.panels import Parts, Source, identity
from web.administration.report.words import block_question, block_title
from web.i18n import gettext as _
from web.i18n import language
from web.presenters import label

Json = Mapping[str, Any]
BLOCKS: Mapping[str, Callable[[Source], Parts]] = {
    "ranking": order_blocks.ranking,
    "calibration": order_blocks.calibration,
    "acceptance": answer_blocks.acceptance,
    "funnel": answer_blocks.funnel,
    "coverage": spread_blocks.coverage,
    "fairness": spread_blocks.fairness,
    "cold_start": answer_blocks.cold_start,
    "supply_gap": spread_blocks.supply_gap,
    "base_use": spread_blocks.base_use,
    "stability": people_blocks.stability,
    "drift": order_blocks.drift,
    "human_factor": people_blocks.human_factor,
    "data_quality": people_blocks.data_quality,
    "model_record": people_blocks.model_record,
}
# Weakness → the page where something can be done about it.
ACTIONS = {
    "ranking_no_better": "judging.show_judging",
    "probabilities_off": "models.list_models",
    "slow_reply": "broker.show_queue",
    "too_few_candidates": "supply_gaps.show_gaps",
    "supply_gap": "supply_gaps.show_gaps",
    "drift": "models.list_models",
    "appeals_overdue": "appeals.list_own",
    "brokers_better": "judging.show_judging",
}


@dataclass(frozen=True, slots=True)
class Section:
    """One block: its finding, what it is drawn as, and the figures that no chart shows.

    Attributes
    ----------
    state : ``weak``, ``watch`` where a figure has passed a threshold, ``none`` where no figure has
        a number, or ``ok``
    weak : the weaknesses that the first screen names
    """

    key: str
    title: str
    question: str
    parts: Parts
    further: tuple[Shown, ...]
    notes: tuple[str, ...]
    synthetic: bool
    state: str
    weak: tuple[str, ...]

    @property
    def finding(self) -> str:
        return self.parts.finding[:1].upper() + self.parts.finding[1:]


@dataclass(frozen=True, slots=True)
class Statement:
    """One line of the first screen: its words, the figure it rests on, the block to read."""

    words: str
    figure: Shown
    block: str
    is_weak: bool


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about a weakness: in words, the block, and a page to do it on where there is."""

    words: str
    block: str
    url: str


@dataclass(frozen=True, slots=True)
class Headline:
    """The first screen: can it be trusted, where is it weak, what to do."""

    trust: str
    answer: str
    because: str
    rests_on: tuple[Statement, ...]
    weak: tuple[Statement, ...]
    do: tuple[Advice, ...]
    not_known: tuple[str, ...]


def sections_of(document: Json) -> list[Section]:
    own = language()
    weak = [(one["block"], str(one[own])) for one in document["headline"]["weak"]]
    return [
        section_of(block, tuple(dict.fromkeys(words for at, words in weak if at == key)))
        for key, block in document["blocks"].items()
    ]


def section_of(block: Json, weak: tuple[str, ...] = ()) -> Section:
    """Return one block; a figure that no chart of it draws goes into its last table."""
    source = Source.of(block)
    parts = BLOCKS[source.key](source)
    drawn = {one.place for panel in parts.panels for one in panel.figures}
    return Section(
        source.key,
        block_title(source.key),
        block_question(source.key),
        parts,
        tuple(one for one in source.shown if one.place not in drawn),
        tuple(label("report_note", code) for code in block["notes"]),
        bool(block["synthetic"]),
        "weak" if weak else state_of(block, source),
        weak,
    )


def state_of(block: Json, source: Source) -> str:
    if not block["enough_data"]:
        return "none"
    return "watch" if any(one.alert for one in source.shown) else "ok"


def headline_of(document: Json) -> Headline:
    found = document["headline"]
    trust = str(found["trust"])
    weak_rules = {one["rule"] for one in found["weak"]}
    by_code = {rule.code: rule for rule in RULES}
    return Headline(
        trust,
        trust_words(trust),
        because_words(trust),
        tuple(statement(document, one, one["rule"] in weak_rules) for one in found["rests_on"]),
        tuple(statement(document, one, True) for one in found["weak"]),
        tuple(advice(one) for one in found["do"]),
        tuple(
            str(getattr(measure_of(by_code[code].key), language()))
            for code in found["not_known"]
            if code in by_code
        ),
    )


def statement(document: Json, found: Json, is_weak: bool) -> Statement:
    """Return a statement with its figure, at the place that the figure has in its block."""
    own, block = found["figure"], str(found["block"])
    figures = document["blocks"][block]["figures"]
    wanted = identity(own)
    place = next((i for i, raw in enumerate(figures) if identity(raw) == wanted), 0)
    figure = shown(own, place, block)
    return Statement(str(found.get(language(), "")) or figure.measure, figure, block, is_weak)


def advice(found: Json) -> Advice:
    endpoint = ACTIONS.get(str(found["rule"]), "")
    can = endpoint in current_app.view_functions and may_call(endpoint)
    return Advice(str(found[language()]), str(found["block"]), url_for(endpoint) if can else "")


def trust_words(trust: str) -> str:
    words = {
        "yes": _("Yes"),
        "with_care": _("Yes, with care"),
        "no": _("No"),
        "not_enough_data": _("Not enough data to say"),
    }
    return words.get(trust, trust)


def because_words(trust: str) -> str:
    words = {
        "yes": _("No weakness was found in what could be measured."),
        "with_care": _(
            "The order is clearly better than the fixed rule, but there are weaknesses."
        ),
        "no": _("There is a grave weakness: read it first."),
        "not_enough_data": _(
            "Order, probabilities or agreement rest on too few answers to be judged."
        ),
    }
    return words.get(trust, "")
