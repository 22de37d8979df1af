"""Writes number_powers.c: 10^k as 128-bit significands. Run it from anywhere; the output is checked in."""

from pathlib import Path

FIRST, LAST = -342, 324
HEAD = """\
/* Made by make_powers.py; do not edit. Entry k - IC_POWER_FIRST is 10^k scaled to [2^127, 2^128): for k >= 0 cut off
   (exact up to 10^55), for k < 0 rounded up. High word first. */
/* clang-format off */
#include "core/number/number_powers.h"

const uint64_t ic_number_powers[IC_POWER_LAST - IC_POWER_FIRST + 1][2] = {
"""
MORE = """
const uint64_t ic_number_filled[25][2] = {
"""


def significand(k: int) -> int:
    """10^k * 2^s for the s that makes it 128 bits long."""
    power = 10 ** abs(k)
    if k >= 0:
        shift = 128 - power.bit_length()
        return power << shift if shift >= 0 else power >> -shift
    bits = power.bit_length() + 127  # 2^bits / power lies in (2^127, 2^128)
    return -((-1 << bits) // power)


def filled(whole: int) -> tuple[int, int]:
    """What stands in number_powers.h about ic_number_filled."""
    k = whole - 19
    log2 = k * 1741647 >> 19  # floor(log2(10^k))
    power = significand(k) >> 65
    return power - (k >= 0), (1023 + log2 + 2) << 52


def main() -> None:
    entries = []
    for k in range(FIRST, LAST + 1):
        value = significand(k)
        assert 2**127 <= value < 2**128, k
        high, low = value >> 64, value & (2**64 - 1)
        assert low != 2**64 - 1 or k < 0, k  # the formatter adds one to the low word of k > 55
        entries.append(f"{{0x{high:016X}, 0x{low:016X}}},")
    wholes = [f"{{0x{power:016X}, 0x{added:016X}}}," for power, added in map(filled, range(25))]
    lines = [" ".join(entries[i : i + 2]) for i in range(0, len(entries), 2)]
    target = Path(__file__).with_name("number_powers.c")
    target.write_text(
        HEAD
        + "".join(f"    {line}\n" for line in lines)
        + "};\n"
        + MORE
        + "".join(f"    {line}\n" for line in wholes)
        + "};\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
