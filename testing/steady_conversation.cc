#include "testing/steady_conversation.h"

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <string_view>
#include <thread>

#include "absl/strings/str_cat.h"
#include "boost/asio/post.hpp"
#include "client/options.h"
#include "client/push.h"
#include "client/wire/frame.h"
#include "client/wire/text.h"

namespace phx::test {

using namespace std::chrono_literals;

SocketOptions SteadyConversation::Options() {
  SocketOptions options;
  options.heartbeat_interval = 0s;
  return options;
}

SteadyConversation::SteadyConversation()
    : socket_(io_.get_executor(), absl::StrCat("ws://127.0.0.1:", server_.port(), "/socket"),
              Options()),
      room_(socket_.Channel("room:1")) {
  std::thread accepting([this] {
    server_.Accept();
    server_.Read([this](wire::FrameView join) { Answer(join); });
    server_.Flush();
  });
  bool is_joined = false;
  room_.On("news", [this](const Message&) { ++broadcasts_heard_; });
  room_.Join().Receive("ok", [&](const Reply&) { is_joined = true; });
  if (!socket_.Connect().ok()) std::abort();
  while (!is_joined) io_.run_one();
  accepting.join();
  RunClient();
}

void SteadyConversation::KeepPushing(int count) {
  boost::asio::post(socket_.get_executor(), [this, count] {
    for (int i = 0; i < count; ++i) Push();
  });
}

void SteadyConversation::Push() {
  constexpr std::string_view kPayload = R"({"body":"a text that is not small"})";
  room_.Push("new_msg", Payload::JsonText(wire::Text::Borrow(kPayload)))
      .Receive("ok", [this](const Reply&) {
        ++replies_;
        Push();
      });
}

void SteadyConversation::Broadcast(int count) {
  constexpr std::string_view kNews =
      R"([null,null,"room:1","news",{"body":"a text of some size"}])";
  for (int i = 0; i < count; ++i) server_.Append({wire::FrameType::kText, kNews});
}

void SteadyConversation::RunServer() {
  while (server_.ReadWhatIsThere([this](wire::FrameView message) { Answer(message); })) {
  }
  server_.Flush();
}

// ["join_ref","ref","topic",… becomes ["join_ref","ref","topic","phx_reply",…
void SteadyConversation::Answer(wire::FrameView message) {
  std::size_t end = 0;
  for (int quote = 0; quote < 6; ++quote) end = message.data.find('"', end) + 1;
  answer_.assign(message.data.substr(0, end));
  answer_.append(R"(,"phx_reply",{"response":{},"status":"ok"}])");
  server_.Append({wire::FrameType::kText, answer_});
}

void SteadyConversation::RunClient() {
  while (io_.poll() != 0) {
  }
}

}  // namespace phx::test
