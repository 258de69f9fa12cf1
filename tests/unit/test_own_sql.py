"""A home's staging SQL: one SELECT among the rows at hand, out of reach of the key and files."""

import tomllib
from pathlib import Path

import pytest
import tomli_w

from pipeline.errors import USAGE, HotlineError
from pipeline.home import REPOSITORY
from pipeline.ingest import ingest
from pipeline.ingest.staging.own_sql import require_harmless
from pipeline.lock import exclusive
from tests.support.city import empty_home
from tests.support.dump_files import csv_text, row

STAGING = REPOSITORY / "sql" / "staging"
TEXT = (STAGING / "record" / "text.sql").read_text(encoding="utf-8")
STORED = (STAGING / "record" / "stored.sql").read_text(encoding="utf-8")
HARMFUL = {
    "a second statement": TEXT + ";\nCOPY (SELECT caller_key FROM staging.secret) TO 'leak'",
    "no SELECT": "COPY (SELECT 1) TO 'leak'",
    "an end of the brackets around it": "SELECT 1) TO 'leak'; --",
    "the key": "SELECT s.caller_key AS record_id FROM staging.secret AS s",
    "the key in capitals": "SELECT s.caller_key AS record_id FROM STAGING.Secret AS s",
    "the key in a subquery": "SELECT (SELECT max(caller_key) FROM staging.secret) AS x",
    "a file": "SELECT * FROM read_text('/etc/passwd')",
    "a file by its name": "SELECT * FROM '/tmp/a.csv'",
    "files by a pattern": "SELECT * FROM glob('/*')",
    "settings": "SELECT current_setting('home_directory') AS x",
    "the environment": "SELECT getenv('HOTLINE_KEY_FILE') AS x",
    "variables": "SELECT getvariable('hotline_warehouse') AS x",
    "what macros are made of": "SELECT macro_definition FROM duckdb_functions()",
    "SQL in a text": "SELECT * FROM query('SELECT caller_key FROM staging.secret')",
    "a table by its name": "SELECT * FROM query_table('staging.secret')",
    "the catalog": "SELECT * FROM information_schema.tables",
    "another database": "SELECT * FROM other.staging.kept",
}


@pytest.mark.parametrize("what", sorted(HARMFUL))
def test_what_reaches_beyond_the_rows_is_refused(what):
    with pytest.raises(HotlineError, match=r"data/sql/staging/record/text\.sql") as fault:
        require_harmless(Path("x/record/text.sql"), HARMFUL[what])
    assert fault.value.code == USAGE and "\n" not in str(fault.value)


@pytest.mark.parametrize(
    "path", sorted(STAGING.rglob("*.sql")), ids=lambda path: str(path.relative_to(STAGING))
)
def test_the_repositorys_own_are_of_this_kind_but_for_the_key(path):
    sql = path.read_text(encoding="utf-8")
    if "staging.secret" in sql:
        with pytest.raises(HotlineError, match=r"caller_hash_of"):
            require_harmless(path, sql)
    else:
        require_harmless(path, sql)


def home_with(tmp_path, name: str, sql: str):
    home = empty_home(tmp_path / "home")
    folder = home.sql / "staging" / "record"
    folder.mkdir(parents=True)
    (folder / f"{name}.sql").write_text(sql)
    (tmp_path / "dump.csv").write_text(csv_text([row("A1", 来电人电话="13811112222"), row("A2")]))
    return home


def test_a_second_statement_is_not_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    home = home_with(tmp_path, "text", HARMFUL["a second statement"])
    with exclusive(home), pytest.raises(HotlineError, match=r"应是一个 SELECT"):
        ingest(home, [tmp_path / "dump.csv"])
    assert not (tmp_path / "leak").exists()


def test_a_homes_own_select_hashes_callers_without_the_key(tmp_path):
    own = STORED.replace(
        "caller_hash(z.caller_key, k.caller_phone)", "caller_hash_of(k.caller_phone)"
    )
    own = own.replace("CROSS JOIN staging.secret AS z\n", "")
    home = home_with(tmp_path, "stored", own + ";\n")
    plain = empty_home(tmp_path / "plain")
    hashes = []
    for one in (home, plain):
        with exclusive(one):
            assert [f.state for f in ingest(one, [tmp_path / "dump.csv"]).files] == ["loaded"]
        import duckdb

        rows = duckdb.sql(
            f"SELECT record_id, caller_hash FROM '{one.records}/**/*.parquet' ORDER BY 1"
        ).fetchall()
        hashes.append(rows)
    assert hashes[0] == hashes[1] and hashes[0][0][1] is not None


def test_a_note_that_ingest_writes_can_be_read_whatever_the_senders_has(tmp_path):
    """Quotes and line ends in a note and in the name of a source come back as they were."""
    sender = "甲办\"的\n'乙\\科"
    home = empty_home(tmp_path / "home")
    given = tmp_path / "given"
    given.mkdir()
    (given / "receipt.toml").write_bytes(tomli_w.dumps({"sender": sender}).encode())
    (given / "a.csv").write_text(csv_text([row("A1")]))
    home.sources.mkdir(parents=True)
    source = (REPOSITORY / "pipeline/ingest/sources/beijing_city.toml").read_text(encoding="utf-8")
    (home.sources / "own\"'s.toml").write_text(source, encoding="utf-8")
    with exclusive(home):
        assert [f.state for f in ingest(home, [given], source="own\"'s").files] == ["loaded"]
        assert {f.state for f in ingest(home, []).files} == {"known"}
        assert [f.state for f in ingest(home, [given]).files] == ["known"]
    (note,) = home.raw.rglob("receipt.toml")
    written = tomllib.loads(note.read_text(encoding="utf-8"))
    assert (written["sender"], written["source"]) == (sender, "own\"'s")
