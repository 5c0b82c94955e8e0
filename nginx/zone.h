/* SPDX-License-Identifier: Apache-2.0 */
/* What the workers share: the proofs of possession that were shown to any of them, the secret of
 * nonces, and what they count. In a zone of nginx's, which stays over reloads. */
#ifndef OSTIARY_NGINX_ZONE_H
#define OSTIARY_NGINX_ZONE_H

#include "ostiary.h"

/* In the zone. What it points to is there, too, and at the same place in every worker. */
typedef struct ostiary_shared {
    ost_replay_table *proofs;
    size_t proofs_size;
    char nonce_secret[32];
    struct ostiary_slot *slots; /* counts.h; all of them, each once */
} ostiary_shared;

/* Has the zone made, if the configuration has a guard and nothing against it. */
ngx_int_t ostiary_zone_add(ngx_conf_t *cf);
/* NULL: nothing is shared. */
ostiary_shared *ostiary_zone_shared(const ostiary_main_conf *all);
/* Has the guard use it. */
void ostiary_zone_use(ostiary_shared *shared, ost_guard_config *config);

#endif
