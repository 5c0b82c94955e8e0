/* SPDX-License-Identifier: Apache-2.0 */
/* Attack 41: proofs of possession that were used before, and the nonces against them (RFC 9449 §8,
 * §11.1). */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "prover.h"

static void attack_41_replayed_proof(void **state)
{
    fixture *f = *state;
    ost_text token = prover_token(f, f->ec, "");
    ost_text proof = prover_proof(f, token, (proof_parts){0});
    prover_allowed(prover_show(f, f->guard, &fixture_any, token, proof));
    prover_refused(prover_show(f, f->guard, &fixture_any, token, proof), OST_E_PROOF);
    /* The same jti in another proof of the same key is as good as the same proof. */
    prover_allowed(prover_try(f, token, (proof_parts){.jti = "once", .iat = NOW - 1}));
    prover_refused(prover_try(f, token, (proof_parts){.jti = "once", .iat = NOW}), OST_E_PROOF);
    /* As long as it is young enough to be accepted, and after that its age is against it. */
    f->now = NOW + 60;
    prover_refused(prover_show(f, f->guard, &fixture_any, token, proof), OST_E_PROOF);
    f->now = NOW + 61;
    prover_refused(prover_show(f, f->guard, &fixture_any, token, proof), OST_E_PROOF);
}

/* When no further proof can be remembered, none is accepted. */
static void attack_41_flood_of_proofs(void **state)
{
    fixture *f = *state;
    ost_guard *small = fixture_guard(f, (ost_issuer){0}, (ost_guard_config){.dpop = {.proofs = 1}});
    ost_text token = prover_token(f, f->ec, "");
    ost_text first = prover_proof(f, token, (proof_parts){0});
    prover_allowed(prover_show(f, small, &fixture_any, token, first));
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
    assert_non_null(strstr(verdict.explanation.data, "others would find no room"));
    ost_text metrics;
    assert_int_equal(ost_guard_metrics(small, f->arena, &metrics), OST_OK);
    assert_non_null(strstr(metrics.data, "not_remembered_total{reason=\"share\"} 1\n"));
    assert_non_null(strstr(metrics.data, "not_remembered_total{reason=\"room\"} 0\n"));
    prover_refused(prover_show(f, small, &fixture_any, token, first), OST_E_PROOF);
    f->now = NOW + 61; /* room again */
    prover_allowed(
        prover_show(f, small, &fixture_any, token, prover_proof(f, token, (proof_parts){0})));
    ost_guard_free(small);
}

/* ---- a store of the program's own ---- */

static ost_result answer_of(void *user, ost_text owner, ost_text id, int64_t until, int64_t now)
{
    const ost_result *answer = user;
    assert_int_equal(owner.len, 43);
    assert_true(id.len > 0);
    assert_in_range(until, now, now + 60);
    return *answer;
}

/* What two guards have in common, one has seen for both. */
static void attack_41_replay_at_another_guard(void **state)
{
    fixture *f = *state;
    _Alignas(64) static char memory[4096];
    ost_replay_table *table;
    memset(memory, 0, sizeof memory);
    assert_int_equal(ost_replay_table_make(memory, sizeof memory, NULL, &table), OST_OK);
    const ost_dpop_rules shared = {.replays = {ost_replay_table_note, table}};
    ost_guard *one = fixture_guard(f, (ost_issuer){0}, (ost_guard_config){.dpop = shared});
    ost_guard *two = fixture_guard(f, (ost_issuer){0}, (ost_guard_config){.dpop = shared});
    ost_text token = prover_token(f, f->ec, ""), proof = prover_proof(f, token, (proof_parts){0});
    prover_allowed(prover_show(f, one, &fixture_any, token, proof));
    prover_refused(prover_show(f, two, &fixture_any, token, proof), OST_E_PROOF);
    prover_refused(prover_show(f, one, &fixture_any, token, proof), OST_E_PROOF);
    prover_allowed(prover_show(f, f->guard, &fixture_any, token, proof));
    ost_guard_free(one);
    ost_guard_free(two);
}

/* Only OST_OK lets in, and OST_E_CONFLICT alone is the client's fault. */
static void attack_41_a_store_that_fails(void **state)
{
    fixture *f = *state;
    ost_result answer = OST_OK;
    const ost_dpop_rules rules = {.replays = {answer_of, &answer}};
    ost_guard *guard = fixture_guard(f, (ost_issuer){0}, (ost_guard_config){.dpop = rules});
    ost_text token = prover_token(f, f->ec, ""), proof = prover_proof(f, token, (proof_parts){0});
    prover_allowed(prover_show(f, guard, &fixture_any, token, proof));
    answer = OST_E_CONFLICT;
    prover_refused(prover_show(f, guard, &fixture_any, token, proof), OST_E_PROOF);
#define FAILS(name, number, category, sentence)                                                    \
    answer = name;                                                                                 \
    if (name != OST_OK && name != OST_E_CONFLICT) {                                                \
        ost_verdict verdict = prover_show(f, guard, &fixture_any, token, proof);                   \
        assert_int_equal(verdict.decision, OST_REFUSE);                                            \
        assert_int_equal(verdict.status, 503);                                                     \
    }
    OST_RESULTS(FAILS)
#undef FAILS
    ost_guard_free(guard);
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

/* ---- the nonce ---- */

static void attack_41_nonces_are_demanded(void **state)
{
    fixture *f = *state;
    ost_guard *strict = fixture_guard(
        f, (ost_issuer){0}, (ost_guard_config){.realm = "items", .dpop = {.require_nonce = true}});
    ost_text token = prover_token(f, f->ec, "");
    ost_verdict verdict =
        prover_show(f, strict, &fixture_any, token, prover_proof(f, token, (proof_parts){0}));
    prover_refused(verdict, OST_E_PROOF_NONCE);
    assert_true(text_starts(verdict.challenge, "DPoP realm=\"items\", error=\"use_dpop_nonce\""));
    assert_int_equal(verdict.dpop_nonce.len, 32);
    const char *nonce = ost_arena_copy(f->arena, verdict.dpop_nonce);
    verdict = prover_show(f, strict, &fixture_any, token,
                          prover_proof(f, token, (proof_parts){.nonce = nonce}));
    prover_allowed(verdict);
    assert_null(verdict.dpop_nonce.data);
    /* It is good for a while after the next one has come, and the client is told that one. */
    f->now = NOW + 120;
    verdict = prover_show(f, strict, &fixture_any, token,
                          prover_proof(f, token, (proof_parts){.nonce = nonce}));
    prover_allowed(verdict);
    assert_int_equal(verdict.dpop_nonce.len, 32);
    f->now = NOW + 240;
    verdict = prover_show(f, strict, &fixture_any, token,
                          prover_proof(f, token, (proof_parts){.nonce = nonce}));
    prover_refused(verdict, OST_E_PROOF_NONCE);
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
    prover_allowed(prover_show(f, two, &fixture_any, token, proof));
    prover_refused(prover_show(f, other, &fixture_any, token, proof), OST_E_PROOF_NONCE);
    ost_guard_free(one);
    ost_guard_free(two);
    ost_guard_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(attack_41_replay_at_another_guard, fixture_reset),
        cmocka_unit_test_setup(attack_41_a_store_that_fails, fixture_reset),
        cmocka_unit_test_setup(attack_41_replayed_proof, fixture_reset),
        cmocka_unit_test_setup(attack_41_flood_of_proofs, fixture_reset),
        cmocka_unit_test_setup(attack_41_replay_by_many_threads, fixture_reset),
        cmocka_unit_test_setup(attack_41_nonces_are_demanded, fixture_reset),
        cmocka_unit_test_setup(attack_41_nonces_of_others, fixture_reset),
    };
    return cmocka_run_group_tests(tests, fixture_start, fixture_end);
}
