"""Measure the quality of the serving model against every baseline: ``make bench-quality``.

Reads evaluation packs by path (they are not part of this project) and writes ``report.json`` and
the model card beside the model; ``make docs`` then renews the tables of README and docs from it.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from matcher.interchange.catalogue_files import read_catalogue
from matcher.learning.systems import Tools, load_served
from matcher.reports.build import ReportInput, build_report, save_report
from matcher.reports.model_card import CARD_FILE, model_card
from matcher.reports.quality import PackPart
from matcher.store.connection import close_database, open_database
from matcher.store.migrations import apply_migrations
from matcher.store.vectors import VectorStore
from matcher.text.embedding import MultilingualEncoder
from matcher.text.lexicon import Lexicon

ROOT = Path(__file__).resolve().parents[1]
PARTS = (
    ("sbir_topic_company_en", "dev", False, True),
    ("bdci359_zh", "dev", True, False),
    ("ai_terms_zh_en", "test", False, False),
    ("csl_zh", "test", False, False),
    ("sbir_agentgraded_en", "test", True, False),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packs", type=Path, default=os.environ.get("AIPLUS_PACKS"))
    parser.add_argument("--models", type=Path, default=ROOT / "models")
    parser.add_argument("--vectors", type=Path, default=ROOT / "var" / "vectors.db")
    given = parser.parse_args()
    if given.packs is None:
        parser.error("--packs DIR or AIPLUS_PACKS must name the folder that holds the packs")
    given.vectors.parent.mkdir(exist_ok=True)
    db = open_database(given.vectors)
    apply_migrations(db)
    encoder = MultilingualEncoder()
    tools = Tools(encoder, VectorStore(db, encoder.name), Lexicon.load(), _progress)
    served = load_served(given.models)
    report = build_report(
        ReportInput(
            served=served,
            catalogue=read_catalogue(ROOT / "data" / "catalogue"),
            parts=[PackPart(Path(given.packs) / n, s, p, o) for n, s, p, o in PARTS],
            off_topic_needs=ROOT / "data" / "judgements" / "off_topic_needs.jsonl",
            today=datetime.now(UTC).date(),
        ),
        tools,
        lambda line: print(f"\n{line}", file=sys.stderr),
    )
    folder = given.models / served.model.model_id
    path = save_report(report, folder)
    (folder / CARD_FILE).write_text(model_card(report), "utf-8")
    close_database(db)
    print(path)
    return 0


def _progress(done: int, total: int) -> None:
    print(f"\r  {done}/{total}", end="", file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main())
