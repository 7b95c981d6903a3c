"""What the fields of a capability state, as texts that requirement lines may quote.

A registration says in its fields what kinds of data it works on, how it is deployed, and so on; a
requirement asks for the same in words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from matcher import vocabulary
from matcher.ranking.lines.findings import EvidenceText
from matcher.ranking.lines.named_things import Translator, other_words
from matcher.records import Capability

RECORD = "record"
# Field → its vocabulary, and what it is called.
_FIELDS = {
    "data_modalities": ("data_modality", "数据类型", "Kinds of data"),
    "ai_tasks": ("ai_task", "AI 任务", "AI tasks"),
    "deployments": ("deployment", "部署方式", "Deployment"),
    "domestic_stack": ("domestic_stack_support", "国产化", "Domestic stack"),
    "data_leaves_site": ("data_leaves_site", "数据出场", "Data leaving the site"),
}
# Stating that there is none names the thing and denies it.
_DENIALS = {("domestic_stack_support", "none")}
# Named by its other words alone, which hold the denial: "数据出场：不可以" would name 出场.
_NAMED_BY_OTHERS = {("data_leaves_site", "no")}


@dataclass(frozen=True)
class Stated:
    """What the fields of a record state, and in which other words that may be asked for.

    Attributes
    ----------
    fields : one text each, in both languages, with all words in which it may be asked for
    lexicon : translates what is asked for
    """

    fields: tuple[tuple[EvidenceText, tuple[str, ...]], ...]
    lexicon: Translator | None = None


def stated_by(capability: Capability, lexicon: Translator | None = None) -> Stated:
    """Return what the fields of a capability state; fields that state nothing are left out."""
    return Stated(tuple(_fields(capability)), lexicon)


def _fields(capability: Capability) -> Iterator[tuple[EvidenceText, tuple[str, ...]]]:
    for field, (kind, name, name_en) in _FIELDS.items():
        value = getattr(capability, field)
        codes = (value,) if isinstance(value, str) and value else value or ()
        known = vocabulary.codes(kind)  # a record of another version may state what has no words
        codes = [code for code in codes if code in known and (kind, code) not in _DENIALS]
        if codes:
            text = EvidenceText(
                evidence_id=capability.capability_id,
                kind=RECORD,
                text=f"{name}：{'、'.join(vocabulary.label(kind, code) for code in codes)}",
                text_en=f"{name_en}: {', '.join(vocabulary.label(kind, c, 'en') for c in codes)}",
                source=capability.source,
                trust=capability.trust,
                unverified=capability.unverified or capability.is_compiled_without_case,
            )
            also = (word for code in codes for words in other_words(kind, code) for word in words)
            is_said = any((kind, code) not in _NAMED_BY_OTHERS for code in codes)
            yield text, (*((text.text, text.text_en) if is_said else ()), *also)
