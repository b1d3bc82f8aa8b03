#include "client/core/hooks.h"

#include <memory>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<Ref> Notified(const Hooks& hooks, Hook hook) {
  ActionQueue actions;
  hooks.Notify(hook, std::make_shared<const OpenInfo>(), actions);
  std::vector<Ref> notified;
  while (const auto action = actions.Poll()) {
    notified.push_back(std::get<Dispatch>(*action).binding);
  }
  return notified;
}

TEST(HooksTest, NotifiesThoseOfTheHookInTheOrderOfRegistration) {
  Hooks hooks;
  hooks.Add(Hook::kOpen, Ref{2});
  hooks.Add(Hook::kClose, Ref{3});
  hooks.Add(Hook::kOpen, Ref{1});
  EXPECT_THAT(Notified(hooks, Hook::kOpen), ElementsAre(Ref{2}, Ref{1}));
  EXPECT_THAT(Notified(hooks, Hook::kClose), ElementsAre(Ref{3}));
  EXPECT_THAT(Notified(hooks, Hook::kError), IsEmpty());
}

TEST(HooksTest, RemovesTheNamedOneOnly) {
  Hooks hooks;
  hooks.Add(Hook::kOpen, Ref{1});
  hooks.Add(Hook::kOpen, Ref{2});
  EXPECT_TRUE(hooks.Remove(Ref{1}));
  EXPECT_FALSE(hooks.Remove(Ref{1}));
  EXPECT_THAT(Notified(hooks, Hook::kOpen), ElementsAre(Ref{2}));
}

TEST(HooksTest, ClearsAllAndNamesThem) {
  Hooks hooks;
  hooks.Add(Hook::kJoin, Ref{1});
  hooks.Add(Hook::kError, Ref{2});
  EXPECT_THAT(hooks.Clear(), ElementsAre(Ref{1}, Ref{2}));
  EXPECT_THAT(Notified(hooks, Hook::kJoin), IsEmpty());
}

}  // namespace
}  // namespace phx::core
