/* SPDX-License-Identifier: Apache-2.0 */
/* Packs sessions and transactions; see login_pack.h. Numbers are big-endian; a text is its length
 * in two bytes and its bytes. A token is the number of its parts and each part decoded; 0 parts
 * mean a text as it stands. */
#include "login/login_pack.h"

#include <string.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/buffer.h"
#include "base/text.h"

#define TEXT_MAX ((size_t)16384)
#define PARTS_MAX 5
#define PACKED_MAX (4 * (TEXT_MAX + 64))
#define SESSION_TAG 'S'
#define TRANSACTION_TAG 'T'

static void put_number(buffer *to, uint64_t number, unsigned bytes)
{
    while (bytes-- > 0)
        buffer_append_byte(to, (char)(number >> (8 * bytes) & 0xff));
}

static void put_text(buffer *to, ost_text text)
{
    put_number(to, text.len, 2);
    buffer_append(to, text);
}

/* Splits "a.b.c" and decodes each part. False: not of that form, take it as it stands. */
static bool decode_parts(ost_text token, ost_arena *arena, ost_text *ret_parts, size_t *ret_count)
{
    size_t count = 0;
    for (size_t at = 0; at <= token.len; count++) {
        size_t end = text_find(token, '.', at);
        if (count == PARTS_MAX || base64url_decode_to(arena, text_slice(token, at, end - at),
                                                      &ret_parts[count]) != OST_OK)
            return false;
        at = end + 1;
    }
    *ret_count = count;
    return count > 1;
}

static void put_token(buffer *to, ost_text token, ost_arena *arena)
{
    ost_text parts[PARTS_MAX];
    size_t count = 0;
    if (!decode_parts(token, arena, parts, &count)) {
        put_number(to, 0, 1);
        put_text(to, token);
        return;
    }
    put_number(to, count, 1);
    for (size_t i = 0; i < count; i++)
        put_text(to, parts[i]);
}

static ost_result pack_finish(buffer *packed, ost_arena *arena, ost_text *ret_packed)
{
    if (packed->failed != OST_OK)
        return packed->failed;
    char *copy = ost_arena_copy(arena, buffer_text(packed));
    if (copy == NULL)
        return OST_E_MEMORY;
    *ret_packed = (ost_text){copy, packed->len};
    return OST_OK;
}

ost_result login_pack_session(const ost_login_session *session, ost_arena *arena,
                              ost_text *ret_packed)
{
    if (session->access_token.len > TEXT_MAX || session->refresh_token.len > TEXT_MAX ||
        session->id_token.len > TEXT_MAX)
        return OST_E_CEILING;
    buffer_auto buffer packed = {0};
    buffer_init(&packed, PACKED_MAX);
    buffer_append_byte(&packed, SESSION_TAG);
    put_number(&packed, session->demanded, 1);
    put_number(&packed, (uint64_t)session->started, 8);
    put_number(&packed, (uint64_t)session->access_expiry, 8);
    put_number(&packed, (uint64_t)session->refresh_at, 8);
    put_token(&packed, session->access_token, arena);
    put_token(&packed, session->refresh_token, arena);
    put_token(&packed, session->id_token, arena);
    return pack_finish(&packed, arena, ret_packed);
}

ost_result login_pack_transaction(const login_transaction *transaction, ost_arena *arena,
                                  ost_text *ret_packed)
{
    const ost_text fields[] = {transaction->state, transaction->nonce, transaction->verifier,
                               transaction->base, transaction->wanted};
    buffer_auto buffer packed = {0};
    buffer_init(&packed, PACKED_MAX);
    buffer_append_byte(&packed, TRANSACTION_TAG);
    put_number(&packed, transaction->demanded, 1);
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        if (fields[i].len > TEXT_MAX)
            return OST_E_CEILING;
        put_text(&packed, fields[i]);
    }
    return pack_finish(&packed, arena, ret_packed);
}

/* Takes fields off the front; what is too short marks it bad, and yields zeroes from then on. */
typedef struct reader {
    ost_text rest;
    bool bad;
} reader;

static ost_text take_bytes(reader *from, size_t len)
{
    if (from->bad || from->rest.len < len) {
        from->bad = true;
        return (ost_text){0};
    }
    ost_text taken = text_slice(from->rest, 0, len);
    from->rest = text_slice(from->rest, len, from->rest.len - len);
    return taken;
}

static uint64_t take_number(reader *from, size_t bytes)
{
    ost_text taken = take_bytes(from, bytes);
    uint64_t number = 0;
    for (size_t i = 0; i < taken.len; i++)
        number = number << 8 | (unsigned char)taken.data[i];
    return number;
}

static bool take_flag(reader *from)
{
    uint64_t flag = take_number(from, 1);
    from->bad |= flag > 1;
    return flag == 1;
}

static int64_t take_time(reader *from)
{
    uint64_t time = take_number(from, 8);
    from->bad |= time > INT64_MAX;
    return from->bad ? 0 : (int64_t)time;
}

static ost_text take_text(reader *from)
{
    size_t len = take_number(from, 2);
    from->bad |= len > TEXT_MAX;
    return take_bytes(from, len);
}

static ost_text take_token(reader *from, ost_arena *arena)
{
    size_t count = take_number(from, 1);
    if (count == 0)
        return take_text(from);
    ost_text parts[PARTS_MAX];
    size_t len = count - 1;
    from->bad |= count > PARTS_MAX;
    for (size_t i = 0; i < count && !from->bad; i++) {
        parts[i] = take_text(from);
        len += BASE64URL_LEN(parts[i].len);
    }
    char *token = from->bad ? NULL : ost_arena_alloc(arena, len + 1);
    if (token == NULL) {
        from->bad = true;
        return (ost_text){0};
    }
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            token[at++] = '.';
        at += base64url_encode((const unsigned char *)parts[i].data, parts[i].len, token + at);
    }
    return (ost_text){token, at};
}

ost_result login_unpack_session(ost_text packed, ost_arena *arena, ost_login_session *ret_session)
{
    reader from = {.rest = packed};
    from.bad = take_number(&from, 1) != SESSION_TAG;
    ost_login_session session = {.demanded = take_flag(&from)};
    session.started = take_time(&from);
    session.access_expiry = take_time(&from);
    session.refresh_at = take_time(&from);
    session.access_token = take_token(&from, arena);
    session.refresh_token = take_token(&from, arena);
    session.id_token = take_token(&from, arena);
    if (from.bad || from.rest.len > 0 || session.access_token.len == 0)
        return OST_E_FORMAT;
    *ret_session = session;
    return OST_OK;
}

ost_result login_unpack_transaction(ost_text packed, login_transaction *ret_transaction)
{
    reader from = {.rest = packed};
    from.bad = take_number(&from, 1) != TRANSACTION_TAG;
    login_transaction transaction = {.demanded = take_flag(&from)};
    transaction.state = take_text(&from);
    transaction.nonce = take_text(&from);
    transaction.verifier = take_text(&from);
    transaction.base = take_text(&from);
    transaction.wanted = take_text(&from);
    if (from.bad || from.rest.len > 0)
        return OST_E_FORMAT;
    *ret_transaction = transaction;
    return OST_OK;
}
