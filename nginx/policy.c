/* SPDX-License-Identifier: Apache-2.0 */
/* What a location asks of a token: a policy in JSON, and a directive for each of its lists. Both
 * are inherited member by member, and everything that is given must hold: what is said of one
 * member in both is an error, for neither could take the other's place. */
#include "ostiary.h"

static const struct {
    ngx_str_t directive;
    const char *member;
    size_t offset;
} lists[OSTIARY_LISTS] = {
    {ngx_string("ostiary_scopes"), "scopes", offsetof(ost_policy, scopes)},
    {ngx_string("ostiary_any_scopes"), "any_scopes", offsetof(ost_policy, any_scopes)},
    {ngx_string("ostiary_realm_roles"), "realm_roles", offsetof(ost_policy, realm_roles)},
    {ngx_string("ostiary_any_realm_roles"), "any_realm_roles",
     offsetof(ost_policy, any_realm_roles)},
    {ngx_string("ostiary_client_roles"), "client_roles", offsetof(ost_policy, client_roles)},
    {ngx_string("ostiary_any_client_roles"), "any_client_roles",
     offsetof(ost_policy, any_client_roles)},
    {ngx_string("ostiary_clients"), "clients", offsetof(ost_policy, clients)},
    {ngx_string("ostiary_audiences"), "audiences", offsetof(ost_policy, audiences)},
    {ngx_string("ostiary_acr_values"), "acr_values", offsetof(ost_policy, acr_values)},
};

static void arena_free(void *arena)
{
    ost_arena_free(arena);
}

/* An arena that goes with the configuration. */
static ost_arena *arena_of(ngx_conf_t *cf)
{
    ngx_pool_cleanup_t *cleanup = ngx_pool_cleanup_add(cf->pool, 0);
    if (cleanup == NULL)
        return NULL;
    cleanup->handler = arena_free;
    return cleanup->data = ost_arena_new(1024 * 1024);
}

char *ostiary_policy_document(ngx_conf_t *cf, ngx_command_t *command, void *conf_)
{
    ostiary_conf *conf = conf_;
    const ngx_str_t *words = cf->args->elts;
    ngx_str_t text = words[1];
    ost_error error;
    if (conf->asked.document != NULL)
        return "is duplicate";
    if (text.len == 0)
        return "is empty";
    bool is_file = text.data[0] != '{';
    if (is_file && ostiary_file_read(cf, words[1], &text) != NGX_OK)
        return NGX_CONF_ERROR;
    ost_arena *arena = arena_of(cf);
    if (arena == NULL)
        return NGX_CONF_ERROR;
    if (ost_policy_read(ostiary_text(&text), arena, &conf->asked.document, &error) != OST_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "ostiary: the policy%s%V%s: %s",
                           is_file ? " in \"" : " ", &words[1], is_file ? "\"" : "", error.detail);
        return NGX_CONF_ERROR;
    }
    ostiary_place_set(cf, conf);
    return NGX_CONF_OK;
}

/* By ost_policy_read, so that what it refuses is refused here as well. */
static ost_result list_check(ngx_conf_t *cf, size_t number, ost_error *error)
{
    const ngx_str_t *words = cf->args->elts;
    ost_arena *arena = ost_arena_new(1024 * 1024);
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    ost_text json = {0};
    const ost_policy *policy;
    ost_json_open_object(writer);
    ost_json_put_name(writer, ost_text_of(lists[number].member));
    ost_json_open_array(writer);
    for (ngx_uint_t k = 1; k < cf->args->nelts; k++)
        ost_json_put_text(writer, ostiary_text(&words[k]));
    ost_json_close_array(writer);
    ost_json_close_object(writer);
    ost_result result = ost_json_writer_finish(writer, &json);
    if (result != OST_OK)
        ost_error_set(error, result, "%s", ost_result_sentence(result));
    else
        result = ost_policy_read(json, arena, &policy, error);
    ost_arena_free(arena);
    return result;
}

char *ostiary_policy_list(ngx_conf_t *cf, ngx_command_t *command, void *conf_)
{
    ostiary_conf *conf = conf_;
    const ngx_str_t *words = cf->args->elts;
    const char *const **list = &conf->asked.lists[command->offset];
    size_t count = 0;
    ost_error error;
    if (*list != NULL)
        return "is duplicate";
    if (list_check(cf, command->offset, &error) != OST_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "ostiary: %s", error.detail);
        return NGX_CONF_ERROR;
    }
    for (ngx_uint_t k = 1; k < cf->args->nelts; k++) {
        if (ostiary_list_add(cf, list, &count, ostiary_string(cf, &words[k])) != NGX_OK)
            return NGX_CONF_ERROR;
    }
    ostiary_place_set(cf, conf);
    return NGX_CONF_OK;
}

static char *contradiction(ngx_conf_t *cf, const ostiary_conf *conf, const char *what)
{
    ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                  "ostiary: \"ostiary_policy\" and \"%s\" both ask for the same in %V:%ui", what,
                  &conf->place.file, conf->place.line);
    return NGX_CONF_ERROR;
}

/* The lists that were said, each of which a document must not say as well. */
static char *merge_lists(ngx_conf_t *cf, const ostiary_asked *parent, ostiary_conf *conf,
                         bool *ret_more)
{
    ostiary_asked *asked = &conf->asked;
    for (size_t k = 0; k < OSTIARY_LISTS; k++) {
        if (asked->lists[k] == NULL)
            asked->lists[k] = parent->lists[k];
        if (asked->lists[k] == NULL)
            continue;
        const char *const **member = (void *)((char *)&conf->policy + lists[k].offset);
        if (*member != NULL)
            return contradiction(cf, conf, (const char *)lists[k].directive.data);
        *member = asked->lists[k];
        *ret_more = true;
    }
    return NGX_CONF_OK;
}

static char *merge_values(ngx_conf_t *cf, const ostiary_asked *parent, ostiary_conf *conf,
                          bool *ret_more)
{
    ostiary_asked *asked = &conf->asked;
    ngx_conf_merge_uint_value(asked->sender, parent->sender, OST_SENDER_ANY);
    ngx_conf_merge_uint_value(asked->max_age, parent->max_age, 0);
    if (asked->sender != OST_SENDER_ANY) {
        if (conf->policy.sender != OST_SENDER_ANY)
            return contradiction(cf, conf, "ostiary_sender");
        conf->policy.sender = (ost_sender)asked->sender;
        *ret_more = true;
    }
    if (asked->max_age != 0) {
        if (conf->policy.max_age != 0)
            return contradiction(cf, conf, "ostiary_max_age");
        conf->policy.max_age = (unsigned)asked->max_age;
        *ret_more = true;
    }
    return NGX_CONF_OK;
}

char *ostiary_policy_merge(ngx_conf_t *cf, const ostiary_asked *parent, ostiary_conf *conf)
{
    ostiary_asked *asked = &conf->asked;
    bool more = false;
    if (asked->document == NULL)
        asked->document = parent->document;
    if (asked->document != NULL)
        conf->policy = *asked->document;
    char *failed = merge_lists(cf, parent, conf, &more);
    if (failed == NGX_CONF_OK)
        failed = merge_values(cf, parent, conf, &more);
    if (failed != NGX_CONF_OK)
        return failed;
    /* An open policy that would leave unsaid what a directive asks for. */
    return conf->policy.open && more ? contradiction(cf, conf, "another directive") : NGX_CONF_OK;
}
