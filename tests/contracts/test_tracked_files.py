"""What may not stand in any file of the project: addresses of registries, paths of one machine."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.contracts.project import PROJECT, tracked_files, tracked_texts

# Written in parts, so that this file itself passes.
REGISTRIES = [
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "registry.npmjs" + ".org",
    "yarnpkg" + ".com",
    "deb.debian" + ".org",
    "archive.ubuntu" + ".com",
    "tuna.tsinghua" + ".edu",
    "npmmirror" + ".com",
]
MACHINE_PATHS = re.compile(
    r"(?<![\w.])/(?:" + "|".join(["work", "home", "Users", "root"]) + r")/\w"
)
UNFINISHED = re.compile(r"\b(?:" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3]) + r")\b")
CODE = (".py", ".sh", ".html", ".css", ".js", ".cfg", ".toml")
TEXTS = tracked_texts()
MAX_BYTES = 20_000_000


@pytest.mark.parametrize("registry", REGISTRIES)
def test_no_file_names_a_package_registry(registry: str) -> None:
    assert [name for name, text in TEXTS if registry in text] == []


def test_no_file_names_a_path_of_one_machine() -> None:
    found = [
        f"{name}: {match.group()}" for name, text in TEXTS for match in MACHINE_PATHS.finditer(text)
    ]
    assert found == []


def test_nothing_is_left_to_be_done() -> None:
    found = [
        name
        for name, text in TEXTS
        if name.endswith(CODE) and (UNFINISHED.search(text) or "NotImplemented" + "Error" in text)
    ]
    assert found == []


def test_no_secret_or_database_is_kept() -> None:
    refused = {".db", ".sqlite", ".pem", ".key", ".pkl", ".pickle", ".joblib"}
    assert [path.name for path in tracked_files() if path.suffix in refused] == []


def test_no_file_is_too_large_to_review() -> None:
    found = [path.name for path in tracked_files() if path.stat().st_size > MAX_BYTES]
    assert found == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_its_digests(name: str) -> None:
    text = (PROJECT / name).read_text("utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) > 10
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+==[0-9][\w.]* \\\n", entry), entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]


def test_lock_covers_what_setup_asks_for() -> None:
    import configparser

    setup = configparser.ConfigParser()
    setup.read(PROJECT / "setup.cfg", "utf-8")
    locks = (PROJECT / "requirements.lock").read_text("utf-8")
    dev = locks + "\n" + (PROJECT / "requirements-dev.lock").read_text("utf-8")
    for wanted, lock in (
        (setup["options"]["install_requires"], locks),
        (setup["options.extras_require"]["dev"], dev),
    ):
        pinned = set(re.findall(r"^([a-z0-9._-]+)==", lock, re.MULTILINE))
        names = {re.split(r"[<>=~!\[; ]", line)[0].lower() for line in wanted.split("\n") if line}
        assert names <= pinned


def test_both_locks_agree() -> None:
    pins = [
        dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (PROJECT / name).read_text("utf-8"), re.M))
        for name in ("requirements.lock", "requirements-dev.lock")
    ]
    shared = pins[0].keys() & pins[1].keys()
    assert shared
    assert all(pins[0][name] == pins[1][name] for name in shared)


def test_build_needs_only_what_is_locked() -> None:
    build = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["build-system"]
    lock = (PROJECT / "requirements.lock").read_text("utf-8")
    for requirement in build["requires"]:
        name = re.split(r"[<>=]", requirement)[0]
        assert re.search(rf"^{name}==", lock, re.MULTILINE)


def test_npm_lock_names_no_host_and_has_digests() -> None:
    text = (PROJECT / "package-lock.json").read_text("utf-8")
    assert "http" not in text
    assert text.count('"integrity": "sha512-') >= 2
