"""Which way imports go, how large a module may be, and who may use what."""

from __future__ import annotations

import ast

from tests.contracts.project import Module, modules

MAX_LINES = 400
LEAVES = {"matcher", "errors", "records", "identity", "settings", "results"}
BASE = LEAVES | {"vocabulary"}
# Room → the rooms that it may import. docs/architecture.md draws the same.
MAY_IMPORT: dict[str, set[str]] = {
    "matcher": set(),
    "errors": set(),
    "records": set(),
    "identity": set(),
    "settings": set(),
    "results": set(),
    "vocabulary": LEAVES,
    "schemas": BASE,
    "text": BASE,
    "retrieval": BASE | {"text"},
    "ranking": BASE | {"text", "retrieval"},
    "store": BASE | {"text"},
    "allocation": BASE,
    "intake": BASE | {"schemas", "text", "retrieval", "ranking"},
    "interchange": BASE | {"schemas", "text"},
    "learning": BASE | {"schemas", "text", "retrieval", "ranking", "interchange"},
    "reports": BASE | {"schemas", "text", "retrieval", "ranking", "interchange", "learning"},
    "simulation": BASE | {"learning"},
    "workflow": BASE
    | {"schemas", "text", "retrieval", "ranking", "interchange", "learning", "reports"}
    | {"intake", "store", "simulation", "allocation"},
    "cli": BASE
    | {"schemas", "text", "retrieval", "ranking", "interchange", "learning", "reports"}
    | {"intake", "store", "simulation", "allocation", "workflow"},
}
HEAVY = {"sklearn", "pandas", "lightgbm"}
MAY_BE_HEAVY = {"learning", "reports", "interchange"}
WEB_FRAMEWORK = {"flask", "flask_babel", "flask_wtf", "htmx_flask", "werkzeug", "jinja2"}
MATCHER = modules("matcher")
WEB = modules("web")


def room_of(name: str) -> str:
    """The room of a module of matcher; the plain results are a room of their own."""
    if name == "matcher.ranking.results":
        return "results"
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else "matcher"


def test_imports_go_the_allowed_way() -> None:
    wrong = [
        f"{module.name}:{line} imports {name}"
        for module in MATCHER
        for name, line in module.imports()
        if name.split(".")[0] == "matcher"
        and room_of(name) not in MAY_IMPORT[room_of(module.name)] | {room_of(module.name)}
    ]
    assert wrong == []


def test_every_room_of_matcher_has_a_rule() -> None:
    assert {room_of(module.name) for module in MATCHER} <= set(MAY_IMPORT)


def test_matcher_knows_no_web() -> None:
    refused = WEB_FRAMEWORK | {"web"}
    assert users_of(MATCHER, refused) == set()


def test_heavy_libraries_stay_in_their_rooms() -> None:
    light = tuple(
        module
        for module in MATCHER + WEB
        if module.name.startswith("web") or room_of(module.name) not in MAY_BE_HEAVY
    )
    assert users_of(light, HEAVY) == set()


def test_modules_are_small_enough_to_read() -> None:
    large = {module.name: module.n_lines for module in MATCHER + WEB if module.n_lines > MAX_LINES}
    assert large == {}


def test_htmx_flask_is_used_through_one_file() -> None:
    assert users_of(WEB, {"htmx_flask"}) == {"web.hx"}


def test_sql_is_written_in_the_store_alone() -> None:
    elsewhere = [module for module in MATCHER + WEB if not module.name.startswith("matcher.store")]
    found = [
        f"{module.name}:{node.lineno} {node.value[:60]!r}"
        for module in elsewhere
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and is_sql(node.value)
    ]
    assert found == []


def test_sql_is_recognised() -> None:
    assert is_sql("SELECT a FROM b")
    assert is_sql("INSERT INTO b VALUES (1)")
    assert not is_sql("Select a provider from the list")


def test_features_do_not_import_each_other() -> None:
    prefix = "matcher.ranking.features."
    shared = {f"{prefix}base"}
    found = [
        f"{module.name} imports {name}"
        for module in MATCHER
        if module.name.startswith(prefix)
        for name, _ in module.imports()
        if name.startswith(prefix) and name not in shared
    ]
    assert found == []


def test_no_assert_outside_tests() -> None:
    found = [
        f"{module.name}:{node.lineno}"
        for module in MATCHER + WEB
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assert)
    ]
    assert found == []


def users_of(looked_at: tuple[Module, ...], packages: set[str]) -> set[str]:
    """The modules that import one of some packages."""
    return {
        module.name
        for module in looked_at
        for name, _ in module.imports()
        if name.split(".")[0] in packages
    }


def is_sql(text: str) -> bool:
    """Whether a text begins as a statement does, in capitals as this project writes them."""
    words = text.split()
    match words[:1]:
        case ["SELECT"]:
            return "FROM" in words or len(words) < 4
        case ["INSERT" | "DELETE" | "CREATE" | "DROP" | "ALTER" | "PRAGMA"]:
            return len(words) > 1
        case ["UPDATE"]:
            return "SET" in words
        case _:
            return False
