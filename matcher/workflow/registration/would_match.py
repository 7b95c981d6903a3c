"""Which open needs a capability would match if it were published as it is written now.

Every figure comes from the serving model with the capability put beside the catalogue. Where there
are many open needs the nearest by words and tags are tried, and it is said how many.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import NamedTuple

from sqlite_utils import Database

from matcher.identity import Account, Organisation
from matcher.intake.duplicates import text_similarity
from matcher.intake.substance import substance
from matcher.intake.suggestions import ScenarioSuggestion, suggest
from matcher.ranking.matching import Matcher
from matcher.ranking.results import Counterfactual
from matcher.ranking.trial import Trial, TrialMatcher
from matcher.records import Capability, Need, Provider
from matcher.store.needs import KeptNeed, list_kept_needs
from matcher.workflow.needs.disclosure import ANONYMOUS, NAMED, ShownNeed, as_shown
from matcher.workflow.needs.states import LISTED
from matcher.workflow.registration.provider_entry import provider_of

MOST_READ, MOST_TRIED, MOST_SHOWN = 200, 10, 5
LEAST_SUBSTANCE = 0.2  # of the description: below it nothing can be compared
TAGS = ("industries", "process_steps", "ai_tasks", "data_modalities")
TAG_COUNTS = 0.15


class NeedTrial(NamedTuple):
    """One open need, as this reader may see it, with how the capability fares."""

    shown: ShownNeed
    trial: Trial


class WouldMatch(NamedTuple):
    """What publishing would do."""

    matches: tuple[NeedTrial, ...] = ()  # by probability
    excluded: tuple[NeedTrial, ...] = ()  # those that a hard condition keeps apart
    raises: tuple[Counterfactual, ...] = ()  # for the best match, tried by rescoring
    scenarios: tuple[ScenarioSuggestion, ...] = ()  # of the catalogue, near in meaning
    n_open: int = 0
    n_tried: int = 0
    says_enough: bool = False


def would_match(
    db: Database,
    matcher: Matcher,
    capability: Capability,
    organisation: Organisation,
    account: Account | None,
    *,
    today: date,
) -> WouldMatch:
    """Try a capability against the open needs of others.

    Parameters
    ----------
    matcher : Matcher
        Of the catalogue as it stands.
    account : Account or None
        Who asks: needs are shown as this reader may see them.
    """
    if substance(capability.name) + substance(capability.problem) < LEAST_SUBSTANCE:
        return WouldMatch()
    near = suggest(capability.name, capability.problem, matcher.index)
    needs = open_needs(db, organisation)
    if not needs:
        return WouldMatch(scenarios=near.scenarios, says_enough=True)
    provider = _provider(matcher, capability, organisation)
    capability = replace(capability, provider_id=provider.provider_id)
    trials = TrialMatcher(matcher, capability, provider)
    tried = nearest(capability, needs)[:MOST_TRIED]
    found = [
        NeedTrial(as_shown(db, kept, account), trials.fare(kept.need, today=today))
        for kept in tried
    ]
    near_ones = sorted((one for one in found if one.trial.adequate), key=_order)
    adequate = [one for one in near_ones if not one.trial.failed][:MOST_SHOWN]
    best = (
        trials.fare(_need_of(tried, adequate[0]), today=today, with_raises=True)
        if adequate
        else None
    )
    return WouldMatch(
        matches=tuple(adequate),
        excluded=tuple(one for one in near_ones if one.trial.failed)[:MOST_SHOWN],
        raises=best.raises if best else (),
        scenarios=near.scenarios,
        n_open=len(needs),
        n_tried=len(tried),
        says_enough=True,
    )


def open_needs(db: Database, organisation: Organisation) -> list[KeptNeed]:
    """Return the needs of others that everybody may answer, the newest first."""
    found = list_kept_needs(db, states=LISTED, visibilities=(NAMED, ANONYMOUS), limit=MOST_READ)
    own, provider_id = organisation.organisation_id, organisation.provider_id
    return [
        kept
        for kept in found
        if kept.organisation_id != own
        and not (provider_id and provider_id in kept.need.excluded_provider_ids)
    ]


def nearest(capability: Capability, needs: list[KeptNeed]) -> list[KeptNeed]:
    """Return needs ordered by shared words and tags; of equals the newest first."""
    return sorted(needs, key=lambda kept: -_nearness(capability, kept.need))


def _nearness(capability: Capability, need: Need) -> float:
    words = max(
        text_similarity(capability.name, capability.problem, need.title, need.problem),
        text_similarity(capability.name_en, capability.problem_en, need.title_en, need.problem_en),
    )
    shared = sum(
        bool(
            {tag[:3] for tag in getattr(capability, name)}.intersection(
                tag[:3] for tag in getattr(need, name)
            )
        )
        for name in TAGS
    )
    return words + TAG_COUNTS * shared


def _provider(matcher: Matcher, capability: Capability, organisation: Organisation) -> Provider:
    known = matcher.index.catalogue.providers.get(organisation.provider_id)
    return known or provider_of(organisation, capability.provider_id or "DRAFT")


def _order(one: NeedTrial) -> tuple[float, str]:
    return -one.trial.probability, one.shown.need.need_id


def _need_of(tried: list[KeptNeed], one: NeedTrial) -> Need:
    return next(kept.need for kept in tried if kept.need.need_id == one.shown.need.need_id)
