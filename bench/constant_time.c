/* SPDX-License-Identifier: Apache-2.0 */
/* Does a secret show in the time that is taken? Each case runs with inputs of two classes that must
 * not be told apart; the last one is a comparison that may be, so that it is known that this bench
 * sees what there is to see. Ends with 1 when a case differs, or the last one does not. */
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <string.h>

#include <ostiary/jose.h>

#include "base/base64url.h"
#include "base/text.h"
#include "compare.h"
#include "jose/jwe/aes.h"
#include "jose/signature/signature.h"
#include "welch.h"

#define INPUTS 64 /* of each class */
#define SECRET_SIZE 1024
#define MAC_SIZE 32
#define TAG_SIZE 16
#define TOKEN_SIZE 512
#define PAGE                                                                                       \
    4096 /* so far apart are the classes, for time depends on where in a page a byte is            \
          */
#define BLOCK_SIZE 256 /* RSA-2048 */
#define CONTENT_SIZE 512

/* What differs between the classes. */
typedef struct input {
    unsigned char guess[SECRET_SIZE], mac[MAC_SIZE], tag[TAG_SIZE];
} input;

typedef struct inputs {
    input of[2], now;           /* of the classes; the one that is measured */
    ost_text tokens[2][INPUTS]; /* all of the same length */
    unsigned char token[TOKEN_SIZE];
    size_t token_len;
    unsigned char secret[SECRET_SIZE];
    unsigned char sealed[CONTENT_SIZE + AES_BLOCK];
    size_t sealed_len;
    ost_key *hmac, *rsa;
    ost_keyset *rsa_set;
    ost_arena *arena, *scratch;
} inputs;

static volatile int sink; /* keeps what is measured from being left out */

static const ost_text message = {"header.payload", 14};
static const char cek[32] = "a content encryption key of 32 b";
static const unsigned char iv[16];

/* Reads both and takes one, so that which one it was is seen nowhere but in the bytes. */
static void take(unsigned char *to, const void *first, const void *second, unsigned class,
                 size_t size)
{
    const unsigned char *a = first, *b = second, mask = (unsigned char)-class;
    for (size_t i = 0; i < size; i++)
        to[i] = (unsigned char)(a[i] ^ (mask & (a[i] ^ b[i])));
}

static void lay(void *user, unsigned class, size_t turn)
{
    inputs *in = user;
    turn %= INPUTS;
    take((unsigned char *)&in->now, &in->of[0], &in->of[1], class, sizeof in->now);
    take(in->token, in->tokens[0][turn].data, in->tokens[1][turn].data, class, in->token_len);
    ost_arena_reset(in->scratch);
}

static void compare_secret(void *user)
{
    const inputs *in = user;
    sink = text_equal_secret(text_of_bytes(in->secret, SECRET_SIZE),
                             text_of_bytes(in->now.guess, SECRET_SIZE));
}

static void compare_carelessly(void *user)
{
    const inputs *in = user;
    sink = memcmp(in->secret, in->now.guess, SECRET_SIZE);
}

static void check_hmac(void *user)
{
    const inputs *in = user;
    sink = (int)signature_check(in->hmac, OST_HS256, message, text_of_bytes(in->now.mac, MAC_SIZE));
}

static void open_cbc_hmac(void *user)
{
    const inputs *in = user;
    unsigned char plain[CONTENT_SIZE + 2 * AES_BLOCK];
    size_t len;
    sink = (int)aes_cbc_hmac_open(enc_find(OST_A128CBC_HS256), (ost_text){cek, sizeof cek}, iv,
                                  message, text_of_bytes(in->sealed, in->sealed_len), in->now.tag,
                                  plain, &len);
}

static void decrypt_rsa1_5(void *user)
{
    static const ost_jwe_rules rules = {.algorithms = OST_ALG_BIT(OST_INSECURE_RSA1_5)};
    const inputs *in = user;
    ost_decrypted decrypted;
    sink = (int)ost_jwe_decrypt(text_of_bytes(in->token, in->token_len), in->rsa_set, &rules,
                                in->scratch, &decrypted, NULL);
}

/* Both classes are wrong: in the first byte, and in the last one. */
static bool prepare_secrets(inputs *in)
{
    if (RAND_bytes(in->secret, SECRET_SIZE) != 1)
        return false;
    for (unsigned class = 0; class < 2; class ++)
        memcpy(in->of[class].guess, in->secret, SECRET_SIZE);
    in->of[0].guess[0] ^= 1;
    in->of[1].guess[SECRET_SIZE - 1] ^= 1;
    return true;
}

static bool prepare_hmac(inputs *in)
{
    unsigned char mac[SIGNATURE_MAX_SIZE];
    size_t size;
    if (ost_key_generate(OST_HS256, 0, "hmac", &in->hmac, NULL) != OST_OK ||
        signature_make(in->hmac, OST_HS256, message, mac, &size) != OST_OK)
        return false;
    for (unsigned class = 0; class < 2; class ++)
        memcpy(in->of[class].mac, mac, MAC_SIZE);
    in->of[0].mac[0] ^= 1;
    in->of[1].mac[MAC_SIZE - 1] ^= 1;
    return true;
}

static bool prepare_cbc_hmac(inputs *in)
{
    static const char content[CONTENT_SIZE];
    unsigned char tag[TAG_MAX_SIZE];
    if (aes_cbc_hmac_seal(enc_find(OST_A128CBC_HS256), (ost_text){cek, sizeof cek}, iv, message,
                          (ost_text){content, sizeof content}, in->sealed, &in->sealed_len,
                          tag) != OST_OK)
        return false;
    for (unsigned class = 0; class < 2; class ++)
        memcpy(in->of[class].tag, tag, TAG_SIZE);
    in->of[0].tag[0] ^= 1;
    in->of[1].tag[TAG_SIZE - 1] ^= 1;
    return true;
}

/* A token whose encrypted key is the block to the public exponent: with good padding around a key
 * that is another one than the content's, or with bytes that are not padding. */
static bool make_token(inputs *in, EVP_PKEY *rsa, unsigned class, size_t turn)
{
    unsigned char block[BLOCK_SIZE], sealed[BLOCK_SIZE];
    char encoded[BASE64URL_LEN(BLOCK_SIZE) + 1] = {0};
    size_t len = sizeof sealed;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(rsa, NULL);
    bool good = context != NULL && RAND_bytes(block, sizeof block) == 1;
    for (size_t i = 0; i < sizeof block; i++)
        block[i] |= block[i] == 0;
    block[0] = 0;
    block[1] = class == 0 ? 2 : 1;
    block[BLOCK_SIZE - 17] = 0;
    good = good && EVP_PKEY_encrypt_init(context) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) == 1 &&
           EVP_PKEY_encrypt(context, sealed, &len, block, sizeof block) == 1;
    EVP_PKEY_CTX_free(context);
    base64url_encode(sealed, sizeof sealed, encoded);
    /* {"alg":"RSA1_5","enc":"A128GCM"} */
    const char *token = ost_arena_format(in->arena,
                                         "eyJhbGciOiJSU0ExXzUiLCJlbmMiOiJBMTI4R0NNIn0.%s."
                                         "AAAAAAAAAAAAAAAA.AAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA",
                                         encoded);
    in->tokens[class][turn] = text_of(token);
    in->token_len = in->tokens[class][turn].len;
    return good && token != NULL && in->token_len <= TOKEN_SIZE;
}

static bool prepare_rsa(inputs *in)
{
    if (ost_key_generate(OST_INSECURE_RSA1_5, 0, "rsa", &in->rsa, NULL) != OST_OK)
        return false;
    ost_key *plain = in->rsa;
    if (ost_keyset_new(&plain, 1, &in->rsa_set) != OST_OK)
        return false;
    for (unsigned class = 0; class < 2; class ++) {
        for (size_t turn = 0; turn < INPUTS; turn++) {
            if (!make_token(in, in->rsa->pkey, class, turn))
                return false;
        }
    }
    return true;
}

static bool report(const char *name, welch_run run, inputs *in, size_t count, bool may_differ,
                   bool json)
{
    welch_measure(lay, run, in, count / 10); /* warm */
    double t = welch_measure(lay, run, in, count);
    bool good = t >= 0 && (t >= WELCH_DIFFERENT) == may_differ;
    if (json)
        printf("{\"name\":\"%s\",\"measurements\":%zu,\"t\":%.2f,\"good\":%s}\n", name, count, t,
               good ? "true" : "false");
    else
        printf("%-28s %9zu measurements, |t| %8.2f: %s\n", name, count, t,
               t < WELCH_DIFFERENT ? "no difference" : "DIFFERENT");
    fflush(stdout);
    return good;
}

int main(int argc, char **argv)
{
    bool json = bench_json(argc, argv), good = true;
    inputs in = {.arena = ost_arena_new((size_t)4 << 20), .scratch = ost_arena_new(1 << 20)};
    if (in.arena == NULL || in.scratch == NULL || !prepare_secrets(&in) || !prepare_hmac(&in) ||
        !prepare_cbc_hmac(&in) || !prepare_rsa(&in)) {
        fputs("bench-constant-time: the inputs cannot be made\n", stderr);
        return 1;
    }
    good &= report("compare-secret", compare_secret, &in, 1000000, false, json);
    good &= report("hmac-verify", check_hmac, &in, 500000, false, json);
    good &= report("cbc-hmac-open", open_cbc_hmac, &in, 500000, false, json);
    good &= report("rsa1_5-decrypt", decrypt_rsa1_5, &in, 20000, false, json);
    good &= report("memcmp (must differ)", compare_carelessly, &in, 1000000, true, json);
    ost_keyset_unref(in.rsa_set);
    ost_key_unref(in.rsa);
    ost_key_unref(in.hmac);
    ost_arena_free(in.arena);
    ost_arena_free(in.scratch);
    return good ? 0 : 1;
}
