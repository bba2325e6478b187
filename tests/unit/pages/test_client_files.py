from __future__ import annotations

from pathlib import Path

import pytest

from server.pages.client_files import ClientNotBuilt, Entry, client_folder, entry, read_client_files


def test_an_entry_brings_the_styles_and_modules_of_all_it_imports() -> None:
    manifest = {
        "main": {"file": "assets/main.js", "css": ["assets/main.css"], "imports": ["a", "b"]},
        "a": {"file": "assets/a.js", "imports": ["b"], "css": ["assets/a.css"]},
        "b": {"file": "assets/b.js", "imports": ["a"]},
        "other": {"file": "assets/other.js"},
    }
    found = entry(manifest, "main")
    assert found == Entry(
        script="/static/assets/main.js",
        styles=("/static/assets/a.css", "/static/assets/main.css"),
        preloads=("/static/assets/a.js", "/static/assets/b.js"),
    )


def test_a_client_that_was_not_built_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(ClientNotBuilt, match="npm run build"):
        read_client_files(tmp_path)


def test_the_checkout_has_the_templates() -> None:
    assert (client_folder() / "templates" / "layout.jinja").is_file()
