#include "loadgen/run_flags.h"

namespace phx::loadgen {
namespace {

void AddServerFlags(FlagSet* flags, Settings* settings) {
  flags->Group("Server");
  flags->Add("url", "URL",
             "The socket to load: ws://, wss://, http:// or https://, as a Phoenix client is given "
             "it, without \"/websocket\". Given more than once, connections take turns.",
             &settings->urls);
  flags->Add("embedded", "",
             "Start a mock server in this process and load that. It answers every event.",
             &settings->embedded);
  flags->Add("server-threads", "N", "Threads of the embedded server; 0: half of the cores.",
             &settings->server_threads);
  flags->Add(
      "server-ports", "N",
      "Ports of the embedded server, between which connections take turns. Each has a server "
      "of its own.",
      &settings->server_ports);
  flags->Add("local-address", "ADDRESSES",
             "IP addresses of this machine to connect from, in turns, as in "
             "127.0.0.2-127.0.0.20 or 10.0.0.5,10.0.0.6: each has local ports of its own, of which "
             "a connection needs one. Default: the system chooses.",
             &settings->local_addresses);
  flags->Add("tls-no-verify", "", "Accept any certificate. For a test server of your own.",
             &settings->tls_no_verify);
}

void AddConnectionFlags(FlagSet* flags, Settings* settings) {
  flags->Group("Connections");
  flags->Add("connections", "N", "Connections to open.", &settings->connections);
  flags->Add(
      "connect-rate", "RATE",
      "Connections opened per second; 0: as fast as --max-connecting lets them. With a rate, "
      "connect latency counts from the moment at which the connection was due.",
      &settings->connect_rate);
  flags->Add("max-connecting", "N", "Connections that are being opened and joined at a time.",
             &settings->max_connecting);
  flags->Add("connect-timeout", "DURATION", "How long opening a connection may take.",
             &settings->connect_timeout);
  flags->Add("heartbeat", "DURATION",
             "The longest time between two heartbeats of a connection. Each has its own, between "
             "half of this and all of it, so that they do not come all at once. 0: none.",
             &settings->heartbeat);
  flags->Add(
      "reconnect", "",
      "Open connections that are lost again, after a back-off, and join their channels, "
      "instead of giving them up. Losses are then no errors: they are counted by themselves, "
      "with how long it took to come back.",
      &settings->reconnect);
  flags->Add("restart-after", "DURATION",
             "Restart the embedded server when so much of the measured time has passed. 0: never.",
             &settings->restart_after);
}

void AddLoadFlags(FlagSet* flags, Settings* settings) {
  flags->Group("Load");
  flags->Add("rate", "RATE",
             "Pushes per second, of all connections together; each channel gets its turn. 0: none.",
             &settings->rate);
  flags->Add("phases", "PHASES",
             "Rates that change, in place of --rate and --duration: 'ramp 0..2000 30s, hold 1m, "
             "spike 5000 5s, step 1000..5000/5 10s, ramp ..0 10s'. A hold without a rate keeps the "
             "last one, a ramp without its beginning starts from it; spikes leave it alone. The "
             "report has a line for each.",
             &settings->phases);
  flags->Add(
      "model", "NAME",
      "open: by --rate, whether or not the server keeps up. closed: so many --in-flight; the "
      "next waits for a reply, so that a slow server is asked for less, and its latencies "
      "look better than those that users would see.",
      &settings->model);
  flags->Add("in-flight", "N",
             "Of the closed model: pushes under way, of all connections together.",
             &settings->in_flight);
  flags->Add("duration", "DURATION", "How long to measure.", &settings->duration);
  flags->Add("warmup", "DURATION", "How long to push before measuring. Not in the results.",
             &settings->warmup);
  flags->Add("timeout", "DURATION",
             "How long a join, a push or a heartbeat may wait for its reply.", &settings->timeout);
  flags->Add(
      "seed", "N",
      "Of all that is drawn: sizes of payloads, think times, waits before a reconnect, in which "
      "order kinds of users open. The same seed draws the same again.",
      &settings->seed);
  flags->Add("threads", "N",
             "Threads of the generator, each with its share of the connections; 0: the cores that "
             "the embedded server leaves.",
             &settings->threads);
}

void AddVerdictFlags(FlagSet* flags, Settings* settings) {
  flags->Group("Verdict");
  flags->Add("fail-if", "CONDITION",
             "The run fails if this holds of its figures, as in 'reply.p99 > 50ms' or 'errors > "
             "0.1%'; see below. May be given more than once.",
             &settings->fail_if);
  flags->Add("abort-if", "CONDITION",
             "As --fail-if, but checked each second of the load: the run then ends at once.",
             &settings->abort_if);
  flags->Add("late-after", "DURATION",
             "A push that leaves so long after it was due is counted as late. Its latency counts "
             "from when it was due in any case.",
             &settings->late_after);
}

}  // namespace

void AddUserFlags(FlagSet* flags, KindSettings* user) {
  flags->Group("Users: what each connection does");
  flags->Add("params", "JSON",
             "Connect params, an object. Strings in it may have placeholders: {connection}, the "
             "number of the connection, and the columns of --feed, as in {token}.",
             &user->params);
  flags->Add("auth-token", "TOKEN",
             "The token of the connection, as Phoenix 1.8 takes it with auth_token: true; beside "
             "the handshake, and in no URL. It may have placeholders: {connection} and the columns "
             "of --feed.",
             &user->auth_token);
  flags->Add("feed", "FILE",
             "CSV file whose first line names its columns: each connection has a row of it, in "
             "turns, for the placeholders in --params, --auth-token, --topic, --join-params and "
             "--payload.",
             &user->feed);
  flags->Add("channels", "N", "Channels that each connection joins.", &user->channels);
  flags->Add("topic", "PATTERN",
             "Topic of a channel; {connection} and {channel} stand for their numbers, from 1. "
             "Without {connection} all connections share the topics. Default: "
             "room:{connection}:{channel}, for broadcasts room:{channel}.",
             &user->topic);
  flags->Add("join-params", "JSON", "Join params, an object.", &user->join_params);
  flags->Add("workload", "NAME",
             "What is done over and over. reply: push, and wait for the reply. cast: push, and "
             "expect nothing. broadcast: push, and expect it at every member of the topic. churn: "
             "leave the channel, and join it again. presence: the same, until the others see it. "
             "idle: nothing.",
             &user->workload);
  flags->Add("publishers", "SHARE",
             "Of the connections, those that push broadcasts. All receive them.",
             &user->publishers);
  flags->Add("event", "EVENT", "Event to push. The server has to reply to it.", &user->event);
  flags->Add("payload", "JSON",
             "The payload. Its strings may have the placeholders of --topic in them, and {data}, "
             "which fills it up to --payload-size. Default: {\"data\":\"{data}\"}.",
             &user->payload);
  flags->Add("payload-size", "SIZE", "Size of the payload, or a range of sizes, as in 64..1KiB.",
             &user->payload_size);
  flags->Add("transport", "NAME", "websocket or longpoll.", &user->transport);
  flags->Add("read-rate", "SIZE",
             "What each connection reads a second at most, as a slow consumer does: the server has "
             "to keep the rest, or close the connection. 0: all there is.",
             &user->read_rate);
  flags->Add("binary", "", "Push --payload-size raw bytes, in binary frames.", &user->binary);
  flags->Add(
      "max-outstanding", "N",
      "Pushes without reply that a connection may have. What is due beyond it is skipped and "
      "counted. 0: no limit.",
      &user->max_outstanding);
}

void AddRunFlags(FlagSet* flags, Settings* settings) {
  AddServerFlags(flags, settings);
  AddConnectionFlags(flags, settings);
  AddUserFlags(flags, &settings->user);
  AddLoadFlags(flags, settings);
  AddVerdictFlags(flags, settings);
}

void AddShardFlags(FlagSet* flags, Settings* settings) {
  flags->Group("Beyond one machine");
  flags->Add("shard", "I/N",
             "Carry out this part of the run, of so many: its share of the connections and of the "
             "rate. All other flags are those of the whole run, and the same for each shard. Put "
             "what they write with --json together with loadgen merge.",
             &settings->shard);
  flags->Add("start-at", "TIME",
             "Set up at once, and push from this time on, as in 2026-11-26T21:15:00Z or in Unix "
             "seconds. The run fails if the setup is not through by then.",
             &settings->start_at);
}

void AddOutputFlags(FlagSet* flags, Settings* settings) {
  flags->Group("Reports");
  flags->Add("interval", "DURATION",
             "How often the run is looked at: for --abort-if, progress, and the rows of --csv "
             "and of the charts.",
             &settings->interval);
  flags->Add(
      "json", "FILE",
      "Write everything that is known of the run as JSON: for programs, and for the commands "
      "report and compare.",
      &settings->json);
  flags->Add("csv", "FILE", "Write one line for each --interval as CSV.", &settings->csv);
  flags->Add("html", "FILE", "Write a page with charts, which needs no network.", &settings->html);
  flags->Add(
      "label", "KEY=VALUE",
      "What the reports are to say of the run besides, such as commit=1f3a of the server. May "
      "be given more than once.",
      &settings->labels);
  flags->Add("prometheus", "PORT",
             "Answer http://HOST:PORT/metrics for Prometheus while the run goes on, with what was "
             "recorded up to the last --interval. 0: no.",
             &settings->prometheus);
  flags->Add("dry-run", "", "Check everything, print what would be done, and open nothing.",
             &settings->dry_run);
  flags->Add("debug-frames", "N",
             "Print every frame of the connection of that number, from 1, to standard error, "
             "without what is sent with its joins. 0: none.",
             &settings->debug_frames);
  flags->Add("quiet", "", "Do not say every --interval how it goes.", &settings->quiet);
}

}  // namespace phx::loadgen
