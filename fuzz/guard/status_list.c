/* SPDX-License-Identifier: Apache-2.0 */
/* A status list. The first byte says what follows: 's' the claims of its token, signed here; 'l' a
 * list of one bit as the text of `lst`, put into such claims; anything else a token as it is. */
#include <stdlib.h>

#include "base/text.h"
#include "guard/status/status_list.h"

#define ISSUER "https://id.example.org"
#define URI "https://id.example.org/lists/1"
#define SECRET "0123456789abcdef0123456789abcdef"
#define NOW 1700000000
#define MAX_LIST 65536

static ost_key *key;
static ost_keyset *keys;

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void make_keys(void)
{
    check(ost_key_import_secret(OST_TEXT(SECRET), OST_HS256, NULL, &key, NULL) == OST_OK);
    check(ost_keyset_new(&key, 1, &keys) == OST_OK);
}

/* The text goes between quotes: what would end it is left out. */
static ost_text around(ost_text lst, ost_arena *arena)
{
    size_t len = 0;
    while (len < lst.len && lst.data[len] != '"' && lst.data[len] != '\\' &&
           (unsigned char)lst.data[len] >= 0x20)
        len++;
    return text_of(ost_arena_format(arena,
                                    "{\"sub\":\"" URI "\",\"iat\":%d,"
                                    "\"status_list\":{\"bits\":1,\"lst\":\"%.*s\"}}",
                                    NOW, (int)len, lst.data));
}

static ost_text make_token(char mode, ost_text rest, ost_arena *arena)
{
    ost_text token;
    if (mode != 's' && mode != 'l')
        return rest;
    ost_text claims = mode == 'l' ? around(rest, arena) : rest;
    check(ost_jws_sign(claims, key, OST_HS256, "statuslist+jwt", arena, &token) == OST_OK);
    return token;
}

static void check_list(const status_list *list)
{
    uint64_t statuses = list->bytes.len * 8 / list->bits;
    check(list->bits == 1 || list->bits == 2 || list->bits == 4 || list->bits == 8);
    check(list->bytes.len <= MAX_LIST);
    check(list->issued <= NOW + 30);
    check(list->fresh_until > NOW && list->fresh_until <= list->expires);
    check(list->fresh_until <= NOW + 86400);
    for (uint64_t i = 0; i < statuses; i += 1 + i / 16) {
        ost_result status = status_list_look(list->bits, list->bytes, i, NULL);
        check(status == OST_OK || status == OST_E_STATUS);
    }
    check(status_list_look(list->bits, list->bytes, statuses, NULL) == OST_E_STATUS);
    check(status_list_look(list->bits, list->bytes, UINT64_MAX, NULL) == OST_E_STATUS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    status_list list;
    ost_error error = {0};
    ost_text kid;
    if (keys == NULL)
        make_keys();
    if (size < 1 || size > 32768)
        return 0;
    ost_arena *arena = ost_arena_new(2 * status_list_arena(MAX_LIST));
    ost_text token = make_token((char)data[0], (ost_text){(const char *)data + 1, size - 1}, arena);
    const status_rules rules = {
        .issuer = ISSUER,
        .uri = URI,
        .algorithms = OST_ALG_BIT(OST_HS256),
        .keys = keys,
        .leeway = 30,
        .lifetime = 300,
        .max_list = MAX_LIST,
    };
    ost_result result = status_list_read(&rules, token, NOW, arena, &list, &kid, &error);
    check(result == error.code && (result == OST_OK || error.detail[0] != '\0'));
    if (result == OST_OK)
        check_list(&list);
    else
        check(result == OST_E_REMOTE || result == OST_E_KEY_UNKNOWN);
    ost_arena_free(arena);
    return 0;
}
