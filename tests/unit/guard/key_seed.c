/* The copy of the keys on disk. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "context.h"
#include "issuer.h"
#include "online.h"

static char folder[64], path[128];

static int make_folder(void **state)
{
    snprintf(folder, sizeof folder, "/tmp/ostiary-seed-XXXXXX");
    return mkdtemp(folder) != NULL ? online_make_keys(state) : -1;
}

static int remove_folder(void **state)
{
    rmdir(folder); /* fails when something was left in it */
    return access(folder, F_OK) != 0 ? online_free_keys(state) : -1;
}

static int start(void **state)
{
    snprintf(path, sizeof path, "%s/keys.json", folder);
    return online_start(state);
}

static int end(void **state)
{
    unlink(path);
    return online_end(state);
}

static void write_file(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void read_file(char *ret, size_t size)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    ret[fread(ret, 1, size - 1, file)] = '\0';
    fclose(file);
}

static void keys_from_disk_serve_while_the_issuer_is_down(void **state)
{
    online *o = *state;
    write_file(o->issuer->keys);
    fake_issuer_serve(o->issuer, FAKE_DOWN, FAKE_DOWN);
    online_guard(o, (ost_issuer){.seed_file = path});
    assert_true(ost_guard_is_ready(o->guard));
    ost_text token = online_token(o, o->issuer, o->keys[0]);
    assert_int_equal(online_check_now(o, o->guard, token, true).decision, OST_ALLOW);
}

static void fetched_keys_are_kept_on_disk(void **state)
{
    online *o = *state;
    char seen[32768];
    struct stat status;
    online_guard(o, (ost_issuer){.seed_file = path});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    for (int i = 0; i < 1000 && access(path, F_OK) != 0; i++)
        usleep(2000);
    read_file(seen, sizeof seen);
    assert_string_equal(seen, o->issuer->keys);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 077, 0);
    /* A new key gets there too. */
    fake_issuer_publish(o->issuer, (ost_key *const[]){o->keys[0], o->keys[1], NULL});
    ost_text new = online_token(o, o->issuer, o->keys[1]);
    assert_int_equal(online_check(o, o->guard, new).decision, OST_ALLOW);
    read_file(seen, sizeof seen);
    assert_string_equal(seen, o->issuer->keys);
}

static void a_bad_seed_is_no_obstacle(void **state)
{
    online *o = *state;
    static const char *const seeds[] = {
        "", "{", "{\"keys\":[]}",
        "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}]}"};
    for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i++) {
        write_file(seeds[i]);
        fake_issuer_serve(o->issuer, FAKE_SLOW, FAKE_GOOD);
        online_guard(o, (ost_issuer){.seed_file = path});
        assert_false(ost_guard_is_ready(o->guard));
        ost_text said;
        assert_true(ost_json_text(online_state(o, o->guard, 0, "last_error"), &said));
        assert_true(text_starts(said, "seed file "));
        fake_issuer_release(o->issuer);
        assert_true(ost_guard_wait_ready(o->guard, 5));
        ost_guard_free(o->guard);
        o->guard = NULL;
    }
}

/* Opening it must not hang, nor read without end. */
static void what_is_no_file_is_no_seed(void **state)
{
    online *o = *state;
    static const char *const places[] = {"/dev/zero", "/dev/null", "/tmp", "/does/not/exist"};
    for (size_t i = 0; i <= sizeof places / sizeof places[0]; i++) {
        bool fifo = i == sizeof places / sizeof places[0];
        if (fifo)
            assert_int_equal(mkfifo(path, 0600), 0);
        const ost_issuer config = {.seed_file = fifo ? path : places[i],
                                   .jwks_url = "http://127.0.0.1:1/"};
        ost_guard *guard = online_guard_of(&o->issuer, 1, config);
        assert_false(ost_guard_is_ready(guard));
        ost_guard_free(guard);
    }
}

static void keys_serve_when_the_disk_does_not(void **state)
{
    online *o = *state;
    ost_text said = {0};
    online_guard(o, (ost_issuer){.seed_file = "/does/not/exist/keys.json"});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    ost_text token = online_token(o, o->issuer, o->keys[0]);
    assert_int_equal(online_check(o, o->guard, token).decision, OST_ALLOW);
    for (int i = 0; i < 1000 && !text_starts(said, "seed file"); i++) {
        usleep(2000);
        (void)!ost_json_text(online_state(o, o->guard, 0, "last_error"), &said);
    }
    assert_true(text_starts(said, "seed file /does/not/exist/keys.json: "));
}

static void a_seed_that_is_too_large(void **state)
{
    online *o = *state;
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 300 * 1024; i++)
        fputc(' ', file);
    fclose(file);
    const ost_issuer config = {.seed_file = path, .jwks_url = "http://127.0.0.1:1/"};
    ost_guard *guard = online_guard_of(&o->issuer, 1, config);
    assert_false(ost_guard_is_ready(guard));
    ost_guard_free(guard);
}

static void every_allocation_may_fail(void **state)
{
    online *o = *state;
    static const char *const audiences[] = {"myapi"};
    const ost_issuer config = {
        .issuer = o->issuer->name, .audiences = audiences, .audience_count = 1, .seed_file = path};
    issuer *made;
    bool loaded = false;
    write_file("");
    assert_int_equal(issuer_new(&config, NULL, NULL, &made, NULL), OST_OK);
    write_file(o->issuer->keys);
    for (uint64_t n = 1; !loaded; n++) {
        ost_error error = {0};
        memory_fail_at(n);
        loaded = key_seed_load(made, &error) == OST_OK;
        memory_fail_at(0);
        assert_int_equal(issuer_is_ready(made), loaded);
        assert_int_equal(error.code != OST_OK, !loaded);
    }
    issuer_free(made);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keys_from_disk_serve_while_the_issuer_is_down),
        TEST(fetched_keys_are_kept_on_disk),
        TEST(a_bad_seed_is_no_obstacle),
        TEST(what_is_no_file_is_no_seed),
        TEST(keys_serve_when_the_disk_does_not),
        TEST(a_seed_that_is_too_large),
        TEST(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("guard-key_seed", tests, make_folder, remove_folder);
}
