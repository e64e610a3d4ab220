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
