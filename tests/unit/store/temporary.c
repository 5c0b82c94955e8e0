/* SPDX-License-Identifier: Apache-2.0 */
/* Temporary folders; see temporary.h. */
#include "temporary.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[256];
static char path[512];

const char *temporary_path(const char *name)
{
    const char *parent = getenv("TMPDIR");
    if (folder[0] == '\0') {
        snprintf(folder, sizeof folder, "%s/ostiary-store-XXXXXX",
                 parent != NULL ? parent : "/tmp");
        if (mkdtemp(folder) == NULL)
            abort();
    }
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

void temporary_remove(void)
{
    DIR *open = folder[0] != '\0' ? opendir(folder) : NULL;
    for (struct dirent *at; open != NULL && (at = readdir(open)) != NULL;) {
        char file[600];
        snprintf(file, sizeof file, "%s/%s", folder, at->d_name);
        if (strcmp(at->d_name, ".") != 0 && strcmp(at->d_name, "..") != 0 && unlink(file) != 0)
            rmdir(file);
    }
    if (open != NULL) {
        closedir(open);
        rmdir(folder);
    }
    folder[0] = '\0';
}
