"""SQLite: all SQL, migrations, record versions, search, stored matches.

Here, before any module of the room: sqlite-utils is imported without pandas. It would load pandas
wherever that is installed, only to name one more column type, which costs every command and every
start of the site a third of a second and 60 MB.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import cast

if "pandas" not in sys.modules and "sqlite_utils" not in sys.modules:
    sys.modules["pandas"] = cast(ModuleType, None)  # so an import says that there is none
    try:
        import_module("sqlite_utils")
    finally:
        del sys.modules["pandas"]
