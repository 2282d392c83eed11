"""What people gave is kept under names of ours, in a folder that the settings name, and nowhere else."""

import pytest

from rewards.kit import media
from rewards.kit.errors import NotFound
from rewards.kit.installation import install
from rewards.kit.settings import load_settings


@pytest.fixture
def folder(tmp_path):
    install(load_settings({"LAUREL_DATA": str(tmp_path)}))
    yield tmp_path / "media"
    install(None)


def test_what_is_kept_is_read_again_until_it_is_forgotten(folder):
    name = media.new_name()
    media.keep(name, ".webp", b"one")
    assert media.read(name, ".webp") == b"one"
    assert [file.name for file in folder.iterdir()] == [f"{name}.webp"]
    media.forget(name, ".webp", ".small.webp")
    with pytest.raises(NotFound):
        media.read(name, ".webp")


def test_another_folder_is_another_setting(tmp_path):
    install(load_settings({"LAUREL_DATA": str(tmp_path), "LAUREL_MEDIA_URL": f"file://{tmp_path}/pictures"}))
    media.keep(media.new_name(), "", b"one")
    assert len(list((tmp_path / "pictures").iterdir())) == 1
    install(None)


@pytest.mark.parametrize(
    "name", ["", "..", "../secret_key", "a" * 31, "A" * 32, "a" * 32 + "\n", "a" * 33, "\u202e" * 32, "a/" * 16, "%2e" * 10]
)
def test_no_other_name_leads_anywhere(folder, name):
    (folder.parent / "secret_key").write_text("secret")
    with pytest.raises(NotFound):
        media.read(name, "")
    with pytest.raises(NotFound):
        media.keep(name, "", b"x")


def test_no_name_is_given_twice():
    assert len({media.new_name() for _ in range(1000)}) == 1000
