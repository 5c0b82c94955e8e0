/* SPDX-License-Identifier: Apache-2.0 */
/* The copy of the keys on disk. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/context.h"
#include "guard/issuer.h"
#include "online.h"

#define MOST 262144 /* bytes of a seed */

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
    for (size_t i = 0; i < ARRAY_LEN(seeds); i++) {
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
    for (size_t i = 0; i <= ARRAY_LEN(places); i++) {
        bool fifo = i == ARRAY_LEN(places);
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

/* ---- reading one, and why not ---- */

/* An issuer without keys; there need be nothing at `file`. */
static issuer *issuer_of(const char *file)
{
    static const char *const audiences[] = {"myapi"};
    const ost_issuer config = {.issuer = "https://id.example.org",
                               .audiences = audiences,
                               .audience_count = 1,
                               .seed_file = file};
    issuer *made;
    assert_int_equal(issuer_new(&config, NULL, NULL, &made, NULL), OST_OK);
    return made;
}

/* It is refused with these words, or all is well when there are none. */
static void expect(ost_error seen, const char *words)
{
    if (words == NULL && seen.code != OST_OK)
        fail_msg("%s", seen.detail);
    if (words != NULL && (seen.code != OST_E_SYSTEM || !text_ends(text_of(seen.detail), words)))
        fail_msg("\"%s\" where \"%s\" is expected", seen.detail, words);
}

static ost_error load(const char *file)
{
    issuer *of = issuer_of(file);
    ost_error error = {0};
    ost_result result = key_seed_load(&of->source, &error);
    assert_int_equal(error.code, result);
    assert_int_equal(issuer_is_ready(of), result == OST_OK);
    issuer_free(of);
    return error;
}

/* The keys, and white space up to a size. */
static void write_padded(const char *keys, size_t size)
{
    write_file(keys);
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    for (size_t i = strlen(keys); i < size; i++)
        fputc(' ', file);
    fclose(file);
}

static void a_seed_has_a_ceiling(void **state)
{
    online *o = *state;
    write_padded(o->issuer->keys, MOST);
    expect(load(path), NULL);
    write_padded(o->issuer->keys, MOST + 1);
    expect(load(path), "is empty or too large");
    write_file("");
    expect(load(path), "is empty or too large");
}

/* For root may do everything. False: root cannot be anybody else here. */
static bool become_nobody(void)
{
    return geteuid() != 0 || seteuid(65534) == 0;
}

static void become_oneself(void)
{
    assert_int_equal(seteuid(getuid()), 0);
}

/* As those of the kernel are. */
static bool is_shorter_than_it_says(const char *file)
{
    char bytes[8192];
    struct stat status;
    FILE *opened = fopen(file, "r");
    if (opened == NULL)
        return false;
    size_t len = fread(bytes, 1, sizeof bytes, opened);
    bool shorter = fstat(fileno(opened), &status) == 0 && (off_t)len < status.st_size;
    fclose(opened);
    return shorter;
}

static void a_seed_that_cannot_be_read_is_told(void **state)
{
    static const char short_one[] = "/sys/devices/system/cpu/online";
    online *o = *state;
    expect(load(path), "cannot be opened");
    expect(load(folder), "is not a regular file");
    expect(load("/dev/zero"), "is not a regular file");
    assert_int_equal(mkfifo(path, 0600), 0);
    expect(load(path), "is not a regular file");
    unlink(path);
    if (is_shorter_than_it_says(short_one))
        expect(load(short_one), "cannot be read");
    write_file(o->issuer->keys);
    assert_int_equal(chmod(path, 0), 0);
    bool nobody = become_nobody();
    ost_error seen = load(path);
    become_oneself();
    if (nobody)
        expect(seen, "cannot be opened");
}

/* Whole files that somebody may have taken for a key set. */
static void another_document_is_no_seed(void **state)
{
    online *o = *state;
    const char *const documents[][2] = {
        {o->issuer->discovery, "has no array \"keys\""},
        {"[]", "has no array \"keys\""},
        {"null", "has no array \"keys\""},
        {"{\"keys\":{}}", "has no array \"keys\""},
        {"{\"keys\":[{}]}",
         "none of 1 keys is usable; key 1 of the set: the member \"kty\" is not a string"},
        {"-----BEGIN PUBLIC KEY-----\n", "the number is malformed or out of range"},
        {ost_arena_format(o->arena, "[%s]", o->issuer->keys), "has no array \"keys\""},
        {ost_arena_format(o->arena, "%sx", o->issuer->keys), "something follows the document"},
    };
    for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
        write_file(documents[i][0]);
        expect(load(path), documents[i][1]);
    }
    write_file(o->issuer->keys);
    expect(load(path), NULL);
}

/* ---- writing one ---- */

/* How many names there are in the folder. */
static int count_names(void)
{
    int found = 0;
    DIR *names = opendir(folder);
    assert_non_null(names);
    for (const struct dirent *at; (at = readdir(names)) != NULL;)
        found += at->d_name[0] != '.';
    closedir(names);
    return found;
}

static ost_error store(const char *file, ost_text text)
{
    issuer *of = issuer_of(file);
    ost_error error = {0};
    ost_result result = key_seed_store(&of->source, text, &error);
    assert_int_equal(error.code, result);
    issuer_free(of);
    return error;
}

/* Whoever has opened the old one reads all of it; the new one is for nobody else to read. */
static void a_seed_is_replaced_as_a_whole(void **state)
{
    online *o = *state;
    struct stat status, old_status;
    char *text = ost_arena_alloc(o->arena, MOST), *seen = ost_arena_alloc(o->arena, MOST + 1);
    memset(text, 'k', MOST);
    write_file("the old one");
    assert_int_equal(chmod(path, 0644), 0);
    FILE *old = fopen(path, "r");
    mode_t mask = umask(0);
    ost_error error = store(path, (ost_text){text, MOST});
    umask(mask);
    expect(error, NULL);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode, S_IFREG | 0600);
    assert_int_equal(fstat(fileno(old), &old_status), 0);
    assert_int_equal(old_status.st_nlink, 0);
    assert_int_equal(fread(seen, 1, MOST, old), strlen("the old one"));
    assert_memory_equal(seen, "the old one", strlen("the old one"));
    fclose(old);
    read_file(seen, MOST + 1);
    assert_int_equal(status.st_size, MOST);
    assert_memory_equal(seen, text, MOST);
    assert_int_equal(count_names(), 1);
}

static void what_cannot_be_written_leaves_the_old_one(void **state)
{
    online *o = *state;
    char seen[64];
    struct rlimit limit, small;
    char *text = ost_arena_alloc(o->arena, 1000);
    memset(text, 'k', 1000);
    write_file("the old one");
    /* The disk is full after some bytes. */
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    small = (struct rlimit){100, limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    ost_error error = store(path, (ost_text){text, 1000});
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    signal(SIGXFSZ, handler);
    expect(error, "cannot be written");
    read_file(seen, sizeof seen);
    assert_string_equal(seen, "the old one");
    assert_int_equal(count_names(), 1);
    /* The folder may not be written. */
    assert_int_equal(chmod(folder, 0555), 0);
    if (become_nobody()) {
        error = store(path, OST_TEXT("the new one"));
        become_oneself();
        expect(error, "cannot be created");
        read_file(seen, sizeof seen);
        assert_string_equal(seen, "the old one");
        assert_int_equal(count_names(), 1);
    }
    assert_int_equal(chmod(folder, 0700), 0);
}

/* The name is a folder's, which no file can replace; what was written beside it is gone. */
static void what_cannot_be_put_in_its_place_is_removed(void **state)
{
    assert_int_equal(mkdir(path, 0700), 0);
    expect(store(path, OST_TEXT("the new one")), "cannot be written");
    assert_int_equal(count_names(), 1);
    assert_int_equal(rmdir(path), 0);
}

static void a_name_has_a_ceiling(void **state)
{
    char name[1024];
    memset(name, 'n', sizeof name);
    memcpy(name, "/does/not/exist/", 16);
    name[1017] = '\0';
    expect(store(name, OST_TEXT("keys")), "the name is too long");
    name[1016] = '\0';
    expect(store(name, OST_TEXT("keys")), "cannot be created");
}

/* The lowest one that is free. */
static int next_descriptor(void)
{
    int fd = open(folder, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    close(fd);
    return fd;
}

static void nothing_stays_open(void **state)
{
    online *o = *state;
    int before = next_descriptor();
    write_file("{");
    expect(load(path), "a member's name in quotes is expected");
    write_file(o->issuer->keys);
    expect(load(path), NULL);
    expect(load(folder), "is not a regular file");
    expect(store(path, OST_TEXT("keys")), NULL);
    expect(store(folder, OST_TEXT("keys")), "cannot be written");
    assert_int_equal(next_descriptor(), before);
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
        assert_true(n < 10000);
        memory_fail_at(n);
        loaded = key_seed_load(&made->source, &error) == OST_OK;
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
        TEST(a_seed_has_a_ceiling),
        TEST(a_seed_that_cannot_be_read_is_told),
        TEST(another_document_is_no_seed),
        TEST(a_seed_is_replaced_as_a_whole),
        TEST(what_cannot_be_written_leaves_the_old_one),
        TEST(what_cannot_be_put_in_its_place_is_removed),
        TEST(a_name_has_a_ceiling),
        TEST(nothing_stays_open),
        TEST(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("guard-key_seed", tests, make_folder, remove_folder);
}
