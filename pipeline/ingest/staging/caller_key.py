"""The key of the caller hashes: created once, outside the repository and every home."""

import os
import secrets
import stat
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import duckdb

from pipeline.errors import IO, HotlineError

_LENGTH = 32
# Of 32 hex digits by chance, fewer than 8 different ones are met once in 10^9.
_FEWEST = 8
# What others may do with it; a group may read it, where the owner lets one.
_FOREIGN = 0o027


def read_key(path: Path) -> str:
    """Return the key (128 bits, 32 hex digits); at first use it is created with mode 0600.

    Key and phone number fit into one block of the digest, which halves its cost. Raises
    HotlineError IO if the file cannot be read, is too short, is no key of
    chance, or is open to others.
    """
    try:
        if not path.exists():
            _make_key(path)
        key = path.read_text(encoding="ascii").strip()
        mode = stat.S_IMODE(path.stat().st_mode)
    except (OSError, UnicodeDecodeError) as error:
        raise HotlineError(
            f"无法读写来电人密钥文件 {path};请检查权限,或用 HOTLINE_KEY_FILE 另指定位置", IO
        ) from error
    if len(key) < _LENGTH:
        raise HotlineError(f"来电人密钥文件 {path} 不完整(少于 32 个字符);请恢复备份", IO)
    if _is_weak(key):
        raise HotlineError(
            f"来电人密钥文件 {path} 太弱,容易猜中(字符单一或有规律);请恢复备份,"
            "没有备份的请删去它,由程序另造(此前入库的来电人将对不上)",
            IO,
        )
    if mode & _FOREIGN:
        raise HotlineError(
            f"来电人密钥文件 {path} 别人也能读写(权限 {mode:04o});请运行 chmod 600 {path} 后再试",
            IO,
        )
    return key


def _is_weak(key: str) -> bool:
    """Return whether a key is not of chance: few different signs, a repeated part, a sequence."""
    steps = {ord(after) - ord(before) for before, after in pairwise(key)}
    is_periodic = key in f"{key}{key}"[1:-1]
    return is_periodic or len(set(key)) < _FEWEST or len(steps) < _FEWEST


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
    # For a home's own SQL, which may not read the key.
    con.execute(
        "CREATE OR REPLACE MACRO caller_hash_of(x) AS"
        " caller_hash((SELECT s.caller_key FROM staging.secret AS s), x)"
    )
