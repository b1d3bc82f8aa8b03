#include "testing/goldens/replay.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/wire/close_info.h"
#include "client/wire/masking_key_source.h"
#include "client/wire/websocket_frame.h"
#include "testing/goldens/golden_match.h"
#include "testing/goldens/long_poll_tokens.h"
#include "testing/goldens/replay_target.h"
#include "testing/goldens/transcript.h"

namespace phx::test {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;
using LineKind = TranscriptLine::Kind;
using wire::WebSocketOpcode;

// The driver sent what it did not wait between within a millisecond or two; between other steps it
// paused for 60.
constexpr std::chrono::milliseconds kOnePiece{10};

std::string Lower(std::string_view text) {
  return absl::AsciiStrToLower(absl::string_view(text.data(), text.size()));
}

// Headers whose values belong to the moment or the machine.
bool IsCompared(std::string_view header) {
  static const auto& left_out = *new std::set<std::string, std::less<>>{
      "date", "x-request-id", "sec-websocket-accept", "connection"};
  return left_out.find(header) == left_out.end();
}

std::map<std::string, std::string> Compared(const Headers& headers) {
  std::map<std::string, std::string> compared;
  for (const auto& [name, value] : headers) {
    if (IsCompared(Lower(name))) compared.emplace(Lower(name), value);
  }
  return compared;
}

// What the driver sent besides the recorded headers.
RawRequest ToRequest(const TranscriptLine& line, const std::string& host) {
  RawRequest request{line.method, line.target, line.connection == "HTTP/1.0" ? 0 : 1, line.headers,
                     line.data};
  const auto add = [&](const std::string& name, const std::string& value) {
    if (std::find(line.omitted.begin(), line.omitted.end(), name) == line.omitted.end()) {
      request.headers.emplace_back(name, value);
    }
  };
  add("Host", host);
  if (line.connection.empty()) return request;
  const bool is_short = line.connection == "short key";
  add("Sec-WebSocket-Key", is_short ? "c2hvcnQ=" : "dGhlIHNhbXBsZSBub25jZQ==");
  return request;
}

std::string EncodeSend(const TranscriptLine& line) {
  std::string out;
  if (line.opcode == WebSocketOpcode::kClose && line.close_code.has_value()) {
    std::string payload = {static_cast<char>(*line.close_code >> 8),
                           static_cast<char>(*line.close_code & 0xFF)};
    payload += line.data;
    wire::AppendFrame(out, {.opcode = line.opcode, .masking_key = wire::NextMaskingKey()}, payload);
    return out;
  }
  wire::AppendFrame(out,
                    {.opcode = line.opcode,
                     .fin = line.fin,
                     .rsv = line.rsv,
                     .masking_key = wire::NextMaskingKey()},
                    line.data);
  return out;
}

std::string Describe(const ServerEvent& event) {
  std::ostringstream text;
  text << event;
  return text.str();
}

ServerEvent Expected(const TranscriptLine& line) {
  ServerEvent event;
  event.data = line.data;
  if (line.kind == LineKind::kResponse) {
    event.kind = ServerEvent::Kind::kResponse;
    event.status = line.status;
    event.headers = line.headers;
  } else if (line.kind == LineKind::kTcpClose) {
    event.kind = ServerEvent::Kind::kTcpClose;
    event.data.clear();
  } else {
    event.opcode = line.opcode;
    event.compressed = line.rsv != 0;
    event.close_code = line.close_code.value_or(wire::close_code::kNoStatus);
  }
  return event;
}

bool SameBody(const ServerEvent& expected, const ServerEvent& actual) {
  return expected.data.starts_with('{') ? SameText(expected.data, actual.data)
                                        : expected.data == actual.data;
}

bool Same(const ServerEvent& expected, const ServerEvent& actual) {
  if (expected.kind != actual.kind) return false;
  switch (expected.kind) {
    case ServerEvent::Kind::kTcpClose: return true;
    case ServerEvent::Kind::kResponse:
      return expected.status == actual.status && SameBody(expected, actual) &&
             Compared(expected.headers) == Compared(actual.headers);
    case ServerEvent::Kind::kFrame: break;
  }
  if (expected.opcode != actual.opcode || expected.compressed != actual.compressed) return false;
  if (expected.opcode == WebSocketOpcode::kText) return SameText(expected.data, actual.data);
  if (expected.opcode == WebSocketOpcode::kClose) {
    return expected.close_code == actual.close_code && expected.data == actual.data;
  }
  return expected.data == actual.data;
}

class Player {
 public:
  Player(const Transcript& transcript, const GoldenCase& golden, ReplayTarget& target)
      : lines_(transcript.lines), name_(transcript.name), golden_(golden), target_(target) {}

  std::vector<std::string> Play() {
    for (std::size_t i = 0; i < lines_.size() && differences_.empty();) i = Step(i);
    if (differences_.empty()) ExpectNothingElse();
    return std::move(differences_);
  }

 private:
  struct Unanswered {
    std::string connection = {};
    std::string method = {};
  };

  // Plays the line at `index`, and those that belong to it; returns the next one's index.
  std::size_t Step(std::size_t index) {
    const TranscriptLine& line = lines_[index];
    switch (line.kind) {
      case LineKind::kRequest: Request(line); break;
      case LineKind::kSend: return Send(index);
      case LineKind::kNote: Note(line.data); break;
      case LineKind::kResponse: Response(line); break;
      case LineKind::kReceive: Expect(line); break;
      case LineKind::kTcpClose: ExpectEnd(line); break;
    }
    return index + 1;
  }

  // Some notes say what the driver did besides sending.
  void Note(const std::string& note) {
    constexpr std::string_view kDropped = ": TCP destroyed without close frame";
    if (note == "shutdown: sigterm") target_.StopServer();
    if (note == "shutdown: endpoint") {
      target_.Request(
          "administrator",
          {.method = "GET", .target = "/admin/stop_endpoint", .headers = {{"Host", golden_.host}}});
    }
    if (note.ends_with(kDropped)) {
      const std::string connection = note.substr(0, note.size() - kDropped.size());
      target_.Disconnect(connection);
      connections_.erase(connection);
    }
  }

  void Request(const TranscriptLine& line) {
    target_.AdvanceTo(line.at);
    if (line.connection.empty()) {
      const std::string connection = absl::StrCat("request ", line.number);
      target_.Request(connection, tokens_.ToServer(ToRequest(line, golden_.host)));
      unanswered_.push_back({.connection = connection, .method = line.method});
    } else {
      target_.Request(line.connection, ToRequest(line, golden_.host));
      connections_.insert(line.connection);
    }
  }

  void Response(const TranscriptLine& line) {
    if (!line.connection.empty()) return Expect(line);
    const Unanswered request = TakeUnanswered(line);
    const ServerEvent expected = Expected(line);
    std::optional<ServerEvent> actual = target_.Await(request.connection);
    if (actual.has_value()) tokens_.ToRecorded(expected, *actual);
    Compare(line, expected, actual);
  }

  // Such a connection carries one request, and two at most are under way: a poll that waits, and
  // another one. What has messages is the poll's.
  Unanswered TakeUnanswered(const TranscriptLine& response) {
    const bool is_poll = response.data.starts_with(R"({"messages")");
    auto found = std::find_if(unanswered_.begin(), unanswered_.end(),
                              [&](const Unanswered& r) { return (r.method == "GET") == is_poll; });
    if (found == unanswered_.end()) found = unanswered_.begin();
    Unanswered request = *found;
    unanswered_.erase(found);
    return request;
  }

  std::size_t Send(std::size_t begin) {
    std::string bytes;
    std::size_t end = begin;
    while (end != lines_.size() && lines_[end].kind == LineKind::kSend &&
           lines_[end].connection == lines_[begin].connection &&
           lines_[end].at - lines_[begin].at < kOnePiece) {
      bytes += EncodeSend(lines_[end++]);
    }
    target_.AdvanceTo(lines_[begin].at);
    target_.Send(lines_[begin].connection, bytes);
    return end;
  }

  // Where the driver was still writing when the server closed, it never got to read the close.
  void ExpectEnd(const TranscriptLine& line) {
    std::optional<ServerEvent> actual = target_.Await(line.connection);
    const bool is_close = actual.has_value() && actual->kind == ServerEvent::Kind::kFrame &&
                          actual->opcode == WebSocketOpcode::kClose;
    if (line.is_broken_pipe && is_close) actual = target_.Await(line.connection);
    Compare(line, Expected(line), actual);
  }

  void Expect(const TranscriptLine& line) {
    Compare(line, Expected(line), target_.Await(line.connection));
  }

  void Compare(const TranscriptLine& line, const ServerEvent& expected,
               const std::optional<ServerEvent>& actual) {
    if (actual.has_value() && Same(expected, *actual)) return;
    differences_.push_back(absl::StrCat(
        name_, ":", line.number, " [", line.connection, "]: Phoenix did: ", Describe(expected),
        "\n  here: ", actual.has_value() ? Describe(*actual) : std::string("nothing")));
  }

  void ExpectNothingElse() {
    for (const std::string& connection : connections_) {
      const std::optional<ServerEvent> event = target_.Poll(connection);
      if (!event.has_value()) continue;
      differences_.push_back(absl::StrCat(
          name_, " [", connection, "]: nothing more came from Phoenix; here: ", Describe(*event)));
    }
  }

  const std::vector<TranscriptLine>& lines_;
  const std::string& name_;
  const GoldenCase& golden_;
  ReplayTarget& target_;
  std::set<std::string> connections_;
  std::vector<Unanswered> unanswered_;  // requests without a name
  LongPollTokens tokens_;
  std::vector<std::string> differences_;
};

}  // namespace

std::vector<std::string> Replay(const Transcript& transcript, const GoldenCase& golden,
                                ReplayTarget& target) {
  return Player(transcript, golden, target).Play();
}

}  // namespace phx::test
