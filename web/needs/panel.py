"""What stands beside a need while it is written: its score, why, who could answer, what would help.

Everything is computed from the values as they are; where no model can be used the score remains.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from matcher.errors import ModelError
from matcher.intake.quality import PUBLISH_FROM, NeedQuality, QualityCheck, score_need
from matcher.intake.suggestions import Suggestion, Suggestions
from matcher.ranking.results import MatchList
from matcher.records import Need
from matcher.schemas.need import NeedSchema
from matcher.workflow.needs.advice import NeedAdvice, advise
from matcher.workflow.needs.draft_values import STEP_OF_FIELD, need_so_far
from web import backend
from web.needs.answers import field_label
from web.presenters import said

N_PREVIEW = 3
N_HINTS = 4
FULL = 100


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing that would raise the score, and where to do it."""

    label: str
    text: str
    points: int
    url: str


@dataclass(frozen=True, slots=True)
class Panel:
    """Score, hints, effect and the best candidates of a need as it is now."""

    quality: NeedQuality
    hints: list[Hint]
    advice: NeedAdvice | None
    result: MatchList | None
    effect_field: str = ""
    effect_url: str = ""

    @property
    def is_publishable(self) -> bool:
        return self.quality.is_publishable

    @property
    def gate(self) -> int:
        return PUBLISH_FROM

    @property
    def n_met(self) -> int:
        return sum(check.is_met for check in self.quality.checks)


def panel_of(values: Mapping[str, Any], draft_id: str) -> Panel:
    """Return the panel of a draft."""
    need = need_so_far(values)
    advice, result = read_market(need)
    quality = advice.quality if advice is not None else score_need(need)
    gain = advice.most_useful if advice is not None else None
    return Panel(
        quality=quality,
        hints=[hint_of(check, draft_id) for check in quality.missing[:N_HINTS]],
        advice=advice,
        result=result,
        effect_field=field_label(gain.field) if gain is not None else "",
        effect_url=field_url(gain.field, draft_id) if gain is not None else "",
    )


def read_market(need: Need) -> tuple[NeedAdvice | None, MatchList | None]:
    """Return what the matching service says of a need, or nothing where it cannot be used."""
    if not need.title and not need.problem:
        return None, None
    try:
        service = backend.matching()
    except ModelError:
        return None, None
    return advise(service, need), service.match(need, top=N_PREVIEW)


def hint_of(check: QualityCheck, draft_id: str) -> Hint:
    url = field_url(check.fields[0], draft_id) if check.fields else ""
    return Hint(said(check, "label"), said(check, "hint"), check.points - check.earned, url)


def field_url(name: str, draft_id: str) -> str:
    """Return where in the form of a draft a field is answered."""
    step = STEP_OF_FIELD.get(name, "problem")
    anchor = "requirement-0" if name == "requirements" else anchor_of(name)
    return url_for("drafts.show_step", draft_id=draft_id, step=step, _anchor=anchor)


def anchor_of(name: str) -> str:
    """Return the id of a field's first control."""
    definition: Any = NeedSchema().fields.get(name)
    return f"{name}-0" if definition is not None and definition.kind == "codes" else name


def open_suggestions(
    suggestions: Suggestions, values: Mapping[str, Any]
) -> dict[str, list[Suggestion]]:
    """Return what may be accepted: by field, without what was answered already."""
    return {
        field: [one for one in suggestions.of(field) if one.code not in (values.get(field) or [])]
        for field in ("industries", "process_steps", "ai_tasks", "data_modalities")
    }
