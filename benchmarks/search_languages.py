"""Measure how well the search box crosses languages: ``python -m benchmarks.search_languages``.

Known-item search over the shipped catalogue: the title of a record in one language is the query,
the texts of all records in the other language are the index, and there is one right answer. A
record whose title is the same in both languages, or is missing in one, is no query; of the others
every second one is asked. Within one language the title is the query and everything but the title
is the index. Takes about a minute and a half; writes ``benchmarks/results/search-languages.json``
and the table of ``docs/search.md``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from math import sqrt
from pathlib import Path
from typing import Any

import click
from sqlite_utils import Database

from matcher.interchange.catalogue_files import read_catalogue
from matcher.ranking.registry import load_serving_model
from matcher.records import Catalogue
from matcher.store.catalogue import replace_catalogue
from matcher.store.connection import open_database
from matcher.store.migrations import apply_migrations
from matcher.store.search import SearchResult, search
from matcher.store.search_texts import read_shown
from matcher.text.embedding import MultilingualEncoder, encode_cached
from matcher.text.lexicon import Lexicon
from matcher.workflow.matching.meaning import LEAST_CLOSENESS, N_CLOSE, MeaningIndex, finds_little

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "search-languages.json"
PAGE = ROOT / "docs" / "search.md"
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
KINDS = {"scenario": ("scenarios", "name"), "capability": ("capabilities", "name"),
         "case": ("cases", "what")}  # fmt: skip
LANGUAGES = ("zh", "en")
DEPTH = 10
EVERY = 2  # which of the records with titles in both languages are asked for
SYSTEMS = ("plain FTS5", "+ lexicon", "+ meaning where little is found", "meaning alone")

Key = tuple[str, str]
Ranked = Callable[[str], list[Key]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    write = not parser.parse_args().check
    catalogue = read_catalogue(ROOT / "data" / "catalogue")
    encoder, means = MultilingualEncoder(), load_serving_model(ROOT / "models").language_means
    lines: list[dict[str, Any]] = []
    closeness: list[dict[str, Any]] = []
    for indexed in LANGUAGES:
        for asked in LANGUAGES:
            kept = in_language(catalogue, indexed, with_titles=asked != indexed)
            db = database_of(kept)
            near = MeaningIndex.of(1, read_shown(db), encoder, None, means)
            queries = queries_of(catalogue, asked)
            vectors = encode_cached(queries.values(), encoder)
            vector_of = dict(zip(queries.values(), vectors, strict=True))

            def close(text: str, near: MeaningIndex = near, asked: str = asked,
                      vector_of: Mapping[str, Any] = vector_of) -> list[Key]:  # fmt: skip
                found = near.closest(vector_of[text], asked, near.keys, DEPTH)
                return [key for key, _ in found]

            for name, system in zip(SYSTEMS, systems(db, close), strict=True):
                lines.append({"asked": asked, "indexed": indexed, "system": name}
                             | measured(queries, system))  # fmt: skip
                click.echo(lines[-1])
            closeness.append({"asked": asked, "indexed": indexed}
                             | closeness_of(near, queries, vector_of, asked))  # fmt: skip
            click.echo(closeness[-1])
            db.close()
    if write:
        results = {"ranking": lines, "closeness": closeness}
        RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", "utf-8")
        write_page(lines, closeness)
    return 0


def closeness_of(
    near: MeaningIndex, queries: Mapping[Key, str], vector_of: Mapping[str, Any], asked: str
) -> dict[str, Any]:
    """Return how often the right record is close enough to be shown, and how often another is."""
    row_of = {key: i for i, key in enumerate(near.keys)}
    right, other = [], []
    for wanted, text in queries.items():
        scores = near.vectors.score(vector_of[text], asked)
        if wanted not in row_of:
            continue
        right.append(bool(scores[row_of[wanted]] >= LEAST_CLOSENESS))
        n_above = int((scores >= LEAST_CLOSENESS).sum()) - right[-1]
        other.append(n_above / (len(scores) - 1))
    return {"right": share(right), "other": round(sum(other) / len(other), 4)}


def in_language(catalogue: Catalogue, language: str, *, with_titles: bool) -> Catalogue:
    """Return the catalogue with every text of one language only."""
    return replace(
        catalogue,
        **{
            name: {
                key: one_language(record, language, with_titles) for key, record in items.items()
            }
            for name in ("scenarios", "providers", "capabilities", "cases", "pilot_bases")
            for items in [getattr(catalogue, name)]
        },
    )


def one_language(record: Any, language: str, with_titles: bool) -> Any:
    names = {field.name for field in fields(record)}
    changes: dict[str, Any] = {}
    for name in sorted(names):
        if f"{name}_en" not in names:
            continue
        own, english = getattr(record, name), getattr(record, f"{name}_en")
        empty: Any = () if isinstance(own, tuple) else ""
        is_title = name in {"name", "what"} and not with_titles
        changes[name] = empty if is_title or language == "en" else own
        changes[f"{name}_en"] = empty if is_title or language == "zh" else english
    for name in ("claims", "services"):
        if name in names:
            parts = getattr(record, name)
            changes[name] = tuple(one_language(part, language, True) for part in parts)
    return replace(record, **changes)


def database_of(catalogue: Catalogue) -> Database:
    db = open_database(":memory:")
    apply_migrations(db)
    replace_catalogue(db, catalogue, source="benchmark", now=datetime(2026, 1, 1, tzinfo=UTC))
    return db


def queries_of(catalogue: Catalogue, language: str) -> dict[Key, str]:
    """Return each record's title in a language, where it has another one in the other language."""
    queries = {}
    for kind, (name, field) in KINDS.items():
        for key, record in getattr(catalogue, name).items():
            zh, en = getattr(record, field), getattr(record, f"{field}_en")
            if zh and en and zh != en:
                queries[kind, key] = zh if language == "zh" else en
    return dict(list(queries.items())[::EVERY])


def systems(db: Database, close: Ranked) -> tuple[Ranked, ...]:
    """Return the ways of searching in the order of ``SYSTEMS``."""
    expand = Lexicon.load().expand
    found_by_words: dict[str, SearchResult] = {}

    def words(text: str) -> SearchResult:
        if text not in found_by_words:
            found_by_words[text] = search(db, text, kinds=KINDS, limit=DEPTH, expand=expand)
        return found_by_words[text]

    def plain(text: str) -> list[Key]:
        found = search(db, text, kinds=KINDS, limit=DEPTH)
        return [(hit.kind, hit.record_id) for hit in found.hits]

    def expanded(text: str) -> list[Key]:
        return [(hit.kind, hit.record_id) for hit in words(text).hits]

    def near(text: str) -> list[Key]:
        return [key for key in close(text) if key[0] in KINDS]

    def both(text: str) -> list[Key]:
        """Read the page from the top: the near ones stand first where not all words are found."""
        listed, close_ones = expanded(text), near(text)[:N_CLOSE]
        if not finds_little(words(text)):
            return listed
        first = words(text).is_relaxed or not listed
        order = [*close_ones, *listed] if first else [*listed, *close_ones]
        return list(dict.fromkeys(order))[:DEPTH]

    return plain, expanded, both, near


def measured(queries: Mapping[Key, str], system: Ranked) -> dict[str, Any]:
    ranks = []
    for wanted, text in queries.items():
        found = system(text)
        ranks.append(found.index(wanted) + 1 if wanted in found else 0)
    return {
        "n": len(ranks),
        "hit_1": share(rank == 1 for rank in ranks),
        "hit_10": share(0 < rank <= DEPTH for rank in ranks),
    }


def share(hits: Iterable[bool]) -> dict[str, float]:
    """Return a share with its 95 % interval.

    Source
    ------
    Wilson, E. B. (1927), score interval.
    """
    values = list(hits)
    n, p, z = len(values), sum(values) / len(values), 1.96
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return {"value": round(p, 4), "low": round(middle - half, 4), "high": round(middle + half, 4)}


def write_page(lines: list[dict[str, Any]], closeness: list[dict[str, Any]]) -> None:
    """Put the table between the marks of the page, leaving the rest of it alone."""
    pair = "检索 query → 索引 index"
    head = [f"| {pair} | 方法 method | n | hit@1 | hit@10 |", "|---|---|---|---|---|"]
    rows = [
        f"| {line['asked']} → {line['indexed']} | {line['system']} | {line['n']} "
        f"| {_figure(line['hit_1'])} | {_figure(line['hit_10'])} |"
        for line in lines
    ]
    text = PAGE.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    closeness_rows = [
        f"| {line['asked']} → {line['indexed']} | {_figure(line['right'])} | {line['other']:.4f} |"
        for line in closeness
    ]
    limit = LEAST_CLOSENESS
    closeness_head = f"| {pair} | 目标记录 right record ≥ {limit} | 其他记录 any other ≥ {limit} |"
    second = ["", closeness_head, "|---|---|---|"]
    table = "\n".join([*head, *rows, *second, *closeness_rows])
    PAGE.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}", "utf-8")


def _figure(share_of: Mapping[str, float]) -> str:
    return f"{share_of['value']:.3f} [{share_of['low']:.3f}, {share_of['high']:.3f}]"


if __name__ == "__main__":
    sys.exit(main())
