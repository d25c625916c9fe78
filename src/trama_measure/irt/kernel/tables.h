/* One pass over the students of a block, by tables of products. Included once for float and once for double.
 *
 * REAL is the type, WIDE the number of them in a vector of 64 bytes, NAME(x) the name of a function for this type.
 * Section 3 of docs/methods/item_response.md. A table has 256 rows of `vectors` vectors: row r of table t is the
 * product of the probabilities of the answers that the byte r stands for, divided by the row's largest value, whose
 * logarithm is kept in `tops`.
 */

typedef REAL NAME(vec) __attribute__((vector_size(64)));

typedef REAL NAME(quarter) __attribute__((vector_size(16)));

/* The sum of a vector: quarters first, so that chains are short, and in the same order everywhere. */
static inline __attribute__((always_inline)) REAL NAME(across)(NAME(vec) all) {
    union { NAME(vec) all; NAME(quarter) part[4]; } held = {all};
    const NAME(quarter) four = (held.part[0] + held.part[1]) + (held.part[2] + held.part[3]);
    REAL sum = 0;
    for (int q = 0; q < WIDE / 4; q++) sum += four[q];
    return sum;
}

/* Rows of one table in double, then normalised. `masked`: four items a byte, right in the high bits, seen in the low. */
static void NAME(build)(const struct block *in, int t, int vectors, REAL *table, double *tops) {
    const int width = vectors * WIDE, points = in->points, each = in->mask ? 4 : 8;
    double row[MOST_POINTS];
    for (int r = 0; r < 256; r++) {
        for (int q = 0; q < points; q++) row[q] = t ? 1.0 : in->masses[q];
        for (int b = 0; b < each && each * t + b < in->items; b++) {
            const int right = (r >> (7 - b)) & 1;
            const int64_t start = (int64_t)(each * t + b) * points;
            const double *p = (right ? in->right : in->wrong) + start;
            if (in->mask && !((r >> (3 - b)) & 1)) continue;
            for (int q = 0; q < points; q++) row[q] *= p[q];
        }
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
 * towards the mean so that the cells add nothing to the variance. */
static inline __attribute__((always_inline)) void NAME(draw)(
    const struct scoring *out, int64_t i, const REAL *w, int points, double step) {
    double below[MOST_POINTS + 8], total = 0;
    for (int q = 0; q < points; q += 8) { /* eight at a time: short chains that run beside one another */
        below[q] = w[q];
        for (int e = 1; e < 8; e++) below[q + e] = below[q + e - 1] + w[q + e];
    }
    for (int q = 0; q < points; q += 8) {
        for (int e = 0; e < 8; e++) below[q + e] += total;
        total = below[q + 7];
    }
    const double mean = out->mean[i], variance = out->sd[i] * out->sd[i];
    const double narrower = sqrt(variance / (variance + step * step / 12));
    const int place = (int)((mean - out->nodes[0]) / step), nearest = place < 0 ? 0 : place < points ? place : points - 1;
    for (int d = 0; d < out->draws; d++) {
        const double u = uniform(out->seed, out->numbers[i], d) * total;
        int cell = nearest;
        while (cell > 0 && below[cell - 1] >= u) cell--;
        while (cell < points - 1 && below[cell] < u) cell++;
        const double inside = w[cell], share = (u - (below[cell] - inside)) / (inside > 1e-300 ? inside : 1e-300);
        const double value = out->nodes[cell] + step * ((share < 0 ? 0 : share > 1 ? 1 : share) - 0.5);
        out->values[i * out->draws + d] = mean + (value - mean) * narrower;
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
        if (out->draws) NAME(draw)(out, i, (const REAL *)w, in->points, step);
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
