/* Attacks 41 and 42: tokens that are bound to a sender, used by another (RFC 9449, RFC 8705). */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base64url.h"
#include "context.h"
#include "forge.h"
#include "prover.h"

static void refused(ost_verdict verdict, ost_result reason)
{
    if (verdict.decision != OST_REFUSE || verdict.reason != reason || verdict.status != 401) {
        fail_msg("%s, %d, %.*s", ost_result_name(verdict.reason), verdict.status,
                 (int)verdict.explanation.len, verdict.explanation.data);
    }
    assert_null(verdict.identity);
}

static void allowed(ost_verdict verdict)
{
    if (verdict.decision != OST_ALLOW) {
        fail_msg("%s: %.*s", ost_result_name(verdict.reason), (int)verdict.explanation.len,
                 verdict.explanation.data);
    }
    assert_non_null(verdict.identity);
}

static ost_verdict show(fixture *f, ost_text token, proof_parts parts)
{
    return prover_show(f, f->guard, &fixture_any, token, prover_proof(f, token, parts));
}

/* ---- what must pass ---- */

static void a_bound_token_with_its_proof_is_let_in(void **state)
{
    fixture *f = *state;
    const ost_key *const keys[] = {f->ec, f->rsa};
    for (size_t i = 0; i < 2; i++) {
        ost_text token = prover_token(f, keys[i], "");
        for (int round = 0; round < 3; round++)
            allowed(show(f, token, (proof_parts){.key = keys[i]}));
    }
}

static void urls_are_compared_in_their_normal_form(void **state)
{
    fixture *f = *state;
    static const char *const same[] = {
        "HTTPS://API.Example.org/items",       "https://api.example.org:443/items",
        "https://api.example.org/items?x=1#y", "https://api.example.org/a/../%69tems",
        "https://api.example.org/./items",
    };
    ost_text token = prover_token(f, f->ec, "");
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        allowed(show(f, token, (proof_parts){.htu = same[i]}));
}

static void a_proof_may_be_a_little_ahead_or_old(void **state)
{
    fixture *f = *state;
    ost_text token = prover_token(f, f->ec, "");
    allowed(show(f, token, (proof_parts){.iat = NOW - 60}));
    allowed(show(f, token, (proof_parts){.iat = NOW + 10}));
}

/* ---- 41: DPoP ---- */

static void attack_41_replayed_proof(void **state)
{
    fixture *f = *state;
    ost_text token = prover_token(f, f->ec, "");
    ost_text proof = prover_proof(f, token, (proof_parts){0});
    allowed(prover_show(f, f->guard, &fixture_any, token, proof));
    refused(prover_show(f, f->guard, &fixture_any, token, proof), OST_E_PROOF);
    /* The same jti in another proof of the same key is as good as the same proof. */
    allowed(show(f, token, (proof_parts){.jti = "once", .iat = NOW - 1}));
    refused(show(f, token, (proof_parts){.jti = "once", .iat = NOW}), OST_E_PROOF);
    /* As long as it is young enough to be accepted, and after that its age is against it. */
    f->now = NOW + 60;
    refused(prover_show(f, f->guard, &fixture_any, token, proof), OST_E_PROOF);
    f->now = NOW + 61;
    refused(prover_show(f, f->guard, &fixture_any, token, proof), OST_E_PROOF);
}

static void attack_41_wrong_method(void **state)
{
    fixture *f = *state;
    ost_text token = prover_token(f, f->ec, "");
    static const char *const methods[] = {"POST", "get", "", "GET ", "GETX"};
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        refused(show(f, token, (proof_parts){.htm = methods[i]}), OST_E_PROOF);
}

static void attack_41_wrong_url(void **state)
{
    fixture *f = *state;
    static const char *const urls[] = {
        "http://api.example.org/items",
        "https://api.example.org:444/items",
        "https://api.example.org/items/",
        "https://api.example.org/Items",
        "https://api.example.org/item",
        "https://api.example.org/",
        "https://other.example.org/items",
        "https://api.example.org.evil.org/items",
        "https://api.example.org@evil/items",
        "https://evil@api.example.org/items",
        "https://api.example.org%2Fitems",
        "https://api.example.org/a%2Fitems",
        "https://api.example.org/items%",
        "https://api.example.org/items%0",
        "//api.example.org/items",
        "/items",
        "",
        "items",
        "https://",
        "https:///items",
        "https://api.example.org:443x/items",
        "https://api.example.org\\\\items",
        "https://api.example.org/items/../..",
        "ftp://api.example.org/items",
    };
    ost_text token = prover_token(f, f->ec, "");
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++)
        refused(show(f, token, (proof_parts){.htu = urls[i]}), OST_E_PROOF);
}

static void attack_41_wrong_token_hash(void **state)
{
    fixture *f = *state;
    ost_text token = prover_token(f, f->ec, ""), other = prover_token(f, f->ec, ",\"x\":1");
    refused(prover_show(f, f->guard, &fixture_any, token, prover_proof(f, other, (proof_parts){0})),
            OST_E_PROOF);
    refused(show(f, token, (proof_parts){.ath = ""}), OST_E_PROOF);
}

static void attack_41_wrong_time(void **state)
{
    fixture *f = *state;
    static const int64_t offsets[] = {-61, -3600, 11, 3600};
    ost_text token = prover_token(f, f->ec, "");
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++)
        refused(show(f, token, (proof_parts){.iat = NOW + offsets[i]}), OST_E_PROOF);
}

static void attack_41_another_key(void **state)
{
    fixture *f = *state;
    ost_text token = prover_token(f, f->ec, "");
    /* A key of the thief's own; it signs well, and is not the token's. */
    refused(show(f, token, (proof_parts){.key = f->rsa}), OST_E_SENDER);
    /* The victim's public key in the header, signed by the thief's. */
    ost_key *mine;
    assert_int_equal(ost_key_generate(OST_ES256, 0, NULL, &mine, NULL), OST_OK);
    refused(show(f, token, (proof_parts){.key = mine, .jwk = prover_jwk(f->arena, f->ec)}),
            OST_E_PROOF);
    ost_key_unref(mine);
}

static void attack_41_key_that_is_no_public_one(void **state)
{
    fixture *f = *state;
    ost_text token = prover_token(f, f->ec, ""), text;
    ost_json_writer *writer = ost_json_writer_new(f->arena, 0);
    assert_int_equal(ost_key_export_private(f->ec, writer), OST_OK);
    assert_int_equal(ost_json_writer_finish(writer, &text), OST_OK);
    refused(show(f, token, (proof_parts){.jwk = text.data}), OST_E_PROOF);
    static const char *const bad[] = {
        "{}",
        "[]",
        "null",
        "\"x\"",
        "{\"kty\":\"EC\"}",
        "{\"kty\":\"oct\",\"k\":\"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY\"}"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        refused(show(f, token, (proof_parts){.jwk = bad[i]}), OST_E_PROOF);
}

static void attack_41_proof_of_another_kind(void **state)
{
    fixture *f = *state;
    ost_text token = prover_token(f, f->ec, "");
    static const char *const types[] = {"JWT", "at+jwt", "", "dpop", "xdpop+jwt"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        refused(show(f, token, (proof_parts){.typ = types[i]}), OST_E_PROOF);
    const char *jwk = prover_jwk(f->arena, f->ec);
    static const char *const headers[] = {
        "{\"typ\":\"dpop+jwt\",\"alg\":\"none\",\"jwk\":%s}",
        "{\"typ\":\"dpop+jwt\",\"alg\":\"HS256\",\"jwk\":%s}",
        "{\"typ\":\"dpop+jwt\",\"alg\":\"ES384\",\"jwk\":%s}",
        "{\"typ\":\"dpop+jwt\",\"alg\":\"RS256\",\"jwk\":%s}",
        "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"crit\":[\"x\"],\"jwk\":%s}",
        "{\"alg\":\"ES256\",\"jwk\":%s}",
    };
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        char header[1024];
        const char *at = strstr(headers[i], "%s");
        snprintf(header, sizeof header, "%.*s%s%s", (int)(at - headers[i]), headers[i], jwk,
                 at + 2);
        refused(show(f, token, (proof_parts){.header = header}), OST_E_PROOF);
    }
    refused(show(f, token, (proof_parts){.header = "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\"}"}),
            OST_E_PROOF);
}

static void attack_41_claims_that_are_none(void **state)
{
    fixture *f = *state;
    ost_text token = prover_token(f, f->ec, "");
    static const char *const claims[] = {
        "",
        "[]",
        "{}",
        "{\"jti\":\"\",\"htm\":\"GET\",\"htu\":\"" PROVER_URL "\",\"iat\":1700000000}",
        "{\"jti\":7,\"htm\":\"GET\",\"htu\":\"" PROVER_URL "\",\"iat\":1700000000}",
        "{\"jti\":\"n\",\"htm\":\"GET\",\"htu\":\"" PROVER_URL "\",\"iat\":1700000000}",
        "{\"jti\":\"n\",\"htm\":\"GET\",\"htu\":\"" PROVER_URL "\",\"iat\":\"1700000000\"}",
        "{\"jti\":\"n\",\"htm\":\"GET\",\"htu\":\"" PROVER_URL "\",\"iat\":1e300}",
        "{\"jti\":\"n\",\"htm\":\"GET\",\"htu\":\"" PROVER_URL "\"}",
        "{\"jti\":\"n\",\"htm\":[\"GET\"],\"htu\":\"" PROVER_URL "\",\"iat\":1700000000}",
        "{\"jti\":\"n\",\"htm\":\"GET\",\"htu\":[\"" PROVER_URL "\"],\"iat\":1700000000}",
        "{\"jti\":\"n\",\"jti\":\"m\"}",
    };
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++)
        refused(show(f, token, (proof_parts){.claims = claims[i]}), OST_E_PROOF);
}

static void attack_41_bound_token_as_bearer(void **state)
{
    fixture *f = *state;
    ost_text token = prover_token(f, f->ec, "");
    ost_text proof = prover_proof(f, token, (proof_parts){0});
    refused(prover_check(f, f->guard, &fixture_any, "Bearer", token, NULL, 0), OST_E_SENDER);
    refused(prover_check(f, f->guard, &fixture_any, "Bearer", token, &proof, 1), OST_E_SENDER);
    /* And also once it is remembered. */
    allowed(prover_show(f, f->guard, &fixture_any, token, proof));
    refused(prover_check(f, f->guard, &fixture_any, "Bearer", token, NULL, 0), OST_E_SENDER);
    /* Out of a session there is nobody to prove anything. */
    ost_verdict verdict;
    const ost_credentials session = {.bearer = token};
    ost_guard_check(f->guard, &fixture_any, &session, false, f->arena, &verdict);
    refused(verdict, OST_E_SENDER);
}

static void attack_41_unbound_token_as_dpop(void **state)
{
    fixture *f = *state;
    ost_text token = fixture_token(f, "{" GOOD_CLAIMS "}");
    refused(show(f, token, (proof_parts){0}), OST_E_SENDER);
}

static void attack_41_no_proof_and_two(void **state)
{
    fixture *f = *state;
    ost_text token = prover_token(f, f->ec, "");
    const ost_text proofs[] = {prover_proof(f, token, (proof_parts){0}),
                               prover_proof(f, token, (proof_parts){0})};
    refused(prover_check(f, f->guard, &fixture_any, "DPoP", token, NULL, 0), OST_E_PROOF);
    refused(prover_check(f, f->guard, &fixture_any, "DPoP", token, proofs, 2), OST_E_PROOF);
    const char *both = ost_arena_format(f->arena, "%.*s, %.*s", (int)proofs[0].len, proofs[0].data,
                                        (int)proofs[1].len, proofs[1].data);
    refused(prover_show(f, f->guard, &fixture_any, token, text_of(both)), OST_E_PROOF);
}

/* A program that does not say under which address it was asked cannot judge a proof. */
static void attack_41_without_an_address(void **state)
{
    fixture *f = *state;
    ost_text token = prover_token(f, f->ec, "");
    ost_text proof = prover_proof(f, token, (proof_parts){0});
    ost_text authorization =
        text_of(ost_arena_format(f->arena, "DPoP %.*s", (int)token.len, token.data));
    const ost_credentials credentials = {
        .authorization = &authorization, .authorization_count = 1, .dpop = &proof, .dpop_count = 1};
    ost_verdict verdict;
    ost_guard_check(f->guard, &fixture_any, &credentials, false, f->arena, &verdict);
    refused(verdict, OST_E_SENDER);
}

/* Nor does it offer what it cannot judge. */
static void dpop_is_offered_by_who_can_take_it(void **state)
{
    fixture *f = *state;
    const ost_text get = OST_TEXT("GET"), url = OST_TEXT(PROVER_URL);
    const ost_credentials knowing[] = {
        {0}, {.method = get}, {.url = url}, {.method = get, .url = url}};
    for (size_t i = 0; i < sizeof knowing / sizeof knowing[0]; i++) {
        ost_verdict verdict;
        ost_guard_check(f->guard, &fixture_any, &knowing[i], false, f->arena, &verdict);
        assert_int_equal(verdict.status, 401);
        assert_true((strstr(verdict.challenge.data, "DPoP") != NULL) == (i == 3));
    }
}

static void attack_41_confirmations_that_are_not_understood(void **state)
{
    fixture *f = *state;
    static const char *const confirmations[] = {
        "{}",
        "[]",
        "null",
        "\"x\"",
        "{\"kid\":\"x\"}",
        "{\"jwk\":{}}",
        "{\"jkt\":7}",
        "{\"jkt\":\"short\"}",
        "{\"jkt\":\"0123456789012345678901234567890123456789012\",\"x\":1}",
        "{\"x5t#S256\":\"\"}",
    };
    for (size_t i = 0; i < sizeof confirmations / sizeof confirmations[0]; i++) {
        ost_text token = fixture_token(
            f, ost_arena_format(f->arena, "{" GOOD_CLAIMS ",\"cnf\":%s}", confirmations[i]));
        refused(prover_check(f, f->guard, &fixture_any, "Bearer", token, NULL, 0), OST_E_SENDER);
        refused(show(f, token, (proof_parts){0}), OST_E_SENDER);
    }
}

/* ---- 41: the nonce ---- */

static void attack_41_nonces_are_demanded(void **state)
{
    fixture *f = *state;
    ost_guard *strict = fixture_guard(
        f, (ost_issuer){0}, (ost_guard_config){.realm = "items", .dpop = {.require_nonce = true}});
    ost_text token = prover_token(f, f->ec, "");
    ost_verdict verdict =
        prover_show(f, strict, &fixture_any, token, prover_proof(f, token, (proof_parts){0}));
    refused(verdict, OST_E_PROOF_NONCE);
    assert_true(text_starts(verdict.challenge, "DPoP realm=\"items\", error=\"use_dpop_nonce\""));
    assert_int_equal(verdict.dpop_nonce.len, 32);
    const char *nonce = ost_arena_copy(f->arena, verdict.dpop_nonce);
    verdict = prover_show(f, strict, &fixture_any, token,
                          prover_proof(f, token, (proof_parts){.nonce = nonce}));
    allowed(verdict);
    assert_null(verdict.dpop_nonce.data);
    /* It is good for a while after the next one has come, and the client is told that one. */
    f->now = NOW + 120;
    verdict = prover_show(f, strict, &fixture_any, token,
                          prover_proof(f, token, (proof_parts){.nonce = nonce}));
    allowed(verdict);
    assert_int_equal(verdict.dpop_nonce.len, 32);
    f->now = NOW + 240;
    verdict = prover_show(f, strict, &fixture_any, token,
                          prover_proof(f, token, (proof_parts){.nonce = nonce}));
    refused(verdict, OST_E_PROOF_NONCE);
    ost_guard_free(strict);
}

static void attack_41_nonces_of_others(void **state)
{
    fixture *f = *state;
    const ost_text secret = OST_TEXT("0123456789abcdef0123456789abcdef");
    const ost_dpop_rules shared = {.require_nonce = true, .nonce_secret = secret};
    ost_guard *one = fixture_guard(f, (ost_issuer){0}, (ost_guard_config){.dpop = shared});
    ost_guard *two = fixture_guard(f, (ost_issuer){0}, (ost_guard_config){.dpop = shared});
    ost_guard *other =
        fixture_guard(f, (ost_issuer){0}, (ost_guard_config){.dpop = {.require_nonce = true}});
    ost_text token = prover_token(f, f->ec, "");
    ost_verdict verdict =
        prover_show(f, one, &fixture_any, token, prover_proof(f, token, (proof_parts){0}));
    const char *nonce = ost_arena_copy(f->arena, verdict.dpop_nonce);
    ost_text proof = prover_proof(f, token, (proof_parts){.nonce = nonce});
    allowed(prover_show(f, two, &fixture_any, token, proof));
    refused(prover_show(f, other, &fixture_any, token, proof), OST_E_PROOF_NONCE);
    ost_guard_free(one);
    ost_guard_free(two);
    ost_guard_free(other);
}

/* When no further proof can be remembered, none is accepted. */
static void attack_41_flood_of_proofs(void **state)
{
    fixture *f = *state;
    ost_guard *small = fixture_guard(f, (ost_issuer){0}, (ost_guard_config){.dpop = {.proofs = 1}});
    ost_text token = prover_token(f, f->ec, "");
    ost_text first = prover_proof(f, token, (proof_parts){0});
    allowed(prover_show(f, small, &fixture_any, token, first));
    size_t let_in = 0;
    ost_verdict verdict = {0};
    while (let_in < 200) {
        verdict =
            prover_show(f, small, &fixture_any, token, prover_proof(f, token, (proof_parts){0}));
        if (verdict.decision != OST_ALLOW)
            break;
        let_in++;
    }
    assert_in_range(let_in, 8, 128);
    assert_int_equal(verdict.reason, OST_E_BUSY);
    assert_int_equal(verdict.status, 503);
    assert_true(verdict.retry_after > 0);
    refused(prover_show(f, small, &fixture_any, token, first), OST_E_PROOF);
    f->now = NOW + 61; /* room again */
    allowed(prover_show(f, small, &fixture_any, token, prover_proof(f, token, (proof_parts){0})));
    ost_guard_free(small);
}

/* Whoever has stolen a bound token does not learn by it what the route demands. */
static void attack_41_a_stolen_token_tells_nothing(void **state)
{
    static const char *const scopes[] = {"items:write", NULL};
    static const ost_policy policy = {.scopes = scopes};
    fixture *f = *state;
    ost_text token = prover_token(f, f->ec, "");
    refused(prover_check(f, f->guard, &policy, "Bearer", token, NULL, 0), OST_E_SENDER);
    ost_verdict verdict =
        prover_show(f, f->guard, &policy, token, prover_proof(f, token, (proof_parts){0}));
    assert_int_equal(verdict.reason, OST_E_SCOPE);
    assert_int_equal(verdict.status, 403);
}

/* ---- many threads ---- */

#define THREADS 8
#define ROUNDS 40

typedef struct race {
    fixture *f;
    ost_text authorization, proofs[ROUNDS];
    atomic_uint let_in[ROUNDS];
} race;

static void *show_all(void *user)
{
    race *r = user;
    ost_arena *arena = ost_arena_new((size_t)1 << 20);
    for (size_t i = 0; i < ROUNDS; i++) {
        const ost_credentials credentials = {
            .authorization = &r->authorization,
            .authorization_count = 1,
            .method = OST_TEXT("GET"),
            .url = OST_TEXT(PROVER_URL),
            .dpop = &r->proofs[i],
            .dpop_count = 1,
        };
        ost_verdict verdict;
        ost_guard_check(r->f->guard, &fixture_any, &credentials, false, arena, &verdict);
        if (verdict.decision == OST_ALLOW)
            atomic_fetch_add(&r->let_in[i], 1);
        ost_arena_reset(arena);
    }
    ost_arena_free(arena);
    return NULL;
}

static void attack_41_replay_by_many_threads(void **state)
{
    fixture *f = *state;
    race r = {.f = f};
    pthread_t threads[THREADS];
    ost_text token = prover_token(f, f->ec, "");
    r.authorization = text_of(ost_arena_format(f->arena, "DPoP %.*s", (int)token.len, token.data));
    for (size_t i = 0; i < ROUNDS; i++)
        r.proofs[i] = prover_proof(f, token, (proof_parts){0});
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, show_all, &r), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (size_t i = 0; i < ROUNDS; i++)
        assert_int_equal(atomic_load(&r.let_in[i]), 1);
}

/* ---- 42: certificates ---- */

#define CERTIFICATE "this stands for the DER of a certificate"

static ost_verdict show_certificate(fixture *f, const ost_policy *policy, const char *bound_to,
                                    ost_text shown, const char *more)
{
    unsigned char hash[32];
    ost_text thumbprint;
    assert_int_equal(ost_sha256(text_of(bound_to), hash), OST_OK);
    assert_int_equal(base64url_encode_to(f->arena, text_of_bytes(hash, sizeof hash), &thumbprint),
                     OST_OK);
    const char *claims = ost_arena_format(
        f->arena, "{" GOOD_CLAIMS ",\"cnf\":{\"x5t#S256\":\"%s\"%s}}", thumbprint.data, more);
    ost_text token = fixture_token(f, claims);
    ost_text authorization =
        text_of(ost_arena_format(f->arena, "Bearer %.*s", (int)token.len, token.data));
    const ost_credentials credentials = {
        .authorization = &authorization, .authorization_count = 1, .certificate = shown};
    ost_verdict verdict;
    ost_guard_check(f->guard, policy, &credentials, false, f->arena, &verdict);
    return verdict;
}

static void attack_42_certificates(void **state)
{
    fixture *f = *state;
    allowed(show_certificate(f, &fixture_any, CERTIFICATE, OST_TEXT(CERTIFICATE), ""));
    refused(show_certificate(f, &fixture_any, CERTIFICATE, OST_TEXT("another"), ""), OST_E_SENDER);
    refused(show_certificate(f, &fixture_any, CERTIFICATE, (ost_text){0}, ""), OST_E_SENDER);
    refused(show_certificate(f, &fixture_any, "", (ost_text){0}, ""), OST_E_SENDER);
    refused(show_certificate(f, &fixture_any, CERTIFICATE, OST_TEXT(CERTIFICATE),
                             ",\"jkt\":\"0123456789012345678901234567890123456789012\""),
            OST_E_SENDER);
}

/* ---- what routes ask for ---- */

static void routes_ask_for_their_kind_of_sender(void **state)
{
    fixture *f = *state;
    const ost_policy dpop = {.sender = OST_SENDER_DPOP}, mtls = {.sender = OST_SENDER_MTLS},
                     bound = {.sender = OST_SENDER_BOUND}, unknown = {.sender = (ost_sender)9};
    ost_text plain = fixture_token(f, "{" GOOD_CLAIMS "}"), token = prover_token(f, f->ec, "");
    const ost_text certificate = OST_TEXT(CERTIFICATE);
    refused(fixture_check(f, f->guard, &dpop, plain), OST_E_SENDER);
    refused(fixture_check(f, f->guard, &mtls, plain), OST_E_SENDER);
    refused(fixture_check(f, f->guard, &bound, plain), OST_E_SENDER);
    refused(fixture_check(f, f->guard, &unknown, plain), OST_E_SENDER);
    const ost_policy *const good[] = {&dpop, &bound};
    for (size_t i = 0; i < 2; i++) {
        ost_text proof = prover_proof(f, token, (proof_parts){0});
        allowed(prover_show(f, f->guard, good[i], token, proof));
    }
    refused(prover_show(f, f->guard, &mtls, token, prover_proof(f, token, (proof_parts){0})),
            OST_E_SENDER);
    allowed(show_certificate(f, &mtls, CERTIFICATE, certificate, ""));
    allowed(show_certificate(f, &bound, CERTIFICATE, certificate, ""));
    refused(show_certificate(f, &dpop, CERTIFICATE, certificate, ""), OST_E_SENDER);
}

/* ---- challenges ---- */

#define ALGS "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA"

static void challenge_is(ost_verdict verdict, const char *expected)
{
    if (!text_is(verdict.challenge, expected))
        fail_msg("%.*s", (int)verdict.challenge.len, verdict.challenge.data);
}

static void challenges_name_the_schemes(void **state)
{
    fixture *f = *state;
    const ost_policy dpop = {.sender = OST_SENDER_DPOP}, mtls = {.sender = OST_SENDER_MTLS};
    const ost_credentials none = {.method = OST_TEXT("GET"), .url = OST_TEXT(PROVER_URL)};
    ost_guard *plain = fixture_guard(
        f, (ost_issuer){0}, (ost_guard_config){.realm = "items", .resource_metadata = "https://m"});
    ost_verdict verdict;
    ost_guard_check(plain, &fixture_any, &none, false, f->arena, &verdict);
    challenge_is(verdict, "Bearer realm=\"items\", resource_metadata=\"https://m\", "
                          "DPoP realm=\"items\", algs=\"" ALGS "\"");
    ost_guard_check(plain, &mtls, &none, false, f->arena, &verdict);
    challenge_is(verdict, "Bearer realm=\"items\", resource_metadata=\"https://m\"");
    ost_guard_check(plain, &dpop, &none, false, f->arena, &verdict);
    challenge_is(verdict,
                 "DPoP realm=\"items\", algs=\"" ALGS "\", resource_metadata=\"https://m\"");
    ost_text token = prover_token(f, f->ec, "");
    verdict = prover_check(f, plain, &fixture_any, "DPoP", token, NULL, 0);
    challenge_is(verdict, "DPoP realm=\"items\", error=\"invalid_dpop_proof\", error_description="
                          "\"the proof of possession is not valid for this request\", algs=\"" ALGS
                          "\", resource_metadata=\"https://m\", Bearer realm=\"items\"");
    verdict = prover_check(f, plain, &fixture_any, "Bearer", token, NULL, 0);
    challenge_is(verdict, "Bearer realm=\"items\", error=\"invalid_token\", error_description="
                          "\"the token is bound to another sender\", resource_metadata="
                          "\"https://m\", DPoP realm=\"items\", algs=\"" ALGS "\"");
    ost_guard_free(plain);
}

static void wrong_rules_are_told(void **state)
{
    fixture *f = *state;
    const ost_dpop_rules wrong[] = {
        {.algorithms = OST_ALG_BIT(OST_HS256)}, {.lifetime = 301},    {.leeway = 301},
        {.nonce_secret = OST_TEXT("short")},    {.proofs = SIZE_MAX},
    };
    static const char *const audiences[] = {"myapi"};
    const ost_issuer issuer = {
        .issuer = FIXTURE_ISSUER, .audiences = audiences, .audience_count = 1};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const ost_guard_config config = {
            .issuers = &issuer, .issuer_count = 1, .context = &f->context, .dpop = wrong[i]};
        ost_guard *guard;
        ost_error error = {0};
        assert_int_equal(ost_guard_new(&config, &guard, &error), OST_E_CONFIG);
        assert_true(error.detail[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_bound_token_with_its_proof_is_let_in, fixture_reset),
        cmocka_unit_test_setup(urls_are_compared_in_their_normal_form, fixture_reset),
        cmocka_unit_test_setup(a_proof_may_be_a_little_ahead_or_old, fixture_reset),
        cmocka_unit_test_setup(attack_41_replayed_proof, fixture_reset),
        cmocka_unit_test_setup(attack_41_wrong_method, fixture_reset),
        cmocka_unit_test_setup(attack_41_wrong_url, fixture_reset),
        cmocka_unit_test_setup(attack_41_wrong_token_hash, fixture_reset),
        cmocka_unit_test_setup(attack_41_wrong_time, fixture_reset),
        cmocka_unit_test_setup(attack_41_another_key, fixture_reset),
        cmocka_unit_test_setup(attack_41_key_that_is_no_public_one, fixture_reset),
        cmocka_unit_test_setup(attack_41_proof_of_another_kind, fixture_reset),
        cmocka_unit_test_setup(attack_41_claims_that_are_none, fixture_reset),
        cmocka_unit_test_setup(attack_41_bound_token_as_bearer, fixture_reset),
        cmocka_unit_test_setup(attack_41_unbound_token_as_dpop, fixture_reset),
        cmocka_unit_test_setup(attack_41_no_proof_and_two, fixture_reset),
        cmocka_unit_test_setup(attack_41_without_an_address, fixture_reset),
        cmocka_unit_test_setup(dpop_is_offered_by_who_can_take_it, fixture_reset),
        cmocka_unit_test_setup(attack_41_confirmations_that_are_not_understood, fixture_reset),
        cmocka_unit_test_setup(attack_41_nonces_are_demanded, fixture_reset),
        cmocka_unit_test_setup(attack_41_nonces_of_others, fixture_reset),
        cmocka_unit_test_setup(attack_41_flood_of_proofs, fixture_reset),
        cmocka_unit_test_setup(attack_41_a_stolen_token_tells_nothing, fixture_reset),
        cmocka_unit_test_setup(attack_41_replay_by_many_threads, fixture_reset),
        cmocka_unit_test_setup(attack_42_certificates, fixture_reset),
        cmocka_unit_test_setup(routes_ask_for_their_kind_of_sender, fixture_reset),
        cmocka_unit_test_setup(challenges_name_the_schemes, fixture_reset),
        cmocka_unit_test_setup(wrong_rules_are_told, fixture_reset),
    };
    return cmocka_run_group_tests(tests, fixture_start, fixture_end);
}
