#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs shellcheck on every shell script, found by name or by first line.
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 1

command -v shellcheck >/dev/null || { echo "shellcheck is missing"; exit 1; }

mapfile -t scripts < <(
	if [[ -e .git ]] && git rev-parse -q --verify HEAD >/dev/null 2>&1; then
		git ls-files --cached --others --exclude-standard
	else
		find . -path ./build -prune -o -type f -printf '%P\n'
	fi | while read -r file; do
		[[ -f $file ]] || continue
		case $file in
		*.sh|*.bash) echo "$file" ;;
		*.[ch]|*.md|*.rst|*.yaml) ;;
		*)
			head -c 64 "$file" | head -n 1 | tr -d '\0' |
				grep -qE '^#!.*\b(ba|da)?sh\b' && echo "$file" ;;
		esac
	done)
((${#scripts[@]} > 5)) || { echo "found only ${#scripts[@]} scripts"; exit 1; }
# Notes (A && B || C and the like) are for the author to judge.
shellcheck -f gcc -S warning "${scripts[@]}"
