/* What the machine itself allows: the traffic of the tables of a pass, without the arithmetic.
 * Built and run by calibration.py. Rows of `width` floats; per student one row of each table is read, and one added to. */
#include <stdint.h>
typedef float row16 __attribute__((vector_size(64)));

float read_rows(const uint8_t *codes, int64_t n, int tables, int vectors, const row16 *table) {
    row16 kept = {0};
    for (int64_t i = 0; i < n; i++)
        for (int t = 0; t < tables; t++)
            for (int v = 0; v < vectors; v++) kept += table[((int64_t)t * 256 + codes[i * tables + t]) * vectors + v];
    return kept[0];
}

void add_rows(const uint8_t *codes, int64_t n, int tables, int vectors, row16 *table) {
    row16 one = {0};
    one += 1e-9f;
    for (int64_t i = 0; i < n; i++)
        for (int t = 0; t < tables; t++)
            for (int v = 0; v < vectors; v++) table[((int64_t)t * 256 + codes[i * tables + t]) * vectors + v] += one;
}
