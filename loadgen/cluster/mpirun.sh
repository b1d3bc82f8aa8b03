#!/bin/sh
# A run of one process on each of four machines, by Open MPI: one report, on this machine.
#
#   ./mpirun.sh --url=wss://example.com/socket --connections=80000 --rate=40000 --json=run.json
#
# LOADGEN_HOSTS names the machines (node1,node2,node3,node4), LOADGEN_MPI the program, which has to
# be at the same place on each (loadgen_mpi).
#
#   --map-by ppr:1:node   one process on each machine
#   --bind-to none        which may use all its cores, as mpirun would not let it
#   --enable-recovery     if one dies, the others go on. mpirun's exit code is then 0 whatever
#                         happens: look at "passed" in the JSON file. Leave it out where the exit
#                         code counts for more
set -eu
exec mpirun --host "${LOADGEN_HOSTS:-node1,node2,node3,node4}" --map-by ppr:1:node --bind-to none \
  --enable-recovery "${LOADGEN_MPI:-loadgen_mpi}" "$@"
