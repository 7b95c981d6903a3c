"""Several processes on one file: none loses a write, a killed one leaves nothing half done."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from matcher.store.connection import StoreDatabase
from matcher.store.needs import list_needs, read_need, save_need
from matcher.store.versions import current_versions
from tests.factories import make_need
from tests.matcher.store.conftest import NOW

ROOT = Path(__file__).resolve().parents[3]

KILLED = """
import sys
from matcher.store.connection import open_database, write_transaction
from matcher.store.needs import save_need
from tests.factories import make_need
from tests.matcher.store.conftest import NOW
db = open_database(sys.argv[1])
with write_transaction(db):
    for i in range(500):
        save_need(db, make_need(need_id=f"K{i}", title="未提交"), actor="killed", now=NOW)
    print("written", flush=True)
    sys.stdin.read()
"""

COUNTING = """
import dataclasses, sys
from matcher.store.connection import open_database, write_transaction
from matcher.store.needs import read_need, save_need
from tests.matcher.store.conftest import NOW
db = open_database(sys.argv[1], busy_timeout_s=60)
for _ in range(200):
    with write_transaction(db):
        need = read_need(db, "N0001")
        need = dataclasses.replace(need, budget_max_cny=need.budget_max_cny + 1)
        save_need(db, need, actor=sys.argv[2], now=NOW)
"""

MIGRATING = """
import sys
from matcher.store.connection import close_database, open_database
from matcher.store.migrations import apply_migrations, require_current
print("ready", flush=True)
sys.stdin.readline()
db = open_database(sys.argv[1], busy_timeout_s=60)
print(len(apply_migrations(db)))
require_current(db)
close_database(db)
"""


def start(program: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def test_a_writer_killed_inside_its_transaction_leaves_nothing(
    path: Path, db: StoreDatabase
) -> None:
    save_need(db, make_need(), actor="a", now=NOW)
    with start(KILLED, str(path)) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "written\n"
        child.kill()
        child.wait()
    assert [stored.need.need_id for stored in list_needs(db)] == ["N0001"]
    save_need(db, make_need(title="锁已释放"), actor="a", now=NOW)
    assert read_need(db, "N0001").title == "锁已释放"
    assert db.conn.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_four_writing_processes_lose_no_increment(path: Path, db: StoreDatabase) -> None:
    save_need(db, make_need(budget_max_cny=300_000), actor="a", now=NOW)
    children = [start(COUNTING, str(path), f"writer {i}") for i in range(4)]
    for child in children:
        with child:
            child.communicate()
        assert child.returncode == 0
    assert read_need(db, "N0001").budget_max_cny == 300_000 + 4 * 200
    assert current_versions(db, [("need", "N0001")]) == {("need", "N0001"): 1 + 4 * 200}


def test_processes_that_start_together_migrate_a_new_file_once(tmp_path: Path) -> None:
    children = [start(MIGRATING, str(tmp_path / "new.db")) for _ in range(4)]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    applied = []
    for child in children:
        with child:
            output, _ = child.communicate()
        assert child.returncode == 0
        applied.append(int(output))
    assert sorted(applied)[:3] == [0, 0, 0]
    assert max(applied) > 0
