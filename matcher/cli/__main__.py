"""``python -m matcher.cli`` is ``aiplus``, for where the installed program is not on the path."""

from __future__ import annotations

from matcher.cli import main

if __name__ == "__main__":
    main()
