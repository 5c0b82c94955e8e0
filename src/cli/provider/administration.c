/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the commands that administer a realm; see administration.h. */
#include "cli/provider/administration.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/directory/assignment.h"
#include "cli/printable.h"
#include "provider/admin/document_edit.h"
#include "store/store.h"

#define ADMINISTRATION_ARENA ((size_t)2 << 30)

static int run_for(const option_values *values, const char *name, const char *doing,
                   administration_work *work)
{
    ost_error error = {0};
    realm_admin admin = {0};
    struct store *db = NULL;
    ost_arena *arena = ost_arena_new(ADMINISTRATION_ARENA);
    ost_result result = arena != NULL ? command_open_store(values, STORE_THAT_EXISTS, &db, &error)
                                      : ost_error_set(&error, OST_E_MEMORY, "out of memory");
    if (result == OST_OK)
        result = realm_admin_open(db, text_of(name), arena, &admin, &error);
    if (result == OST_OK)
        result = work(&admin, values, &error);
    realm_admin_close(&admin);
    store_close(db);
    ost_arena_free(arena);
    if (result != OST_OK && error.code == OST_OK)
        error.code = result;
    return result == OST_OK ? EXIT_DONE : command_fail(&error, doing);
}

int administration_run(const option_values *values, const char *doing, administration_work *work)
{
    const char *name = options_get(values, "realm");
    if (name == NULL)
        return command_usage_error("%s needs --realm NAME", doing);
    return run_for(values, name, doing, work);
}

int administration_run_realm(const option_values *values, const char *doing,
                             administration_work *work)
{
    return run_for(values, values->operands[0], doing, work);
}

/* How much stands before the next white space but blanks, which only separates. */
static size_t line_len(ost_text json)
{
    size_t at = 0;
    while (at < json.len && json.data[at] != '\n' && json.data[at] != '\r' && json.data[at] != '\t')
        at++;
    return at;
}

void administration_print(ost_text json)
{
    while (json.len > 0) {
        size_t len = line_len(json);
        printable_put_json(text_slice(json, 0, len));
        if (len < json.len)
            putchar(' ');
        json = text_slice(json, len + 1, json.len);
    }
    putchar('\n');
}

ost_result administration_print_written(ost_json_writer *writer)
{
    ost_text text;
    ost_result result = ost_json_writer_finish(writer, &text);
    if (result == OST_OK)
        administration_print(text);
    return result;
}

void administration_put(ost_text text, char end)
{
    if (text.len > 0)
        printable_put_text(text);
    putchar(end);
}

ost_result administration_assign(realm_admin *admin, const option_values *values, size_t first,
                                 const struct member_kind *kind, const ost_json *document,
                                 const ost_json **ret_document, ost_error *error)
{
    for (size_t i = first; i < values->operand_count; i++) {
        ost_text assignment = text_of(values->operands[i]);
        ost_result result = assignment_check(kind, document, assignment, false, error);
        if (result == OST_OK)
            result = document_assign(document, assignment, admin->arena, &document, error);
        if (result != OST_OK)
            return result;
    }
    *ret_document = document;
    return OST_OK;
}

ost_result administration_without(const ost_json *document, const char *const *names,
                                  ost_arena *arena, const ost_json **ret_document)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        ost_result result = document_put(document, text_of(names[i]), NULL, arena, &document);
        if (result != OST_OK)
            return result;
    }
    *ret_document = document;
    return OST_OK;
}

const char *administration_why_none(ost_text name)
{
    return text_is(name, "password") || text_is(name, "new-password")
               ? "everyone on this machine reads a command line; user set-password and user add "
                 "read the password from standard input"
               : NULL;
}

bool read_password(char *ret, size_t size)
{
    struct termios shown, hidden;
    bool terminal = tcgetattr(STDIN_FILENO, &shown) == 0;
    if (terminal) {
        fputs("Password: ", stderr);
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    bool read = fgets(ret, (int)size, stdin) != NULL;
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
        fputs("\n", stderr);
    }
    size_t len = read ? strcspn(ret, "\r\n") : 0;
    if (!read || ret[len] == '\0')
        return read && feof(stdin) && len > 0;
    ret[len] = '\0';
    return len > 0;
}

ost_result administration_write(const char *path, ost_text document, ost_error *error)
{
    bool to_file = path != NULL && strcmp(path, "-") != 0;
    int fd = to_file ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : STDOUT_FILENO;
    if (fd < 0)
        return ost_error_set(error, OST_E_SYSTEM, "%s: %s", path, strerror(errno));
    ost_result result = OST_OK;
    for (ost_text rest = document; rest.len > 0 && result == OST_OK;) {
        ssize_t written = write(fd, rest.data, rest.len);
        if (written < 0 && errno != EINTR)
            result = ost_error_set(error, OST_E_SYSTEM, "%s: %s", to_file ? path : "output",
                                   strerror(errno));
        else if (written > 0)
            rest = text_slice(rest, (size_t)written, rest.len);
    }
    if (to_file && close(fd) != 0 && result == OST_OK)
        result = ost_error_set(error, OST_E_SYSTEM, "%s: %s", path, strerror(errno));
    return result;
}
