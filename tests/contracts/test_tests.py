"""The tests themselves: each can fail, none is skipped, none replaces our own code."""

from __future__ import annotations

import ast

from tests.contracts.project import Module, modules

TESTS = tuple(
    module for module in modules("tests") if module.name.split(".")[-1].startswith("test_")
)
CHECKS = {"raises", "warns", "fail"}


def cases_in(module: Module) -> list[ast.FunctionDef]:
    return [node for node in functions_of(module) if node.name.startswith("test_")]


def functions_of(module: Module) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef)]


def called_names(function: ast.FunctionDef) -> set[str]:
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in calls
        if isinstance(node, ast.Attribute | ast.Name)
    }


def asserts(function: ast.FunctionDef) -> bool:
    return any(isinstance(node, ast.Assert) for node in ast.walk(function))


def test_every_test_can_fail() -> None:
    checking = CHECKS | {
        function.name
        for module in modules("tests")
        for function in functions_of(module)
        if not function.name.startswith("test_") and asserts(function)
    }
    weak = [
        f"{module.name}.{function.name}"
        for module in TESTS
        for function in cases_in(module)
        if not asserts(function)
        and not any(
            name in checking or name.startswith("assert") for name in called_names(function)
        )
    ]
    assert weak == []


def test_every_test_file_holds_a_test() -> None:
    assert [module.name for module in TESTS if not cases_in(module)] == []


def test_no_test_is_skipped_or_waits() -> None:
    refused = {"skip", "skipif", "importorskip", "sleep"}
    found = [
        f"{module.name}:{node.lineno} {node.attr}"
        for module in TESTS
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr in refused
    ]
    assert found == []


def test_no_test_measures_time() -> None:
    """A busy machine is no fault of the code: speed is measured by ``make bench-speed``."""
    clocks = {"perf_counter", "process_time", "monotonic", "thread_time", "timeit"}
    found = [
        f"{module.name}:{node.lineno} {node.attr}"
        for module in TESTS
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr in clocks
    ]
    assert found == []


def test_no_test_replaces_our_own_code() -> None:
    found = [
        module.name
        for module in TESTS
        if any(name.startswith("unittest") for name, _ in module.imports())
    ]
    assert found == []
