"""Writes `web_client/live/protocol.ts` from the event table and the schemas.

`python -m server.signalling.typescript` writes the file, with `--check` it only says (exit code 1) whether
the file is stale. In a request, a field with a default may be left out; in a view every field is there.
"""

from __future__ import annotations

import argparse
import inspect
import sys
import types
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from server.signalling import catalogue, kinds
from server.signalling.events import CLIENT_EVENTS, SERVER_EVENTS

PROTOCOL_FILE = Path(__file__).parents[2] / "web_client" / "live" / "protocol.ts"
HEAD = """\
// Written by `python -m server.signalling.typescript` from server/signalling. Do not edit.
// What travels over Socket.IO; the protocol in prose is docs/protocol.md. Times are ISO 8601 in UTC.
"""
_SCALARS: dict[Any, str] = {str: "string", bool: "boolean", int: "number", datetime: "string"}


def protocol_source() -> str:
    """The whole of protocol.ts."""
    parts = [HEAD]
    for name, value in sorted(kinds.VALUES.items()):
        parts.append(f"export type {name} = {_literal(value)};\n")
    parts.extend(_interface(model) for model in _models())
    parts.append(_client_events())
    parts.append(_server_events())
    return "\n".join(parts)


def _models() -> Iterator[type[BaseModel]]:
    """Every schema that is part of the protocol, by name."""
    yield from sorted(catalogue.models(), key=lambda model: model.__name__)


def _interface(model: type[BaseModel]) -> str:
    fields = []
    hints = get_type_hints(model, include_extras=True)
    for name, field in model.model_fields.items():
        if field.description:
            fields.append(_comment(field.description, "  "))
        optional = issubclass(model, kinds.Request) and not field.is_required()
        fields.append(f"  readonly {name}{'?' if optional else ''}: {_typescript(hints[name])};\n")
    comment = _comment(model.__doc__ or "", "")
    if not fields:
        return f"{comment}export type {model.__name__} = Readonly<Record<string, never>>;\n"
    return f"{comment}export interface {model.__name__} {{\n{''.join(fields)}}}\n"


def _comment(text: str, indent: str) -> str:
    lines = inspect.cleandoc(text).splitlines()
    if len(lines) == 1:
        return f"{indent}/** {lines[0]} */\n"
    body = "".join(f"{indent} * {line}".rstrip() + "\n" for line in lines)
    return f"{indent}/**\n{body}{indent} */\n"


def _typescript(annotation: Any) -> str:  # noqa: ANN401 - an annotation can be anything
    """The TypeScript for a Python annotation; refuses what the protocol has no business with."""
    for name, value in kinds.VALUES.items():
        if annotation == value:
            return name
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    if annotation is type(None):
        return "null"
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _typescript(args[0])
    if origin is Literal:
        return _literal(annotation)
    if origin in (Union, types.UnionType):
        return " | ".join(_typescript(arg) for arg in args)
    if origin is list or (origin is tuple and len(args) == 2 and args[1] is Ellipsis):
        item = _typescript(args[0])
        return f"readonly ({item})[]" if " | " in item else f"readonly {item}[]"
    if origin is dict:
        return f"Readonly<Record<{_typescript(args[0])}, {_typescript(args[1])}>>"
    if inspect.isclass(annotation) and issubclass(annotation, kinds.Request | kinds.View):
        return annotation.__name__
    raise TypeError(f"no TypeScript for {annotation!r}")


def _literal(annotation: Any) -> str:  # noqa: ANN401 - a Literal has no type of its own
    return " | ".join(
        str(value).lower() if isinstance(value, bool) else f'"{value}"' for value in get_args(annotation)
    )


def _client_events() -> str:
    rows = "".join(
        f'  "{row.name}": {{ request: {row.request.__name__}; ack: {row.ack.__name__} | RefusedAck }};\n'
        for row in CLIENT_EVENTS
    )
    comment = _comment("What a client sends, and how it is acknowledged.", "")
    return f"{comment}export interface ClientEvents {{\n{rows}}}\n"


def _server_events() -> str:
    rows = "".join(f"  {name}: {view.__name__};\n" for name, view in SERVER_EVENTS.items())
    comment = _comment("What the server sends, unacknowledged.", "")
    return f"{comment}export interface ServerEvents {{\n{rows}}}\n"


def main(arguments: list[str] | None = None) -> int:
    """Write the file, or check it; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m server.signalling.typescript", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether the file is stale")
    options = parser.parse_args(arguments)
    source = protocol_source()
    if options.check:
        if PROTOCOL_FILE.exists() and PROTOCOL_FILE.read_text(encoding="utf-8") == source:
            return 0
        sys.stderr.write(
            f"{PROTOCOL_FILE.name} is stale: run `python -m server.signalling.typescript` and commit it\n"
        )
        return 1
    PROTOCOL_FILE.parent.mkdir(parents=True, exist_ok=True)
    PROTOCOL_FILE.write_text(source, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
