/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that sign in a device; see pkcs11_key.h. */
#include "provider/pkcs11/pkcs11_key.h"

#include <pthread.h>
#include <string.h>

#include "base/context.h"
#include "jose/key/key_elsewhere.h"
#include "jose/signature/signature.h"
#include "provider/pkcs11/pkcs11_object.h"
#include "provider/pkcs11/pkcs11_signature.h"

typedef struct device_key {
    pkcs11_module *module;
    ost_key *verifier;
    pthread_mutex_t lock;
    pkcs11_object object; /* guarded by the lock, */
    unsigned generation;  /* as this: of the module, when the object was found */
    size_t uri_len;
    char uri[];
} device_key;

static void release(void *user)
{
    device_key *key = user;
    ost_key_unref(key->verifier);
    pthread_mutex_destroy(&key->lock);
    memory_free(key);
}

static CK_RV sign_with(device_key *key, const pkcs11_object *object, ost_alg alg, ost_text input,
                       unsigned char *ret, size_t size)
{
    CK_SESSION_HANDLE session;
    CK_RV value = pkcs11_session_take(key->module, object->slot, &session);
    if (value != CKR_OK)
        return value;
    value = pkcs11_signature_make(pkcs11_functions(key->module), session, object->handle, alg,
                                  input, ret, size);
    pkcs11_session_give(key->module, object->slot, session, value != CKR_OK);
    return value;
}

/* Where the key is; looked for again when `anew`, or when the module was initialized meanwhile. */
static bool locate(device_key *key, bool anew, pkcs11_object *ret_object)
{
    const ost_text uri = {key->uri, key->uri_len};
    unsigned generation = pkcs11_generation(key->module);
    pthread_mutex_lock(&key->lock);
    bool found = true;
    if (anew || key->generation != generation)
        found = pkcs11_object_find(key->module, uri, &key->object, NULL) == OST_OK;
    if (found) {
        key->generation = generation;
        *ret_object = key->object;
    }
    pthread_mutex_unlock(&key->lock);
    return found;
}

/* A device that was away knows neither its sessions nor its objects any more: one more try. */
static CK_RV try_twice(device_key *key, ost_alg alg, ost_text input, unsigned char *ret,
                       size_t size, unsigned *ret_generation)
{
    pkcs11_object object;
    CK_RV value = CKR_TOKEN_NOT_PRESENT;
    pkcs11_enter(key->module);
    *ret_generation = pkcs11_generation(key->module);
    for (unsigned tried = 0; tried < 2 && value != CKR_OK; tried++) {
        if (locate(key, tried > 0, &object))
            value = sign_with(key, &object, alg, input, ret, size);
    }
    pkcs11_leave(key->module);
    return value;
}

static ost_result sign(void *user, ost_alg alg, ost_text input, unsigned char *ret, size_t size)
{
    char room[32];
    unsigned generation;
    device_key *key = user;
    CK_RV value = try_twice(key, alg, input, ret, size, &generation);
    if (value != CKR_OK) {
        pkcs11_restart(key->module, generation);
        value = try_twice(key, alg, input, ret, size, &generation);
    }
    if (value != CKR_OK) {
        pkcs11_note(key->module, false, pkcs11_words(value, room));
        return OST_E_BUSY;
    }
    ost_result result =
        signature_check(key->verifier, alg, input, (ost_text){(const char *)ret, size});
    pkcs11_note(key->module, result != OST_E_SIGNATURE,
                result == OST_E_SIGNATURE ? "what it returns is no signature by the key" : "");
    return result == OST_E_SIGNATURE ? OST_E_BUSY : result;
}

ost_result pkcs11_key_open(pkcs11_module *module, ost_text uri, ost_text public_jwk,
                           ost_key **ret_key, ost_error *error)
{
    device_key *key = memory_alloc(sizeof *key + uri.len);
    if (key == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    key->module = module;
    key->uri_len = uri.len;
    memcpy(key->uri, uri.data, uri.len);
    pthread_mutex_init(&key->lock, NULL);
    const key_signer signer = {.sign = sign, .release = release, .user = key};
    pkcs11_enter(module);
    key->generation = pkcs11_generation(module);
    ost_result result = pkcs11_object_find(module, uri, &key->object, error);
    pkcs11_leave(module);
    if (result == OST_OK)
        result = ost_key_import_jwk(public_jwk, &key->verifier, error);
    if (result != OST_OK) {
        release(key);
        return result;
    }
    return key_import_elsewhere(public_jwk, &signer, ret_key, error);
}
