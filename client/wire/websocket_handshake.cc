#include "client/wire/websocket_handshake.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

namespace phx::wire {
namespace {

absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

// Standard base64 with padding.
template <std::size_t kSize>
std::string Base64(const std::array<unsigned char, kSize>& bytes) {
  std::array<unsigned char, (kSize + 2) / 3 * 4 + 1> text{};  // EVP_EncodeBlock adds a NUL
  const int size = EVP_EncodeBlock(text.data(), bytes.data(), static_cast<int>(bytes.size()));
  return std::string(text.begin(), text.begin() + size);
}

bool IsSameName(std::string_view a, std::string_view b) {
  return absl::EqualsIgnoreCase(Absl(a), Absl(b));
}

std::string_view Trim(std::string_view text) {
  const absl::string_view trimmed = absl::StripAsciiWhitespace(Absl(text));
  return {trimmed.data(), trimmed.size()};
}

bool ListHasToken(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (IsSameName(Trim(list.substr(0, comma)), token)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

// The value of the only field `name`. Nothing if there is none, or if there are several.
std::optional<std::string_view> OnlyValue(const HeaderFields& fields, std::string_view name) {
  std::optional<std::string_view> found;
  for (const auto& [field, value] : fields) {
    if (!IsSameName(field, name)) continue;
    if (found) return std::nullopt;
    found = Trim(value);
  }
  return found;
}

// Whether a field `name` says anything.
bool HasValue(const HeaderFields& fields, std::string_view name) {
  return std::any_of(fields.begin(), fields.end(), [name](const auto& field) {
    return IsSameName(field.first, name) && !Trim(field.second).empty();
  });
}

absl::Status NotAWebSocket(std::string_view problem) {
  return absl::UnavailableError(
      absl::StrCat("the answer is not a WebSocket handshake: ", Absl(problem)));
}

absl::StatusOr<std::string> CheckSubprotocol(const HeaderFields& fields,
                                             const WebSocketOffer& offer) {
  if (!HasValue(fields, "Sec-WebSocket-Protocol")) return std::string();
  const auto chosen = OnlyValue(fields, "Sec-WebSocket-Protocol");
  if (!chosen) return NotAWebSocket("more than one Sec-WebSocket-Protocol");
  const auto& offered = offer.subprotocols;
  if (std::find(offered.begin(), offered.end(), *chosen) == offered.end()) {
    return NotAWebSocket(
        absl::StrCat("subprotocol \"", Absl(chosen->substr(0, 64)), "\" was not offered"));
  }
  return std::string(*chosen);
}

}  // namespace

std::string NewWebSocketKey() {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    std::fputs("phx: OpenSSL has no random bytes for a WebSocket handshake\n", stderr);
    std::abort();
  }
  return Base64(bytes);
}

std::string WebSocketAccept(std::string_view key) {
  const std::string text = absl::StrCat(Absl(key), "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  return Base64(digest);
}

bool HasToken(const HeaderFields& fields, std::string_view name, std::string_view token) {
  return std::any_of(fields.begin(), fields.end(), [&](const auto& field) {
    return IsSameName(field.first, name) && ListHasToken(field.second, token);
  });
}

absl::StatusOr<std::string> CheckWebSocketAnswer(int status, const HeaderFields& fields,
                                                 const WebSocketOffer& offer) {
  if (status != 101) return NotAWebSocket(absl::StrCat("HTTP status ", status, " in place of 101"));
  if (!HasToken(fields, "Upgrade", "websocket")) return NotAWebSocket("no \"Upgrade: websocket\"");
  if (!HasToken(fields, "Connection", "Upgrade")) {
    return NotAWebSocket("no \"Connection: Upgrade\"");
  }
  if (OnlyValue(fields, "Sec-WebSocket-Accept") != WebSocketAccept(offer.key)) {
    return NotAWebSocket("Sec-WebSocket-Accept is missing or does not answer the key");
  }
  if (offer.extensions.empty() && HasValue(fields, "Sec-WebSocket-Extensions")) {
    return NotAWebSocket("it names an extension that was not offered");
  }
  return CheckSubprotocol(fields, offer);
}

}  // namespace phx::wire
