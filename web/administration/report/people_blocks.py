"""Blocks about rounds, people, records and models: what stands beside the matching itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from web.administration.report.numbers import Shown
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
    value_of,
)
from web.administration.report.words import dimension_words
from web.i18n import gettext as _

KINDS = ("completeness", "stale", "duplicates")
APPEALS = ("appeals_filed", "appeals_decided", "appeals_upheld", "appeals_open", "appeals_overdue")
Facts = Mapping[str, object]


def stability(source: Source) -> Parts:
    rounds, blocking = source.find("rounds"), source.find("blocking_pairs")
    if rounds is None or not value_of(rounds):
        finding = _("There was no round in this period")
    elif blocking is not None and value_of(blocking):
        finding = _("%(n)s pairs would rather have each other", n=blocking.value)
    else:
        finding = _("Nobody has reason to go round the result: no blocking pair")
    of = [*source.all("unmatched_share", "of"), *source.all("first_choice_share", "of")]
    reasons = source.all("unmatched", "reason")
    return Parts(
        finding,
        (
            *source.tiles("rounds", "blocking_pairs"),
            *(Tile(one, one.measure) for one in of),
        ),
        row_panel(
            source,
            reasons,
            Wish("unmatched", first_words(reasons), _("Needs without a place, by reason")),
        ),
    )


def first_words(figures: Sequence[Shown]) -> str:
    """Return which of several counts is the largest, with what it counts."""
    top = largest(figures)
    if top is None:
        return not_enough()
    return _("Most often: %(what)s, %(share)s", what=top.part, share=top.n)


def human_factor(source: Source) -> Parts:
    gain = source.find("broker_gain")
    by = source.all("override_accepted", "by")
    return Parts(
        gain_words(gain),
        source.tiles("overrides", "broker_gain", "reviewer_agreement", "judgements"),
        (
            *row_panel(source, by, Wish(
                "brokers", gain_words(gain),
                _("Agreement on pairs that a broker put forward, beside the model's"))),
            *(panel for dimension in ("action", "reason", "actor")
              for panel in overrides(source, dimension)),
            *row_panel(source, known(source.find(key) for key in APPEALS), Wish(
                "appeals", appeal_words(source), _("Appeals of the period"),
                label=lambda one: one.measure)),
        ),
    )  # fmt: skip


def gain_words(gain: Shown | None) -> str:
    if gain is None or not gain.is_enough or gain.raw["low"] is None:
        return not_enough()
    if gain.raw["low"] > 0:
        return _("Brokers do clearly better than the model: %(gain)s", gain=said(gain))
    if gain.raw["high"] < 0:
        return _("The model does clearly better than brokers: %(gain)s", gain=said(gain))
    return _("No clear difference between brokers and the model: %(gain)s", gain=said(gain))


def overrides(source: Source, dimension: str) -> tuple[Panel, ...]:
    found = source.all("overrides", dimension)
    what = dimension_words(dimension)
    title = _("%(what)s: %(finding)s", what=what, finding=first_words(found))
    wish = Wish(f"overrides-{dimension}", title, _("Changes by hand in the period"))
    return row_panel(source, found, wish)


def appeal_words(source: Source) -> str:
    overdue = source.find("appeals_overdue")
    if overdue is None or not overdue.is_enough:
        return not_enough()
    if value_of(overdue):
        return _("%(n)s appeals are overdue", n=overdue.value)
    return _("No appeal is overdue")


def data_quality(source: Source) -> Parts:
    rules = source.all("misses_rule", "rule")
    points, stale, twins = (source.all(key, "kind") for key in KINDS)
    return Parts(
        rule_words(rules),
        (),
        (
            *row_panel(source, points, Wish(
                "completeness", kind_words(points, _("Completeness by kind of record")),
                _("Mean points of the checklist, of 100"), top=100.0)),
            *row_panel(source, stale, Wish(
                "stale", kind_words(stale, _("Records that nobody touched for 180 days")),
                _("Share of records untouched for 180 days"))),
            *row_panel(source, twins, Wish(
                "duplicates", kind_words(twins, _("Records that are nearly the same as another")),
                _("Share of records nearly the same as another"))),
            *row_panel(source, rules, Wish(
                "rules", rule_words(rules), _("Needs that miss a rule of the checklist"))),
        ),
    )  # fmt: skip


def kind_words(figures: Sequence[Shown], words: str) -> str:
    told = [f"{one.part} {one.value}" for one in known(figures)]
    return f"{words}: {_(', ').join(told)}" if told else words


def rule_words(rules: Sequence[Shown]) -> str:
    top = largest(rules)
    if top is None:
        return _("No rule is known to be missed")
    return _("Missed most often: %(rule)s, %(share)s of needs", rule=top.part, share=said(top))


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is on record about one model that was shown or serves."""

    model_id: str
    figure: Shown
    is_serving: bool
    is_on_record: bool
    data_window: str
    features: tuple[str, ...]
    approved_by: str
    approved_at: str
    reason: str
    previous_id: str


def model_record(source: Source) -> Parts:
    shown_models = source.all("lists_of_model", "model")
    cards = tuple(model_card(one, one.raw["facts"]) for one in shown_models)
    used = [one for one in cards if value_of(one.figure)]
    finding = _("No list was shown in this period")
    if used:
        names = ", ".join(one.model_id for one in used)
        finding = _("Shown in this period: %(names)s", names=names)
    return Parts(finding, models=cards)


def model_card(figure: Shown, facts: Facts) -> ModelCard:
    def text(name: str) -> str:
        return str(facts.get(name) or "")

    return ModelCard(
        str(figure.raw["group"]),
        figure,
        text("is_serving") == "yes",
        text("on_record") == "yes",
        text("data_window"),
        tuple(filter(None, text("features").split(", "))),
        text("approved_by"),
        text("approved_at"),
        text("reason"),
        text("previous_id"),
    )
