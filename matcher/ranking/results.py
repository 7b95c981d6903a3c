"""What a match says: plain records that the command line prints and the site presents.

Nothing here computes. ``weight_bits`` are log2 odds; the contributions of a match sum exactly to
its ``bits``, and ``probability`` is ``1 / (1 + 2 ** -bits)``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature adds to the score, in bits, with a plain sentence in both languages."""

    feature: str
    bits: float
    value: float | None
    reason_zh: str
    reason_en: str
    is_prior: bool = False  # True: a declared prior, not learned from outcomes


@dataclass(frozen=True, slots=True)
class RequirementLine:
    """How one requirement of the need fares against the candidate's evidence."""

    requirement_id: str
    text: str
    level: str
    status: str  # met | partly | not_met | no_evidence
    evidence_id: str
    quote: str
    source: str
    reason_zh: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One text that speaks for a candidate."""

    evidence_id: str
    case_id: str
    kind: str  # case | claim | capability
    text: str
    text_en: str
    source: str
    trust: str
    year: int | None
    unverified: bool
    bits: float  # lexical and dense affinity of this unit, for ordering only


@dataclass(frozen=True, slots=True)
class HardCheck:
    """The result of one hard constraint; unknown never excludes, it is said."""

    name: str
    status: str  # passed | failed | unknown
    reason_code: str
    reason_zh: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class BaseMatch:
    """A base service that could host the pilot."""

    pilot_base_id: str
    service_id: str
    bits: float
    contributions: tuple[Contribution, ...]
    checks: tuple[HardCheck, ...]

    @property
    def reasons(self) -> list[dict[str, Any]]:
        """The contributions as plain records."""
        return [asdict(contribution) for contribution in self.contributions]


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """One change that was tried by rescoring, and what it did."""

    change: str  # stable code
    text_zh: str
    text_en: str
    bits_after: float
    rank_after: int


@dataclass(frozen=True, slots=True)
class Match:
    """A scored candidate: one provider with its best capability."""

    rank: int
    provider_id: str
    provider_name: str
    provider_name_en: str
    capability_id: str
    probability: float
    bits: float
    contributions: tuple[Contribution, ...]
    requirements: tuple[RequirementLine, ...]
    evidence: tuple[Evidence, ...]
    checks: tuple[HardCheck, ...]
    bases: tuple[BaseMatch, ...]
    counterfactuals: tuple[Counterfactual, ...]
    adequate: bool
    features: dict[str, float | None] = field(default_factory=dict)  # every value; None: not stated
    closeness: float | None = None  # of the nearest evidence, which ``adequate`` rests on
    # How likely each side accepts, and both; None where the model has learned from too few answers.
    probability_need: float | None = None
    probability_provider: float | None = None
    probability_joint: float | None = None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A candidate that a hard constraint kept out, with the reason."""

    provider_id: str
    capability_id: str
    reason_code: str
    reason_zh: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class MatchList:
    """The answer to one need.

    ``no_adequate_match`` is about the first five together: whether evidence near in meaning and
    evidence near in topic is among theirs; the model's report measures how often that is right.
    What is said to people, and the supply gap, go by the candidates one by one: ``claims_fit``,
    ``near`` and ``others``.
    """

    model_id: str
    catalogue_revision: int
    need: dict[str, Any]
    no_adequate_match: bool
    matches: tuple[Match, ...]
    excluded: tuple[Exclusion, ...]
    bases: tuple[BaseMatch, ...]  # for the need alone, whoever provides
    n_eligible: int
    computed_on: date | None = None  # the day against which expiry and age were counted
    model_sha256: str = ""
    timing_ms: dict[str, float] = field(default_factory=dict)
    # How many words the need has, and how many of them it can be judged by; None for a list that
    # was kept when it was shown. Fewer than the least are too few.
    n_said_words: int | None = None
    n_judged_words: int | None = None
    least_words: int = 0

    @property
    def near(self) -> tuple[Match, ...]:
        """Candidates with evidence of their own that is near the need."""
        return tuple(match for match in self.matches if match.adequate)

    @property
    def others(self) -> tuple[Match, ...]:
        """Candidates without near evidence, whatever their place."""
        return tuple(match for match in self.matches if not match.adequate)

    @property
    def says_too_little(self) -> bool:
        """Whether the need has too few words for saying of anybody that it fits."""
        return self.n_said_words is not None and self.n_said_words < self.least_words

    @property
    def is_unknown(self) -> bool:
        """Whether the catalogue knows too few of the words for saying of anybody that it fits."""
        return self.n_judged_words is not None and self.n_judged_words < self.least_words

    @property
    def claims_fit(self) -> bool:
        """Whether the list may be headed as an answer: somebody on it has near evidence."""
        return bool(self.near) and not self.is_unknown
