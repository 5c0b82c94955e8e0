/* SPDX-License-Identifier: Apache-2.0 */
/* Master keys; see master_key.h. */
#include "store/sealing/master_key.h"

#include <sodium.h>
#include <string.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/buffer.h"
#include "base/context.h"
#include "base/text.h"

#define PREFIX "sealed.1."
#define PREFIX_LEN (sizeof PREFIX - 1)
#define HEAD (PREFIX_LEN + MASTER_KEY_ID + 1) /* with the full stop behind the id */
#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES
#define SUBKEYS "ostiary1" /* crypto_kdf_CONTEXTBYTES */
#define ID_SUBKEY 100      /* beside the numbers of kinds */
#define PLACE_MAX ((size_t)64 << 10)
#define SEALED_MAX ((size_t)512 << 20)

_Static_assert(MASTER_KEY_BYTES == crypto_kdf_KEYBYTES, "a master key is one to derive from");

/* ---- reading ---- */

static bool decode(ost_text text, unsigned char ret[MASTER_KEY_BYTES])
{
    static const int variants[] = {
        sodium_base64_VARIANT_ORIGINAL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING,
        sodium_base64_VARIANT_URLSAFE, sodium_base64_VARIANT_URLSAFE_NO_PADDING};
    size_t len = 0;
    if (text.len == (size_t)MASTER_KEY_BYTES * 2)
        return sodium_hex2bin(ret, MASTER_KEY_BYTES, text.data, text.len, NULL, &len, NULL) == 0 &&
               len == MASTER_KEY_BYTES;
    for (size_t i = 0; i < ARRAY_LEN(variants); i++) {
        if (sodium_base642bin(ret, MASTER_KEY_BYTES, text.data, text.len, NULL, &len, NULL,
                              variants[i]) == 0)
            return len == MASTER_KEY_BYTES;
    }
    return false;
}

static bool is_constant(const unsigned char secret[MASTER_KEY_BYTES])
{
    unsigned char differences = 0;
    for (size_t i = 1; i < MASTER_KEY_BYTES; i++)
        differences |= (unsigned char)(secret[i] ^ secret[0]);
    return differences == 0;
}

static ost_result finish_key(master_key *key, size_t line, ost_error *error)
{
    unsigned char id[crypto_kdf_BYTES_MIN];
    _Static_assert(sizeof id * 2 >= MASTER_KEY_ID, "an id is cut from these");
    char hex[sizeof id * 2 + 1];
    if (is_constant(key->secret))
        return ost_error_set(error, OST_E_KEY_WEAK, "line %zu: all bytes of it are the same", line);
    if (crypto_kdf_derive_from_key(id, sizeof id, ID_SUBKEY, SUBKEYS, key->secret) != 0)
        return ost_error_set(error, OST_E_CRYPTO, "libsodium derives no key");
    sodium_bin2hex(hex, sizeof hex, id, sizeof id);
    memcpy(key->id, hex, MASTER_KEY_ID);
    key->id[MASTER_KEY_ID] = '\0';
    return OST_OK;
}

static ost_result read_lines(ost_text text, master_key *keys, size_t *count, ost_error *error)
{
    ost_text line;
    for (size_t number = 1; text_next(&text, '\n', &line); number++) {
        line = text_trim_lines(line);
        if (line.len == 0 || line.data[0] == '#')
            continue;
        if (*count == MASTER_KEYS_MAX)
            return ost_error_set(error, OST_E_CEILING, "more than %d keys", MASTER_KEYS_MAX);
        master_key *key = &keys[*count];
        if (!decode(line, key->secret))
            return ost_error_set(error, OST_E_KEY_FORMAT,
                                 "line %zu is not a key of 32 bytes in base64 or as 64 hexadecimal "
                                 "digits (openssl rand -base64 32 makes one)",
                                 number);
        ost_result result = finish_key(key, number, error);
        if (result != OST_OK)
            return result;
        (*count)++;
    }
    return *count > 0 ? OST_OK : ost_error_set(error, OST_E_KEY_FORMAT, "there is no key in it");
}

/* Of random bytes hardly one in 10^13 keys can be typed. */
static bool is_typed(ost_text text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((text.data[i] < ' ' || text.data[i] > '~') && memchr("\t\r\n", text.data[i], 3) == NULL)
            return false;
    return true;
}

static ost_result read_raw(ost_text text, master_key *key, size_t *count, ost_error *error)
{
    if (is_typed(text))
        return ost_error_set(error, OST_E_KEY_WEAK,
                             "32 characters are a passphrase rather than a key (openssl rand "
                             "-base64 32 makes one); if they are one, write them as 64 hexadecimal "
                             "digits");
    memcpy(key->secret, text.data, MASTER_KEY_BYTES);
    *count = 1;
    return finish_key(key, 1, error);
}

ost_result master_keys_read(ost_text text, master_key ret_keys[MASTER_KEYS_MAX], size_t *ret_count,
                            ost_error *error)
{
    size_t count = 0;
    ost_result result;
    if (sodium_init() < 0)
        return ost_error_set(error, OST_E_CRYPTO, "libsodium does not start");
    if (text.len == MASTER_KEY_BYTES)
        result = read_raw(text, ret_keys, &count, error);
    else
        result = read_lines(text, ret_keys, &count, error);
    if (result != OST_OK)
        wipe(ret_keys, MASTER_KEYS_MAX * sizeof *ret_keys);
    else
        *ret_count = count;
    return result;
}

/* ---- sealing ---- */

ost_result sealed_text_master(ost_text text, ost_text *ret_id)
{
    if (!text_starts(text, "sealed.")) {
        *ret_id = (ost_text){0};
        return OST_OK;
    }
    ost_text id = text_slice(text, PREFIX_LEN, MASTER_KEY_ID);
    if (!text_starts(text, PREFIX) || text.len < HEAD || text.data[HEAD - 1] != '.' ||
        !text_is_made_of(id, ""))
        return OST_E_FORMAT;
    *ret_id = id;
    return OST_OK;
}

/* Lengths in front: no two places give the same bytes. */
static void put_place(const sealed_place *place, buffer *to)
{
    buffer_append_format(to, "%d %zu ", (int)place->kind, place->realm.len);
    buffer_append(to, place->realm);
    buffer_append(to, place->name);
}

static ost_result prepare(const master_key *key, const sealed_place *place, buffer *ret_place,
                          unsigned char ret_subkey[crypto_aead_xchacha20poly1305_ietf_KEYBYTES])
{
    put_place(place, ret_place);
    if (ret_place->failed != OST_OK)
        return ret_place->failed;
    return crypto_kdf_derive_from_key(ret_subkey, crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
                                      (uint64_t)place->kind, SUBKEYS, key->secret) == 0
               ? OST_OK
               : OST_E_CRYPTO;
}

ost_result master_key_seal(const master_key *key, const sealed_place *place, ost_text plain,
                           char **ret_sealed)
{
    unsigned char subkey[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
    buffer_auto buffer where = {0};
    unsigned long long sealed_len = 0;
    buffer_init(&where, PLACE_MAX);
    if (plain.len > SEALED_MAX)
        return OST_E_CEILING;
    size_t size = NONCE + plain.len + TAG;
    unsigned char *bytes = memory_alloc(size);
    char *text = memory_alloc(HEAD + BASE64URL_LEN(size) + 1);
    ost_result result = bytes != NULL && text != NULL ? OST_OK : OST_E_MEMORY;
    if (result == OST_OK)
        result = prepare(key, place, &where, subkey);
    if (result == OST_OK) {
        randombytes_buf(bytes, NONCE);
        crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + NONCE, &sealed_len, text_bytes(plain),
                                                   plain.len, text_bytes(buffer_text(&where)),
                                                   where.len, NULL, bytes, subkey);
        memcpy(text, PREFIX, PREFIX_LEN);
        memcpy(text + PREFIX_LEN, key->id, MASTER_KEY_ID);
        text[HEAD - 1] = '.';
        text[HEAD + base64url_encode(bytes, size, text + HEAD)] = '\0';
        *ret_sealed = text;
    } else {
        memory_free(text);
    }
    wipe(subkey, sizeof subkey);
    memory_free(bytes);
    return result;
}

ost_result master_key_open(const master_key *key, const sealed_place *place, ost_text sealed,
                           ost_arena *arena, ost_text *ret_plain)
{
    unsigned char subkey[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
    buffer_auto buffer where = {0};
    ost_text bytes, id;
    unsigned long long len = 0;
    buffer_init(&where, PLACE_MAX);
    ost_result result = sealed_text_master(sealed, &id);
    if (result == OST_OK && !text_is(id, key->id))
        result = OST_E_DECRYPTION;
    if (result == OST_OK)
        result = base64url_decode_to(arena, text_slice(sealed, HEAD, sealed.len - HEAD), &bytes);
    if (result == OST_OK && bytes.len < NONCE + TAG)
        result = OST_E_FORMAT;
    unsigned char *plain = result == OST_OK ? ost_arena_alloc(arena, bytes.len) : NULL;
    if (result == OST_OK)
        result = plain != NULL ? prepare(key, place, &where, subkey) : OST_E_MEMORY;
    if (result != OST_OK || plain == NULL)
        return result;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            plain, &len, NULL, text_bytes(bytes) + NONCE, bytes.len - NONCE,
            text_bytes(buffer_text(&where)), where.len, text_bytes(bytes), subkey) != 0)
        result = OST_E_DECRYPTION;
    wipe(subkey, sizeof subkey);
    if (result != OST_OK)
        return result;
    plain[len] = '\0'; /* there is room: the tag has gone */
    *ret_plain = (ost_text){(const char *)plain, (size_t)len};
    return OST_OK;
}
