// A small generator (xorshift32): the same seed gives the same puzzle everywhere.
#pragma once
#include <cstddef>
#include <cstdint>
#include <utility>

class Random {
public:
  explicit Random(std::uint32_t seed) : state(seed * 2654435769u + 1) {}

  std::uint32_t below(std::uint32_t limit) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % limit;
  }

  template <typename List> void shuffle(List &list) {
    for (std::size_t left = list.size(); left > 1; left--) std::swap(list[left - 1], list[below(static_cast<std::uint32_t>(left))]);
  }

private:
  std::uint32_t state;
};
