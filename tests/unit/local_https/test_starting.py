"""The settings of a demo on the local network: what is added, and what a person has set stays."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.config import SettingsError, read_settings
from server.local_https.addresses import local_names
from server.local_https.starting import local_https
from server.local_https.terminal import how_phones_join, qr_code

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
CLINIC = local_names(["192.168.1.20"], "clinic")


def test_the_demo_is_open_to_the_network_over_https_and_announces_its_address(tmp_path: Path):
    made = local_https({"MOVEROOM_DATA_DIR": str(tmp_path), "MOVEROOM_HTTP_PORT": "8443"}, CLINIC, NOW)
    assert made.settings.base_url == "https://192.168.1.20:8443"
    assert made.settings.local_url == "https://127.0.0.1:8443"
    assert made.settings.http_host == "0.0.0.0"
    assert made.settings.media_announced == ("192.168.1.20",)
    assert made.settings.https_cert == made.certificates.certificate
    assert made.page == "http://192.168.1.20:8081/local"
    assert read_settings({"MOVEROOM_DATA_DIR": str(tmp_path), **made.added}).base_url.startswith("https:")


def test_what_a_person_has_set_stays(tmp_path: Path):
    given = {"MOVEROOM_DATA_DIR": str(tmp_path), "MOVEROOM_PUBLIC_URL": "https://clinic.local:8080"}
    made = local_https(given, CLINIC, NOW)
    assert made.settings.base_url == "https://clinic.local:8080"
    assert "MOVEROOM_PUBLIC_URL" not in made.added


def test_a_certificate_needs_its_key_and_an_address_that_begins_with_https(tmp_path: Path):
    file = tmp_path / "server.crt"
    file.write_text("")
    with pytest.raises(SettingsError, match="go together"):
        read_settings({"MOVEROOM_HTTPS_CERT": str(file)})
    both = {"MOVEROOM_HTTPS_CERT": str(file), "MOVEROOM_HTTPS_KEY": str(file)}
    with pytest.raises(SettingsError, match="begins with https"):
        read_settings({**both, "MOVEROOM_PUBLIC_URL": "http://classes.example.org"})
    with pytest.raises(SettingsError, match=r"HTTPS_CERT .*no such file"):
        read_settings({**both, "MOVEROOM_HTTPS_CERT": str(tmp_path / "none")})


def test_the_terminal_shows_a_code_for_the_page_and_the_fingerprint():
    said = how_phones_join("http://192.168.1.20:8081/local", "AA:BB")
    assert "http://192.168.1.20:8081/local" in said
    assert "AA:BB" in said
    lines = qr_code("http://192.168.1.20:8081/local").splitlines()
    assert len(lines) > 10
    assert {character for line in lines for character in line} <= set(" ▀▄█") | set("\x1b[0;7m")
