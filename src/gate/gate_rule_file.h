/* SPDX-License-Identifier: Apache-2.0 */
/* The file of rules, and what was read of it last. It can be read again while requests run: those
 * that have begun keep the rules they began with, and what is wrong with a new file leaves the old
 * rules as they are. */
#ifndef GATE_RULE_FILE_H
#define GATE_RULE_FILE_H

#include "base/buffer.h"
#include "base/published.h"
#include "gate/gate_rules.h"
#include "http/http.h"

typedef struct gate_rule_file {
    const char *path;
    bool signs_in; /* there is a client: rules may say "login" */
    published current;
    _Atomic uint64_t reloads, failed_reloads;
    _Atomic int64_t read_at; /* the last time that it was good, in seconds since 1970 */
    atomic_bool stale;       /* what was found there last was not taken */
} gate_rule_file;

/* Reads it for the first time; `path` is borrowed. OST_E_CONFIG, OST_E_SYSTEM: with a sentence.
 * Once opened it is closed again. */
OST_MUST_CHECK ost_result gate_rule_file_open(gate_rule_file *file, const char *path,
                                              ost_error *error);
/* No exchange holds rules any more. What was never opened is fine. */
void gate_rule_file_close(gate_rule_file *file);

/* Says whether there is a client, once, before requests run. OST_E_CONFIG: there is none, and a
 * rule says "login". */
OST_MUST_CHECK ost_result gate_rule_file_take_client(gate_rule_file *file, bool is_there,
                                                     ost_error *error);

/* Reads it again; on failure the rules stay. *ret_rules, which may serve for words alone, lives
 * until the next reload. One thread at a time. */
OST_MUST_CHECK ost_result gate_rule_file_reload(gate_rule_file *file, const gate_rules **ret_rules,
                                                ost_error *error);

/* The rules by which this exchange is judged: the same ones until it is over, however often it
 * asks. NULL: out of memory. On the exchange's thread. */
const gate_rules *gate_rule_file_hold(gate_rule_file *file, http_exchange *exchange);

/* For Prometheus: whether the last reload was good, and when one was. Any thread. */
void gate_rule_file_append_metrics(const gate_rule_file *file, buffer *to);

#endif
