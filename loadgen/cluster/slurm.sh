#!/bin/sh
# A run of eight processes as a Slurm job array, and their report.
#
#   export LOADGEN_FLAGS='--url=wss://example.com/socket --connections=80000 --rate=40000'
#   ./slurm.sh --time=00:10:00          # whatever else is given goes to sbatch
#
# Needs a folder that all nodes share (the one in which it is called), and clocks that agree. The
# tasks have to be running when the load begins: they are given LOADGEN_DELAY seconds (120) for that
# and for the setup. One that comes too late fails, and the report says so.
#
# LOADGEN_FLAGS are the flags of the whole run, none of them with a space in it. LOADGEN is the program (loadgen), LOADGEN_SHARDS how many tasks there are (8).
set -eu

if [ -n "${SLURM_ARRAY_TASK_ID:-}" ]; then
  # One task of the array. The flags are words, not one of them.
  # shellcheck disable=SC2086
  exec "${LOADGEN:-loadgen}" ${LOADGEN_FLAGS:?} --quiet --start-at="${LOADGEN_START_AT:?}" \
    --shard="$SLURM_ARRAY_TASK_ID/$LOADGEN_SHARDS" --json="shard-$SLURM_ARRAY_TASK_ID.json"
fi

if [ "${1:-}" = merge ]; then
  exec "${LOADGEN:-loadgen}" merge shard-*.json --json=run.json --html=run.html
fi

# Nothing set: submit it.
LOADGEN_SHARDS="${LOADGEN_SHARDS:-8}"
LOADGEN_START_AT="$(($(date +%s) + ${LOADGEN_DELAY:-120}))"
: "${LOADGEN_FLAGS:?say what to do, as in LOADGEN_FLAGS='--url=… --rate=…'}"
export LOADGEN_FLAGS LOADGEN_SHARDS LOADGEN_START_AT
rm -f shard-*.json
array="$(sbatch --parsable --export=ALL --array="1-$LOADGEN_SHARDS" --exclusive \
  --output=shard-%a.txt "$@" "$0")"
# When all tasks have ended, however they did. Its exit code is that of the run.
sbatch --dependency="afterany:$array" --export=ALL --output=run.txt "$@" "$0" merge
