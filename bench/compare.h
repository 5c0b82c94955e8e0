/* SPDX-License-Identifier: Apache-2.0 */
/* Measuring ours against a peer within one run: blocks of both in turn, medians, one line out. */
#ifndef COMPARE_H
#define COMPARE_H

#include <stdbool.h>
#include <stddef.h>

/* One operation, told which of the prepared inputs to take. False: it failed, the bench ends. */
typedef bool (*bench_operation)(void *user, size_t turn);

/* Runs both for about `seconds` together and prints operations a second and ours / peer: a table
 * row, or with `json` an object. Returns false when an operation failed. */
bool bench_compare(const char *name, bench_operation ours, bench_operation peer, void *user,
                   double seconds, bool json);

/* The same operation in BENCH_THREADS threads at once (ours) and in one (peer). */
#define BENCH_THREADS 2
bool bench_threads(const char *name, bench_operation operation, void *user, double seconds,
                   bool json);
size_t bench_thread(void); /* 0 … BENCH_THREADS - 1: the one that asks */

/* True when the arguments hold --json. */
bool bench_json(int argc, char **argv);

#endif
