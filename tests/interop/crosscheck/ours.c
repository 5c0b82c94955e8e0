/* SPDX-License-Identifier: Apache-2.0 */
/* Our side of the cross-checks: requests as JSON, one a line, in; answers, one a line, out.
 *
 * {"op":"generate","alg"[,"curve"]}          → {"private":JWK[,"public":JWK]}
 * {"op":"sign","alg","key":JWK,"content"}    → {"token"}       content is base64url, here and below
 * {"op":"verify","alg","key":JWK,"token"}    → {"content"}
 * {"op":"encrypt","alg","enc","key","content"[,"zip":true]}    → {"token"}
 * {"op":"decrypt","alg","enc","key","token"} → {"content"}
 *
 * What is refused is answered with {"error":"OST_E_…"}. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ostiary/jose.h>

#include "base/base64url.h"
#include "base/text.h"

#define INFLATE_MAX 65536
#define ROUNDS 1000 /* of PBES2: peers must not be slow */

typedef struct request {
    const ost_json *json;
    ost_alg alg;
    ost_enc enc;
    ost_arena *arena;
    ost_json_writer *answer;
} request;

static ost_text text_member(const request *r, const char *name)
{
    ost_text text = {0};
    (void)!ost_json_text(ost_json_get(r->json, name), &text);
    return text;
}

static ost_result put_content(request *r, ost_text content)
{
    ost_text encoded;
    ost_result result = base64url_encode_to(r->arena, content, &encoded);
    if (result == OST_OK)
        ost_json_member_text(r->answer, "content", encoded);
    return result;
}

static ost_result generate(request *r)
{
    ost_key *key;
    ost_text curve = text_member(r, "curve");
    ost_result result =
        curve.len > 0
            ? ost_key_generate_curve(r->alg, ost_arena_copy(r->arena, curve), NULL, &key, NULL)
            : ost_key_generate(r->alg, 0, NULL, &key, NULL);
    if (result != OST_OK)
        return result;
    ost_json_put_name(r->answer, OST_TEXT("private"));
    result = ost_key_export_private(key, r->answer);
    if (result == OST_OK && ost_key_type_of(key) != OST_KEY_OCT) {
        ost_json_put_name(r->answer, OST_TEXT("public"));
        result = ost_key_export_public(key, r->answer);
    }
    ost_key_unref(key);
    return result;
}

static ost_result sign(request *r, const ost_key *key)
{
    ost_text content, token;
    ost_result result = base64url_decode_to(r->arena, text_member(r, "content"), &content);
    if (result == OST_OK)
        result = ost_jws_sign(content, key, r->alg, NULL, r->arena, &token);
    if (result == OST_OK)
        ost_json_member_text(r->answer, "token", token);
    return result;
}

static ost_result verify(request *r, const ost_key *key)
{
    ost_unverified_jws jws;
    ost_text content;
    ost_result result =
        ost_jws_read_unverified(text_member(r, "token"), OST_ALG_BIT(r->alg), r->arena, &jws, NULL);
    if (result == OST_OK)
        result = ost_jws_verify(&jws, key, r->arena, &content);
    return result == OST_OK ? put_content(r, content) : result;
}

static ost_result encrypt(request *r, const ost_key *key)
{
    ost_jwe_options options = {.pbes2_count = ROUNDS};
    ost_text content, token;
    (void)!ost_json_boolean(ost_json_get(r->json, "zip"), &options.deflate);
    ost_result result = base64url_decode_to(r->arena, text_member(r, "content"), &content);
    if (result == OST_OK)
        result = ost_jwe_encrypt(content, key, r->alg, r->enc, &options, r->arena, &token, NULL);
    if (result == OST_OK)
        ost_json_member_text(r->answer, "token", token);
    return result;
}

static ost_result decrypt(request *r, ost_key *key)
{
    const ost_jwe_rules rules = {
        .algorithms = OST_ALG_BIT(r->alg), .encs = OST_ENC_BIT(r->enc), .inflate_max = INFLATE_MAX};
    ost_keyset *keys;
    ost_decrypted decrypted;
    ost_result result = ost_keyset_new(&key, 1, &keys);
    if (result != OST_OK)
        return result;
    result = ost_jwe_decrypt(text_member(r, "token"), keys, &rules, r->arena, &decrypted, NULL);
    ost_keyset_unref(keys);
    return result == OST_OK ? put_content(r, decrypted.content) : result;
}

static ost_result with_key(request *r, ost_text op)
{
    ost_key *key;
    ost_result result = ost_key_import_json(ost_json_get(r->json, "key"), &key, NULL);
    if (result != OST_OK)
        return result;
    if (text_is(op, "sign"))
        result = sign(r, key);
    else if (text_is(op, "verify"))
        result = verify(r, key);
    else if (text_is(op, "encrypt"))
        result = encrypt(r, key);
    else if (text_is(op, "decrypt"))
        result = decrypt(r, key);
    else
        result = OST_E_ARGUMENT;
    ost_key_unref(key);
    return result;
}

/* NULL: out of memory, or no request. */
static const char *answer(ost_text line, ost_arena *arena)
{
    request r = {.arena = arena, .answer = ost_json_writer_new(arena, 0)};
    ost_text text;
    if (r.answer == NULL || ost_json_read(line, NULL, arena, &r.json, NULL) != OST_OK)
        return NULL;
    r.alg = ost_alg_of(text_member(&r, "alg"));
    r.enc = ost_enc_of(text_member(&r, "enc"));
    ost_json_open_object(r.answer);
    ost_text op = text_member(&r, "op");
    ost_result result = text_is(op, "generate") ? generate(&r) : with_key(&r, op);
    if (result != OST_OK)
        ost_json_member_string(r.answer, "error", ost_result_name(result));
    ost_json_close_object(r.answer);
    return ost_json_writer_finish(r.answer, &text) == OST_OK ? text.data : NULL;
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    ost_arena *arena = ost_arena_new((size_t)8 << 20);
    if (setvbuf(stdout, NULL, _IOLBF, 0) != 0) /* who asks waits for the answer */
        return 1;
    while (arena != NULL && (len = getline(&line, &room, stdin)) > 0) {
        const char *text = answer((ost_text){line, (size_t)len}, arena);
        if (text == NULL || puts(text) < 0)
            return 1;
        ost_arena_reset(arena);
    }
    free(line);
    ost_arena_free(arena);
    return fflush(stdout) == 0 ? 0 : 1;
}
