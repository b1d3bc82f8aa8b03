#!/usr/bin/env bash
# Runs clang-tidy over one file, unless it passed before with the same inputs.
#
#   tools/lint/tidy.sh [--fix] FILE.cc      analyse it
#   tools/lint/tidy.sh --inputs FILE.cc     print our files that it reads, itself included
#
# clang-tidy takes seconds a file, most of them for the headers of others. A file that passed is
# remembered in ~/.cache/phx-lint by a hash of all that the result depends on: the tool, its
# configuration, our files, and the installed packages that the other headers come from.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# The options that matter to the parser: those of .bazelrc and of the targets in tools/deps.
flags=(
  -std=c++20
  -I.
  -DBOOST_ASIO_NO_DEPRECATED
  -DBOOST_ASIO_SEPARATE_COMPILATION
  -DBOOST_BEAST_SEPARATE_COMPILATION
)

uses_mpi() { grep -q '#include <mpi.h>' "$1"; }

# Those of Open MPI's headers, for a file that includes them.
add_mpi_flags() {
  uses_mpi "$1" && command -v mpicc >/dev/null || return 0
  local directory
  for directory in $(mpicc --showme:incdirs); do flags+=(-isystem "$directory"); done
}

inputs() {
  # g++ prints a rule for make: `foo.o: foo.cc ./foo.h \`.
  g++ "${flags[@]}" -MM "$1" | tr ' ' '\n' | sed -nE 's#^(\./)?([^:\\]+)$#\2#p' | sort -u
}

# Checks to leave out, beyond .clang-tidy.
checks() {
  case "$1" in
    *_test.cc | *_benchmark.cc)
      # The macros of GoogleTest expand to more branches than the analyzer and the limits on size
      # are meant for; what its fixtures share with their tests is protected.
      echo -n '-clang-analyzer-*,-readability-function-cognitive-complexity,'
      echo -n '-readability-function-size,-cppcoreguidelines-*,-google-readability-*,'
      echo -n '-misc-non-private-member-variables-in-classes,'
      ;;
  esac
  if grep -q '\bco_\(await\|return\|yield\)\b' "$1"; then
    # The analyzer of this release takes a coroutine's frame for uninitialised; and a coroutine has
    # to copy what it reads after it was suspended.
    echo -n '-clang-analyzer-*,-performance-unnecessary-value-param,'
  fi
  # The analyzer knows no waits but MPI_Wait.
  if uses_mpi "$1"; then echo -n '-clang-analyzer-optin.mpi*,'; fi
}

fingerprint() {
  {
    clang-tidy-14 --version
    echo "${flags[@]}" "$(checks "$1")"
    dpkg-query --show 'lib*-dev' 'nlohmann-json3-dev' 2>/dev/null || true
    inputs "$1" | xargs sha256sum .clang-tidy
  } | sha256sum | cut -d' ' -f1
}

analyse() {
  local file="$1"
  shift
  local log
  log="$(clang-tidy-14 --quiet --checks="$(checks "$file")" "$@" "$file" -- "${flags[@]}" 2>&1)" &&
    return 0
  grep -vE '^[0-9]+ warnings? (generated|treated)|^Suppressed |^Use -' <<<"$log" >&2
  return 1
}

main() {
  add_mpi_flags "${@: -1}"
  case "$1" in
    --inputs) inputs "$2" ;;
    --fix) analyse "$2" --fix ;;
    *)
      local cache="${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/phx-lint" key
      key="$(fingerprint "$1")"
      [[ -e "$cache/$key" ]] && return 0
      analyse "$1"
      mkdir -p "$cache" && touch "$cache/$key"
      ;;
  esac
}

main "$@"
