// OpeningOrder: in which order a thread opens the users of its groups. Those of several kinds come
// mixed, so that the load on the way up is what it will be; which comes when is drawn.
//
//   OpeningOrder order({/*chatters=*/10, /*listeners=*/90}, seed);
//   order.At(0);    // {1, 0}: the first of the listeners
//
// The users of one kind open in their order. Memory: 1 byte for each user; of one kind nothing.
#ifndef PHX_LOADGEN_OPENING_ORDER_H_
#define PHX_LOADGEN_OPENING_ORDER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace phx::loadgen {

class OpeningOrder {
 public:
  struct Turn {
    std::size_t group = 0;
    std::uint64_t index = 0;  // in the group

    friend bool operator==(const Turn&, const Turn&) = default;
  };

  OpeningOrder() = default;
  // `sizes`: how many users each group has.
  OpeningOrder(const std::vector<std::uint64_t>& sizes, std::uint64_t seed);

  // Whose turn it is. To be asked for 0, 1, 2, …, each once.
  Turn At(std::uint64_t turn);

 private:
  std::vector<std::uint8_t> groups_;  // by turn; empty: there is only one
  std::vector<std::uint64_t> taken_;  // by group
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_OPENING_ORDER_H_
