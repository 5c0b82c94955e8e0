/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of devices among a realm's keys. */
#include "provider/pkcs11/pkcs11_row.h"

#include <string.h>

#include "base/text.h"
#include "provider/realm/key_ring.h"
#include "provider/realm/realm_key.h"
#include "store/realm/store_key.h"
#include "test.h"

#define URI OST_TEXT("pkcs11:token=doors;object=shop")

static ost_text public_half(const store_key *row, ost_arena *arena)
{
    ost_key *key;
    ost_text text = {0};
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    assert_int_equal(ost_key_import_jwk(row->jwk, &key, NULL), OST_OK);
    assert_int_equal(ost_key_export_public(key, w), OST_OK);
    assert_int_equal(ost_json_writer_finish(w, &text), OST_OK);
    ost_key_unref(key);
    return text;
}

static void test_a_row(void **state)
{
    ost_arena *arena = ost_arena_new(1 << 20);
    store_key here, row = {.realm = OST_TEXT("shop"),
                           .algorithm = OST_TEXT("ES256"),
                           .use = OST_TEXT("sig"),
                           .state = STORE_KEY_ACTIVE};
    assert_int_equal(realm_key_new(row.realm, row.algorithm, NULL, arena, &here), OST_OK);
    ost_text jwk = public_half(&here, arena);
    assert_int_equal(pkcs11_row_fill(jwk, URI, arena, &row), OST_OK);
    assert_true(text_equal(row.kid, here.kid)); /* both are the hash of the public key */
    assert_true(pkcs11_row_is(&row) && !pkcs11_row_is(&here));
    assert_true(text_equal(pkcs11_row_uri(&row, arena), URI));
    assert_int_equal(pkcs11_row_uri(&here, arena).len, 0);
    assert_true(key_ring_is_scheduled(&here) && !key_ring_is_scheduled(&row));
    row.algorithm = OST_TEXT("ES384");
    assert_int_equal(pkcs11_row_fill(jwk, URI, arena, &row), OST_E_KEY_USE);
    ost_arena_free(arena);
}

/* A kid is an administrator's to choose. */
static void test_a_kid_that_looks_like_the_member(void **state)
{
    ost_text text;
    ost_arena *arena = ost_arena_new(1 << 20);
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    ost_json_open_object(w);
    ost_json_member_string(w, "kid", "\"pkcs11\":\"pkcs11:object=x\"");
    ost_json_close_object(w);
    assert_int_equal(ost_json_writer_finish(w, &text), OST_OK);
    const store_key row = {.jwk = text}, empty = {0};
    assert_false(pkcs11_row_is(&row));
    assert_false(pkcs11_row_is(&empty));
    ost_arena_free(arena);
}

static void test_a_ring_without_the_device(void **state)
{
    key_ring *ring;
    ost_error error = {0};
    ost_arena *arena = ost_arena_new(1 << 20);
    store_key keys[2], here;
    const ost_text name = OST_TEXT("shop");
    assert_int_equal(realm_key_new(name, OST_TEXT("ES256"), NULL, arena, &here), OST_OK);
    assert_int_equal(realm_key_secret(name, NULL, arena, &keys[0]), OST_OK);
    keys[1] = here;
    assert_int_equal(pkcs11_row_fill(public_half(&here, arena), URI, arena, &keys[1]), OST_OK);
    assert_int_equal(key_ring_load(keys, 2, NULL, &ring, &error), OST_E_CONFIG);
    assert_non_null(strstr(error.detail, "--pkcs11-module"));
    keys[1].state = STORE_KEY_PASSIVE; /* it is published, and signs no more */
    store_key signs;
    assert_int_equal(realm_key_new(name, OST_TEXT("ES256"), NULL, arena, &signs), OST_OK);
    const store_key three[] = {keys[0], keys[1], signs};
    assert_int_equal(key_ring_load(three, 3, NULL, &ring, &error), OST_OK);
    assert_null(memmem(key_ring_document(ring).data, key_ring_document(ring).len, "pkcs11", 6));
    key_ring_unref(ring);
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_row),
        cmocka_unit_test(test_a_kid_that_looks_like_the_member),
        cmocka_unit_test(test_a_ring_without_the_device),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
