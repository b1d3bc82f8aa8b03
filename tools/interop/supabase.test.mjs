// Supabase's Realtime client, @supabase/realtime-js, against the mock server with the rules of
// supabase_rules.json: what such a client does with channels, broadcast and presence.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { RealtimeClient } from "@supabase/realtime-js";
import WebSocket from "ws";
import { MockServer } from "./mock_server.mjs";

const patience = { timeout: 20_000 };
const rules = fileURLToPath(new URL("supabase_rules.json", import.meta.url));

let server;
let clients = [];

before(async () => {
  server = await MockServer.start(`--rules=${rules}`);
});
after(() => server.stop());
afterEach(async () => {
  await Promise.all(clients.map((client) => client.disconnect()));
  clients = [];
});

function connect(vsn, { apikey = "anon", on = server, ...options } = {}) {
  const client = new RealtimeClient(on.url("/realtime/v1"), {
    transport: WebSocket,
    vsn,
    params: { apikey },
    reconnectAfterMs: () => 20,
    ...options,
  });
  clients.push(client);
  return client;
}

// The channel has this state, as its subscribe() says. Another one rejects.
function subscribed(channel, state = "SUBSCRIBED") {
  return new Promise((resolve, reject) => {
    channel.subscribe((now, error) => {
      if (now === state) resolve(error);
      else reject(new Error(`${now}: ${error?.message}`));
    });
  });
}

// The next message of `event` that is broadcast on the channel. To be asked for before the channel
// is subscribed.
function heard(channel, event) {
  return new Promise((resolve) => channel.on("broadcast", { event }, resolve));
}

// Who is present on a channel. To be made before it is subscribed.
class Presences {
  constructor(channel) {
    this.waiting = [];
    channel.on("presence", { event: "sync" }, () => {
      this.state = channel.presenceState();
      this.waiting = this.waiting.filter(({ holds, resolve }) => {
        if (!holds(this.state)) return true;
        resolve(this.state);
        return false;
      });
    });
  }

  // The state, when it is as `holds` says.
  until(holds) {
    if (this.state && holds(this.state)) return this.state;
    return new Promise((resolve) => this.waiting.push({ holds, resolve }));
  }
}

for (const vsn of ["1.0.0", "2.0.0"]) {
  describe(`@supabase/realtime-js, ${vsn}`, () => {
    test("subscribes and unsubscribes", patience, async () => {
      const client = connect(vsn);
      const channel = client.channel("room");
      await subscribed(channel);
      assert.equal(channel.state, "joined");
      assert.equal(await channel.unsubscribe(), "ok");
      assert.equal(channel.state, "closed");
    });

    test("is told why it may not subscribe", patience, async () => {
      const client = connect(vsn);
      await client.setAuth("expired");
      const error = await subscribed(client.channel("room"), "CHANNEL_ERROR");
      assert.match(error.message, /Token has expired/);
    });

    test("goes on with a new token", patience, async () => {
      const client = connect(vsn);
      const channel = client.channel("room", { config: { presence: { enabled: true } } });
      await subscribed(channel);
      await client.setAuth("another");
      assert.equal(await channel.track({ n: 1 }), "ok");
      assert.equal(channel.state, "joined");
    });

    test("hears what others broadcast", patience, async () => {
      const channel = connect(vsn).channel("room");
      const news = heard(channel, "news");
      await subscribed(channel);
      const sender = connect("1.0.0").channel("room");
      await subscribed(sender);
      assert.equal(
        await sender.send({ type: "broadcast", event: "news", payload: { text: "grüße" } }), "ok");
      assert.deepEqual((await news).payload, { text: "grüße" });
    });

    test("sees who is present", patience, async () => {
      const ann = connect(vsn).channel("room", { config: { presence: { key: "ann" } } });
      const seenByAnn = new Presences(ann);
      await subscribed(ann);
      assert.equal(await ann.track({ mood: "fine" }), "ok");
      assert.equal((await seenByAnn.until((state) => state.ann)).ann[0].mood, "fine");

      const bob = connect(vsn).channel("room", { config: { presence: { key: "bob" } } });
      const seenByBob = new Presences(bob);
      await subscribed(bob);
      assert.equal((await seenByBob.until((state) => state.ann)).ann[0].mood, "fine");
      assert.equal(await bob.track({ mood: "tired" }), "ok");
      await seenByAnn.until((state) => state.bob?.[0].mood === "tired");
      // Not track() in place of these two: this client forgets the phx_ref of what it has reported,
      // and does not know it again when it is replaced.
      assert.equal(await bob.untrack(), "ok");
      await seenByAnn.until((state) => !state.bob);
      assert.equal(await bob.track({ mood: "awake" }), "ok");
      await seenByAnn.until((state) => state.bob?.[0].mood === "awake");
      await ann.unsubscribe();
      await seenByBob.until((state) => !state.ann);
    });

    test("gets a key of the server's if it has none", patience, async () => {
      const channel = connect(vsn).channel("room");
      const seen = new Presences(channel);
      await subscribed(channel);
      await channel.track({ n: 1 });
      const state = await seen.until((now) => Object.keys(now).length === 1);
      assert.match(Object.keys(state)[0], /^connection-\d+$/);
    });

    test("comes back when the server does", patience, async () => {
      let own = await MockServer.start(`--rules=${rules}`);
      const client = connect(vsn, { on: own });
      let times = 0;
      const again = new Promise((resolve) => {
        client.channel("room").subscribe((state) => {
          if (state === "SUBSCRIBED" && ++times === 1) own.stop("SIGKILL").then(restart);
          else if (state === "SUBSCRIBED") resolve();
        });
      });
      async function restart() {
        own = await MockServer.start(`--port=${own.port}`, `--rules=${rules}`);
      }
      await again;
      await client.disconnect();
      await own.stop();
    });
  });
}

// On 2.0.0 the client sends broadcasts as a kind of binary frame that Supabase has added to
// Phoenix's, and that no Phoenix server knows.
describe("@supabase/realtime-js, broadcasts on 1.0.0", () => {
  test("are acknowledged, if it asks for that", patience, async () => {
    const channel = connect("1.0.0").channel("room", { config: { broadcast: { ack: true } } });
    await subscribed(channel);
    assert.equal(await channel.send({ type: "broadcast", event: "e", payload: {} }), "ok");
  });

  test("come back to itself, if it asks for that", patience, async () => {
    const channel = connect("1.0.0").channel("room", {
      config: { broadcast: { self: true, ack: true } },
    });
    const own = heard(channel, "own");
    await subscribed(channel);
    assert.equal(await channel.send({ type: "broadcast", event: "own", payload: { n: 1 } }), "ok");
    assert.deepEqual((await own).payload, { n: 1 });
  });

  test("do not come back otherwise", patience, async () => {
    const channel = connect("1.0.0").channel("room", { config: { broadcast: { ack: true } } });
    let count = 0;
    channel.on("broadcast", { event: "own" }, () => ++count);
    await subscribed(channel);
    await channel.send({ type: "broadcast", event: "own", payload: {} });
    // Whatever came, came before this.
    await channel.send({ type: "broadcast", event: "other", payload: {} });
    assert.equal(count, 0);
  });

  test("a wrong key does not connect", patience, async () => {
    const client = connect("1.0.0", { apikey: "wrong" });
    await subscribed(client.channel("room"), "CHANNEL_ERROR");
    assert.equal(client.isConnected(), false);
  });
});
