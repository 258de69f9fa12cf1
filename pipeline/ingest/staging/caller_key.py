"""The key of the caller hashes: created once, outside the repository and every home."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

import duckdb

from pipeline.errors import IO, HotlineError


def read_key(path: Path) -> str:
    """Return the key (128 bits, 32 hex digits); at first use it is created with mode 0600.

    Key and phone number fit into one block of the digest, which halves its cost. Raises
    HotlineError IO if the file cannot be read or is too short.
    """
    try:
        if not path.exists():
            _make_key(path)
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise HotlineError(
            f"无法读写来电人密钥文件 {path};请检查权限,或用 HOTLINE_KEY_FILE 另指定位置", IO
        ) from error
    if len(key) < 32:
        raise HotlineError(f"来电人密钥文件 {path} 不完整(少于 32 个字符);请恢复备份", IO)
    return key


def _make_key(path: Path) -> None:
    """Write a new key, whole or not at all; a key that another run just created is kept."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(16) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(partial, path)
    finally:
        partial.unlink()


def install(con: duckdb.DuckDBPyConnection, key: str) -> None:
    """Create staging.secret on an in-memory connection; the key is never part of the SQL text."""
    con.execute("CREATE OR REPLACE TEMP TABLE secret_input (caller_key VARCHAR)")
    con.execute("INSERT INTO secret_input VALUES ($1)", [key])
    con.execute("CREATE OR REPLACE TABLE staging.secret AS SELECT caller_key FROM secret_input")
    con.execute("DROP TABLE secret_input")
