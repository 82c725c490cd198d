// Sudoku as a reactor: a module without a main function, whose exports take and give numbers and which remembers the board between them.
#include "board.hpp"
#include "random.hpp"
#include <numeric>

namespace {
Board board;
bool is_cell(int cell) { return cell >= 0 && cell < Board::cells; }
}  // namespace

#define EXPORT(name) extern "C" __attribute__((export_name(name)))

EXPORT("clear") void clear_board() { board = Board{}; }

/** 0 to 9; 0 is empty, and -1 where there is no such cell. */
EXPORT("get") int get(int cell) { return is_cell(cell) ? board.at(cell) : -1; }

/** 1 where the digit went in, 0 where it breaks a rule. 0 as the digit empties the cell. */
EXPORT("set") int set(int cell, int digit) {
  if (!is_cell(cell) || digit < 0 || digit > Board::size) return 0;
  board.clear(cell);
  if (digit == 0) return 1;
  if (!board.fits(cell, digit)) return 0;
  board.place(cell, digit);
  return 1;
}

/** Fills the board where that can be done. Returns how many ways there are: 0, 1, or 2 for more than one. */
EXPORT("solve") int solve() {
  std::array<std::uint8_t, Board::cells> solution{};
  const int found = board.solutions(2, solution);
  for (int cell = 0; found > 0 && cell < Board::cells; cell++) set(cell, solution[cell]);
  return found;
}

EXPORT("guesses") double guesses() { return board.guesses(); }

/** A puzzle with one solution: a full board from which digits are taken as long as there is only one. Returns the digits that are left. */
EXPORT("generate") int generate(int seed) {
  board = Board{};
  Random random{static_cast<std::uint32_t>(seed)};
  // The three boxes of the diagonal share no row or column: any digits will do.
  for (int box = 0; box < Board::size; box += 4) {
    std::array<std::uint8_t, Board::size> digits{1, 2, 3, 4, 5, 6, 7, 8, 9};
    random.shuffle(digits);
    for (int at = 0; at < Board::size; at++) board.place(box / 3 * 27 + box % 3 * 3 + at / 3 * 9 + at % 3, digits[at]);
  }
  std::array<std::uint8_t, Board::cells> solution{};
  board.solutions(1, solution);
  for (int cell = 0; cell < Board::cells; cell++) set(cell, solution[cell]);

  std::array<std::uint8_t, Board::cells> order{};
  std::iota(order.begin(), order.end(), std::uint8_t{0});
  random.shuffle(order);
  int left = Board::cells;
  for (const int cell : order) {
    const int digit = board.at(cell);
    board.clear(cell);
    if (board.solutions(2, solution) == 1) left--;
    else board.place(cell, digit);
  }
  return left;
}
