/* Thumbprints of keys (RFC 7638 §3, RFC 8037 §2): the required members alone, sorted, no spaces. */
#include <stdio.h>

#include "base64url.h"
#include "key.h"
#include "text.h"

#define THUMBPRINT_ARENA ((size_t)64 << 10)

/* The members of each type in the order of their names. */
static const char *const required[][4] = {
    [OST_KEY_RSA] = {"e", "kty", "n", NULL},
    [OST_KEY_EC] = {"crv", "kty", "x", "y"},
    [OST_KEY_OKP] = {"crv", "kty", "x", NULL},
    [OST_KEY_OCT] = {"k", "kty", NULL, NULL},
};

static ost_result canonical(const ost_key *key, ost_arena *arena, ost_text *ret_text)
{
    ost_text exported;
    const ost_json *jwk;
    ost_json_writer *all = ost_json_writer_new(arena, 0), *few = ost_json_writer_new(arena, 0);
    if (all == NULL || few == NULL)
        return OST_E_MEMORY;
    ost_result result = key->type == OST_KEY_OCT ? ost_key_export_private(key, all)
                                                 : ost_key_export_public(key, all);
    if (result == OST_OK)
        result = ost_json_writer_finish(all, &exported);
    if (result == OST_OK)
        result = ost_json_read(exported, NULL, arena, &jwk, NULL);
    if (result != OST_OK)
        return result;
    ost_json_open_object(few);
    for (size_t i = 0; i < 4 && required[key->type][i] != NULL; i++)
        ost_json_member_value(few, required[key->type][i],
                              ost_json_get(jwk, required[key->type][i]));
    ost_json_close_object(few);
    return ost_json_writer_finish(few, ret_text);
}

ost_result ost_key_thumbprint(const ost_key *key, char ret[44])
{
    unsigned char hash[32];
    ost_text text;
    ost_arena *arena = ost_arena_new(THUMBPRINT_ARENA);
    if (arena == NULL)
        return OST_E_MEMORY;
    ost_result result = canonical(key, arena, &text);
    if (result == OST_OK)
        result = ost_sha256(text, hash);
    if (result == OST_OK)
        ret[base64url_encode(hash, sizeof hash, ret)] = '\0';
    ost_arena_free(arena);
    return result;
}
