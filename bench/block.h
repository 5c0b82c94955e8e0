/* SPDX-License-Identifier: Apache-2.0 */
/* What a measurement is made of: blocks of operations, each side's in turn. */
#ifndef BLOCK_H
#define BLOCK_H

#include "compare.h"

/* Does `count` operations and returns the seconds of CPU time that one takes; negative when one
 * failed. */
typedef double (*block_side)(void *user, size_t count);

/* As bench_compare, with sides of the caller's making. */
bool block_compare(const char *name, block_side ours, block_side peer, void *user, double seconds,
                   bool json);

/* A block in the calling thread; `turn` goes on from block to block. */
double block_run(bench_operation operation, void *user, size_t count, size_t *turn);

#endif
