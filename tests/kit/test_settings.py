"""The environment is understood once, and nonsense in it stops the start with one line."""

import pytest

from rewards.kit.settings import SettingsError, load_settings


def test_an_empty_environment_is_enough(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = load_settings({})
    assert settings.data == tmp_path / "instance"
    assert settings.database_url == f"sqlite:///{tmp_path}/instance/laurel.db"
    assert settings.jobs is True
    assert settings.proxies == 0
    assert settings.trusted_hosts == ["127.0.0.1", "localhost"]
    assert settings.mail_url == f"file://{tmp_path}/instance/outbox"
    assert settings.secret_key_file == tmp_path / "instance" / "secret_key"


def test_everything_lies_in_the_data_folder_unless_said_otherwise(tmp_path):
    settings = load_settings({"LAUREL_DATA": str(tmp_path), "LAUREL_MEDIA_URL": "file:///var/pictures"})
    assert str(tmp_path) in settings.database_url
    assert settings.encryption_keys_file.parent == tmp_path
    assert settings.media_url == "file:///var/pictures"


@pytest.mark.parametrize("is_installed", [True, False])
def test_a_bucket_needs_what_speaks_to_it(monkeypatch, is_installed):
    monkeypatch.setattr("rewards.kit.settings.find_spec", lambda name: object() if is_installed else None)
    if is_installed:
        assert load_settings({"LAUREL_MEDIA_URL": "s3://bucket/prefix"}).media_url == "s3://bucket/prefix"
    else:
        with pytest.raises(SettingsError, match=r"--editable '\.\[s3\]'"):
            load_settings({"LAUREL_MEDIA_URL": "s3://bucket/prefix"})


def test_an_empty_variable_is_an_absent_one(tmp_path):
    assert load_settings({"LAUREL_DATA": str(tmp_path), "LAUREL_JOBS": "", "DATABASE_URL": " "}).jobs is True


def test_the_own_address_is_a_trusted_host():
    settings = load_settings({"LAUREL_BASE_URL": "https://Rewards.example.org:8443/"})
    assert settings.base_url == "https://rewards.example.org:8443"
    assert settings.trusted_hosts == ["rewards.example.org", "127.0.0.1", "localhost"]
    assert settings.is_https


def test_lists_are_written_with_commas():
    settings = load_settings({"LAUREL_TRUSTED_HOSTS": "a.example.org, .b.example.org", "LAUREL_ALLOWED_NETWORKS": "10.0.0.0/8,fd00::/8"})
    assert settings.trusted_hosts == ["a.example.org", ".b.example.org"]
    assert [str(network) for network in settings.allowed_networks] == ["10.0.0.0/8", "fd00::/8"]


def test_a_rate_is_so_many_calls_in_a_span():
    assert load_settings({"LAUREL_API_RATE": "20/second"}).api_rate == (20, 1)
    assert load_settings({}).api_rate == (600_000, 60)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://host/name"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "laurel.db"),
        ("LAUREL_JOBS", "maybe"),
        ("LAUREL_JOBS", "1"),
        ("LAUREL_BASE_URL", "rewards.example.org"),
        ("LAUREL_BASE_URL", "https://example.org/laurel"),
        ("LAUREL_BASE_URL", "https://example.org:99999"),
        ("LAUREL_TRUSTED_HOSTS", "good.example.org,no host"),
        ("LAUREL_PROXIES", "-1"),
        ("LAUREL_PROXIES", "1_0"),
        ("LAUREL_PROXIES", "many"),
        ("LAUREL_MAIL_URL", "pigeon:"),
        ("LAUREL_MAIL_URL", "smtp://"),
        ("LAUREL_MAIL_URL", "file://outbox"),
        ("LAUREL_MAIL_URL", "smtp://host/folder"),
        ("LAUREL_MAIL_URL", "smtps://host:99999"),
        ("LAUREL_MAIL_URL", "smtps://host?from=nobody"),
        ("LAUREL_MAIL_URL", "smtps://host?to=a@example.org"),
        ("LAUREL_MEDIA_URL", "ftp://host/folder"),
        ("LAUREL_ALLOWED_NETWORKS", "10.0.0.1/8"),
        ("LAUREL_API_RATE", "600"),
        ("LAUREL_API_RATE", "0/minute"),
        ("LAUREL_API_RATE", "6/fortnight"),
    ],
)
def test_nonsense_is_named_with_its_value_and_what_is_expected(name, value):
    with pytest.raises(SettingsError) as refused:
        load_settings({name: value})
    message = str(refused.value)
    assert "\n" not in message
    assert message.startswith(f"{name} is {value!r}; expected is ")


def test_a_file_in_the_place_of_the_data_folder_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match=r"LAUREL_DATA is .*expected is a folder"):
        load_settings({"LAUREL_DATA": str(tmp_path / "file")})


def test_a_password_in_an_address_is_not_repeated():
    with pytest.raises(SettingsError) as refused:
        load_settings({"DATABASE_URL": "mysql://laurel:hunter2@host/name"})
    assert "hunter2" not in str(refused.value)
