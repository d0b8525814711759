#!/bin/sh
# Makes the scratch environments of the peers that morula is compared with: sh setup.sh <scratch folder> [name ...]
# One environment for each list of pinned packages in environments/, all of them without names. One that cannot be made
# is said and left out; its log stays beside it, and deleting the log has it tried again.
# Python 3.11 (PYTHON names another interpreter). The packages come from whatever index pip is configured for.
set -eu
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' ||
  { echo "setup.sh: Python 3.11 is needed; name one with PYTHON" >&2; exit 64; }
absolute() { "$python" -c 'import os, sys; print(os.path.realpath(sys.argv[1]))' "$1"; }
scratch=$(absolute "${1:?usage: setup.sh <scratch folder outside the project> [environment ...]}")
shift
here=$(absolute "$(dirname "$0")")
project=$(absolute "$here/../..")
case "$scratch/" in
  "$project"/*) echo "setup.sh: $scratch must lie outside the project" >&2; exit 64 ;;
esac
mkdir -p "$scratch"
[ $# -gt 0 ] || set -- $(cd "$here/environments" && ls | sed 's/\.txt$//')
for name; do
  [ ! -e "$scratch/$name/complete" ] || continue
  if [ -e "$scratch/$name.log" ]; then
    echo "setup.sh: $name could not be installed before; delete $scratch/$name.log to try again" >&2
    continue
  fi
  if { "$python" -m venv "$scratch/$name" &&
    "$scratch/$name/bin/pip" install --quiet --requirement "$here/environments/$name.txt"; } >"$scratch/$name.log" 2>&1
  then
    rm "$scratch/$name.log"
    touch "$scratch/$name/complete"
    echo "$scratch/$name/bin/python"
  else
    echo "setup.sh: $name could not be installed, see $scratch/$name.log" >&2
  fi
done
