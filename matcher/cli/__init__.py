"""The command line ``aiplus``: one module a group of commands, ``group`` puts them together.

Modules here parse options, call the domain, and print. They import what is heavy inside the
commands, so that ``aiplus --help`` answers at once. Here is the door: what must be settled before
anything is imported.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import Any

__all__ = ["aiplus", "main"]

# One thread of linear algebra a process. On matrices of this size more threads wait for each other:
# with a busy neighbour, starting takes twice as long with two as with one.
SINGLE_THREADED = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
EXIT_INTERRUPTED = 130


def main() -> None:
    """Run the command line; the entry point of the installed program."""
    is_serving = sys.argv[1:2] == ["serve"]
    for name in SINGLE_THREADED:  # read once, when numpy is imported
        os.environ[name] = "1" if is_serving else os.environ.get(name, "1")
    if is_serving:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, leave_at_once)
    try:
        from matcher.cli.group import aiplus
    except KeyboardInterrupt:
        os.write(2, "\n已中断 · interrupted\n".encode())
        raise SystemExit(EXIT_INTERRUPTED) from None
    aiplus.main(prog_name="aiplus")


def leave_at_once(number: int, frame: FrameType | None) -> None:
    """End a start that somebody stops: nothing runs yet that would have to be ended in order.

    Once the server listens, its own handlers take the place of this one.
    """
    os._exit(0)


def __getattr__(name: str) -> Any:
    if name != "aiplus":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from matcher.cli.group import aiplus

    return aiplus
