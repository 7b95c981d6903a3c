"""The pages of a round for administrators: its own, and its result."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import g, render_template, request, url_for

from matcher.allocation.inputs import Inputs, Lock, digest_of, rules_from
from matcher.allocation.results import Result
from matcher.store.jobs import Job, last_job_about
from matcher.store.round_parties import list_offers
from matcher.store.rounds import Round, list_locks, read_round
from matcher.store.versions import current_versions
from matcher.workflow.jobs import seems_stopped
from matcher.workflow.rounds.lifecycle import SOLVABLE, inputs_of
from matcher.workflow.rounds.reading import result_of
from matcher.workflow.rounds.scope import rules_digest, scope_of
from matcher.workflow.rounds.series import gone_from_lines
from matcher.workflow.rounds.statements import n_entered, parties_without_account, turnout
from web import backend
from web.rounds import words
from web.rounds.names import Names

MOST_CHANGED = 20


@dataclass(frozen=True, slots=True)
class Changed:
    """A record that has changed since the inputs were read."""

    kind: str
    record_id: str
    version: int
    version_now: int | None  # None: withdrawn


def found_round(round_id: str) -> Round:
    return read_round(backend.database(), round_id)


def job_of(round_id: str) -> tuple[Job | None, bool]:
    """Return the last work on a round, and whether it seems to have died."""
    job = last_job_about(backend.database(), "rounds.", "round_id", round_id)
    return job, job is not None and seems_stopped(job, datetime.now(UTC))


def changed_since(inputs: Inputs) -> list[Changed]:
    """Return the records that read otherwise now than when the inputs were frozen."""
    keys = {tuple(name.split("/", 1)): version for name, version in inputs.versions.items()}
    now = current_versions(backend.database(), [(kind, one) for kind, one in keys])
    return [
        Changed(kind, record_id, version, now.get((kind, record_id)))
        for (kind, record_id), version in sorted(keys.items())
        if now.get((kind, record_id)) != version
    ]


def round_page(round_id: str, problem: str = "", unconfirmed: str = "", about: str = "") -> str:
    """Show where a round stands and what can be done with it now."""
    db, found, now = backend.database(), found_round(round_id), datetime.now(UTC)
    g.own_address = (url_for("rounds.show_round", round_id=round_id), [])
    job, stopped = job_of(round_id)
    inputs = inputs_of(db, found) if found.state in SOLVABLE else None
    changed = changed_since(inputs) if inputs is not None else []
    phase = words.phase_of(found, now)
    return render_template(
        "pages/rounds/show.html",
        found=found,
        phase=phase,
        rules=rules_from(json.loads(found.rules)),
        scope=scope_of(found),
        digest=rules_digest(found),
        turnout=turnout(db, round_id),
        n_entered=n_entered(db, round_id),
        n_silent=len(parties_without_account(db, round_id)),
        job=job,
        stopped=stopped,
        is_busy=job is not None and not job.is_over and not stopped,
        result=result_of(found) if found.result else None,
        is_stale=inputs is not None and is_stale(found, inputs),
        changed=changed[:MOST_CHANGED],
        n_changed=len(changed),
        model_id=inputs.model_id if inputs else "",
        problem=problem,
        unconfirmed=unconfirmed,
        about=about,
        typed=request.form,
        words=words,
    )


def is_stale(found: Round, inputs: Inputs) -> bool:
    """Whether a lock has changed since the result was solved."""
    if found.result is None:
        return False
    return bool(json.loads(found.result)["inputs_digest"] != digest_of(inputs))


def result_page(round_id: str, problem: str = "", about: str = "") -> str:
    """Show the result of a round: who got what, why others got nothing, what it compares with."""
    db, found = backend.database(), found_round(round_id)
    g.own_address = (url_for("rounds.show_result", round_id=round_id), [])
    result, inputs = result_of(found), inputs_of(db, found)
    offers = {one.key: one for one in list_offers(db, round_id)}
    locks = {one.need_id: one for one in inputs.locks}
    return render_template(
        "pages/rounds/result.html",
        found=found,
        phase=words.phase_of(found, datetime.now(UTC)),
        result=result,
        n_needs=len(inputs.needs),
        algorithm=inputs.rules.algorithm,
        names=Names(backend.catalogue(), db),
        offers=offers,
        moved_up=[one for one in offers.values() if one.origin == "wait_list"],
        locks=locks,
        is_stale=is_stale(found, inputs),
        prices=prices_of(result, inputs),
        unmatched=grouped(result),
        waiting=waiting_of(result, gone_from_lines(db, found)),
        problem=problem,
        about=about,
        typed=request.form,
        words=words,
    )


def grouped(result: Result) -> list[tuple[str, list[Any]]]:
    """Return the needs without a place by why, the most frequent reason first."""
    found: dict[str, list[Any]] = {}
    for one in result.unmatched_needs:
        found.setdefault(one.reason, []).append(one)
    return sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))


def prices_of(result: Result, inputs: Inputs) -> list[tuple[str, int, int, float]]:
    """Return place, seats, seats taken and what one more would bring, the dearest first."""
    taken: dict[str, int] = {}
    for option in result.placements:
        taken[option.place_id] = taken.get(option.place_id, 0) + 1
    rows = [
        (place_id, inputs.place_quotas[place_id].most, taken.get(place_id, 0), price)
        for place_id, price in result.shadow_prices.items()
    ]
    return sorted(rows, key=lambda row: (-row[3], row[0]))


def waiting_of(result: Result, gone: set[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Return the wait-lists as they stand, without those who have got a place since."""
    rows = [
        (party, tuple(one for one in waiting if one not in gone))
        for party, waiting in result.wait_lists.items()
    ]
    return [(party, waiting) for party, waiting in rows if waiting]


def lock_page(round_id: str, need_id: str, problem: str = "") -> str:
    """Show what a need could get, to fix one of it by hand."""
    db, found = backend.database(), found_round(round_id)
    goal = url_for("round_results.choose_lock", round_id=round_id, need_id=need_id)
    g.own_address = (goal, [])
    inputs = inputs_of(db, found)
    own = [option for option in inputs.options if option.need_id == need_id]
    standing = next((one for one in list_locks(db, round_id) if one.need_id == need_id), None)
    return render_template(
        "pages/rounds/lock.html",
        found=found,
        need_id=need_id,
        options=sorted(own, key=lambda option: (-option.score, option.key)),
        standing=standing,
        names=Names(backend.catalogue(), db),
        problem=problem,
        typed=request.form,
        words=words,
    )


def lock_of(need_id: str, chosen: str, reason: str) -> Lock:
    """Return the lock that a form asks for; its option is a provider and a place."""
    provider_id, _bar, place_id = chosen.partition("|")
    return Lock(need_id, provider_id, place_id, reason.strip()[:500])
