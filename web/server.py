"""The site under gunicorn: settings (read by name) and what is said at start.

``aiplus serve`` runs ``gunicorn --config python:web.server "web.server:application()"``. The
application is built once, before the workers are forked, so that they share the loaded model and
index instead of each reading them again.

Stopping: gunicorn's workers lose a signal that arrives between their fork and the moment when they
listen for it; the master then waits ten seconds, kills them and blames a lack of memory. So the
signals that stop are held over each fork until the new worker listens.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
from pathlib import Path
from typing import Any

import click
from flask import Flask

from matcher.errors import MatcherError
from matcher.settings import database_path, demo_accounts_path
from web import create_app

preload_app = True
worker_class = "gthread"
loglevel = "warning"
accesslog = None
timeout = 60
graceful_timeout = 10
keepalive = 5
limit_request_line = 8190  # a search of Chinese words is nine bytes a character in an address
control_socket_disable = True  # no door besides the site's own
# Workers report that they live through a file; on a slow disk that would make them look dead.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)

EXAMPLES = (
    "  首页输入 · type on the first page:",
    "    钢板表面缺陷靠人工目检，漏检率高，希望在产线边缘侧自动识别",
    "    Predict leaks and equipment failure in a refinery before they happen",
    "    大田作物病虫害靠经验判断，想用无人机图像提前发现",
)


def application() -> Flask:
    """Build the site and warm it, so that the first visitor does not wait."""
    gc.disable()  # all that is made here stays
    app = create_app()
    try:
        app.extensions["backend"].meaning().index()  # which builds the matching service, too
    except MatcherError as error:
        # The site still browses and searches; its health page and this line say what is missing.
        logging.getLogger("gunicorn.error").warning("matching is off: [%s] %s", error.code, error)
    gc.freeze()  # so that no worker touches, and thereby copies, what they share
    gc.enable()
    return app


def hold_signals() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)


def let_signals_in() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)


def post_worker_init(worker: Any) -> None:
    """A worker listens for signals now: those that came meanwhile arrive."""
    let_signals_in()


def worker_int(worker: Any) -> None:
    """A worker that is being stopped needs no second word while it ends."""
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)


def when_ready(server: Any) -> None:
    """Say where the site is, how to write to it, and what to try."""
    os.register_at_fork(before=hold_signals, after_in_parent=let_signals_in)
    addresses = ", ".join(f"http://{_name(sock.sock.getsockname())}/" for sock in server.LISTENERS)
    lines = [
        "",
        f"  网站已启动 · the site is running:  {addresses}",
        *demo_lines(demo_accounts_path(database_path())),
        *EXAMPLES,
        "  登记一项能力 · register a capability:  /capabilities/new",
        "  匹配质量报告 · match-quality report:  /reports/quality",
        "  按 Ctrl-C 停止 · Ctrl-C stops it",
        "",
    ]
    click.echo("\n".join(lines))
    sys.stdout.flush()


def demo_lines(path: Path) -> list[str]:
    """Name the demonstration's accounts with their passwords, where there are any."""
    if not path.is_file():
        return []
    accounts = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
    return [
        "  演示账号（虚构数据） · demonstration accounts (fictitious data):",
        *(f"    {email:<28} {password}" for _role, email, password in accounts),
    ]


def _name(address: Any) -> str:
    host, port = address[0], address[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
