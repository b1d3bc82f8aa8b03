// The mock server as a child process.
//
//   const server = await MockServer.start();       // on a free port
//   server.url("/socket")                          // "ws://127.0.0.1:40123/socket"
//   await server.stop();
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const program = process.env.PHX_MOCKSERVER;
if (!program) throw new Error("PHX_MOCKSERVER must name the program; see run.sh");

export class MockServer {
  // `flags` are the program's, such as "--port=4000".
  static async start(...flags) {
    const child = spawn(program, ["--port=0", ...flags], { stdio: ["ignore", "pipe", "inherit"] });
    const lines = createInterface({ input: child.stdout });
    const first = await Promise.race([
      once(lines, "line"),
      once(child, "exit").then(([code]) => {
        throw new Error(`the mock server ended with ${code}`);
      }),
    ]);
    const match = /^listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(first[0]);
    if (!match) throw new Error(`not what a mock server says first: ${first[0]}`);
    return new MockServer(child, Number(match[1]));
  }

  constructor(child, port) {
    this.child = child;
    this.port = port;
  }

  url(path) {
    return `ws://127.0.0.1:${this.port}${path}`;
  }

  // Stops it as SIGTERM stops Phoenix; with "SIGKILL" it is just gone.
  async stop(signal = "SIGTERM") {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, "exit");
    this.child.kill(signal);
    await gone;
  }
}
