#include "lint/naming.h"

#include <string.h>

/* A name that nobody gives. */
#define MARK "\001"

enum { MOST_COLUMNS = 32 };

/* --- what is made ---------------------------------------------------------------- */

gboolean ml_step_does(const MlContext *context, const MlStep *step, const MlOperation *operation)
{
    const GPtrArray *engines = context->migrations->project->engines;
    if (step->engine == NULL || engines->len == 0)
        return TRUE;
    const char *engine = operation->engine ? operation->engine : engines->pdata[0];
    return g_str_equal(engine, step->engine);
}

static void add_all(GArray *found, const MlOperation *operation, const MlCatalog *before)
{
    for (gsize i = 0; i < operation->n_constraints; i++) {
        const MlConstraint *constraint = &operation->constraints[i];
        MlNamed named = {
            .operation = operation,
            .before = before,
            .constraint = constraint,
            .name = ml_constraint_resolved_name(before, operation, constraint),
        };
        g_array_append_val(found, named);
    }
    for (gsize i = 0; i < operation->n_indexes; i++) {
        const MlIndex *index = &operation->indexes[i];
        MlNamed named = {
            .operation = operation,
            .before = before,
            .index = index,
            .name = ml_index_resolved_name(before, operation, index),
        };
        g_array_append_val(found, named);
    }
}

static gboolean makes_named(const MlOperation *operation)
{
    switch (operation->kind) {
    case ML_CREATE_TABLE:
    case ML_ADD_COLUMN:
    case ML_ADD_CONSTRAINT:
    case ML_CREATE_INDEX:
        return operation->statement == NULL;
    default:
        return FALSE;
    }
}

GArray *ml_named_in_upgrade(const MlContext *context, const MlStep *step)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(MlNamed));
    const MlPassage *upgrade = &step->upgrade;
    for (gsize i = 0; i < upgrade->operations->length; i++) {
        const MlOperation *operation = upgrade->operations->items[i];
        if (makes_named(operation) && ml_step_does(context, step, operation))
            add_all(found, operation, upgrade->states->pdata[i]);
    }
    return found;
}

/* --- in words ----------------------------------------------------------------------- */

MlText ml_named_text(const MlNamed *named)
{
    return named->constraint ? named->constraint->name : named->index->name;
}

MlOrigin ml_named_origin(const MlNamed *named)
{
    MlText name = ml_named_text(named);
    if (name.origin.module != NULL)
        return name.origin;
    MlOrigin own = named->constraint ? named->constraint->origin : named->index->origin;
    return own.module ? own : ml_operation_place(named->operation);
}

MlOrigin ml_place_of_name(const MlOperation *operation)
{
    MlOrigin place = ml_operation_place(operation);
    return operation->name.origin.module == place.module ? operation->name.origin : place;
}

const char *ml_constraint_said(MlConstraintKind kind)
{
    switch (kind) {
    case ML_UNIQUE:
        return "unique constraint";
    case ML_CHECK:
        return "check";
    case ML_FOREIGN_KEY:
        return "foreign key";
    case ML_PRIMARY_KEY:
        return "primary key";
    case ML_EXCLUDE:
        return "exclusion constraint";
    default:
        return "constraint";
    }
}

char *ml_named_columns(const MlNamed *named, const char *separator)
{
    const MlTexts *columns = named->constraint ? &named->constraint->columns : NULL;
    if (columns == NULL || columns->is != ML_KNOWN || columns->length == 0)
        return NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    for (gsize i = 0; i < columns->length; i++) {
        if (columns->items[i].is != ML_KNOWN || i >= MOST_COLUMNS)
            return NULL;
        g_string_append_printf(text, "%s%s", i ? separator : "", columns->items[i].text);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *ml_named_described(const MlNamed *named)
{
    const char *kind = named->constraint ? ml_constraint_said(named->constraint->kind) : "index";
    g_autoptr(GString) text = g_string_new(kind);
    if (named->operation->table.is == ML_KNOWN)
        g_string_append_printf(text, " of '%s'", named->operation->table.text);
    g_autofree char *columns = ml_named_columns(named, ", ");
    if (columns != NULL)
        g_string_append_printf(text, " (%s)", columns);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Of a check, for want of columns: the first word of its condition. */
static char *first_word(MlText condition)
{
    const char *start = condition.is == ML_KNOWN ? condition.text : "";
    while (*start != '\0' && !g_ascii_isalpha(*start))
        start++;
    gsize length = strspn(start, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_");
    return length ? g_ascii_strdown(start, (gssize)length) : g_strdup("valid");
}

char *ml_named_suggestion(const MlNamed *named)
{
    const MlConstraint *constraint = named->constraint;
    const char *key = constraint ? ml_convention_key(constraint->kind) : "ix";
    if (named->operation->table.is != ML_KNOWN)
        return NULL;
    g_autoptr(GString) name = g_string_new(key ? key : "ex");
    g_string_append_printf(name, "_%s", named->operation->table.text);
    g_autofree char *columns = ml_named_columns(named, "_");
    if (constraint != NULL && constraint->kind == ML_CHECK && columns == NULL)
        columns = first_word(constraint->condition);
    if (columns != NULL && constraint->kind != ML_PRIMARY_KEY)
        g_string_append_printf(name, "_%s", columns);
    if (constraint != NULL && constraint->referred_table.is == ML_KNOWN)
        g_string_append_printf(name, "_%s", constraint->referred_table.text);
    return ml_postgres_object_name(name->str, NULL, NULL);
}

const char *ml_constraint_type(MlConstraintKind kind)
{
    switch (kind) {
    case ML_UNIQUE:
        return "unique";
    case ML_CHECK:
        return "check";
    case ML_FOREIGN_KEY:
        return "foreignkey";
    case ML_PRIMARY_KEY:
        return "primary";
    default:
        return NULL;
    }
}

MlConstraintKind ml_dropped_kind(const MlOperation *operation)
{
    for (MlConstraintKind kind = ML_UNIQUE; kind <= ML_PRIMARY_KEY; kind++)
        if (ml_text_is(operation->constraint_type, ml_constraint_type(kind)))
            return kind;
    return ML_CONSTRAINT_UNKNOWN;
}

/* --- what the convention says ------------------------------------------------------------ */

static const MlText mark = {.is = ML_KNOWN, .text = MARK};

static char **split_at_mark(MlResolvedName name)
{
    g_auto(GStrv) parts = name.prefixed && name.text ? g_strsplit(name.text, MARK, 3) : NULL;
    return parts && g_strv_length(parts) == 2 ? g_steal_pointer(&parts) : NULL;
}

static MlResolvedName resolved_with(const MlNamed *named, MlText name)
{
    if (named->constraint != NULL) {
        MlConstraint other = *named->constraint;
        other.name = name;
        other.final = FALSE;
        return ml_constraint_resolved_name(named->before, named->operation, &other);
    }
    MlIndex other = *named->index;
    other.name = name;
    other.final = FALSE;
    return ml_index_resolved_name(named->before, named->operation, &other);
}

char **ml_named_frame(const MlNamed *named)
{
    return split_at_mark(resolved_with(named, mark));
}

MlResolvedName ml_named_by_convention(const MlNamed *named)
{
    return resolved_with(named, (MlText){0});
}

char **ml_dropped_frame(const MlCatalog *catalog, const MlOperation *operation)
{
    MlOperation marked = *operation;
    marked.name = mark;
    marked.final = FALSE;
    return split_at_mark(ml_dropped_name(catalog, &marked));
}

/* --- of the project ---------------------------------------------------------------------- */

gboolean ml_naming_is_missing(const MlContext *context)
{
    const MlSetup *setup = context->migrations->setup;
    return setup->naming_convention == ML_FACT_NONE && setup->target_metadata.kind == ML_FACT_KNOWN;
}

gboolean ml_naming_is_told(const MlContext *context)
{
    gboolean no_metadata = context->migrations->setup->target_metadata.kind == ML_FACT_NONE;
    if (!no_metadata && !ml_naming_is_missing(context))
        return FALSE;
    return ml_policy_runs(context->policy, ml_rule_find(no_metadata ? "ML903" : "ML404", NULL));
}
