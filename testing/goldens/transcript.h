// Transcript: one recorded conversation between a driver and a real Phoenix server, line by line.
// The format is described in README.md.
#ifndef PHX_TESTING_GOLDENS_TRANSCRIPT_H_
#define PHX_TESTING_GOLDENS_TRANSCRIPT_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "client/wire/websocket_frame.h"

namespace phx::test {

struct TranscriptLine {
  enum class Kind : std::uint8_t {
    kRequest,   // the driver sent an HTTP request
    kResponse,  // the server answered it
    kSend,      // the driver sent a WebSocket frame
    kReceive,   // the server sent one
    kTcpClose,  // the TCP connection ended
    kNote,      // a remark of the driver's, in `data`
  };
  Kind kind = Kind::kNote;
  int number = 0;               // in the file, from 1
  std::string connection = {};  // its name; empty for a request that is not a WebSocket's
  std::chrono::milliseconds at{0};

  // kRequest and kResponse.
  std::string method = {};
  std::string target = {};
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::vector<std::string> omitted = {};  // headers that a request would usually have

  // kSend and kReceive. `data` is the payload; for a close frame the reason.
  wire::WebSocketOpcode opcode = wire::WebSocketOpcode::kText;
  bool fin = true;
  std::uint8_t rsv = 0;
  std::optional<std::uint16_t> close_code = std::nullopt;  // nullopt in a close: it had no payload,
                                                           // or an odd one, in `data`
  bool is_broken_pipe = false;                             // kTcpClose: a write failed
  bool is_automatic = false;  // the driver's answer to a close of the server's

  std::string data = {};  // or an HTTP body, or the note
};

struct Transcript {
  std::string name = {};  // "echo.v2"
  std::vector<TranscriptLine> lines = {};
};

// The transcript in `path`. kNotFound if there is no such file; kDataLoss, naming the line, if it
// is not a transcript.
absl::StatusOr<Transcript> ReadTranscript(const std::string& path);

// The names of all transcripts in `directory`, such as "echo.v2", sorted.
std::vector<std::string> ListTranscripts(const std::string& directory);

}  // namespace phx::test

#endif  // PHX_TESTING_GOLDENS_TRANSCRIPT_H_
