/* SPDX-License-Identifier: Apache-2.0 */
/* What `ostiary token explain` prints; see explain_report.h. */
#include "cli/explain/explain_report.h"

#include <stdio.h>
#include <string.h>

#include <ostiary/json.h>

#include "base/error_sentence.h"
#include "base/text.h"

static void print_part(const char *label, ost_text text)
{
    if (text.len > 0)
        printf("             %-9s %.*s\n", label, (int)text.len, text.data);
}

/* A paragraph within 80 columns. */
static void print_advice(ost_text text)
{
    static const char indent[] = "             ";
    int column = 0;
    ost_text word;
    while (text_next(&text, ' ', &word)) {
        if (column == 0 || column + 1 + (int)word.len > 80)
            column = printf("%s%s%.*s", column == 0 ? "" : "\n", indent, (int)word.len, word.data) -
                     (column == 0 ? 0 : 1);
        else
            column += printf(" %.*s", (int)word.len, word.data);
    }
    puts("");
}

/* Whether it has to be said which of them decides. */
static bool several_failed(const explain_step steps[CHECK_STEPS])
{
    unsigned failed = 0;
    for (check_step name = STEP_SIZE; name < CHECK_STEPS; name++)
        failed += steps[name].outcome == EXPLAIN_FAILED;
    return failed > 1;
}

/* What could not be looked at and has nothing to be said about it: the names, in a line or two. */
static check_step print_unknown(const explain_step steps[CHECK_STEPS], check_step name)
{
    int column = printf("   - %s", check_step_name(name));
    for (name++; name < CHECK_STEPS; name++) {
        const explain_step *step = &steps[name];
        if (!explain_is_told(name, step))
            continue;
        if (step->outcome != EXPLAIN_UNKNOWN || step->advice.len > 0)
            break;
        int width = (int)strlen(check_step_name(name));
        bool wrap = column + 2 + width > 80;
        column = printf(wrap ? ",\n     %s" : ", %s", check_step_name(name)) + (wrap ? -2 : column);
    }
    puts("");
    return name - 1;
}

static void print_steps(const explain_step steps[CHECK_STEPS], bool verified)
{
    bool several = several_failed(steps);
    static const char *const marks[] = {"   -", "  ok", "FAIL"};
    for (check_step name = STEP_SIZE; name < CHECK_STEPS; name++) {
        const explain_step *step = &steps[name];
        if (!explain_is_told(name, step))
            continue;
        if (step->outcome == EXPLAIN_UNKNOWN && step->advice.len == 0) {
            name = print_unknown(steps, name);
            continue;
        }
        bool hearsay = name > STEP_SIGNATURE && !verified && step->outcome != EXPLAIN_UNKNOWN;
        ost_text seen = step->outcome == EXPLAIN_PASSED ? step->seen : OST_TEXT("");
        printf("%s %-*s%.*s%s%s\n", marks[step->outcome], seen.len > 0 ? 10 : 0,
               check_step_name(name), (int)seen.len, seen.data, hearsay ? " (unverified)" : "",
               several && step->deciding ? " <- the guard's answer" : "");
        if (step->outcome == EXPLAIN_FAILED) {
            print_part("expected", step->expected);
            print_part("seen", step->seen);
        }
        if (step->advice.len > 0)
            print_advice(step->advice);
    }
}

/* All that could be checked is well, and nothing was shown of its sender. */
static bool wants_proof(const explain_step steps[CHECK_STEPS])
{
    const explain_step *sender = &steps[STEP_SENDER];
    return sender->deciding && sender->outcome == EXPLAIN_UNKNOWN;
}

void explain_print(const explain_step steps[CHECK_STEPS], const ost_verdict *verdict, bool verified)
{
    print_steps(steps, verified);
    if (verdict->decision == OST_ALLOW)
        puts("\nThe guard lets it in.");
    else if (wants_proof(steps))
        printf("\nAll else is well. Without its sender's proof the guard answers %d, %s.\n",
               verdict->status, ost_result_name(verdict->reason));
    else
        printf("\nThe guard answers %d, %s: %s.\n", verdict->status,
               ost_result_name(verdict->reason), ost_result_sentence(verdict->reason));
}

static void put_step(ost_json_writer *writer, check_step name, const explain_step *step)
{
    static const char *const outcomes[] = {"unknown", "passed", "failed"};
    ost_json_open_object(writer);
    ost_json_member_string(writer, "check", check_step_name(name));
    ost_json_member_string(writer, "outcome", outcomes[step->outcome]);
    if (step->outcome == EXPLAIN_FAILED)
        ost_json_member_string(writer, "reason", ost_result_name(step->reason));
    if (step->deciding)
        ost_json_member_boolean(writer, "deciding", true);
    if (step->outcome != EXPLAIN_UNKNOWN || step->seen.len > 0) {
        ost_json_member_text(writer, "expected", step->expected);
        ost_json_member_text(writer, "seen", step->seen);
    }
    if (step->advice.len > 0)
        ost_json_member_text(writer, "advice", step->advice);
    ost_json_close_object(writer);
}

ost_result explain_print_json(const explain_step steps[CHECK_STEPS], const ost_verdict *verdict,
                              bool verified, ost_arena *arena, ost_error *error)
{
    ost_text text;
    bool allowed = verdict->decision == OST_ALLOW;
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    if (writer == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(writer);
    ost_json_member_boolean(writer, "allowed", allowed);
    ost_json_member_integer(writer, "status", verdict->status);
    if (!allowed)
        ost_json_member_string(writer, "reason", ost_result_name(verdict->reason));
    if (wants_proof(steps))
        ost_json_member_boolean(writer, "proof_missing", true);
    ost_json_member_boolean(writer, "verified", verified);
    ost_json_put_name(writer, OST_TEXT("checks"));
    ost_json_open_array(writer);
    for (check_step name = STEP_SIZE; name < CHECK_STEPS; name++)
        if (explain_is_told(name, &steps[name]))
            put_step(writer, name, &steps[name]);
    ost_json_close_array(writer);
    ost_json_close_object(writer);
    ost_result result = ost_json_writer_finish(writer, &text);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    puts(text.data);
    return OST_OK;
}
