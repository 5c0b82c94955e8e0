/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of multiples of a public key's point, by which that point is multiplied as fast as the
 * curve's base point is. Only here is called what OpenSSL 3.0 deprecates; where it is missing there
 * are no tables, and everything works without them. Nothing in here is secret. */
#ifndef EC_TABLE_H
#define EC_TABLE_H

#include <openssl/ec.h>

#include <ostiary/types.h>

/* Of one point. Immutable: any number of threads. */
typedef struct ec_table ec_table;

/* Of the point `key` of the named curve `group`, in milliseconds of this thread's time. It is tried
 * before it is handed out: products are compared with what OpenSSL calculates without it, and the
 * time of both. NULL: it does not pay here, or out of memory. */
OST_MUST_CHECK ec_table *ec_table_new(const EC_GROUP *group, const EC_POINT *key);
void ec_table_free(ec_table *table); /* NULL is fine */

/* u1 * G + u2 * Q into `ret_sum`, by way of `spare`; both are points of the curve, and u1 and u2
 * below its order. False: out of memory. */
OST_MUST_CHECK bool ec_table_multiply(const ec_table *table, EC_POINT *ret_sum, EC_POINT *spare,
                                      const BIGNUM *u1, const BIGNUM *u2, BN_CTX *context);

/* At most so many bytes are in a table of this curve (OpenSSL's name); 0: there are none of it. */
size_t ec_table_size(const char *curve);

/* Numbers of which X / Z^2 is the x of a point that is not at infinity: as the point has them, for
 * to divide takes time; with a Z of 1 where OpenSSL does not tell. False: out of memory. */
OST_MUST_CHECK bool ec_point_fraction(const EC_GROUP *group, const EC_POINT *point, BIGNUM *ret_x,
                                      BIGNUM *ret_z, BN_CTX *context);

#endif
