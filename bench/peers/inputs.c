/* SPDX-License-Identifier: Apache-2.0 */
/* Writes what the libraries in the table are given into a folder: for each algorithm the public key
 * as JWK and as PEM, tokens that are good for a day, and tokens that are not. */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/context.h"
#include "jose/key/key_state.h"
#include "token.h"

#define GOOD 32
#define DAY 86400

static FILE *open_file(const char *folder, ost_alg alg, const char *kind)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.%s", folder, ost_alg_name(alg), kind);
    return fopen(path, "w");
}

static bool write_jwk(const ost_key *key, ost_arena *arena, FILE *file)
{
    ost_text text;
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    return writer != NULL && ost_key_export_public(key, writer) == OST_OK &&
           ost_json_writer_finish(writer, &text) == OST_OK &&
           fwrite(text.data, 1, text.len, file) == text.len;
}

static bool write_pem(const ost_key *key, FILE *file)
{
    if (key->pkey != NULL)
        return PEM_write_PUBKEY(file, key->pkey) == 1;
    EVP_PKEY *pkey =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->okp_public, ED25519_SIZE);
    bool good = pkey != NULL && PEM_write_PUBKEY(file, pkey) == 1;
    EVP_PKEY_free(pkey);
    return good;
}

static bool write_good(const token_recipe *recipe, ost_arena *arena, FILE *file)
{
    for (int i = 0; i < GOOD; i++) {
        ost_text token;
        if (!token_make(recipe, i, arena, &token) || fprintf(file, "%s\n", token.data) < 0)
            return false;
    }
    return true;
}

/* Expired, of another issuer, for another audience, with another signature. */
static bool write_bad(const token_recipe *recipe, ost_arena *arena, FILE *file)
{
    token_recipe bad[3] = {*recipe, *recipe, *recipe};
    ost_text token, other;
    bad[0].lifetime = -DAY;
    bad[1].issuer = TOKEN_ISSUER "/";
    bad[2].audience = "otherapi";
    for (size_t i = 0; i < 3; i++) {
        if (!token_make(&bad[i], 0, arena, &token) || fprintf(file, "%s\n", token.data) < 0)
            return false;
    }
    if (!token_make(recipe, 0, arena, &token) || !token_make(recipe, 1, arena, &other))
        return false;
    int content = (int)(strrchr(token.data, '.') - token.data);
    return fprintf(file, "%.*s%s\n", content, token.data, strrchr(other.data, '.')) > 0;
}

static bool write_all(const char *folder, ost_alg alg, ost_arena *arena)
{
    ost_key *key = NULL;
    FILE *jwk = open_file(folder, alg, "jwk"), *pem = open_file(folder, alg, "pem");
    FILE *good = open_file(folder, alg, "good"), *bad = open_file(folder, alg, "bad");
    bool written = jwk != NULL && pem != NULL && good != NULL && bad != NULL &&
                   ost_key_generate(alg, 0, "bench", &key, NULL) == OST_OK;
    const token_recipe recipe = {.key = key,
                                 .alg = alg,
                                 .issuer = TOKEN_ISSUER,
                                 .audience = TOKEN_AUDIENCE,
                                 .now = time(NULL),
                                 .lifetime = DAY};
    written = written && write_jwk(key, arena, jwk) && write_pem(key, pem) &&
              write_good(&recipe, arena, good) && write_bad(&recipe, arena, bad);
    FILE *const files[] = {jwk, pem, good, bad};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        written = files[i] != NULL && fclose(files[i]) == 0 && written;
    ost_key_unref(key);
    return written;
}

int main(int argc, char **argv)
{
    ost_arena *arena = ost_arena_new((size_t)4 << 20);
    bool good = argc == 2 && arena != NULL && write_all(argv[1], OST_RS256, arena) &&
                write_all(argv[1], OST_ES256, arena) && write_all(argv[1], OST_EDDSA, arena);
    ost_arena_free(arena);
    return good ? 0 : 1;
}
