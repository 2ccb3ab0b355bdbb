#include "migration/operations.h"
#include "migration/suppression.h"

#include <string.h>

/* Bytes of an id or a label: what is longer was never meant as one. */
#define LONGEST 1024

static void clear_reference(gpointer data)
{
    g_free(((MlReference *)data)->text);
}

static GArray *new_references(void)
{
    GArray *references = g_array_new(FALSE, FALSE, sizeof(MlReference));
    g_array_set_clear_func(references, clear_reference);
    return references;
}

MlRevision *ml_revision_new(const char *path)
{
    MlRevision *revision = g_new0(MlRevision, 1);
    g_atomic_ref_count_init(&revision->references);
    revision->path = g_strdup(path);
    revision->modules = g_ptr_array_new_with_free_func((GDestroyNotify)ml_module_unref);
    revision->down_revisions = new_references();
    revision->depends_on = new_references();
    revision->branch_labels = new_references();
    revision->message = g_strdup("");
    revision->dialects = g_ptr_array_new_with_free_func(g_free);
    revision->suppressions = ml_suppressions_new();
    return revision;
}

MlRevision *ml_revision_ref(MlRevision *revision)
{
    g_atomic_ref_count_inc(&revision->references);
    return revision;
}

void ml_revision_unref(MlRevision *revision)
{
    if (revision == NULL || !g_atomic_ref_count_dec(&revision->references))
        return;
    g_free(revision->path);
    g_free(revision->detail);
    g_free(revision->message);
    g_free(revision->id.text);
    g_array_unref(revision->down_revisions);
    g_array_unref(revision->depends_on);
    g_array_unref(revision->branch_labels);
    g_ptr_array_unref(revision->dialects);
    g_array_unref(revision->suppressions);
    ml_operations_free(revision->upgrade_operations);
    ml_operations_free(revision->downgrade_operations);
    g_ptr_array_unref(revision->modules);
    g_free(revision->dialect);
    g_free(revision->types);
    ml_module_unref(revision->module);
    g_free(revision);
}

gboolean ml_revision_is_name(const char *name)
{
    return g_str_has_suffix(name, ".py") && !g_str_has_prefix(name, ".#") &&
           !g_str_has_prefix(name, "__init__");
}

/* --- the header ---------------------------------------------------------------- */

/* Only the first problem is told: the others mostly follow from it. */
static void set_problem(MlRevision *revision, MlRevisionProblem problem, guint unknown,
                        MlOrigin where)
{
    revision->unknown |= unknown;
    if (revision->problem != ML_REVISION_OK)
        return;
    revision->problem = problem;
    revision->where = where;
}

static gboolean is_identifier(const MlValue *value)
{
    return value->kind == ML_VALUE_STRING && value->string.length <= LONGEST &&
           strlen(value->string.text) == value->string.length;
}

static gboolean is_sequence(const MlValue *value)
{
    return value->kind == ML_VALUE_TUPLE || value->kind == ML_VALUE_LIST ||
           value->kind == ML_VALUE_SET;
}

static void add_reference(GArray *references, const MlValue *value)
{
    MlReference reference = {g_strdup(value->string.text), value->origin};
    g_array_append_val(references, reference);
}

/* None, a string or a sequence of strings, as alembic.util.to_tuple takes them; "" is none. */
static gboolean read_references(GArray *references, const MlValue *value)
{
    if (value == NULL || value->kind == ML_VALUE_NONE)
        return TRUE;
    if (is_identifier(value)) {
        if (value->string.length > 0)
            add_reference(references, value);
        return TRUE;
    }
    if (!is_sequence(value))
        return FALSE;
    for (gsize i = 0; i < value->sequence.length; i++) {
        if (!is_identifier(value->sequence.items[i]))
            return FALSE;
        add_reference(references, value->sequence.items[i]);
    }
    return TRUE;
}

/* Script._from_filename: without `revision`, a file named by hex digits alone is its own id. */
static char *legacy_id(const char *path)
{
    g_autofree char *name = g_path_get_basename(path);
    gsize digits = strspn(name, "abcdef0123456789");
    return digits > 0 && strcmp(name + digits, ".py") == 0 ? g_strndup(name, digits) : NULL;
}

static void read_id(MlRevision *revision, MlEvaluation *evaluation)
{
    const MlValue *value = ml_evaluation_name(evaluation, "revision");
    if (value == NULL) {
        revision->id.text = legacy_id(revision->path);
        if (revision->id.text == NULL)
            set_problem(revision, ML_REVISION_NO_ID, ML_UNKNOWN_ID, (MlOrigin){0});
    } else if (is_identifier(value) && value->string.length > 0) {
        revision->id.text = g_strdup(value->string.text);
        revision->id.origin = value->origin;
    } else {
        set_problem(revision, ML_REVISION_UNKNOWN_ID, ML_UNKNOWN_ID, value->origin);
    }
}

static void read_parents(MlRevision *revision, MlEvaluation *evaluation)
{
    const MlValue *value = ml_evaluation_name(evaluation, "down_revision");
    if (value == NULL) {
        set_problem(revision, ML_REVISION_NO_PARENT, ML_UNKNOWN_PARENTS, (MlOrigin){0});
        return;
    }
    revision->down_revision = value->origin;
    if (!read_references(revision->down_revisions, value))
        set_problem(revision, ML_REVISION_UNKNOWN_PARENT, ML_UNKNOWN_PARENTS, value->origin);
}

static void read_optional(MlRevision *revision, MlEvaluation *evaluation, const char *name,
                          GArray *references, MlUnknownParts part, MlOrigin *unknown)
{
    const MlValue *value = ml_evaluation_name(evaluation, name);
    if (read_references(references, value))
        return;
    revision->unknown |= part;
    *unknown = value->origin;
}

static gboolean ends_message(const char *line)
{
    return *line == '\0' || g_str_has_prefix(line, "Revision ID:") ||
           g_str_has_prefix(line, "Revises:") || g_str_has_prefix(line, "Create Date:");
}

/* Script.doc: the docstring's first paragraph, here on one line. */
static void read_message(MlRevision *revision, MlEvaluation *evaluation)
{
    const MlValue *docstring = ml_evaluation_docstring(evaluation);
    if (docstring == NULL)
        return;
    revision->docstring = docstring->origin;
    g_autofree char *text = g_strstrip(g_strdup(docstring->string.text));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GString) message = g_string_new(NULL);
    for (char **line = lines; *line != NULL && !ends_message(g_strstrip(*line)); line++)
        g_string_append_printf(message, "%s%s", message->len ? " " : "", *line);
    g_free(revision->message);
    revision->message = g_strndup(message->str, message->len);
}

/* Between conflict markers every variable has two values. */
static void read_syntax(MlRevision *revision)
{
    MlOrigin where;
    MlSyntax syntax = ml_module_syntax(revision->module, &where);
    guint unknown = syntax == ML_SYNTAX_CONFLICT ? ML_UNKNOWN_PARENTS : 0;
    if (syntax != ML_SYNTAX_OK)
        set_problem(revision, ML_REVISION_SYNTAX, unknown, where);
}

static void read_header(MlRevision *revision, MlEvaluation *evaluation)
{
    read_id(revision, evaluation);
    read_parents(revision, evaluation);
    read_optional(revision, evaluation, "depends_on", revision->depends_on, ML_UNKNOWN_DEPENDENCIES,
                  &revision->unknown_depends_on);
    read_optional(revision, evaluation, "branch_labels", revision->branch_labels, ML_UNKNOWN_LABELS,
                  &revision->unknown_branch_labels);
    read_message(revision, evaluation);
}

static void read_functions(MlRevision *revision, MlEvaluation *evaluation)
{
    revision->upgrade = ml_evaluation_function(evaluation, "upgrade");
    revision->downgrade = ml_evaluation_function(evaluation, "downgrade");
}

/* Of the multidb template each engine's function by itself, instead of upgrade(engine_name). */
static MlOperations *read_operations(const MlFunctionReader *functions, const char *name,
                                     const GPtrArray *engines)
{
    MlOperations *operations = ml_operations_new();
    gboolean found = FALSE;
    for (guint i = 0; engines != NULL && i < engines->len; i++) {
        const char *engine = g_ptr_array_index(engines, i);
        g_autofree char *of_engine = g_strconcat(name, "_", engine, NULL);
        if (ml_evaluation_name(functions->evaluation, of_engine) == NULL)
            continue;
        ml_operations_read(operations, functions, of_engine, engine);
        found = TRUE;
    }
    if (!found)
        ml_operations_read(operations, functions, name, NULL);
    return operations;
}

/* What the settings say of types, in one text; NULL: nothing. */
static char *types_of(const MlRevisionReader *reader)
{
    if (reader->types == NULL || reader->types->len == 0)
        return NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < reader->types->len; i++) {
        const MlSetting *setting = g_ptr_array_index(reader->types, i);
        const MlSettingWord *word = g_ptr_array_index(setting->words, 0);
        g_string_append_printf(text, "%s\n%s\n", setting->key, word->text);
    }
    return g_strndup(text->str, text->len);
}

static void read_bodies(MlRevision *revision, const MlRevisionReader *reader,
                        MlEvaluation *evaluation)
{
    const MlFunctionReader functions = {
        .evaluation = evaluation,
        .dialect = reader->dialect,
        .sql = reader->sql,
        .asks_dialect = &revision->asks_dialect,
        .spells = reader->load == ML_LOAD_SQL,
        .sqlalchemy = reader->sqlalchemy,
        .asks_spelling = &revision->asks_spelling,
        .types = reader->types,
        .asks_types = &revision->asks_types,
        .version_table_schema = reader->version_table_schema,
    };
    g_free(revision->dialect);
    g_free(revision->types);
    revision->dialect = g_strdup(reader->dialect);
    revision->sqlalchemy = reader->sqlalchemy;
    revision->types = types_of(reader);
    ml_operations_free(revision->upgrade_operations);
    ml_operations_free(revision->downgrade_operations);
    revision->upgrade_operations = read_operations(&functions, "upgrade", reader->engines);
    revision->downgrade_operations = read_operations(&functions, "downgrade", reader->engines);
}

/* What is not known is spelt as for Postgres, unless it is to be executed. */
static gboolean is_spelt_otherwise(const MlRevision *revision, const MlRevisionReader *reader)
{
    MlDialect was = ML_POSTGRESQL, is = ML_POSTGRESQL;
    gboolean known = ml_dialect_find(revision->dialect, &was);
    gboolean stays = known == ml_dialect_find(reader->dialect, &is) || reader->load != ML_LOAD_SQL;
    return was != is || !stays || revision->sqlalchemy != reader->sqlalchemy;
}

static gboolean is_outdated(const MlRevision *revision, const MlRevisionReader *reader)
{
    if (revision->asks_dialect && g_strcmp0(revision->dialect, reader->dialect) != 0)
        return TRUE;
    if (revision->asks_spelling && is_spelt_otherwise(revision, reader))
        return TRUE;
    g_autofree char *types = revision->asks_types ? types_of(reader) : NULL;
    return revision->asks_types && g_strcmp0(revision->types, types) != 0;
}

/* Operations and header have copies of all but the texts that their origins point into. */
static void close_evaluation(MlRevision *revision, MlEvaluation *evaluation)
{
    revision->looked_around |= ml_evaluation_looked_around(evaluation);
    g_ptr_array_extend_and_steal(revision->modules, ml_evaluation_close(evaluation));
}

void ml_revision_read_again(MlRevision *revision, const MlRevisionReader *reader)
{
    if (!is_outdated(revision, reader))
        return;
    g_autoptr(MlModule) module = ml_module_parse(ml_module_text(revision->module));
    MlEvaluation *evaluation = ml_evaluation_new(module, revision->path, reader->importer);
    read_bodies(revision, reader, evaluation);
    close_evaluation(revision, evaluation);
}

static void read_dialects(MlRevision *revision, MlEvaluation *evaluation)
{
    static const char package[] = "sqlalchemy.dialects.";
    g_autoptr(GPtrArray) imports = ml_evaluation_imports(evaluation);
    for (guint i = 0; i < imports->len; i++) {
        const char *name = g_ptr_array_index(imports, i);
        if (!g_str_has_prefix(name, package))
            continue;
        name += strlen(package);
        g_ptr_array_add(revision->dialects, g_strndup(name, strcspn(name, ".")));
    }
}

MlRevision *ml_revision_parse(const MlRevisionReader *reader, const char *path, GBytes *text)
{
    MlRevision *revision = ml_revision_new(path);
    revision->module =
        reader->load == ML_LOAD_HEADERS ? ml_module_parse_header(text) : ml_module_parse(text);
    MlEvaluation *evaluation = ml_evaluation_new(revision->module, path, reader->importer);
    read_syntax(revision);
    read_header(revision, evaluation);
    revision->upgrade.body = revision->downgrade.body = ML_BODY_UNKNOWN;
    if (reader->load != ML_LOAD_HEADERS) {
        read_functions(revision, evaluation);
        read_bodies(revision, reader, evaluation);
        ml_suppressions_read(revision->suppressions, revision->module);
        read_dialects(revision, evaluation);
    }
    close_evaluation(revision, evaluation);
    return revision;
}

/* What stands behind "keyword:" on a line, without the blanks around it; NULL where it does not. */
static const char *behind_keyword(const char *line, const char *end, const char *keyword,
                                  gsize *length)
{
    gsize size = strlen(keyword);
    line += strspn(line, " \t");
    if (strncmp(line, keyword, size) != 0 || line[size] != ':')
        return NULL;
    line += size + 1;
    line += strspn(line, " \t");
    while (end > line && strchr(" \t\r", end[-1]) != NULL)
        end--;
    *length = end > line ? end - line : 0;
    return line;
}

gboolean ml_revision_docstring_line(const MlRevision *revision, const char *keyword, char **text,
                                    MlOrigin *where)
{
    if (revision->docstring.module == NULL)
        return FALSE;
    g_autofree char *docstring = ml_origin_text(revision->docstring);
    for (const char *line = docstring; *line != '\0';) {
        const char *end = line + strcspn(line, "\n");
        gsize length;
        const char *found = behind_keyword(line, end, keyword, &length);
        if (found != NULL) {
            guint32 start = revision->docstring.start + (guint32)(found - docstring);
            *text = g_strndup(found, length);
            *where = (MlOrigin){revision->docstring.module, start, start + (guint32)length};
            return TRUE;
        }
        line = *end ? end + 1 : end;
    }
    return FALSE;
}
