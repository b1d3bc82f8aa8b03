#include "client/transport/deflate_agreement.h"

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "client/transport/deflate_options.h"
#include "gtest/gtest.h"

namespace phx {
namespace {

absl::StatusOr<std::optional<DeflateAgreement>> Parse(const std::string& value,
                                                      const DeflateOptions& options = {}) {
  return ParseDeflateAnswer(options, {{"sec-websocket-extensions", value}});
}

DeflateAgreement Agreed(const std::string& value, const DeflateOptions& options = {}) {
  const auto agreement = Parse(value, options);
  EXPECT_TRUE(agreement.ok()) << agreement.status();
  EXPECT_TRUE(agreement.ok() && agreement->has_value()) << value;
  return agreement.ok() ? agreement->value_or(DeflateAgreement()) : DeflateAgreement();
}

TEST(DeflateAgreementTest, TheOfferNamesWhatIsWanted) {
  EXPECT_EQ(DeflateOffer({}), "permessage-deflate; client_max_window_bits");
  EXPECT_EQ(DeflateOffer({.client_max_window_bits = 10,
                          .server_max_window_bits = 11,
                          .client_no_context_takeover = true,
                          .server_no_context_takeover = true}),
            "permessage-deflate; client_max_window_bits=10; server_max_window_bits=11; "
            "client_no_context_takeover; server_no_context_takeover");
}

TEST(DeflateAgreementTest, OptionsOutOfTheirRangeAreNamed) {
  EXPECT_TRUE(CheckDeflateOptions({}).ok());
  EXPECT_TRUE(
      CheckDeflateOptions({.level = 1, .client_max_window_bits = 9, .server_max_window_bits = 9})
          .ok());
  const auto error_of = [](const DeflateOptions& options) {
    const absl::Status status = CheckDeflateOptions(options);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(status.message());
  };
  EXPECT_EQ(error_of({.level = 10}), "deflate option level is 10, and must be 1 to 9");
  EXPECT_EQ(error_of({.level = 0}), "deflate option level is 0, and must be 1 to 9");
  EXPECT_EQ(error_of({.client_max_window_bits = 16}),
            "deflate option client_max_window_bits is 16, and must be 9 to 15");
  EXPECT_EQ(error_of({.server_max_window_bits = 8}),
            "deflate option server_max_window_bits is 8, and must be 9 to 15");
}

TEST(DeflateAgreementTest, WithoutAnAnswerThereIsNone) {
  const auto agreement = ParseDeflateAnswer({}, {{"Upgrade", "websocket"}});
  ASSERT_TRUE(agreement.ok());
  EXPECT_EQ(*agreement, std::nullopt);
  EXPECT_EQ(Parse(" ").value(), std::nullopt);
}

TEST(DeflateAgreementTest, ParametersAreTakenOver) {
  EXPECT_EQ(Agreed("permessage-deflate"), DeflateAgreement());
  EXPECT_EQ(Agreed("Permessage-Deflate; client_max_window_bits=9;server_max_window_bits=\"10\" ; "
                   "client_no_context_takeover; server_no_context_takeover"),
            (DeflateAgreement{9, 10, true, true}));
}

TEST(DeflateAgreementTest, WhatTheClientWantsOfItselfNeedsNoAnswer) {
  EXPECT_EQ(Agreed("permessage-deflate",
                   {.client_max_window_bits = 10, .client_no_context_takeover = true}),
            (DeflateAgreement{.client_window_bits = 10, .client_no_context_takeover = true}));
}

TEST(DeflateAgreementTest, WhatWasNotOfferedFailsTheHandshake) {
  const DeflateOptions options = {.client_max_window_bits = 12, .server_max_window_bits = 12};
  for (const char* value :
       {"x-webkit-deflate-frame", "permessage-deflate, permessage-deflate",
        "permessage-deflate; server_max_window_bits=13",
        "permessage-deflate; client_max_window_bits=13",
        "permessage-deflate; client_max_window_bits",
        "permessage-deflate; server_max_window_bits=7",
        "permessage-deflate; server_max_window_bits=08",
        "permessage-deflate; server_max_window_bits=x",
        "permessage-deflate; server_no_context_takeover=1", "permessage-deflate; unknown",
        "permessage-deflate; server_max_window_bits=9; server_max_window_bits=9",
        "permessage-deflate; a=b=c", "permessage-deflate;"}) {
    EXPECT_EQ(Parse(value, options).status().code(), absl::StatusCode::kUnavailable) << value;
  }
}

}  // namespace
}  // namespace phx
