/* Lends input blocks from the loop's spare ones. */
#include "http/connection/input.h"

#include <string.h>

#include "base/context.h"
#include "base/text.h"

#define SPARE_BLOCKS_MAX 256

static input_block *take_block(event_loop *loop, size_t capacity)
{
    input_block *block = loop->spare_blocks;
    if (capacity <= INPUT_SMALL && block != NULL) {
        loop->spare_blocks = block->next;
        loop->spare_block_count--;
        return block;
    }
    /* Whole bytes are written before they are read: clearing 8 KiB here would be waste. */
    block = memory_resize(NULL, sizeof *block + capacity);
    if (block != NULL)
        block->capacity = capacity;
    return block;
}

static void give_block(input_block *block, size_t used, event_loop *loop)
{
    wipe(block->data, used);
    if (block->capacity > INPUT_SMALL || loop->spare_block_count >= SPARE_BLOCKS_MAX) {
        memory_free(block);
        return;
    }
    block->next = loop->spare_blocks;
    loop->spare_blocks = block;
    loop->spare_block_count++;
}

bool input_ready(input *in, event_loop *loop)
{
    if (in->block == NULL) {
        in->block = take_block(loop, INPUT_SMALL);
        in->start = in->end = 0;
    }
    return in->block != NULL;
}

size_t input_room(const input *in)
{
    return in->block == NULL ? 0 : in->block->capacity - in->end;
}

bool input_grow(input *in, event_loop *loop, size_t capacity)
{
    size_t len = input_len(in);
    input_block *block = in->block;
    if (block->capacity >= capacity) {
        memmove(block->data, block->data + in->start, len);
    } else {
        block = take_block(loop, capacity);
        if (block == NULL)
            return false;
        memcpy(block->data, input_data(in), len);
        give_block(in->block, in->end, loop);
        in->block = block;
    }
    in->start = 0;
    in->end = len;
    return true;
}

void input_release(input *in, event_loop *loop)
{
    if (in->block != NULL)
        give_block(in->block, in->end, loop);
    *in = (input){0};
}
