// SPDX-License-Identifier: EUPL-1.2
// Turns the .sql files of src/store into C, at build time: pack_sql OUT.h OUT.c FILE.sql...
//
// A file of statements holds, under each "-- name: sentence", one statement that ends in ';'. The name
// becomes a member of enum sql (report_get: SQL_REPORT_GET), and the parameters (:id) are listed in the order
// in which they first occur. A file whose name begins with four digits is a migration and is kept whole;
// migrations are numbered without a gap from 0001. What is wrong stops the build with file and line.
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_STATEMENTS = 512, MAX_MIGRATIONS = 64, MAX_PARAMETERS = 31, MAX_NAME = 48 };

struct statement {
    const char *file;
    int         line;
    char        name[MAX_NAME];
    char       *sentence, *text;
    char        parameter[MAX_PARAMETERS][MAX_NAME];
    int         n_parameters;
};
struct migration {
    char  name[MAX_NAME];
    char *text;
};
static struct {
    struct statement statement[MAX_STATEMENTS];
    struct migration migration[MAX_MIGRATIONS];
    int              n, n_migrations;
} all; // a program of a few milliseconds: its one table, given back at exit

static _Noreturn void stop(const char *file, int line, const char *why)
{
    fprintf(stderr, "%s:%d: %s\n", file, line, why);
    exit(1);
}

static char *file_text(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) stop(path, 0, "cannot open");
    char  *p = NULL;
    size_t n = 0, got;
    do {
        p = realloc(p, n + 65536 + 1);
        if (!p) stop(path, 0, "no memory");
        got = fread(p + n, 1, 65536, f);
        n += got;
    } while (got);
    fclose(f);
    p[n] = 0;
    if (strlen(p) != n) stop(path, 0, "has a NUL byte");
    return p;
}

static bool name_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

// A parameter is ':' and a name; a text in quotes and a comment hold none. Counts the ends of statements,
// too.
static void scan(struct statement *s)
{
    int line = s->line + 1, ends = 0;
    for (const char *p = s->text; *p; p++) {
        if (*p == '\n') line++;
        if (*p == '\'') {
            p = strchr(p + 1, '\'');
            if (!p) stop(s->file, line, "a text without its closing quote");
            continue;
        }
        if (p[0] == '-' && p[1] == '-') {
            p = strchr(p, '\n') - 1;
            continue;
        }
        if (ends && !isspace((unsigned char)*p)) stop(s->file, line, "more than one statement under a name");
        if (*p == ';') ends++;
        if (*p == '?' || *p == '$' || *p == '@') stop(s->file, line, "parameters are written :name");
        if (*p != ':') continue;
        size_t n = 0;
        while (name_letter(p[1 + n])) n++;
        if (!n || n + 2 > MAX_NAME) stop(s->file, line, "a ':' without the name of a parameter");
        char name[MAX_NAME] = { 0 };
        memcpy(name, p, n + 1);
        p += n;
        int at = 0;
        while (at < s->n_parameters && strcmp(s->parameter[at], name)) at++;
        if (at < s->n_parameters) continue;
        if (at == MAX_PARAMETERS) stop(s->file, line, "too many parameters");
        strcpy(s->parameter[s->n_parameters++], name);
    }
    if (ends != 1) stop(s->file, s->line, "a statement ends in one ';'");
}

// "-- name: sentence"? Any other comment belongs to the statement it stands in.
static bool read_heading(const char *file, int line, char *text, struct statement *s)
{
    if (strncmp(text, "-- ", 3)) return false;
    size_t n = 0;
    while (name_letter(text[3 + n])) n++;
    if (!n || text[3 + n] != ':' || text[4 + n] != ' ') return false;
    if (n >= MAX_NAME) stop(file, line, "the name is too long");
    *s = (struct statement){ .file = file, .line = line, .sentence = text + 5 + n };
    memcpy(s->name, text + 3, n);
    for (int i = 0; i < all.n; i++)
        if (!strcmp(all.statement[i].name, s->name)) stop(file, line, "a statement of this name exists");
    return true;
}

static char *joined(char *to, const char *line)
{
    size_t n = to ? strlen(to) : 0, more = strlen(line);
    to = realloc(to, n + more + 2);
    if (!to) stop("pack_sql", 0, "no memory");
    memcpy(to + n, line, more);
    memcpy(to + n + more, "\n", 2);
    return to;
}

static void read_statements(const char *file)
{
    struct statement *s = NULL;
    int               line = 0;
    char             *rest = file_text(file);
    for (char *text; (text = strsep(&rest, "\n"));) {
        line++;
        struct statement next;
        if (read_heading(file, line, text, &next)) {
            if (all.n == MAX_STATEMENTS) stop(file, line, "too many statements");
            s = &all.statement[all.n++];
            *s = next;
        } else if (s) {
            s->text = joined(s->text, text);
        } else if (*text && strncmp(text, "--", 2)) {
            stop(file, line, "a statement without its name");
        }
    }
    for (int i = 0; i < all.n; i++) {
        if (all.statement[i].file != file) continue;
        if (!all.statement[i].text) stop(file, all.statement[i].line, "a name without its statement");
        scan(&all.statement[i]);
    }
}

static void read_migration(const char *file, const char *base)
{
    if (all.n_migrations == MAX_MIGRATIONS) stop(file, 0, "too many migrations");
    if (atoi(base) != all.n_migrations + 1) stop(file, 0, "migrations are numbered from 0001 without a gap");
    if (strlen(base) >= MAX_NAME + 4) stop(file, 0, "the name is too long");
    struct migration *m = &all.migration[all.n_migrations++];
    snprintf(m->name, sizeof m->name, "%.*s", (int)(strlen(base) - strlen(".sql")), base);
    m->text = file_text(file);
}

static void put_text(FILE *f, const char *text)
{
    fputc('"', f);
    for (; *text; text++) {
        if (*text == '\n') fputs(text[1] ? "\\n\"\n        \"" : "\\n", f);
        else if (*text == '"' || *text == '\\') fprintf(f, "\\%c", *text);
        else fputc(*text, f);
    }
    fputc('"', f);
}

static void put_upper(FILE *f, const char *name)
{
    for (; *name; name++) fputc(toupper((unsigned char)*name), f);
}

static void put_header(FILE *f)
{
    fputs("// Made by tools/pack_sql from src/store/sql.\n#pragma once\n\nenum sql {\n", f);
    for (int i = 0; i < all.n; i++) {
        fputs("    SQL_", f);
        put_upper(f, all.statement[i].name);
        fprintf(f, ", // %s\n", all.statement[i].sentence);
    }
    fprintf(f, "    SQL_STATEMENTS,\n};\nenum { SQL_MAX_PARAMETERS = %d, SQL_MIGRATIONS = %d };\n\n",
            MAX_PARAMETERS, all.n_migrations);
    fputs("struct sql_text {\n    const char        *name, *text;\n    const char *const *parameter; // [n], "
          "with "
          "the colon\n    int                n;\n};\n"
          "extern const struct sql_text sql_texts[SQL_STATEMENTS];\n\n"
          "struct sql_migration {\n    const char *name, *text;\n};\n"
          "extern const struct sql_migration sql_migrations[SQL_MIGRATIONS]; // number 1 first\n",
          f);
}

static void put_source(FILE *f)
{
    fputs("// Made by tools/pack_sql from src/store/sql.\n#include \"store/sql.h\"\n\n", f);
    for (int i = 0; i < all.n; i++) {
        const struct statement *s = &all.statement[i];
        if (!s->n_parameters) continue;
        fprintf(f, "static const char *const parameters_%s[] = { ", s->name);
        for (int j = 0; j < s->n_parameters; j++) fprintf(f, "\"%s\", ", s->parameter[j]);
        fputs("};\n", f);
    }
    fputs("\nconst struct sql_text sql_texts[SQL_STATEMENTS] = {\n", f);
    for (int i = 0; i < all.n; i++) {
        const struct statement *s = &all.statement[i];
        fprintf(f, "    { \"%s\",\n        ", s->name);
        put_text(f, s->text);
        if (s->n_parameters) fprintf(f, ",\n        parameters_%s, %d },\n", s->name, s->n_parameters);
        else fputs(",\n        (const char *const *)0, 0 },\n", f);
    }
    fputs("};\n\nconst struct sql_migration sql_migrations[SQL_MIGRATIONS] = {\n", f);
    for (int i = 0; i < all.n_migrations; i++) {
        fprintf(f, "    { \"%s\",\n        ", all.migration[i].name);
        put_text(f, all.migration[i].text);
        fputs(" },\n", f);
    }
    fputs("};\n", f);
}

static void put_file(const char *path, void (*put)(FILE *))
{
    FILE *f = fopen(path, "wb");
    if (!f) stop(path, 0, "cannot create");
    put(f);
    if (ferror(f) || fclose(f)) stop(path, 0, "cannot write");
}

int main(int argc, char **argv)
{
    if (argc < 4) stop("pack_sql", 0, "usage: pack_sql OUT.h OUT.c FILE.sql...");
    for (int i = 3; i < argc; i++) {
        const char *slash = strrchr(argv[i], '/'), *base = slash ? slash + 1 : argv[i];
        if (isdigit((unsigned char)base[0])) read_migration(argv[i], base);
        else read_statements(argv[i]);
    }
    if (!all.n || !all.n_migrations) stop("pack_sql", 0, "there is no statement or no migration");
    put_file(argv[1], put_header);
    put_file(argv[2], put_source);
    return 0;
}
