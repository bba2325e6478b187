from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.signalling import catalogue, typescript
from server.signalling import protocol_document as document
from server.signalling.events import CLIENT_EVENTS, SERVER_EVENTS
from server.signalling.requests import ConnectAuth
from server.signalling.schemas import RefusedAck

ROOT = Path(__file__).parents[3]
PROTOCOL = ROOT / "docs" / "protocol.md"
RAISING = sorted(
    [
        *(ROOT / "server" / "rooms").glob("*.py"),
        *(ROOT / "server" / "signalling").glob("*.py"),
        *(ROOT / "server" / "media" / name for name in ("dtls.py", "peer.py", "sfu.py", "spec_check.py")),
    ]
)
"""Where what a client is told comes from; the worker's refusal of a peer reaches the client, too."""
NOT_FOR_CLIENTS = {"slot_taken"}
"""The worker's to the web process, about its routes."""
PREFIXES = {"Refused": "", "ProtocolError": "", "ErrorView": "", "wrong": "sdp_"}


def codes_in(source: str) -> Iterator[str]:
    """The codes of all errors that this source makes."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        if name not in PREFIXES:
            continue
        given = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "code")]
        for code in given:
            match code:
                case ast.Constant(value=str(text)):
                    yield PREFIXES[name] + text
                case ast.JoinedStr() | ast.Attribute(attr="code"):  # `wrong` itself, and what passes one on
                    pass
                case _:
                    raise AssertionError(f"line {node.lineno}: the code of this {name} cannot be read")


def codes_raised() -> set[str]:
    return {code for path in RAISING for code in codes_in(path.read_text())} - NOT_FOR_CLIENTS


def codes_documented() -> set[str]:
    """The codes in the first column of section 7's tables."""
    section = PROTOCOL.read_text().split("\n## 7. ")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return {code for cell in rows for code in re.findall(r"`([a-z_]+)`", cell)}


def test_the_fields_in_the_document_are_those_of_the_schemas() -> None:
    assert document.main(["--check"]) == 0, "run `python -m server.signalling.protocol_document`"


def test_a_stale_document_fails_the_check_and_is_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stale = tmp_path / "docs" / "protocol-fields.md"
    monkeypatch.setattr(document, "FIELDS_FILE", stale)
    assert document.main(["--check"]) == 1
    assert "stale" in capsys.readouterr().err
    assert document.main([]) == 0
    assert document.main(["--check"]) == 0
    stale.write_text(stale.read_text() + "by hand\n")
    assert document.main(["--check"]) == 1


def test_every_model_of_the_clients_types_and_every_event_has_its_place() -> None:
    written = document.fields_document()
    for model in {*typescript._models(), ConnectAuth, RefusedAck}:
        assert f"\n### {model.__name__}\n" in written
    for name in (*(row.name for row in CLIENT_EVENTS), *SERVER_EVENTS):
        assert f"\n| `{name}` | " in written
        assert f"`{name}`" in PROTOCOL.read_text()


def test_every_field_has_a_meaning_and_every_meaning_a_field() -> None:
    fields = [(model, field) for model in catalogue.models() for field in model.model_fields]
    assert all(document.meaning_of(model, field) for model, field in fields)
    undescribed = [(model, field) for model, field in fields if not model.model_fields[field].description]
    used = {
        full if (full := f"{model.__name__}.{field}") in document.MEANINGS else field
        for model, field in undescribed
    }
    assert set(document.MEANINGS) == used


def test_who_may_and_what_may_be_left_out_are_said() -> None:
    written = document.fields_document()
    assert "| [WhichPerson](#whichperson) | [DoneAck](#doneack) | physio, helper | in_class | 1 |" in written
    assert "| `peer` | [peer name](#kinds-of-text) or null | yes |" in written
    assert "| `starts_at` | time |" in written


def test_what_has_no_words_is_refused() -> None:
    with pytest.raises(TypeError):
        document.type_of(bytes)


def test_every_error_code_in_the_source_is_in_the_document() -> None:
    assert codes_raised() - codes_documented() == set()


def test_every_error_code_in_the_document_is_in_the_source() -> None:
    assert codes_documented() - codes_raised() == set()


def test_codes_are_read_from_the_source() -> None:
    assert set(codes_in('raise Refused("a", "x"); wrong("b", f"y"); ErrorView(code="c", words="")')) == {
        "a",
        "sdp_b",
        "c",
    }
    with pytest.raises(AssertionError, match="line 1"):
        list(codes_in("Refused(code, words)"))
