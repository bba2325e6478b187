"""Finds the names of all actions that the server's code puts into the audit, by reading it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

SERVER = Path(__file__).parents[3] / "server"
AUDITING = {"audit": 2, "audit_each": 2, "audit_account": 2, "AuditEntry": None}
"""Functions that take an action: its place among the arguments; None: by name only."""

NAMING = "staff_action"
"""The function that names what staff do in a class: its results are actions."""

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def audited_actions(folder: Path = SERVER) -> dict[str, str]:
    """Each action, with a place where it is used."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*.py")):
        if path.name == "auditing.py" or "migrations" in path.parts:
            continue
        text = path.read_text()
        if not any(name in text for name in (*AUDITING, NAMING)):
            continue
        for action in _actions_of(ast.parse(text)):
            found.setdefault(action, f"{path.relative_to(folder)}")
    return found


def _actions_of(tree: ast.Module) -> Iterator[str]:
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    functions = [node for node in ast.walk(tree) if isinstance(node, FunctionNode)]
    for function in functions:
        if function.name == NAMING:
            yield from _results(function)
    takes: dict[str, int | None] = dict(AUDITING)
    done: set[str] = set()
    while set(takes) - done:
        wanted = set(takes) - done
        done |= wanted
        for around, call in _calls(tree, functions, wanted):
            for value in _action_arguments(call, takes[_name_of(call)]):
                yield from _strings(value, around, constants, takes)


def _results(function: FunctionNode) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            for value in ast.walk(node.value):
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield value.value


def _calls(
    tree: ast.Module, functions: list[FunctionNode], wanted: set[str]
) -> Iterator[tuple[list[FunctionNode], ast.Call]]:
    """Each call of one of these, with the functions around it, the innermost first."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and _name_of(call) in wanted:
            around = [each for each in functions if any(node is call for node in ast.walk(each))]
            yield sorted(around, key=lambda each: sum(1 for _ in ast.walk(each))), call


def _name_of(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _action_arguments(call: ast.Call, place: int | None) -> list[ast.expr]:
    named = [keyword.value for keyword in call.keywords if keyword.arg == "action"]
    if named:
        return named
    if place is None:
        return []
    if isinstance(call.func, ast.Attribute) and _name_of(call) not in AUDITING:
        place -= 1  # the method's own `self`
    return [call.args[place]] if len(call.args) > place else []


def _strings(
    value: ast.expr,
    around: list[FunctionNode],
    constants: dict[str, ast.expr],
    takes: dict[str, int | None],
) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from _strings(value.body, around, constants, takes)
        yield from _strings(value.orelse, around, constants, takes)
    elif isinstance(value, ast.Name):
        for function in around:
            if given := _assigned(function, value.id):
                for each in given:
                    yield from _strings(each, around, constants, takes)
                return
            if value.id in (names := _parameters(function)):
                if not function.name.startswith("_"):
                    raise AssertionError(f"{function.name}: calls from other modules are not looked for")
                takes[function.name] = names.index(value.id)
                return
        if value.id not in constants:
            raise AssertionError(f"line {value.lineno}: where does {value.id} come from?")
        yield from _strings(constants[value.id], around, constants, takes)
    else:
        raise AssertionError(f"line {value.lineno}: an action is to be a word, or one of two words")


def _assigned(function: FunctionNode, name: str) -> list[ast.expr]:
    return [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    ]


def _parameters(function: FunctionNode) -> list[str]:
    return [each.arg for each in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
