"""Settings: read once, checked at start, each wrong one named."""

import dataclasses

import pytest

from server.config import Settings, SettingsError, describe_settings, read_settings


def test_nothing_needs_to_be_set():
    settings = read_settings({})
    assert settings.http_port == 8080
    assert settings.base_url == "http://127.0.0.1:8080"
    assert settings.database.startswith("sqlite+aiosqlite:////")
    assert settings.database.endswith("/.moveroom/moveroom.sqlite3")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MOVEROOM_HTTP_PORT", "eighty"),
        ("MOVEROOM_HTTP_PORT", "65536"),
        ("MOVEROOM_HTTP_PORT", ""),
        ("MOVEROOM_MEDIA_PORT", "-1"),
        ("MOVEROOM_MEDIA_WORKERS", "65"),
        ("MOVEROOM_HTTP_HOST", "my host"),
        ("MOVEROOM_DATABASE_URL", "oracle://x"),
        ("MOVEROOM_TIME_ZONE", "Europe/Atlantis"),
        ("MOVEROOM_TIME_ZONE", "../../etc/passwd"),
        ("MOVEROOM_PUBLIC_URL", "classes.example.org"),
        ("MOVEROOM_LOG_LEVEL", "loud"),
        ("MOVEROOM_DATA_DIR", " "),
    ],
)
def test_a_wrong_setting_is_named(name, value):
    with pytest.raises(SettingsError, match=name):
        read_settings({name: value})


def test_there_is_a_media_worker_for_each_core_unless_a_number_is_set(monkeypatch):
    monkeypatch.setattr("server.config.usable_cores", lambda: 5)
    assert read_settings({}).worker_count == 5
    assert read_settings({"MOVEROOM_MEDIA_WORKERS": "1"}).worker_count == 1


def test_there_must_be_a_port_for_every_media_worker():
    ports = {"MOVEROOM_MEDIA_PORT": "65534", "MOVEROOM_MEDIA_WORKERS": "2"}
    assert read_settings(ports).worker_count == 2
    with pytest.raises(SettingsError, match=r"MOVEROOM_MEDIA_PORT=65534 .* 65533"):
        read_settings(ports | {"MOVEROOM_MEDIA_WORKERS": "3"})


@pytest.mark.parametrize("http_port", ["9000", "9001"])
@pytest.mark.parametrize(
    ("http_host", "media_host"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "192.0.2.1"), ("192.0.2.1", "::"), ("::", "0.0.0.0")],
)
def test_pages_and_media_cannot_have_the_same_port(http_port: str, http_host: str, media_host: str):
    hosts = {"MOVEROOM_HTTP_HOST": http_host, "MOVEROOM_MEDIA_HOST": media_host}
    ports = {"MOVEROOM_MEDIA_PORT": "9000", "MOVEROOM_MEDIA_WORKERS": "2", "MOVEROOM_HTTP_PORT": http_port}
    with pytest.raises(SettingsError, match=rf"MOVEROOM_HTTP_PORT={http_port} .*MOVEROOM_MEDIA_PORT=9000"):
        read_settings(hosts | ports)


@pytest.mark.parametrize(
    "change",
    [
        {"MOVEROOM_HTTP_PORT": "9002"},
        {"MOVEROOM_HTTP_PORT": "8999"},
        {"MOVEROOM_HTTP_HOST": "127.0.0.2"},
        {"MOVEROOM_HTTP_HOST": "::1", "MOVEROOM_MEDIA_HOST": "0.0.0.0"},
    ],
)
def test_pages_and_media_may_have_ports_beside_each_other_or_other_addresses(change: dict[str, str]):
    clash = {"MOVEROOM_MEDIA_PORT": "9000", "MOVEROOM_MEDIA_WORKERS": "2", "MOVEROOM_HTTP_PORT": "9001"}
    assert read_settings(clash | change).media_port == 9000


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_the_database_can_be_a_postgresql(scheme):
    url = f"{scheme}://moveroom:hunter2@db/moveroom"
    assert read_settings({"MOVEROOM_DATABASE_URL": url}).database == url


def test_a_wrong_address_of_the_database_is_not_repeated():
    with pytest.raises(SettingsError) as refusal:
        read_settings({"MOVEROOM_DATABASE_URL": "mysql://moveroom:hunter2@db/moveroom"})
    assert "hunter2" not in str(refusal.value)
    assert "postgresql+psycopg://" in str(refusal.value)


def test_a_slip_in_a_name_is_named():
    with pytest.raises(SettingsError, match="MOVEROOM_HTP_PORT is not a setting"):
        read_settings({"MOVEROOM_HTP_PORT": "8081"})


def test_other_variables_are_none_of_our_business():
    assert read_settings({"PATH": "/bin", "PORT": "nonsense"}) == read_settings({})


def test_every_setting_is_described():
    text = describe_settings()
    for field in dataclasses.fields(Settings):
        assert f"MOVEROOM_{field.name.upper()}\n" in text
        assert field.metadata["meaning"] in text


MAIL = {"MOVEROOM_SMTP_HOST": "smtp.example.org", "MOVEROOM_MAIL_FROM": "classes@example.org"}


def test_no_mail_is_sent_unless_a_mail_server_is_set():
    assert not read_settings({}).sends_mail
    assert read_settings(MAIL).sends_mail


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"MOVEROOM_MAIL_FROM": ""}, "MOVEROOM_MAIL_FROM"),
        ({"MOVEROOM_MAIL_FROM": "Classes <classes@example.org>"}, "MOVEROOM_MAIL_FROM"),
        ({"MOVEROOM_MAIL_FROM": "a@example.org\r\nBcc: b@example.org"}, "MOVEROOM_MAIL_FROM"),
        ({"MOVEROOM_MAIL_NAME": "Classes\r\nBcc: b@example.org"}, "MOVEROOM_MAIL_NAME"),
        ({"MOVEROOM_SMTP_HOST": "smtp example"}, "MOVEROOM_SMTP_HOST"),
        ({"MOVEROOM_SMTP_PORT": "65536"}, "MOVEROOM_SMTP_PORT"),
        ({"MOVEROOM_SMTP_SECURITY": "ssl"}, "MOVEROOM_SMTP_SECURITY"),
        ({"MOVEROOM_SMTP_SECURITY": "none"}, "MOVEROOM_SMTP_SECURITY"),
        ({"MOVEROOM_SMTP_USER": "moveroom"}, "MOVEROOM_SMTP_PASSWORD"),
        ({"MOVEROOM_SMTP_PASSWORD": "secret"}, "MOVEROOM_SMTP_USER"),
    ],
)
def test_mail_settings_that_do_not_go_together_stop_the_start(wrong: dict[str, str], named: str):
    with pytest.raises(SettingsError, match=named):
        read_settings(MAIL | wrong)


@pytest.mark.parametrize("here", ["127.0.0.1", "::1", "localhost"])
def test_mail_goes_in_the_clear_to_this_machine_only(here: str):
    assert read_settings(MAIL | {"MOVEROOM_SMTP_HOST": here, "MOVEROOM_SMTP_SECURITY": "none"}).sends_mail


def test_a_password_for_mail_is_never_repeated():
    with pytest.raises(SettingsError) as wrong:
        read_settings(MAIL | {"MOVEROOM_SMTP_USER": "u", "MOVEROOM_SMTP_PASSWORD": "tell\tnobody"})
    assert "nobody" not in str(wrong.value)
    settings = read_settings(MAIL | {"MOVEROOM_SMTP_USER": "u", "MOVEROOM_SMTP_PASSWORD": "nobody"})
    assert "nobody" not in repr(settings)
