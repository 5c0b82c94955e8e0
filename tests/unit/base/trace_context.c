/* SPDX-License-Identifier: Apache-2.0 */
/* Trace contexts: what a traceparent may be (W3C Trace Context §2.2), and which traces are
 * recorded. */
#include "base/trace/trace_context.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "test.h"

#define TRACE "0af7651916cd43dd8448eb211c80319c"
#define SPAN "b7ad6b7169203331"

static void good_ones_are_read(void **state)
{
    static const struct {
        const char *field;
        bool sampled, random;
    } cases[] = {
        {"00-" TRACE "-" SPAN "-00", false, false},
        {"00-" TRACE "-" SPAN "-01", true, false},
        {"00-" TRACE "-" SPAN "-03", true, true},
        {"00-" TRACE "-" SPAN "-fe", false, true},
        {"01-" TRACE "-" SPAN "-01", true, false},
        {"cc-" TRACE "-" SPAN "-01-what-the-future-brings", true, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        trace_context read;
        char written[TRACEPARENT_LEN + 1], id[2 * TRACE_ID_BYTES + 1];
        assert_true(trace_context_read(text_of(cases[i].field), &read));
        assert_int_equal(read.sampled, cases[i].sampled);
        assert_int_equal(read.random, cases[i].random);
        trace_context_write(&read, written);
        assert_int_equal(strncmp(written, "00-" TRACE "-" SPAN "-0", 54), 0);
        assert_int_equal(written[54], (char)('0' + cases[i].sampled + 2 * cases[i].random));
        trace_context_write_id(&read, id);
        assert_string_equal(id, TRACE);
    }
}

static void bad_ones_are_none(void **state)
{
    static const char *const cases[] = {
        "",
        "00",
        "00-" TRACE "-" SPAN,
        "00-" TRACE "-" SPAN "-0",
        "00-" TRACE "-" SPAN "-01 ",
        "00-" TRACE "-" SPAN "-01-more",
        "01-" TRACE "-" SPAN "-01.more",
        "ff-" TRACE "-" SPAN "-01",
        "0g-" TRACE "-" SPAN "-01",
        "00-0AF7651916CD43DD8448EB211C80319C-" SPAN "-01",
        "00-" TRACE "-B7AD6B7169203331-01",
        "00-" TRACE "-" SPAN "-0A",
        "00_" TRACE "-" SPAN "-01",
        "00-" TRACE "_" SPAN "-01",
        "00-" TRACE "-" SPAN "_01",
        "00-00000000000000000000000000000000-" SPAN "-01",
        "00-" TRACE "-0000000000000000-01",
        "00-" TRACE "-" SPAN "-0x",
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        trace_context read = {.sampled = true};
        assert_false(trace_context_read(text_of(cases[i]), &read));
        assert_true(read.sampled); /* untouched */
    }
}

static bool decides(const char *name, const char *argument, const trace_context *parent)
{
    trace_sampler sampler;
    trace_span span;
    ost_error error = {0};
    assert_int_equal(trace_sampler_read(name, argument, &sampler, &error), OST_OK);
    assert_int_equal(trace_span_begin(&sampler, parent, &span), OST_OK);
    assert_int_equal(span.has_parent, parent != NULL);
    if (parent != NULL) {
        assert_memory_equal(span.context.trace_id, parent->trace_id, TRACE_ID_BYTES);
        assert_memory_equal(span.parent_id, parent->span_id, SPAN_ID_BYTES);
        assert_memory_not_equal(span.context.span_id, parent->span_id, SPAN_ID_BYTES);
    }
    return span.context.sampled;
}

static void samplers_decide(void **state)
{
    trace_context yes, no;
    assert_true(trace_context_read(OST_TEXT("00-" TRACE "-" SPAN "-01"), &yes));
    assert_true(trace_context_read(OST_TEXT("00-" TRACE "-" SPAN "-00"), &no));
    const struct {
        const char *name, *argument;
        bool of_yes, of_no, of_none;
    } cases[] = {
        {NULL, NULL, true, false, true},
        {"always_on", NULL, true, true, true},
        {"always_off", NULL, false, false, false},
        {"parentbased_always_on", NULL, true, false, true},
        {"parentbased_always_off", NULL, true, false, false},
        {"traceidratio", NULL, true, true, true},
        {"traceidratio", "1", true, true, true},
        {"traceidratio", "0", false, false, false},
        {"parentbased_traceidratio", "0.0", true, false, false},
        /* the last seven bytes are 48eb211c80319c is 0.2848… of all */
        {"traceidratio", "0.2", false, false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(decides(cases[i].name, cases[i].argument, &yes), cases[i].of_yes);
        assert_int_equal(decides(cases[i].name, cases[i].argument, &no), cases[i].of_no);
        if (cases[i].argument == NULL || strcmp(cases[i].argument, "0.2") != 0)
            assert_int_equal(decides(cases[i].name, cases[i].argument, NULL), cases[i].of_none);
    }
    assert_true(decides("traceidratio", "0.3", &no));
    static const char *const ratios[] = {"", "x", "1.1", "-0.1", "nan", "inf", "0.5x"};
    for (size_t i = 0; i < ARRAY_LEN(ratios); i++) {
        trace_sampler sampler;
        assert_int_equal(trace_sampler_read("traceidratio", ratios[i], &sampler, NULL),
                         OST_E_CONFIG);
    }
    trace_sampler sampler;
    assert_int_equal(trace_sampler_read("parentbased_", NULL, &sampler, NULL), OST_E_CONFIG);
}

static void threads_carry_it_on(void **state)
{
    trace_context context = {.trace_id = {1}, .span_id = {2}, .sampled = true};
    assert_null(trace_current());
    assert_false(trace_current_carry().is_set);
    trace_current_set(&context);
    trace_carried carried = trace_current_carry();
    trace_current_set(NULL);
    trace_current_resume(&carried);
    assert_memory_equal(trace_current(), &context, sizeof context);
    carried.is_set = false;
    trace_current_resume(&carried);
    assert_null(trace_current());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_ones_are_read),
        cmocka_unit_test(bad_ones_are_none),
        cmocka_unit_test(samplers_decide),
        cmocka_unit_test(threads_carry_it_on),
    };
    return cmocka_run_group_tests_name("base-trace_context", tests, NULL, NULL);
}
