"""Terms by number, without their texts: as a dictionary would say, for any text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.retrieval.vocabulary import Vocabulary, digests_of

TERMS = st.lists(st.text(max_size=6), unique=True, max_size=30)


@given(TERMS, st.lists(st.text(max_size=6), max_size=10))
def test_numbers_are_those_of_a_dictionary(terms: list[str], asked: list[str]) -> None:
    plain = {term: i for i, term in enumerate(terms)}
    vocabulary = Vocabulary(terms)
    again = Vocabulary.of_arrays(*vocabulary.columns)
    wanted = [*asked, *terms]
    for found in (vocabulary, again):
        assert len(found) == len(terms)
        assert found.numbers(wanted).tolist() == [plain.get(term, -1) for term in wanted]
        assert [term in found for term in wanted] == [term in plain for term in wanted]
        assert [found.get(term) for term in wanted] == [plain.get(term) for term in wanted]


def test_a_term_that_is_there_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        Vocabulary(["crack", "strip", "crack"])


def test_digests_are_the_same_on_every_machine() -> None:
    # Written down once: kept indices of other machines rest on them.
    assert digests_of(["裂纹", "crack"]).tolist() == np.array(GOLDEN, dtype=np.uint64).tolist()


GOLDEN = (8293668464667821901, 16354375926207460351)
