/* SPDX-License-Identifier: Apache-2.0 */
/* A group whose generator is the key's point has that point's table made where others have the base
 * point's; see ec_table.h. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "jose/verify/ec_table.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <time.h>

#include "base/array.h"
#include "base/context.h"
#include "jose/crypto_auto.h"

#if OST_HAVE_EC_PRECOMPUTE

#define TRIALS 8
#define ROUNDS 4

struct ec_table {
    EC_GROUP *of_base, *of_key;
    EC_POINT *base; /* any point that is no generator will do */
    /* OpenSSL's code for any curve looks at a table only where there is a second product beside,
     * and otherwise climbs a ladder: then 0 times `base` stands beside. */
    bool paired;
};

/* Bytes as OpenSSL 3.0 allocates them; tests/unit/jose/ec_table.c counts them. */
size_t ec_table_size(const char *curve)
{
    static const struct {
        int curve;
        size_t size;
    } sizes[] = {
        {NID_X9_62_prime256v1, (size_t)192 << 10},
        {NID_secp384r1, (size_t)256 << 10},
        {NID_secp521r1, (size_t)16 << 10},
        {NID_secp256k1, (size_t)160 << 10},
    };
    int number = OBJ_txt2nid(curve);
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        if (number == sizes[i].curve)
            return sizes[i].size;
    }
    return 0;
}

static EC_GROUP *precomputed(const EC_GROUP *group, const EC_POINT *generator, BN_CTX *context)
{
    EC_GROUP *own = EC_GROUP_dup(group);
    if (own == NULL ||
        EC_GROUP_set_generator(own, generator, EC_GROUP_get0_order(group), BN_value_one()) != 1 ||
        EC_GROUP_precompute_mult(own, context) != 1) {
        EC_GROUP_free(own);
        own = NULL;
    }
    return own;
}

static bool product(const ec_table *table, const EC_GROUP *group, EC_POINT *ret,
                    const BIGNUM *factor, BN_CTX *context)
{
    if (!table->paired)
        return EC_POINT_mul(group, ret, factor, NULL, NULL, context) == 1;
    BN_CTX_start(context);
    BIGNUM *zero = BN_CTX_get(context);
    if (zero != NULL)
        BN_zero(zero);
    bool done = zero != NULL && EC_POINT_mul(group, ret, factor, table->base, zero, context) == 1;
    BN_CTX_end(context);
    return done;
}

bool ec_table_multiply(const ec_table *table, EC_POINT *ret_sum, EC_POINT *spare, const BIGNUM *u1,
                       const BIGNUM *u2, BN_CTX *context)
{
    return product(table, table->of_base, ret_sum, u1, context) &&
           product(table, table->of_key, spare, u2, context) &&
           EC_POINT_add(table->of_base, ret_sum, ret_sum, spare, context) == 1;
}

static int64_t thread_nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

typedef struct trial {
    EC_POINT *with, *without, *spare;
    BIGNUM *u1, *u2;
    BN_CTX *context;
} trial;

static bool draw(const EC_GROUP *group, BIGNUM *ret)
{
    return BN_rand_range(ret, EC_GROUP_get0_order(group)) == 1;
}

/* Lowers both to the least times of both ways, over products that must be the same. */
static bool try_out(const ec_table *table, const EC_GROUP *group, const EC_POINT *key, trial *t,
                    int64_t *with, int64_t *without)
{
    for (int i = 0; i < TRIALS; i++) {
        if (!draw(group, t->u1) || !draw(group, t->u2))
            return false;
        int64_t start = thread_nanoseconds();
        if (!ec_table_multiply(table, t->with, t->spare, t->u1, t->u2, t->context))
            return false;
        int64_t between = thread_nanoseconds();
        if (EC_POINT_mul(group, t->without, t->u1, key, t->u2, t->context) != 1)
            return false;
        int64_t end = thread_nanoseconds();
        if (EC_POINT_cmp(group, t->with, t->without, t->context) != 0)
            return false;
        *with = between - start < *with ? between - start : *with;
        *without = end - between < *without ? end - between : *without;
    }
    return true;
}

/* Chooses the faster way of its two, if that is faster than to do without it. What seems slower is
 * tried again: on a machine that has much to do a few trials say little, and who is refused a table
 * never has one. */
static bool is_worth_it(ec_table *table, const EC_GROUP *group, const EC_POINT *key, trial *t)
{
    int64_t alone = INT64_MAX, paired = INT64_MAX, without = INT64_MAX;
    for (int round = 0; round < ROUNDS; round++) {
        table->paired = true;
        if (!try_out(table, group, key, t, &paired, &without))
            return false;
        table->paired = false;
        if (!try_out(table, group, key, t, &alone, &without))
            return false;
        table->paired = paired < alone;
        if ((table->paired ? paired : alone) < without)
            return true;
    }
    return false;
}

static bool fill(ec_table *table, const EC_GROUP *group, const EC_POINT *key, BN_CTX *context)
{
    bn_auto BIGNUM *u1 = BN_new(), *u2 = BN_new();
    table->base = EC_POINT_dup(EC_GROUP_get0_generator(group), group);
    if (table->base == NULL || u1 == NULL || u2 == NULL)
        return false;
    table->of_base = precomputed(group, table->base, context);
    table->of_key = precomputed(group, key, context);
    trial t = {EC_POINT_new(group), EC_POINT_new(group), EC_POINT_new(group), u1, u2, context};
    bool good = table->of_base != NULL && table->of_key != NULL && t.with != NULL &&
                t.without != NULL && t.spare != NULL && is_worth_it(table, group, key, &t);
    EC_POINT_free(t.with);
    EC_POINT_free(t.without);
    EC_POINT_free(t.spare);
    return good;
}

ec_table *ec_table_new(const EC_GROUP *group, const EC_POINT *key)
{
    bn_ctx_auto BN_CTX *context = BN_CTX_new();
    ec_table *table = memory_alloc(sizeof *table);
    if (table == NULL || context == NULL) {
        memory_free(table);
        return NULL;
    }
    ERR_set_mark();
    if (!fill(table, group, key, context)) {
        ec_table_free(table);
        table = NULL;
    }
    ERR_pop_to_mark();
    return table;
}

void ec_table_free(ec_table *table)
{
    if (table == NULL)
        return;
    EC_GROUP_free(table->of_base);
    EC_GROUP_free(table->of_key);
    EC_POINT_free(table->base);
    memory_free(table);
}

#else

size_t ec_table_size(const char *curve)
{
    return 0;
}

ec_table *ec_table_new(const EC_GROUP *group, const EC_POINT *key)
{
    return NULL;
}

void ec_table_free(ec_table *table) {}

bool ec_table_multiply(const ec_table *table, EC_POINT *ret_sum, EC_POINT *spare, const BIGNUM *u1,
                       const BIGNUM *u2, BN_CTX *context)
{
    return false;
}

#endif

bool ec_point_fraction(const EC_GROUP *group, const EC_POINT *point, BIGNUM *ret_x, BIGNUM *ret_z,
                       BN_CTX *context)
{
#if OST_HAVE_EC_JPROJECTIVE
    return EC_POINT_get_Jprojective_coordinates_GFp(group, point, ret_x, NULL, ret_z, context) == 1;
#else
    return EC_POINT_get_affine_coordinates(group, point, ret_x, NULL, context) == 1 &&
           BN_one(ret_z) == 1;
#endif
}
