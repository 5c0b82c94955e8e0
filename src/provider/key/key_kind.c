/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of providers of keys; see key_kind.h. */
#include "provider/key/key_kind.h"

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/context.h"
#include "base/text.h"
#include "provider/key/key_setting.h"
#include "provider/realm/realm_key.h"
#include "provider/realm/uuid.h"

#define SECRET_MAX 512
#define SIGNING "RS256 RS384 RS512 PS256 PS384 PS512"
#define WRAPPING "RSA-OAEP RSA-OAEP-256"

/* What each kind makes: names of settings, and what stands where none is given. */
typedef struct kind {
    const char *name, *use;
    const char *algorithms; /* the first one unless a setting says another; NULL: by the curve */
    const char *curve;      /* setting */
    const char *curves;
    bool secret, given; /* a random secret; a private key that is brought */
} kind;
static const kind kinds[] = {
    {"rsa-generated", "sig", SIGNING, NULL, NULL, false, false},
    {"rsa-enc-generated", "enc", WRAPPING, NULL, NULL, false, false},
    {"rsa", "sig", SIGNING, NULL, NULL, false, true},
    {"rsa-enc", "enc", WRAPPING, NULL, NULL, false, true},
    {"ecdsa-generated", "sig", NULL, "ecdsaEllipticCurveKey", "P-256 P-384 P-521", false, false},
    {"eddsa-generated", "sig", "EdDSA", "eddsaEllipticCurveKey", "Ed25519 Ed448", false, false},
    {"hmac-generated", "sig", "HS256 HS384 HS512", NULL, NULL, true, false},
    {"aes-generated", "enc", "AES", NULL, NULL, true, false},
};

static const kind *find_kind(ost_text name)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (text_is(name, kinds[i].name))
            return &kinds[i];
    }
    return NULL;
}

bool key_kind_is_known(ost_text name)
{
    return find_kind(name) != NULL;
}

bool key_kind_is_generated(ost_text name)
{
    const kind *k = find_kind(name);
    return k != NULL && !k->given;
}

/* The first word of a list unless a setting says another. */
static ost_text chosen(const ost_json *settings, const char *name, const char *words)
{
    ost_text named = key_setting(settings, name), list = text_of(words);
    return named.len > 0 ? named : text_slice(list, 0, text_find(list, ' ', 0));
}

static bool is_rsa(const kind *k)
{
    return text_starts(text_of(k->name), "rsa");
}

bool key_kind_serves(ost_text name, const ost_json *settings)
{
    const kind *k = find_kind(name);
    if (k == NULL || k->curve != NULL)
        return k != NULL;
    ost_text algorithm = chosen(settings, "algorithm", k->algorithms);
    return text_list_has(text_of(k->algorithms), algorithm) ||
           (is_rsa(k) && text_list_has(OST_TEXT(SIGNING " " WRAPPING), algorithm));
}

/* ---- checking ---- */

static ost_result check_number(const ost_json *settings, const char *name, const char *words,
                               const char *why, ost_error *error)
{
    ost_text text = key_setting(settings, name);
    if (text.len == 0 || text_list_has(text_of(words), text))
        return OST_OK;
    return ost_error_set(error, OST_E_ARGUMENT, "%s", why);
}

static ost_result check_priority(const ost_json *settings, ost_error *error)
{
    uint64_t number;
    ost_text text = key_setting(settings, "priority");
    if (text_starts(text, "-"))
        text = text_slice(text, 1, text.len);
    if (text.len == 0 || text_to_unsigned(text, INT32_MAX, &number))
        return OST_OK;
    return ost_error_set(error, OST_E_ARGUMENT, "'Priority' should be a number");
}

/* Of settings that say what the key is; a key that there is stays what it is. */
static ost_result check_same(const ost_json *settings, const ost_json *existing, ost_error *error)
{
    static const char *const fixed[] = {
        "algorithm", "keySize", "secretSize", "ecdsaEllipticCurveKey", "eddsaEllipticCurveKey",
        NULL};
    for (size_t i = 0; existing != NULL && fixed[i] != NULL; i++) {
        ost_text old = key_setting(existing, fixed[i]), now = key_setting(settings, fixed[i]);
        if (old.len > 0 && now.len > 0 && !text_equal(old, now))
            return ost_error_set(error, OST_E_ARGUMENT,
                                 "A key stays what it is (%s): add another provider", fixed[i]);
    }
    return OST_OK;
}

static ost_result check_kind(const kind *k, const ost_json *settings, ost_error *error)
{
    if (k->curve != NULL)
        return check_number(settings, k->curve, k->curves,
                            k->curves[0] == 'P' ? "'Elliptic Curve' should be P-256, P-384 or P-521"
                                                : "'Elliptic Curve' should be Ed25519 or Ed448",
                            error);
    if (k->algorithms != NULL &&
        !text_list_has(text_of(k->algorithms), chosen(settings, "algorithm", k->algorithms)))
        return ost_error_set(error, OST_E_ARGUMENT, "'Algorithm' should be one of %s",
                             k->algorithms);
    if (!k->secret)
        return check_number(settings, "keySize", "2048 3072 4096",
                            "'Key size' should be 2048, 3072 or 4096", error);
    bool long_one = text_is(chosen(settings, "algorithm", k->algorithms), "HS512");
    return check_number(settings, "secretSize",
                        long_one ? "64 128 256 512" : "16 24 32 48 64 128 256 512",
                        long_one ? "'Secret size' should be 64, 128, 256 or 512"
                                 : "'Secret size' should be 16, 24, 32, 64, 128, 256 or 512",
                        error);
}

ost_result key_kind_check(ost_text name, const ost_json *settings, const ost_json *existing,
                          ost_error *error)
{
    const kind *k = find_kind(name);
    if (k == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "Invalid provider type or no such provider");
    ost_result result = check_priority(settings, error);
    if (result == OST_OK)
        result = check_number(settings, "enabled", "true false",
                              "'Enabled' should be 'true' or 'false'", error);
    if (result == OST_OK)
        result = check_number(settings, "active", "true false",
                              "'Active' should be 'true' or 'false'", error);
    if (result == OST_OK)
        result = check_kind(k, settings, error);
    if (result == OST_OK)
        result = check_same(settings, existing, error);
    if (result == OST_OK && k->given && existing == NULL &&
        key_setting(settings, "privateKey").len == 0)
        return ost_error_set(error, OST_E_ARGUMENT, "'Private RSA Key' is required");
    return result;
}

/* ---- making ---- */

static ost_result make_secret(const kind *k, const ost_json *settings, const ost_context *context,
                              ost_arena *arena, store_key *row)
{
    unsigned char secret[SECRET_MAX];
    char text[BASE64URL_LEN(SECRET_MAX)];
    uint64_t size;
    bool aes = text_is(row->algorithm, "AES");
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    if (!text_to_unsigned(key_setting(settings, "secretSize"), SECRET_MAX, &size))
        size = aes ? 16 : 64;
    row->kid = uuid_text(context, arena);
    if (w == NULL || row->kid.data == NULL)
        return OST_E_MEMORY;
    ost_result result = context_random(context, secret, size);
    if (result != OST_OK)
        return result;
    ost_json_open_object(w);
    ost_json_member_text(w, "kid", row->kid);
    ost_json_member_string(w, "kty", "oct");
    ost_json_member_text(w, "alg", row->algorithm);
    ost_json_member_text(w, "k", (ost_text){text, base64url_encode(secret, size, text)});
    ost_json_close_object(w);
    wipe(secret, sizeof secret);
    wipe(text, sizeof text);
    return ost_json_writer_finish(w, &row->jwk);
}

/* PEM, or the base64 of DER as realm files have it. */
static ost_result read_given(ost_text text, ost_arena *arena, ost_key **ret_key)
{
    size_t len;
    unsigned char *der = ost_arena_alloc(arena, text.len + 1);
    if (der == NULL)
        return OST_E_MEMORY;
    if (ost_key_import_pem(text, OST_ALG_UNSET, NULL, ret_key, NULL) == OST_OK)
        return OST_OK;
    ost_result result = base64_decode(text, der, &len);
    return result == OST_OK ? ost_key_import_der((ost_text){(const char *)der, len}, OST_ALG_UNSET,
                                                 NULL, ret_key, NULL)
                            : result;
}

static ost_result make_pair(const kind *k, const ost_json *settings, const ost_context *context,
                            ost_arena *arena, store_key *row, ost_error *error)
{
    ost_key *key = NULL;
    uint64_t bits = 0;
    ost_text curve = k->curve != NULL ? chosen(settings, k->curve, k->curves) : (ost_text){0};
    const char *crv = ost_arena_copy(arena, curve);
    ost_result result = crv != NULL ? OST_OK : OST_E_MEMORY;
    (void)!text_to_unsigned(key_setting(settings, "keySize"), 4096, &bits);
    if (result == OST_OK && k->given)
        result = read_given(key_setting(settings, "privateKey"), arena, &key);
    else if (result == OST_OK && text_starts(curve, "Ed"))
        result = ost_key_generate_curve(OST_EDDSA, crv, NULL, &key, NULL);
    else if (result == OST_OK)
        result = ost_key_generate(k->curve != NULL ? ost_alg_of(row->algorithm) : OST_RS256,
                                  (unsigned)bits, NULL, &key, NULL);
    if (k->given && (result != OST_OK || ost_key_type_of(key) != OST_KEY_RSA))
        result = ost_error_set(error, result == OST_E_MEMORY ? result : OST_E_ARGUMENT,
                               "Failed to decode private key");
    if (result == OST_OK)
        result = realm_key_of(key, (ost_text){0}, context, arena, row);
    ost_key_unref(key);
    return result;
}

/* The providers of RSA keys had a setting "keyUse" before there were some for encryption alone. To
 * Keycloak a key for encryption that names no algorithm is one of RS256, which nobody can use. */
static void choose_rsa(const kind *k, const ost_json *settings, ost_text *ret_algorithm,
                       const char **ret_use)
{
    ost_text algorithm = key_setting(settings, "algorithm");
    bool wraps = text_is(text_of(k->use), "enc") ||
                 text_equal_ignoring_case(key_setting(settings, "keyUse"), OST_TEXT("enc")) ||
                 text_list_has(OST_TEXT(WRAPPING), algorithm);
    const char *fitting = wraps ? WRAPPING : SIGNING;
    *ret_use = wraps ? "enc" : "sig";
    *ret_algorithm = text_list_has(text_of(fitting), algorithm)
                         ? algorithm
                         : text_slice(text_of(fitting), 0, text_find(text_of(fitting), ' ', 0));
}

void key_kind_purpose(ost_text name, const ost_json *settings, ost_text *ret_algorithm,
                      const char **ret_use)
{
    const kind *k = find_kind(name);
    if (k == NULL)
        return;
    ost_text curve = k->algorithms == NULL ? chosen(settings, k->curve, k->curves) : (ost_text){0};
    *ret_use = k->use;
    if (is_rsa(k))
        choose_rsa(k, settings, ret_algorithm, ret_use);
    else if (k->algorithms != NULL)
        *ret_algorithm = chosen(settings, "algorithm", k->algorithms);
    else
        *ret_algorithm = text_of(text_is(curve, "P-256")   ? "ES256"
                                 : text_is(curve, "P-384") ? "ES384"
                                                           : "ES512");
}

ost_result key_kind_make(ost_text name, const ost_json *settings, ost_text realm,
                         const ost_context *context, ost_arena *arena, store_key *ret_row,
                         ost_error *error)
{
    const kind *k = find_kind(name);
    const char *use = "";
    store_key row = {.realm = realm, .state = STORE_KEY_ACTIVE, .created = ost_now(context)};
    if (k == NULL)
        return OST_E_ARGUMENT;
    key_kind_purpose(name, settings, &row.algorithm, &use);
    row.use = text_of(use);
    ost_result result = k->secret ? make_secret(k, settings, context, arena, &row)
                                  : make_pair(k, settings, context, arena, &row, error);
    if (result == OST_OK)
        *ret_row = row;
    return result;
}
