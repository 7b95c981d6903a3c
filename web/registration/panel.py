"""What stands beside a form: how complete the record is, and which needs it would match."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from matcher.errors import ModelError
from matcher.intake.completeness import Completeness
from matcher.intake.placeholders import Placeholder
from matcher.intake.quality import QualityCheck
from matcher.records import Capability
from matcher.schemas import SCHEMAS
from matcher.workflow.drafts.lines import own_path
from matcher.workflow.registration.form_steps import CHECK, STEPS, step_of
from matcher.workflow.registration.would_match import WouldMatch, would_match
from web import backend, session
from web.presenters import said

N_HINTS = 4
QUICK, LIVE, WHOLE = "quick", "live", "whole"  # how much of the panel is wanted
Link = Callable[[str, str], str]  # from a page's code and an anchor to an address
Placed = Callable[[str], str]  # from the path of a checked value to that of its control


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing that would make the record more complete, and where to do it."""

    label: str
    text: str
    points: int
    url: str


def hints(
    missing: Sequence[QualityCheck], kind: str, placed: Placed, link: Link, limit: int
) -> list[Hint]:
    return [
        Hint(
            said(check, "label"),
            said(check, "hint"),
            check.points - check.earned,
            field_url(kind, placed(check.fields[0]) if check.fields else "", link),
        )
        for check in missing[:limit]
    ]


def field_url(kind: str, path: str, link: Link) -> str:
    """Return where in the form a field is answered."""
    name, *inner = path.split(".")
    code = step_of(kind, name)
    code = STEPS[kind][0].code if code == CHECK else code
    anchor = "-".join([name, *inner]) if inner else f"{name}-list"
    return link(code, anchor if inner or name in LISTS else name)


LISTS = frozenset(
    {
        "claims",
        "evidence",
        "certificate_details",
        "services",
        "data_resources",
        "equipment",
        "benchmarks",
        "slots",
        "priority_rules",
        "contacts",
    }
)


def completeness_panel(
    found: Completeness, values: Mapping[str, Any], kind: str, link: Link, *, whole: bool
) -> dict[str, Any]:
    """Return score, hints and the text that only stands in, for a template.

    ``found`` counts lines without the blank ones; its links count as the pages do.
    """
    schema = SCHEMAS[kind]()

    def placed(path: str) -> str:
        return own_path(path, values, schema)

    limit = len(found.missing) if whole else N_HINTS
    return {
        "score": found.score,
        "n_met": sum(check.is_met for check in found.checks),
        "n_checks": len(found.checks),
        "hints": hints(found.missing, kind, placed, link, limit),
        "n_more": max(len(found.missing) - limit, 0),
        "placeholders": [placeholder(one, kind, placed, link) for one in found.placeholders],
    }


def placeholder(one: Placeholder, kind: str, placed: Placed, link: Link) -> dict[str, str]:
    return {
        "quote": one.quote,
        "reason": said(one, "reason"),
        "url": field_url(kind, placed(one.path), link),
    }


def matches_of(capability: Capability) -> WouldMatch | None:
    """Return which open needs it would match, or nothing where no model can be used."""
    today = datetime.now(UTC).date()
    try:
        matcher = backend.matching().snapshot().matcher
    except ModelError:
        return None
    return would_match(
        backend.database(),
        matcher,
        capability,
        session.own_organisation(),
        session.current_account(),
        today=today,
    )
