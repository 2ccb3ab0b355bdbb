#include "project/env.h"

#include <string.h>

#include "miglint/text.h"
#include "project/configured.h"
#include "project/metadata.h"

/* Methods that are called on each other at most, until it is seen where a text comes from. */
#define CHAIN_LIMIT 20

static const char *const configure_names[] = {"alembic.context.configure",
                                              "alembic.context.EnvironmentContext.configure", NULL};

void ml_env_url_clear(MlEnvUrl *url)
{
    g_free(url->dialect);
    g_free(url->variable);
}

/* --- context.configure(...) ----------------------------------------------------- */

/* The calls that decide: those with a connection, for the others only write SQL out. */
static GPtrArray *deciding_calls(const GPtrArray *calls)
{
    GPtrArray *online = g_ptr_array_new();
    for (guint i = 0; i < calls->len; i++)
        if (ml_value_argument(g_ptr_array_index(calls, i), "connection") != NULL)
            g_ptr_array_add(online, g_ptr_array_index(calls, i));
    for (guint i = 0; i < calls->len && online->len == 0; i++)
        g_ptr_array_add(online, g_ptr_array_index(calls, i));
    return online;
}

static MlFact fact_of_value(const MlEnv *env, const MlValue *value)
{
    switch (value->kind) {
    case ML_VALUE_NONE:
        return (MlFact){.kind = ML_FACT_NONE};
    case ML_VALUE_BOOL:
        return (MlFact){.kind = ML_FACT_KNOWN, .truth = value->integer != 0};
    case ML_VALUE_STRING:
        return (MlFact){.kind = ML_FACT_KNOWN,
                        .truth = value->string.length > 0,
                        .text = g_strdup(value->string.text)};
    default:
        return ml_configured(env, value);
    }
}

/* What one call says of an option; *args and **kwargs may say anything of what is not named. */
static MlFact fact_of_call(const MlEnv *env, const MlValue *call, const char *option)
{
    const MlValue *value = ml_value_argument(call, option);
    if (value != NULL)
        return fact_of_value(env, value);
    return (MlFact){.kind = call->unknown.open ? ML_FACT_UNKNOWN : ML_FACT_NONE};
}

static gboolean agree(const MlFact *a, const MlFact *b)
{
    return a->kind == b->kind && a->truth == b->truth && g_strcmp0(a->text, b->text) == 0;
}

/* A fact only where all calls say the same. */
static MlFact fact_of_calls(const MlEnv *env, const GPtrArray *calls, const char *option)
{
    MlFact fact = {.kind = ML_FACT_UNKNOWN};
    for (guint i = 0; i < calls->len; i++) {
        MlFact next = fact_of_call(env, g_ptr_array_index(calls, i), option);
        gboolean contradicts = i > 0 && !agree(&fact, &next);
        g_free(i > 0 ? next.text : NULL);
        if (contradicts) {
            g_free(fact.text);
            return (MlFact){.kind = ML_FACT_UNKNOWN};
        }
        if (i == 0)
            fact = next;
    }
    return fact;
}

/* execution_options(schema_translate_map={None: schema}): where tables without a schema lie. */
static const MlValue *schema_of_none(const MlValue *call)
{
    const MlValue *map = ml_value_argument(call, "schema_translate_map");
    for (gsize i = 0; map && map->kind == ML_VALUE_DICT && i < map->dict.length; i++)
        if (map->dict.pairs[i].key->kind == ML_VALUE_NONE)
            return map->dict.pairs[i].value;
    return NULL;
}

static gboolean is_said_alike(const MlValue *one, const MlValue *other)
{
    g_autofree char *first = ml_origin_text(one->origin);
    g_autofree char *second = ml_origin_text(other->origin);
    return strcmp(first, second) == 0;
}

/*
 * Whether the version table lies where all tables do that are given no schema, whatever that one is
 * called: it is as though neither was given.
 */
static gboolean is_schema_of_none(const MlEnv *env, const MlValue *schema)
{
    static const char *const names[] = {"execution_options", NULL};
    g_autoptr(GPtrArray) calls = ml_evaluation_find_calls(env->evaluation, names);
    for (guint i = 0; i < calls->len; i++) {
        const MlValue *none = schema_of_none(calls->pdata[i]);
        if (none != NULL && is_said_alike(none, schema))
            return TRUE;
    }
    return FALSE;
}

static void settle_schema(MlFact *fact, const MlEnv *env, const GPtrArray *calls)
{
    for (guint i = 0; i < calls->len; i++) {
        const MlValue *schema = ml_value_argument(calls->pdata[i], "version_table_schema");
        if (schema == NULL || !is_schema_of_none(env, schema))
            return;
    }
    if (calls->len == 0)
        return;
    fact->kind = ML_FACT_NONE;
    fact->truth = FALSE;
    g_clear_pointer(&fact->text, g_free);
}

static void read_options(MlSetup *setup, const MlEnv *env, const GPtrArray *calls)
{
    const struct {
        const char *option;
        MlFact *fact;
    } facts[] = {
        {"render_as_batch", &setup->render_as_batch},
        {"compare_type", &setup->compare_type},
        {"include_schemas", &setup->include_schemas},
        {"transaction_per_migration", &setup->transaction_per_migration},
        {"transactional_ddl", &setup->transactional_ddl},
        {"version_table", &setup->version_table},
        {"version_table_schema", &setup->version_table_schema},
        {"version_table_pk", &setup->version_table_pk},
    };
    g_autoptr(GPtrArray) deciding = deciding_calls(calls);
    for (guint i = 0; i < G_N_ELEMENTS(facts); i++) {
        *facts[i].fact = fact_of_calls(env, deciding, facts[i].option);
        if (deciding->len > 0)
            facts[i].fact->position =
                ml_origin_position(((MlValue *)g_ptr_array_index(deciding, 0))->origin);
    }
    settle_schema(&setup->version_table_schema, env, deciding);
}

/* --- target_metadata --------------------------------------------------------------- */

/* There is some if any call passes some, and none only if every call is known to pass none. */
static MlFactKind metadata_kind(const GPtrArray *calls, const MlValue **metadata)
{
    MlFactKind kind = calls->len ? ML_FACT_NONE : ML_FACT_UNKNOWN;
    for (guint i = 0; i < calls->len; i++) {
        const MlValue *call = g_ptr_array_index(calls, i);
        const MlValue *value = ml_value_argument(call, "target_metadata");
        MlFactKind said = value                ? ml_metadata_kind(value)
                          : call->unknown.open ? ML_FACT_UNKNOWN
                                               : ML_FACT_NONE;
        if (said == ML_FACT_NONE)
            continue;
        *metadata = value ? value : *metadata;
        if (said == ML_FACT_KNOWN)
            return ML_FACT_KNOWN;
        kind = ML_FACT_UNKNOWN;
    }
    return kind;
}

/* Where None is written: the name's own line, else the first call's. */
static MlPosition metadata_position(MlEvaluation *evaluation, const GPtrArray *calls)
{
    const MlValue *call = calls->len ? g_ptr_array_index(calls, 0) : NULL;
    const MlValue *name = ml_evaluation_name(evaluation, "target_metadata");
    if (call == NULL)
        return (MlPosition){0};
    gboolean here = name != NULL && name->origin.module == call->origin.module;
    return ml_origin_position(here ? name->origin : call->origin);
}

static void read_metadata(MlSetup *setup, const MlEnv *env, const GPtrArray *calls)
{
    const MlValue *metadata = NULL;
    setup->target_metadata.kind = metadata_kind(calls, &metadata);
    setup->target_metadata.truth = setup->target_metadata.kind == ML_FACT_KNOWN;
    setup->target_metadata.position = metadata_position(env->evaluation, calls);
    if (metadata != NULL)
        ml_metadata_read(setup, env, metadata);
}

/* --- the database's URL --------------------------------------------------------------- */

static gboolean is_text(const MlValue *value, const char *text)
{
    return value != NULL && value->kind == ML_VALUE_STRING && strcmp(value->string.text, text) == 0;
}

/* The variable of os.environ["X"], os.environ.get("X", ...), os.getenv("X", ...). */
static const char *variable_of(const MlValue *value)
{
    static const char *const environments[] = {"os.environ", NULL};
    static const char *const functions[] = {"os.getenv", "os.environ.get", NULL};
    const MlValue *name = NULL;
    if (ml_value_is_call(value, functions))
        name = ml_value_positional(value, 0);
    else if (ml_value_has_shape(value, ML_SHAPE_ITEM) &&
             ml_value_is_name(value->unknown.object, environments))
        name = value->unknown.index;
    return name != NULL && name->kind == ML_VALUE_STRING ? name->string.text : NULL;
}

/* The text that str(text), text.replace(...) and the like are made from; NULL for anything else. */
static const MlValue *made_from(const MlValue *value)
{
    static const char *const converters[] = {"str", "sqlalchemy.make_url",
                                             "sqlalchemy.engine.make_url",
                                             "sqlalchemy.engine.url.make_url", NULL};
    static const char *const methods[] = {"replace", "format", "strip", "render_as_string", NULL};
    if (ml_value_is_call(value, converters))
        return ml_value_positional(value, 0);
    if (!ml_value_has_shape(value, ML_SHAPE_CALL) ||
        !ml_value_has_shape(value->unknown.object, ML_SHAPE_MEMBER) ||
        !g_strv_contains(methods, value->unknown.object->unknown.name))
        return NULL;
    return value->unknown.object->unknown.object;
}

/* config.get_main_option("sqlalchemy.url"), config.get_section_option(name, "sqlalchemy.url") */
static gboolean is_configured(const MlValue *value)
{
    return ml_value_has_shape(value, ML_SHAPE_CALL) &&
           (is_text(ml_value_positional(value, 0), "sqlalchemy.url") ||
            is_text(ml_value_positional(value, 1), "sqlalchemy.url"));
}

static void add_dialect(MlEnvUrl *url, const MlValue *value, const char *text)
{
    g_autofree char *dialect = ml_url_dialect(text);
    if (dialect == NULL || url->disagrees)
        return;
    url->disagrees = url->dialect != NULL && strcmp(url->dialect, dialect) != 0;
    if (url->disagrees) {
        g_clear_pointer(&url->dialect, g_free);
    } else if (url->dialect == NULL) {
        url->dialect = g_steal_pointer(&dialect);
        url->line =
            value->origin.module == url->module ? ml_origin_position(value->origin).line : 0;
    }
}

/* Notes where a URL comes from; whether that is somewhere else than the configuration. */
static gboolean follow_url(MlEnvUrl *url, const MlValue *value)
{
    const MlValue *source = value;
    for (guint i = 0; i < CHAIN_LIMIT && source != NULL; i++, source = made_from(source)) {
        const char *variable = variable_of(source);
        if (is_configured(source))
            return FALSE;
        if (variable != NULL && url->variable == NULL)
            url->variable = g_strdup(variable);
        if (source->kind == ML_VALUE_STRING)
            add_dialect(url, source, source->string.text);
        else if (ml_value_has_shape(source, ML_SHAPE_TEXT))
            add_dialect(url, source, source->unknown.name);
    }
    return TRUE;
}

/* set_main_option("sqlalchemy.url", URL), set_section_option(section, "sqlalchemy.url", URL) */
static const MlValue *assigned_url(const MlValue *call)
{
    for (gsize i = 0; i < 2; i++)
        if (is_text(ml_value_positional(call, i), "sqlalchemy.url"))
            return ml_value_positional(call, i + 1);
    return NULL;
}

static void read_url(MlEnvUrl *url, MlEvaluation *evaluation)
{
    static const char *const assignments[] = {"set_main_option", "set_section_option",
                                              "__setitem__", NULL};
    static const char *const engines[] = {"create_engine", "create_async_engine", NULL};
    g_autoptr(GPtrArray) assigned = ml_evaluation_find_calls(evaluation, assignments);
    g_autoptr(GPtrArray) created = ml_evaluation_find_calls(evaluation, engines);
    /* A connection that the caller of Alembic's commands hands in. */
    url->overrides = ml_evaluation_mentions(evaluation, "config.attributes");
    for (guint i = 0; i < assigned->len; i++) {
        const MlValue *value = assigned_url(g_ptr_array_index(assigned, i));
        url->overrides |= value != NULL && follow_url(url, value);
    }
    for (guint i = 0; i < created->len; i++) {
        const MlValue *value = ml_value_positional(g_ptr_array_index(created, i), 0);
        url->overrides |= value == NULL || follow_url(url, value);
    }
}

/* --- all together ------------------------------------------------------------------------ */

static GPtrArray *configure_calls(MlEvaluation *evaluation)
{
    static const char *const names[] = {"configure", NULL};
    g_autoptr(GPtrArray) found = ml_evaluation_find_calls(evaluation, names);
    GPtrArray *calls = g_ptr_array_new();
    for (guint i = 0; i < found->len; i++)
        if (ml_value_is_call(g_ptr_array_index(found, i), configure_names))
            g_ptr_array_add(calls, g_ptr_array_index(found, i));
    return calls;
}

static void read_calls(MlSetup *setup, MlEnvUrl *url, const MlEnv *env)
{
    g_autoptr(GPtrArray) calls = configure_calls(env->evaluation);
    read_options(setup, env, calls);
    read_metadata(setup, env, calls);
    read_url(url, env->evaluation);
    for (guint i = 0; i < calls->len; i++) {
        const MlValue *value = ml_value_argument(g_ptr_array_index(calls, i), "url");
        if (value != NULL)
            follow_url(url, value);
    }
}

void ml_env_read(MlSetup *setup, MlEnvUrl *url, MlTree *tree, const MlProject *project,
                 MlImporter *importer)
{
    g_autofree char *path = g_build_filename(project->script_location, "env.py", NULL);
    g_autoptr(GBytes) text = ml_tree_read(tree, path, NULL, NULL);
    if (text == NULL)
        return;
    g_autoptr(MlModule) module = ml_module_parse(text);
    setup->env = g_steal_pointer(&path);
    if (ml_module_syntax(module, NULL) != ML_SYNTAX_OK)
        return;
    url->module = module;
    g_autoptr(MlEvaluation) evaluation = ml_evaluation_new(module, setup->env, importer);
    const MlEnv env = {tree, project, importer, setup->env, evaluation};
    read_calls(setup, url, &env);
    url->module = NULL;
}
