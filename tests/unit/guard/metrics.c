/* SPDX-License-Identifier: Apache-2.0 */
/* The guard's metrics, read by the rules of Prometheus' text format (version 0.0.4): what a scraper
 * would refuse fails here, whatever an issuer is called. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guard/metrics_text.h"
#include "online.h"

#define METRICS_MAX 64

typedef struct metric {
    char name[128], type[16];
    bool has_help, closed;
} metric;

typedef struct scrape {
    metric metrics[METRICS_MAX];
    size_t count;
    char *samples[512]; /* name and labels of each, to find one that stands twice */
    size_t sample_count;
    ost_arena *arena;
} scrape;

static metric *find(scrape *s, const char *name)
{
    for (size_t i = 0; i < s->count; i++) {
        if (strcmp(s->metrics[i].name, name) == 0)
            return &s->metrics[i];
    }
    return NULL;
}

/* [a-zA-Z_:][a-zA-Z0-9_:]* */
static size_t name_length(const char *at, bool colon)
{
    size_t len = 0;
    while (isalpha((unsigned char)at[len]) || at[len] == '_' || (colon && at[len] == ':') ||
           (len > 0 && isdigit((unsigned char)at[len])))
        len++;
    return len;
}

static metric *open_metric(scrape *s, const char *line, size_t prefix)
{
    char name[128];
    size_t len = name_length(line + prefix, true);
    assert_true(len > 0 && len < sizeof name && line[prefix + len] == ' ');
    snprintf(name, sizeof name, "%.*s", (int)len, line + prefix);
    metric *m = find(s, name);
    if (m != NULL)
        return m;
    assert_true(s->count < METRICS_MAX);
    for (size_t i = 0; i < s->count; i++)
        s->metrics[i].closed = true; /* one block each */
    m = &s->metrics[s->count++];
    snprintf(m->name, sizeof m->name, "%s", name);
    return m;
}

static void read_comment(scrape *s, const char *line)
{
    if (strncmp(line, "# HELP ", 7) == 0) {
        metric *m = open_metric(s, line, 7);
        assert_false(m->has_help || m->closed);
        m->has_help = true;
        assert_true(strlen(line + 7 + strlen(m->name)) > 2);
        return;
    }
    assert_memory_equal(line, "# TYPE ", 7);
    metric *m = open_metric(s, line, 7);
    const char *type = line + 7 + strlen(m->name) + 1;
    assert_true(m->has_help && m->type[0] == '\0' && !m->closed);
    assert_true(strcmp(type, "counter") == 0 || strcmp(type, "gauge") == 0);
    snprintf(m->type, sizeof m->type, "%s", type);
    size_t len = strlen(m->name);
    bool total = len > 6 && strcmp(m->name + len - 6, "_total") == 0;
    assert_int_equal(total, strcmp(type, "counter") == 0);
}

/* {name="value",…}: in a value nothing but \\, \" and \n is escaped, and no quote or line end is
 * bare. Returns what follows. */
static const char *read_labels(const char *at)
{
    if (*at != '{')
        return at;
    for (at++; *at != '}';) {
        size_t len = name_length(at, false);
        assert_true(len > 0);
        at += len;
        assert_memory_equal(at, "=\"", 2);
        for (at += 2; *at != '"'; at++) {
            assert_true((unsigned char)*at >= 0x20);
            if (*at == '\\') {
                at++;
                assert_true(*at == '\\' || *at == '"' || *at == 'n');
            }
        }
        at++;
        if (*at == ',')
            at++;
        else
            assert_int_equal(*at, '}');
    }
    return at + 1;
}

static void read_sample(scrape *s, const char *line)
{
    char name[128], *end;
    size_t len = name_length(line, true);
    assert_true(len > 0 && len < sizeof name);
    snprintf(name, sizeof name, "%.*s", (int)len, line);
    const metric *m = find(s, name);
    if (m == NULL)
        fail_msg("%s has no TYPE", name);
    assert_true(m != NULL && m->type[0] != '\0' && !m->closed);
    const char *value = read_labels(line + len);
    assert_int_equal(*value, ' ');
    double number = strtod(value + 1, &end);
    assert_true(end != value + 1 && *end == '\0');
    assert_true(number >= 0 || strcmp(m->type, "gauge") == 0);
    char *sample = ost_arena_copy(s->arena, (ost_text){line, (size_t)(value - line)});
    for (size_t i = 0; i < s->sample_count; i++)
        assert_string_not_equal(s->samples[i], sample);
    assert_true(s->sample_count < 512);
    s->samples[s->sample_count++] = sample;
}

static void check_format(ost_text text, ost_arena *arena, size_t *ret_metrics)
{
    static scrape s;
    ost_text line;
    s = (scrape){.arena = arena};
    assert_true(text_ends(text, "\n") && text_is_utf8(text));
    while (text_next(&text, '\n', &line)) {
        char *copy = ost_arena_copy(arena, line);
        assert_true(line.len > 0);
        if (copy[0] == '#')
            read_comment(&s, copy);
        else
            read_sample(&s, copy);
    }
    for (size_t i = 0; i < s.count; i++)
        assert_true(s.metrics[i].has_help && s.metrics[i].type[0] != '\0');
    *ret_metrics = s.count;
}

static size_t check_guard(online *o, ost_guard *guard)
{
    ost_text text;
    size_t metrics;
    assert_int_equal(ost_guard_metrics(guard, o->arena, &text), OST_OK);
    check_format(text, o->arena, &metrics);
    return metrics;
}

static void everything_is_well_formed(void **state)
{
    online *o = *state;
    static const char *const audiences[] = {"myapi"};
    static const char *const origins[] = {"https://id.example"};
    const ost_introspection asking = {.client_id = "a", .client_secret = "b"};
    ost_issuer all[3] = {
        {.issuer = o->issuer->name, .introspection = asking},
        {.issuer = "https://id.example/\"},evil=\"\\\n\r\t x", .jwks_url = "http://127.0.0.1:1/"},
        {.issuer = "https://id.example/\xc3\xa9{}", .jwks_url = "http://127.0.0.1:1/"},
    };
    for (size_t i = 0; i < 3; i++) {
        all[i].audiences = audiences;
        all[i].audience_count = 1;
        all[i].status_lists = (ost_status_lists){.origins = origins, .origin_count = 1};
    }
    const ost_guard_config config = {.issuers = all, .issuer_count = 3};
    assert_int_equal(ost_guard_new(&config, &o->guard, NULL), OST_OK);
    size_t at_first = check_guard(o, o->guard);
    assert_true(at_first >= 20);
    /* And when it has seen something of everything. */
    const ost_revocation revocation = {
        .issuer = o->issuer->name, .kind = OST_REVOKED_TOKEN, .value = OST_TEXT("x")};
    assert_int_equal(ost_guard_revoke(o->guard, &revocation), OST_OK);
    for (size_t i = 0; i < 100 && !ost_guard_is_ready(o->guard); i++) {
        (void)online_check(o, o->guard, OST_TEXT("opaque"));
        (void)online_check(o, o->guard, OST_TEXT("eyJ.a.b"));
        (void)online_check(o, o->guard, online_token(o, o->issuer, o->keys[i % 3]));
        ost_arena_reset(o->arena);
    }
    assert_int_equal(check_guard(o, o->guard), at_first);
    assert_int_equal(online_metric(o, o->guard, "ostiary_issuer_revocations_total{issuer=\"http"),
                     1);
    assert_true(online_metric(
                    o, o->guard,
                    "ostiary_issuer_introspections_total{outcome=\"inactive\",issuer=\"http") >= 1);
}

/* ---- of several guards ---- */

static int64_t number_in(ost_text text, const char *sample)
{
    ost_text line;
    while (text_next(&text, '\n', &line)) {
        size_t len = strlen(sample);
        if (text_starts(line, sample) && line.len > len && line.data[len] == ' ')
            return strtoll(line.data + len, NULL, 10);
    }
    return -1;
}

static int64_t number_of(online *o, const void *const *places, size_t count, const char *sample)
{
    ost_text text;
    size_t metrics;
    assert_int_equal(ost_guard_metrics_of(o->guard, places, count, o->arena, &text), OST_OK);
    check_format(text, o->arena, &metrics);
    return number_in(text, sample);
}

#define REFUSED "ostiary_guard_verdicts_total{verdict=\"refused\",reason=\"OST_E_TOKEN_FORMAT\"}"
#define READY "ostiary_issuer_ready{issuer=\"https://id.example\"}"

static ost_guard *guard_of(const char *name)
{
    static const char *const audiences[] = {"myapi"};
    ost_guard *guard;
    const ost_issuer issuer = {.issuer = name,
                               .audiences = audiences,
                               .audience_count = 1,
                               .jwks_url = "http://127.0.0.1:1/"};
    const ost_guard_config config = {.issuers = &issuer, .issuer_count = 1};
    assert_int_equal(ost_guard_new(&config, &guard, NULL), OST_OK);
    return guard;
}

static void refuse(online *o, ost_guard *guard, unsigned times)
{
    while (times-- > 0)
        (void)online_check(o, guard, OST_TEXT("x.y.z"));
}

/* What each of several counts is told together; what ended ones counted, too, and their state not.
 */
static void guards_are_told_together(void **state)
{
    online *o = *state;
    ost_guard *other = guard_of("https://id.example"), *stranger = guard_of("https://else.example");
    o->guard = guard_of("https://id.example");
    size_t size = ost_guard_counts_size(o->guard);
    assert_int_equal(ost_guard_counts_size(stranger), size);
    void *places[4];
    const void *all[5] = {NULL};
    for (size_t k = 0; k < 4; k++)
        all[k] = places[k] = ost_arena_alloc(o->arena, size);
    for (size_t k = 0; k < 4; k++)
        memset(places[k], 0, size);
    refuse(o, o->guard, 3);
    refuse(o, other, 4);
    refuse(o, stranger, 9);
    assert_int_equal(number_of(o, all, 5, REFUSED), -1); /* nothing has been written */
    ost_guard_counts_put(o->guard, places[0]);
    ost_guard_counts_put(other, places[1]);
    ost_guard_counts_put(stranger, places[2]);
    assert_int_equal(number_of(o, all, 5, REFUSED), 7);
    assert_int_equal(number_of(o, all, 5, READY), 0);
    refuse(o, o->guard, 1);
    assert_int_equal(number_of(o, all, 5, REFUSED), 7);
    ost_guard_counts_put(o->guard, places[0]);
    assert_int_equal(number_of(o, all, 5, REFUSED), 8);
    /* The other one ends, and one that follows it. */
    assert_true(ost_guard_counts_keep(places[3], places[1], size));
    memset(places[1], 0, size);
    assert_int_equal(number_of(o, all, 5, REFUSED), 8);
    ost_guard_counts_put(other, places[1]);
    ost_guard_counts_end(places[1]);
    assert_int_equal(number_of(o, all, 5, REFUSED), 12);
    assert_true(ost_guard_counts_keep(places[3], places[1], size));
    memset(places[1], 0, size);
    assert_int_equal(number_of(o, all, 5, REFUSED), 12);
    assert_false(ost_guard_counts_keep(places[3], places[2], size));
    assert_true(ost_guard_counts_keep(places[2], places[1], size)); /* nothing is nothing */
    assert_int_equal(number_of(o, all, 5, REFUSED), 12);
    ost_guard_free(other);
    ost_guard_free(stranger);
}

/* The worst is told: the keys that one has do not hide that another has none; and not of one that
 * has ended. */
static void the_worst_state_is_told(void **state)
{
    online *o = *state;
    static const char *const audiences[] = {"myapi"};
    const ost_issuer issuer = {
        .issuer = o->issuer->name, .audiences = audiences, .audience_count = 1};
    const ost_guard_config config = {.issuers = &issuer, .issuer_count = 1};
    assert_int_equal(ost_guard_new(&config, &o->guard, NULL), OST_OK);
    assert_true(ost_guard_wait_ready(o->guard, 60));
    ost_guard *without = guard_of(o->issuer->name);
    const char *ready =
        ost_arena_format(o->arena, "ostiary_issuer_ready{issuer=\"%s\"}", issuer.issuer);
    size_t size = ost_guard_counts_size(o->guard);
    void *places[2] = {ost_arena_alloc(o->arena, size), ost_arena_alloc(o->arena, size)};
    const void *all[2] = {places[0], places[1]};
    memset(places[0], 0, size);
    memset(places[1], 0, size);
    ost_guard_counts_put(o->guard, places[0]);
    assert_int_equal(number_of(o, all, 2, ready), 1);
    ost_guard_counts_put(without, places[1]);
    assert_int_equal(number_of(o, all, 2, ready), 0);
    ost_guard_counts_end(places[1]);
    assert_int_equal(number_of(o, all, 2, ready), 1);
    ost_guard_free(without);
}

/* The characters that would end a label, or a line. */
static void labels_are_escaped(void **state)
{
    buffer_auto buffer b;
    buffer_init(&b, 1024);
    metrics_sample(&b, "m", "a=\"b\",", "x\"y\\z\nw\x7f", -7);
    assert_true(text_is(buffer_text(&b), "m{a=\"b\",issuer=\"x\\\"y\\\\z\\nw?\"} -7\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everything_is_well_formed, online_start, online_end),
        cmocka_unit_test_setup_teardown(guards_are_told_together, online_start, online_end),
        cmocka_unit_test_setup_teardown(the_worst_state_is_told, online_start, online_end),
        cmocka_unit_test(labels_are_escaped),
    };
    return cmocka_run_group_tests_name("guard-metrics", tests, online_make_keys, online_free_keys);
}
