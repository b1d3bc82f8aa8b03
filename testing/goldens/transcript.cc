#include "testing/goldens/transcript.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/wire/websocket_frame.h"
#include "nlohmann/json.hpp"

namespace phx::test {
namespace {

using nlohmann::json;
using Kind = TranscriptLine::Kind;
using wire::WebSocketOpcode;

constexpr const char* kExtension = ".jsonl";

Kind KindOf(const json& line) {
  static const auto& kinds = *new std::map<std::string, Kind>{{"http request", Kind::kRequest},
                                                              {"http response", Kind::kResponse},
                                                              {"close tcp", Kind::kTcpClose},
                                                              {"note note", Kind::kNote}};
  const auto direction = line.at("dir").get<std::string>();
  if (direction == "send") return Kind::kSend;
  if (direction == "recv") return Kind::kReceive;
  return kinds.at(direction + ' ' + line.at("type").get<std::string>());
}

WebSocketOpcode OpcodeOf(const json& line) {
  static const auto& opcodes =
      *new std::map<std::string, WebSocketOpcode>{{"continuation", WebSocketOpcode::kContinuation},
                                                  {"text", WebSocketOpcode::kText},
                                                  {"binary", WebSocketOpcode::kBinary},
                                                  {"close", WebSocketOpcode::kClose},
                                                  {"ping", WebSocketOpcode::kPing},
                                                  {"pong", WebSocketOpcode::kPong}};
  return opcodes.at(line.at("type").get<std::string>());
}

// Lines that count, `["1","5","room:lpb","echo",{"i":5}]`, of which the last is cut off: goes on
// counting up to `size`.
std::string CountOn(std::string text, std::size_t size) {
  text.resize(text.rfind('\n'));
  const std::string last = text.substr(text.rfind('\n') + 1);
  const std::size_t colon = last.rfind(':');
  const std::string number = last.substr(colon + 1, last.rfind('}') - colon - 1);
  for (int i = std::stoi(number) + 1; text.size() < size; ++i) {
    absl::StrAppend(
        &text, "\n",
        absl::StrReplaceAll(last, {{absl::StrCat("\"", number, "\""), absl::StrCat("\"", i, "\"")},
                                   {absl::StrCat(":", number, "}"), absl::StrCat(":", i, "}")}}));
  }
  return text;
}

// How a long text ends.
constexpr std::string_view kEnd = R"("}])";

// Repeats the last character of `["1","2","room:1","noreply",{"s":"xxx` up to `size`, its end
// included.
std::string Lengthen(std::string text, std::size_t size) {
  text.resize(size - kEnd.size(), text.back());
  return text.append(kEnd);
}

// Long texts were abbreviated as `["1","2","room:1","noreply",{"s":"xxx...<60000 bytes>`.
std::string Expand(std::string text) {
  constexpr std::string_view kMark = "...<";
  constexpr std::string_view kUnit = " bytes>";
  const std::size_t mark = text.rfind(kMark);
  if (mark == std::string::npos || !text.ends_with(kUnit)) return text;
  const auto size = static_cast<std::size_t>(std::stoul(text.substr(mark + kMark.size())));
  text.resize(mark);
  if (text.find('\n') != std::string::npos) return CountOn(std::move(text), size);
  return Lengthen(std::move(text), size);
}

// Of fragments only the size was recorded, as `<40000 bytes>`, which is their data at first.
bool IsUnrecorded(const TranscriptLine& line) {
  return line.kind == Kind::kSend && line.data.starts_with('<') && line.data.ends_with(" bytes>");
}

std::size_t RecordedSize(const TranscriptLine& fragment) {
  return static_cast<std::size_t>(std::stoul(fragment.data.substr(1)));
}

// Fills the fragments at the end of `lines`: together they are the longest text that was sent
// before them, in their length.
void FillFragments(std::vector<TranscriptLine>& lines) {
  const auto first = std::find_if(lines.begin(), lines.end(), IsUnrecorded);
  const auto longest = std::max_element(lines.begin(), first,
                                        [](const TranscriptLine& one, const TranscriptLine& other) {
                                          return one.data.size() < other.data.size();
                                        });
  if (longest == first || !longest->data.ends_with(kEnd)) {
    throw std::invalid_argument("fragments of a text that was not sent before");
  }
  std::size_t size = 0;
  std::for_each(first, lines.end(), [&](const auto& line) { size += RecordedSize(line); });
  const std::string text =
      Lengthen(longest->data.substr(0, longest->data.size() - kEnd.size()), size);
  std::size_t position = 0;
  std::for_each(first, lines.end(), [&](TranscriptLine& line) {
    const std::size_t part = RecordedSize(line);
    line.data = text.substr(position, part);
    position += part;
  });
}

std::string DataOf(const json& line) {
  if (const auto hex = line.find("hex"); hex != line.end()) {
    const auto digits = hex->get<std::string>();
    return digits.starts_with('<') ? digits : absl::HexStringToBytes(digits);
  }
  if (const auto reason = line.find("reason"); reason != line.end()) {
    return reason->get<std::string>();
  }
  return Expand(line.value("data", ""));
}

void ReadFrame(const json& line, TranscriptLine& out) {
  out.opcode = OpcodeOf(line);
  out.fin = line.value("fin", true);
  out.rsv = line.value("rsv", std::uint8_t{0});
  out.is_automatic = line.value("auto", false);
  const auto code = line.find("code");
  if (code != line.end() && code->is_number()) out.close_code = code->get<std::uint16_t>();
}

TranscriptLine ReadLine(const json& line, int number) {
  TranscriptLine out;
  out.kind = KindOf(line);
  out.number = number;
  out.connection = line.value("conn", "");
  out.at = std::chrono::milliseconds(line.value("t_ms", 0));
  out.data = DataOf(line);
  out.is_broken_pipe = line.value("how", "").starts_with('E');  // EPIPE, ECONNRESET
  if (out.kind == Kind::kSend || out.kind == Kind::kReceive) ReadFrame(line, out);
  if (out.kind == Kind::kRequest || out.kind == Kind::kResponse) {
    out.method = line.value("method", "");
    out.target = line.value("path", "");
    out.status = line.value("status", 0);
    for (const auto& [name, value] : line.at("headers").items()) {
      out.headers.emplace_back(name, value);
    }
    if (const auto omitted = line.find("omitted"); omitted != line.end()) {
      out.omitted = omitted->get<std::vector<std::string>>();
    }
  }
  return out;
}

}  // namespace

absl::StatusOr<Transcript> ReadTranscript(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot open the transcript ", path));
  Transcript transcript;
  transcript.name = std::filesystem::path(path).stem().string();
  std::string text;
  for (int number = 1; std::getline(file, text); ++number) {
    try {
      transcript.lines.push_back(ReadLine(json::parse(text), number));
      const TranscriptLine& line = transcript.lines.back();
      if (line.fin && IsUnrecorded(line)) FillFragments(transcript.lines);
    } catch (const std::exception& error) {
      return absl::DataLossError(absl::StrCat(path, ":", number, ": ", error.what()));
    }
  }
  return transcript;
}

std::vector<std::string> ListTranscripts(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() == kExtension) names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace phx::test
