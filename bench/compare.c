/* Measuring two sides in turns; see compare.h. The machine's speed differs from one minute to the
 * next by a fifth, but hardly between two blocks of a few milliseconds. */
#include "compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BLOCK_SECONDS 0.004
#define BLOCKS_MAX 4096

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Seconds for `count` operations; negative when one failed. */
static double run(bench_operation operation, void *user, size_t count, size_t *turn)
{
    double start = seconds_now();
    for (size_t i = 0; i < count; i++) {
        if (!operation(user, (*turn)++))
            return -1;
    }
    return seconds_now() - start;
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

bool bench_compare(const char *name, bench_operation ours, bench_operation peer, void *user,
                   double seconds, bool json)
{
    static double our_times[BLOCKS_MAX], peer_times[BLOCKS_MAX], ratios[BLOCKS_MAX];
    size_t turn = 0, count = 1, blocks = 0;
    double took = run(ours, user, 1, &turn); /* the first one prepares */
    while (took >= 0 && (took = run(ours, user, count, &turn)) < BLOCK_SECONDS && took >= 0)
        count *= 2;
    double end = seconds_now() + seconds;
    while (took >= 0 && blocks < BLOCKS_MAX && (blocks < 8 || seconds_now() < end)) {
        double our_time = run(ours, user, count, &turn);
        double peer_time = run(peer, user, count, &turn);
        took = our_time < peer_time ? our_time : peer_time;
        our_times[blocks] = our_time / (double)count;
        peer_times[blocks] = peer_time / (double)count;
        ratios[blocks++] = peer_time / our_time;
    }
    if (took < 0) {
        fprintf(stderr, "%s: an operation failed\n", name);
        return false;
    }
    print_line(name, 1 / median(our_times, blocks), 1 / median(peer_times, blocks),
               median(ratios, blocks), json);
    return true;
}

bool bench_json(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0)
            return true;
    }
    return false;
}
