/* SPDX-License-Identifier: Apache-2.0 */
/* Digests of the rows that are served; see realm_rows.h. */
#include "provider/call/realm_rows.h"

#include "base/buffer.h"
#include "base/context.h"
#include "base/text.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

#define ROWS_MAX ((size_t)1 << 30)

ost_result realm_rows_read(store *s, ost_arena *arena, realm_rows *ret_rows)
{
    realm_rows rows = {.store = s, .arena = arena};
    ost_result result = store_key_states(s, arena, &rows.keys, &rows.key_count);
    if (result == OST_OK)
        *ret_rows = rows;
    return result;
}

static void add_key(buffer *to, const store_key *key)
{
    buffer_append(to, key->kid);
    buffer_append_format(to, " %d %lld %lld\n", (int)key->state, (long long)key->signs_from,
                         (long long)key->ends);
}

/* They are in the order of their realms. */
static void add_keys(const realm_rows *rows, ost_text name, buffer *to)
{
    size_t from = text_find_sorted(rows->keys, sizeof *rows->keys, rows->key_count,
                                   offsetof(store_key, realm), name);
    for (; from < rows->key_count && text_equal(rows->keys[from].realm, name); from++)
        add_key(to, &rows->keys[from]);
}

/* The accounts that a realm of this version has are known from the entry of before. */
static ost_result add_accounts(const realm_rows *rows, const realm *r, buffer *to)
{
    for (size_t i = 0; i < r->client_count; i++) {
        store_user row = {0};
        if (!r->clients[i]->service_account)
            continue;
        ost_result result =
            store_user_find(rows->store, text_of(r->name),
                            text_of(r->clients[i]->service_account_user), false, rows->arena, &row);
        if (result != OST_OK && result != OST_E_NOT_FOUND)
            return result;
        buffer_append(to, row.id);
        buffer_append(to, row.document);
        buffer_append_byte(to, '\n');
    }
    return OST_OK;
}

ost_result realm_rows_digest(const realm_rows *rows, const store_realm *row, const realm *r,
                             unsigned char ret_digest[REALM_ROWS_DIGEST])
{
    buffer_auto buffer b = {0};
    buffer_init(&b, ROWS_MAX);
    buffer_append(&b, row->id);
    buffer_append_format(&b, " %lld\n", (long long)row->version);
    add_keys(rows, row->name, &b);
    ost_result result = add_accounts(rows, r, &b);
    if (result == OST_OK)
        result = b.failed;
    return result == OST_OK ? ost_sha256(buffer_text(&b), ret_digest) : result;
}
