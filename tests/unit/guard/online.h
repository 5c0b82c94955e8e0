/* SPDX-License-Identifier: Apache-2.0 */
/* A guard over fake issuers, and the ways of a front end: check, wait, check again. */
#ifndef ONLINE_H
#define ONLINE_H

#include "fake_issuer.h"
#include "fixture.h"

#define ONLINE_KEYS 4

typedef struct online {
    ost_arena *arena;
    ost_key *keys[ONLINE_KEYS]; /* ES256, kid k0 to k3 */
    fake_issuer *issuer;        /* publishes k0 */
    ost_guard *guard;
} online;

/* Group set-up and tear-down make the keys; those of a test make the issuer, and end both. */
int online_make_keys(void **state);
int online_free_keys(void **state);
int online_start(void **state);
int online_end(void **state);

/* The guard of the test: one issuer, `config` with what is empty filled in. */
void online_guard(online *o, ost_issuer config);
/* And with several; not waited for. */
ost_guard *online_guard_of(fake_issuer *const *issuers, size_t count, ost_issuer config);

/* A token of this issuer, good for an hour from now, by this key. */
ost_text online_token(online *o, const fake_issuer *issuer, const ost_key *key);

/* May wait, and does. */
ost_verdict online_check(online *o, ost_guard *guard, ost_text token);
/* May not. */
ost_verdict online_check_now(online *o, ost_guard *guard, ost_text token, bool may_wait);

/* A token of kid number `i` that no issuer has. */
ost_text online_unknown_token(online *o, int i);

/* What the issuer of the test publishes from now on; `second` may be NULL. */
void online_publish(online *o, ost_key *first, ost_key *second);

/* For ost_guard_wait: one more in the atomic_int. */
void online_count(void *user);

/* True when it becomes so within seconds. */
bool online_until(bool (*holds)(void *user), void *user, double seconds);
bool online_until_number(atomic_int *number, int at_least, double seconds);

/* The member of the first (or n-th) issuer in ost_guard_describe. */
const ost_json *online_state(online *o, ost_guard *guard, size_t issuer, const char *member);
/* Are these words in its last error? */
bool online_has_error(online *o, ost_guard *guard, size_t issuer, const char *words);
/* The value of a line in the metrics; -1: there is no such line. */
double online_metric(online *o, ost_guard *guard, const char *start_of_line);

#endif
