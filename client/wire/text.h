// Text: a string that either borrows its bytes or owns them.
//
// The receive path hands out messages whose strings point straight into the read buffer, so that a
// message costs no allocation until somebody keeps it. `Text` makes that safe: *copying* a Text
// always yields one that owns its bytes. A handler may therefore read a borrowed Text while it
// runs, and whatever it copies out of the handler stays valid for ever.
//
//   wire::Text topic = "room:1";                     // owns "room:1"
//   wire::Text view = wire::Text::Borrow(buffer);    // points into `buffer`
//   wire::Text kept = view;                          // owns a copy of the bytes
//
// Threads: distinct objects may be used concurrently; one object may be read concurrently.
#ifndef PHX_CLIENT_WIRE_TEXT_H_
#define PHX_CLIENT_WIRE_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace phx::wire {

class Text {
 public:
  Text() = default;

  // These copy: implicit, because copying is always safe.
  Text(std::string_view bytes) { Assign(bytes); }    // NOLINT(google-explicit-constructor)
  Text(const char* bytes) { Assign(bytes); }         // NOLINT(google-explicit-constructor)
  Text(const std::string& bytes) { Assign(bytes); }  // NOLINT(google-explicit-constructor)

  // Points at `bytes`, which must outlive this object and everything moved from it.
  static Text Borrow(std::string_view bytes) {
    Text text;
    text.data_ = bytes.data();
    text.word_ = bytes.size();
    return text;
  }

  Text(const Text& other) { Assign(other.view()); }
  Text& operator=(const Text& other) {
    if (this != &other) *this = Text(other);
    return *this;
  }
  Text(Text&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), word_(std::exchange(other.word_, 0)) {}
  Text& operator=(Text&& other) noexcept {
    if (this == &other) return *this;
    Release();
    data_ = std::exchange(other.data_, nullptr);
    word_ = std::exchange(other.word_, 0);
    return *this;
  }
  ~Text() { Release(); }

  std::string_view view() const { return {data_, size()}; }
  operator std::string_view() const { return view(); }  // NOLINT(google-explicit-constructor)
  std::string ToString() const { return std::string(view()); }

  std::size_t size() const { return word_ & ~kOwned; }
  bool empty() const { return size() == 0; }

  // Whether the bytes belong to this object. A Text that was copied always owns them.
  bool is_owned() const { return (word_ & kOwned) != 0 || empty(); }

  // Makes this object own its bytes if it does not yet.
  void Own() {
    if (!is_owned()) *this = Text(view());
  }

  friend bool operator==(const Text& a, const Text& b) { return a.view() == b.view(); }
  friend bool operator==(const Text& a, std::string_view b) { return a.view() == b; }
  friend bool operator==(const Text& a, const char* b) { return a.view() == b; }
  friend bool operator==(const Text& a, const std::string& b) { return a.view() == b; }
  friend std::ostream& operator<<(std::ostream& os, const Text& text) { return os << text.view(); }

 private:
  void Assign(std::string_view bytes) {
    if (bytes.empty()) return;
    char* copy = new char[bytes.size()];
    std::memcpy(copy, bytes.data(), bytes.size());
    data_ = copy;
    word_ = bytes.size() | kOwned;
  }
  void Release() {
    if ((word_ & kOwned) != 0) delete[] data_;
  }

  // One bit of the size word says who owns `data_`, so that a Text is 16 bytes and a Message two
  // cache lines.
  static constexpr std::uint64_t kOwned = std::uint64_t{1} << 63U;

  const char* data_ = nullptr;
  std::uint64_t word_ = 0;
};

}  // namespace phx::wire

template <>
struct std::hash<phx::wire::Text> {
  std::size_t operator()(const phx::wire::Text& text) const noexcept {
    return std::hash<std::string_view>{}(text.view());
  }
};

#endif  // PHX_CLIENT_WIRE_TEXT_H_
