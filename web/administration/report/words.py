"""Words for the codes of the report: systems, groups, counted things, methods, notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import format_number, ngettext

from matcher.intake.checks import CHECKS
from matcher.ranking.features import FEATURE_BY_NAME
from web.i18n import gettext as _
from web.i18n import language
from web.presenters import industry_label, label, region_label

Json = Mapping[str, Any]


def block_title(key: str) -> str:
    return label("report_block", key)


def block_question(key: str) -> str:
    """Return the question that a block answers."""
    words = {
        "ranking": _("Do those who fit stand above those who do not?"),
        "calibration": _("Do the probabilities that are shown come true?"),
        "acceptance": _("Who is accepted, at which place, and why not?"),
        "funnel": _("How far do pairs get, and how long does each step take?"),
        "coverage": _("Does every need find somebody, and is everybody shown now and then?"),
        "fairness": _("Is everybody shown as often as could be?"),
        "cold_start": _("Do new records and newcomers fare as the others do?"),
        "supply_gap": _("Which needs find nobody, and what stands in the way?"),
        "base_use": _("Are the slots of pilot bases used, and how long do answers take?"),
        "stability": _("After a round, does anybody have reason to go round its result?"),
        "drift": _("Does what comes in still look like what the model knows?"),
        "human_factor": _("Are people better than the model, and do they agree?"),
        "data_quality": _("Are the records good enough to be matched?"),
        "model_record": _("Which model was shown, and who let it serve?"),
    }
    return words.get(key, "")


def system_words(system: str) -> str:
    words = {
        "": "",
        "model": _("This order"),
        "six_factor_rule": _("Fixed-weight six-factor rule"),
        "tag_overlap": _("Tag overlap"),
        "text_only": _("Text only (shared words)"),
        "newest_first": _("Newest record first"),
        "random": _("Random order"),
        "need": _("Enterprise side"),
        "provider": _("Provider side"),
        "joint": _("Both sides"),
    }
    return words.get(system, system)


def counted_words(n: int, of: str) -> str:
    """Return how many of what, such as 777 lists."""
    say = _COUNTING.get(of)
    count = format_number(n)
    return f"{count} {of}" if say is None else say(n, str(count))


def method_words(method: str) -> str:
    words = {
        "": "",
        "bootstrap over needs": _("needs drawn anew (bootstrap)"),
        "basic bootstrap over needs": _("needs drawn anew (basic bootstrap)"),
        "bootstrap over needs, places estimated anew": _(
            "needs drawn anew, places estimated each time"
        ),
        "bootstrap over needs, lower end from crossed halves": _(
            "needs drawn anew; lower end from two halves of the needs, crossed"
        ),
        "bootstrap over needs or Wilson, the wider": _("needs drawn anew or Wilson, the wider"),
        "bootstrap over queries": _("needs drawn anew, paired"),
        "bootstrap over pairs": _("pairs drawn anew (bootstrap)"),
        "Wilson": _("Wilson"),
        "normal": _("normal approximation"),
        "sandwich over needs": _("sandwich estimate over needs"),
        "Kaplan-Meier, log-log Greenwood": _("Kaplan and Meier, log-log"),
        "permutation of groups": _("groups dealt at random"),
        "permutation of groups, adjusted by Holm": _("groups dealt at random, adjusted by Holm"),
        "square-and-add of both intervals": _("from both intervals (Newcombe)"),
        "power_law": _("a power of the place, fitted to moved pairs"),
    }
    return words.get(method, method)


def dimension_words(dimension: str) -> str:
    words = {
        "size": _("Size"),
        "region": _("Region"),
        "language": _("Language"),
        "age": _("New or old"),
        "rank": _("Place"),
        "band": _("Shown probability"),
        "origin": _("Where it came from"),
        "estimator": _("Estimate"),
        "reason_need": _("Reason of enterprises"),
        "reason_provider": _("Reason of providers"),
        "stage": _("Step"),
        "day": _("Day"),
        "bin": _("Range of probability"),
        "history": _("Kind of record"),
        "constraint": _("Obstacle"),
        "base": _("Pilot base"),
        "reason": _("Reason"),
        "feature": _("Feature"),
        "action": _("What was done"),
        "actor": _("By whom"),
        "by": _("Put forward by"),
        "kind": _("Kind of record"),
        "rule": _("Rule of the checklist"),
        "model": _("Model"),
    }
    return words.get(dimension, dimension)


def group_words(raw: Json) -> str:
    """Return the words for the part that a figure is about; empty for the whole."""
    group = str(raw["group"])
    if not group:
        return dimension_words(raw["dimension"]) if raw["dimension"] else ""
    say = _SAYING.get(raw["dimension"])
    return group if say is None else say(group)


def _coded(vocabulary: str) -> Callable[[str], str]:
    return lambda code: label(vocabulary, code)


def _place(group: str) -> str:
    return _("Place %(number)s", number=group)


def _day(group: str) -> str:
    return _("after %(number)s days", number=group)


def _bin(group: str) -> str:
    return _("Range %(number)s of 10", number=group)


def _band(group: str) -> str:
    return group.replace("-", "\u2013")


def _stage(stage: str) -> str:
    words = {
        "shown": _("shown"),
        "interest": _("interest of one side"),
        "mutual": _("both sides agree"),
        "revealed": _("contacts revealed"),
        "talks": _("talks"),
        "pilot": _("pilot"),
        "contracted": _("contract"),
    }
    return words.get(stage, stage)


def _quantile(word: str) -> str:
    words = {"median": _("half of them (median)"), "p90": _("nine in ten (90th percentile)")}
    return words.get(word, word)


def _history(group: str) -> str:
    words = {
        "all": _("all pairs"),
        "new_capability": _("capability under 60 days old"),
        "provider_without_history": _("provider without any agreement yet"),
        "new_enterprise": _("enterprise under 60 days old"),
    }
    return words.get(group, group)


def _age(group: str) -> str:
    words = {"new": _("registered under 60 days ago"), "old": _("registered earlier")}
    return words.get(group, group)


def _estimator(name: str) -> str:
    words = {
        "naive": _("Plain share"),
        "ips": _("Inverse propensity, clipped (IPS)"),
        "snips": _("Self-normalised (SNIPS)"),
        "doubly_robust": _("Doubly robust (DR)"),
    }
    return words.get(name, name)


def _kind(kind: str) -> str:
    words = {
        "need": _("Needs of enterprises"),
        "capability": _("Capabilities"),
        "pilot_base": _("Pilot bases"),
    }
    return words.get(kind, kind)


def _by(group: str) -> str:
    return {"brokers": _("brokers"), "model": _("the model, at the same places")}.get(group, group)


def _rule(code: str) -> str:
    found = next((check for check in CHECKS if check.code == code), None)
    return code if found is None else str(getattr(found, f"label_{language()}"))


def _feature(name: str) -> str:
    found = FEATURE_BY_NAME.get(name)
    return name if found is None else str(getattr(found, f"label_{language()}"))


def _cluster(code: str) -> str:
    industry, task, constraint = (*code.split("|"), "", "")[:3]
    parts = (
        industry_label(industry) if industry else _("several industries"),
        label("ai_task", task) if task else "",
        label("blocking_constraint", constraint),
    )
    return " · ".join(filter(None, parts))


def _rounds(_group: str) -> str:
    return _("all rounds of the period")


def _before(_group: str) -> str:
    return _("the 180 days before")


def _reason(code: str) -> str:
    """Return why a need got no place, or why a broker changed a list: a code or a free text."""
    words = {
        "knows_both": _("knows both sides"),
        "past_project": _("an earlier project"),
        "conflict": _("a conflict of interest"),
        "nearby": _("is nearby"),
    }
    return words.get(code) or label("unmatched_reason", code)


_SAYING: Mapping[str, Callable[[str], str]] = {
    "size": _coded("org_size"),
    "region": region_label,
    "language": _coded("org_language"),  # of a provider, which may serve in both
    "age": _age,
    "rank": _place,
    "band": _band,
    "origin": _coded("match_origin"),
    "estimator": _estimator,
    "reason_need": _coded("decline_reason"),
    "reason_provider": _coded("decline_reason"),
    "stage": _stage,
    "quantile": _quantile,
    "day": _day,
    "bin": _bin,
    "history": _history,
    "constraint": _coded("blocking_constraint"),
    "cluster": _cluster,
    "of": _rounds,
    "feature": _feature,
    "reference": _before,
    "action": _coded("override_action"),
    "by": _by,
    "kind": _kind,
    "rule": _rule,
    "reason": _reason,
}

_COUNTING: Mapping[str, Callable[[int, str], str]] = {
    "pairs": lambda n, c: ngettext("%(count)s pair", "%(count)s pairs", n, count=c),
    "lists": lambda n, c: ngettext("%(count)s list", "%(count)s lists", n, count=c),
    "cases": lambda n, c: ngettext("%(count)s case", "%(count)s cases", n, count=c),
    "refusals": lambda n, c: ngettext("%(count)s refusal", "%(count)s refusals", n, count=c),
    "capabilities": lambda n, c: ngettext(
        "%(count)s capability", "%(count)s capabilities", n, count=c
    ),
    "places in the first five": lambda n, c: ngettext(
        "%(count)s place in the first five", "%(count)s places in the first five", n, count=c
    ),
    "places due in the first five": lambda n, c: ngettext(
        "%(count)s place due in the first five",
        "%(count)s places due in the first five",
        n,
        count=c,
    ),
    "records": lambda n, c: ngettext("%(count)s record", "%(count)s records", n, count=c),
    "needs": lambda n, c: ngettext("%(count)s need", "%(count)s needs", n, count=c),
    "applications": lambda n, c: ngettext(
        "%(count)s application", "%(count)s applications", n, count=c
    ),
    "periods": lambda n, c: ngettext(
        "%(count)s offer of slots", "%(count)s offers of slots", n, count=c
    ),
    "rounds": lambda n, c: ngettext("%(count)s round", "%(count)s rounds", n, count=c),
    "overrides": lambda n, c: ngettext(
        "%(count)s change by hand", "%(count)s changes by hand", n, count=c
    ),
    "appeals": lambda n, c: ngettext("%(count)s appeal", "%(count)s appeals", n, count=c),
    "moved acceptances": lambda n, c: ngettext(
        "%(count)s acceptance of a moved pair", "%(count)s acceptances of moved pairs", n, count=c
    ),
    "pairs graded twice": lambda n, c: ngettext(
        "%(count)s pair graded twice", "%(count)s pairs graded twice", n, count=c
    ),
    "grades": lambda n, c: ngettext("%(count)s grade", "%(count)s grades", n, count=c),
    "queries": lambda n, c: ngettext("%(count)s need", "%(count)s needs", n, count=c),
}
