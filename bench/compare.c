/* SPDX-License-Identifier: Apache-2.0 */
/* Measuring two sides in turns; see compare.h. The machine's speed differs from one minute to the
 * next by a fifth, but hardly between two blocks of a few milliseconds. Time is the thread's on its
 * core: what other programs take of a busy machine is nobody's cost, and nothing here ever sleeps.
 */
#include "compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "block.h"

#define BLOCK_SECONDS 0.004
#define BLOCKS_MAX 4096

static double seconds_on(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double block_run(bench_operation operation, void *user, size_t count, size_t *turn)
{
    double start = seconds_on(CLOCK_THREAD_CPUTIME_ID);
    for (size_t i = 0; i < count; i++) {
        if (!operation(user, (*turn)++))
            return -1;
    }
    return (seconds_on(CLOCK_THREAD_CPUTIME_ID) - start) / (double)count;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_size);
    return values[count / 2];
}

static void print_line(const char *name, double ours, double peer, double ratio, bool json)
{
    if (json) {
        printf("{\"name\":\"%s\",\"ours\":%.1f,\"peer\":%.1f,\"ratio\":%.3f}\n", name, ours, peer,
               ratio);
    } else {
        printf("%-28s %12.1f/s %12.1f/s %8.3f   %8.2f us %8.2f us\n", name, ours, peer, ratio,
               1e6 / ours, 1e6 / peer);
    }
    fflush(stdout);
}

/* How many operations make a block; 0 when one failed. */
static size_t block_size(block_side side, void *user)
{
    size_t count = 1;
    double took = side(user, 1); /* the first one prepares */
    while (took >= 0 && (took = side(user, count)) >= 0 && took * (double)count < BLOCK_SECONDS)
        count *= 2;
    return took < 0 ? 0 : count;
}

bool block_compare(const char *name, block_side ours, block_side peer, void *user, double seconds,
                   bool json)
{
    static double our_times[BLOCKS_MAX], peer_times[BLOCKS_MAX], ratios[BLOCKS_MAX];
    size_t count = block_size(ours, user), blocks = 0;
    double end = seconds_on(CLOCK_MONOTONIC) + seconds;
    bool good = count > 0;
    while (good && blocks < BLOCKS_MAX && (blocks < 8 || seconds_on(CLOCK_MONOTONIC) < end)) {
        double our_time = ours(user, count), peer_time = peer(user, count);
        good = our_time >= 0 && peer_time >= 0;
        our_times[blocks] = our_time;
        peer_times[blocks] = peer_time;
        ratios[blocks++] = peer_time / our_time;
    }
    if (!good) {
        fprintf(stderr, "%s: an operation failed\n", name);
        return false;
    }
    print_line(name, 1 / median(our_times, blocks), 1 / median(peer_times, blocks),
               median(ratios, blocks), json);
    return true;
}

typedef struct pair {
    bench_operation ours, peer;
    void *user;
    size_t turn;
} pair;

static double run_ours(void *user, size_t count)
{
    pair *both = user;
    return block_run(both->ours, both->user, count, &both->turn);
}

static double run_peer(void *user, size_t count)
{
    pair *both = user;
    return block_run(both->peer, both->user, count, &both->turn);
}

bool bench_compare(const char *name, bench_operation ours, bench_operation peer, void *user,
                   double seconds, bool json)
{
    pair both = {ours, peer, user, 0};
    return block_compare(name, run_ours, run_peer, &both, seconds, json);
}

bool bench_json(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0)
            return true;
    }
    return false;
}
