"""The site under gunicorn: settings (read by name) and what is said at start.

``aiplus serve`` runs ``gunicorn --config python:web.server "web.server:application()"``. The
application is built once, before the workers are forked, so that they share the loaded model and
index instead of each reading them again.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Any

import click
from flask import Flask

from matcher.errors import MatcherError
from web import create_app
from web.config import write_secret

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

EXAMPLES = (
    "  首页输入 · type on the first page:",
    "    钢板表面缺陷靠人工目检，漏检率高，希望在产线边缘侧自动识别",
    "    Predict leaks and equipment failure in a refinery before they happen",
    "    大田作物病虫害靠经验判断，想用无人机图像提前发现",
)


def application() -> Flask:
    """Build the site and warm it, so that the first visitor does not wait."""
    app = create_app()
    try:
        app.extensions["backend"].matching()
    except MatcherError as error:
        # The site still browses and searches; its health page and this line say what is missing.
        logging.getLogger("gunicorn.error").warning("matching is off: [%s] %s", error.code, error)
    return app


def when_ready(server: Any) -> None:
    """Say where the site is, how to write to it, and what to try."""
    addresses = ", ".join(f"http://{_name(sock.sock.getsockname())}/" for sock in server.LISTENERS)
    lines = [
        "",
        f"  网站已启动 · the site is running:  {addresses}",
        f"  登记能力所需口令 · word for registering a capability:  {write_secret(os.environ)}",
        *EXAMPLES,
        "  登记一项能力 · register a capability:  /capabilities/new",
        "  匹配质量报告 · match-quality report:  /reports/quality",
        "  按 Ctrl-C 停止 · Ctrl-C stops it",
        "",
    ]
    click.echo("\n".join(lines))
    sys.stdout.flush()


def _name(address: Any) -> str:
    host, port = address[0], address[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
