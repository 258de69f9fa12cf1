"""Write the offline bundle: wheels of the run lock and of hotline, an installer and a readme.

Called by `make bundle`. The wheels are those of the Python that runs this, so that the name of the
bundle says which one it needs.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LOCK = "requirements.lock"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder of the bundle")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        print(make(Path(work), out))


def make(work: Path, out: Path) -> Path:
    """Gather everything below `work`, pack it, put it into `out`; return the bundle."""
    wheels = work / "wheels"
    _wheel("--requirement", str(ROOT / LOCK), into=wheels)
    _wheel("--no-deps", "--no-build-isolation", str(ROOT), into=wheels)
    (own,) = wheels.glob("hotline-*.whl")
    version = own.name.split("-")[1]
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    name = f"hotline-{version}-cp{sys.version_info[0]}{sys.version_info[1]}-{platform}"
    for path in (HERE / "install.sh", HERE / "README.txt"):
        shutil.copy(path, work / path.name)
    (work / LOCK).write_text(_pins((ROOT / LOCK).read_text(encoding="utf-8")), encoding="utf-8")
    (work / "python-version").write_text(f"{sys.version_info[0]}.{sys.version_info[1]}\n")
    files = sorted(path for path in work.rglob("*") if path.is_file())
    sums = [f"{_sha256(path)}  {path.relative_to(work)}\n" for path in files]
    (work / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    target = out / f"{name}.tar.gz"
    part = target.with_name(f".{target.name}.part")
    # Wheels are compressed already: the fastest level loses nothing.
    with tarfile.open(part, "w:gz", compresslevel=1) as archive:
        archive.add(work, arcname=name, filter=_without_owner)
    part.replace(target)
    return target


def _pins(lock: str) -> str:
    """Return the lock without hashes: some wheels were built here, and SHA256SUMS has them all."""
    pins = [line.removesuffix("\\").strip() for line in lock.splitlines() if "==" in line]
    return "".join(f"{pin}\n" for pin in pins)


def _wheel(*arguments: str, into: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*command, "--wheel-dir", str(into), *arguments], check=True, cwd=ROOT)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _without_owner(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leave out who packed it; a folder made for one's own use becomes readable for all."""
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    member.mode = 0o755 if member.isdir() or member.name.endswith(".sh") else 0o644
    return member


if __name__ == "__main__":
    main()
