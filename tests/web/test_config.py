"""Settings: secrets are made once and kept from others, hosts are few, places are told."""

from __future__ import annotations

import stat
from pathlib import Path
from threading import Timer

import pytest

from web import access, create_app
from web.config import (
    LOOPBACK,
    WrongSetting,
    load_config,
    n_proxies,
    read_or_create_secret,
    trusted_hosts,
)
from web.confirm import network_address


def test_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret-key"
    made = read_or_create_secret(path)
    assert len(made) >= 40
    assert read_or_create_secret(path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_empty_secret_is_never_used(tmp_path: Path) -> None:
    path = tmp_path / "secret-key"
    path.touch(mode=0o600)
    assert read_or_create_secret(path)
    assert path.read_text("ascii")


def test_two_installations_have_different_secrets(tmp_path: Path) -> None:
    configs = [load_config({"AIPLUS_DATABASE": str(tmp_path / name / "a.db")}) for name in "ab"]
    assert configs[0]["SECRET_KEY"] != configs[1]["SECRET_KEY"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [("", LOOPBACK), (" , ", LOOPBACK), ("a.example, b.example", ["a.example", "b.example"])],
)
def test_only_named_hosts_are_answered(value: str, expected: list[str]) -> None:
    assert trusted_hosts({"AIPLUS_TRUSTED_HOSTS": value}) == expected


def test_behind_a_proxy_each_visitor_has_an_address_and_nobody_invents_one(
    tmp_path: Path,
) -> None:
    seen = {}
    for n, forwarded in (("", "203.0.113.9"), ("1", "198.51.100.7, 203.0.113.9"), ("1", "")):
        environ = {"AIPLUS_DATABASE": str(tmp_path / "a.db"), "AIPLUS_PROXIES": n}
        site = create_app(environ)
        site.add_url_rule("/who", "who", access.public(lambda: network_address()))
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        seen[n, forwarded] = site.test_client().get("/who", headers=headers).text
    assert list(seen.values()) == ["127.0.0.1", "203.0.113.9", "127.0.0.1"]


@pytest.mark.parametrize("told", ["-1", "one", "10", "１"])
def test_number_of_proxies_that_is_none_is_refused_in_words(told: str) -> None:
    with pytest.raises(WrongSetting, match=r"AIPLUS_PROXIES: got .* from 0 to 9"):
        n_proxies({"AIPLUS_PROXIES": told})


def test_environment_wins(tmp_path: Path) -> None:
    config = load_config(
        {
            "AIPLUS_DATABASE": str(tmp_path / "x.db"),
            "AIPLUS_SECRET_KEY": "key",
            "AIPLUS_MODELS": str(tmp_path),
        }
    )
    assert config["SECRET_KEY"] == "key"
    assert config["MODELS"] == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_second_worker_waits_for_the_secret_of_the_first(tmp_path: Path) -> None:
    path = tmp_path / "secret-key"
    path.touch(mode=0o600)  # made, and not written yet
    first = Timer(0.05, path.write_text, ["the first one's", "ascii"])
    first.start()
    assert read_or_create_secret(path) == "the first one's"
    first.join()
