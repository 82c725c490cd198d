// A Sudoku board as three times nine sets of used digits, and a search that always tries the cell with the fewest choices.
#pragma once
#include <array>
#include <cstdint>

class Board {
public:
  static constexpr int size = 9;
  static constexpr int cells = size * size;

  /** 0 is empty. */
  int at(int cell) const { return values[cell]; }
  bool fits(int cell, int digit) const { return (used(cell) & bit(digit)) == 0; }
  /** The cell is empty and the digit fits. */
  void place(int cell, int digit);
  void clear(int cell);
  /** How many ways there are to fill the rest, counted up to `most`; the last way found is left in `solution`. */
  int solutions(int most, std::array<std::uint8_t, cells> &solution);
  /** Digits that were tried and taken back. */
  std::uint32_t guesses() const { return taken_back; }

private:
  std::array<std::uint8_t, cells> values{};
  std::array<std::uint16_t, size> rows{}, columns{}, boxes{};
  std::uint32_t taken_back = 0;

  static constexpr std::uint16_t bit(int digit) { return static_cast<std::uint16_t>(1u << digit); }
  static constexpr int box_of(int cell) { return cell / 27 * 3 + cell % size / 3; }
  std::uint16_t used(int cell) const { return rows[cell / size] | columns[cell % size] | boxes[box_of(cell)]; }
  void toggle(int cell, int digit);
  int narrowest() const;
};
