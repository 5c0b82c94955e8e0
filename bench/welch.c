/* SPDX-License-Identifier: Apache-2.0 */
#include "welch.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#define CROPS 20
#define ENOUGH 1000 /* measurements of each class that a crop must leave */

typedef struct moments {
    double count, mean, squares; /* Welford's */
} moments;

static void add(moments *m, double value)
{
    double delta = value - m->mean;
    m->count += 1;
    m->mean += delta / m->count;
    m->squares += delta * (value - m->mean);
}

static double t_of(const moments *a, const moments *b)
{
    double variance =
        a->squares / (a->count - 1) / a->count + b->squares / (b->count - 1) / b->count;
    return variance > 0 ? fabs(a->mean - b->mean) / sqrt(variance) : 0;
}

static uint64_t ticks(void)
{
#if defined(__x86_64__)
    unsigned ignored;
    __builtin_ia32_mfence(); /* what was written before has been written */
    __builtin_ia32_lfence(); /* and nothing of what comes has begun */
    return __builtin_ia32_rdtscp(&ignored);
#else
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_RAW, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
#endif
}

/* xorshift64*: for the order of the classes, not for secrets. */
static uint64_t next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1dULL;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Those up to `limit`. */
static double t_below(const double *values, const unsigned char *classes, size_t count,
                      double limit)
{
    moments of[2] = {{.count = 0}, {.count = 0}};
    for (size_t i = 0; i < count; i++) {
        if (values[i] <= limit)
            add(&of[classes[i]], values[i]);
    }
    return of[0].count >= ENOUGH && of[1].count >= ENOUGH ? t_of(&of[0], &of[1]) : 0;
}

static double largest_t(const double *values, const unsigned char *classes, double *sorted,
                        size_t count)
{
    double largest = t_below(values, classes, count, HUGE_VAL);
    for (size_t i = 0; i < count; i++)
        sorted[i] = values[i];
    qsort(sorted, count, sizeof *sorted, by_value);
    for (unsigned crop = 1; crop <= CROPS; crop++) {
        double share = 1 - pow(0.5, 10.0 * crop / CROPS);
        double t = t_below(values, classes, count, sorted[(size_t)(share * (double)(count - 1))]);
        if (t > largest)
            largest = t;
    }
    return largest;
}

double welch_measure(welch_lay lay, welch_run run, void *user, size_t count)
{
    double *values = calloc(2 * count, sizeof *values), t = -1;
    unsigned char *classes = calloc(count, 1);
    uint64_t state = 0x9e3779b97f4a7c15ULL;
    if (values != NULL && classes != NULL) {
        for (size_t i = 0; i < count; i++) {
            classes[i] = next(&state) >> 63 != 0;
            lay(user, classes[i], i);
            uint64_t before = ticks();
            run(user);
            values[i] = (double)(ticks() - before);
        }
        t = largest_t(values, classes, values + count, count);
    }
    free(values);
    free(classes);
    return t;
}
