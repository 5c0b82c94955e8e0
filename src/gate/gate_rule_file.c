/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the file of rules, and lends what it says to exchanges; see gate_rule_file.h. */
#include "gate/gate_rule_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/config/read_whole.h"
#include "base/context.h"
#include "base/text.h"
#include "gate/gate_client.h"

#define FILE_BYTES_MAX ((size_t)1 << 20)
#define RULES_ARENA ((size_t)16 << 20)

/* One reading. Whoever uses its rules counts: the file, while they are the current ones, and each
 * exchange. */
typedef struct rule_set {
    ost_arena *arena;
    const gate_rules *rules;
    atomic_size_t holders;
} rule_set;

static void rule_set_release(void *user)
{
    rule_set *set = user;
    if (set == NULL || atomic_fetch_sub(&set->holders, 1) != 1)
        return;
    gate_client_unload(set->rules);
    ost_arena_free(set->arena);
    memory_free(set);
}

/* ---- reading ---- */

static ost_result fail_system(const gate_rule_file *file, const char *what, int number,
                              ost_error *error)
{
    return ost_error_set(error, OST_E_SYSTEM, "--rules: cannot %s %s: %s", what, file->path,
                         strerror(number));
}

static ost_result read_all(const gate_rule_file *file, int fd, char *bytes, size_t *ret_len,
                           ost_error *error)
{
    ost_result result = read_whole(fd, bytes, FILE_BYTES_MAX, ret_len);
    if (result == OST_E_CEILING)
        return ost_error_set(error, OST_E_CONFIG, "--rules: %s has more than %zu bytes", file->path,
                             FILE_BYTES_MAX);
    return result == OST_OK ? OST_OK : fail_system(file, "read", errno, error);
}

static bool is_same_moment(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* A file that somebody writes meanwhile may be the head of one version and the tail of another. */
static ost_result read_settled(const gate_rule_file *file, int fd, char *bytes, size_t *ret_len,
                               ost_error *error)
{
    struct stat before, after;
    if (fstat(fd, &before) != 0)
        return fail_system(file, "look at", errno, error);
    ost_result result = read_all(file, fd, bytes, ret_len, error);
    if (result != OST_OK || !S_ISREG(before.st_mode))
        return result;
    if (fstat(fd, &after) != 0)
        return fail_system(file, "look at", errno, error);
    if (after.st_size != before.st_size || !is_same_moment(after.st_mtim, before.st_mtim))
        return ost_error_set(error, OST_E_CONFIG, "--rules: %s was written to while it was read",
                             file->path);
    return OST_OK;
}

/* Once requests run, nobody may be waited for: a pipe has a writer, or has none. */
static ost_result check_kind(const gate_rule_file *file, int fd, ost_error *error)
{
    struct stat is;
    if (fstat(fd, &is) != 0)
        return fail_system(file, "look at", errno, error);
    if (!S_ISREG(is.st_mode))
        return ost_error_set(error, OST_E_CONFIG,
                             "--rules: %s is not a regular file and cannot be read again",
                             file->path);
    return OST_OK;
}

static ost_result read_text(const gate_rule_file *file, bool again, char *bytes, size_t *ret_len,
                            ost_error *error)
{
    int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (again ? O_NONBLOCK : 0));
    if (fd < 0)
        return fail_system(file, "open", errno, error);
    ost_result result = again ? check_kind(file, fd, error) : OST_OK;
    if (result == OST_OK)
        result = read_settled(file, fd, bytes, ret_len, error);
    close(fd);
    return result;
}

static ost_result check_client(const gate_rule_file *file, const gate_rules *rules,
                               ost_error *error)
{
    if (rules->logs_in && !file->signs_in)
        return ost_error_set(error, OST_E_CONFIG,
                             "--client-id is missing: a rule says \"login\", and browsers sign in "
                             "with a client");
    return OST_OK;
}

static ost_result read_rules(const gate_rule_file *file, bool again, char *bytes, rule_set *set,
                             ost_error *error)
{
    ost_error why = {0};
    size_t len = 0;
    ost_result result = read_text(file, again, bytes, &len, error);
    if (result != OST_OK)
        return result;
    result = gate_rules_read((ost_text){bytes, len}, set->arena, &set->rules, &why);
    if (result != OST_OK)
        return ost_error_set(error, result, "%s: %s", file->path, why.detail);
    result = gate_client_load(set->rules, set->arena, error);
    if (result != OST_OK)
        return result;
    return again ? check_client(file, set->rules, error) : OST_OK;
}

/* The set has one holder: the caller. */
static ost_result rule_set_read(const gate_rule_file *file, bool again, rule_set **ret_set,
                                ost_error *error)
{
    rule_set *set = memory_alloc(sizeof *set);
    char *bytes = memory_alloc(FILE_BYTES_MAX + 1);
    ost_result result = ost_error_set(error, OST_E_MEMORY, "out of memory");
    if (set != NULL) {
        atomic_init(&set->holders, 1);
        set->arena = ost_arena_new(RULES_ARENA);
    }
    if (set != NULL && set->arena != NULL && bytes != NULL)
        result = read_rules(file, again, bytes, set, error);
    memory_free(bytes);
    if (result == OST_OK)
        *ret_set = set;
    else
        rule_set_release(set);
    return result;
}

/* ---- the current ones ---- */

ost_result gate_rule_file_open(gate_rule_file *file, const char *path, ost_error *error)
{
    rule_set *set = NULL;
    file->path = path;
    ost_result result = rule_set_read(file, false, &set, error);
    if (result != OST_OK)
        return result;
    published_replace(&file->current, set);
    atomic_store(&file->read_at, ost_now(NULL));
    return OST_OK;
}

ost_result gate_rule_file_take_client(gate_rule_file *file, bool is_there, ost_error *error)
{
    const rule_set *set = atomic_load(&file->current.current);
    file->signs_in = is_there;
    return check_client(file, set->rules, error);
}

void gate_rule_file_close(gate_rule_file *file)
{
    rule_set_release(published_replace(&file->current, NULL));
}

ost_result gate_rule_file_reload(gate_rule_file *file, const gate_rules **ret_rules,
                                 ost_error *error)
{
    rule_set *set = NULL;
    ost_result result = rule_set_read(file, true, &set, error);
    atomic_store(&file->stale, result != OST_OK);
    if (result != OST_OK) {
        atomic_fetch_add(&file->failed_reloads, 1);
        return result;
    }
    *ret_rules = set->rules;
    rule_set_release(published_replace(&file->current, set));
    atomic_store(&file->read_at, ost_now(NULL));
    atomic_fetch_add(&file->reloads, 1);
    return OST_OK;
}

const gate_rules *gate_rule_file_hold(gate_rule_file *file, http_exchange *exchange)
{
    published_place place;
    rule_set *set = http_held(exchange, rule_set_release);
    if (set != NULL)
        return set->rules;
    set = published_enter(&file->current, &place);
    atomic_fetch_add(&set->holders, 1);
    published_leave(&file->current, place);
    if (http_hold(exchange, rule_set_release, set) == OST_OK)
        return set->rules;
    rule_set_release(set);
    return NULL;
}

/* ---- metrics ---- */

void gate_rule_file_append_metrics(const gate_rule_file *file, buffer *to)
{
    buffer_append_format(
        to,
        "# HELP ostiary_gate_rules_last_reload_successful 0: what the file of rules says now is "
        "wrong, and older rules hold.\n"
        "# TYPE ostiary_gate_rules_last_reload_successful gauge\n"
        "ostiary_gate_rules_last_reload_successful %d\n"
        "# HELP ostiary_gate_rules_last_reload_success_timestamp_seconds When the rules that hold "
        "were read, since 1970.\n"
        "# TYPE ostiary_gate_rules_last_reload_success_timestamp_seconds gauge\n"
        "ostiary_gate_rules_last_reload_success_timestamp_seconds %" PRId64 "\n"
        "# HELP ostiary_gate_rules_reloads_total How often the rules were read anew, by outcome.\n"
        "# TYPE ostiary_gate_rules_reloads_total counter\n"
        "ostiary_gate_rules_reloads_total{outcome=\"success\"} %" PRIu64 "\n"
        "ostiary_gate_rules_reloads_total{outcome=\"failure\"} %" PRIu64 "\n",
        atomic_load(&file->stale) ? 0 : 1, atomic_load(&file->read_at), atomic_load(&file->reloads),
        atomic_load(&file->failed_reloads));
}
