"""Synthetic catalogues of any size: every record is invented, only the word statistics are real.

A text draws half its words from the whole shipped catalogue, as often as they stand there, and half
from one shipped capability, so that texts have topics. Sentence vectors of synthetic texts are not
encoded: each mixes two of 2,000 vectors that were, chosen by the digest of the text. That is right
for measuring time and memory, and says nothing about quality.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import rjieba
from numpy.typing import NDArray

from matcher.records import Capability, Catalogue, Claim, Need, Provider, Requirement
from matcher.text.embedding import SentenceEncoder, encode_cached

SEED = 7
SAMPLE = 2_000
ENGLISH_SHARE = 0.3
NAME_WORDS, PROBLEM_WORDS, CLAIM_WORDS = 6, 40, 10

Vectors = NDArray[np.float32]


class Words:
    """Words of one language with their frequencies, and the words of each source record."""

    def __init__(self, texts: Sequence[str], english: bool) -> None:
        cut = [text.split() if english else rjieba.cut(text) for text in texts]
        counts = Counter(word for words in cut for word in words)
        self.joint = " " if english else ""
        self._all = np.array(list(counts), dtype=object)
        self._shares = np.array(list(counts.values()), dtype=np.float64)
        self._shares /= self._shares.sum()
        self._topics = [np.array(words, dtype=object) for words in cut if len(words) > 5]

    def text(self, rng: np.random.Generator, topic: int, n: int) -> str:
        own = rng.choice(self._topics[topic % len(self._topics)], n // 2)
        common = self._all[np.searchsorted(np.cumsum(self._shares), rng.random(n - n // 2))]
        words = np.concatenate((own, common))
        rng.shuffle(words)
        return self.joint.join(words.tolist())


def synthetic_catalogue(n: int, shipped: Catalogue) -> Catalogue:
    """Return ``n`` synthetic capabilities; scenarios and pilot bases stay the shipped ones."""
    rng = np.random.default_rng(SEED)
    originals = list(shipped.capabilities.values())
    zh = Words([f"{c.name}{c.problem}" for c in originals], english=False)
    en = Words([f"{c.name_en} {c.problem_en}" for c in originals if c.name_en], english=True)
    scenarios = list(shipped.scenarios)
    capabilities = {
        capability.capability_id: capability
        for capability in (
            _capability(i, rng, en if rng.random() < ENGLISH_SHARE else zh, originals, scenarios)
            for i in range(n)
        )
    }
    providers = {
        provider_id: Provider(provider_id, f"合成供给方 {provider_id}", source="synthetic")
        for provider_id in dict.fromkeys(c.provider_id for c in capabilities.values())
    }
    return replace(shipped, capabilities=capabilities, providers=providers, cases={})


def _capability(
    i: int,
    rng: np.random.Generator,
    words: Words,
    originals: Sequence[Capability],
    scenarios: Sequence[str],
) -> Capability:
    topic = int(rng.integers(len(originals)))
    like = originals[topic]
    claim = Claim(f"SYN-{i:07}-1", words.text(rng, topic, CLAIM_WORDS))
    return Capability(
        capability_id=f"SYN-{i:07}",
        provider_id=f"SYNV-{i // 2:07}",
        name=words.text(rng, topic, NAME_WORDS),
        problem=words.text(rng, topic, PROBLEM_WORDS),
        scenario_ids=(scenarios[int(rng.integers(len(scenarios)))],),
        industries=like.industries,
        process_steps=like.process_steps,
        ai_tasks=like.ai_tasks,
        data_modalities=like.data_modalities,
        claims=(claim,),
        maturity=int(rng.integers(4, 10)),
        deployments=(("on_premise",), ("private_cloud",), ("public_cloud",))[int(rng.integers(3))],
        domestic_stack=("full", "partial", "none")[int(rng.integers(3))],
        data_leaves_site=("no", "masked", "yes")[int(rng.integers(3))],
        price_min_cny=int(rng.integers(10, 200)) * 10_000,
        price_unit="project",
        delivery_weeks=int(rng.integers(2, 40)),
        free_slots=int(rng.integers(0, 5)),
        source="synthetic",
    )


def needs_of(shipped: Catalogue, n: int) -> list[Need]:
    """Return needs in the words of shipped scenarios, in both languages, some with limits."""
    found = []
    for i, scenario in enumerate(list(shipped.scenarios.values())[:n]):
        english = i % 3 == 2 and scenario.name_en
        measures = scenario.measures_en if english else scenario.measures
        found.append(
            Need(
                need_id=f"speed-{i}",
                title=scenario.name_en if english else scenario.name,
                problem=scenario.pain_point_en if english else scenario.pain_point,
                industries=scenario.industries,
                ai_tasks=scenario.ai_tasks,
                requirements=tuple(Requirement(f"R{j}", m) for j, m in enumerate(measures[:2])),
                deployments=("on_premise", "private_cloud") if i % 2 else (),
                domestic_stack="required" if i % 5 == 0 else "",
                start_by=date(2027, 3, 1),
            )
        )
    return found


class MixedVectors:
    """A vector cache that holds every digest: mixtures of a sample that was really encoded."""

    def __init__(self, sample: Vectors) -> None:
        self._sample = sample

    @classmethod
    def of(cls, catalogue: Catalogue, encoder: SentenceEncoder) -> MixedVectors:
        texts = [f"{c.name}. {c.problem}" for c in catalogue.capabilities.values()][:SAMPLE]
        return cls(encode_cached(texts, encoder))

    def get_many(self, digests: Sequence[str]) -> dict[str, Vectors]:
        if not digests:
            return {}
        n = len(self._sample)
        first = np.array([int(d[:8], 16) % n for d in digests])
        second = np.array([int(d[8:16], 16) % n for d in digests])
        mixed = self._sample[first] + np.float32(0.7) * self._sample[second]
        mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
        return dict(zip(digests, mixed.astype(np.float32), strict=True))

    def put_many(self, vectors: Mapping[str, Vectors]) -> None:
        """Keep nothing: there is a vector for every digest already."""
