"""What is slow to make and never changed: one encoder, the shipped catalogue, its index, the model.

Loaded on first use, so that tests which need none of it stay fast.
"""

from __future__ import annotations

from datetime import date

import pytest

from matcher.interchange.catalogue_files import read_catalogue
from matcher.learning.cases import evidence_cases, need_of_case
from matcher.ranking.engine import CatalogueIndex, IndexParts
from matcher.ranking.matching import Matcher
from matcher.ranking.model import AdditiveModel
from matcher.ranking.registry import load_serving_model
from matcher.records import Catalogue, Need
from matcher.settings import PROJECT
from matcher.text.embedding import MultilingualEncoder
from matcher.text.lexicon import Lexicon
from matcher.vocabulary import data_folder
from tests.matcher.light_encoder import DictCache


@pytest.fixture(scope="session")
def today() -> date:
    return date(2026, 11, 22)


@pytest.fixture(scope="session")
def real_encoder() -> MultilingualEncoder:
    return MultilingualEncoder()


@pytest.fixture(scope="session")
def shipped_catalogue() -> Catalogue:
    return read_catalogue(data_folder() / "catalogue")


@pytest.fixture(scope="session")
def serving_model() -> AdditiveModel:
    return load_serving_model(PROJECT / "models")


@pytest.fixture(scope="session")
def parts(real_encoder: MultilingualEncoder, serving_model: AdditiveModel) -> IndexParts:
    """What indices are built with; the cache keeps every vector for the session."""
    return IndexParts(real_encoder, DictCache(), Lexicon.load(), serving_model.language_means)


@pytest.fixture(scope="session")
def index(shipped_catalogue: Catalogue, parts: IndexParts) -> CatalogueIndex:
    return CatalogueIndex(shipped_catalogue, parts)


@pytest.fixture(scope="session")
def matcher(index: CatalogueIndex, serving_model: AdditiveModel) -> Matcher:
    return Matcher(index, serving_model)


@pytest.fixture(scope="session")
def case_needs(shipped_catalogue: Catalogue) -> list[Need]:
    """The needs that the catalogue's own cases answered."""
    needs = (
        need_of_case(case, shipped_catalogue, tags=True)
        for case in evidence_cases(shipped_catalogue)
    )
    return [need for need in needs if need is not None]
