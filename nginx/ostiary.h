/* SPDX-License-Identifier: Apache-2.0 */
/* The nginx module: what its files share. Everything runs in the worker's one thread, but for
 * bell.c's callback.
 *
 * A request is judged in the preaccess phase (so that limit_req and limit_conn can count by who it
 * is), and let in or refused in the access phase (so that `satisfy` holds). nginx runs no access
 * phase for subrequests: those are refused in preaccess. */
#ifndef OSTIARY_NGINX_H
#define OSTIARY_NGINX_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <ostiary/guard.h>

/* Where in the configuration something was said. */
typedef struct ostiary_place {
    ngx_str_t file;
    ngx_uint_t line;
} ostiary_place;

/* What a guard is made of, as far as it is given; NULL and 0: not given. Inherited member by
 * member. Compared as bytes: two locations with the same settings share one guard. */
typedef struct ostiary_settings {
    const ngx_array_t *issuers; /* of ost_issuer */
    const char *realm;
    const char *resource_metadata;
    const char *revocation_file;
    const ost_dpop_rules *dpop;
    ost_keyset *decryption_keys;
    size_t cache_entries;
    size_t cache_bytes;
    size_t max_token;
    uintptr_t no_cache;
    uintptr_t explain;
} ostiary_settings;

/* One guard of the configuration. `running` is this process's. */
typedef struct ostiary_guard {
    const struct ostiary_main_conf *all; /* what it is part of */
    ngx_uint_t number;                   /* among its guards */
    ostiary_settings settings;
    ost_guard *running;
    struct ostiary_slot *slot; /* where this process counts; NULL: nowhere */
} ostiary_guard;

/* Lists of a policy that have a directive of their own, in the order of `policy.c`. */
#define OSTIARY_LISTS 9

/* What is said beside or instead of a file. */
typedef struct ostiary_asked {
    const ost_policy *document; /* ostiary_policy */
    const char *const *lists[OSTIARY_LISTS];
    ngx_uint_t sender;
    ngx_uint_t max_age;
} ostiary_asked;

typedef struct ostiary_conf {
    ngx_flag_t enable;
    ostiary_place place; /* of `ostiary on`, or of the last policy: for what merging finds */
    ostiary_settings settings;
    ostiary_asked asked;
    ngx_str_t cookie;
    ngx_http_complex_value_t *origin;
    ngx_http_complex_value_t *certificate;
    ostiary_guard *guard; /* once merged, where the module is on */
    ost_policy policy;
} ostiary_conf;

typedef struct ostiary_main_conf {
    ngx_array_t guards;   /* of ostiary_guard * */
    ngx_array_t *claims;  /* of ostiary_claim: variables made by ostiary_claim */
    ssize_t zone_size;    /* 0: off */
    ngx_shm_zone_t *zone; /* NULL: nothing is shared */
} ostiary_main_conf;

struct ostiary_wait;

/* What is known of one request (or subrequest). In the request's pool, and found again after
 * internal redirects, which forget a module's context. */
typedef struct ostiary_record {
    ngx_http_request_t *request;
    const ostiary_conf *judged; /* by whose words; NULL: not yet */
    ost_arena *arena;           /* of the verdict */
    ost_verdict verdict;
    ngx_queue_t link; /* among those that wait for the same */
    struct ostiary_wait *wait;
    ngx_uint_t waits;
    bool overruled;             /* refused here, and let in by another module (satisfy any) */
    ngx_table_elt_t *fields[3]; /* of the answer: challenge, Retry-After, Cache-Control */
} ostiary_record;

extern ngx_module_t ngx_http_ostiary_module;

/* ---- conf.c: configuration ---- */

void *ostiary_main_create(ngx_conf_t *cf);
void *ostiary_conf_create(ngx_conf_t *cf);
char *ostiary_conf_merge(ngx_conf_t *cf, void *parent, void *child);
/* A copy that ends with NUL, in the configuration's pool; NULL: no memory. */
char *ostiary_string(ngx_conf_t *cf, const ngx_str_t *text);
/* A small file, in the pool; a last line end is dropped. Says what is wrong with it. */
ngx_int_t ostiary_file_read(ngx_conf_t *cf, ngx_str_t name, ngx_str_t *ret_text);
void ostiary_place_set(ngx_conf_t *cf, ostiary_conf *conf);
/* The directives, each in the file that is named after what it is about. */
char *ostiary_on(ngx_conf_t *cf, ngx_command_t *command, void *conf);
char *ostiary_issuer_read(ngx_conf_t *cf, ngx_command_t *command, void *conf);
char *ostiary_string_read(ngx_conf_t *cf, ngx_command_t *command, void *conf);
char *ostiary_path_read(ngx_conf_t *cf, ngx_command_t *command, void *conf);
char *ostiary_cache_read(ngx_conf_t *cf, ngx_command_t *command, void *conf);
char *ostiary_dpop_read(ngx_conf_t *cf, ngx_command_t *command, void *conf);
char *ostiary_decryption_read(ngx_conf_t *cf, ngx_command_t *command, void *conf);
char *ostiary_explain_read(ngx_conf_t *cf, ngx_command_t *command, void *conf);
char *ostiary_policy_document(ngx_conf_t *cf, ngx_command_t *command, void *conf);
char *ostiary_policy_list(ngx_conf_t *cf, ngx_command_t *command, void *conf);
char *ostiary_zone_read(ngx_conf_t *cf, ngx_command_t *command, void *conf);
char *ostiary_claim_read(ngx_conf_t *cf, ngx_command_t *command, void *conf);
char *ostiary_metrics_read(ngx_conf_t *cf, ngx_command_t *command, void *conf);
char *ostiary_ready_read(ngx_conf_t *cf, ngx_command_t *command, void *conf);

/* "RS256,ES256"; 0: not algorithms of signatures. */
ost_algs ostiary_algorithms(const ngx_str_t *names);
/* Durations and sizes of more than 0, as nginx writes them; 0: no such value. */
ngx_uint_t ostiary_seconds(const ngx_str_t *text);
ngx_uint_t ostiary_number(const ngx_str_t *text);
/* The configuration for ost_guard_new. */
ost_guard_config ostiary_guard_config(const ostiary_settings *settings);
/* One parameter of ostiary_issuer; NGX_ERROR after having said why. */
ngx_int_t ostiary_issuer_parameter(ngx_conf_t *cf, ost_issuer *issuer, const ngx_str_t *parameter);
/* Adds a text to a list of an ost_issuer, in the pool. */
ngx_int_t ostiary_list_add(ngx_conf_t *cf, const char *const **list, size_t *count,
                           const char *text);
/* The policy of a location, once all is merged; says what contradicts itself. */
char *ostiary_policy_merge(ngx_conf_t *cf, const ostiary_asked *parent, ostiary_conf *conf);

/* ---- guards.c: the guards of a process ---- */

/* The guard, started if it does not run yet; NULL: it cannot be. */
ost_guard *ostiary_guard_running(ostiary_guard *guard, ngx_log_t *log);
ngx_int_t ostiary_process_init(ngx_cycle_t *cycle);
void ostiary_process_exit(ngx_cycle_t *cycle);
/* Arenas are kept from request to request. NULL: out of memory. */
ost_arena *ostiary_arena_take(void);
void ostiary_arena_give(ost_arena *arena);

/* ---- request.c: what a request brings ---- */

/* A header field may come twice: so many are told to the guard, which refuses two. */
#define OSTIARY_FIELDS 3
typedef struct ostiary_credentials {
    ost_credentials credentials;
    ost_text authorization[OSTIARY_FIELDS];
    ost_text dpop[OSTIARY_FIELDS];
} ostiary_credentials;
/* Everything lives in the request's pool. NGX_ERROR: no memory. */
ngx_int_t ostiary_credentials_read(ngx_http_request_t *r, const ostiary_conf *conf,
                                   ostiary_credentials *ret);

/* ---- access.c, answer.c ---- */

ngx_int_t ostiary_preaccess(ngx_http_request_t *r);
ngx_int_t ostiary_access(ngx_http_request_t *r);
/* Takes back what a refusal added to the answer, when another module has let the request in. */
ngx_int_t ostiary_precontent(ngx_http_request_t *r);
/* The record of the request, or NULL. */
ostiary_record *ostiary_record_find(ngx_http_request_t *r);
/* Sets the fields of the answer and says what nginx is to do. */
ngx_int_t ostiary_answer(ngx_http_request_t *r, ostiary_record *record);
void ostiary_answer_take_back(ostiary_record *record);

/* ---- variables.c, claim.c, status.c ---- */

ngx_int_t ostiary_variables_add(ngx_conf_t *cf);
/* The claim as a header field can carry it; false: not at all. In the request's pool. */
bool ostiary_claim_text(ngx_pool_t *pool, const ost_json *claim, bool as_json, ost_text *ret);

static inline ost_text ostiary_text(const ngx_str_t *text)
{
    return (ost_text){(const char *)text->data, text->len};
}

#endif
