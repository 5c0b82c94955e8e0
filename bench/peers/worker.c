/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the inputs and measuring; see worker.h. */
#include "worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TOKENS_MAX 64
#define FILE_MAX 65536
#define NO_SUCH_ALGORITHM 3
#define CHUNK 16 /* checks between two looks at the clock */

typedef struct tokens {
    char text[2 * FILE_MAX];
    const char *at[TOKENS_MAX];
    size_t count;
} tokens;

static bool read_file(const char *folder, const char *alg, const char *kind, char *ret, size_t room)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.%s", folder, alg, kind);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return false;
    size_t len = fread(ret, 1, room - 1, file);
    ret[len] = '\0';
    fclose(file);
    return len > 0 && len < room - 1;
}

static bool read_tokens(const char *folder, const char *alg, const char *kind, tokens *ret)
{
    if (!read_file(folder, alg, kind, ret->text, sizeof ret->text))
        return false;
    for (char *at = ret->text, *end; ret->count < TOKENS_MAX && *at != '\0'; at = end + 1) {
        end = strchr(at, '\n');
        if (end == NULL)
            return false;
        *end = '\0';
        ret->at[ret->count++] = at;
    }
    return ret->count > 0;
}

static bool judges_well(const worker *library, void *key, const tokens *good, const tokens *bad)
{
    for (size_t i = 0; i < good->count; i++) {
        if (!library->accepts(key, good->at[i])) {
            fprintf(stderr, "refuses good token %zu\n", i);
            return false;
        }
    }
    for (size_t i = 0; i < bad->count; i++) {
        if (library->accepts(key, bad->at[i])) {
            fprintf(stderr, "accepts bad token %zu\n", i);
            return false;
        }
    }
    return true;
}

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double measure(const worker *library, void *key, const tokens *good, double seconds)
{
    double start = cpu_seconds(), now = start;
    size_t count = 0;
    while (now - start < seconds) {
        for (size_t i = 0; i < CHUNK; i++) {
            if (!library->accepts(key, good->at[count++ % good->count]))
                exit(1);
        }
        now = cpu_seconds();
    }
    return (double)count / (now - start);
}

int worker_main(int argc, char **argv, const worker *library)
{
    static tokens good, bad;
    static char jwk[FILE_MAX], pem[FILE_MAX];
    char line[64];
    if (argc != 3 || !read_file(argv[1], argv[2], "jwk", jwk, sizeof jwk) ||
        !read_file(argv[1], argv[2], "pem", pem, sizeof pem) ||
        !read_tokens(argv[1], argv[2], "good", &good) ||
        !read_tokens(argv[1], argv[2], "bad", &bad))
        return 2;
    void *key = library->read_key(argv[2], jwk, pem);
    if (key == NULL)
        return NO_SUCH_ALGORITHM;
    if (!judges_well(library, key, &good, &bad))
        return 1;
    puts("ready");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL) {
        printf("%.1f\n", measure(library, key, &good, strtod(line, NULL)));
        fflush(stdout);
    }
    return 0;
}
