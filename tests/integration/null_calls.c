/* SPDX-License-Identifier: Apache-2.0 */
/* Calls every public function without each of its arguments in turn, in a process of its own. The
 * calls are in null_cases.inc, which tests/support/null_calls.py makes from the headers. */
#include <ostiary/guard.h>
#include <ostiary/jose.h>
#include <ostiary/login.h>
#include <ostiary/logout.h>
#include <ostiary/replay.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ISSUER "https://issuer.example"
#define SECRET OST_TEXT("0123456789abcdef0123456789abcdef")
#define UNTOUCHED ((ost_result)12345)

static ost_error error;
static ost_arena *arena;
static ost_key *key, *wrapper, *secret_key;
static ost_keyset *keys, *wrappers;
static const ost_json *json, *published;
static ost_json_writer *writer, *written;
static const ost_claims *claims;
static ost_guard *guard;
static const ost_identity *identity;
static ost_text token, payload, jwk, jwks, pem, der, signed_json, encrypted, encrypted_json;
static ost_text signature, wrapped;
static const char *const audience = "api";
static const ost_claims_rules claims_rules = {
    .issuer = ISSUER, .audiences = &audience, .audience_count = 1};
static const char *const logout_clients[] = {"api"};
static const ost_logout_rules logout_rules = {.clients = logout_clients, .client_count = 1};
static const ost_jws_rules jws_rules;
static const ost_jwe_rules jwe_rules;
static const ost_jws_options jws_options;
static const ost_jwe_options jwe_options = {.cty = "JWT"};
static const ost_json_limits json_limits;
static const ost_policy policy;
static const ost_context context;
static const ost_revocation revocation = {.kind = OST_REVOKED_TOKEN, .value = {"x", 1}};
static ost_jws_signer jws_signer;
static ost_recipient recipient;
static ost_unverified_jws unverified_jws;
static ost_guard_config guard_config;
static ost_credentials credentials;
static ost_verdict verdict;
static ost_login *login;
static ost_login_config login_config;
static const ost_login_demand login_demand;
static const ost_login_jar login_jar;
static const ost_login_cookie login_cookie = {{"x", 1}, {"y", 1}, -1};
static const ost_login_session login_session = {.refresh_token = {"x", 1}};
static _Alignas(16) unsigned char room[1024]; /* for any output */
static _Alignas(64) unsigned char counts[65536], no_counts[65536], replays[4096], opened[4096];
static const void *const places[] = {counts};
static ost_replay_table *table;

static void called(void *user)
{
    (void)user;
}

static void call_ended(ost_login_call *call, void *user)
{
    (void)call, (void)user;
}

/* `expected` is -1 where all that counts is that the error tells of itself. */
static void judge(ost_result result, int expected, bool tells)
{
    if (expected >= 0 && (int)result != expected)
        fprintf(stderr, "%s: %s\n", ost_result_name(result), error.detail), _exit(3);
    if (tells && error.code != (result == OST_OK ? UNTOUCHED : result))
        fprintf(stderr, "%s, the error says %d\n", ost_result_name(result), (int)error.code),
            _exit(4);
}

#include "null_cases.inc"

static void need(ost_result result)
{
    if (result != OST_OK) {
        fprintf(stderr, "the preparations fail: %s\n", ost_result_name(result));
        _exit(5);
    }
}

static void prepare_keys(void)
{
    need(ost_key_generate(OST_ES256, 0, NULL, &key, NULL));
    need(ost_key_generate(OST_ECDH_ES_A128KW, 0, NULL, &wrapper, NULL));
    need(ost_keyset_new(&key, 1, &keys));
    need(ost_keyset_new(&wrapper, 1, &wrappers));
    need(ost_key_export_spki(key, OST_KEY_PEM, arena, &pem));
    need(ost_key_export_spki(key, OST_KEY_DER, arena, &der));
    written = ost_json_writer_new(arena, 0);
    need(ost_key_export_public(key, written));
    need(ost_json_writer_finish(written, &jwk));
    const char *set = ost_arena_format(arena, "{\"keys\":[%s]}", jwk.data);
    jwks = (ost_text){set, strlen(set)};
    writer = ost_json_writer_new(arena, 0);
}

static void prepare_tokens(void)
{
    static const char text[] =
        "{\"iss\":\"" ISSUER "\",\"aud\":\"api\",\"sub\":\"bob\",\"exp\":9999999999,\"ok\":true}";
    payload = (ost_text){text, sizeof text - 1};
    jws_signer = (ost_jws_signer){.key = key, .alg = OST_ES256};
    recipient = (ost_recipient){.key = wrapper, .alg = OST_ECDH_ES_A128KW};
    need(ost_json_read(payload, NULL, arena, &json, NULL));
    need(ost_json_read(jwks, NULL, arena, &published, NULL));
    need(ost_jws_sign(payload, key, OST_ES256, "JWT", arena, &token));
    need(ost_jws_read_unverified(token, 0, arena, &unverified_jws, NULL));
    need(ost_jws_json_sign(payload, &jws_signer, 1, NULL, arena, &signed_json, NULL));
    need(ost_jwe_encrypt(token, wrapper, recipient.alg, OST_A128GCM, &jwe_options, arena,
                         &encrypted, NULL));
    need(ost_jwe_json_encrypt(token, &recipient, 1, OST_A128GCM, &jwe_options, arena,
                              &encrypted_json, NULL));
    need(ost_bytes_sign(OST_TEXT("text"), key, OST_ES256, arena, &signature));
    need(ost_key_import_secret(SECRET, OST_A256KW, NULL, &secret_key, NULL));
    need(ost_secret_wrap(SECRET, secret_key, OST_A256KW, arena, &wrapped));
    need(ost_jwt_verify(token, keys, &claims_rules, ost_now(NULL), arena, &claims, NULL));
}

static void prepare_memory(void)
{
    need(ost_replay_table_make(opened, sizeof opened, NULL, &table));
}

static void prepare_guard(const char *seed)
{
    static ost_issuer issuer;
    static ost_text field;
    FILE *file = fopen(seed, "w");
    if (!file || fwrite(jwks.data, 1, jwks.len, file) != jwks.len || fclose(file) != 0)
        _exit(5);
    issuer = (ost_issuer){.issuer = ISSUER,
                          .audiences = &audience,
                          .audience_count = 1,
                          .jwks_url = "https://127.0.0.1:1/",
                          .seed_file = seed};
    guard_config = (ost_guard_config){.issuers = &issuer, .issuer_count = 1};
    need(ost_guard_new(&guard_config, &guard, NULL));
    field.data = ost_arena_format(arena, "Bearer %s", token.data);
    field.len = strlen(field.data);
    credentials = (ost_credentials){.authorization = &field, .authorization_count = 1};
    ost_guard_check(guard, &policy, &credentials, false, arena, &verdict);
    need(verdict.reason);
    identity = verdict.identity;
}

static void prepare_login(void)
{
    login_config = (ost_login_config){.issuer = ISSUER,
                                      .discovery_url = "https://127.0.0.1:1/",
                                      .client_id = "web",
                                      .redirect_path = "/auth",
                                      .secret = SECRET,
                                      .guard = guard};
    need(ost_login_new(&login_config, &login, NULL));
}

int main(int argc, char **argv)
{
    bool bad = argc != 2;
    for (size_t i = 0; !bad && i < sizeof cases / sizeof cases[0]; i++) {
        int status = 0;
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            arena = ost_arena_new((size_t)4 << 20);
            prepare_keys();
            prepare_tokens();
            prepare_memory();
            prepare_guard(argv[1]);
            prepare_login();
            error.code = UNTOUCHED;
            cases[i].run();
            _exit(0);
        }
        if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0)
            printf("%s ends with %#x\n", cases[i].what, (unsigned)status);
    }
    return bad;
}
