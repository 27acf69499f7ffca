// SPDX-License-Identifier: EUPL-1.2
// Gives every file of a corpus to a fuzz target, when libFuzzer is not there to do it: fuzz_NAME FOLDER.
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *dir, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END)) return 1;
    long n = ftell(f);
    rewind(f);
    // Exactly as large as the file, so that the address sanitizer sees a read of one byte too many.
    uint8_t *data = malloc(n > 0 ? (size_t)n : 1);
    int      bad = !data || n < 0 || fread(data, 1, (size_t)n, f) != (size_t)n;
    if (!bad) bad = LLVMFuzzerTestOneInput(data, (size_t)n);
    free(data);
    fclose(f);
    return bad;
}

int main(int argc, char **argv)
{
    DIR *d = argc == 2 ? opendir(argv[1]) : NULL;
    int  seen = 0, bad = 0;
    if (!d) {
        printf("Bail out! no corpus in %s\n", argc == 2 ? argv[1] : "(no folder given)");
        return 1;
    }
    for (struct dirent *e; (e = readdir(d));)
        if (e->d_name[0] != '.') {
            seen++;
            if (!replay(argv[1], e->d_name)) continue;
            printf("# %s failed\n", e->d_name);
            bad++;
        }
    closedir(d);
    printf("1..1\n%s 1 - %d files of %s\n", bad || !seen ? "not ok" : "ok", seen, argv[1]);
    return bad || !seen;
}
