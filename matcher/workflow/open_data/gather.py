"""Gather the open data: what the public may read already, in one place and with its meaning.

Needs stand as a visitor would read them. Outcomes are the cases that both sides agreed to publish
and have not taken back. Nothing that was withdrawn, refused or is still a draft is in any of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.interchange.open_data import (
    COUNT_COLUMNS,
    NEED_COLUMNS,
    OUTCOME_COLUMNS,
    Table,
    as_csv,
    as_json_lines,
    dictionary_of,
    read_me,
)
from matcher.records import Case
from matcher.records.pilot import Outcome
from matcher.schemas import dump_record
from matcher.store.connection import read_snapshot
from matcher.store.installation import DEMONSTRATION, read_setting
from matcher.store.needs import KeptNeed, list_kept_needs
from matcher.store.outcomes import list_outcomes
from matcher.store.ownership import demonstration_records, is_made_up, owner_of
from matcher.store.versions import find_current
from matcher.vocabulary import industry_ancestors, industry_label, label, region_label
from matcher.workflow.needs.disclosure import (
    ANONYMOUS,
    PUBLIC_VISIBILITIES,
    as_shown,
    is_suspended,
    masked_text,
    names_of,
    province_of,
)
from matcher.workflow.needs.states import SHOWN
from matcher.workflow.open_data.counts import Counted, safe_counts

CHINA = timezone(timedelta(hours=8))
ALL = 1_000_000
MAY_PUBLISH = frozenset({"all", "anonymous"})
CASE_TEXTS = ("what", "what_en", "effect", "effect_en", "need", "need_en")
Name = Callable[[str, str], str]


class OpenData(NamedTuple):
    """The tables and, by name, the files that hold them."""

    tables: tuple[Table, ...]
    files: Mapping[str, bytes]
    is_demonstration: bool


def open_data_tables(db: Database) -> tuple[Table, ...]:
    """Return needs, outcomes, counts and the meaning of their columns."""
    with read_snapshot(db, "gather the open data"):
        kept = [one for one in _published(db) if not is_suspended(db, one)]
        outcomes = list_outcomes(db)
        made_up = demonstration_records(db)
        shown = [one for one in kept if one.status.visibility in PUBLIC_VISIBILITIES]
        needs = [_need_row(db, one, ("need", one.need.need_id) in made_up) for one in shown]
        cases = list(_outcome_rows(db, outcomes))
        counts = list(_count_rows(db, kept, outcomes, {one["case_id"] for one in cases}))
    tables = (
        Table("needs", "公开的需求", "Published needs", NEED_COLUMNS, tuple(needs)),
        Table("outcomes", "公布的结果", "Published outcomes", OUTCOME_COLUMNS, tuple(cases)),
        Table("counts", "统计", "Counts", COUNT_COLUMNS, tuple(counts)),
    )
    return (*tables, dictionary_of(tables))


def open_data(db: Database, *, now: datetime) -> OpenData:
    """Return the open data as it stands."""
    tables = open_data_tables(db)
    is_demonstration = read_setting(db, DEMONSTRATION) == "1" or any(
        row.get("synthetic") for table in tables for row in table.rows
    )
    day = now.astimezone(CHINA).date().isoformat()
    files = {"README.txt": read_me(tables, day=day, is_demonstration=is_demonstration)}
    for table in tables:
        files[f"{table.name}.csv"] = as_csv(table)
        files[f"{table.name}.jsonl"] = as_json_lines(table)
    return OpenData(tables, files, is_demonstration)


def _published(db: Database) -> list[KeptNeed]:
    found = list_kept_needs(db, states=SHOWN, limit=ALL)
    published = [one for one in found if one.status.published_at is not None]
    return sorted(published, key=lambda one: one.need.need_id)


def _need_row(db: Database, kept: KeptNeed, is_synthetic: bool) -> dict[str, Any]:
    """Return a need as a visitor reads it."""
    shown = as_shown(db, kept, None)
    names = {column.name for column in NEED_COLUMNS}
    values = {name: value for name, value in dump_record(shown.need).items() if name in names}
    return values | {
        "visibility": shown.visibility,
        "state": shown.state,
        "published_at": shown.published_at.astimezone(CHINA).date().isoformat(),
        "enterprise": shown.organisation_name,
        "enterprise_en": shown.organisation_name_en,
        "synthetic": is_synthetic,
    }


def _outcome_rows(db: Database, outcomes: Iterable[Outcome]) -> Iterator[dict[str, Any]]:
    """Yield the cases of outcomes that both sides still agree to show, as far as they agree."""
    names = {column.name for column in OUTCOME_COLUMNS}
    for outcome in outcomes:
        wishes = {outcome.publish_need, outcome.publish_provider}
        case = find_current(db, Case, "case", outcome.case_id) if outcome.case_id else None
        if case is None or not wishes <= MAY_PUBLISH:
            continue
        if case.user_enterprise and wishes != {"all"}:
            continue  # named once, and not to be named any more
        values = {name: value for name, value in dump_record(case).items() if name in names}
        if not case.user_enterprise:
            known = names_of(db, owner_of(db, "need", outcome.need_id) or "")
            masked = {n: masked_text(str(values[n]), ANONYMOUS, known) for n in CASE_TEXTS
                      if n in values}  # fmt: skip
            values |= masked
        synthetic = is_made_up(db, "engagement", outcome.engagement_id)
        yield values | {"result": outcome.result, "synthetic": synthetic}


def _count_rows(
    db: Database, kept: list[KeptNeed], outcomes: list[Outcome], listed: set[str]
) -> Iterator[dict[str, Any]]:
    made_up = demonstration_records(db)

    def needs_by(value_of: Callable[[KeptNeed], str]) -> list[Counted]:
        return [
            Counted(
                value_of(one),
                one.organisation_id,
                one.status.visibility in PUBLIC_VISIBILITIES,
                ("need", one.need.need_id) in made_up,
            )
            for one in kept
        ]

    shown = {one.need.need_id: one for one in kept}
    came_of = [
        Counted(
            one.result,
            shown[one.need_id].organisation_id,
            one.case_id in listed,
            ("need", one.need_id) in made_up,
        )
        for one in outcomes
        if one.need_id in shown
    ]
    tables: tuple[tuple[str, list[Counted], Name], ...] = (
        ("needs_by_industry", needs_by(_section), _industry_words),
        ("needs_by_province", needs_by(lambda one: province_of(one.need.region)), _region_words),
        ("needs_by_state", needs_by(lambda one: str(one.status.state)), _state_words),
        ("outcomes_by_result", came_of, _result_words),
    )
    for name, things, words in tables:
        for count in safe_counts(things):
            yield {
                "table": name,
                "value": count.value,
                "label_zh": words(count.value, "zh"),
                "label_en": words(count.value, "en"),
                "n": count.n,
                "suppressed": count.n is None,
                "synthetic": count.is_synthetic,
            }


def _section(kept: KeptNeed) -> str:
    """Return the section of the first industry that a need names."""
    first = kept.need.industries[0] if kept.need.industries else ""
    return (industry_ancestors(first) or (first,))[-1] if first else ""


def _industry_words(code: str, language: str) -> str:
    return industry_label(code, language) if code else _unstated(language)


def _region_words(code: str, language: str) -> str:
    return region_label(code, language) if code else _unstated(language)


def _state_words(code: str, language: str) -> str:
    return label("need_state", code, language)


def _result_words(code: str, language: str) -> str:
    return label("outcome_result", code, language)


def _unstated(language: str) -> str:
    return {"zh": "未说明", "en": "not stated"}[language]
