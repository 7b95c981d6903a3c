"""Measure time and memory of matching: ``make bench-speed``, or ``python -m benchmarks.speed``.

Sizes are synthetic capabilities; ``shipped`` is the catalogue as it is. Each size runs in a process
of its own. Writes ``benchmarks/results/speed.json`` and the table ``docs/performance.md``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers import compare
from benchmarks.performance_page import write_page
from benchmarks.synthetic import MixedVectors, needs_of, synthetic_catalogue
from matcher.interchange.catalogue_files import read_catalogue
from matcher.ranking.engine import CatalogueIndex, IndexParts
from matcher.ranking.matching import Matcher
from matcher.ranking.quotes import quotable_texts
from matcher.ranking.registry import load_serving_model
from matcher.ranking.results import MatchList
from matcher.ranking.update import affected_capabilities, extended
from matcher.records import Capability, Catalogue, Need
from matcher.store.capabilities import save_capability
from matcher.store.catalogue import replace_catalogue
from matcher.store.connection import close_database, open_database
from matcher.store.derived import DerivedFiles
from matcher.store.migrations import apply_migrations
from matcher.store.vectors import VectorStore
from matcher.text.embedding import MultilingualEncoder, encodable, text_digest
from matcher.text.lexicon import Lexicon
from matcher.workflow.matching.service import MatchingService

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "speed.json"
PAGE = ROOT / "docs" / "performance.md"
SHIPPED = "shipped"
SIZES = f"{SHIPPED},1000,10000,100000"
LARGEST_IN_DATABASE = 10_000
TODAY = date(2026, 11, 22)
N_NEEDS, WARM_UPS, N_CHANGES = 120, 10, 5
N_PEER_QUERIES = 30

Answer = Callable[[Need], MatchList]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=SIZES, help=f"separated by commas; {SIZES}")
    parser.add_argument("--json", type=Path, default=RESULTS)
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--start", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--kept", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.start:
        print(json.dumps(_start_of(given.start)))
    elif given.kept:
        print(json.dumps(_start_of_kept(int(given.one), given.kept)))
    elif given.one:
        print(json.dumps(_measured(given.one)))
    else:
        _measure_all(given.sizes.split(","), given.json, given.page)
    return 0


def _measure_all(sizes: list[str], results: Path, page_path: Path) -> None:
    found = []
    for size in sizes:
        print(f"{size} …", file=sys.stderr, flush=True)
        found.append(_in_own_process("--one", size))
    report = {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "machine": {
            "processor": platform.machine(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "numpy": np.__version__,
            "load_average": os.getloadavg()[0],
        },
        "sizes": found,
    }
    results.parent.mkdir(parents=True, exist_ok=True)
    results.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    write_page(results.parent, page_path)
    print(results, page_path, sep="\n")


def _in_own_process(*arguments: str) -> dict[str, Any]:
    environ = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.speed", *arguments],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _measured(size: str) -> dict[str, Any]:
    shipped = read_catalogue(ROOT / "data" / "catalogue")
    needs = needs_of(shipped, N_NEEDS)
    catalogue = shipped if size == SHIPPED else synthetic_catalogue(int(size), shipped)
    if len(catalogue.capabilities) <= LARGEST_IN_DATABASE:
        found = _through_the_service(catalogue, needs, is_synthetic=size != SHIPPED)
    else:
        found = _in_memory(catalogue, needs)
    return {"size": size, "n_capabilities": len(catalogue.capabilities), **found}


def _through_the_service(
    catalogue: Catalogue, needs: list[Need], *, is_synthetic: bool
) -> dict[str, Any]:
    """Measure the whole service over a database, as the site and the command line use it."""
    encoder = MultilingualEncoder()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speed.db"
        db = open_database(path)
        apply_migrations(db)
        replace_catalogue(db, catalogue, source="benchmark")
        if is_synthetic:
            store_mixed(VectorStore(db, encoder.name), catalogue, encoder)
        begin = time.perf_counter()
        service = MatchingService(path, ROOT / "models", encoder=encoder, today=lambda: TODAY)
        build_s = time.perf_counter() - begin
        found = {
            "through": "database",
            "first_build_s": build_s,
            "warm_start": _in_own_process("--start", str(path)),
            "match": _latency(service.match, needs, encoder),
            "memory_mib": _memory(),
        }
        changed = list(catalogue.capabilities.values())[:: max(len(catalogue.capabilities) // 5, 1)]
        times = []
        for capability in changed[:N_CHANGES]:
            save_capability(db, _edited(capability), None, actor="speed", now=datetime.now(UTC))
            times.append(_seconds(service.snapshot))
        found["commit_to_matched_s"] = _quartiles(times)
        index = service.snapshot().matcher.index
        close_database(db)
    return {**found, **_beside_peers(index, needs)}


def store_mixed(store: VectorStore, catalogue: Catalogue, encoder: MultilingualEncoder) -> None:
    """Keep mixed vectors for all that a build and an explanation ask for, as if encoded before."""
    mixed = MixedVectors.of(catalogue, encoder)
    texts = set(quotable_texts(replace(catalogue, pilot_bases={}), catalogue.capabilities.values()))
    for capability in catalogue.capabilities.values():
        texts |= {capability.name, f"{capability.name}. {capability.problem}"}
        texts |= {claim.text[:80] for claim in capability.claims}
    digests = sorted({text_digest(encodable(text)) for text in texts if text})
    for start in range(0, len(digests), 5_000):
        store.put_many(mixed.get_many(digests[start : start + 5_000]))


def _in_memory(catalogue: Catalogue, needs: list[Need]) -> dict[str, Any]:
    """Measure the index alone; records come from memory and vectors of units are at hand."""
    encoder, model = MultilingualEncoder(), load_serving_model(ROOT / "models")
    mixed = MixedVectors.of(catalogue, encoder)
    with tempfile.TemporaryDirectory() as folder:
        kept = DerivedFiles(Path(folder))
        parts = IndexParts(encoder, mixed, Lexicon.load(), model.language_means, kept)
        begin = time.perf_counter()
        index = CatalogueIndex(catalogue, parts)
        build_s = time.perf_counter() - begin
        warm = _in_own_process("--one", str(len(catalogue.capabilities)), "--kept", folder)
    parts = replace(parts, kept=None)
    index.quotes.source = mixed
    index.quotes.keep(quotable_texts(replace(catalogue, capabilities={}), ()))
    matcher = Matcher(index, model)
    found = {
        "through": "memory",
        "first_build_s": build_s,
        "warm_start": warm,
        "match": _latency(lambda need: matcher.match(need, today=TODAY), needs, encoder),
        "memory_mib": _memory(),
    }
    times = []
    for capability in list(catalogue.capabilities.values())[:N_CHANGES]:
        edited = _edited(capability)
        capabilities = {**catalogue.capabilities, edited.capability_id: edited}
        catalogue = replace(catalogue, capabilities=capabilities)
        begin = time.perf_counter()
        affected = affected_capabilities([("capability", edited.capability_id)], catalogue)
        index = extended(index, catalogue, affected, replace(parts, cache=None))
        times.append(time.perf_counter() - begin)
    found["commit_to_matched_s"] = _quartiles(times)
    return {**found, **_beside_peers(index, needs)}


def _edited(capability: Capability) -> Capability:
    return replace(capability, problem=f"{capability.problem}（已更新）")


def _latency(answer: Answer, needs: list[Need], encoder: MultilingualEncoder) -> dict[str, Any]:
    for need in needs[:WARM_UPS]:
        answer(need)
    whole, busy, stages, encoding = [], [], [], []
    for need in needs:
        begin, processor = time.perf_counter(), time.process_time()
        found = answer(need)
        whole.append((time.perf_counter() - begin) * 1000)
        busy.append((time.process_time() - processor) * 1000)
        stages.append(found.timing_ms)
        texts = [need.title, need.problem, *(r.text for r in need.requirements)]
        encoding.append(_seconds(lambda texts=texts: encoder.encode(texts)) * 1000)
    return {
        "n_needs": len(needs),
        "ms": {"p50": float(np.median(whole)), "p99": float(np.percentile(whole, 99))},
        "processor_ms": {"p50": float(np.median(busy)), "p99": float(np.percentile(busy, 99))},
        "rank_p99_ms": float(np.percentile([stage["rank"] for stage in stages], 99)),
        "stage_p50_ms": {
            **{name: float(np.median([s[name] for s in stages])) for name in stages[0]},
            "of_rank_encoding": float(np.median(encoding)),
        },
    }


def _beside_peers(index: CatalogueIndex, needs: list[Need]) -> dict[str, Any]:
    read = index.evidence.read_query
    queries = [read(need.title, need.problem).terms for need in needs[:N_PEER_QUERIES]]
    return {"lexical": compare(index.evidence.lexical, queries)}


def _start_of(path: Path) -> dict[str, Any]:
    """Measure a start with stored vectors in this fresh process, without the imports above."""
    begin, processor = time.perf_counter(), time.process_time()
    service = MatchingService(path, ROOT / "models", today=lambda: TODAY)
    return {
        "seconds": time.perf_counter() - begin,
        "processor_seconds": time.process_time() - processor,
        "resident_mib": _memory().get("resident"),
        "revision": service.catalogue.revision,  # the service is held while memory is read
    }


def _start_of_kept(n: int, folder: Path) -> dict[str, Any]:
    """Measure reading the kept index of a synthetic catalogue, its records being in memory."""
    catalogue = synthetic_catalogue(n, read_catalogue(ROOT / "data" / "catalogue"))
    encoder, model = MultilingualEncoder(), load_serving_model(ROOT / "models")
    encoder.load()
    means, kept = model.language_means, DerivedFiles(folder)
    begin, processor = time.perf_counter(), time.process_time()
    index = CatalogueIndex(catalogue, IndexParts(encoder, None, Lexicon.load(), means, kept))
    Matcher(index, model).rank(needs_of(catalogue, 1)[0])
    return {
        "seconds": time.perf_counter() - begin,
        "processor_seconds": time.process_time() - processor,
        "resident_mib": _memory().get("resident"),
    }


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _quartiles(values: list[float]) -> dict[str, float]:
    low, middle, high = np.percentile(values, (0, 50, 100))
    return {"least": float(low), "p50": float(middle), "most": float(high)}


def _memory() -> dict[str, float]:
    """Return resident memory now, where the system tells it, and at its highest."""
    unit = 1024 if sys.platform == "darwin" else 1
    found = {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / unit}
    status = Path("/proc/self/statm")
    if status.exists():
        pages = int(status.read_text("ascii").split()[1])
        found["resident"] = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    return found


if __name__ == "__main__":
    raise SystemExit(main())
