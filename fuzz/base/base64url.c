/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as base64url and base64: each text is refused, or is the only one for its bytes. And
 * any bytes encoded must be decoded again. */
#include <stdlib.h>
#include <string.h>

#include "base/base64url.h"
#include "base/text.h"

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* A buffer of exactly that size, so that the address sanitizer sees the first byte too far. */
static void *exactly(size_t size)
{
    void *memory = malloc(size > 0 ? size : 1);
    check(memory != NULL);
    return memory;
}

static bool is_of(const char *alphabet, ost_text text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '\0' || strchr(alphabet, text.data[i]) == NULL)
            return false;
    }
    return true;
}

static void decode_url(ost_text text)
{
    size_t len = SIZE_MAX;
    unsigned char *bytes = exactly(BASE64URL_MAX_BYTES(text.len));
    bool good = base64url_decode(text, bytes, &len) == OST_OK;
    if (good) {
        char *again = exactly(BASE64URL_LEN(len));
        check(base64url_encode(bytes, len, again) == text.len);
        check(text_equal(text, (ost_text){again, text.len}));
        free(again);
    } else {
        /* A text of the alphabet alone is wrong only in its length or its last character. */
        check(len == SIZE_MAX);
        check(text.len % 4 != 0 || !is_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                          "0123456789-_",
                                          text));
    }
    free(bytes);
}

static void decode_plain(ost_text text)
{
    size_t len = SIZE_MAX;
    unsigned char *bytes = exactly(BASE64URL_MAX_BYTES(text.len));
    if (base64_decode(text, bytes, &len) == OST_OK) {
        char *again = exactly((len + 2) / 3 * 4);
        check(base64_encode(bytes, len, again) == text.len);
        check(text_equal(text, (ost_text){again, text.len}));
        free(again);
    } else {
        check(len == SIZE_MAX);
    }
    free(bytes);
}

static void encode(const unsigned char *data, size_t size)
{
    size_t len, text_len = BASE64URL_LEN(size);
    char *text = exactly(text_len);
    unsigned char *bytes = exactly(size);
    check(base64url_encode(data, size, text) == text_len);
    check(base64url_decode((ost_text){text, text_len}, bytes, &len) == OST_OK);
    check(len == size && (size == 0 || memcmp(bytes, data, size) == 0));
    free(text);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_text text = {(const char *)data, size};
    decode_url(text);
    decode_plain(text);
    encode(data, size);
    return 0;
}
