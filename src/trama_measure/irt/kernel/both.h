/* The tables in single and in double precision, under the names that NAMED makes. */

/* Eight numbers in (0, 1) from a counter, for the draws from `first`: bit for bit those of plausible.uniform. */
static inline __attribute__((always_inline)) lanes NAMED(uniform)(uint64_t seed, int64_t number, int first) {
    const counters draw = {1, 2, 3, 4, 5, 6, 7, 8};
    counters x = (draw + (uint64_t)first) * 0xBF58476D1CE4E5B9u
        + ((uint64_t)number * 0x9E3779B97F4A7C15u + seed * 0x94D049BB133111EBu);
    for (int again = 0; again < 2; again++) {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
        x = x ^ (x >> 31) ^ 0x9E3779B97F4A7C15u;
    }
    return (__builtin_convertvector(x >> 11, lanes) + 0.5) / 9007199254740992.0;
}

static inline __attribute__((always_inline)) int NAMED(none)(places found) {
    int64_t all = 0;
    for (int d = 0; d < 8; d++) all |= found[d];
    return all == 0;
}

#define REAL float
#define WIDE 16
#define SMALLEST 1e-30f
#define NAME(x) NAMED(x##_single)
#include "tables.h"
#undef REAL
#undef WIDE
#undef SMALLEST
#undef NAME

#define REAL double
#define WIDE 8
#define SMALLEST 1e-280
#define NAME(x) NAMED(x##_double)
#include "tables.h"
#undef REAL
#undef WIDE
#undef SMALLEST
#undef NAME
