"""The JSON of a match: what ``aiplus match --json`` prints and other programs read.

Names here are a promise: they may be added to, not changed. Nothing is computed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from typing import Any, NamedTuple

from matcher.interchange.plain_json import plain
from matcher.ranking.results import (
    BaseMatch,
    Contribution,
    Evidence,
    Exclusion,
    Match,
    MatchList,
)


class Synthetic(NamedTuple):
    """What of a database is made up for a demonstration."""

    is_demonstration: bool = False
    records: Collection[tuple[str, str]] = frozenset()  # (kind, id)

    def holds(self, *records: tuple[str, str]) -> bool:
        """Whether one of some records is made up."""
        return any(record in self.records for record in records)


NOTHING_SYNTHETIC = Synthetic()


def match_list_to_json(
    match_list: MatchList, synthetic: Synthetic = NOTHING_SYNTHETIC
) -> dict[str, Any]:
    """Return a match list as plain JSON values.

    Parameters
    ----------
    synthetic : Synthetic
        What is made up; a match and a base say whether they are.

    Returns
    -------
    dict
        One entry of ``matches`` a provider, best first; the ``bits`` of its ``contributions`` sum
        to its own. A figure that is not finite is ``None``.
    """
    found: dict[str, Any] = plain(
        {
            "model": match_list.model_id,
            "catalogue_revision": match_list.catalogue_revision,
            "demonstration": synthetic.is_demonstration,
            "need": match_list.need,
            "no_adequate_match": match_list.no_adequate_match,
            "says_too_little": match_list.says_too_little,
            "words_known": match_list.n_judged_words,
            "claims_fit": match_list.claims_fit,
            "n_near": len(match_list.near),
            "n_eligible": match_list.n_eligible,
            "matches": [_match(match, synthetic) for match in match_list.matches],
            "bases": [_base(base, synthetic) for base in match_list.bases],
            "excluded": [_exclusion(exclusion) for exclusion in match_list.excluded],
            "timing_ms": match_list.timing_ms,
        }
    )
    return found


def _match(match: Match, synthetic: Synthetic) -> dict[str, Any]:
    return {
        "rank": match.rank,
        "provider_id": match.provider_id,
        "provider": {"zh": match.provider_name, "en": match.provider_name_en},
        "capability_id": match.capability_id,
        "synthetic": synthetic.holds(
            ("provider", match.provider_id), ("capability", match.capability_id)
        ),
        "probability": match.probability,
        "bits": match.bits,
        "adequate": match.adequate,
        "closeness": match.closeness,
        "sides": {
            "need": match.probability_need,
            "provider": match.probability_provider,
            "joint": match.probability_joint,
        },
        "contributions": [_contribution(entry) for entry in match.contributions],
        "requirements": [asdict(line) for line in match.requirements],
        "evidence": [_evidence(entry) for entry in match.evidence],
        "checks": [asdict(check) for check in match.checks],
        "bases": [_base(base, synthetic) for base in match.bases],
        "counterfactuals": [asdict(change) for change in match.counterfactuals],
    }


def _contribution(contribution: Contribution) -> dict[str, Any]:
    return {
        "feature": contribution.feature,
        "bits": contribution.bits,
        "value": contribution.value,
        "is_prior": contribution.is_prior,
        "reason_zh": contribution.reason_zh,
        "reason_en": contribution.reason_en,
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "evidence_id": evidence.evidence_id,
        "case_id": evidence.case_id,
        "kind": evidence.kind,
        "text": evidence.text,
        "text_en": evidence.text_en,
        "source": evidence.source,
        "trust": evidence.trust,
        "year": evidence.year,
        "unverified": evidence.unverified,
    }


def _base(base: BaseMatch, synthetic: Synthetic) -> dict[str, Any]:
    return {
        "pilot_base_id": base.pilot_base_id,
        "service_id": base.service_id,
        "synthetic": synthetic.holds(("pilot_base", base.pilot_base_id)),
        "bits": base.bits,
        "reasons": [_contribution(entry) for entry in base.contributions],
        "checks": [asdict(check) for check in base.checks],
    }


def _exclusion(exclusion: Exclusion) -> dict[str, Any]:
    return {
        "provider_id": exclusion.provider_id,
        "capability_id": exclusion.capability_id,
        "reason_code": exclusion.reason_code,
        "reason_zh": exclusion.reason_zh,
        "reason_en": exclusion.reason_en,
    }
