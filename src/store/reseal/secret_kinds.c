/* SPDX-License-Identifier: Apache-2.0 */
#include "store/reseal/secret_kinds.h"

#include "base/text.h"
#include "store/sealing/sealing.h"
#include "store/transaction.h"
#include "store/user/user_record.h"
#include "store/user/user_secret.h"

static ost_result move_secret(database *d, const stored_secret *secret, sealed_kind kind,
                              const char *update, ost_arena *arena)
{
    const sealed_place place = {kind, secret->realm, secret->name};
    sealed_text_auto sealed = {0};
    ost_text plain;
    ost_result result = sealing_open(d, &place, secret->text, arena, &plain);
    if (result == OST_OK)
        result = sealing_seal(d, &place, plain, &sealed);
    return result == OST_OK
               ? run_change(PREPARED(d, update, secret->realm, secret->name, sealed.text))
               : result;
}

static ost_result move_key(database *d, const stored_secret *key, ost_arena *arena)
{
    return move_secret(d, key, SEALED_KEY, "UPDATE key SET jwk = ?3 WHERE realm = ?1 AND kid = ?2",
                       arena);
}

const secret_kind key_secrets = {
    "SELECT realm, kid, jwk FROM key WHERE (realm, kid) > (?1, ?2) AND "
    "substr(jwk, 1, length(?3)) <> ?3 ORDER BY realm, kid LIMIT 50",
    move_key,
};

static ost_result move_realm(database *d, const stored_secret *realm, ost_arena *arena)
{
    return move_secret(d, realm, SEALED_REALM,
                       "UPDATE realm SET document = ?3 WHERE name = ?1 AND ?2 = ''", arena);
}

const secret_kind realm_secrets = {
    "SELECT name, '', document FROM realm WHERE name > ?1 AND ?2 = '' AND "
    "substr(document, 1, length(?3)) <> ?3 ORDER BY name LIMIT 1",
    move_realm,
};

static ost_result move_user(database *d, const stored_secret *secret, ost_arena *arena)
{
    store_user user = {.realm = secret->realm, .id = secret->name};
    sealed_text_auto sealed = {0};
    ost_result result =
        user_secret_open(d, user.realm, user.id, secret->text, arena, &user.document);
    if (result == OST_OK)
        result = user_secret_seal(d, &user, &sealed);
    return result == OST_OK
               ? run_change(PREPARED(d,
                                     "UPDATE user SET document = ?3 WHERE realm = ?1 AND id = ?2",
                                     user.realm, user.id, sealed.text))
               : result;
}

const secret_kind user_secrets = {
    "SELECT realm, id, document FROM user WHERE (realm, id) > (?1, ?2) AND "
    "(document LIKE 'sealed.%' OR document LIKE '%\"credentials\":[%') AND "
    "substr(document, 1, length(?3)) <> ?3 ORDER BY realm, id LIMIT 50",
    move_user,
};

static ost_result move_token(database *d, const stored_secret *token, ost_arena *arena)
{
    ost_result result =
        move_secret(d, token, SEALED_TOKEN,
                    "UPDATE kept_token SET token = ?3 WHERE realm = ?1 AND name = ?2", arena);
    return result == OST_E_KEY_UNKNOWN
               ? run_statement(PREPARED(d, "DELETE FROM kept_token WHERE realm = ? AND name = ?",
                                        token->realm, token->name),
                               NULL)
               : result;
}

const secret_kind token_secrets = {
    "SELECT realm, name, token FROM kept_token WHERE (realm, name) > (?1, ?2) AND "
    "substr(token, 1, length(?3)) <> ?3 ORDER BY realm, name LIMIT 50",
    move_token,
};
