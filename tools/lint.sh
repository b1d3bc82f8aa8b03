#!/usr/bin/env bash
# Checks the sources without building them.
#
#   tools/lint.sh [--fix] [--since REVISION] [STEP...]
#
# Steps, all of them by default:
#   format    clang-format over the C++ files
#   tidy      clang-tidy over the C++ files, headers through the files that include them
#   starlark  buildifier over the files of Bazel
#   shell     shellcheck over the shell scripts
#
# --fix             repair what the tools can repair, then report what is left
# --since REVISION  look only at files that differ from REVISION (tidy: or that include such files)
#
# Installs its tools first where they are missing (Debian's packages, and tools/lint/package.json
# for buildifier). Ends with "lint: N passed, N failed", counting steps; fails if one did.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/setup/debian.sh
. tools/setup/debian.sh

fix=false
since=
steps=()

usage() { sed -nE '2,/^set /{ s/^# ?//p }' tools/lint.sh; }

parse_arguments() {
  while (($#)); do
    case "$1" in
      --fix) fix=true ;;
      --since)
        since="${2:?--since needs a revision}"
        shift
        ;;
      -h | --help) usage && exit 0 ;;
      format | tidy | starlark | shell) steps+=("$1") ;;
      *) usage >&2 && exit 2 ;;
    esac
    shift
  done
  ((${#steps[@]})) || steps=(format tidy starlark shell)
}

# Every file that git tracks or would add, and that still exists; in an exported tree, where git
# cannot tell, every file but what the tools make.
all_files() {
  if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files --cached --others --exclude-standard |
      while read -r file; do [[ -f "$file" ]] && echo "$file"; done
  else
    find . \( -name node_modules -o -name .git -o -path './bazel-*' \) -prune -o -type f -print |
      sed 's#^\./##'
  fi | sort -u
}

# The files that --since leaves, or all of them.
candidate_files() {
  if [[ -z "$since" ]]; then
    all_files
  else
    comm -12 <(all_files) <(
      { git diff --name-only "$since" && git ls-files --others --exclude-standard; } | sort -u)
  fi
}

cc_files() { grep -E '\.(cc|h)$' || true; }
starlark_files() { grep -E '(^|/)(BUILD|WORKSPACE|MODULE)(\.bazel|\.bzlmod)?$|\.(bzl|BUILD)$' || true; }

shell_files() {
  while read -r file; do
    case "$file" in
      *.sh) echo "$file" ;;
      *) if head -c 64 "$file" | grep -aqE '^#!.*\b(ba)?sh$'; then echo "$file"; fi ;;
    esac
  done
}

# Prints buildifier's path, after installing the pinned one from the lock file if need be.
buildifier_path() {
  local wanted path=tools/lint/node_modules/.bin/buildifier
  wanted="$(sed -nE 's/.*"@bazel\/buildifier": "([^"]+)".*/\1/p' tools/lint/package.json)"
  if [[ "$("$path" --version 2>/dev/null)" != *"version: $wanted"* ]]; then
    phx_npm_ci tools/lint || return 1
  fi
  echo "$path"
}

run_format() {
  local -a files
  mapfile -t files < <(candidate_files | cc_files)
  ((${#files[@]})) || return 0
  phx_need_command clang-format-14 clang-format-14 || return 1
  if $fix; then clang-format-14 -i "${files[@]}"; fi
  local file ugly=0
  for file in "${files[@]}"; do
    clang-format-14 "$file" | diff --unified=1 --label "$file" --label "$file, formatted" \
      "$file" - || ugly=1
  done
  ((ugly == 0))
}

# The .cc files to analyse: the candidates, and those that include a candidate. To know these takes
# most of a second a file: only a header is a reason to look.
tidy_files() {
  local candidates
  candidates="$(candidate_files | cc_files)"
  if ! grep -q '\.h$' <<<"$candidates" || [[ -z "$since" ]]; then
    grep '\.cc$' <<<"$candidates" || true
  else
    all_files | cc_files | grep '\.cc$' | while read -r file; do
      if tools/lint/tidy.sh --inputs "$file" | grep -qxFf <(echo "$candidates"); then
        echo "$file"
      fi
    done
  fi
}

run_tidy() {
  local -a files options=()
  mapfile -t files < <(tidy_files)
  ((${#files[@]})) || return 0
  phx_need_command clang-tidy-14 clang-tidy-14 && phx_need_command g++ g++ || return 1
  local processes
  processes="$(nproc)"
  if $fix; then
    # One at a time: two processes would edit the same header.
    options=(--fix)
    processes=1
  fi
  printf '%s\0' "${files[@]}" |
    xargs -0 -n 1 -P "$processes" tools/lint/tidy.sh "${options[@]}"
}

run_starlark() {
  local -a files
  mapfile -t files < <(candidate_files | starlark_files)
  ((${#files[@]})) || return 0
  local buildifier
  buildifier="$(buildifier_path)" || return 1
  if $fix; then "$buildifier" -mode=fix -lint=fix "${files[@]}" || true; fi
  "$buildifier" -mode=check -lint=warn "${files[@]}"
}

run_shell() {
  local -a files
  mapfile -t files < <(candidate_files | shell_files)
  ((${#files[@]})) || return 0
  phx_need_command shellcheck shellcheck || return 1
  shellcheck --external-sources "${files[@]}"
}

main() {
  parse_arguments "$@"
  local step passed=0 failed=0
  for step in "${steps[@]}"; do
    echo "== lint: $step"
    if "run_$step"; then
      passed=$((passed + 1))
    else
      failed=$((failed + 1))
      echo "lint: $step failed; \`tools/lint.sh --fix $step\` repairs what can be repaired." >&2
    fi
  done
  echo "lint: $passed passed, $failed failed"
  ((failed == 0))
}

main "$@"
