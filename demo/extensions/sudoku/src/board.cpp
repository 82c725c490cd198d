#include "board.hpp"
#include <bit>

void Board::toggle(int cell, int digit) {
  for (auto *set : {&rows[cell / size], &columns[cell % size], &boxes[box_of(cell)]}) *set ^= bit(digit);
}

void Board::place(int cell, int digit) {
  values[cell] = static_cast<std::uint8_t>(digit);
  toggle(cell, digit);
}

void Board::clear(int cell) {
  if (values[cell] == 0) return;
  toggle(cell, values[cell]);
  values[cell] = 0;
}

/** The empty cell with the fewest choices, -1 on a full board. */
int Board::narrowest() const {
  int best = -1, most_used = -1;
  for (int cell = 0; cell < cells; cell++) {
    if (values[cell] != 0) continue;
    const int count = std::popcount(used(cell));
    if (count > most_used) best = cell, most_used = count;
  }
  return best;
}

int Board::solutions(int most, std::array<std::uint8_t, cells> &solution) {
  const int cell = narrowest();
  if (cell < 0) {
    solution = values;
    return 1;
  }
  int found = 0;
  for (int digit = 1; digit <= size; digit++) {
    if (!fits(cell, digit)) continue;
    place(cell, digit);
    found += solutions(most - found, solution);
    clear(cell);
    taken_back++;
    if (found >= most) break;
  }
  return found;
}
