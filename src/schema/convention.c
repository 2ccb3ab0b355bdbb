/* Names as SQLAlchemy's naming convention resolves them (sqlalchemy.sql.naming). */
#include "schema/catalog.h"

#include <string.h>

enum { MOST_BYTES = 4096, POSTGRES_LENGTH = 63, MYSQL_LENGTH = 64 };

/* --- the convention ------------------------------------------------------ */

const char *ml_convention_key(MlConstraintKind kind)
{
    switch (kind) {
    case ML_UNIQUE:
        return "uq";
    case ML_CHECK:
        return "ck";
    case ML_FOREIGN_KEY:
        return "fk";
    case ML_PRIMARY_KEY:
        return "pk";
    default:
        return NULL;
    }
}

static const MlConventionName *find_name(const MlSetup *setup, const char *key)
{
    for (guint i = 0; setup->convention_names != NULL && i < setup->convention_names->len; i++) {
        const MlConventionName *name = setup->convention_names->pdata[i];
        if (g_strcmp0(name->key, key) == 0)
            return name;
    }
    return NULL;
}

/* A convention may be given for sqlalchemy.UniqueConstraint instead of "uq". */
static gboolean has_classes(const MlSetup *setup)
{
    for (guint i = 0; i < setup->convention_names->len; i++) {
        const char *key = ((const MlConventionName *)setup->convention_names->pdata[i])->key;
        if (g_str_has_suffix(key, "Constraint") || g_str_has_suffix(key, "Index"))
            return TRUE;
    }
    return FALSE;
}

/* What MetaData has where it is given none: DEFAULT_NAMING_CONVENTION. */
static const char *by_default(const char *key)
{
    return strcmp(key, "ix") == 0 ? "ix_%(column_0_label)s" : NULL;
}

MlFactKind ml_convention_for(const MlSetup *setup, const char *key, const char **text)
{
    *text = NULL;
    gboolean none = setup != NULL && (setup->naming_convention == ML_FACT_NONE ||
                                      setup->target_metadata.kind == ML_FACT_NONE);
    if (setup == NULL || (setup->naming_convention == ML_FACT_UNKNOWN && !none))
        return ML_FACT_UNKNOWN;
    *text = by_default(key);
    if (none)
        return *text ? ML_FACT_KNOWN : ML_FACT_NONE;
    const MlConventionName *name = find_name(setup, key);
    *text = name ? name->text : NULL;
    if (name == NULL)
        return has_classes(setup) ? ML_FACT_UNKNOWN : ML_FACT_NONE;
    return name->text ? ML_FACT_KNOWN : ML_FACT_UNKNOWN;
}

/* --- what the tokens stand for ------------------------------------------- */

typedef struct {
    const MlSetup *setup;
    const MlOperation *operation;
    const MlText *columns; /* of the constraint or the index */
    gsize n_columns;
    const MlConstraint *key; /* a foreign key; else NULL */
    MlText given;            /* its name before */
    gboolean unknown, needs_name;
} Subject;

static void append_text(Subject *subject, GString *out, MlText text)
{
    if (text.is == ML_UNKNOWN)
        subject->unknown = TRUE;
    else if (text.is == ML_KNOWN)
        g_string_append(out, text.text);
}

/* Column._ddl_label: with its table before it, and the table's schema before that. */
static void append_label(Subject *subject, GString *out, MlText column)
{
    const MlOperation *operation = subject->operation;
    if (operation->schema.is == ML_KNOWN) {
        g_autofree char *schema = g_strdelimit(g_strdup(operation->schema.text), ".", '_');
        g_string_append_printf(out, "%s_", schema);
    } else if (operation->schema.is == ML_UNKNOWN) {
        subject->unknown = TRUE;
    }
    append_text(subject, out, operation->table);
    g_string_append_c(out, '_');
    append_text(subject, out, column);
}

static void append_column(Subject *subject, GString *out, gsize at, const char *attribute)
{
    if (at >= subject->n_columns)
        return;
    MlText column = subject->columns[at];
    if (column.is != ML_KNOWN) /* an expression */
        subject->unknown = TRUE;
    else if (strcmp(attribute, "label") == 0)
        append_label(subject, out, column);
    else
        append_text(subject, out, column);
}

static void append_referred(Subject *subject, GString *out, gsize at)
{
    if (subject->key == NULL || at >= subject->key->referred_columns.length)
        subject->unknown = TRUE; /* SQLAlchemy raises */
    else
        append_text(subject, out, subject->key->referred_columns.items[at]);
}

static void append_one(Subject *subject, GString *out, gboolean referred, gsize at,
                       const char *attribute)
{
    if (referred)
        append_referred(subject, out, at);
    else
        append_column(subject, out, at, attribute);
}

/* column_0_name, column_0N_label, column_0_N_key, referred_column_0_name */
static gboolean append_columns(Subject *subject, GString *out, const char *token)
{
    gboolean referred = g_str_has_prefix(token, "referred_");
    const char *rest = token + (referred ? strlen("referred_") : 0);
    char *end;
    if (!g_str_has_prefix(rest, "column_") || !g_ascii_isdigit(rest[strlen("column_")]))
        return FALSE;
    guint64 at = g_ascii_strtoull(rest + strlen("column_"), &end, 10);
    gboolean apart = g_str_has_prefix(end, "_N_");
    gboolean all = at == 0 && (apart || g_str_has_prefix(end, "N_"));
    const char *attribute = end + (apart ? strlen("_N_") : all ? strlen("N_") : strlen("_"));
    if ((!all && *end != '_') || strcspn(attribute, "_") != strlen(attribute))
        return FALSE;
    if (strcmp(attribute, "name") != 0 &&
        (referred || (strcmp(attribute, "key") != 0 && strcmp(attribute, "label") != 0)))
        return FALSE;
    if (!all) {
        append_one(subject, out, referred, (gsize)at, attribute);
        return TRUE;
    }
    for (gsize i = 0; i < subject->n_columns && out->len < MOST_BYTES; i++) {
        if (i > 0 && apart)
            g_string_append_c(out, '_');
        append_one(subject, out, referred, i, attribute);
    }
    return TRUE;
}

static void append_given(Subject *subject, GString *out)
{
    if (subject->given.is == ML_ABSENT || subject->given.is == ML_NONE)
        subject->needs_name = subject->unknown = TRUE;
    append_text(subject, out, subject->given);
}

static void append_token(Subject *subject, GString *out, const char *token)
{
    if (find_name(subject->setup, token) != NULL) /* a function of the project's */
        subject->unknown = TRUE;
    else if (strcmp(token, "table_name") == 0)
        append_text(subject, out, subject->operation->table);
    else if (strcmp(token, "constraint_name") == 0)
        append_given(subject, out);
    else if (strcmp(token, "referred_table_name") == 0 && subject->key != NULL &&
             subject->key->referred_table.is == ML_KNOWN)
        append_text(subject, out, subject->key->referred_table);
    else if (!append_columns(subject, out, token))
        subject->unknown = TRUE;
}

/* Python's "%(token)s"; anything else behind a '%' is not told. */
static char *expand(Subject *subject, const char *convention)
{
    g_autoptr(GString) out = g_string_new(NULL);
    const char *at = convention;
    while (*at != '\0' && !subject->unknown && out->len < MOST_BYTES) {
        const char *end = at[0] == '%' && at[1] == '(' ? strstr(at, ")s") : NULL;
        if (end != NULL) {
            g_autofree char *token = g_strndup(at + 2, (gsize)(end - at - 2));
            append_token(subject, out, token);
            at = end + strlen(")s");
        } else if (at[0] == '%' && at[1] == '%') {
            g_string_append_c(out, '%');
            at += 2;
        } else if (at[0] == '%') {
            subject->unknown = TRUE;
        } else {
            g_string_append_c(out, *at++);
        }
    }
    return subject->unknown ? NULL : g_string_free(g_steal_pointer(&out), FALSE);
}

/* --- too long ------------------------------------------------------------ */

/* In code points; SQLite has no limit that matters. */
static glong most_letters(const char *dialect)
{
    if (g_strcmp0(dialect, "postgresql") == 0)
        return POSTGRES_LENGTH;
    return g_strcmp0(dialect, "mysql") == 0 ? MYSQL_LENGTH : G_MAXLONG;
}

/* Compiler._truncate_and_render_maxlen_name: what a convention or op.f() made is cut. */
static const char *cut(const MlCatalog *catalog, const char *name)
{
    glong most = most_letters(catalog->rules->dialect);
    if (g_utf8_strlen(name, -1) <= most)
        return ml_pool_text(catalog->pool, name);
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_MD5, name, -1);
    const char *end = g_utf8_offset_to_pointer(name, most - 8);
    g_autofree char *short_name =
        g_strdup_printf("%.*s_%s", (int)(end - name), name, sum + strlen(sum) - 4);
    return ml_pool_text(catalog->pool, short_name);
}

/* --- names --------------------------------------------------------------- */

static MlResolvedName unresolved(MlText name, gboolean none)
{
    gboolean unknown = name.is == ML_UNKNOWN || !none;
    return (MlResolvedName){.naming = unknown ? ML_NAME_UNKNOWN : ML_NAME_NONE};
}

static MlResolvedName given(const MlCatalog *catalog, MlText name, gboolean final)
{
    /* what is too long is refused, or cut by the database itself where it is in SQL */
    g_autofree char *bytes = ml_is_postgres(catalog)
                                 ? ml_postgres_object_name(name.text, NULL, NULL)
                                 : g_strdup(name.text);
    return (MlResolvedName){.naming = ML_NAME_GIVEN,
                            .text = final ? cut(catalog, name.text)
                                          : ml_pool_text(catalog->pool, bytes)};
}

static MlResolvedName resolve(const MlCatalog *catalog, Subject *subject, const char *key,
                              gboolean final)
{
    const char *convention = NULL;
    MlText name = subject->given;
    gboolean named = name.is == ML_KNOWN || name.is == ML_UNKNOWN;
    gboolean is_sql = subject->operation->statement != NULL;
    MlFactKind fact =
        is_sql || key == NULL ? ML_FACT_NONE : ml_convention_for(subject->setup, key, &convention);
    if (name.is == ML_UNKNOWN)
        return unresolved(name, FALSE);
    if (named && (is_sql || final))
        return given(catalog, name, final && !is_sql);
    if (fact == ML_FACT_NONE ||
        (named && fact == ML_FACT_KNOWN && strstr(convention, "constraint_name") == NULL))
        return named ? given(catalog, name, FALSE) : unresolved(name, TRUE);
    if (fact == ML_FACT_UNKNOWN) /* only checks are commonly called after the name they are given */
        return named && strcmp(key, "ck") != 0 ? given(catalog, name, FALSE)
                                               : unresolved(name, FALSE);
    g_autofree char *text = expand(subject, convention);
    if (text == NULL)
        return (MlResolvedName){.naming = ML_NAME_UNKNOWN, .needs_name = subject->needs_name};
    return (MlResolvedName){.naming = named ? ML_NAME_GIVEN : ML_NAME_BY_CONVENTION,
                            .text = cut(catalog, text),
                            .prefixed = named};
}

static const MlSetup no_setup = {.naming_convention = ML_FACT_UNKNOWN};

/* A Table of Python's own has a MetaData of its own. */
static const MlSetup own_setup = {.naming_convention = ML_FACT_NONE};

static const MlSetup *setup_of(const MlCatalog *catalog, const MlOperation *operation)
{
    if (operation->checks_first || operation->is_element)
        return &own_setup;
    return catalog->rules->setup ? catalog->rules->setup : &no_setup;
}

static Subject subject_of(const MlCatalog *catalog, const MlOperation *operation, MlText name)
{
    return (Subject){
        .setup = setup_of(catalog, operation),
        .operation = operation,
        .given = name,
    };
}

MlResolvedName ml_constraint_resolved_name(const MlCatalog *catalog, const MlOperation *operation,
                                           const MlConstraint *constraint)
{
    Subject subject = subject_of(catalog, operation, constraint->name);
    subject.columns = constraint->columns.items;
    subject.n_columns = constraint->columns.length;
    subject.unknown = constraint->columns.is == ML_UNKNOWN;
    subject.key = constraint->kind == ML_FOREIGN_KEY ? constraint : NULL;
    return resolve(catalog, &subject, ml_convention_key(constraint->kind), constraint->final);
}

static void free_name(gpointer name)
{
    g_free(name); /* its texts are the batch's */
}

MlResolvedName ml_batch_resolved_name(const MlCatalog *catalog, const MlOperation *operation,
                                      const MlConstraint *constraint)
{
    const MlBatch *batch = operation->batch;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(free_name);
    for (gsize i = 0; i < batch->conventions.length; i++) {
        MlConventionName *name = g_new0(MlConventionName, 1);
        name->key = (char *)batch->naming_convention.items[i].text;
        name->text = (char *)batch->conventions.items[i].text;
        g_ptr_array_add(names, name);
    }
    const MlSetup setup = {
        .naming_convention =
            batch->naming_convention.is == ML_KNOWN ? ML_FACT_KNOWN : ML_FACT_UNKNOWN,
        .target_metadata.kind = ML_FACT_KNOWN,
        .convention_names = names,
    };
    Subject subject = {.setup = &setup,
                       .operation = operation,
                       .given = constraint->name,
                       .columns = constraint->columns.items,
                       .n_columns = constraint->columns.length,
                       .unknown = constraint->columns.is == ML_UNKNOWN,
                       .key = constraint->kind == ML_FOREIGN_KEY ? constraint : NULL};
    return resolve(catalog, &subject, ml_convention_key(constraint->kind), FALSE);
}

MlResolvedName ml_index_resolved_name(const MlCatalog *catalog, const MlOperation *operation,
                                      const MlIndex *index)
{
    Subject subject = subject_of(catalog, operation, index->name);
    g_autofree MlText *columns = g_new0(MlText, index->n_parts + 1);
    for (gsize i = 0; i < index->n_parts; i++)
        columns[i] = index->parts[i].column;
    subject.columns = columns;
    subject.n_columns = index->n_parts;
    subject.unknown = index->open;
    return resolve(catalog, &subject, "ix", index->final);
}

static const char *key_of_dropped(const MlOperation *operation)
{
    static const char *const keys[][2] = {
        {"foreignkey", "fk"}, {"unique", "uq"}, {"check", "ck"}, {"primary", "pk"}};
    if (operation->kind == ML_DROP_INDEX)
        return "ix";
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        if (ml_text_is(operation->constraint_type, keys[i][0]))
            return keys[i][1];
    return NULL;
}

MlResolvedName ml_dropped_name(const MlCatalog *catalog, const MlOperation *operation)
{
    Subject subject = subject_of(catalog, operation, operation->name);
    if (operation->name.is != ML_KNOWN)
        return unresolved(operation->name, FALSE);
    return resolve(catalog, &subject, key_of_dropped(operation), operation->final);
}
