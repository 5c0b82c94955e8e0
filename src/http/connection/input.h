/* SPDX-License-Identifier: Apache-2.0 */
/* What a connection has received and not yet consumed: one block of memory, borrowed from the loop
 * while there is something in it, so that an idle connection holds none. */
#ifndef INPUT_H
#define INPUT_H

#include <ostiary/types.h>

#define INPUT_SMALL 8192 /* holds almost every request whole */

typedef struct input_block {
    struct input_block *next;
    size_t capacity;
    char data[];
} input_block;

typedef struct input {
    input_block *block; /* NULL when there is nothing */
    size_t start, end;  /* what is in it */
} input;

/* Blocks that nobody holds; the loop's. */
typedef struct input_blocks {
    input_block *spare;
    size_t count;
} input_blocks;

/* Makes sure that there is a block. False: out of memory. */
OST_MUST_CHECK bool input_ready(input *in, input_blocks *blocks);
/* Room behind the end; 0 without a block. */
size_t input_room(const input *in);
/* Moves the content to the beginning of the block, or into a block of at least `capacity` bytes:
 * views into it are void. */
OST_MUST_CHECK bool input_grow(input *in, input_blocks *blocks, size_t capacity);
/* Wipes and gives the block back. */
void input_release(input *in, input_blocks *blocks);
/* Frees the spare ones. */
void input_blocks_clear(input_blocks *blocks);

static inline char *input_data(const input *in)
{
    return in->block->data + in->start;
}

static inline size_t input_len(const input *in)
{
    return in->end - in->start;
}

#endif
