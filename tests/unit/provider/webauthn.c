/* SPDX-License-Identifier: Apache-2.0 */
/* The ceremonies of Web Authentication: the vectors of Level 3, section 16 (no attestation, and one
 * by the credential itself, with ES256), and everything that is not quite them. */
#include "provider/webauthn/webauthn.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/webauthn/cbor_value.h"
#include "provider/webauthn/cose_key.h"
#include "test_arena.h"

#define CREATE_CHALLENGE "AMMPt4UxxGTStncdq417YDwBFi8vpIa-pw8oOuVW4TA"
#define CREATE_OBJECT                                                                              \
    "a363666d74646e6f6e656761747453746d74a068617574684461746158a4bfabc37432958b063360d3ad6461"     \
    "c9c4735ae7f8edd46592a5e0f01452b2e4b559000000008446ccb9ab1db374750b2367ff6f3a1f0020f91f39"     \
    "1db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4a5010203262001215820afefa16f97"     \
    "ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61225820930a56b87a2fca66334b03458abf"     \
    "879717c12cc68ed73290af2e2664796b9220"
#define CREATE_CLIENT                                                                              \
    "{\"type\":\"webauthn.create\",\"challenge\":\"AMMPt4UxxGTStncdq417YDwBFi8vpIa-pw"             \
    "8oOuVW4TA\",\"origin\":\"https://example.org\",\"crossOrigin\":false,\"extraData"             \
    "\":\"clientDataJSON may be extended with additional fields in the future, such a"             \
    "s this: BkQeDjdcTBrXBiAwJTLE5Q\"}"
#define KEY_ID "f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4"
#define KEY                                                                                        \
    "a5010203262001215820afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df612258"     \
    "20930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220"
#define GET_CHALLENGE "OcDnUhQXulTUPo3JUXT0I97pvzzYBP9tZchXyav01Ag"
#define GET_DATA "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b51900000000"
#define GET_CLIENT                                                                                 \
    "{\"type\":\"webauthn.get\",\"challenge\":\"OcDnUhQXulTUPo3JUXT0I97pvzzYBP9tZchXy"             \
    "av01Ag\",\"origin\":\"https://example.org\",\"crossOrigin\":false}"
#define GET_SIGNATURE                                                                              \
    "3046022100f50a4e2e4409249c4a853ba361282f09841df4dd4547a13a87780218deffcd380221008480ac0f"     \
    "0b93538174f575bf11a1dd5d78c6e486013f937295ea13653e331e87"
#define PACKED_CHALLENGE "eGnCt3LUtY66k3jPjynibPk1qnffDaifqZwL3Ap29-U"
#define PACKED_OBJECT                                                                              \
    "a363666d74667061636b65646761747453746d74a263616c672663736967584630440220067a20754ab92500"     \
    "5dbf378097c92120031581c73228d1fb4f5b881bcd7da98302207fc7b147558c7c0eba3af18bd9d121fa3d3a"     \
    "26d17fe3f220272178f473b6006d68617574684461746158a4bfabc37432958b063360d3ad6461c9c4735ae7"     \
    "f8edd46592a5e0f01452b2e4b55d00000000df850e09db6afbdfab51697791506cfc0020455ef34e2043a87d"     \
    "b3d4afeb39bbcb6cc32df9347c789a865ecdca129cbef58ca5010203262001215820eb151c8176b225cc6515"     \
    "59fecf07af450fd85802046656b34c18f6cf193843c5225820927b8aa427a2be1b8834d233a2d34f61f13bfd"     \
    "44119c325d5896e183fee484f2"
#define PACKED_CLIENT                                                                              \
    "{\"type\":\"webauthn.create\",\"challenge\":\"eGnCt3LUtY66k3jPjynibPk1qnffDaifqZ"             \
    "wL3Ap29-U\",\"origin\":\"https://example.org\",\"crossOrigin\":false,\"extraData"             \
    "\":\"clientDataJSON may be extended with additional fields in the future, such a"             \
    "s this: U9hTXvKE2URkMnb_0xYHVg\"}"

static const int64_t es256[] = {-7}, others[] = {-8, -257};
static ost_text bytes_of(const char *hex)
{
    size_t len = strlen(hex) / 2;
    unsigned char *bytes = ost_arena_alloc(arena, len + 1);
    assert_non_null(bytes);
    for (size_t i = 0; i < len; i++) {
        const char digits[] = {hex[2 * i], hex[2 * i + 1], '\0'};
        bytes[i] = (unsigned char)strtoul(digits, NULL, 16);
    }
    return text_of_bytes(bytes, len);
}

/* A copy with another bit there. */
static ost_text flipped(ost_text text, size_t at)
{
    char *bytes = ost_arena_copy(arena, text);
    assert_non_null(bytes);
    bytes[at] = (char)(bytes[at] ^ 1);
    return (ost_text){bytes, text.len};
}

static webauthn_ceremony ceremony_of(const char *challenge)
{
    return (webauthn_ceremony){.challenge = text_of(challenge),
                               .rp_id = OST_TEXT("example.org"),
                               .origin = OST_TEXT("https://example.org")};
}

/* ---- registering ---- */

static ost_result register_by(const webauthn_ceremony *ceremony, const char *client,
                              ost_text object, const int64_t *algs, webauthn_credential *ret)
{
    const webauthn_registration r = {
        .client_data = text_of(client), .attestation_object = object, .algs = algs, .alg_count = 1};
    return webauthn_register(ceremony, &r, arena, ret, NULL);
}

static void a_credential_is_registered(void **state)
{
    const webauthn_ceremony ceremony = ceremony_of(CREATE_CHALLENGE);
    webauthn_credential made;
    (void)state;
    assert_int_equal(register_by(&ceremony, CREATE_CLIENT, bytes_of(CREATE_OBJECT), es256, &made),
                     OST_OK);
    assert_true(text_equal(made.id, bytes_of(KEY_ID)));
    assert_true(text_equal(made.public_key, bytes_of(KEY)));
    assert_true(text_is(made.format, "none"));
    assert_int_equal(made.counter, 0);
    assert_int_equal(made.aaguid.len, AAGUID_SIZE);
    assert_int_equal(register_by(&ceremony, CREATE_CLIENT, bytes_of(CREATE_OBJECT), others, &made),
                     OST_E_UNSUPPORTED);
}

static void a_credential_vouches_for_itself(void **state)
{
    const webauthn_ceremony ceremony = ceremony_of(PACKED_CHALLENGE);
    webauthn_credential made;
    (void)state;
    assert_int_equal(register_by(&ceremony, PACKED_CLIENT, bytes_of(PACKED_OBJECT), es256, &made),
                     OST_OK);
    assert_true(text_is(made.format, "packed"));
    /* No byte of it may be another one. */
    for (size_t i = 0; i < strlen(PACKED_OBJECT) / 2; i++) {
        ost_text object = flipped(bytes_of(PACKED_OBJECT), i);
        assert_int_not_equal(register_by(&ceremony, PACKED_CLIENT, object, es256, &made), OST_OK);
    }
    for (size_t len = 0; len < strlen(PACKED_OBJECT) / 2; len++)
        assert_int_not_equal(register_by(&ceremony, PACKED_CLIENT,
                                         text_slice(bytes_of(PACKED_OBJECT), 0, len), es256, &made),
                             OST_OK);
    assert_int_not_equal(
        register_by(&ceremony, PACKED_CLIENT, bytes_of(PACKED_OBJECT "00"), es256, &made), OST_OK);
}

/* ---- using ---- */

static webauthn_assertion assertion(void)
{
    return (webauthn_assertion){.client_data = OST_TEXT(GET_CLIENT),
                                .authenticator_data = bytes_of(GET_DATA),
                                .signature = bytes_of(GET_SIGNATURE),
                                .public_key = bytes_of(KEY)};
}

static ost_result assert_by(const webauthn_ceremony *ceremony, const webauthn_assertion *a)
{
    uint64_t counter = 99;
    ost_result result = webauthn_assert(ceremony, a, arena, &counter, NULL);
    assert_int_equal(counter, result == OST_OK ? 0 : 99);
    return result;
}

static void a_credential_is_used(void **state)
{
    const webauthn_ceremony ceremony = ceremony_of(GET_CHALLENGE);
    webauthn_assertion a = assertion();
    (void)state;
    assert_int_equal(assert_by(&ceremony, &a), OST_OK);
    a.counter = 1; /* it counted, and does not any more */
    assert_int_equal(assert_by(&ceremony, &a), OST_E_CONFLICT);
}

static void another_byte_is_another_assertion(void **state)
{
    const webauthn_ceremony ceremony = ceremony_of(GET_CHALLENGE);
    (void)state;
    for (unsigned part = 0; part < 4; part++) {
        webauthn_assertion a = assertion();
        ost_text *const parts[] = {&a.client_data, &a.authenticator_data, &a.signature,
                                   &a.public_key};
        const ost_text before = *parts[part];
        for (size_t i = 0; i < before.len; i++) {
            *parts[part] = flipped(before, i);
            assert_int_not_equal(assert_by(&ceremony, &a), OST_OK);
        }
        *parts[part] = before;
        assert_int_equal(assert_by(&ceremony, &a), OST_OK);
        parts[part]->len--;
        assert_int_not_equal(assert_by(&ceremony, &a), OST_OK);
        *parts[part] = (ost_text){0};
        assert_int_not_equal(assert_by(&ceremony, &a), OST_OK);
    }
}

static void what_it_has_to_be_about(void **state)
{
    const webauthn_ceremony good = ceremony_of(GET_CHALLENGE), none = {0};
    const webauthn_assertion a = assertion();
    const ost_json *origins;
    webauthn_ceremony c = good;
    (void)state;
    assert_int_not_equal(assert_by(&none, &a), OST_OK);
    c.challenge = OST_TEXT(CREATE_CHALLENGE);
    assert_int_equal(assert_by(&c, &a), OST_E_STATE);
    c = good;
    c.rp_id = OST_TEXT("org");
    assert_int_equal(assert_by(&c, &a), OST_E_STATE);
    c = good;
    c.origin = OST_TEXT("https://example.org:444");
    assert_int_equal(assert_by(&c, &a), OST_E_STATE);
    assert_int_equal(ost_json_read(OST_TEXT("[\"https://example.com\",\"https://example.org\"]"),
                                   NULL, arena, &origins, NULL),
                     OST_OK);
    c.extra_origins = origins;
    assert_int_equal(assert_by(&c, &a), OST_OK);
    c = good;
    c.verified = true; /* which it was not */
    assert_int_equal(assert_by(&c, &a), OST_E_STATE);
}

static void a_registration_is_no_assertion(void **state)
{
    const webauthn_ceremony ceremony = ceremony_of(CREATE_CHALLENGE);
    webauthn_assertion a = assertion();
    webauthn_credential made;
    (void)state;
    a.client_data = OST_TEXT(CREATE_CLIENT);
    assert_int_equal(assert_by(&ceremony, &a), OST_E_STATE);
    assert_int_equal(register_by(&ceremony, GET_CLIENT, bytes_of(CREATE_OBJECT), es256, &made),
                     OST_E_STATE);
}

/* ---- keys ---- */

static void keys_that_are_not_taken(void **state)
{
    static const char *const keys[] = {
        "",                  /* nothing */
        "a0",                /* no members */
        "a2010203",          /* cut short */
        "a201020326",        /* no curve */
        "a3010203262001",    /* no point */
        "a3010103272006",    /* no key */
        "a2010303390100",    /* RSA without numbers */
        "bf01020326ff",      /* of no length */
        "a1c101",            /* a tag */
        "81a1010203",        /* within a list */
        "a40102032620010102" /* a member twice */
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        ost_text rest = bytes_of(keys[i]), before = rest;
        ost_key *key = NULL;
        int64_t alg = 0;
        assert_int_not_equal(cose_key_read(&rest, arena, &key, &alg), OST_OK);
        assert_null(key);
        assert_ptr_equal(rest.data, before.data);
    }
}

static void nesting_has_an_end(void **state)
{
    ost_text four = bytes_of("8181818101"), five = bytes_of("818181818101");
    ost_text many = bytes_of("9b7fffffffffffffff00"), rest;
    (void)state;
    rest = four;
    assert_true(cbor_value_skip(&rest) && rest.len == 0);
    rest = five;
    assert_false(cbor_value_skip(&rest));
    assert_int_equal(rest.len, five.len);
    rest = many;
    assert_false(cbor_value_skip(&rest));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_credential_is_registered),
        cmocka_unit_test(a_credential_vouches_for_itself),
        cmocka_unit_test(a_credential_is_used),
        cmocka_unit_test(another_byte_is_another_assertion),
        cmocka_unit_test(what_it_has_to_be_about),
        cmocka_unit_test(a_registration_is_no_assertion),
        cmocka_unit_test(keys_that_are_not_taken),
        cmocka_unit_test(nesting_has_an_end),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
