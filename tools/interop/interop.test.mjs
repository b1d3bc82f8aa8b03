// Phoenix's own JavaScript client against the mock server: what the client of the people who made
// the protocol does with it, it does as with a real server.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { LongPoll, Presence, Socket } from "phoenix";
import WebSocket from "ws";
import { MockServer } from "./mock_server.mjs";

const patience = { timeout: 20_000 };

let server;
let sockets = [];

before(async () => {
  server = await MockServer.start();
});
after(() => server.stop());
afterEach(() => {
  for (const socket of sockets) socket.disconnect();
  sockets = [];
});

function connect(options = {}, path = "/socket", on = server) {
  const socket = new Socket(on.url(path), {
    transport: WebSocket,
    reconnectAfterMs: () => 20,
    rejoinAfterMs: () => 20,
    ...options,
  });
  sockets.push(socket);
  socket.connect();
  return socket;
}

// The response to a push or join. What the server refuses and what it does not answer rejects.
function reply(push) {
  return new Promise((resolve, reject) => {
    push
      .receive("ok", resolve)
      .receive("error", (reason) => reject(new Error(JSON.stringify(reason))))
      .receive("timeout", () => reject(new Error("timeout")));
  });
}

// The payload of the next `event` on the channel.
function next(channel, event) {
  return new Promise((resolve) => {
    const ref = channel.on(event, (payload) => {
      channel.off(event, ref);
      resolve(payload);
    });
  });
}

// The channel has joined once more, when the server says so.
function rejoined(channel) {
  const { socket, topic } = channel;
  return new Promise((resolve) => {
    const ref = socket.onMessage((message) => {
      const isJoin = message.topic === topic && message.ref === channel.joinRef();
      if (!isJoin || message.payload.status !== "ok") return;
      socket.off([ref]);
      resolve();
    });
  });
}

function opened(socket) {
  return new Promise((resolve) => {
    const ref = socket.onOpen(() => {
      socket.off([ref]);
      resolve();
    });
  });
}

const bytes = (...values) => new Uint8Array(values).buffer;
const ways = {
  "WebSocket, V2": {},
  "WebSocket, V1": { vsn: "1.0.0", encode: encodeV1, decode: decodeV1 },
  "long polling, V2": { transport: LongPoll },
};

// What phoenix.js spoke before it had V2.
function encodeV1({ topic, event, payload, ref }, callback) {
  callback(JSON.stringify({ topic, event, payload, ref }));
}
function decodeV1(raw, callback) {
  callback({ join_ref: null, ...JSON.parse(raw) });
}

for (const [name, options] of Object.entries(ways)) {
  describe(name, () => {
    test("joins with params and is answered", patience, async () => {
      const channel = connect(options).channel("room:1", { user: "u" });
      const response = await reply(channel.join());
      assert.deepEqual(response, { topic: "room:1", params: { user: "u" } });
      assert.equal(channel.state, "joined");
    });

    test("is refused", patience, async () => {
      const channel = connect(options).channel("room:private");
      await assert.rejects(reply(channel.join()), /unauthorized/);
      channel.leave();
    });

    test("pushes and is answered", patience, async () => {
      const channel = connect(options).channel("room:1");
      await reply(channel.join());
      const payload = { text: "grüße 日本 \u2028", list: [1, 2.5, null, true], deep: { a: {} } };
      assert.deepEqual(await reply(channel.push("echo", payload)), payload);
      await assert.rejects(reply(channel.push("nack", {})));
    });

    test("hears broadcasts of others", patience, async () => {
      const one = connect(options).channel("room:shared");
      const other = connect(options).channel("room:shared");
      await reply(one.join());
      await reply(other.join());
      const heard = next(other, "shouted");
      await reply(one.push("shout_reply", { n: 1 }));
      assert.deepEqual(await heard, { n: 1 });
    });

    test("answers many pushes at once, each with its own answer", patience, async () => {
      const channel = connect(options).channel("room:1");
      await reply(channel.join());
      const numbers = Array.from({ length: 250 }, (_, n) => n);
      const answers = await Promise.all(numbers.map((n) => reply(channel.push("echo", { n }))));
      assert.deepEqual(answers.map(({ n }) => n), numbers);
    });

    test("leaves", patience, async () => {
      const channel = connect(options).channel("room:1");
      await reply(channel.join());
      const closed = new Promise((resolve) => channel.onClose(resolve));
      await reply(channel.leave());
      await closed;
      assert.equal(channel.state, "closed");
    });

    test("rejoins after a crash of the channel", patience, async () => {
      const channel = connect(options).channel("room:1");
      await reply(channel.join());
      const again = rejoined(channel);
      channel.push("crash", {});
      await again;
      assert.deepEqual(await reply(channel.push("echo", { n: 2 })), { n: 2 });
    });

    test("sees who is present", patience, async () => {
      const channel = connect(options).channel("presence:1", { user: "alice", meta: { n: 1 } });
      const presence = new Presence(channel);
      const synced = new Promise((resolve) => presence.onSync(resolve));
      await reply(channel.join());
      await synced;
      const other = connect(options).channel("presence:1", { user: "bob" });
      const came = new Promise((resolve) =>
        presence.onJoin((key) => key === "bob" && resolve()));
      await reply(other.join());
      await came;
      assert.deepEqual(presence.list((key) => key).sort(), ["alice", "bob"]);
      const went = new Promise((resolve) =>
        presence.onLeave((key) => key === "bob" && resolve()));
      other.leave();
      await went;
      assert.equal(presence.list((key, { metas }) => metas[0].n)[0], 1);
    });
  });
}

describe("binary payloads", () => {
  for (const [name, options] of Object.entries({ WebSocket: {}, "long polling": ways["long polling, V2"] })) {
    test(`go to the server over ${name}`, patience, async () => {
      const channel = connect(options).channel("room:1");
      await reply(channel.join());
      const { size } = await reply(channel.push("bin_len", bytes(0, 1, 255)));
      assert.equal(size, 3);
    });
  }

  test("come back over WebSocket", patience, async () => {
    const channel = connect().channel("room:1");
    await reply(channel.join());
    const echoed = await reply(channel.push("bin_echo", bytes(0, 1, 255)));
    assert.deepEqual(new Uint8Array(echoed), new Uint8Array([0, 1, 255]));
    const pushed = next(channel, "bin_pushed");
    channel.push("bin_push", bytes(7));
    assert.deepEqual(new Uint8Array(await pushed), new Uint8Array([7]));
    const shouted = next(channel, "bin_shouted");
    channel.push("bin_broadcast", bytes(8));
    assert.deepEqual(new Uint8Array(await shouted), new Uint8Array([8]));
  });
});

describe("connecting", () => {
  test("tells the server its params and token", patience, async () => {
    const socket = connect({ params: { user: "ü&=" }, authToken: "secret" }, "/auth");
    const channel = socket.channel("room:1");
    await reply(channel.join());
    const info = await reply(channel.push("info", {}));
    assert.equal(info.connect_params.user, "ü&=");
    assert.equal(info.connect_info.auth_token, "secret");
  });

  test("answers heartbeats", patience, async () => {
    const socket = connect({ heartbeatIntervalMs: 30 });
    await new Promise((resolve) => {
      socket.onMessage(({ topic, event, payload }) => {
        if (topic === "phoenix" && event === "phx_reply" && payload.status === "ok") resolve();
      });
    });
  });

  test("compresses where the server does", patience, async () => {
    for (const [path, extensions] of [["/compress", "permessage-deflate"], ["/socket", ""]]) {
      const socket = connect({}, path);
      const channel = socket.channel("room:1");
      await reply(channel.join());
      assert.equal(socket.conn.extensions, extensions);
      // Larger than what ws leaves as it is, and with the same context twice.
      const payload = { text: "grüße ".repeat(10_000) };
      assert.deepEqual(await reply(channel.push("echo", payload)), payload);
      assert.deepEqual(await reply(channel.push("echo", payload)), payload);
    }
  });

  test("a refused client hears an error", patience, async () => {
    const socket = connect({ params: { token: "bad" } });
    await new Promise((resolve) => socket.onError(resolve));
    assert.equal(socket.isConnected(), false);
  });
});

describe("a lost connection", () => {
  for (const [name, options] of Object.entries(ways)) {
    // A real Phoenix does not wake a poll either: two seconds and a window are its time.
    if (options.transport === LongPoll) continue;
    test(`is made anew, and channels rejoin (${name})`, patience, async () => {
      const socket = connect({ ...options, params: { id: `reconnect ${name}` } });
      const channel = socket.channel("room:1");
      await reply(channel.join());
      const again = rejoined(channel);
      channel.push("disconnect", {});
      await again;
      assert.deepEqual(await reply(channel.push("echo", { n: 3 })), { n: 3 });
    });
  }

  for (const signal of ["SIGTERM", "SIGKILL"]) {
    test(`survives the server's end by ${signal} and its return`, patience, async () => {
      let own = await MockServer.start();
      const socket = connect({}, "/socket", own);
      const channel = socket.channel("room:1");
      await reply(channel.join());
      const lost = new Promise((resolve) => socket.onClose(resolve));
      await own.stop(signal);
      await lost;
      const again = rejoined(channel);
      own = await MockServer.start(`--port=${own.port}`);
      await again;
      assert.deepEqual(await reply(channel.push("echo", { n: 4 })), { n: 4 });
      socket.disconnect();
      await own.stop();
    });
  }
});

describe("long polling", () => {
  test("goes on over many windows", patience, async () => {
    const socket = connect({ transport: LongPoll }, "/lpshort");
    await opened(socket);
    const channel = socket.channel("room:1");
    await reply(channel.join());
    // Its window is a second: a reply that comes after more than one was polled for twice.
    assert.deepEqual(await reply(channel.push("delay", { ms: 1200 })), { ms: 1200 });
  });

  test("is what a client falls back to where there is no WebSocket", patience, async () => {
    const socket = connect({ longPollFallbackMs: 5000 }, "/lpshort");
    const channel = socket.channel("room:1");
    await reply(channel.join());
    assert.equal(socket.transport, LongPoll);
    assert.deepEqual(await reply(channel.push("echo", { n: 5 })), { n: 5 });
  });

  test("is not fallen back to where WebSocket works", patience, async () => {
    const socket = connect({ longPollFallbackMs: 5000 });
    await reply(socket.channel("room:1").join());
    assert.equal(socket.transport, WebSocket);
  });
});
