/* SPDX-License-Identifier: Apache-2.0 */
/* What may be used once; see store_memory.h. Kept is a hash, since whoever makes an id chooses how
 * long it is, and what is in it. */
#include <sodium.h>

#include "store/memory/asynchronous.h"
#include "store/memory/store_memory.h"
#include "store/memory/used_within.h"
#include "store/transaction.h"

bool store_is_shared(const store *s)
{
    return s != NULL && s->driver->postgresql;
}

/* Of the owner's hash and the id, so that none of both run into each other. */
static void hash_use(ost_text owner, ost_text id, unsigned char *ret_hash)
{
    unsigned char first[crypto_generichash_BYTES];
    crypto_generichash_state state;
    crypto_generichash(first, sizeof first, (const unsigned char *)owner.data, owner.len, NULL, 0);
    crypto_generichash_init(&state, NULL, 0, crypto_generichash_BYTES);
    crypto_generichash_update(&state, first, sizeof first);
    crypto_generichash_update(&state, (const unsigned char *)id.data, id.len);
    crypto_generichash_final(&state, ret_hash, crypto_generichash_BYTES);
}

/* Base64url of the hash, with a NUL. */
#define USE_TEXT                                                                                   \
    sodium_base64_ENCODED_LEN(crypto_generichash_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)

static void write_use(ost_text owner, ost_text id, char ret_text[USE_TEXT])
{
    unsigned char hash[crypto_generichash_BYTES];
    hash_use(owner, id, hash);
    sodium_bin2base64(ret_text, USE_TEXT, hash, sizeof hash,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* Who comes with the same meanwhile waits for this one. */
static ost_result insert_use(statement *st, ost_text hash, int64_t until)
{
    int changes = 0;
    bind_text(st, 1, hash);
    bind_integer(st, 2, until);
    ost_result result = run_statement(st, &changes);
    return result == OST_OK && changes == 0 ? OST_E_CONFLICT : result;
}

#define SQLITE_INSERT "INSERT OR IGNORE INTO used (id, expires) VALUES (?1, ?2)"

static ost_result insert_lone_use(database *d, ost_text hash, int64_t until)
{
    return insert_use(
        prepare(d, text_for(d, SQLITE_INSERT,
                            "INSERT INTO used (id, expires) SELECT ?1, ?2 FROM " ASYNCHRONOUS
                            " ON CONFLICT DO NOTHING")),
        hash, until);
}

ost_result store_use_once(store *s, ost_text owner, ost_text id, int64_t until)
{
    char text[USE_TEXT];
    write_use(owner, id, text);
    return WRITE(s, d, insert_lone_use(d, (ost_text){text, sizeof text - 1}, until));
}

ost_result use_within(database *d, ost_text owner, ost_text id, int64_t until)
{
    char text[USE_TEXT];
    write_use(owner, id, text);
    return insert_use(
        prepare(d,
                text_for(d, SQLITE_INSERT,
                         "INSERT INTO used (id, expires) VALUES (?1, ?2) ON CONFLICT DO NOTHING")),
        (ost_text){text, sizeof text - 1}, until);
}

/* ---- tokens without a session ---- */

#define REVOKED OST_TEXT("revoked token")

ost_result store_token_revoke(store *s, ost_text id, int64_t until)
{
    ost_result result = WRITE(s, d, use_within(d, REVOKED, id, until));
    return result == OST_E_CONFLICT ? OST_OK : result;
}

ost_result store_token_check(store *s, ost_text id)
{
    char text[USE_TEXT];
    write_use(REVOKED, id, text);
    database *d = read_begin(s);
    statement *st =
        PREPARED(d, "SELECT 1 FROM used WHERE id = ?", ((ost_text){text, sizeof text - 1}));
    ost_result result = next_row(st);
    read_end(s, d);
    if (result == OST_OK)
        return OST_E_NOT_FOUND;
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}
