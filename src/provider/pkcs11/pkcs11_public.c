/* SPDX-License-Identifier: Apache-2.0 */
/* The public half of a device's key pair; see pkcs11_key.h. */
#include <string.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/text.h"
#include "jose/alg.h"
#include "provider/pkcs11/pkcs11_key.h"
#include "provider/pkcs11/pkcs11_object.h"

#define NUMBER_MAX 2048 /* bytes: RSA with 16384 bits */

/* An attribute's value. */
typedef struct octets {
    size_t len;
    unsigned char bytes[NUMBER_MAX];
} octets;

/* CKA_EC_PARAMS: the curve's OID in DER or, for Edwards curves, its name as a PrintableString. */
static const struct {
    const char *crv;
    size_t len;
    const char *der;
} curves[] = {
    {"P-256", 10, "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"},
    {"P-384", 7, "\x06\x05\x2b\x81\x04\x00\x22"},
    {"P-521", 7, "\x06\x05\x2b\x81\x04\x00\x23"},
    {"Ed25519", 5, "\x06\x03\x2b\x65\x70"},
    {"Ed25519", 14,
     "\x13\x0c"
     "edwards25519"},
    {"Ed448", 5, "\x06\x03\x2b\x65\x71"},
    {"Ed448", 12,
     "\x13\x0a"
     "edwards448"},
};

typedef struct reading {
    pkcs11_module *module;
    CK_SESSION_HANDLE session;
    pkcs11_object *object;
    ost_json_writer *w;
} reading;

static CK_RV get(const reading *r, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, octets *ret)
{
    CK_ATTRIBUTE wanted = {type, ret->bytes, sizeof ret->bytes};
    CK_RV value = pkcs11_functions(r->module)->C_GetAttributeValue(r->session, object, &wanted, 1);
    ret->len = value == CKR_OK ? wanted.ulValueLen : 0;
    return value == CKR_OK && ret->len > sizeof ret->bytes ? CKR_GENERAL_ERROR : value;
}

static void put(const reading *r, const char *member, const unsigned char *bytes, size_t len)
{
    char text[BASE64URL_LEN(NUMBER_MAX)];
    ost_json_member_text(r->w, member, (ost_text){text, base64url_encode(bytes, len, text)});
}

/* RFC 7518 §2, Base64urlUInt: no zero before a number; devices may have one. */
static void put_number(const reading *r, const char *member, const octets *number)
{
    size_t zeros = 0;
    while (zeros < number->len && number->bytes[zeros] == 0)
        zeros++;
    put(r, member, number->bytes + zeros, number->len - zeros);
}

/* The public key is an object of its own, tied by the id that both have (PKCS#11 §4.4). */
static CK_RV find_public(const reading *r, CK_OBJECT_HANDLE *ret_object)
{
    CK_FUNCTION_LIST *f = pkcs11_functions(r->module);
    CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
    CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &class, sizeof class},
                             {CKA_ID, r->object->id, r->object->id_len}};
    CK_ULONG count = 0;
    CK_RV value = f->C_FindObjectsInit(r->session, wanted, ARRAY_LEN(wanted));
    if (value != CKR_OK)
        return value;
    value = f->C_FindObjects(r->session, ret_object, 1, &count);
    (void)f->C_FindObjectsFinal(r->session);
    return value == CKR_OK && count == 0 ? CKR_OBJECT_HANDLE_INVALID : value;
}

static CK_RV put_rsa(const reading *r)
{
    octets n, e;
    CK_RV value = get(r, r->object->handle, CKA_MODULUS, &n);
    if (value == CKR_OK)
        value = get(r, r->object->handle, CKA_PUBLIC_EXPONENT, &e);
    if (value != CKR_OK)
        return value;
    ost_json_member_string(r->w, "kty", "RSA");
    put_number(r, "n", &n);
    put_number(r, "e", &e);
    return CKR_OK;
}

/* CKA_EC_POINT is a DER OCTET STRING; some modules leave its head out. The one size that a curve's
 * point has tells the two apart. */
static const unsigned char *point_of(const octets *value, size_t size)
{
    size_t head = size < 0x80 ? 2 : 3;
    if (value->len == size)
        return value->bytes;
    return value->len == head + size && value->bytes[0] == 0x04 ? value->bytes + head : NULL;
}

static CK_RV read_curve(const reading *r, ost_key_type type, const curve_facts **ret_curve)
{
    octets parameters;
    CK_RV value = get(r, r->object->handle, CKA_EC_PARAMS, &parameters);
    if (value != CKR_OK)
        return value;
    for (size_t i = 0; i < ARRAY_LEN(curves); i++) {
        if (parameters.len == curves[i].len &&
            memcmp(parameters.bytes, curves[i].der, parameters.len) == 0) {
            *ret_curve = curve_find(type, text_of(curves[i].crv));
            return *ret_curve != NULL ? CKR_OK : CKR_CURVE_NOT_SUPPORTED;
        }
    }
    return CKR_CURVE_NOT_SUPPORTED;
}

static CK_RV put_curve(const reading *r, ost_key_type type)
{
    octets point;
    CK_OBJECT_HANDLE public_key;
    const curve_facts *curve;
    CK_RV value = read_curve(r, type, &curve);
    if (value == CKR_OK)
        value = find_public(r, &public_key);
    if (value == CKR_OK)
        value = get(r, public_key, CKA_EC_POINT, &point);
    if (value != CKR_OK)
        return value;
    bool two = type == OST_KEY_EC; /* coordinates, after a byte that says so */
    const unsigned char *at = point_of(&point, two ? 1 + 2 * curve->size : curve->size);
    if (at == NULL || (two && at[0] != 0x04))
        return CKR_CURVE_NOT_SUPPORTED;
    ost_json_member_string(r->w, "kty", two ? "EC" : "OKP");
    ost_json_member_string(r->w, "crv", curve->name);
    put(r, "x", two ? at + 1 : at, curve->size);
    if (two)
        put(r, "y", at + 1 + curve->size, curve->size);
    return CKR_OK;
}

static CK_RV put_public(const reading *r)
{
    CK_KEY_TYPE type = 0;
    CK_ATTRIBUTE wanted = {CKA_KEY_TYPE, &type, sizeof type};
    CK_RV value =
        pkcs11_functions(r->module)->C_GetAttributeValue(r->session, r->object->handle, &wanted, 1);
    if (value != CKR_OK)
        return value;
    if (type == CKK_RSA)
        return put_rsa(r);
    if (type == CKK_EC)
        return put_curve(r, OST_KEY_EC);
    return type == CKK_EC_EDWARDS ? put_curve(r, OST_KEY_OKP) : CKR_KEY_TYPE_INCONSISTENT;
}

static ost_result tell(CK_RV value, ost_text uri, ost_error *error)
{
    char room[32];
    int len = (int)uri.len;
    switch (value) {
    case CKR_OK:
        return OST_OK;
    case CKR_CURVE_NOT_SUPPORTED:
    case CKR_KEY_TYPE_INCONSISTENT:
        return ost_error_set(error, OST_E_UNSUPPORTED,
                             "%.*s: tokens cannot be signed with a key of this kind", len,
                             uri.data);
    case CKR_OBJECT_HANDLE_INVALID:
        return ost_error_set(error, OST_E_NOT_FOUND,
                             "%.*s: its public key is not in the device, or has another id", len,
                             uri.data);
    default:
        return ost_error_set(error, OST_E_BUSY, "%.*s: %s", len, uri.data,
                             pkcs11_words(value, room));
    }
}

static ost_result read_public(reading *r, ost_text uri, ost_error *error)
{
    ost_result result = pkcs11_object_find(r->module, uri, r->object, error);
    if (result != OST_OK)
        return result;
    CK_RV value = pkcs11_session_take(r->module, r->object->slot, &r->session);
    if (value != CKR_OK)
        return tell(value, uri, error);
    ost_json_open_object(r->w);
    value = put_public(r);
    ost_json_close_object(r->w);
    pkcs11_session_give(r->module, r->object->slot, r->session, false);
    return tell(value, uri, error);
}

ost_result pkcs11_key_public(pkcs11_module *module, ost_text uri, ost_arena *arena,
                             ost_text *ret_jwk, ost_error *error)
{
    pkcs11_object object;
    reading r = {.module = module, .object = &object, .w = ost_json_writer_new(arena, 0)};
    if (r.w == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    pkcs11_enter(module);
    ost_result result = read_public(&r, uri, error);
    pkcs11_leave(module);
    return result == OST_OK ? ost_json_writer_finish(r.w, ret_jwk) : result;
}
