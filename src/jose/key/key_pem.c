/* SPDX-License-Identifier: Apache-2.0 */
/* Keys in PEM (RFC 7468 §10, §13; and the older labels of PKCS #1 and SEC 1). */
#include "base/shown.h"
#include "base/text.h"
#include "jose/key/key_der.h"
#include "jose/key/pem.h"

#define PEM_MAX ((size_t)64 * 1024)

static const char *const labels[] = {
    [DER_SPKI] = "PUBLIC KEY",           [DER_PKCS8] = "PRIVATE KEY",
    [DER_CERTIFICATE] = "CERTIFICATE",   [DER_RSA_PRIVATE] = "RSA PRIVATE KEY",
    [DER_RSA_PUBLIC] = "RSA PUBLIC KEY", [DER_EC_PRIVATE] = "EC PRIVATE KEY",
};

static ost_result form_of(ost_text label, der_form *ret_form, ost_error *error)
{
    for (der_form form = DER_SPKI; form < DER_ENCRYPTED; form++) {
        if (text_is(label, labels[form])) {
            *ret_form = form;
            return OST_OK;
        }
    }
    if (text_is(label, "ENCRYPTED PRIVATE KEY"))
        return ost_error_set(error, OST_E_UNSUPPORTED, "the key is encrypted");
    return ost_error_set(error, OST_E_UNSUPPORTED, "a block of \"%.*s\"", SHOWN(label, 32));
}

/* Skips what may stand before the key. */
static ost_result first_block(ost_text *rest, pem_block *ret_block, ost_error *error)
{
    bool found;
    ost_result result;
    do {
        result = pem_next(rest, &found, ret_block);
        if (result != OST_OK)
            return ost_error_set(error, result, "a block that does not end as it began");
        if (!found)
            return ost_error_set(error, OST_E_KEY_FORMAT, "there is no PEM in it");
    } while (text_is(ret_block->label, "EC PARAMETERS"));
    return OST_OK;
}

/* Behind a certificate may stand those that vouch for it; behind a key, nothing. */
static ost_result check_rest(ost_text rest, der_form form, ost_error *error)
{
    pem_block block;
    bool found = true;
    while (found) {
        if (pem_next(&rest, &found, &block) != OST_OK)
            return ost_error_set(error, OST_E_KEY_FORMAT, "a block that does not end");
        if (found && (form != DER_CERTIFICATE || !text_is(block.label, labels[DER_CERTIFICATE])))
            return ost_error_set(error, OST_E_KEY_AMBIGUOUS, "more than one key");
    }
    return OST_OK;
}

static ost_result import(ost_text pem, ost_arena *arena, ost_alg alg, const char *kid,
                         ost_key **ret_key, ost_error *error)
{
    pem_block block;
    ost_text der;
    der_form form = DER_SPKI;
    ost_result result = first_block(&pem, &block, error);
    if (result == OST_OK)
        result = form_of(block.label, &form, error);
    if (result == OST_OK)
        result = check_rest(pem, form, error);
    if (result != OST_OK)
        return result;
    result = pem_decode(&block, arena, &der);
    if (result == OST_E_UNSUPPORTED)
        return ost_error_set(error, result, "the block has headers, and may be encrypted");
    if (result != OST_OK)
        return ost_error_set(error, result, "the block is not strict base64");
    return key_from_der(form, der, alg, kid, ret_key, error);
}

ost_result ost_key_import_pem(ost_text pem, ost_alg alg, const char *kid, ost_key **ret_key,
                              ost_error *error)
{
    if (pem.len > PEM_MAX)
        return ost_error_set(error, OST_E_CEILING, "a key of %zu bytes", pem.len);
    ost_arena *arena = ost_arena_new(4 * PEM_MAX);
    if (arena == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = import(pem, arena, alg, kid, ret_key, error);
    ost_arena_free(arena); /* wipes what was decoded */
    return result;
}
