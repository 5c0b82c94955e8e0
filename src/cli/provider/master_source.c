/* SPDX-License-Identifier: Apache-2.0 */
/* Reading master keys; see master_source.h. */
#include "cli/provider/master_source.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/config/read_whole.h"
#include "base/context.h"
#include "base/text.h"
#include "cli/command.h"

#define CREDENTIAL "ostiary-master-key"
#define SOURCE_MAX ((size_t)4096) /* bytes that a source may give */

extern char **environ;

typedef enum source_kind { FROM_FILE, FROM_COMMAND, FROM_VARIABLE } source_kind;

/* One program works with one store. */
static struct {
    master_key_source source;
    source_kind kind;
    const char *what; /* the path, the command or the value */
    char credential[4096];
} chosen;

/* Container platforms hand secrets out with such modes, in folders that nobody else sees: that is
 * told, and not refused. */
static void tell_mode(int fd, const char *path)
{
    struct stat status;
    if (fstat(fd, &status) == 0 && (status.st_mode & S_IROTH) != 0)
        command_say("%s: everybody who reaches it may read this master key", path);
}

static ost_result read_file(const char *path, char *bytes, size_t *ret_len, ost_error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return ost_error_set(error, OST_E_CONFIG, "the master key %s: %s", path, strerror(errno));
    tell_mode(fd, path);
    ost_result result = read_whole(fd, bytes, SOURCE_MAX, ret_len);
    int cause = errno;
    close(fd);
    return result == OST_OK
               ? OST_OK
               : ost_error_set(error, OST_E_CONFIG, "the master key %s: %s", path,
                               result == OST_E_CEILING ? "it is too long" : strerror(cause));
}

/* The shell's standard output goes to the pipe, and what it has to say to where ours goes. */
static bool start_shell(const char *line, const int pipe_ends[2], pid_t *ret_pid)
{
    posix_spawn_file_actions_t actions;
    char shell[] = "sh", flag[] = "-c";
    char *copy = memory_copy(text_of(line));
    char *const arguments[] = {shell, flag, copy, NULL};
    if (copy == NULL || posix_spawn_file_actions_init(&actions) != 0) {
        memory_free(copy);
        return false;
    }
    bool started = posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO) == 0 &&
                   posix_spawn(ret_pid, "/bin/sh", &actions, NULL, arguments, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    memory_free(copy);
    return started;
}

static ost_result read_command(const char *line, char *bytes, size_t *ret_len, ost_error *error)
{
    int ends[2], status = 0;
    pid_t pid;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return ost_error_set(error, OST_E_SYSTEM, "the master key's command: %s", strerror(errno));
    bool started = start_shell(line, ends, &pid);
    close(ends[1]);
    ost_result result = started ? read_whole(ends[0], bytes, SOURCE_MAX, ret_len) : OST_E_SYSTEM;
    close(ends[0]);
    while (started && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (result == OST_OK && !(WIFEXITED(status) && WEXITSTATUS(status) == 0))
        return ost_error_set(error, OST_E_CONFIG, "the master key's command failed (%s %d)",
                             WIFEXITED(status) ? "exit status" : "signal",
                             WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
    return result == OST_OK
               ? OST_OK
               : ost_error_set(error, OST_E_CONFIG, "the master key's command: %s",
                               result == OST_E_CEILING ? "it says too much" : "it cannot be run");
}

static ost_result read_variable(const char *value, char *bytes, size_t *ret_len, ost_error *error)
{
    size_t len = strlen(value);
    if (len > SOURCE_MAX)
        return ost_error_set(error, OST_E_CONFIG, "OSTIARY_MASTER_KEY is too long");
    memcpy(bytes, value, len);
    *ret_len = len;
    return OST_OK;
}

static ost_result read_chosen(void *user, master_key *ret_keys, size_t *ret_count, ost_error *error)
{
    static ost_result (*const readers[])(const char *, char *, size_t *, ost_error *) = {
        [FROM_FILE] = read_file, [FROM_COMMAND] = read_command, [FROM_VARIABLE] = read_variable};
    char bytes[SOURCE_MAX + 1];
    size_t len = 0;
    ost_error inner = {0};
    (void)user;
    ost_result result = readers[chosen.kind](chosen.what, bytes, &len, error);
    if (result == OST_OK) {
        result = master_keys_read((ost_text){bytes, len}, ret_keys, ret_count, &inner);
        if (result != OST_OK)
            ost_error_set(error, result, "the master key: %s", inner.detail);
    }
    wipe(bytes, sizeof bytes);
    return result;
}

/* The credential is there for every command of the service, so that it gives way to what was said
 * outright. */
static const char *find_credential(void)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    if (folder == NULL)
        return NULL;
    int len = snprintf(chosen.credential, sizeof chosen.credential, "%s/" CREDENTIAL, folder);
    return len > 0 && (size_t)len < sizeof chosen.credential && access(chosen.credential, F_OK) == 0
               ? chosen.credential
               : NULL;
}

ost_result master_source_find(const option_values *values, const master_key_source **ret_source,
                              ost_error *error)
{
    const char *const given[] = {[FROM_FILE] = options_get(values, "master-key-file"),
                                 [FROM_COMMAND] = options_get(values, "master-key-command"),
                                 [FROM_VARIABLE] = options_get(values, "master-key")};
    chosen.what = NULL;
    if (options_origin(values, "master-key").source == OPTION_IS_GIVEN)
        return ost_error_set(error, OST_E_CONFIG,
                             "--master-key: everyone on this machine reads a command line; give it "
                             "by OSTIARY_MASTER_KEY, or --master-key-file");
    for (source_kind kind = FROM_FILE; kind <= FROM_VARIABLE; kind++) {
        if (given[kind] == NULL)
            continue;
        if (chosen.what != NULL)
            return ost_error_set(error, OST_E_CONFIG,
                                 "the master key comes from one place: --master-key-file, "
                                 "--master-key-command or OSTIARY_MASTER_KEY");
        chosen.kind = kind;
        chosen.what = given[kind];
    }
    if (chosen.what == NULL) {
        chosen.kind = FROM_FILE;
        chosen.what = find_credential();
    }
    chosen.source = (master_key_source){.read = read_chosen};
    *ret_source = chosen.what != NULL ? &chosen.source : NULL;
    return OST_OK;
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

/* Of users and tokens only where there are any: most stores have none with a secret. */
void master_source_count(const reseal_count *count, char ret[RESEALED_WORDS])
{
    char more[64] = "";
    if (count->tokens > 0)
        (void)snprintf(more, sizeof more, ", and %zu token%s of identity providers", count->tokens,
                       plural(count->tokens));
    if (count->users > 0)
        (void)snprintf(ret, RESEALED_WORDS, "%zu private key%s, %zu realm%s and %zu user%s%s",
                       count->keys, plural(count->keys), count->realms, plural(count->realms),
                       count->users, plural(count->users), more);
    else
        (void)snprintf(ret, RESEALED_WORDS, "%zu private key%s and %zu realm%s%s", count->keys,
                       plural(count->keys), count->realms, plural(count->realms), more);
}

ost_result master_source_seal_clear(store *s, ost_error *error)
{
    reseal_count count;
    char words[RESEALED_WORDS];
    ost_result result = store_seal_clear(s, &count, error);
    if (result != OST_OK || count.keys + count.realms + count.users + count.tokens == 0)
        return result;
    master_source_count(&count, words);
    command_say("%s lay in clear and are sealed under the master key now%s", words,
                count.overwritten
                    ? ""
                    : "; another program reads the store, and its log still holds them in clear");
    return OST_OK;
}
