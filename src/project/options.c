#include "project/options.h"

#include <string.h>

#include "miglint/text.h"

/*
 * Bytes of options and of their interpolated values together. A file of a
 * megabyte can name itself often enough to be worth many gigabytes.
 */
#define BYTE_LIMIT (256 * 1024)
/* What an option costs besides, and one that cannot be interpolated. */
#define OPTION_BYTES 128
#define BROKEN_BYTES 4096

#define HOOKS "post_write_hooks"

typedef struct {
    const MlConfigFiles *files;
    const char *section;
    GPtrArray *options;
    GHashTable *lines; /* of the ini: line -> MlOption *, the last of that line */
    gsize left;        /* of BYTE_LIMIT */
} Reader;

void ml_option_free(MlOption *option)
{
    g_free(option->place.path);
    g_free(option->section);
    g_free(option->key);
    g_free(option->raw);
    g_free(option);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlOption, ml_option_free)

gboolean ml_option_is_url(const MlOption *option)
{
    return strcmp(option->key, "sqlalchemy.url") == 0;
}

static MlOption *option_new(const char *path, guint line, const char *section, const char *key,
                            const char *raw)
{
    MlOption *option = g_new0(MlOption, 1);
    option->place = (MlPlace){g_strdup(path), line};
    option->section = g_strdup(section);
    option->key = g_strdup(key);
    option->raw = g_strdup(raw);
    return option;
}

/* FALSE when there is no room for it any more. `value`: interpolated, or NULL. */
static gboolean pay_for(Reader *reader, const MlOption *option, const char *value)
{
    gsize bytes = OPTION_BYTES + strlen(option->section) + strlen(option->key) +
                  strlen(option->raw) + (value ? strlen(value) : 0) +
                  (option->broken ? BROKEN_BYTES : 0);
    gboolean enough = bytes <= reader->left;
    reader->left = enough ? reader->left - bytes : 0;
    return enough;
}

char *ml_options_dialect(const GPtrArray *options, const MlPlace **place)
{
    g_autofree char *dialect = NULL;
    for (guint i = 0; i < options->len; i++) {
        const MlOption *option = g_ptr_array_index(options, i);
        g_autofree char *found = ml_option_is_url(option) ? ml_url_dialect(option->raw) : NULL;
        if (found != NULL && dialect != NULL && strcmp(found, dialect) != 0)
            return NULL;
        if (found == NULL || dialect != NULL)
            continue;
        dialect = g_steal_pointer(&found);
        *place = &option->place;
    }
    return g_steal_pointer(&dialect);
}

/* --- the ini -------------------------------------------------------------------- */

/* An option of DEFAULT is in every section: once is enough, unless it fails in a further one. */
static gboolean is_new(const Reader *reader, const MlOption *option)
{
    const MlOption *other =
        g_hash_table_lookup(reader->lines, GUINT_TO_POINTER(option->place.line));
    return other == NULL || (option->broken && !other->broken);
}

static gboolean add_ini_option(Reader *reader, const char *section, const char *key)
{
    const MlIni *ini = reader->files->ini;
    guint line = ml_ini_line(ini, section, key);
    if (line == 0) /* `here`: it is no option of the file */
        return TRUE;
    g_autofree char *value = NULL;
    g_autoptr(MlOption) option =
        option_new(ml_ini_path(ini), line, section, key, ml_ini_raw(ini, section, key));
    option->broken = !ml_ini_get(ini, section, key, &value, NULL);
    if (!pay_for(reader, option, value))
        return FALSE;
    if (is_new(reader, option)) {
        g_hash_table_insert(reader->lines, GUINT_TO_POINTER(line), option);
        g_ptr_array_add(reader->options, g_steal_pointer(&option));
    }
    return TRUE;
}

static void add_section(Reader *reader, const char *section)
{
    if (!ml_ini_has_section(reader->files->ini, section))
        return;
    g_autoptr(GPtrArray) keys = ml_ini_keys(reader->files->ini, section);
    for (guint i = 0; i < keys->len; i++)
        if (!add_ini_option(reader, section, g_ptr_array_index(keys, i)))
            return;
}

/* `databases = one, two`: the multidb template has a section for each. */
static void add_engines(Reader *reader, GPtrArray *engines)
{
    const MlIni *ini = reader->files->ini;
    g_autofree char *names = NULL;
    if (!ml_ini_has_section(ini, reader->section) ||
        !ml_ini_get(ini, reader->section, "databases", &names, NULL) || names == NULL)
        return;
    g_auto(GStrv) words = g_strsplit(names, ",", -1);
    for (char **word = words; *word != NULL && reader->left > 0; word++) {
        if (!ml_ini_has_section(ini, g_strstrip(*word)))
            continue;
        g_ptr_array_add(engines, g_strdup(*word));
        add_section(reader, *word);
    }
}

static void read_ini(Reader *reader, GPtrArray *engines)
{
    add_section(reader, reader->section);
    add_engines(reader, engines);
    add_section(reader, HOOKS);
}

/* --- pyproject.toml --------------------------------------------------------------- */

/* Whether Alembic itself reads a key of [tool.alembic], as it does where the ini has none. */
static gboolean is_read(const Reader *reader, const char *key)
{
    static const char *const keys[] = {"file_template",
                                       HOOKS,
                                       "output_encoding",
                                       "prepend_sys_path",
                                       "revision_environment",
                                       "script_location",
                                       "timezone",
                                       "truncate_slug_length",
                                       "version_locations",
                                       NULL};
    const MlIni *ini = reader->files->ini;
    if (!g_strv_contains(keys, key))
        return FALSE;
    return ini == NULL ||
           !(strcmp(key, HOOKS) == 0 ? ml_ini_has_section(ini, HOOKS)
                                     : ml_ini_raw(ini, reader->section, key) != NULL);
}

static void add_toml_string(Reader *reader, const char *key, const MlTomlValue *string,
                            gboolean read)
{
    MlOption *option = option_new(ml_toml_path(reader->files->toml), string->line, "tool.alembic",
                                  key, string->text);
    g_autofree char *value = ml_toml_expand(reader->files, string, key, NULL);
    option->broken = read && value == NULL;
    if (pay_for(reader, option, value))
        g_ptr_array_add(reader->options, option);
    else
        ml_option_free(option);
}

/* A value and all that is in it; the nesting is bounded by the TOML reader. */
static void add_toml(Reader *reader, const char *key, const MlTomlValue *value, gboolean read)
{
    if (value->kind == ML_TOML_STRING)
        add_toml_string(reader, key, value, read);
    for (guint i = 0; value->kind == ML_TOML_ARRAY && i < value->items->len; i++)
        add_toml(reader, key, g_ptr_array_index(value->items, i), read);
    for (guint i = 0; value->kind == ML_TOML_TABLE && i < value->keys->len; i++) {
        const char *below = g_ptr_array_index(value->keys, i);
        g_autofree char *dotted = g_strconcat(key, ".", below, NULL);
        add_toml(reader, dotted, ml_toml_get(value, below), read);
    }
}

static void read_toml(Reader *reader)
{
    const MlTomlValue *table = ml_toml_alembic(reader->files->toml);
    for (guint i = 0; table != NULL && i < table->keys->len && reader->left > 0; i++) {
        const char *key = g_ptr_array_index(table->keys, i);
        add_toml(reader, key, ml_toml_get(table, key), is_read(reader, key));
    }
}

/* --- both ----------------------------------------------------------------------------- */

void ml_options_read(const MlConfigFiles *files, const char *section, GPtrArray *options,
                     GPtrArray *engines)
{
    g_autoptr(GHashTable) lines = g_hash_table_new(NULL, NULL);
    Reader reader = {files, section, options, lines, BYTE_LIMIT};
    if (files->ini != NULL)
        read_ini(&reader, engines);
    read_toml(&reader);
}
