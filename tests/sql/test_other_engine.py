"""All SQL of core, metric, annual, monthly and check gives the same rows on a second engine."""

import pytest

from pipeline.warehouse import build
from tests.sql.test_repeat import city as repeat_city
from tests.support import spark_engine
from tests.support.entities import make_city


def test_grid_events_calls_and_a_plan(other_engine, tmp_path, monkeypatch):
    monkeypatch.setenv("HOTLINE_KEY_FILE", str(tmp_path / "key"))
    home = make_city(tmp_path / "home")
    build(home)
    spark_engine.require_equal(other_engine, home, tmp_path / "made")


@pytest.mark.slow
def test_months_delivered_twice(other_engine, small, tmp_path):
    spark_engine.require_equal(other_engine, small, tmp_path / "made")


@pytest.mark.slow
def test_repeats(other_engine, tmp_path, monkeypatch):
    monkeypatch.setenv("HOTLINE_KEY_FILE", str(tmp_path / "key"))
    home = repeat_city(tmp_path / "home")
    build(home)
    spark_engine.require_equal(other_engine, home, tmp_path / "made")
