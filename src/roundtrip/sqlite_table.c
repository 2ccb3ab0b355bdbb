/* CREATE TABLE, as SQLite keeps it -> a table with its columns and constraints. */
#include "roundtrip/sqlite_table.h"
#include "roundtrip/sqlite_words.h"

#include <string.h>

typedef struct {
    MlFamily *family;
    const GArray *words;
    guint at, end; /* of the item that is read */
    char *name;    /* of the constraint that is read; NULL: none */
} Reader;

static gboolean take(Reader *reader, const char *word)
{
    if (reader->at >= reader->end || !ml_word_is(reader->words, reader->at, word))
        return FALSE;
    reader->at++;
    return TRUE;
}

static gboolean stands(const Reader *reader, const char *word)
{
    return reader->at < reader->end && ml_word_is(reader->words, reader->at, word);
}

static char *text(const Reader *reader, guint from)
{
    return ml_words_text(reader->words, from, MIN(reader->at, reader->end));
}

/* A word of any kind, or what stands between brackets. */
static void skip(Reader *reader)
{
    reader->at =
        stands(reader, "(") ? ml_words_close(reader->words, reader->at) + 1 : reader->at + 1;
}

/* --- constraints -------------------------------------------------------------------------- */

/*
 * A constraint is known by its name; one that has none by what it says. That of a column
 * is written as it would be for the table: "unique(a)". Takes `definition`.
 */
static void add_constraint(Reader *reader, char *definition)
{
    MlSnapshotObject *object = ml_family_add(
        reader->family, "constraint", reader->name ? g_strdup(reader->name) : g_strdup(definition));
    ml_object_set(object, "definition", definition);
    g_clear_pointer(&reader->name, g_free);
}

static void take_conflict(Reader *reader)
{
    if (take(reader, "on") && take(reader, "conflict"))
        reader->at++;
}

/* ON DELETE SET NULL, MATCH FULL, NOT DEFERRABLE INITIALLY DEFERRED */
static void take_reference(Reader *reader)
{
    skip(reader);
    if (stands(reader, "("))
        skip(reader);
    for (;;) {
        if (take(reader, "on")) {
            reader->at++;
            if (take(reader, "set") || take(reader, "no"))
                reader->at++;
            else
                reader->at++;
        } else if (take(reader, "match") || take(reader, "initially")) {
            reader->at++;
        } else if (stands(reader, "not") &&
                   ml_word_is(reader->words, reader->at + 1, "deferrable")) {
            reader->at += 2;
        } else if (!take(reader, "deferrable")) {
            return;
        }
    }
}

static char *of_column(const char *kind, const char *column, char *rest)
{
    g_autofree char *owned = rest;
    return g_strdup_printf("%s(%s)%s%s", kind, column, owned && *owned ? " " : "",
                           owned ? owned : "");
}

/* Whether the item, or what is left of it, begins with a constraint. */
static gboolean read_table_constraint(Reader *reader)
{
    static const char *const kinds[] = {"primary", "unique", "check", "foreign", NULL};
    if (take(reader, "constraint")) {
        g_free(reader->name);
        guint from = reader->at++;
        reader->name = text(reader, from);
    }
    for (gsize i = 0; kinds[i] != NULL; i++) {
        if (!stands(reader, kinds[i]))
            continue;
        guint from = reader->at;
        reader->at = reader->end;
        add_constraint(reader, text(reader, from));
        return TRUE;
    }
    return FALSE;
}

/* --- columns ------------------------------------------------------------------------------- */

static gboolean ends_type(const Reader *reader)
{
    static const char *const words[] = {"constraint", "primary",   "not",     "null",
                                        "unique",     "check",     "default", "collate",
                                        "references", "generated", "as",      NULL};
    for (gsize i = 0; words[i] != NULL; i++)
        if (stands(reader, words[i]))
            return TRUE;
    return reader->at >= reader->end;
}

static void read_type(Reader *reader, MlSnapshotObject *column)
{
    guint from = reader->at;
    while (!ends_type(reader))
        skip(reader);
    g_autofree char *type = text(reader, from);
    ml_object_set(column, "type", reader->at > from ? g_ascii_strup(type, -1) : NULL);
}

static void read_primary_key(Reader *reader, const char *column)
{
    take(reader, "key");
    guint from = reader->at;
    if (!take(reader, "asc"))
        take(reader, "desc");
    g_autofree char *order = text(reader, from);
    take_conflict(reader);
    from = reader->at;
    take(reader, "autoincrement");
    char *rest = text(reader, from);
    g_autofree char *key = *order ? g_strconcat(column, " ", order, NULL) : g_strdup(column);
    add_constraint(reader, of_column("primary key", key, rest));
}

static void read_default(Reader *reader, MlSnapshotObject *column)
{
    guint from = reader->at;
    if (stands(reader, "+") || stands(reader, "-"))
        reader->at++;
    skip(reader);
    ml_object_set(column, "default", text(reader, from));
}

static void read_generated(Reader *reader, MlSnapshotObject *column)
{
    take(reader, "always");
    take(reader, "as");
    guint from = reader->at;
    skip(reader);
    if (!take(reader, "stored"))
        take(reader, "virtual");
    ml_object_set(column, "generated", text(reader, from));
}

static void read_reference(Reader *reader, const char *column)
{
    guint from = reader->at - 1;
    take_reference(reader);
    add_constraint(reader, of_column("foreign key", column, text(reader, from)));
}

/* FALSE where nothing of a column stands. */
static gboolean read_clause(Reader *reader, MlSnapshotObject *column, const char *name)
{
    if (take(reader, "constraint")) {
        g_free(reader->name);
        guint from = reader->at++;
        reader->name = text(reader, from);
    } else if (take(reader, "primary")) {
        read_primary_key(reader, name);
    } else if (take(reader, "not")) {
        take(reader, "null");
        take_conflict(reader);
        ml_object_set(column, "nullable", g_strdup("no"));
        g_clear_pointer(&reader->name, g_free);
    } else if (take(reader, "unique")) {
        guint from = reader->at;
        take_conflict(reader);
        add_constraint(reader, of_column("unique", name, text(reader, from)));
    } else if (take(reader, "check")) {
        guint from = reader->at;
        skip(reader);
        g_autofree char *condition = text(reader, from);
        add_constraint(reader, g_strconcat("check", condition, NULL));
    } else if (take(reader, "default")) {
        read_default(reader, column);
    } else if (take(reader, "collate")) {
        guint from = reader->at++;
        ml_object_set(column, "collation", text(reader, from));
    } else if (take(reader, "references")) {
        read_reference(reader, name);
    } else if (take(reader, "generated") || stands(reader, "as")) {
        read_generated(reader, column);
    } else {
        return take(reader, "null");
    }
    return TRUE;
}

static void read_column(Reader *reader)
{
    guint from = reader->at++;
    char *name = text(reader, from);
    MlSnapshotObject *column = ml_family_add(reader->family, "column", name);
    read_type(reader, column);
    while (reader->at < reader->end && read_clause(reader, column, name))
        ;
}

/* --- the table ----------------------------------------------------------------------------- */

/* The end of the item that begins at `at`: its comma, or the bracket that closes the list. */
static guint end_of_item(const GArray *words, guint at, guint close)
{
    while (at < close && !ml_word_is(words, at, ","))
        at = ml_word_is(words, at, "(") ? ml_words_close(words, at) + 1 : at + 1;
    return MIN(at, close);
}

static void read_items(Reader *reader, guint open, guint close)
{
    for (guint at = open + 1; at < close; at = reader->end + 1) {
        reader->at = at;
        reader->end = end_of_item(reader->words, at, close);
        if (!read_table_constraint(reader))
            read_column(reader);
        g_clear_pointer(&reader->name, g_free);
    }
}

void ml_sqlite_table_read(MlFamily *family, const char *sql)
{
    g_autoptr(GArray) words = ml_sqlite_words(sql);
    MlSnapshotObject *table = ml_family_add(family, "table", g_strdup(family->name));
    guint open = 0;
    while (open < words->len && !ml_word_is(words, open, "("))
        open++;
    if (ml_word_is(words, 1, "virtual")) {
        ml_object_set(table, "definition", ml_words_text(words, 0, words->len));
        return;
    }
    guint close = ml_words_close(words, open);
    Reader reader = {.family = family, .words = words};
    read_items(&reader, open, close);
    g_free(reader.name);
    if (close + 1 < words->len)
        ml_object_set(table, "options", ml_words_text(words, close + 1, words->len));
}
