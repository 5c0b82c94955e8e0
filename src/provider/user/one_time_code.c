/* SPDX-License-Identifier: Apache-2.0 */
/* One-time codes and base32; see one_time_code.h. */
#include "provider/user/one_time_code.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>

#include "base/text.h"

static const EVP_MD *md_of(code_hash hash)
{
    return hash == CODE_SHA512 ? EVP_sha512() : hash == CODE_SHA256 ? EVP_sha256() : EVP_sha1();
}

/* RFC 4226 §5.3: four bytes from where the last four bits say, without the sign. */
static uint32_t truncate_mac(const unsigned char *mac, unsigned len)
{
    unsigned at = mac[len - 1] & 0x0fU;
    return ((uint32_t)mac[at] & 0x7fU) << 24 | (uint32_t)mac[at + 1] << 16 |
           (uint32_t)mac[at + 2] << 8 | mac[at + 3];
}

ost_result one_time_code(const code_key *key, uint64_t counter, char ret_code[CODE_DIGITS_MAX + 1])
{
    static const uint32_t modulus[] = {1000000, 10000000, 100000000};
    unsigned char message[8], mac[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (key->digits < CODE_DIGITS_MIN || key->digits > CODE_DIGITS_MAX || key->secret.len == 0 ||
        key->secret.len > INT32_MAX)
        return OST_E_ARGUMENT;
    for (int i = 7; i >= 0; i--, counter >>= 8)
        message[i] = (unsigned char)(counter & 0xff);
    if (HMAC(md_of(key->hash), key->secret.data, (int)key->secret.len, message, sizeof message, mac,
             &len) == NULL)
        return OST_E_CRYPTO;
    uint32_t code = truncate_mac(mac, len) % modulus[key->digits - CODE_DIGITS_MIN];
    wipe(mac, sizeof mac);
    snprintf(ret_code, CODE_DIGITS_MAX + 1, "%0*u", (int)key->digits, (unsigned)code);
    return OST_OK;
}

ost_result one_time_code_find(const code_key *key, ost_text typed, uint64_t first, uint64_t last,
                              uint64_t *ret_counter)
{
    char code[CODE_DIGITS_MAX + 1];
    bool found = false;
    uint64_t counter = 0;
    for (uint64_t at = first; at <= last; at++) {
        ost_result result = one_time_code(key, at, code);
        if (result != OST_OK)
            return result;
        if (text_equal_secret(text_of(code), typed) && !found) {
            found = true;
            counter = at;
        }
    }
    wipe(code, sizeof code);
    if (!found)
        return OST_E_NOT_FOUND;
    *ret_counter = counter;
    return OST_OK;
}

/* ---- base32 ---- */

static int value_of(char letter)
{
    if (letter >= 'A' && letter <= 'Z')
        return letter - 'A';
    if (letter >= 'a' && letter <= 'z')
        return letter - 'a';
    return letter >= '2' && letter <= '7' ? letter - '2' + 26 : -1;
}

ost_result base32_decode_to(ost_arena *arena, ost_text text, ost_text *ret_bytes)
{
    unsigned char *bytes = ost_arena_alloc(arena, text.len + 1);
    size_t len = 0;
    uint32_t bits = 0;
    unsigned count = 0;
    if (bytes == NULL)
        return OST_E_MEMORY;
    while (text.len > 0 && text.data[text.len - 1] == '=')
        text.len--;
    for (size_t i = 0; i < text.len; i++) {
        int value = value_of(text.data[i]);
        if (value < 0)
            return OST_E_FORMAT;
        bits = (bits << 5 | (uint32_t)value) & 0xfffU;
        count += 5;
        if (count >= 8) {
            count -= 8;
            bytes[len++] = (unsigned char)(bits >> count);
        }
    }
    *ret_bytes = text_of_bytes(bytes, len);
    return OST_OK;
}

ost_result base32_encode_to(ost_arena *arena, ost_text bytes, ost_text *ret_text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    char *text = ost_arena_alloc(arena, bytes.len * 2 + 2);
    size_t len = 0;
    uint32_t bits = 0;
    unsigned count = 0;
    if (text == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < bytes.len; i++) {
        bits = (bits << 8 | text_bytes(bytes)[i]) & 0xfffU;
        for (count += 8; count >= 5; count -= 5)
            text[len++] = letters[bits >> (count - 5) & 31U];
    }
    if (count > 0)
        text[len++] = letters[bits << (5 - count) & 31U];
    *ret_text = (ost_text){text, len};
    return OST_OK;
}
