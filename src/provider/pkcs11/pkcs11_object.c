/* SPDX-License-Identifier: Apache-2.0 */
/* Keys by RFC 7512; see pkcs11_object.h. */
#include "provider/pkcs11/pkcs11_object.h"

#include <p11-kit/uri.h>

#include "base/array.h"
#include "base/text.h"

#define SLOTS_MAX 64
#define MATCHES 2 /* of which one is wanted */

/* ---- the name ---- */

/* RFC 7512 §2.4: what a URI brings of PINs and modules is to be believed with care; here it is not.
 */
static const char *fault_of(P11KitUri *uri)
{
    if (p11_kit_uri_any_unrecognized(uri))
        return "it has an attribute that is not known";
    if (p11_kit_uri_get_pin_value(uri) != NULL || p11_kit_uri_get_pin_source(uri) != NULL)
        return "it has a PIN: the PIN belongs into the file of --pkcs11-pin-file";
    if (p11_kit_uri_get_module_path(uri) != NULL || p11_kit_uri_get_module_name(uri) != NULL)
        return "it names a module: that is what --pkcs11-module does";
    if (p11_kit_uri_get_attribute(uri, CKA_LABEL) == NULL &&
        p11_kit_uri_get_attribute(uri, CKA_ID) == NULL)
        return "it names no key: object=… or id=… is missing";
    return NULL;
}

static ost_result read_uri(ost_text text, P11KitUri *uri, ost_error *error)
{
    char string[PKCS11_URI_MAX + 1];
    if (!text_to_string(text, string, sizeof string))
        return ost_error_set(error, OST_E_FORMAT, "the pkcs11 URI is too long");
    int status = p11_kit_uri_parse(string, P11_KIT_URI_FOR_ANY, uri);
    const char *fault =
        status != P11_KIT_URI_OK ? "it is no pkcs11 URI of RFC 7512" : fault_of(uri);
    return fault == NULL ? OST_OK : ost_error_set(error, OST_E_FORMAT, "%s: %s", string, fault);
}

/* ---- the search ---- */

typedef struct search {
    pkcs11_module *module;
    P11KitUri *uri;
    pkcs11_object *found;
    unsigned count;
    CK_RV fault; /* of a token that could not be looked at */
} search;

static CK_RV read_id(CK_FUNCTION_LIST *f, CK_SESSION_HANDLE session, pkcs11_object *object)
{
    CK_ATTRIBUTE id = {CKA_ID, object->id, sizeof object->id};
    CK_RV value = f->C_GetAttributeValue(session, object->handle, &id, 1);
    object->id_len = value == CKR_OK && id.ulValueLen <= sizeof object->id ? id.ulValueLen : 0;
    return value;
}

static CK_RV look_for(search *s, CK_SLOT_ID slot, CK_SESSION_HANDLE session)
{
    CK_FUNCTION_LIST *f = pkcs11_functions(s->module);
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE wanted[3] = {{CKA_CLASS, &class, sizeof class}};
    CK_OBJECT_HANDLE handles[MATCHES];
    CK_ULONG terms = 1, count = 0;
    static const CK_ATTRIBUTE_TYPE types[] = {CKA_LABEL, CKA_ID};
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        const CK_ATTRIBUTE *attribute = p11_kit_uri_get_attribute(s->uri, types[i]);
        if (attribute != NULL)
            wanted[terms++] = *attribute;
    }
    CK_RV value = f->C_FindObjectsInit(session, wanted, terms);
    if (value != CKR_OK)
        return value;
    value = f->C_FindObjects(session, handles, MATCHES, &count);
    (void)f->C_FindObjectsFinal(session);
    if (value != CKR_OK || count == 0)
        return value;
    s->count += (unsigned)count;
    *s->found = (pkcs11_object){.slot = slot, .handle = handles[0]};
    return read_id(f, session, s->found);
}

static void look_at(search *s, CK_SLOT_ID slot)
{
    CK_FUNCTION_LIST *f = pkcs11_functions(s->module);
    CK_TOKEN_INFO token;
    CK_SESSION_HANDLE session;
    CK_RV value = f->C_GetTokenInfo(slot, &token);
    if (value != CKR_OK || !p11_kit_uri_match_token_info(s->uri, &token))
        return;
    value = pkcs11_session_take(s->module, slot, &session);
    if (value == CKR_OK) {
        value = look_for(s, slot, session);
        pkcs11_session_give(s->module, slot, session, value != CKR_OK);
    }
    if (value != CKR_OK)
        s->fault = value;
}

static ost_result search_tokens(search *s, ost_text name, ost_error *error)
{
    CK_SLOT_ID slots[SLOTS_MAX];
    CK_ULONG count = SLOTS_MAX;
    char room[32];
    CK_RV value = pkcs11_functions(s->module)->C_GetSlotList(CK_TRUE, slots, &count);
    for (size_t i = 0; value == CKR_OK && i < count; i++)
        look_at(s, slots[i]);
    if (s->count == 1)
        return OST_OK;
    if (s->count > 1)
        return ost_error_set(error, OST_E_CONFLICT, "%.*s names several private keys",
                             (int)name.len, name.data);
    if (value == CKR_OK)
        value = s->fault;
    if (value != CKR_OK)
        return ost_error_set(error, OST_E_BUSY, "%.*s: %s", (int)name.len, name.data,
                             pkcs11_words(value, room));
    return ost_error_set(error, OST_E_NOT_FOUND, "%.*s names no private key that can be seen here",
                         (int)name.len, name.data);
}

ost_result pkcs11_object_find(pkcs11_module *module, ost_text uri, pkcs11_object *ret_object,
                              ost_error *error)
{
    P11KitUri *parsed = p11_kit_uri_new();
    search s = {.module = module, .uri = parsed, .found = ret_object};
    if (parsed == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = read_uri(uri, parsed, error);
    if (result == OST_OK)
        result = search_tokens(&s, uri, error);
    p11_kit_uri_free(parsed);
    return result;
}
