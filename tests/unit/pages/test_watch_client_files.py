from __future__ import annotations

import json
from pathlib import Path

import pytest

from server.pages.client_files import ClientNotBuilt, read_client_files
from tests.integration.pages.world import built_client


def test_the_player_is_found_with_its_styles(tmp_path: Path) -> None:
    player = read_client_files(built_client(tmp_path)).player
    assert player.script == "/static/assets/player-HHHHHHHH.js"
    assert player.styles == ("/static/assets/player-IIIIIIII.css",)


def test_a_client_that_was_built_before_there_was_a_player_says_what_to_do(tmp_path: Path) -> None:
    folder = built_client(tmp_path)
    path = folder / ".vite" / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["player/main.ts"]
    path.write_text(json.dumps(manifest))
    with pytest.raises(ClientNotBuilt, match=r"player/main\.ts is not in the client: build it again"):
        read_client_files(folder)
