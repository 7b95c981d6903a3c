"""What a start of the site and of a command loads: neither pandas, SciPy nor scikit-learn."""

from __future__ import annotations

import subprocess
import sys

import pytest

SLOW_TO_IMPORT = ("pandas", "scipy", "sklearn", "lightgbm")


@pytest.mark.parametrize(
    "module", ["web.server", "matcher.cli", "matcher.workflow.matching.service"]
)
def test_a_start_loads_no_heavy_library(module: str) -> None:
    asked = f"import {module}, sys; print(*sorted({{m.split('.')[0] for m in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert module.split(".")[0] in loaded
    assert [name for name in SLOW_TO_IMPORT if name in loaded] == []


def test_pandas_can_still_be_imported_after_the_store() -> None:
    asked = "import matcher.store, sqlite_utils, pandas; print(pandas.DataFrame({'a': [1]}).size)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"
