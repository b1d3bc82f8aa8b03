#include "mockserver/long_poll_sessions.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "mockserver/long_poll_port.h"
#include "openssl/evp.h"
#include "openssl/hmac.h"

namespace phx::mock {
namespace {

// The header of Phoenix's tokens: "HS256" in Base64.
constexpr std::string_view kHeader = "SFMyNTY.";

// The mock server's secret_key_base. It protects nothing: it only makes tokens that were made up
// fail.
constexpr std::string_view kSecret = "a mock server has no secrets";

std::int64_t Milliseconds(TimePoint time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

// Without padding, as in tokens.
std::string UrlSafe(std::string_view bytes) {
  return absl::WebSafeBase64Escape(absl::string_view(bytes.data(), bytes.size()));
}

}  // namespace

std::string LongPollSessions::MakeTopic(TimePoint now) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const std::string id = absl::StrCat(absl::Hex(seed_, absl::kZeroPad16), ".", ++made_);
  return absl::StrCat("phx:lp:", absl::Base64Escape(id), Milliseconds(now));
}

std::string LongPollSessions::Signature(std::string_view payload) const {
  const std::string key = absl::StrCat(std::string(kSecret), generation_);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(payload.data()), payload.size(), digest.data(),
       &size);
  return UrlSafe({reinterpret_cast<const char*>(digest.data()), size});
}

std::string LongPollSessions::Sign(std::string_view topic, TimePoint now) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::string token(kHeader);
  token += UrlSafe(std::to_string(Milliseconds(now)) + ' ' + std::string(topic));
  const std::string signature = Signature(token);
  return token + '.' + signature;
}

std::optional<std::string> LongPollSessions::Verify(std::string_view token, TimePoint now,
                                                    std::chrono::milliseconds max_age) const {
  const std::size_t dot = token.rfind('.');
  if (!token.starts_with(kHeader) || dot < kHeader.size()) return std::nullopt;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (Signature(token.substr(0, dot)) != token.substr(dot + 1)) return std::nullopt;
  }
  const std::string_view payload = token.substr(kHeader.size(), dot - kHeader.size());
  std::string decoded;
  std::int64_t born = 0;
  absl::WebSafeBase64Unescape(absl::string_view(payload.data(), payload.size()), &decoded);
  const std::size_t space = decoded.find(' ');
  if (!absl::SimpleAtoi(decoded.substr(0, space), &born)) return std::nullopt;
  if (born + max_age.count() < Milliseconds(now)) return std::nullopt;
  return decoded.substr(space + 1);
}

void LongPollSessions::Add(const std::string& topic, std::weak_ptr<LongPollCallee> session) {
  const std::lock_guard<std::mutex> lock(mutex_);
  sessions_.emplace(topic, std::move(session));
}

void LongPollSessions::Remove(const std::string& topic) {
  const std::lock_guard<std::mutex> lock(mutex_);
  sessions_.erase(topic);
}

std::shared_ptr<LongPollCallee> LongPollSessions::Find(const std::string& topic) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = sessions_.find(topic);
  return found == sessions_.end() ? nullptr : found->second.lock();
}

std::size_t LongPollSessions::count() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return sessions_.size();
}

void LongPollSessions::Forget() {
  std::unordered_map<std::string, std::weak_ptr<LongPollCallee>> forgotten;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++generation_;
    forgotten.swap(sessions_);
  }
  for (const auto& [topic, weak] : forgotten) {
    const std::shared_ptr<LongPollCallee> session = weak.lock();
    if (session != nullptr) session->Post({.kind = LongPollCall::Kind::kForget});
  }
}

}  // namespace phx::mock
