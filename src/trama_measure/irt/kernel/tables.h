/* One pass over the students of a block, by tables of products. Included once for float and once for double.
 *
 * REAL is the type, WIDE the number of them in a vector of 64 bytes, NAME(x) the name of a function for this type.
 * Section 3 of docs/methods/item_response.md. A table has 256 rows of `vectors` vectors: row r of table t is the
 * product of the probabilities of the answers that the byte r stands for, divided by the row's largest value, whose
 * logarithm is kept in `tops`.
 */

typedef REAL NAME(vec) __attribute__((vector_size(64)));

typedef REAL NAME(quarter) __attribute__((vector_size(16)));

typedef REAL NAME(eight) __attribute__((vector_size(8 * sizeof(REAL)), may_alias));

/* The sum of a vector: quarters first, so that chains are short, and in the same order everywhere. */
static inline __attribute__((always_inline)) REAL NAME(across)(NAME(vec) all) {
    union { NAME(vec) all; NAME(quarter) part[4]; } held = {all};
    const NAME(quarter) four = (held.part[0] + held.part[1]) + (held.part[2] + held.part[3]);
    REAL sum = 0;
    for (int q = 0; q < WIDE / 4; q++) sum += four[q];
    return sum;
}

/* Rows of one table in double, then normalised. `masked`: four items a byte, right in the high bits, seen in the low.
 *
 * `so_far[b]` is the product over the first b items of the byte: from one row to the next only the last ones change.
 */
static void NAME(build)(const struct block *in, int t, int vectors, REAL *table, double *tops) {
    const int width = vectors * WIDE, points = in->points, each = in->mask ? 4 : 8, left = in->items - each * t;
    const int count = left < 0 ? 0 : left < each ? left : each; /* a table of the last byte may stand for no item */
    double so_far[9][MOST_POINTS];
    for (int q = 0; q < points; q++) so_far[0][q] = t ? 1.0 : in->masses[q];
    for (int r = 0; r < 256; r++) {
        const int changed = r ? r ^ (r - 1) : 0xFF;
        int first = count;
        for (int b = count - 1; b >= 0; b--)
            if ((changed >> (7 - b)) & 1 || (in->mask && (changed >> (3 - b)) & 1)) first = b;
        for (int b = first; b < count; b++) {
            const int right = (r >> (7 - b)) & 1, seen = !in->mask || (r >> (3 - b)) & 1;
            const double *p = (right ? in->right : in->wrong) + (int64_t)(each * t + b) * points;
            for (int q = 0; q < points; q++) so_far[b + 1][q] = seen ? so_far[b][q] * p[q] : so_far[b][q];
        }
        const double *row = so_far[count];
        double top = 0;
        for (int q = 0; q < points; q++) top = row[q] > top ? row[q] : top;
        tops[r] = log(top);
        REAL *out = table + (int64_t)r * width;
        for (int q = 0; q < width; q++) out[q] = q < points ? (REAL)(row[q] / top) : 0;
    }
}

/* The posterior of one student into `w`, not yet divided by the sum that is returned. `log_top` gains what was taken out. */
static inline __attribute__((always_inline)) REAL NAME(posterior)(
    const uint8_t *code, int tables, const int vectors, const NAME(vec) *table, const double *tops,
    NAME(vec) *w, double *log_top) {
    double top = 0;
    REAL sum = 1;
    for (int first = 0; first < tables; first += RESCALE) {
        const int last = first + RESCALE < tables ? first + RESCALE : tables;
        const NAME(vec) *row = table + ((int64_t)first * 256 + code[first]) * vectors;
        for (int v = 0; v < vectors; v++) w[v] = first ? w[v] * row[v] / sum : row[v];
        if (first) top += log((double)sum);
        top += tops[first * 256 + code[first]];
        for (int t = first + 1; t < last; t++) {
            row = table + ((int64_t)t * 256 + code[t]) * vectors;
            for (int v = 0; v < vectors; v++) w[v] *= row[v];
            top += tops[t * 256 + code[t]];
        }
        NAME(vec) total = w[0];
        for (int v = 1; v < vectors; v++) total += w[v];
        sum = NAME(across)(total);
        if (!(sum > SMALLEST)) return 0;
    }
    *log_top = top;
    return sum;
}

static inline __attribute__((always_inline)) double NAME(sums)(
    const struct block *in, const uint8_t *codes, int tables, const int vectors, const NAME(vec) *table,
    const double *tops, NAME(vec) *sum_rows) {
    double loglik = 0, product = 1;
    int waiting = 0;
    for (int64_t i = 0; i < in->students; i++) {
        const uint8_t *code = codes + i * tables;
        NAME(vec) w[MOST_POINTS / WIDE];
        double log_top;
        const REAL sum = NAME(posterior)(code, tables, vectors, table, tops, w, &log_top);
        if (!(sum > SMALLEST)) return NAN;
        const double weight = in->weights ? in->weights[i] : 1.0;
        const REAL scale = (REAL)(weight / sum);
        for (int v = 0; v < vectors; v++) w[v] *= scale;
        for (int t = 0; t < tables; t++) {
            NAME(vec) *row = sum_rows + ((int64_t)t * 256 + code[t]) * vectors;
            for (int v = 0; v < vectors; v++) row[v] += w[v];
        }
        loglik += weight * log_top;
        if (in->weights) {
            loglik += weight * log((double)sum);
        } else {
            product *= (double)sum;
            if (++waiting == 8) { loglik += log(product); product = 1; waiting = 0; }
        }
    }
    return loglik + log(product);
}

/* Plausible values of a student: quantiles of the posterior, linear inside the cell centred on each point, drawn
 * towards the mean so that the cells add nothing to the variance. Eight draws at a time, one in each lane. */
static inline __attribute__((always_inline)) void NAME(draw)(
    const struct scoring *out, int64_t i, const REAL *w, const int width, double step) {
    const lanes zero = {0};
    lanes sums[MOST_POINTS / 8];
    for (int v = 0; v < width / 8; v++) { /* in steps of one, two and four; the vectors run beside one another */
        lanes x = __builtin_convertvector(((const NAME(eight) *)w)[v], lanes);
        x += __builtin_shufflevector(x, zero, 8, 0, 1, 2, 3, 4, 5, 6);
        x += __builtin_shufflevector(x, zero, 8, 8, 0, 1, 2, 3, 4, 5);
        x += __builtin_shufflevector(x, zero, 8, 8, 8, 8, 0, 1, 2, 3);
        sums[v] = x;
    }
    double total = 0;
    for (int v = 0; v < width / 8; v++) {
        sums[v] += total;
        total = sums[v][7];
    }
    const double *below = (const double *)sums;
    const double *nodes = out->nodes;
    const double mean = out->mean[i], variance = out->sd[i] * out->sd[i];
    const int wide = width > 16, place = (int)((mean - nodes[0]) / step) - 7; /* draws are hardly ever beyond 16 cells */
    const int near = !wide || place < 0 ? 0 : place > width - 16 ? width - 16 : place;
    const double narrower = sqrt(variance / (variance + step * step / 12));
    for (int first = 0; first < out->draws; first += 8) {
        const lanes u = NAMED(uniform)(out->seed, out->numbers[i], first) * total;
        places cell = {0};
        if (wide && NAMED(none)((near ? below[near - 1] >= u : cell) | (below[near + 15] < u))) {
            cell += near;
#pragma GCC unroll 16
            for (int q = 0; q < 16; q++) cell -= below[near + q] < u;
        } else {
            for (int q = 0; q < width; q++) cell -= below[q] < u;
        }
        const int last = out->draws - first < 8 ? out->draws - first : 8;
        lanes inside, upper, value;
        for (int d = 0; d < 8; d++) {
            inside[d] = w[cell[d]];
            upper[d] = below[cell[d]];
            value[d] = nodes[cell[d]];
        }
        lanes share = (u - upper + inside) / (inside + 1e-300);
        share = (lanes)((places)share & (share > 0.0));
        lanes rest = 1.0 - share;
        rest = (lanes)((places)rest & (rest > 0.0));
        value += step * (0.5 - rest);
        value = mean + (value - mean) * narrower;
        for (int d = 0; d < last; d++) out->values[i * out->draws + first + d] = value[d];
    }
}

static inline __attribute__((always_inline)) double NAME(moments)(
    const struct block *in, const uint8_t *codes, int tables, const int vectors, const NAME(vec) *table,
    const double *tops, const struct scoring *out) {
    const double *nodes = out->nodes, step = nodes[1] - nodes[0];
    NAME(vec) x[MOST_POINTS / WIDE];
    for (int q = 0; q < vectors * WIDE; q++) ((REAL *)x)[q] = q < in->points ? (REAL)nodes[q] : 0;
    for (int64_t i = 0; i < in->students; i++) {
        NAME(vec) w[MOST_POINTS / WIDE];
        double log_top;
        const REAL sum = NAME(posterior)(codes + i * tables, tables, vectors, table, tops, w, &log_top);
        if (!(sum > SMALLEST)) return NAN;
        NAME(vec) first = {0}, second = {0};
        for (int v = 0; v < vectors; v++) {
            const NAME(vec) part = w[v] * x[v];
            first += part;
            second += part * x[v];
        }
        const double one = (double)NAME(across)(first) / sum;
        const double two = (double)NAME(across)(second) / sum - one * one;
        out->mean[i] = one;
        out->sd[i] = two > 0 ? sqrt(two) : 0;
        if (out->draws) NAME(draw)(out, i, (const REAL *)w, vectors * WIDE, step);
    }
    return 0;
}

/* Row sums of the tables into expected right answers and expected presentations of each item. */
static void NAME(fold)(const struct block *in, int tables, int width, const REAL *sum_rows, double *right, double *shown,
                       double *mass) {
    const int each = in->mask ? 4 : 8, points = in->points;
    for (int t = 0; t < tables; t++) {
        for (int r = 0; r < 256; r++) {
            const REAL *row = sum_rows + ((int64_t)t * 256 + r) * width;
            if (t == 0) for (int q = 0; q < points; q++) mass[q] += row[q];
            for (int b = 0; b < each && each * t + b < in->items; b++) {
                const int64_t start = (int64_t)(each * t + b) * points;
                if ((r >> (7 - b)) & 1) for (int q = 0; q < points; q++) right[start + q] += row[q];
                if (in->mask && ((r >> (3 - b)) & 1)) for (int q = 0; q < points; q++) shown[start + q] += row[q];
            }
        }
    }
}

/* Everything with the number of vectors known to the compiler, so that the work of a student stays in registers. */
#define WITH_VECTORS(call) \
    if (vectors == 2) { result = call(2); } \
    else if (vectors == 3) { result = call(3); } \
    else if (vectors == 4) { result = call(4); } \
    else if (vectors == 7) { result = call(7); } \
    else { result = call(vectors); }

static double NAME(pass)(const struct block *in, const uint8_t *codes, int tables, int vectors, const REAL *table,
                                const double *tops, REAL *sum_rows) {
    double result;
#define CALL(count) NAME(sums)(in, codes, tables, count, (const NAME(vec) *)table, tops, (NAME(vec) *)sum_rows)
    WITH_VECTORS(CALL)
#undef CALL
    return result;
}

static double NAME(score)(const struct block *in, const uint8_t *codes, int tables, int vectors, const REAL *table,
                                 const double *tops, const struct scoring *out) {
    double result;
#define CALL(count) NAME(moments)(in, codes, tables, count, (const NAME(vec) *)table, tops, out)
    WITH_VECTORS(CALL)
#undef CALL
    return result;
}

static double NAME(run)(const struct block *in, const uint8_t *codes, int tables, double *right, double *shown,
                        double *mass, const struct scoring *out) {
    const int vectors = (in->points + WIDE - 1) / WIDE, width = vectors * WIDE;
    const size_t size = (size_t)tables * 256 * width * sizeof(REAL);
    REAL *table = aligned_alloc(64, size), *sum_rows = out->mean ? NULL : aligned_alloc(64, size);
    double *tops = malloc((size_t)tables * 256 * sizeof(double));
    double result = NAN;
    if (table && tops && (out->mean || sum_rows)) {
        for (int t = 0; t < tables; t++) NAME(build)(in, t, vectors, table + (size_t)t * 256 * width, tops + t * 256);
        if (out->mean) {
            result = NAME(score)(in, codes, tables, vectors, table, tops, out);
        } else {
            memset(sum_rows, 0, size);
            result = NAME(pass)(in, codes, tables, vectors, table, tops, sum_rows);
            if (!isnan(result)) NAME(fold)(in, tables, width, sum_rows, right, shown, mass);
        }
    }
    free(table);
    free(sum_rows);
    free(tops);
    return result;
}

#undef WITH_VECTORS
