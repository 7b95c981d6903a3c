"""What is past its term goes, kind by kind; logs stay half a year, the audit trail for ever."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from matcher.cli.group import aiplus
from matcher.identity import SYSTEM, Account, Role
from matcher.store.accounts import add_account
from matcher.store.audit import EventFilter, list_events, verify_chain
from matcher.store.connection import StoreDatabase, close_database, open_database
from matcher.store.drafts import Draft, add_draft
from matcher.store.jobs import add_job, end_job
from matcher.store.login_attempts import add_attempt
from matcher.store.mail import Letter, add_mail
from matcher.store.matches import save_match_list
from matcher.store.migrations import apply_migrations
from matcher.store.model_checks import add_check
from matcher.store.notices import Message, add_notice, mark_read
from matcher.store.one_time_links import Link, add_link
from matcher.store.retention import KINDS, LOGS, count_over, log_spans
from matcher.store.versions import stamp
from matcher.workflow.upkeep.retention import LOGS_AT_LEAST, TERMS, Term, forget, what_is_over
from tests.matcher.store.test_matches import make_list
from web.session import VISITOR_PREFIX

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[StoreDatabase]:
    database = open_database(tmp_path / "aiplus.db")
    apply_migrations(database)
    add_account(
        database, Account("ACC-1", "a@example.org", Role.REVIEWER), password_hash="-", now=NOW
    )
    yield database
    close_database(database)


def file_of(kind: str, object_id: str) -> Callable[[StoreDatabase, datetime], object]:
    return lambda db, at: db.execute(
        "INSERT INTO attachment VALUES ('AT-1', 'ACC-1', ?, ?, 'a.pdf', "
        "'application/pdf', 1, ?, x'00', 'ACC-1', ?)",
        [kind, object_id, "0" * 64, stamp(at)],
    )


def draft_of(owner: str) -> Callable[[StoreDatabase, datetime], object]:
    return lambda db, at: add_draft(db, Draft("D-1", "need", owner, "", {}, "problem", 1, at, at))


def notice(db: StoreDatabase, at: datetime) -> int:
    return add_notice(db, ["ACC-1"], Message("t", "字", "word"), now=at)


def read_notice(db: StoreDatabase, at: datetime) -> int:
    return notice(db, at) and mark_read(db, "ACC-1", now=at)


def ended_job(db: StoreDatabase, at: datetime) -> None:
    add_job(db, "JOB-1", "models.update", {}, started_by="ACC-1", now=at)
    end_job(db, "JOB-1", now=at)


def link(db: StoreDatabase, at: datetime) -> None:
    given = Link("invite", "ACC-1", at, email="b@example.org", role="reviewer")
    add_link(db, f"secret {at}", given, now=at - timedelta(days=3))


# Kind → how one record of it is added whose term begins at a time.
ADD: dict[str, Callable[[StoreDatabase, datetime], object]] = {
    "login_attempts": lambda db, at: add_attempt(db, "x", "y", succeeded=False, now=at),
    "one_time_links": link,
    "mails": lambda db, at: add_mail(db, Letter("a@example.org", "s", "b"), now=at),
    "visitor_drafts": draft_of(f"{VISITOR_PREFIX}1"),
    "member_drafts": draft_of("ACC-1"),
    "lost_files": file_of("draft", "gone"),
    "evidence_files": file_of("capability", "CAP-1"),
    "read_notices": read_notice,
    "unread_notices": notice,
    "jobs": ended_job,
    "shown_lists": lambda db, at: save_match_list(
        db, make_list(), record_versions={}, origin="site", now=at
    ),
    "model_checks": lambda db, at: add_check(db, ("m", "0" * 64), 1, {"properties": []}, now=at),
}


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.kind)
def test_record_stays_until_its_term_is_over_and_then_goes(db: StoreDatabase, term: Term) -> None:
    ADD[term.kind](db, NOW)
    over = NOW + term.kept_for
    assert sum(one.n for one in forget(db, actor=SYSTEM, now=over)) == 0
    later = over + SECOND
    wanted = [(one.kind, int(one is term)) for one in TERMS]
    assert [(one.term.kind, one.n) for one in what_is_over(db, now=later)] == wanted
    assert [(one.term.kind, one.n) for one in forget(db, actor=SYSTEM, now=later)] == wanted
    assert sum(one.n for one in forget(db, actor=SYSTEM, now=later)) == 0
    (event,) = list_events(db, EventFilter(action="retention.applied"))
    assert event.object_id == term.kind
    assert json.loads(event.after)["deleted"] == 1


def test_every_kind_has_a_term_and_logs_stay_half_a_year() -> None:
    assert {term.kind for term in TERMS} == set(KINDS)
    assert all(term.kept_for >= LOGS_AT_LEAST for term in TERMS if term.is_log)
    assert {"login_attempts", "jobs"} <= {term.kind for term in TERMS if term.is_log}


def test_signing_in_forgets_nobody_before_the_term(db: StoreDatabase) -> None:
    add_attempt(db, "x", "y", succeeded=False, now=NOW)
    add_attempt(db, "x", "y", succeeded=True, now=NOW + LOGS_AT_LEAST)
    assert count_over(db, "login_attempts", NOW + SECOND) == 1


def test_audit_trail_outlives_everything(db: StoreDatabase) -> None:
    ADD["read_notices"](db, NOW)
    forget(db, actor=SYSTEM, now=NOW + timedelta(days=366))
    forget(db, actor=SYSTEM, now=NOW + timedelta(days=366 * 50))
    chain = verify_chain(db)
    assert (chain.n_events, chain.broken) == (1, None)


def test_spans_name_every_log(db: StoreDatabase) -> None:
    ADD["login_attempts"](db, NOW)
    spans = {span.log: span for span in log_spans(db)}
    assert set(spans) == set(LOGS)
    assert (spans["sign_ins"].n, spans["sign_ins"].oldest) == (1, NOW)
    assert (spans["audit"].n, spans["audit"].oldest) == (0, None)


def test_dry_run_counts_and_deletes_nothing(db: StoreDatabase) -> None:
    ADD["mails"](db, datetime(2020, 1, 1, tzinfo=UTC))
    arguments = ["retention", "--json", "--database", str(db.path)]
    for _ in range(2):
        said = CliRunner().invoke(aiplus, [*arguments, "--dry-run"])
        found = {one["kind"]: one["n"] for one in json.loads(said.stdout)["kinds"]}
        assert found["mails"] == 1
    said = CliRunner().invoke(aiplus, arguments)
    assert json.loads(said.stdout)["dry_run"] is False
    assert count_over(db, "mails", NOW) == 0
    words = CliRunner().invoke(aiplus, ["retention", "--dry-run", "--database", str(db.path)])
    assert words.exit_code == 0
    assert "没有删除" in words.stdout
