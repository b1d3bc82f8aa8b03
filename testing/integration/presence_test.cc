// Presence over a real connection: against the mock server's Presence, and against a channel that
// says whatever it is told to.
#include "client/presence/presence.h"

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/channel.h"
#include "client/socket.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "mockserver/channel_builder.h"
#include "nlohmann/json.hpp"
#include "testing/integration/fixture.h"

namespace phx::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

struct Device {
  std::string status;
};

void from_json(const json& value, Device& device) { value.at("status").get_to(device.status); }

json ParamsOf(const std::string& user, const std::string& status) {
  return {{"user", user}, {"meta", {{"status", status}}}};
}

std::vector<std::string> Keys(const Presence& presence) {
  return presence.List([](const std::string& key, const PresenceEntry&) { return key; });
}

std::vector<std::string> Statuses(const PresenceEntry& entry) {
  std::vector<std::string> statuses;
  for (const json& meta : entry.metas()) statuses.push_back(meta.at("status"));
  return statuses;
}

// All that the handlers of `presence` are told, a line each.
std::shared_ptr<std::vector<std::string>> Follow(const Presence& presence) {
  auto told = std::make_shared<std::vector<std::string>>();
  presence.OnJoin([told](const PresenceJoined& joined) {
    told->push_back(absl::StrCat(joined.is_first() ? "come " : "join ", joined.key));
  });
  presence.OnLeave([told](const PresenceLeft& left) {
    told->push_back(absl::StrCat(left.is_last() ? "gone " : "leave ", left.key));
  });
  presence.OnUpdate([told](const PresenceUpdated& updated) {
    told->push_back(absl::StrCat("update ", updated.key));
  });
  presence.OnSync([told] { told->push_back("sync"); });
  return told;
}

// --- the mock server's Presence

class PresenceTest : public LoopbackTest, public testing::WithParamInterface<Flavour> {
 protected:
  void SetUp() override { Start(GetParam()); }

  // Joins "presence:p" as `user`.
  Channel Enter(const Socket& socket, const std::string& user, const std::string& status) {
    const Channel channel = socket.Channel("presence:p", ParamsOf(user, status));
    EXPECT_TRUE(socket.Connect().ok());
    channel.Join();
    return channel;
  }
};

INSTANTIATE_TEST_SUITE_P(Versions, PresenceTest, testing::Values(Flavour{}, Flavour{.v1 = true}),
                         NameOf);

TEST_P(PresenceTest, TellsOfThoseWhoAreThereAndOfThoseWhoComeAndGo) {
  const Socket ann = MakeSocket();
  const Presence presence(ann.Channel("presence:p"));
  const auto told = Follow(presence);
  EXPECT_TRUE(presence.in_pending_sync_state());
  const Channel channel = Enter(ann, "ann", "here");
  RunUntil([&] { return !presence.in_pending_sync_state(); });
  {
    const Socket bob = MakeSocket();
    Enter(bob, "bob", "away");
    RunUntil([&] { return presence.size() == 2; });
    EXPECT_THAT(Keys(presence), ElementsAre("ann", "bob"));
  }
  RunUntil([&] { return presence.size() == 1; });
  EXPECT_THAT(*told, ElementsAre("come ann", "sync", "come bob", "sync", "gone bob", "sync"));
  EXPECT_EQ(presence.channel(), channel);
}

TEST_P(PresenceTest, TellsDevicesOfOneUserApart) {
  const Socket ann = MakeSocket();
  const Presence presence(ann.Channel("presence:p"));
  const auto told = Follow(presence);
  Enter(ann, "ann", "desktop");
  RunUntil([&] { return presence.size() == 1; });
  {
    const Socket phone = MakeSocket();
    Enter(phone, "ann", "phone");
    RunUntil([&] { return presence.Get("ann")->metas().size() == 2; });
    EXPECT_THAT(Statuses(*presence.Get("ann")), ElementsAre("desktop", "phone"));
  }
  RunUntil([&] { return presence.Get("ann")->metas().size() == 1; });
  EXPECT_THAT(*told, ElementsAre("come ann", "sync", "join ann", "update ann", "sync", "leave ann",
                                 "update ann", "sync"));
}

TEST_P(PresenceTest, AnUpdateIsAJoinALeaveAndOneUpdate) {
  const Socket ann = MakeSocket();
  const Presence presence(ann.Channel("presence:p"));
  const Channel channel = Enter(ann, "ann", "here");
  RunUntil([&] { return presence.size() == 1; });
  const auto told = Follow(presence);
  std::optional<PresenceUpdated> update;
  presence.OnUpdate([&](const PresenceUpdated& updated) { update = updated; });
  channel.Push("update_meta", json{{"status", "away"}});
  RunUntil([&] { return !told->empty() && told->back() == "sync"; });
  EXPECT_THAT(*told, ElementsAre("join ann", "leave ann", "update ann", "sync"));
  ASSERT_TRUE(update.has_value());
  EXPECT_THAT(Statuses(update->before), ElementsAre("here"));
  EXPECT_THAT(Statuses(update->after), ElementsAre("away"));
  channel.Push("untrack");
  RunUntil([&] { return presence.size() == 0; });
  EXPECT_EQ(presence.Get("ann"), std::nullopt);
}

TEST_P(PresenceTest, AfterARejoinItTellsTheNetChangeOnly) {
  const Socket ann = MakeSocket();
  const Presence presence(ann.Channel("presence:p"));
  Enter(ann, "ann", "here");
  RunUntil([&] { return presence.size() == 1; });
  const mock::ConnectionId connection = server().connections().front();
  auto bob = std::make_unique<Socket>(MakeSocket());
  Enter(*bob, "bob", "here");
  const Socket cid = MakeSocket();
  Enter(cid, "cid", "here");
  RunUntil([&] { return presence.size() == 3; });
  const auto told = Follow(presence);
  bool was_pending = false;
  presence.channel().OnError([&](const ChannelErrored&) {
    was_pending = presence.in_pending_sync_state() && presence.size() == 3;
    bob.reset();
  });
  server().DropConnection(mock::Drop::kRst, connection);
  RunUntil([&] { return was_pending && !presence.in_pending_sync_state(); });
  RunUntil([&] { return presence.size() == 2; });
  EXPECT_THAT(Keys(presence), UnorderedElementsAre("ann", "cid"));
  // Nobody but bob is told to have gone, and cid of whom nothing changed not to have come.
  EXPECT_THAT(*told, testing::Contains("gone bob").Times(1));
  EXPECT_THAT(*told, testing::Not(testing::Contains(HasSubstr("cid"))));
  EXPECT_THAT(*told, testing::Not(testing::Contains("gone ann")));
}

TEST_P(PresenceTest, GivesMetasAsAUsersType) {
  const Socket ann = MakeSocket();
  const Presence presence(ann.Channel("presence:p"));
  Enter(ann, "ann", "here");
  RunUntil([&] { return presence.size() == 1; });
  const auto list = presence.ListAs<Device>();
  ASSERT_TRUE(list.ok()) << list.status();
  ASSERT_EQ(list->size(), 1U);
  EXPECT_EQ(list->front().key, "ann");
  EXPECT_EQ(list->front().metas.front().status, "here");
  EXPECT_EQ(presence.GetAs<Device>("ann")->front().status, "here");
  EXPECT_EQ(presence.GetAs<Device>("bob").status().code(), absl::StatusCode::kNotFound);
  const absl::Status wrong = presence.ListAs<int>().status();
  EXPECT_EQ(wrong.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(wrong.message()), HasSubstr("key \"ann\""));
}

// --- a channel that says what it is told to

// After a join it pushes what the params tell, {event: payload, …}; "say" makes it push one more. A
// join with the params "later" waits for `answer_`.
class ScriptedPresenceTest : public LoopbackTest {
 protected:
  void SetUp() override {
    mock::UserSocket socket;
    socket.channels = {
        {"*", mock::ChannelBuilder()
                  .OnJoin([this](mock::ChannelSocket& self, const mock::Payload& params) {
                    if (params.json() == "later") {
                      answer_.set_value(self.join_handle());
                      return mock::JoinLater(/*blocks_socket=*/false);
                    }
                    self.Send({.name = "after_join", .payload = params});
                    return mock::JoinOk();
                  })
                  .OnInfo("after_join",
                          [](mock::ChannelSocket& self, const mock::Info& info) {
                            for (const auto& [event, payload] : info.payload.json().items()) {
                              self.Push(event, payload);
                            }
                            return mock::NoReply();
                          })
                  .OnIn("say",
                        [](mock::ChannelSocket& self, const mock::Payload& payload) {
                          self.Push(payload.json().at("event").get<std::string>(),
                                    payload.json().at("payload"));
                          return mock::ReplyOk();
                        })
                  .Build()}};
    mock::ServerOptions options;
    options.sockets = {socket};
    server_ = std::make_unique<mock::Server>(std::move(options));
    ASSERT_TRUE(server_->status().ok()) << server_->status();
    socket_ = std::make_unique<Socket>(io().get_executor(), server_->url(), ClientOptions());
  }
  void TearDown() override {
    socket_.reset();
    LoopbackTest::TearDown();
  }

  // Joins "room", where the server then says `what`, and waits until that has been heard.
  Channel JoinHearing(const json& what) {
    const Channel room = socket_->Channel("room", what);
    EXPECT_TRUE(socket_->Connect().ok());
    room.Join();
    Say("nothing", json::object());  // answered after all of that has been pushed
    return room;
  }
  // Makes the server say it, and waits until it has been heard.
  void Say(const std::string& event, const json& payload) {
    bool answered = false;
    socket_->Channel("room")
        .Push("say", json{{"event", event}, {"payload", payload}})
        .Receive("ok", [&](const Reply&) { answered = true; });
    RunUntil([&] { return answered; });
  }
  static json One(const std::string& ref) { return {{"metas", {{{"phx_ref", ref}}}}}; }

  std::promise<mock::JoinHandle> answer_;  // to a join with the params "later"
  std::unique_ptr<mock::Server> server_;
  std::unique_ptr<Socket> socket_;
};

// phoenix#4549 and others: handlers that never ran.
TEST_F(ScriptedPresenceTest, HearsAStateThatComesBeforeTheJoinsReply) {
  const Channel room = socket_->Channel("room", json("later"));
  const Presence presence(room);
  const auto told = Follow(presence);
  ASSERT_TRUE(socket_->Connect().ok());
  room.Join();
  std::future<mock::JoinHandle> answer = answer_.get_future();
  RunUntil([&] { return !room.join_ref().empty(); });
  RunReady();
  ASSERT_EQ(answer.wait_for(kPatience), std::future_status::ready);
  const json state = {
      room.join_ref().ToString(), nullptr, "room", "presence_state", {{"ann", One("1")}}};
  server_->SendFrame({wire::FrameType::kText, state.dump()});
  RunUntil([&] { return !told->empty(); });
  EXPECT_TRUE(room.is_joining());
  EXPECT_THAT(*told, ElementsAre("come ann", "sync"));
  EXPECT_FALSE(presence.in_pending_sync_state());
  answer.get().Ok();
  RunUntil([&] { return room.is_joined(); });
  EXPECT_FALSE(presence.in_pending_sync_state());
}

TEST_F(ScriptedPresenceTest, WithoutAStateItStaysPendingAndNoHandlerRuns) {
  const Presence presence(socket_->Channel("room"));
  const auto told = Follow(presence);
  JoinHearing(json::object());
  Say("presence_diff", {{"joins", {{"ann", One("1")}}}, {"leaves", json::object()}});
  EXPECT_THAT(*told, IsEmpty());
  EXPECT_TRUE(presence.in_pending_sync_state());
  EXPECT_EQ(presence.size(), 0U);
}

TEST_F(ScriptedPresenceTest, MadeAfterTheStateItWaitsForTheNextOne) {
  JoinHearing({{"presence_state", {{"ann", One("1")}}}});
  const Presence presence(socket_->Channel("room"));
  const auto told = Follow(presence);
  Say("presence_diff", {{"joins", {{"bob", One("2")}}}});
  EXPECT_TRUE(presence.in_pending_sync_state());
  Say("presence_state", {{"ann", One("1")}, {"bob", One("2")}});
  EXPECT_THAT(*told, ElementsAre("come ann", "come bob", "sync"));
}

TEST_F(ScriptedPresenceTest, WarnsOfManyDiffsWithoutAState) {
  const Presence presence(socket_->Channel("room"), {.max_pending_diffs = 1});
  JoinHearing(json::object());
  Say("presence_diff", {{"joins", {{"ann", One("1")}}}});
  EXPECT_THAT(Log(), testing::Not(HasSubstr("no state")));
  Say("presence_diff", {{"joins", {{"bob", One("2")}}}});
  EXPECT_THAT(Log(), HasSubstr("no state"));
}

TEST_F(ScriptedPresenceTest, KeysAreAnyStrings) {
  const Presence presence(socket_->Channel("room"));
  JoinHearing({{"presence_state", {{"__proto__", One("1")}, {"", One("2")}, {"a.b", One("3")}}}});
  Say("presence_diff", {{"joins", {{"é", One("4")}}}, {"leaves", {{"a.b", One("3")}}}});
  EXPECT_THAT(Keys(presence), ElementsAre("", "__proto__", "é"));
  EXPECT_TRUE(presence.Get("").has_value());
  EXPECT_TRUE(presence.Get("__proto__").has_value());
  EXPECT_FALSE(presence.Get("a.b").has_value());
}

TEST_F(ScriptedPresenceTest, EventsMayHaveOtherNames) {
  const Presence presence(socket_->Channel("room"),
                          {.state_event = "who", .diff_event = "who_changed"});
  JoinHearing({{"who", {{"ann", One("1")}}}});
  Say("presence_state", {{"nobody", One("9")}});
  Say("who_changed", {{"joins", {{"bob", One("2")}}}});
  EXPECT_THAT(Keys(presence), ElementsAre("ann", "bob"));
}

TEST_F(ScriptedPresenceTest, SkipsWhatIsMalformedAndLogsIt) {
  const Presence presence(socket_->Channel("room"));
  const auto told = Follow(presence);
  JoinHearing({{"presence_state", {{"ann", One("1")}}}});
  Say("presence_state", {{"bob", {{"metas", "none"}}}});
  Say("presence_diff", {{"joins", {{"cid", 5}}}});
  EXPECT_THAT(Keys(presence), ElementsAre("ann"));
  EXPECT_THAT(*told, ElementsAre("come ann", "sync"));
  EXPECT_THAT(Log(), HasSubstr("malformed presence_state: key \"bob\""));
  EXPECT_THAT(Log(), HasSubstr("malformed presence_diff: key \"cid\""));
}

TEST_F(ScriptedPresenceTest, AHandlerThatThrowsIsLoggedAndStopsNobodyElse) {
  const Presence presence(socket_->Channel("room"));
  presence.OnJoin([](const PresenceJoined&) { throw std::runtime_error("oops"); });
  const auto told = Follow(presence);
  JoinHearing({{"presence_state", {{"ann", One("1")}}}});
  EXPECT_THAT(*told, ElementsAre("come ann", "sync"));
  EXPECT_THAT(Log(), HasSubstr("a handler of Presence threw: oops"));
}

TEST_F(ScriptedPresenceTest, HandlersAlreadySeeAllOfTheMessage) {
  const Presence presence(socket_->Channel("room"));
  std::vector<std::size_t> sizes;
  presence.OnJoin([&, presence](const PresenceJoined&) { sizes.push_back(presence.size()); });
  JoinHearing({{"presence_state", {{"ann", One("1")}, {"bob", One("2")}}}});
  EXPECT_THAT(sizes, ElementsAre(2, 2));
}

TEST_F(ScriptedPresenceTest, AHandlerThatWasTakenOutDoesNotRun) {
  const Presence presence(socket_->Channel("room"));
  int heard = 0;
  Ref second;
  presence.OnJoin([&](const PresenceJoined&) {
    ++heard;
    presence.Off(second);
  });
  second = presence.OnJoin([&](const PresenceJoined&) { heard += 100; });
  JoinHearing({{"presence_state", {{"ann", One("1")}}}});
  EXPECT_EQ(heard, 1);
}

TEST_F(ScriptedPresenceTest, StoppedInsideAHandlerItRunsNoOther) {
  const Presence presence(socket_->Channel("room"));
  int heard = 0;
  presence.OnJoin([&](const PresenceJoined&) {
    ++heard;
    presence.Stop();
  });
  presence.OnSync([&] { ++heard; });
  JoinHearing({{"presence_state", {{"ann", One("1")}, {"bob", One("2")}}}});
  Say("presence_state", {{"cid", One("3")}});
  EXPECT_EQ(heard, 1);
  EXPECT_THAT(Keys(presence), ElementsAre("ann", "bob"));
}

TEST_F(ScriptedPresenceTest, WhenAHandlerRemovesTheChannelNoOtherRuns) {
  const Channel room = socket_->Channel("room", json{{"presence_state", {{"ann", One("1")}}}});
  const Presence presence(room);
  int heard = 0;
  presence.OnJoin([&](const PresenceJoined&) {
    ++heard;
    room.Remove();
  });
  presence.OnSync([&] { ++heard; });
  ASSERT_TRUE(socket_->Connect().ok());
  room.Join();
  RunUntil([&] { return room.is_removed(); });
  RunReady();
  EXPECT_EQ(heard, 1);
  EXPECT_THAT(Keys(presence), ElementsAre("ann"));
}

TEST_F(ScriptedPresenceTest, WhenAHandlerDestroysTheSocketNoOtherRuns) {
  const Channel room = socket_->Channel("room", json{{"presence_state", {{"ann", One("1")}}}});
  const Presence presence(room);
  int heard = 0;
  presence.OnJoin([&](const PresenceJoined&) {
    ++heard;
    socket_.reset();
  });
  presence.OnSync([&] { ++heard; });
  ASSERT_TRUE(socket_->Connect().ok());
  room.Join();
  RunUntil([&] { return socket_ == nullptr; });
  RunReady();
  EXPECT_EQ(heard, 1);
}

TEST_F(ScriptedPresenceTest, ManyMayFollowOneChannel) {
  const Presence one(socket_->Channel("room"));
  const Presence two(socket_->Channel("room"));
  const Presence same = one;  // NOLINT(performance-unnecessary-copy-initialization)
  EXPECT_EQ(one, same);
  EXPECT_FALSE(one == two);
  JoinHearing({{"presence_state", {{"ann", One("1")}}}});
  one.Stop();
  Say("presence_diff", {{"joins", {{"bob", One("2")}}}});
  EXPECT_THAT(Keys(same), ElementsAre("ann"));
  EXPECT_THAT(Keys(two), ElementsAre("ann", "bob"));
}

TEST_F(ScriptedPresenceTest, LivesOnWithoutHandlesAndGoesWithTheSocket) {
  const auto token = std::make_shared<int>(0);
  int heard = 0;
  {
    const Presence presence(socket_->Channel("room"));
    // It owns itself, in a circle that the end of the socket breaks.
    presence.OnSync([&heard, token, presence] { heard += static_cast<int>(presence.size()); });
  }
  JoinHearing({{"presence_state", {{"ann", One("1")}}}});
  EXPECT_EQ(heard, 1);
  EXPECT_EQ(token.use_count(), 2);
  socket_.reset();
  EXPECT_EQ(token.use_count(), 1);
}

TEST_F(ScriptedPresenceTest, GoesWithTheChannelWhenThatIsRemoved) {
  const auto token = std::make_shared<int>(0);
  const Channel room = JoinHearing(json::object());
  const Presence presence(room);
  presence.OnSync([token, presence] {});
  RunReady();
  room.Remove();
  RunReady();
  EXPECT_EQ(token.use_count(), 1);
  presence.OnSync([token] {});  // too late: nobody will ever call it
  RunReady();
  EXPECT_EQ(token.use_count(), 1);
}

TEST_F(ScriptedPresenceTest, MayBeAskedFromAnyThread) {
  const Socket socket(server_->url(), ClientOptions());  // on a thread of its own
  json state = json::object();
  for (int i = 0; i < 50; ++i) state[absl::StrCat("user", i)] = One(absl::StrCat(i));
  const Channel room = socket.Channel("room", json{{"presence_state", state}});
  const Presence presence(room);
  std::promise<void> synced;
  presence.OnSync([&] { synced.set_value(); });
  ASSERT_TRUE(socket.Connect().ok());
  room.Join();
  std::future<void> done = synced.get_future();
  std::thread reader([&] {
    while (presence.size() < 50) std::this_thread::yield();
    EXPECT_TRUE(presence.Get("user49").has_value());
    presence.Stop();
  });
  ASSERT_EQ(done.wait_for(kPatience), std::future_status::ready);
  reader.join();
  EXPECT_EQ(presence.List().size(), 50U);
}

}  // namespace
}  // namespace phx::test
