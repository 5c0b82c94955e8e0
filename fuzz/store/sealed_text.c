/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a sealed text, under a fixed key: nobody who lacks the key makes one that opens, but
 * for those that the key has made, which open to what they were made of. */
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "store/sealing/master_key.h"

static void check(bool holds)
{
    if (!holds)
        abort();
}

static const sealed_place place = {SEALED_KEY, {"acme", 4}, {"kid", 3}};
static const sealed_place elsewhere = {SEALED_KEY, {"acm", 3}, {"ekid", 4}};

/* What follows "seal:" is sealed; the rest is opened. */
static void seal_and_open(const master_key *key, ost_text plain, ost_arena *arena)
{
    ost_text opened, id;
    char *sealed;
    check(master_key_seal(key, &place, plain, &sealed) == OST_OK);
    check(sealed_text_master(text_of(sealed), &id) == OST_OK && text_is(id, key->id));
    check(master_key_open(key, &place, text_of(sealed), arena, &opened) == OST_OK);
    check(text_equal(opened, plain));
    check(master_key_open(key, &elsewhere, text_of(sealed), arena, &opened) == OST_E_DECRYPTION);
    memory_free(sealed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    master_key keys[MASTER_KEYS_MAX];
    size_t count;
    ost_text opened, text = {(const char *)data, size};
    ost_arena *arena = ost_arena_new((size_t)64 << 20);
    check(arena != NULL);
    check(master_keys_read(OST_TEXT("VGhpcyBpcyBhIG1hc3RlciBrZXkgZm9yIHRlc3RzISE="), keys, &count,
                           NULL) == OST_OK);
    if (text_starts(text, "seal:"))
        seal_and_open(&keys[0], text_slice(text, 5, size), arena);
    else
        check(master_key_open(&keys[0], &place, text, arena, &opened) != OST_OK);
    ost_arena_free(arena);
    return 0;
}
