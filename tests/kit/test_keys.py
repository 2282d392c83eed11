"""Keys are made once, kept private, and refused when they could be guessed."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from rewards.kit.keys import UnsafeKey, read_or_make_key


def test_a_key_is_made_at_the_first_start_and_stays(tmp_path):
    path = tmp_path / "new" / "secret_key"
    key = read_or_make_key(path)
    assert len(key) >= 43
    assert read_or_make_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["secret_key"]


def test_two_that_start_together_have_one_key(tmp_path):
    with ThreadPoolExecutor(16) as threads:
        keys = set(threads.map(lambda _: read_or_make_key(tmp_path / "secret_key"), range(64)))
    assert len(keys) == 1


@pytest.mark.parametrize("content", ["", "short", "a" * 64, "secret" * 8, "change-me-change-me-change-me-change-me", "0123" * 10])
def test_a_key_that_could_be_guessed_is_refused(tmp_path, content):
    (tmp_path / "secret_key").write_text(content)
    with pytest.raises(UnsafeKey) as refused:
        read_or_make_key(tmp_path / "secret_key")
    assert content not in str(refused.value) or not content
