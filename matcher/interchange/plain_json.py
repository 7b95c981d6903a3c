"""Values that JSON can hold: figures of numpy become Python's, what is not finite becomes null."""

from __future__ import annotations

import math
from typing import Any


def plain(value: Any) -> Any:
    """Return a value made of dicts, lists, text, numbers, booleans and ``None`` only.

    Examples
    --------
    >>> plain({"mean": float("nan"), "n": (1, 2)})
    {'mean': None, 'n': [1, 2]}
    """
    if isinstance(value, dict):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if hasattr(value, "tolist"):  # numpy's scalars and arrays
        return plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
