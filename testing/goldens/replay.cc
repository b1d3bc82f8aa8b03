#include "testing/goldens/replay.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "client/wire/close_info.h"
#include "client/wire/masking_key_source.h"
#include "client/wire/websocket_frame.h"
#include "testing/goldens/golden_match.h"
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
      "date", "x-request-id", "sec-websocket-accept", "sec-websocket-extensions", "connection"};
  return left_out.find(header) == left_out.end();
}

std::map<std::string, std::string> Compared(const Headers& headers) {
  std::map<std::string, std::string> compared;
  for (const auto& [name, value] : headers) {
    if (IsCompared(Lower(name))) compared.emplace(Lower(name), value);
  }
  return compared;
}

std::string ToString(const std::map<std::string, std::string>& headers) {
  std::string text;
  for (const auto& [name, value] : headers) absl::StrAppend(&text, name, ": ", value, "; ");
  return text;
}

// What the driver sent besides the recorded headers.
RawRequest ToRequest(const TranscriptLine& line) {
  RawRequest request{line.method, line.target, line.connection == "HTTP/1.0" ? 0 : 1, line.headers};
  const auto add = [&](const std::string& name, const std::string& value) {
    if (std::find(line.omitted.begin(), line.omitted.end(), name) == line.omitted.end()) {
      request.headers.emplace_back(name, value);
    }
  };
  add("Host", "127.0.0.1:4003");
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

std::string OpcodeName(WebSocketOpcode opcode) {
  switch (opcode) {
    case WebSocketOpcode::kContinuation: return "continuation";
    case WebSocketOpcode::kText: return "text";
    case WebSocketOpcode::kBinary: return "binary";
    case WebSocketOpcode::kClose: return "close";
    case WebSocketOpcode::kPing: return "ping";
    case WebSocketOpcode::kPong: return "pong";
  }
  return "reserved";
}

std::string Describe(const ServerEvent& event) {
  switch (event.kind) {
    case ServerEvent::Kind::kResponse:
      return absl::StrCat("HTTP ", event.status, " ", ToString(Compared(event.headers)),
                          event.data);
    case ServerEvent::Kind::kTcpClose: return "the end of the TCP connection";
    case ServerEvent::Kind::kFrame: break;
  }
  const std::string name = OpcodeName(event.opcode);
  if (event.opcode == WebSocketOpcode::kText) return absl::StrCat(name, " ", event.data);
  if (event.opcode == WebSocketOpcode::kClose) {
    return absl::StrCat(name, " ", event.close_code, " ", event.data);
  }
  return absl::StrCat(name, " 0x", absl::BytesToHexString(event.data));
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
    event.close_code = line.close_code.value_or(wire::close_code::kNoStatus);
  }
  return event;
}

bool Same(const ServerEvent& expected, const ServerEvent& actual) {
  if (expected.kind != actual.kind) return false;
  switch (expected.kind) {
    case ServerEvent::Kind::kTcpClose: return true;
    case ServerEvent::Kind::kResponse:
      return expected.status == actual.status && expected.data == actual.data &&
             Compared(expected.headers) == Compared(actual.headers);
    case ServerEvent::Kind::kFrame: break;
  }
  if (expected.opcode != actual.opcode) return false;
  if (expected.opcode == WebSocketOpcode::kText) return SameText(expected.data, actual.data);
  if (expected.opcode == WebSocketOpcode::kClose) {
    return expected.close_code == actual.close_code && expected.data == actual.data;
  }
  return expected.data == actual.data;
}

std::string QueryValue(std::string_view target, std::string_view key) {
  const std::string name = std::string(key) + '=';
  const std::size_t begin = target.find(name);
  if (begin == std::string_view::npos) return {};
  const std::string_view rest = target.substr(begin + name.size());
  return std::string(rest.substr(0, rest.find('&')));
}

class Player {
 public:
  Player(const Transcript& transcript, const std::set<std::string>& left_out, ReplayTarget& target)
      : lines_(transcript.lines), name_(transcript.name), left_out_(left_out), target_(target) {}

  std::vector<std::string> Play() {
    for (std::size_t i = 0; i < lines_.size() && differences_.empty();) i = Step(i);
    if (differences_.empty()) ExpectNothingElse();
    return std::move(differences_);
  }

 private:
  // Plays the line at `index`, and those that belong to it; returns the next one's index.
  std::size_t Step(std::size_t index) {
    const TranscriptLine& line = lines_[index];
    if (left_out_.contains(line.connection)) return index + 1;
    switch (line.kind) {
      case LineKind::kRequest: Request(line); break;
      case LineKind::kSend: return Send(index);
      case LineKind::kNote: Note(line.data); break;
      case LineKind::kResponse:
        if (line.connection.empty()) break;  // an administrator's, or of long polling
        Expect(line);
        break;
      case LineKind::kReceive:
      case LineKind::kTcpClose: Expect(line); break;
    }
    return index + 1;
  }

  // Some notes say what the driver did besides sending.
  void Note(const std::string& note) {
    constexpr std::string_view kDropped = ": TCP destroyed without close frame";
    if (note.starts_with("shutdown: ")) target_.StopServer();
    if (note.ends_with(kDropped)) {
      const std::string connection = note.substr(0, note.size() - kDropped.size());
      target_.Disconnect(connection);
      connections_.erase(connection);
    }
  }

  void Request(const TranscriptLine& line) {
    target_.AdvanceTo(line.at);
    if (line.target.starts_with("/admin/broadcast?")) {
      target_.Broadcast(QueryValue(line.target, "topic"), QueryValue(line.target, "event"));
    } else if (!line.connection.empty()) {
      target_.Request(line.connection, ToRequest(line));
      connections_.insert(line.connection);
    }
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

  void Expect(const TranscriptLine& line) {
    const ServerEvent expected = Expected(line);
    const std::optional<ServerEvent> actual = target_.Await(line.connection);
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
  const std::set<std::string>& left_out_;
  ReplayTarget& target_;
  std::set<std::string> connections_;
  std::vector<std::string> differences_;
};

}  // namespace

std::ostream& operator<<(std::ostream& os, const ServerEvent& event) {
  return os << Describe(event);
}

std::vector<std::string> Replay(const Transcript& transcript, const std::set<std::string>& left_out,
                                ReplayTarget& target) {
  return Player(transcript, left_out, target).Play();
}

}  // namespace phx::test
