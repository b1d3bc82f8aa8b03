#include "mockserver/deflate_offer.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "mockserver/flavor.h"

namespace phx::mock {
namespace {

std::optional<DeflateTerms> Take(const std::string& offer, Adapter adapter = Adapter::kBandit) {
  return TakeDeflateOffer({{"sec-websocket-extensions", offer}}, {.adapter = adapter});
}

std::string AnswerTo(const std::string& offer, Adapter adapter = Adapter::kBandit) {
  return Take(offer, adapter).value_or(DeflateTerms{.answer = "none"}).answer;
}

TEST(DeflateOfferTest, TakesWhatIsAskedForAndSaysSo) {
  EXPECT_EQ(Take("permessage-deflate"), DeflateTerms());
  EXPECT_EQ(Take("permessage-deflate; server_no_context_takeover; server_max_window_bits=10; "
                 "client_max_window_bits=\"9\"; client_no_context_takeover"),
            (DeflateTerms{.client_window_bits = 9,
                          .server_window_bits = 10,
                          .client_no_context_takeover = true,
                          .server_no_context_takeover = true,
                          .answer = "permessage-deflate;server_no_context_takeover;"
                                    "server_max_window_bits=10;client_max_window_bits=9;"
                                    "client_no_context_takeover"}));
}

TEST(DeflateOfferTest, IsWrittenAsTheAdapterWritesIt) {
  const std::string offer = "permessage-deflate ;client_max_window_bits";
  EXPECT_EQ(AnswerTo(offer), "permessage-deflate;client_max_window_bits=15");
  EXPECT_EQ(AnswerTo(offer, Adapter::kCowboy), "permessage-deflate; client_max_window_bits=15");
}

TEST(DeflateOfferTest, PassesOverWhatItCannotMeet) {
  for (const char* parameter :
       {"unknown", "server_max_window_bits", "server_max_window_bits=8",
        "server_max_window_bits=16", "server_max_window_bits=010", "client_max_window_bits=7",
        "client_max_window_bits=x", "server_no_context_takeover=1",
        "client_no_context_takeover; client_no_context_takeover"}) {
    EXPECT_EQ(Take(std::string("permessage-deflate; ") + parameter), std::nullopt) << parameter;
  }
  EXPECT_EQ(Take("x-webkit-deflate-frame"), std::nullopt);
  EXPECT_EQ(Take(""), std::nullopt);
  EXPECT_EQ(TakeDeflateOffer({}, {}), std::nullopt);
}

TEST(DeflateOfferTest, TakesTheFirstOfSeveralThatItCanMeet) {
  EXPECT_EQ(AnswerTo("other, permessage-deflate; unknown, "
                     "permessage-deflate; server_max_window_bits=11, permessage-deflate"),
            "permessage-deflate;server_max_window_bits=11");
}

}  // namespace
}  // namespace phx::mock
