"""Find the published figures of a candidate that measure what a requirement asks for.

Here: the evidence as judging sees it, the target of a requirement, and which figures may be
compared with it. What follows from a comparison stands in ``requirements``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from matcher.ranking.comparison import compare, is_comparable, is_same_figure
from matcher.ranking.measures import Measure, better_of, measure_of, measures_in
from matcher.records import Need, Requirement
from matcher.text.terms import detect_language, ranking_terms

# Nearness is the engine's affinity of a requirement and an evidence text, in [0, 1]: half the
# shared words, half the cosine of meanings. Measured for 14 requirements against all evidence of
# the catalogue: a median of 0.02, a 99th percentile of 0.1 to 0.3 by requirement; evidence that
# does speak of the same thing reaches 0.4 to 0.7. Other words for the same thing stay under 0.4, so
# these thresholds miss rather than invent.
SPEAKS = 0.5  # speaks of the same thing
SAME_SUBJECT = 0.4  # enough for two figures of one kind, for the kind already agrees
EVERYDAY_KINDS = frozenset({"duration"})  # everything takes time: the kind ties nothing together
# Shares of the shorter subject's terms that both subjects hold.
SUBJECT_SHARE = 0.3  # figures of one kind
SUBJECT_SHARE_WITHOUT_KIND = 0.5  # figures that nothing but their words ties together


@dataclass(frozen=True, slots=True)
class EvidenceText:
    """One text that speaks for a candidate; a claim also carries its figure as fields."""

    evidence_id: str
    kind: str  # claim | case | capability
    text: str
    text_en: str = ""
    source: str = ""
    trust: str = ""  # A | B | C | D, "" for a registration
    unverified: bool = False
    metric: str = ""
    operator: str = ""
    value: float | None = None
    unit: str = ""

    @property
    def is_weak(self) -> bool:
        """Whether nobody vouches for the source."""
        return self.unverified or self.trust == "D"


@dataclass(frozen=True, slots=True)
class Finding:
    """One published figure, compared with a target."""

    status: str  # met | partly | not_met
    unit: EvidenceText
    measure: Measure
    text: str  # the twin that holds the figure
    nearness: float

    @property
    def quote(self) -> str:
        """The clause that holds the figure, exactly as the evidence has it."""
        return self.text[self.measure.start : self.measure.end]


def target_of(requirement: Requirement) -> Measure | None:
    """Return the measurable target of a requirement, from its fields or else from its text.

    A text without an operator is read by the kind's better direction (准确率 99% means at least);
    ``None`` when no direction is clear.

    Examples
    --------
    >>> target = target_of(Requirement("R1", "漏检率0.5%"))
    >>> target.operator, target.value, target.unit
    ('<=', 0.5, '%')
    """
    if requirement.threshold is not None and requirement.operator in {">=", "<=", "="}:
        metric = requirement.metric or requirement.text or requirement.text_en
        return measure_of(metric, requirement.operator, requirement.threshold, requirement.unit)
    for text in (requirement.text, requirement.text_en):
        for measure in measures_in(text):
            operator = measure.operator or better_of(measure)
            if operator:
                return replace(measure, operator=operator)
    return None


def targets_of(need: Need, requirement: Requirement) -> list[Measure]:
    """Return the target once for each language that says its subject; empty when not measurable.

    A bare "accuracy of 95 %" is about what the need's title says.
    """
    target = target_of(requirement)
    if target is None:
        return []
    twins = [
        measure
        for text in (requirement.text, requirement.text_en)
        for measure in measures_in(text)
        if is_same_figure(measure, target)
    ]
    if not target.kinds:
        target = replace(target, kinds=target.kinds.union(*(twin.kinds for twin in twins)))
    subjects = [target.subject, *(twin.subject for twin in twins)]
    if not any(subjects):
        subjects = [terms_of(need.title), terms_of(need.title_en)]
    named = dict.fromkeys(subject for subject in subjects if subject)
    return [replace(target, subject=subject) for subject in named] or [target]


def findings(
    targets: Sequence[Measure],
    units: Sequence[EvidenceText],
    near: Sequence[float],
    language: str,
) -> Iterator[Finding]:
    """Yield the published figures about the same thing, compared.

    Parameters
    ----------
    targets : sequence of Measure
        One target, once a language.
    units, near : sequences of equal length
        The evidence and how near each text is to the requirement.
    language : str
        ``zh`` or ``en``: the twin that is read first; the other only where that says nothing.
    """
    for unit, nearness in zip(units, near, strict=True):
        for text in twins_of(unit, language):
            found = list(_of_text(targets, unit, text, nearness))
            yield from found
            if found:
                break


def twins_of(unit: EvidenceText, language: str) -> list[str]:
    """Return the texts of a unit, the reader's language first, without empty ones."""
    twins = (unit.text_en, unit.text) if language == "en" else (unit.text, unit.text_en)
    return [text for text in dict.fromkeys(twins) if text.strip()]


def asked_text(requirement: Requirement) -> str:
    """Return the text of a requirement in the language in which it was asked."""
    return requirement.text or requirement.text_en


def asked_language(requirement: Requirement) -> str:
    """Return the language in which a requirement was asked."""
    return detect_language(asked_text(requirement))


def terms_of(text: str) -> frozenset[str]:
    """Return the terms that tell what a text is about."""
    return frozenset(t for t in ranking_terms(text, words=False) if not t.startswith("1:"))


def _of_text(
    targets: Sequence[Measure], unit: EvidenceText, text: str, nearness: float
) -> Iterator[Finding]:
    for measure in _published(unit, text):
        about = (t for t in targets if _is_about(t, measure, unit, (text, nearness)))
        target = next(about, None)
        status = compare(target, measure) if target else None
        if status:
            yield Finding(status, unit, measure, text, nearness)


def _published(unit: EvidenceText, text: str) -> list[Measure]:
    """Return the figures of a text; a claim with fields has exactly one, quoted where it stands."""
    in_text = list(measures_in(text))
    if unit.value is None or not unit.metric:
        return in_text
    stated = measure_of(unit.metric, unit.operator or "=", unit.value, unit.unit)
    for measure in in_text:
        if is_same_figure(measure, stated):
            return [
                replace(
                    stated,
                    kinds=stated.kinds or measure.kinds,
                    subject=stated.subject | measure.subject,
                    start=measure.start,
                    end=measure.end,
                )
            ]
    return [replace(stated, end=len(text))]


def _is_about(
    target: Measure, measure: Measure, unit: EvidenceText, said: tuple[str, float]
) -> bool:
    """Whether a figure measures what the target asks for."""
    if not is_comparable(target, measure):
        return False
    text, nearness = said
    subject = measure.subject or terms_of(text)
    shorter = max(1, min(len(target.subject), len(subject)))
    share = len(target.subject & subject) / shorter
    if target.kinds:
        is_telling = not target.kinds <= EVERYDAY_KINDS
        return share >= SUBJECT_SHARE or nearness >= (SAME_SUBJECT if is_telling else SPEAKS)
    # Nearness is of the whole text: only a claim holds a single figure that it can speak for.
    return share >= SUBJECT_SHARE_WITHOUT_KIND or (unit.kind == "claim" and nearness >= SPEAKS)
