/* SPDX-License-Identifier: Apache-2.0 */
/* Seals and opens cookie values; see login_seal.h. A sealed value is the base64url of
 *     version (1 byte) | nonce (12) | encrypted (issued (8) | max_age (4) | plain) | tag (16) */
#include "login/login_seal.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <pthread.h>
#include <string.h>

#include "base/base64url.h"
#include "base/context.h"
#include "base/text.h"

#define VERSION 1
#define NONCE 12
#define NAME_MAX_LEN 1024 /* of a cookie, with the origin and the client that it is for */
#define TAG 16
#define STAMP 12 /* issued and max_age */
#define OVERHEAD (1 + NONCE + STAMP + TAG)
#define CLOCK_SKEW 60 /* seconds that another node's clock may be ahead of ours */

/* One cipher context per thread: nothing is allocated in the steady state. */
static pthread_key_t context_key;
static pthread_once_t context_once = PTHREAD_ONCE_INIT;
static bool context_key_made;

static void free_context(void *context)
{
    EVP_CIPHER_CTX_free(context);
}

static void make_context_key(void)
{
    context_key_made = pthread_key_create(&context_key, free_context) == 0;
}

static EVP_CIPHER_CTX *thread_context(void)
{
    pthread_once(&context_once, make_context_key);
    if (!context_key_made)
        return NULL;
    EVP_CIPHER_CTX *context = pthread_getspecific(context_key);
    if (context == NULL) {
        context = EVP_CIPHER_CTX_new();
        if (context != NULL && pthread_setspecific(context_key, context) != 0) {
            EVP_CIPHER_CTX_free(context);
            context = NULL;
        }
    }
    return context;
}

/* HKDF-SHA256 without salt: the secret is long and random. */
static ost_result derive(ost_text secret, const char *label, unsigned char ret[32])
{
    if (secret.len < LOGIN_SEAL_SECRET_MIN)
        return OST_E_KEY_WEAK;
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;
    char digest[] = "SHA256";
    /* The parameters are only read; the structure has no const. */
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)(uintptr_t)secret.data,
                                          secret.len),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)(uintptr_t)label,
                                          strlen(label)),
        OSSL_PARAM_construct_end(),
    };
    bool derived = context != NULL && EVP_KDF_derive(context, ret, 32, parameters) > 0;
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    return derived ? OST_OK : OST_E_CRYPTO;
}

ost_result login_seal_init(login_seal *seal, const char *label, ost_text secret, ost_text older,
                           const ost_context *context)
{
    *seal = (login_seal){.key_count = 1, .context = context};
    ost_result result = derive(secret, label, seal->keys[0]);
    if (result == OST_OK && older.len > 0) {
        result = derive(older, label, seal->keys[1]);
        seal->key_count = 2;
    }
    if (result == OST_OK) {
        seal->cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
        if (seal->cipher == NULL)
            result = OST_E_CRYPTO;
    }
    if (result != OST_OK)
        login_seal_clear(seal);
    return result;
}

void login_seal_clear(login_seal *seal)
{
    EVP_CIPHER_free(seal->cipher);
    wipe(seal, sizeof *seal);
}

static void put_number(unsigned char *to, uint64_t number, size_t bytes)
{
    for (size_t i = bytes; i-- > 0; number >>= 8)
        to[i] = (unsigned char)(number & 0xff);
}

static uint64_t get_number(const unsigned char *from, size_t bytes)
{
    uint64_t number = 0;
    for (size_t i = 0; i < bytes; i++)
        number = number << 8 | from[i];
    return number;
}

/* bytes: the whole sealed value; the stamp and the text stand in place of their cipher text. */
static bool encrypt_body(const login_seal *seal, ost_text name, unsigned char *bytes,
                         size_t text_len)
{
    EVP_CIPHER_CTX *context = thread_context();
    unsigned char *body = bytes + 1 + NONCE;
    int n = 0;
    return context != NULL &&
           EVP_EncryptInit_ex2(context, seal->cipher, seal->keys[0], bytes + 1, NULL) == 1 &&
           EVP_EncryptUpdate(context, NULL, &n, bytes, 1) == 1 &&
           EVP_EncryptUpdate(context, NULL, &n, (const unsigned char *)name.data, (int)name.len) ==
               1 &&
           EVP_EncryptUpdate(context, body, &n, body, (int)(STAMP + text_len)) == 1 &&
           EVP_EncryptFinal_ex(context, body + n, &n) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG, body + STAMP + text_len) == 1;
}

static bool decrypt_body(const login_seal *seal, const unsigned char *key, ost_text name,
                         const unsigned char *bytes, size_t len, unsigned char *ret_body)
{
    EVP_CIPHER_CTX *context = thread_context();
    size_t body_len = len - 1 - NONCE - TAG;
    unsigned char tag[TAG];
    memcpy(tag, bytes + len - TAG, TAG);
    int n = 0;
    return context != NULL &&
           EVP_DecryptInit_ex2(context, seal->cipher, key, bytes + 1, NULL) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG, tag) == 1 &&
           EVP_DecryptUpdate(context, NULL, &n, bytes, 1) == 1 &&
           EVP_DecryptUpdate(context, NULL, &n, (const unsigned char *)name.data, (int)name.len) ==
               1 &&
           EVP_DecryptUpdate(context, ret_body, &n, bytes + 1 + NONCE, (int)body_len) == 1 &&
           EVP_DecryptFinal_ex(context, ret_body + n, &n) == 1;
}

ost_result login_seal_close(const login_seal *seal, ost_text name, ost_text plain, uint32_t max_age,
                            ost_arena *arena, ost_text *ret_sealed)
{
    if (name.len == 0 || name.len > NAME_MAX_LEN)
        return OST_E_ARGUMENT;
    if (plain.len > LOGIN_SEAL_TEXT_MAX)
        return OST_E_CEILING;
    unsigned char *bytes = ost_arena_alloc(arena, OVERHEAD + plain.len);
    if (bytes == NULL)
        return OST_E_MEMORY;
    bytes[0] = VERSION;
    ost_result result = context_random(seal->context, bytes + 1, NONCE);
    if (result != OST_OK)
        return result;
    unsigned char *body = bytes + 1 + NONCE;
    put_number(body, (uint64_t)ost_now(seal->context), 8);
    put_number(body + 8, max_age, 4);
    if (plain.len > 0)
        memcpy(body + STAMP, plain.data, plain.len);
    if (!encrypt_body(seal, name, bytes, plain.len))
        return OST_E_CRYPTO;
    return base64url_encode_to(arena, (ost_text){(const char *)bytes, OVERHEAD + plain.len},
                               ret_sealed);
}

static bool in_time(const login_seal *seal, const unsigned char *stamp)
{
    int64_t now = ost_now(seal->context);
    uint64_t issued = get_number(stamp, 8);
    int64_t max_age = (int64_t)get_number(stamp + 8, 4);
    if (now < 0 || issued > (uint64_t)now + CLOCK_SKEW)
        return false;
    return now - (int64_t)issued <= max_age;
}

ost_result login_seal_open(const login_seal *seal, ost_text name, ost_text sealed, ost_arena *arena,
                           ost_text *ret_plain)
{
    if (name.len == 0 || name.len > NAME_MAX_LEN ||
        sealed.len > BASE64URL_LEN(OVERHEAD + LOGIN_SEAL_TEXT_MAX))
        return OST_E_FORMAT;
    ost_text decoded;
    ost_result result = base64url_decode_to(arena, sealed, &decoded);
    if (result != OST_OK)
        return result == OST_E_MEMORY ? result : OST_E_FORMAT;
    const unsigned char *bytes = (const unsigned char *)decoded.data;
    if (decoded.len < OVERHEAD || bytes[0] != VERSION)
        return OST_E_FORMAT;
    unsigned char *body = ost_arena_alloc(arena, decoded.len);
    if (body == NULL)
        return OST_E_MEMORY;
    bool opened = false;
    for (size_t i = 0; i < seal->key_count && !opened; i++)
        opened = decrypt_body(seal, seal->keys[i], name, bytes, decoded.len, body);
    if (!opened || !in_time(seal, body)) {
        wipe(body, decoded.len);
        return OST_E_FORMAT;
    }
    *ret_plain = (ost_text){(const char *)body + STAMP, decoded.len - OVERHEAD};
    return OST_OK;
}
