"""Measure the near-duplicate check: ``python -m benchmarks.duplicates`` (half a minute).

Perturbed copies of the shipped scenario texts must reach the threshold, different scenarios must
not. Writes ``benchmarks/results/duplicates.json``, from which docs/intake.md takes its table.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import opencc

from matcher.intake.duplicates import NEAR_FROM, text_similarity
from matcher.interchange.catalogue_files import read_catalogue

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "benchmarks" / "results" / "duplicates.json"
SEED = 20261122
COPIES = 2
THRESHOLDS = (0.4, 0.5, 0.55, 0.6, 0.7, 0.8)
Text = tuple[str, str]
ADDED = {
    "zh": ("希望尽快落地，欢迎有经验的单位联系。", "我们是一家中型企业，信息化基础较好。"),
    "en": (
        "We hope to start soon and welcome experienced teams.",
        "We are a medium-sized firm with some digital experience.",
    ),
}
TRADITIONAL = opencc.OpenCC("s2t")


def reordered(text: Text, language: str, rng: random.Random) -> Text:
    parts = [part for part in re.split(r"[，,；;。.]", text[1]) if part.strip()]
    rng.shuffle(parts)
    return text[0], ("，" if language == "zh" else ", ").join(parts)


def unpunctuated(text: Text, language: str, rng: random.Random) -> Text:
    return text[0], re.sub(r"[，,；;。.、\-]", " " if rng.random() < 0.8 else "", text[1])


def rewritten(text: Text, language: str, rng: random.Random) -> Text:
    if language == "en":
        return text[0].upper(), text[1].upper()
    return TRADITIONAL.convert(text[0]), TRADITIONAL.convert(text[1])


def thinned(text: Text, language: str, rng: random.Random) -> Text:
    """A tenth of the words lost."""
    pattern = r"[一-鿿]{1,2}|[^一-鿿]" if language == "zh" else r"\S+\s*"
    kept = [found for found in re.findall(pattern, text[1]) if rng.random() > 0.1]
    return text[0], "".join(kept)


def lengthened(text: Text, language: str, rng: random.Random) -> Text:
    parts = [text[1], rng.choice(ADDED[language])]
    rng.shuffle(parts)
    return text[0], " ".join(parts)


def everything(text: Text, language: str, rng: random.Random) -> Text:
    for change in (thinned, lengthened, reordered, rewritten):
        text = change(text, language, rng)
    return text


CHANGES: dict[str, Callable[[Text, str, random.Random], Text]] = {
    "reordered": reordered,
    "no punctuation": unpunctuated,
    "traditional or capitals": rewritten,
    "a tenth of the words lost": thinned,
    "a sentence added": lengthened,
    "all of it": everything,
}


def main() -> int:
    scenarios = read_catalogue(ROOT / "data" / "catalogue").scenarios.values()
    texts = {
        "zh": [(s.name, s.pain_point) for s in scenarios],
        "en": [(s.name_en, s.pain_point_en) for s in scenarios],
    }
    rng = random.Random(SEED)  # noqa: S311 -- perturbs texts, keeps no secret
    copies: dict[str, list[float]] = {name: [] for name in CHANGES}
    different: list[float] = []
    for language, own in texts.items():
        for text in own:
            for name, change in CHANGES.items():
                for _ in range(COPIES):
                    copies[name].append(text_similarity(*text, *change(text, language, rng)))
        different += [text_similarity(*a, *b) for a, b in combinations(own, 2)]
    result = {
        "measured": datetime.now(UTC).date().isoformat(),
        "threshold": NEAR_FROM,
        "different": row(different),
        "copies": {name: row(values) for name, values in copies.items()},
        "all_copies": row([value for values in copies.values() for value in values]),
    }
    RESULT.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(json.dumps(result, indent=1))
    return 0


def row(values: list[float]) -> dict[str, Any]:
    found = np.array(values)
    return {
        "n": len(values),
        "median": round(float(np.median(found)), 3),
        "lowest": round(float(found.min()), 3),
        "highest": round(float(found.max()), 3),
        "n_reaching": {str(t): int((found >= t).sum()) for t in THRESHOLDS},
    }


if __name__ == "__main__":
    raise SystemExit(main())
