/* SPDX-License-Identifier: Apache-2.0 */
/* Whole checks while one allocation after another fails, ours or one beyond the arena's ceiling:
 * the verdict is the one that would have been, or "not now" (503). Nobody is let in by it, nobody
 * is told that a good token is a bad one, and nothing is lost. */
#include <string.h>

#include "base/base64url.h"
#include "base/context.h"
#include "fixture.h"
#include "forge.h"
#include "prover.h"

#define CERTIFICATE OST_TEXT("this stands for the DER of a certificate")
#define TRIES_MAX 5000

static ost_key *own; /* the API's, for encryption */

static int start(void **state)
{
    return fixture_start(state) != 0 ||
           ost_key_generate(OST_ECDH_ES_A128KW, 0, "own", &own, NULL) != OST_OK;
}

static int end(void **state)
{
    ost_key_unref(own);
    return fixture_end(state);
}

/* ---- what is shown ---- */

typedef enum proof_kind { PROOF_NONE, PROOF_RIGHT, PROOF_OTHER_METHOD, PROOF_OLD_NONCE } proof_kind;

typedef struct request {
    const char *scheme;
    ost_text token;
    proof_kind proof; /* made anew each time: it counts once */
    const ost_policy *policy;
    ost_text certificate;
    ost_result expected;
} request;

static ost_guard *guard_of(fixture *f)
{
    ost_keyset *keys = NULL;
    assert_int_equal(ost_keyset_new(&own, 1, &keys), OST_OK);
    ost_guard *guard =
        fixture_guard(f, (ost_issuer){0},
                      (ost_guard_config){
                          .decryption_keys = keys,
                          .insecure_explain = true,
                          .dpop = {.require_nonce = true,
                                   .nonce_secret = OST_TEXT("0123456789abcdef0123456789abcdef"),
                                   .proofs = 1000},
                      });
    ost_keyset_unref(keys);
    return guard;
}

static const char *nonce_now(fixture *f, ost_guard *guard, ost_text token)
{
    ost_verdict verdict =
        prover_show(f, guard, &fixture_any, token, prover_proof(f, token, (proof_parts){0}));
    assert_int_equal(verdict.dpop_nonce.len, 32);
    return ost_arena_copy(f->arena, verdict.dpop_nonce);
}

static ost_text proof_of(fixture *f, const request *r, const char *nonce)
{
    proof_parts parts = {.nonce = nonce};
    if (r->proof == PROOF_NONE)
        return (ost_text){0};
    if (r->proof == PROOF_OTHER_METHOD)
        parts.htm = "POST";
    if (r->proof == PROOF_OLD_NONCE)
        parts.nonce = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    return prover_proof(f, r->token, parts);
}

static ost_text encrypted(fixture *f, ost_text content)
{
    const ost_jwe_options jwt = {.cty = "JWT"};
    ost_text token = {0};
    assert_int_equal(ost_jwe_encrypt(content, own, OST_ECDH_ES_A128KW, OST_A256GCM, &jwt, f->arena,
                                     &token, NULL),
                     OST_OK);
    return token;
}

static ost_text bound_to_certificate(fixture *f)
{
    unsigned char hash[32];
    char thumbprint[44];
    assert_int_equal(ost_sha256(CERTIFICATE, hash), OST_OK);
    thumbprint[base64url_encode(hash, sizeof hash, thumbprint)] = '\0';
    return fixture_token(
        f,
        ost_arena_format(f->arena, "{" GOOD_CLAIMS ",\"cnf\":{\"x5t#S256\":\"%s\"}}", thumbprint));
}

static const char *const write_scopes[] = {"write", NULL};
static const ost_policy may_write = {.scopes = write_scopes};

#define CASES 11

static void make_cases(fixture *f, request cases[CASES])
{
    const ost_policy *any = &fixture_any;
    ost_text good = fixture_token(f, "{" GOOD_CLAIMS "}");
    ost_text foreign =
        forge(f->arena, RSA_HEADER, "{" GOOD_CLAIMS "}", f->rsa_foreign, FORGE_PKCS1);
    ost_text other = fixture_token(f, "{" GOOD_TIMES "," GOOD_NAMES ",\"aud\":\"other\"}");
    ost_text bound = prover_token(f, f->ec, "");
    ost_text held = bound_to_certificate(f);
    const request all[CASES] = {
        {"Bearer", good, PROOF_NONE, any, {0}, OST_OK},
        {"Bearer", good, PROOF_NONE, &may_write, {0}, OST_E_SCOPE},
        {"Bearer", other, PROOF_NONE, any, {0}, OST_E_AUDIENCE},
        {"Bearer", foreign, PROOF_NONE, any, {0}, OST_E_SIGNATURE},
        {"Bearer", encrypted(f, good), PROOF_NONE, any, {0}, OST_OK},
        {"Bearer", encrypted(f, other), PROOF_NONE, any, {0}, OST_E_AUDIENCE},
        {"DPoP", bound, PROOF_RIGHT, any, {0}, OST_OK},
        {"DPoP", bound, PROOF_OTHER_METHOD, any, {0}, OST_E_PROOF},
        {"DPoP", bound, PROOF_OLD_NONCE, any, {0}, OST_E_PROOF_NONCE},
        {"Bearer", held, PROOF_NONE, any, CERTIFICATE, OST_OK},
        {"Bearer", held, PROOF_NONE, any, OST_TEXT("another"), OST_E_SENDER},
    };
    memcpy(cases, all, sizeof all);
}

/* ---- how it is judged ---- */

typedef struct trial {
    fixture *f;
    ost_guard *guard;
    const request *r;
    ost_text authorization, proof;
} trial;

static trial try_again(fixture *f, const request *r)
{
    trial t = {.f = f, .guard = guard_of(f), .r = r};
    const char *nonce = r->proof != PROOF_NONE ? nonce_now(f, t.guard, r->token) : NULL;
    t.proof = proof_of(f, r, nonce);
    t.authorization =
        text_of(ost_arena_format(f->arena, "%s %.*s", r->scheme, (int)r->token.len, r->token.data));
    return t;
}

static void look(const trial *t, ost_arena *arena, ost_verdict *ret)
{
    const ost_credentials credentials = {
        .authorization = &t->authorization,
        .authorization_count = 1,
        .method = OST_TEXT("GET"),
        .url = OST_TEXT(PROVER_URL),
        .dpop = &t->proof,
        .dpop_count = t->proof.data != NULL,
        .certificate = t->r->certificate,
    };
    ost_guard_check(t->guard, t->r->policy, &credentials, false, arena, ret);
}

/* True: what it would have been anyway. */
static bool judge(const request *r, const ost_verdict *verdict)
{
    if (verdict->reason == r->expected) {
        assert_int_equal(verdict->decision, r->expected == OST_OK ? OST_ALLOW : OST_REFUSE);
        assert_int_equal(verdict->challenge.len > 0, r->expected != OST_OK);
        if (r->expected == OST_OK)
            assert_true(text_is(ost_identity_subject(verdict->identity), "alice"));
        assert_int_equal(verdict->dpop_nonce.len, r->expected == OST_E_PROOF_NONCE ? 32 : 0);
        return true;
    }
    assert_int_equal(verdict->decision, OST_REFUSE);
    assert_int_equal(verdict->reason, OST_E_MEMORY);
    assert_int_equal(verdict->status, 503);
    assert_int_equal(verdict->challenge.len, 0);
    return false;
}

/* A proof counts once, whatever has failed meanwhile. */
static void show_again(const trial *t, const ost_verdict *before)
{
    ost_verdict verdict;
    look(t, t->f->arena, &verdict);
    if (t->r->proof == PROOF_RIGHT && before->decision == OST_ALLOW)
        assert_int_equal(verdict.reason, OST_E_PROOF);
    else if (t->r->proof != PROOF_RIGHT)
        assert_true(judge(t->r, &verdict));
}

static void each_of_ours_fails_once(fixture *f, const request *r)
{
    bool reached = true;
    for (uint64_t n = 1; reached && n < TRIES_MAX; n++) {
        ost_verdict verdict;
        trial t = try_again(f, r);
        ost_arena *arena = ost_arena_new((size_t)1 << 20);
        uint64_t before = memory_count();
        memory_fail_at(n);
        look(&t, arena, &verdict);
        memory_fail_at(0);
        reached = memory_count() - before >= n;
        assert_true(judge(r, &verdict) || reached);
        show_again(&t, &verdict);
        ost_arena_free(arena);
        ost_guard_free(t.guard);
    }
    assert_false(reached);
}

static void each_arena_is_too_small(fixture *f, const request *r)
{
    size_t failed = 0;
    bool whole = false;
    for (size_t room = 1; !whole && room < (size_t)1 << 20; room += 1 + room / 40) {
        ost_verdict verdict;
        trial t = try_again(f, r);
        ost_arena *arena = ost_arena_new(room);
        look(&t, arena, &verdict);
        whole = judge(r, &verdict);
        failed += !whole;
        show_again(&t, &verdict);
        ost_arena_free(arena);
        ost_guard_free(t.guard);
    }
    assert_true(whole);
    assert_true(failed > 0);
}

static void no_memory(void **state)
{
    request cases[CASES];
    ost_arena *kept = ost_arena_new((size_t)64 << 20);
    fixture *f = *state;
    ost_arena *own_arena = f->arena;
    f->arena = kept;
    make_cases(f, cases);
    for (size_t i = 0; i < CASES; i++) {
        each_of_ours_fails_once(f, &cases[i]);
        each_arena_is_too_small(f, &cases[i]);
    }
    f->arena = own_arena;
    ost_arena_free(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(no_memory, fixture_reset),
    };
    return cmocka_run_group_tests_name("guard-check_memory", tests, start, end);
}
