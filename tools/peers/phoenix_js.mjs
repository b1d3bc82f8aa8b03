// Phoenix's JavaScript client, doing what testing/benchmarks/traffic.h says:
//
//   node phoenix_js.mjs URL echo|receive|join COUNT DEPTH PAYLOAD
//
// Prints one line of JSON: the CPU time of the whole process in nanoseconds for each message, how
// long all took, and, one at a time, the round trips.
import { Socket } from "phoenix";
import WebSocket from "ws";

const [url, kind, countText, depthText, payloadText] = process.argv.slice(2);
const count = Number(countText);
const depth = Number(depthText);
const payload = JSON.parse(payloadText);

const socket = new Socket(url, { transport: WebSocket });
socket.onError((error) => {
  console.error(`phoenix_js: ${error?.message ?? error}`);
  process.exit(1);
});
socket.connect();
const channel = socket.channel("bench", {});

let begin;
let cpu;
let done = 0;
const roundTrips = [];

function countOne() {
  if (++done !== count) return;
  const used = process.cpuUsage(cpu);
  const wall = Number(process.hrtime.bigint() - begin);
  const perMessage = ((used.user + used.system) * 1000) / count;
  console.log(JSON.stringify({ cpu_ns: perMessage, wall_ns: wall, round_trips_ns: roundTrips }));
  process.exit(0);
}

let sent = 0;
function echo() {
  ++sent;
  const at = process.hrtime.bigint();
  channel.push("echo", payload).receive("ok", () => {
    if (depth === 1) roundTrips.push(Number(process.hrtime.bigint() - at));
    if (sent < count) echo();
    countOne();
  });
}

const traffic = {
  echo() {
    for (let i = 0; i < depth; ++i) echo();
  },
  receive() {
    channel.on("news", countOne);
    channel.push("pour", { count, payload });
  },
  join() {
    for (let i = 0; i < count; ++i) {
      socket.channel(`bench:${i}`, {}).join().receive("ok", countOne);
    }
  },
};

channel.join().receive("ok", () => {
  begin = process.hrtime.bigint();
  cpu = process.cpuUsage();
  traffic[kind]();
});
