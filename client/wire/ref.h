// Ref: the number by which a socket names its messages and registrations.
#ifndef PHX_CLIENT_WIRE_REF_H_
#define PHX_CLIENT_WIRE_REF_H_

#include <charconv>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace phx {

// Unique per socket and growing for as long as the socket lives, across reconnects. 0 is "none".
struct Ref {
  std::uint64_t value = 0;

  bool empty() const { return value == 0; }
  std::string ToString() const { return std::to_string(value); }

  friend auto operator<=>(const Ref&, const Ref&) = default;  // NOLINT(modernize-use-nullptr)
  friend std::ostream& operator<<(std::ostream& os, Ref ref) { return os << ref.value; }
  template <typename H>
  friend H AbslHashValue(H h, Ref ref) {
    return H::combine(std::move(h), ref.value);
  }
};

// The ref whose ToString() is `text`; nullopt if there is none (a sign, a space, a leading zero, a
// number that is too large).
inline std::optional<Ref> ParseRef(std::string_view text) {
  constexpr std::string_view kLargest = "18446744073709551615";
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  if (text.size() >= kLargest.size() && (text.size() > kLargest.size() || text > kLargest)) {
    return std::nullopt;
  }
  Ref ref;
  for (const char c : text) {
    const unsigned digit = static_cast<unsigned char>(c) - unsigned{'0'};
    if (digit > 9) return std::nullopt;
    ref.value = ref.value * 10 + digit;
  }
  return ref;
}

// A ref's decimal text, without an allocation.
class RefText {
 public:
  explicit RefText(Ref ref) {
    const auto [end, error] = std::to_chars(digits_, digits_ + sizeof(digits_), ref.value);
    size_ = static_cast<std::uint8_t>(end - digits_);
    static_cast<void>(error);  // 20 digits hold any 64-bit number
  }
  std::string_view view() const { return {digits_, size_}; }

 private:
  char digits_[20];
  std::uint8_t size_;
};

}  // namespace phx

#endif  // PHX_CLIENT_WIRE_REF_H_
