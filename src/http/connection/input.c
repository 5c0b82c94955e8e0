/* SPDX-License-Identifier: Apache-2.0 */
/* Lends input blocks from the loop's spare ones. */
#include "http/connection/input.h"

#include <string.h>

#include "base/context.h"
#include "base/text.h"

#define SPARE_BLOCKS_MAX 256

static input_block *take_block(input_blocks *blocks, size_t capacity)
{
    input_block *block = blocks->spare;
    if (capacity <= INPUT_SMALL && block != NULL) {
        blocks->spare = block->next;
        blocks->count--;
        return block;
    }
    /* Whole bytes are written before they are read: clearing 8 KiB here would be waste. */
    block = memory_resize(NULL, sizeof *block + capacity);
    if (block != NULL)
        block->capacity = capacity;
    return block;
}

static void give_block(input_block *block, size_t used, input_blocks *blocks)
{
    wipe(block->data, used);
    if (block->capacity > INPUT_SMALL || blocks->count >= SPARE_BLOCKS_MAX) {
        memory_free(block);
        return;
    }
    block->next = blocks->spare;
    blocks->spare = block;
    blocks->count++;
}

bool input_ready(input *in, input_blocks *blocks)
{
    if (in->block == NULL) {
        in->block = take_block(blocks, INPUT_SMALL);
        in->start = in->end = 0;
    }
    return in->block != NULL;
}

size_t input_room(const input *in)
{
    return in->block == NULL ? 0 : in->block->capacity - in->end;
}

bool input_grow(input *in, input_blocks *blocks, size_t capacity)
{
    size_t len = input_len(in);
    input_block *block = in->block;
    if (block->capacity >= capacity) {
        memmove(block->data, block->data + in->start, len);
    } else {
        block = take_block(blocks, capacity);
        if (block == NULL)
            return false;
        memcpy(block->data, input_data(in), len);
        give_block(in->block, in->end, blocks);
        in->block = block;
    }
    in->start = 0;
    in->end = len;
    return true;
}

void input_release(input *in, input_blocks *blocks)
{
    if (in->block != NULL)
        give_block(in->block, in->end, blocks);
    *in = (input){0};
}

void input_blocks_clear(input_blocks *blocks)
{
    for (input_block *block = blocks->spare, *next; block != NULL; block = next) {
        next = block->next;
        memory_free(block);
    }
    *blocks = (input_blocks){0};
}
