from __future__ import annotations

from pathlib import Path

import pytest

from server.signalling import typescript
from server.signalling.events import CLIENT_EVENTS, SERVER_EVENTS


def test_the_clients_types_are_those_of_the_schemas() -> None:
    assert typescript.main(["--check"]) == 0, "run `python -m server.signalling.typescript`"


def test_a_stale_file_fails_the_check_and_is_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stale = tmp_path / "live" / "protocol.ts"
    monkeypatch.setattr(typescript, "PROTOCOL_FILE", stale)
    assert typescript.main(["--check"]) == 1
    assert "stale" in capsys.readouterr().err
    assert typescript.main([]) == 0
    assert typescript.main(["--check"]) == 0
    stale.write_text(stale.read_text() + "// by hand\n")
    assert typescript.main(["--check"]) == 1


def test_every_event_of_the_table_is_typed() -> None:
    source = typescript.protocol_source()
    for row in CLIENT_EVENTS:
        types = f"request: {row.request.__name__}; ack: {row.ack.__name__} | RefusedAck"
        assert f'"{row.name}": {{ {types} }};' in source
    for event, view in SERVER_EVENTS.items():
        assert f"  {event}: {view.__name__};" in source


def test_what_a_request_may_leave_out_is_optional_and_a_view_has_all_its_fields() -> None:
    source = typescript.protocol_source()
    assert "readonly text?: string | null;" in source
    assert "readonly answer: string | null;" in source
    assert "readonly sources: Readonly<Record<string, SourceName>>;" in source
    assert "readonly people: readonly PersonView[];" in source


def test_what_has_no_typescript_is_refused() -> None:
    with pytest.raises(TypeError):
        typescript._typescript(bytes)
