#include "client/presence/presence_handlers.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "client/presence/test_presences.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::internal {
namespace {

using testing::ElementsAre;

class PresenceHandlersTest : public testing::Test {
 protected:
  PresenceHandlers::HandlerOf<PresenceJoined> Note(const std::string& what) {
    return [this, what](const PresenceJoined& joined) { told_.push_back(what + " " + joined.key); };
  }
  void Run(const std::vector<PresenceChange>& changes) {
    handlers_.Run(
        changes, [this] { return may_go_on_; },
        [this](std::string_view what) { told_.push_back("threw " + std::string(what)); });
  }

  const std::vector<PresenceChange> changes_ = {
      PresenceJoined{.key = "ann"}, PresenceLeft{.key = "bob"}, PresenceJoined{.key = "cid"}};
  PresenceHandlers handlers_;
  std::vector<std::string> told_;
  bool may_go_on_ = true;
};

TEST_F(PresenceHandlersTest, TellsEachOfItsOwnKindInTheOrderOfChangesAndOfRegistration) {
  handlers_.Add(Ref{1}, [this](const PresenceSynced&) { told_.emplace_back("synced"); });
  handlers_.Add(Ref{2}, Note("one"));
  handlers_.Add(Ref{3}, [this](const PresenceLeft& left) { told_.push_back("left " + left.key); });
  handlers_.Add(Ref{4}, Note("two"));
  Run(changes_);
  EXPECT_THAT(told_, ElementsAre("one ann", "two ann", "left bob", "one cid", "two cid", "synced"));
}

TEST_F(PresenceHandlersTest, AHandlerMayTakeOutAndAddWhileItRuns) {
  handlers_.Add(Ref{1}, [this, owned = std::make_shared<int>(1)](const PresenceJoined& joined) {
    handlers_.Remove(Ref{1});
    handlers_.Remove(Ref{2});
    handlers_.Add(Ref{3}, Note("three"));
    told_.push_back("one " + joined.key + " " + std::to_string(*owned));
  });
  handlers_.Add(Ref{2}, Note("two"));
  Run(changes_);
  EXPECT_THAT(told_, ElementsAre("one ann 1"));
  Run({PresenceJoined{.key = "dan"}});
  EXPECT_THAT(told_, ElementsAre("one ann 1", "three dan"));
}

TEST_F(PresenceHandlersTest, StopsBetweenHandlersWhenToldTo) {
  handlers_.Add(Ref{1}, [this](const PresenceJoined&) { may_go_on_ = false; });
  handlers_.Add(Ref{2}, Note("two"));
  Run(changes_);
  EXPECT_THAT(told_, ElementsAre());
}

TEST_F(PresenceHandlersTest, AHandlerThatThrowsStopsNobodyElse) {
  handlers_.Add(Ref{1}, [](const PresenceJoined&) { throw std::runtime_error("oops"); });
  handlers_.Add(Ref{2}, [](const PresenceJoined&) { throw 5; });
  handlers_.Add(Ref{3}, Note("three"));
  Run({PresenceJoined{.key = "ann"}});
  EXPECT_THAT(told_, ElementsAre("threw oops", "threw an exception that is not a std::exception",
                                 "three ann"));
}

}  // namespace
}  // namespace phx::internal
