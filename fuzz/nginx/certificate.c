/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a certificate in PEM: what is read fits. And any bytes as DER: written as PEM,
 * plainly and percent-encoded, they are read again. */
#include "reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64url.h"
#include "base/buffer.h"
#include "base/percent.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_again(ost_text pem, ost_text der)
{
    unsigned char *room = malloc(pem.len);
    ost_text seen;
    if (room == NULL || !ostiary_certificate_read(pem, room, &seen) || !text_equal(seen, der))
        abort();
    free(room);
}

static void round_trip(ost_text der)
{
    buffer_auto buffer pem = {0}, escaped = {0};
    ost_arena *arena = ost_arena_new(1 << 20);
    ost_text base64;
    buffer_init(&pem, 1 << 20);
    buffer_init(&escaped, 1 << 20);
    if (base64_encode_to(arena, der, &base64) != OST_OK)
        abort();
    buffer_append_string(&pem, "-----BEGIN CERTIFICATE-----\n");
    for (size_t at = 0; at < base64.len; at += 64) {
        buffer_append(&pem, text_slice(base64, at, 64));
        buffer_append_string(&pem, "\r\n");
    }
    buffer_append_string(&pem, "-----END CERTIFICATE-----\n");
    percent_append(&escaped, buffer_text(&pem));
    read_again(buffer_text(&pem), der);
    read_again(buffer_text(&escaped), der);
    ost_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_text text = {(const char *)data, size}, der = {0};
    unsigned char *room = malloc(size + (size == 0));
    if (room == NULL)
        return 0;
    if (ostiary_certificate_read(text, room, &der) &&
        (der.len == 0 || der.len > size / 4 * 3 || der.data < (const char *)room ||
         der.data + der.len > (const char *)room + size))
        abort();
    free(room);
    if (size > 0 && size < 65536)
        round_trip(text);
    return 0;
}
