/* The tables in single and in double precision, under the names that NAMED makes. */

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
