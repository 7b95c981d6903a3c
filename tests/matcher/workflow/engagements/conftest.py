"""Each test works in its own copy of the synthetic world."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from matcher.store.connection import StoreDatabase, close_database
from tests.matcher.workflow.engagements.world import fresh_world


@pytest.fixture
def db() -> Iterator[StoreDatabase]:
    world = fresh_world()
    yield world
    close_database(world)
