#!/usr/bin/env bash
# What this client costs next to a hand-written one, to Boost.Beast, and to Phoenix's own client in
# JavaScript: the same traffic against the same server, one table.
#
#   tools/peers/run.sh [TITLE [CONTENDER]]
#
# TITLE and CONTENDER are regular expressions; only what has a match is run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=tools/setup/debian.sh
. ../setup/debian.sh

phx_npm_ci .
peer="$PWD/phoenix_js.mjs"
cd ../..
PHX_PEER_PHOENIX_JS="$peer" ./bazelw run --config=opt //testing/benchmarks:end_to_end_benchmark -- "$@"
