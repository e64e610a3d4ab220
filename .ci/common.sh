# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# What the scripts in this folder begin with: the repository as directory, and on PATH all Pythons that are installed.
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# pyenv's shims are no Pythons, its folders are.
versions=$(printf '%s:' "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.*/bin)
PATH="$versions$(printf %s "$PATH" | tr : '\n' | grep -v /shims | paste -sd :)"

step() { printf '\n== %s (after %d s)\n' "$1" "$SECONDS"; }

installed() { command -v "python$1" >/dev/null; }
