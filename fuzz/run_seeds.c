/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target once on every file named on the command line, and on every file in every
 * folder named there: the seeds as an ordinary test, where there is no libFuzzer. A folder that
 * is missing or empty is a failure: a target without seeds tests nothing. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat status;
    if (file == NULL || fstat(fileno(file), &status) != 0) {
        perror(path);
        if (file != NULL)
            fclose(file);
        return -1;
    }
    size_t size = (size_t)status.st_size;
    /* Exactly `size` bytes, so that the address sanitizer sees the first byte read too far. */
    uint8_t *data = malloc(size > 0 ? size : 1);
    int failed = data == NULL || fread(data, 1, size, file) != size;
    fclose(file);
    if (!failed)
        LLVMFuzzerTestOneInput(data, size);
    free(data);
    return failed ? -1 : 1;
}

static int run_path(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        perror(path);
        return -1;
    }
    if (!S_ISDIR(status.st_mode))
        return run_file(path);
    DIR *folder = opendir(path);
    if (folder == NULL) {
        perror(path);
        return -1;
    }
    int runs = 0;
    for (struct dirent *entry; runs >= 0 && (entry = readdir(folder)) != NULL;) {
        char name[4096];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        int result = run_file(name);
        runs = result < 0 ? -1 : runs + result;
    }
    closedir(folder);
    return runs;
}

int main(int argc, char **argv)
{
    int total = 0;
    for (int i = 1; i < argc; i++) {
        int runs = run_path(argv[i]);
        if (runs <= 0) {
            fprintf(stderr, "%s: no seeds could be run\n", argv[i]);
            return 1;
        }
        total += runs;
    }
    printf("%d seeds\n", total);
    return total > 0 ? 0 : 1;
}
