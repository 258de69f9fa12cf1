#!/bin/sh
# Install hotline from this folder into the virtual environment DIR; needs no network.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
need=$(cat "$here/python-version")

if [ $# -ne 1 ]; then
  echo "用法:sh install.sh 目录(例如 /opt/hotline/.venv)" >&2
  exit 2
fi
target=$1
if [ -e "$target" ] && [ ! -e "$target/pyvenv.cfg" ] && [ -n "$(ls -A "$target" 2>/dev/null)" ]; then
  echo "$target 里已有别的文件;请换一个新的目录" >&2
  exit 2
fi

fits() {
  "$1" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$need')" 2>/dev/null
}
found=
for name in ${PYTHON:-"python$need" python3}; do
  if fits "$name"; then
    found=$name
    break
  fi
done
if [ -z "$found" ]; then
  echo "没有找到 Python $need;请先安装,或用 PYTHON=/路径/python$need sh install.sh 目录 指明" >&2
  exit 2
fi
if ! "$found" -c 'import venv, ensurepip' 2>/dev/null; then
  echo "$found 缺少 venv 或 ensurepip 模块;请安装系统的 python$need-venv 软件包后再试" >&2
  exit 2
fi

if command -v sha256sum >/dev/null; then
  (cd "$here" && sha256sum --check --quiet SHA256SUMS) || {
    echo "安装包不完整或已损坏;请重新复制后再试" >&2
    exit 65
  }
fi

"$found" -m venv "$target"
# No setting of this machine's pip may point elsewhere.
PIP_CONFIG_FILE=/dev/null "$target/bin/python" -m pip --isolated install --quiet \
  --disable-pip-version-check --no-index --find-links "$here/wheels" \
  --requirement "$here/requirements.lock" "$here"/wheels/hotline-*.whl
"$target/bin/hotline" --help >/dev/null
echo "已安装:$target/bin/hotline"
echo "先看一遍:$target/bin/hotline demo"
