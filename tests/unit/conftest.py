"""What every unit test may ask for: a key of its own, and an empty home."""

import pytest

from tests.support.city import empty_home


@pytest.fixture(autouse=True)
def _own_key(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("key")
    monkeypatch.setenv("HOTLINE_KEY_FILE", str(folder / "caller.key"))


@pytest.fixture
def home(tmp_path):
    return empty_home(tmp_path / "home")
