/* SPDX-License-Identifier: Apache-2.0 */
#include "http/log/outage.h"

#include <stdio.h>
#include <string.h>

#include "test.h"

static FILE *log_file;
static log_sink *sink;

static int setup(void **state)
{
    (void)state;
    log_file = tmpfile();
    return log_file == NULL || log_sink_new(fileno(log_file), "probe", &sink) != OST_OK;
}

/* What has been said, once the sink has ended. */
static const char *all_said(void)
{
    static char text[8192];
    log_sink_free(sink);
    rewind(log_file);
    size_t len = fread(text, 1, sizeof text - 1, log_file);
    text[len] = '\0';
    fclose(log_file);
    return text;
}

static void one_line_when_it_begins_and_one_when_it_is_over(void **state)
{
    (void)state;
    outage o = {0};
    outage_update(&o, sink, "the store", NULL, 500);
    for (int64_t now = 1000; now < 41000; now += 1000)
        outage_update(&o, sink, "the store", now < 3000 ? "it is full" : "it is gone", now);
    for (int64_t now = 41000; now < 60000; now += 1000)
        outage_update(&o, sink, "the store", NULL, now);
    outage_update(&o, sink, "the store", "again", 70000);
    outage_update(&o, sink, "the store", NULL, 70900);
    assert_string_equal(all_said(), "probe: the store fails: it is full\n"
                                    "probe: the store works again, after 40 s\n"
                                    "probe: the store fails: again\n"
                                    "probe: the store works again, after 1 s\n");
}

static void what_comes_and_goes_does_not_flood_the_log(void **state)
{
    (void)state;
    outage o = {0};
    for (int64_t now = 1; now <= 100000; now += 1000)
        outage_update(&o, sink, "it", now / 1000 % 2 == 0 ? "bad" : NULL, now);
    outage_update(&o, sink, "it", "bad", 111000); /* what lasts is told in the end */
    const char *text = all_said();
    size_t lines = 0;
    for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    assert_in_range(lines, 12, 18); /* six, and one in ten seconds */
    assert_string_equal(strrchr(text, 'p'), "probe: it fails: bad\n");
}

static void what_others_said_stays_on_its_line(void **state)
{
    (void)state;
    outage o = {0};
    char flood[2000];
    memset(flood, 'x', sizeof flood - 1);
    flood[sizeof flood - 1] = '\0';
    outage_update(&o, sink, "it", "two\nlines\x1b[2J", 1000);
    outage_update(&o, sink, "it", NULL, 2000);
    outage_update(&o, sink, "it", flood, 3000);
    const char *text = all_said();
    static const char head[] = "probe: it fails: two?lines?[2J\nprobe: it works again, after 1 s\n";
    assert_memory_equal(text, head, sizeof head - 1);
    assert_int_equal(strcspn(text + sizeof head - 1, "\n"), 598);
    outage_update(&o, NULL, "it", NULL, 4000); /* without a log nothing is said */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(one_line_when_it_begins_and_one_when_it_is_over, setup),
        cmocka_unit_test_setup(what_comes_and_goes_does_not_flood_the_log, setup),
        cmocka_unit_test_setup(what_others_said_stays_on_its_line, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
