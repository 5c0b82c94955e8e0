/* SPDX-License-Identifier: Apache-2.0 */
/* QR codes as they are drawn. What is expected was read by zxing-cpp. */
#include "provider/action_page/qr_picture.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "test.h"

#define SIZE 21

/* The modules that the path makes dark. */
static void fill(const char *path, char rows[SIZE][SIZE + 1])
{
    memset(rows, 0, SIZE * (SIZE + 1));
    for (unsigned row = 0; row < SIZE; row++)
        memset(rows[row], '.', SIZE);
    for (const char *at = path; *at == 'M'; at = strchr(at, 'z') + 1) {
        char *end;
        unsigned long column = strtoul(at + 1, &end, 10) - QR_QUIET;
        unsigned long row = strtoul(end, &end, 10) - QR_QUIET;
        unsigned long count = strtoul(end + 1, NULL, 10);
        assert_true(row < SIZE && column + count <= SIZE);
        memset(&rows[row][column], '#', count);
    }
}

static void a_small_one(void **state)
{
    static const char *const expected[] = {
        "#######..##.#.#######", "#.....#.####..#.....#", "#.###.#.......#.###.#",
        "#.###.#..#.#..#.###.#", "#.###.#.##..#.#.###.#", "#.....#...#.#.#.....#",
        "#######.#.#.#.#######", "..........###........", "#.#.#.#...##....#..#.",
        "###....#.##...##....#", ".#....##..#.#...#.###", ".#####.###....##....#",
        "...#.###..#.#.#..#.#.", "........##.#.#.###.##", "#######..###.####.###",
        "#.....#...####.#....#", "#.###.#.#.##.####..##", "#.###.#...#...#.##.#.",
        "#.###.#.#...#..####.#", "#.....#..#....#....#.", "#######.#...#.####.##"};
    char rows[SIZE][SIZE + 1];
    ost_arena *arena = ost_arena_new(1 << 20);
    ost_text path;
    unsigned side = 0;
    (void)state;
    assert_int_equal(qr_picture(OST_TEXT("otpauth"), arena, &path, &side), OST_OK);
    assert_int_equal(side, SIZE + 2 * QR_QUIET);
    assert_true(text_is_made_of(path, "hvHzM "));
    fill(path.data, rows);
    for (unsigned row = 0; row < SIZE; row++)
        assert_string_equal(rows[row], expected[row]);
    ost_arena_free(arena);
}

static void how_much_it_holds(void **state)
{
    char longest[QR_TEXT_MAX + 1];
    ost_arena *arena = ost_arena_new(1 << 20);
    ost_text path;
    unsigned side;
    (void)state;
    memset(longest, 'a', sizeof longest);
    assert_int_equal(qr_picture((ost_text){longest, QR_TEXT_MAX}, arena, &path, &side), OST_OK);
    assert_int_equal(side, 97 + 2 * QR_QUIET);
    assert_int_equal(qr_picture((ost_text){longest, sizeof longest}, arena, &path, &side),
                     OST_E_CEILING);
    assert_int_equal(qr_picture((ost_text){0}, arena, &path, &side), OST_E_ARGUMENT);
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_one),
        cmocka_unit_test(how_much_it_holds),
    };
    return cmocka_run_group_tests_name("qr_picture", tests, NULL, NULL);
}
