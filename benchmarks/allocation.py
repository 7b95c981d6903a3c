"""Measure an allocation round of full size: ``python -m benchmarks.allocation``.

1,000 synthetic needs, 5,000 synthetic capabilities and 30 synthetic bases in a database: time to
gather the inputs with the shipped model, time to freeze and to solve in each mode, once more with
as many options as rules allow (``dense``, drawn by chance), peak memory, and the objective beside
a lower bound (first come, first served) and an upper bound (the relaxed program, which may divide
a placement). Everything is seeded; texts and quotas say nothing about quality. Writes
``benchmarks/results/allocation.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from sqlite_utils import Database

from benchmarks.speed import store_mixed
from benchmarks.synthetic import needs_of, synthetic_catalogue
from matcher.allocation.inputs import (
    MODES,
    Inputs,
    Option,
    Quota,
    Rules,
    as_plain,
    canonical_json,
    digest_of,
)
from matcher.allocation.solve import first_come_first_served, solve_round
from matcher.allocation.values import Market
from matcher.identity import Actor, Organisation, Role
from matcher.interchange.catalogue_files import read_catalogue
from matcher.ranking.matching import Matcher
from matcher.records import BaseService, Catalogue, Need, PilotBase, SlotPeriod
from matcher.store.catalogue import replace_catalogue
from matcher.store.connection import close_database, open_database
from matcher.store.migrations import apply_migrations
from matcher.store.need_status import NeedStatus, add_status
from matcher.store.needs import save_need
from matcher.store.organisations import add_organisation
from matcher.store.ownership import set_owner
from matcher.store.rounds import Round
from matcher.store.vectors import VectorStore
from matcher.text.embedding import MultilingualEncoder
from matcher.workflow.matching.service import MatchingService
from matcher.workflow.rounds.drafting import draft_round
from matcher.workflow.rounds.gather import gather
from matcher.workflow.rounds.scope import PER_NEED, PLACES_PER_NEED, Scope, Seat, scope_text

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "allocation.json"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ADMIN = Actor("benchmark", Role.ADMINISTRATOR)
SEED = 7
N_ORGANISATIONS = 200
SEATS_A_PLACE = 20


def main() -> int:
    """Measure, print the figures and keep them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--needs", type=int, default=1_000)
    parser.add_argument("--capabilities", type=int, default=5_000)
    parser.add_argument("--bases", type=int, default=30)
    parser.add_argument("--json", type=Path, default=RESULTS)
    given = parser.parse_args()
    report = measured(given.needs, given.capabilities, given.bases)
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(json.dumps(report, indent=1))
    return 0


def answering_all(matcher: Matcher) -> Matcher:
    """Return a matcher that finds somebody adequate for every need.

    Vectors of synthetic texts have nothing to do with their words (see ``synthetic``), so hardly
    anybody is near in meaning and in topic: a round of few options would say little of the time.
    """
    adequacy = replace(matcher.model.adequacy, threshold=0.0)
    return Matcher(matcher.index, replace(matcher.model, adequacy=adequacy))


def measured(n_needs: int, n_capabilities: int, n_bases: int) -> dict[str, Any]:
    """Return the figures of one round of this size."""
    shipped = read_catalogue(ROOT / "data" / "catalogue")
    catalogue = replace(
        synthetic_catalogue(n_capabilities, shipped), pilot_bases=bases_like(shipped, n_bases)
    )
    encoder = MultilingualEncoder()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "allocation.db"
        db = open_database(path)
        apply_migrations(db)
        replace_catalogue(db, catalogue, source="benchmark")
        store_mixed(VectorStore(db, encoder.name), catalogue, encoder)
        add_needs(db, shipped, n_needs)
        service = MatchingService(path, ROOT / "models", encoder=encoder, today=NOW.date)
        found = round_over(db, catalogue, n_needs)
        inputs, gathering = timed_gather(db, answering_all(service.snapshot().matcher), found)
        close_database(db)
    freezing = timed(lambda: (canonical_json(as_plain(inputs)), digest_of(inputs)))
    dense = dense_inputs(n_needs, n_capabilities // 2, n_bases)
    return {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "machine": {
            "processor": platform.machine(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "load_average": os.getloadavg()[0],
        },
        "synthetic": True,
        "seed": SEED,
        "n_needs": n_needs,
        "n_capabilities": n_capabilities,
        "n_bases": n_bases,
        "n_options": len(inputs.options),
        "gather": gathering,
        "freeze": freezing,
        "modes": by_mode(inputs),
        "dense": {
            "n_options": len(dense.options),
            "freeze": timed(lambda: (canonical_json(as_plain(dense)), digest_of(dense))),
            "modes": by_mode(dense),
        },
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def bases_like(shipped: Catalogue, n: int) -> dict[str, PilotBase]:
    """Return synthetic bases with the directions of shipped ones, a service and a period each."""
    originals = list(shipped.pilot_bases.values())
    slot = SlotPeriod("T1", date(2027, 1, 1), date(2027, 6, 30), total=SEATS_A_PLACE)
    made = {}
    for i in range(n):
        base_id = f"SYNB-{i:03}"
        service = BaseService(f"{base_id}-S1", base_id, "合成验证服务", kind="verification")
        made[base_id] = replace(
            originals[i % len(originals)],
            pilot_base_id=base_id,
            name=f"合成基地 {i}",
            status="launched",
            launched="2025",
            services=(service,),
            slots=(slot,),
            source="synthetic",
        )
    return made


def add_needs(db: Database, shipped: Catalogue, n: int) -> None:
    """Publish synthetic needs of synthetic enterprises, in the words of shipped scenarios."""
    rng = np.random.default_rng(SEED)
    for i in range(N_ORGANISATIONS):
        size = ("micro", "small", "medium", "large")[int(rng.integers(4))]
        organisation = Organisation(f"SYNO-{i:03}", f"合成企业 {i}", f"SYN{i:015}", ("enterprise",),
                                    size=size, verification="verified")  # fmt: skip
        add_organisation(db, organisation, now=NOW)
    originals = needs_of(shipped, len(shipped.scenarios))
    for i in range(n):
        need = varied(originals[i % len(originals)], i, rng)
        owner = f"SYNO-{int(rng.integers(N_ORGANISATIONS)):03}"
        at = NOW - timedelta(minutes=n - i)
        save_need(db, need, actor="benchmark", now=at)
        set_owner(db, "need", need.need_id, owner, actor=ADMIN, now=at)
        add_status(db, NeedStatus(need.need_id, "open", "named", at, published_at=at), actor="b")


def varied(need: Need, i: int, rng: np.random.Generator) -> Need:
    """Return a need with an id of its own, that needs a base, may use one, or needs none."""
    needs_base = ("yes", "advise", "no")[int(rng.integers(3))]
    return replace(need, need_id=f"SYNN-{i:05}", needs_base=needs_base, title=f"{need.title} {i}")


def round_over(db: Database, catalogue: Catalogue, n_needs: int) -> Round:
    """Draft a round over all needs, all providers and all places."""
    rng = np.random.default_rng(SEED)
    providers = {c.provider_id for c in catalogue.capabilities.values()}
    scope = Scope(
        needs=tuple(f"SYNN-{i:05}" for i in range(n_needs)),
        providers=tuple(Seat(one, int(rng.integers(1, 4))) for one in sorted(providers)),
        places=tuple(Seat(f"{one}/T1", SEATS_A_PLACE, 2) for one in sorted(catalogue.pilot_bases)),
        least_probability=0.0,
    )
    new = Round("", "合成基准轮次", "draft", "{}", scope_text(scope), SEED, NOW,
                NOW + timedelta(days=14))  # fmt: skip
    return draft_round(db, new, Rules(), actor=ADMIN, now=NOW)


def dense_inputs(n_needs: int, n_providers: int, n_places: int) -> Inputs:
    """Return inputs as full as rules allow: 20 providers a need, 3 places each, drawn by chance."""
    rng = np.random.default_rng(SEED)
    places = [f"SYNB-{i:03}/T1" for i in range(n_places)]
    options = []
    for i in range(n_needs):
        chosen = rng.choice(n_providers, size=min(PER_NEED, n_providers), replace=False)
        hosts = rng.choice(n_places, size=min(PLACES_PER_NEED, n_places), replace=False)
        for provider, host in product(chosen.tolist(), hosts.tolist()):
            values = rng.random(4).round(4).tolist()
            options.append(Option(f"SYNN-{i:05}", f"SYNV-{provider:07}", places[host], "", *values))
    return Inputs(
        needs=tuple(f"SYNN-{i:05}" for i in range(n_needs)),
        options=tuple(options),
        provider_quotas={f"SYNV-{i:07}": Quota(1 + i % 3) for i in range(n_providers)},
        place_quotas={place: Quota(SEATS_A_PLACE, 2) for place in places},
        small=frozenset(f"SYNN-{i:05}" for i in range(0, n_needs, 3)),
        seed=SEED,
    )


def by_mode(inputs: Inputs) -> dict[str, Any]:
    """Return the figures of the same inputs in each mode."""
    return {mode: solved(replace(inputs, rules=Rules(mode=mode))) for mode in MODES}


def timed_gather(db: Database, matcher: Matcher, found: Round) -> tuple[Inputs, dict[str, float]]:
    begin, processor = time.perf_counter(), time.process_time()
    inputs = gather(db, matcher, found, now=NOW)
    return inputs, spent(begin, processor)


def timed(act: Any) -> dict[str, float]:
    begin, processor = time.perf_counter(), time.process_time()
    act()
    return spent(begin, processor)


def spent(begin: float, processor: float) -> dict[str, float]:
    return {
        "seconds": time.perf_counter() - begin,
        "processor_seconds": time.process_time() - processor,
    }


def solved(inputs: Inputs) -> dict[str, Any]:
    """Return time, objective and bounds of one mode; the objective counts the stated bonuses."""
    begin, processor = time.perf_counter(), time.process_time()
    result = solve_round(inputs)
    took = spent(begin, processor)
    market = Market(inputs)
    first_come = first_come_first_served(market)
    return {
        **took,
        "n_placed": len(result.placements),
        "n_blocking": result.n_blocking,
        "objective": sum(market.value(option) for option in result.placements),
        "lower_bound_first_come": sum(market.value(option) for option in first_come),
        "upper_bound_relaxed": relaxed(market),
        "digest": result.digest,
    }


def relaxed(market: Market) -> float:
    """Return the best value if placements could be divided and no minimum held."""
    from matcher.allocation.optimal import relaxed_value

    return relaxed_value(market)


if __name__ == "__main__":
    raise SystemExit(main())
