#!/bin/sh
# Makes the scratch environment of the peers that morula is compared with: sh setup.sh <scratch folder>
# Python 3.11 (PYTHON names another interpreter). The packages come from whatever index pip is configured for.
set -eu
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' ||
  { echo "setup.sh: Python 3.11 is needed; name one with PYTHON" >&2; exit 64; }
absolute() { "$python" -c 'import os, sys; print(os.path.realpath(sys.argv[1]))' "$1"; }
scratch=$(absolute "${1:?usage: setup.sh <scratch folder outside the project>}")
project=$(absolute "$(dirname "$0")/../..")
case "$scratch/" in
  "$project"/*) echo "setup.sh: $scratch must lie outside the project" >&2; exit 64 ;;
esac
mkdir -p "$scratch"
"$python" -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet \
  tensorflow-cpu==2.15.1 stardist==0.9.1 csbdeep==0.8.2 numpy==1.26.4 scikit-image==0.26.0 tifffile==2026.3.3
echo "$scratch/venv/bin/python"
