/* SPDX-License-Identifier: Apache-2.0 */
/* Request objects; see request_object.h. */
#include "provider/login/request_object.h"

#include <ostiary/jwe.h>

#include "base/array.h"
#include "base/text.h"
#include "jose/jwt/numeric_date.h"
#include "provider/call/call_use.h"
#include "provider/token/client_signature.h"
#include "store/memory/store_memory.h"

#define LEEWAY 15         /* seconds that the clocks may be apart */
#define HOUR 3600         /* seconds */
#define PARAMETERS_MAX 64 /* of one object */
#define ID_MAX 256        /* bytes of jti */

static bool object_refuse(call *c, const char *why)
{
    return call_refuse(c, 400, "invalid_request_object", why);
}

/* An ID token or an access token says what it is, and is signed by nobody's client; what a client
 * signs to prove itself or its key has types of its own (RFC 9101 §10.8, RFC 8725 §3.11). */
static bool is_of_type(ost_text typ)
{
    return typ.len == 0 || ost_typ_is(typ, "JWT") || ost_typ_is(typ, "oauth-authz-req+jwt");
}

static bool verify(call *c, const realm_client *client, ost_algs algorithms, ost_text object,
                   const ost_json **ret_claims)
{
    static const ost_json_limits limits = {
        .max_bytes = 64 << 10, .max_depth = 16, .max_values = 2048};
    ost_unverified_jws jws;
    ost_text payload;
    if (algorithms == 0 ||
        ost_jws_read_unverified(object, algorithms, c->arena, &jws, NULL) != OST_OK)
        return object_refuse(c,
                             "The request object is malformed, or its algorithm is not accepted");
    if (!is_of_type(jws.typ))
        return object_refuse(c, "The request object is of another type");
    ost_result result = client_signature_verify(c, client, &jws, &payload);
    if (result == OST_E_MEMORY || result == OST_E_CRYPTO)
        return call_refuse(c, 500, "server_error", NULL);
    if (result != OST_OK)
        return object_refuse(c, "The request object's signature is not by the client");
    if (ost_json_read(payload, &limits, c->arena, ret_claims, NULL) != OST_OK ||
        !ost_json_is(*ret_claims, OST_JSON_OBJECT))
        return object_refuse(c, "The request object's claims are malformed");
    return true;
}

/* Those that there are have to be in time. */
static bool check_times(call *c, const ost_json *claims)
{
    static const char *const names[] = {"exp", "nbf", "iat"};
    int64_t times[ARRAY_LEN(names)] = {INT64_MAX, 0, 0};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const ost_json *claim = ost_json_get(claims, names[i]);
        if (claim != NULL && !numeric_date_read(claim, &times[i]))
            return object_refuse(c, "A time of the request object is malformed");
    }
    return (times[0] > c->now - LEEWAY && times[1] <= c->now + LEEWAY &&
            times[2] <= c->now + LEEWAY) ||
           object_refuse(c, "The request object has expired, or is not valid yet");
}

/* `aud` is the issuer, or a list that names it. */
static bool is_for_us(const call *c, const ost_json *audience)
{
    if (audience == NULL || ost_json_equals(audience, text_of(c->issuer)))
        return true;
    for (const ost_json *at = ost_json_first(audience); at != NULL; at = ost_json_next(at)) {
        if (ost_json_equals(at, text_of(c->issuer)))
            return true;
    }
    return false;
}

static bool check_claims(call *c, const realm_client *client, const ost_json *claims)
{
    ost_text id = text_of(client->client_id);
    const ost_json *issuer = ost_json_get(claims, "iss");
    if (issuer != NULL && !ost_json_equals(issuer, id))
        return object_refuse(c, "The request object is of another client");
    if (ost_json_get(claims, "sub") != NULL) /* it may be an assertion by which the client proves
                                                who it is (RFC 9101 §10.8) */
        return object_refuse(c, "The request object has a subject");
    if (ost_json_get(claims, "request") != NULL || ost_json_get(claims, "request_uri") != NULL)
        return object_refuse(c, "The request object holds another one");
    if (!is_for_us(c, ost_json_get(claims, "aud")))
        return object_refuse(c, "The request object is for another audience");
    return check_times(c, claims);
}

/* ---- its claims as parameters ---- */

static bool is_of_the_jwt(ost_text name)
{
    static const char *const names[] = {"iss", "aud", "exp", "nbf", "iat", "jti", NULL};
    return text_is_one_of(name, names);
}

typedef struct parameters {
    http_pair *pairs;
    size_t count;
} parameters;

/* Texts are as they are; numbers, and the objects of `claims`, as they are written. */
static bool parameter_add(parameters *p, ost_text name, const ost_json *value)
{
    ost_text text;
    if (!ost_json_text(value, &text))
        text = ost_json_source(value);
    if (p->count == PARAMETERS_MAX || text_find(text, '\0', 0) < text.len)
        return false;
    p->pairs[p->count++] = (http_pair){name, text};
    return true;
}

/* Each of several APIs is a parameter of its own (RFC 8707 §2). */
static bool add_claim(parameters *p, const ost_json *claim)
{
    ost_text name = ost_json_name(claim);
    if (!text_is(name, "resource") || !ost_json_is(claim, OST_JSON_ARRAY))
        return parameter_add(p, name, claim);
    for (const ost_json *at = ost_json_first(claim); at != NULL; at = ost_json_next(at)) {
        if (!parameter_add(p, name, at))
            return false;
    }
    return true;
}

static bool replace_form(call *c, const ost_json *claims)
{
    parameters p = {.pairs = ost_arena_alloc(c->arena, PARAMETERS_MAX * sizeof *p.pairs)};
    if (p.pairs == NULL)
        return call_refuse(c, 500, "server_error", NULL);
    for (const ost_json *at = ost_json_first(claims); at != NULL; at = ost_json_next(at)) {
        if (!is_of_the_jwt(ost_json_name(at)) && !add_claim(&p, at))
            return object_refuse(c, "The request object's claims are no parameters");
    }
    c->beside = c->form;
    c->object = claims;
    c->form = (http_form){.pairs = p.pairs, .count = p.count};
    return true;
}

/* Five parts: what the client has signed is within, and is not believed for being encrypted, which
 * everybody can do. Who has no keys that it could be signed with is not worth a decryption. */
static bool open_envelope(call *c, const realm_client *client, ost_text *object)
{
    ost_decrypted opened;
    size_t dots = 0;
    for (size_t i = 0; i < object->len; i++)
        dots += object->data[i] == '.';
    if (dots != 4)
        return true;
    ost_result result = client->request.object_algorithms == 0 || client->request.barred != NULL
                            ? OST_E_ALGORITHM
                            : ost_jwe_decrypt(*object, key_ring_decryptors(c->entry->keys),
                                              &client->request.encryption, c->arena, &opened, NULL);
    if (result == OST_E_MEMORY)
        return call_refuse(c, 500, "server_error", NULL);
    if (result != OST_OK)
        return object_refuse(c, "The request object cannot be decrypted");
    *object = opened.content;
    c->object_encrypted = true;
    return true;
}

static bool is_single(call *c)
{
    return (call_parameter(c, "request_uri").len == 0 &&
            http_form_count(&c->form, "request") == 1) ||
           object_refuse(c, "There is more than one request object");
}

static bool names_client(call *c, const realm_client *client, const ost_json *claims)
{
    return ost_json_equals(ost_json_get(claims, "client_id"), text_of(client->client_id)) ||
           object_refuse(c, "The request object is of another client");
}

bool request_object_read(call *c, const realm_client *client)
{
    const ost_json *claims;
    ost_text object = call_parameter(c, "request");
    if (object.len == 0 && call_parameter(c, "request_uri").len > 0) /* it was not followed */
        return call_refuse(c, 400, "invalid_request_uri",
                           "The request object cannot be had from the address that the request "
                           "names");
    if (object.len == 0)
        return !client->request.object_required ||
               object_refuse(c, "The client signs its requests, and this one is not signed");
    if (client->request.reference_only && c->reference == NULL)
        return object_refuse(
            c, "The client publishes its request objects, and this one is not published");
    return is_single(c) && open_envelope(c, client, &object) &&
           verify(c, client, client->request.object_algorithms, object, &claims) &&
           names_client(c, client, claims) && check_claims(c, client, claims) &&
           replace_form(c, claims);
}

static bool is_complete(call *c, const ost_json *claims)
{
    static const char *const required[] = {"iss", "aud", "exp", "iat", "nbf", "jti"};
    for (size_t i = 0; i < ARRAY_LEN(required); i++) {
        if (ost_json_get(claims, required[i]) == NULL)
            return object_refuse(c, call_format(c, "The request object has no %s", required[i]));
    }
    return true;
}

/* Somebody's telephone rings for each: what was signed long ago, or for a long time, is not taken
 * (FAPI 1.0 Advanced §5.2.2, 13 and 17). */
static bool is_recent(call *c, const ost_json *claims)
{
    int64_t exp, nbf;
    return (numeric_date_read(ost_json_get(claims, "exp"), &exp) &&
            numeric_date_read(ost_json_get(claims, "nbf"), &nbf) && nbf >= c->now - HOUR &&
            exp <= nbf + HOUR) ||
           object_refuse(c, "The request object is good for more than an hour, or is older");
}

/* Once: who has overheard it has nobody's telephone ring again. Without a store that nodes share a
 * restart forgets, so that what was signed before it is refused like what was used. */
static bool use_up(call *c, const realm_client *client, const ost_json *claims)
{
    static const call_error used = {400, "invalid_request", "The request object has been used"};
    int64_t exp, iat;
    ost_text id;
    if (!ost_json_text(ost_json_get(claims, "jti"), &id) || id.len == 0 || id.len > ID_MAX ||
        !numeric_date_read(ost_json_get(claims, "exp"), &exp) ||
        !numeric_date_read(ost_json_get(claims, "iat"), &iat))
        return object_refuse(c, "The request object has no jti that can be remembered");
    if (iat < c->provider->started && !store_is_shared(c->provider->store))
        return object_refuse(c, "The request object was made before the server started");
    const char *owner = call_format(c, "ciba %s %s", c->realm->id, client->client_id);
    return owner != NULL && call_use_once(c, c->provider->assertions,
                                          (call_use){.owner = text_of(owner),
                                                     .id = id,
                                                     .until = exp + LEEWAY,
                                                     .refusal = used});
}

bool request_object_read_backchannel(call *c, const realm_client *client)
{
    const ost_json *claims;
    ost_text object = call_parameter(c, "request");
    if (object.data == NULL)
        return true;
    bool good = is_single(c) && verify(c, client, client->ciba.algorithms, object, &claims) &&
                is_complete(c, claims) && check_claims(c, client, claims) && is_recent(c, claims) &&
                use_up(c, client, claims) && replace_form(c, claims);
    if (!good && c->error.status == 400)
        c->error.error = "invalid_request";
    return good;
}
