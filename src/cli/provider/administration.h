/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands that administer a realm share. */
#ifndef ADMINISTRATION_H
#define ADMINISTRATION_H

#include "cli/command.h"
#include "provider/admin/realm_admin.h"

#define ADMINISTRATION_OPTIONS                                                                     \
    {"realm", "NAME", NULL, NULL, "the realm (required)"},                                         \
        {"json", NULL, NULL, NULL, "print JSON"}, COMMAND_STORE_OPTIONS

struct member_kind;

/* Opens the realm that --realm names, or the operand of `realm show` and `realm set`, does the
 * work, and tells what went wrong. Returns an exit code. */
typedef ost_result administration_work(realm_admin *admin, const option_values *values,
                                       ost_error *error);
int administration_run(const option_values *values, const char *doing, administration_work *work);
int administration_run_realm(const option_values *values, const char *doing,
                             administration_work *work);

/* Prints JSON on one line: what stands in strings is escaped, and a line feed elsewhere is no more
 * than a space. */
void administration_print(ost_text json);

/* Prints the document of a writer; of one that could not be finished nothing. Errors: those of
 * ost_json_writer_finish. */
OST_MUST_CHECK ost_result administration_print_written(ost_json_writer *writer);

/* Prints the text, and a tab or a line feed behind it. */
void administration_put(ost_text text, char end);

/* Applies the operands from the n-th on ("name=value") to a document of the kind. */
OST_MUST_CHECK ost_result administration_assign(realm_admin *admin, const option_values *values,
                                                size_t first, const struct member_kind *kind,
                                                const ost_json *document,
                                                const ost_json **ret_document, ost_error *error);

/* Without the members named, NULL-terminated: secrets, and what is long. */
OST_MUST_CHECK ost_result administration_without(const ost_json *document, const char *const *names,
                                                 ost_arena *arena, const ost_json **ret_document);

/* Writes a document that holds secrets: to a new file for its owner only, never over an existing
 * one; NULL or "-": to standard output. */
OST_MUST_CHECK ost_result administration_write(const char *path, ost_text document,
                                               ost_error *error);

/* Why a command that gives a user a password has no option for it; NULL: the name is another. */
const char *administration_why_none(ost_text name);

/* One line of at most `size` - 2 bytes from standard input, without echo on a terminal. False:
 * nothing, or too long. */
bool read_password(char *ret, size_t size);

#endif
