/* The E-step in tables: an optional extension that the tests hold to numpy. See tables.h and kernel/__init__.py. */

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030c0000
#include <Python.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MOST_POINTS 256 /* of the grid, in a stack array */
#define RESCALE 8       /* tables multiplied before the product is brought back to a sum of one */

/* Numbers below the normal range cost a hundred times as much and add nothing: they become zero while a block is summed. */
#if defined(__x86_64__)
#include <xmmintrin.h>
typedef unsigned int state;
static state flush_to_zero(void) { state now = _mm_getcsr(); _mm_setcsr(now | 0x8040); return now; }
static void restore(state before) { _mm_setcsr(before); }
#else
typedef int state;
static state flush_to_zero(void) { return 0; }
static void restore(state before) { (void)before; }
#endif

struct block {
    const uint8_t *bits, *mask; /* (students, bytes); mask may be NULL */
    const double *weights;      /* (students), may be NULL */
    const double *right, *wrong, *masses; /* (items, points) twice, (points) */
    int64_t students;
    int bytes, items, points;
};

/* What scoring writes; `mean` is NULL in a pass that only sums. */
struct scoring {
    const double *nodes;    /* (points) */
    double *mean, *sd;      /* (students) */
    const int64_t *numbers; /* (students) */
    double *values;         /* (students, draws) */
    uint64_t seed;
    int draws;
};

typedef double lanes __attribute__((vector_size(64), may_alias));
typedef int64_t places __attribute__((vector_size(64)));
typedef uint64_t counters __attribute__((vector_size(64)));

/* The same source for each processor: the widest that the machine has is chosen when it runs. */
#if defined(__x86_64__) && !defined(ONE_VERSION)
#define VERSIONS 1
#pragma GCC push_options
#pragma GCC target("arch=skylake-avx512")
#define NAMED(x) x##_avx512
#include "both.h"
#undef NAMED
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("arch=haswell")
#define NAMED(x) x##_avx2
#include "both.h"
#undef NAMED
#pragma GCC pop_options
#endif
#define NAMED(x) x##_plain
#include "both.h"
#undef NAMED

typedef double runner(const struct block *, const uint8_t *, int, double *, double *, double *, const struct scoring *);

static runner *chosen(int single) {
#ifdef VERSIONS
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512cd"))
        return single ? run_single_avx512 : run_double_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2"))
        return single ? run_single_avx2 : run_double_avx2;
#endif
    return single ? run_single_plain : run_double_plain;
}

/* Four items a byte: right in the high bits, seen in the low. */
static uint8_t *interleaved(const struct block *in) {
    uint8_t *codes = malloc((size_t)in->students * 2 * in->bytes + 1);
    if (!codes) return NULL;
    for (int64_t i = 0; i < in->students * in->bytes; i++) {
        const uint8_t right = in->bits[i], seen = in->mask[i];
        codes[2 * i] = (right & 0xF0) | (seen >> 4);
        codes[2 * i + 1] = (uint8_t)(right << 4) | (seen & 0x0F);
    }
    return codes;
}

/* A contiguous buffer of at least `size` bytes, or an error that names it. None gives NULL. */
static int held(PyObject *object, Py_buffer *view, Py_ssize_t size, int writable, const char *name) {
    view->obj = NULL;
    view->buf = NULL;
    if (object == Py_None) return 1;
    if (PyObject_GetBuffer(object, view, writable ? PyBUF_WRITABLE : PyBUF_SIMPLE) < 0) return 0;
    if (view->len >= size) return 1;
    PyErr_Format(PyExc_ValueError, "%s: %zd bytes expected, found %zd", name, size, view->len);
    PyBuffer_Release(view);
    return 0;
}

enum { BITS, MASK, WEIGHTS, RIGHT, WRONG, MASSES, OUT_RIGHT, OUT_SHOWN, OUT_MASS, NODES, MEAN, SD, NUMBERS, VALUES, BUFFERS };

static PyObject *run(PyObject *module, PyObject *args) {
    PyObject *objects[BUFFERS];
    Py_ssize_t students, items, points;
    unsigned long long seed;
    int single, draws;
    (void)module;
    if (!PyArg_ParseTuple(args, "nnnpKiOOOOOOOOOOOOOO", &students, &items, &points, &single, &seed, &draws, &objects[BITS], &objects[MASK],
                          &objects[WEIGHTS], &objects[RIGHT], &objects[WRONG], &objects[MASSES], &objects[OUT_RIGHT],
                          &objects[OUT_SHOWN], &objects[OUT_MASS], &objects[NODES], &objects[MEAN], &objects[SD],
                          &objects[NUMBERS], &objects[VALUES]))
        return NULL;
    if (items < 1 || items > 100000 || students < 0 || points < 2 || points > MOST_POINTS - 16
        || draws < 0 || draws > 10000) {
        PyErr_Format(PyExc_ValueError, "kernel: %zd students, %zd items, %zd points found; 2 to %d points expected", students,
                     items, points, MOST_POINTS - 16);
        return NULL;
    }
    const Py_ssize_t bytes = (items + 7) / 8, grid = points * 8, each = items * grid;
    const Py_ssize_t sizes[BUFFERS] = {students * bytes, students * bytes, students * 8, each, each, grid,
                                       each, each, grid, grid, students * 8, students * 8,
                                       draws ? students * 8 : 0, students * draws * 8};
    const char *names[BUFFERS] = {"bits", "mask", "weights", "right", "wrong", "masses",
                                  "right out", "shown out", "mass out", "nodes", "mean", "sd",
                                  "numbers", "values"};
    Py_buffer views[BUFFERS];
    PyObject *found = NULL;
    int ready = 0;
    for (; ready < BUFFERS; ready++) {
        const int writable = (ready >= OUT_RIGHT && ready <= OUT_MASS) || ready == MEAN || ready == SD || ready == VALUES;
        if (!held(objects[ready], &views[ready], sizes[ready], writable, names[ready])) goto done;
    }
    struct block in = {views[BITS].buf, views[MASK].buf, views[WEIGHTS].buf, views[RIGHT].buf, views[WRONG].buf,
                       views[MASSES].buf, students, (int)bytes, (int)items, (int)points};
    const int scoring = views[MEAN].buf != NULL;
    const int complete = in.bits && in.right && in.wrong && in.masses
        && (scoring ? views[NODES].buf && views[SD].buf : views[OUT_RIGHT].buf && views[OUT_MASS].buf)
        && (!draws || (scoring && views[NUMBERS].buf && views[VALUES].buf)) && (scoring || !in.mask || views[OUT_SHOWN].buf);
    if (!complete) {
        PyErr_SetString(PyExc_ValueError, "kernel: an array that is needed is None");
        goto done;
    }
    const struct scoring out = {views[NODES].buf, views[MEAN].buf, views[SD].buf, views[NUMBERS].buf, views[VALUES].buf,
                                (uint64_t)seed, draws};
    double result = NAN;
    Py_BEGIN_ALLOW_THREADS
    uint8_t *own = in.mask ? interleaved(&in) : NULL;
    const uint8_t *codes = in.mask ? own : in.bits;
    const int tables = in.mask ? 2 * in.bytes : in.bytes;
    if (codes) {
        const state before = flush_to_zero();
        result = chosen(single)(&in, codes, tables, views[OUT_RIGHT].buf, views[OUT_SHOWN].buf, views[OUT_MASS].buf,
                                &out);
        restore(before);
    }
    free(own);
    Py_END_ALLOW_THREADS
    found = PyFloat_FromDouble(result);
done:
    while (ready-- > 0) if (views[ready].obj) PyBuffer_Release(&views[ready]);
    return found;
}

static PyMethodDef methods[] = {
    {"run", run, METH_VARARGS, "One pass over a block; the log-likelihood, or NaN where a product underflowed."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_kernel", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__kernel(void) { return PyModule_Create(&definition); }
