# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# What the scripts in this folder begin with: the repository as directory, $work for what they write, and a few words.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

step() { printf '\n== %s (after %d s)\n' "$1" "$SECONDS"; }

# Puts all Pythons that are installed on PATH. pyenv's shims are no Pythons, its folders are.
find_pythons() {
  PATH="$(printf '%s:' "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.*/bin)$(printf %s "$PATH" | tr : '\n' | grep -v /shims | paste -sd :)"
}

installed() { command -v "python$1" >/dev/null; }

# Makes a virtual environment in $2 with the Python $1, and installs what requirements/$3.txt has hashes for.
make_venv() {
  "$1" -m venv "$2"
  "$2/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-build-isolation -r "requirements/$3.txt"
}
