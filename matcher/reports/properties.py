"""The property tests that every serving model must pass, as a report on a matcher.

They need no labels: each says how an answer must (not) change when one fact changes. Trials are the
needs of the catalogue's own cases and synthetic needs outside it; changes go through the same door
as a registration. Nothing is printed here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from matcher.errors import InvalidRecord, NotEnoughJudgements
from matcher.ranking.matching import Matcher
from matcher.records import Catalogue, Need
from matcher.reports import property_answers as answers
from matcher.reports import property_languages as languages
from matcher.reports import property_profiles as profiles
from matcher.reports.property_results import PropertyResult
from matcher.reports.property_trials import Trials
from matcher.schemas import load_need

OFF_TOPIC_FILE = "off_topic_needs.jsonl"  # in data/judgements
Progress = Callable[[int, int], None]


def read_off_topic_needs(path: Path) -> list[Need]:
    """Read the synthetic needs that nobody in the catalogue could answer.

    Raises
    ------
    InvalidRecord
        A line is not a need, or is not marked synthetic.
    """
    needs = []
    for row, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        given = json.loads(line)
        if given.pop("synthetic", None) is not True:
            expected = f"{path.name}:{row}: got nothing, expected true: these needs are invented"
            raise InvalidRecord("need", {"synthetic": [expected]})
        needs.append(load_need(given))
    return needs


def property_report(
    matcher: Matcher,
    catalogue: Catalogue,
    off_topic_needs: Path,
    today: date,
    *,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Check every property of a matcher, on the needs of a catalogue's cases.

    Parameters
    ----------
    matcher : Matcher
        Not changed.
    catalogue : Catalogue
        Whose cases are asked; as a rule the matcher's own.
    off_topic_needs : Path
        JSON Lines of synthetic needs outside the catalogue.
    today : date
        Against which expiry is checked.
    progress : callable, optional
        Told (steps done, steps in all).

    Returns
    -------
    dict
        ``properties``: records as ``PropertyResult.as_record`` gives them, in the order of a
        report; ``n_held`` of them hold.
    """
    results = check_properties(
        Trials(matcher, catalogue, today, read_off_topic_needs(off_topic_needs)), progress
    )
    return {
        "n_held": sum(result.passed for result in results),
        "properties": [result.as_record() for result in results],
    }


def check_properties(trials: Trials, progress: Progress | None = None) -> list[PropertyResult]:
    """Check every property, in the order in which a report shows them.

    Agreement of languages is left out where no need is told in two.

    Raises
    ------
    NotEnoughJudgements
        There is no case to ask.
    """
    if not trials.cases:
        raise NotEnoughJudgements(0, 1, "cases whose needs the property tests ask")
    silent = languages.unspoken(trials)
    steps: list[Callable[[], PropertyResult | list[PropertyResult]]] = [
        lambda: profiles.blank_profile_last(trials),
        lambda: profiles.relevant_case_never_lowers(trials),
        lambda: profiles.relevant_capability_never_lowers(trials),
        lambda: profiles.unrelated_capabilities_change_nothing(trials),
        lambda: profiles.renaming_changes_nothing(trials),
        lambda: profiles.province_counts_only_if_stated(trials),
        lambda: answers.price_above_budget_lowers(trials),
        lambda: answers.failed_constraint_is_never_shown(trials),
        lambda: answers.off_topic_says_so(trials),
        lambda: answers.real_need_is_answered(trials, silent),
        lambda: answers.explanations(trials),
    ]
    if languages.twin_needs(trials):
        steps.append(lambda: languages.language_twins_agree(trials, silent))
        steps.append(lambda: languages.language_bias(trials))
    results: list[PropertyResult] = []
    for done, step in enumerate(steps):
        found = step()
        results.extend(found if isinstance(found, list) else [found])
        if progress:
            progress(done + 1, len(steps))
    return results
