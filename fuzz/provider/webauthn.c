/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of authenticators: a kind, then parts with two bytes of length before each. What is taken
 * was really about the ceremony, and what was registered can be read again. */
#include <stdlib.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/user/key_credential.h"
#include "provider/webauthn/cose_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static ost_text part(ost_text *rest)
{
    if (rest->len < 2)
        return (ost_text){0};
    const unsigned char *bytes = text_bytes(*rest);
    size_t len = (size_t)bytes[0] << 8 | bytes[1];
    ost_text found = text_slice(*rest, 2, len);
    *rest = text_slice(*rest, 2 + found.len, rest->len);
    return found;
}

/* As it stands among a user's credentials. */
static void keep(const webauthn_credential *made, ost_arena *arena)
{
    const ost_json *user;
    key_credential *keys;
    size_t count;
    const key_device device = {.use = WEBAUTHN_SECOND_FACTOR,
                               .id = OST_TEXT("id"),
                               .made = *made,
                               .transports = OST_TEXT("usb")};
    require(made->id.len > 0 && made->aaguid.len == AAGUID_SIZE);
    if (ost_json_read(OST_TEXT("{}"), NULL, arena, &user, NULL) != OST_OK ||
        key_credential_add(user, &device, arena, &user) != OST_OK ||
        key_credentials_read(user, OST_TEXT("user"), device.use, arena, &keys, &count) != OST_OK)
        return;
    require(count == 1);
    if (made->id.len < 2048 && made->public_key.len < 2048)
        require(keys[0].readable && text_equal(keys[0].key_id, made->id) &&
                text_equal(keys[0].public_key, made->public_key) &&
                keys[0].counter == made->counter);
}

static void try(ost_text input, ost_arena *arena)
{
    static const int64_t algs[] = {-7, -8, -35, -36, -257, -258, -259};
    static const char *const challenges[] = {"AMMPt4UxxGTStncdq417YDwBFi8vpIa-pw8oOuVW4TA",
                                             "eGnCt3LUtY66k3jPjynibPk1qnffDaifqZwL3Ap29-U",
                                             "OcDnUhQXulTUPo3JUXT0I97pvzzYBP9tZchXyav01Ag"};
    size_t kind = text_bytes(input)[0] % ARRAY_LEN(challenges);
    ost_text rest = text_slice(input, 1, input.len);
    const webauthn_ceremony ceremony = {.challenge = text_of(challenges[kind]),
                                        .rp_id = OST_TEXT("example.org"),
                                        .origin = OST_TEXT("https://example.org")};
    webauthn_registration r = {.algs = algs, .alg_count = ARRAY_LEN(algs)};
    webauthn_assertion a = {.counter = 0};
    webauthn_credential made;
    uint64_t counter = 0;
    if (kind < 2) {
        r.client_data = part(&rest);
        r.attestation_object = part(&rest);
        if (webauthn_register(&ceremony, &r, arena, &made, NULL) == OST_OK)
            keep(&made, arena);
        return;
    }
    a.client_data = part(&rest);
    a.authenticator_data = part(&rest);
    a.signature = part(&rest);
    a.public_key = part(&rest);
    if (webauthn_assert(&ceremony, &a, arena, &counter, NULL) == OST_OK)
        require(counter <= UINT32_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_arena *arena = size > 0 ? ost_arena_new(1 << 20) : NULL;
    if (arena != NULL)
        try(text_of_bytes(data, size), arena);
    ost_arena_free(arena);
    return 0;
}
