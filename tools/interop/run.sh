#!/usr/bin/env bash
# JavaScript clients against the mock server. Installs the clients by npm ci, builds the server
# unless PHX_MOCKSERVER names one, and runs the tests. Ends with "N passed, N failed".
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
# shellcheck source=tools/setup/debian.sh
. ../setup/debian.sh

if [[ -z "${PHX_MOCKSERVER:-}" ]]; then
  (cd ../.. && ./bazelw build //mockserver) >&2 || {
    echo "0 passed, 1 failed"
    exit 1
  }
  PHX_MOCKSERVER="$(cd ../.. && pwd)/bazel-bin/mockserver/mockserver"
fi
export PHX_MOCKSERVER

phx_npm_ci . || {
  echo "0 passed, 1 failed"
  exit 1
}

log="$(mktemp)"
trap 'rm -f "$log"' EXIT
node --test --test-reporter=tap . </dev/null | tee "$log" >&2
passed="$(sed -n 's/^# pass //p' "$log")"
failed="$(sed -n 's/^# fail //p' "$log")"
cancelled="$(sed -n 's/^# cancelled //p' "$log")"
failed=$((${failed:-1} + ${cancelled:-0}))
echo "${passed:-0} passed, $failed failed"
((failed == 0))
