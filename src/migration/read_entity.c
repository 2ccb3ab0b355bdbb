/*
 * op.create_entity(PGView(...)) and its kin (alembic_utils.reversible_op) -> what the library
 * executes for them, read as if it stood in op.execute().
 */
#include "migration/execute.h"
#include "migration/read_library.h"

#include <string.h>

/* Text of this many bytes is worth a step. */
#define STEP_BYTES 32

typedef struct Kind Kind;

/* One that is created, dropped or replaced: what its class is given, as the class keeps it. */
typedef struct {
    MlReading *reading;
    const MlValue *call; /* of op's method */
    const MlValue *made; /* the call of the class */
    const Kind *kind;
    char *schema, *signature,
        *on_entity;   /* without quotes; the last one NULL where there is none */
    char *definition; /* NULL where it cannot be told */
    gboolean cascade;
} Entity;

struct Kind {
    const char *name; /* of the class */
    MlObjectKind object;
    const char *const *arguments;
    char *(*define)(const char *definition); /* as it is kept; NULL: it has no definition */
    void (*create)(GString *sql, const Entity *entity);
    void (*drop)(GString *sql, const Entity *entity, gboolean if_exists);
    void (*replace)(GString *sql, const Entity *entity); /* NULL: it is dropped, and created */
};

static void entity_clear(Entity *entity)
{
    g_free(entity->schema);
    g_free(entity->signature);
    g_free(entity->on_entity);
    g_free(entity->definition);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Entity, entity_clear)

/* --- texts, as the library keeps them (alembic_utils.statement) ------------------------- */

static gboolean is_space(char c)
{
    return g_ascii_isspace(c) || c == '\v';
}

/* Each run of white space becomes one blank. */
static char *normalized(const char *text)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (; *text != '\0'; text++) {
        if (!is_space(*text))
            g_string_append_c(out, *text);
        else if (out->len > 0 && out->str[out->len - 1] != ' ')
            g_string_append_c(out, ' ');
    }
    return g_strchomp(g_string_free(g_steal_pointer(&out), FALSE));
}

static char *without_quotes(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "\"", -1);
    return g_strjoinv("", parts);
}

static char *bare(const char *text)
{
    g_autofree char *plain = normalized(text);
    return without_quotes(plain);
}

static char *without_semicolon(const char *text)
{
    char *copy = g_strstrip(g_strdup(text));
    gsize length = strlen(copy);
    while (length > 0 && copy[length - 1] == ';')
        copy[--length] = '\0';
    return g_strchomp(copy);
}

/* "a.b" is "a"."b". */
static void append_quoted(GString *sql, const char *name)
{
    const char *dot = strchr(name, '.');
    g_autofree char *first = g_strstrip(g_strndup(name, dot ? dot - name : (gssize)strlen(name)));
    g_autofree char *second = dot ? g_strstrip(g_strdup(dot + 1)) : NULL;
    g_string_append_printf(sql, "\"%s\"", first);
    if (second != NULL)
        g_string_append_printf(sql, ".\"%s\"", second);
}

/* Colons are no parameters, but for those of casts, and of assignments in PL/pgSQL. */
static char *with_escaped_colons(const char *text, gboolean plpgsql)
{
    GString *out = g_string_new(NULL);
    for (; *text != '\0'; text++) {
        gboolean kept =
            g_str_has_prefix(text, "::") ||
            (plpgsql && (g_str_has_prefix(text, ":=") || g_str_has_prefix(text, "\\:")));
        if (kept) {
            g_string_append_len(out, text++, 2);
        } else {
            g_string_append(out, *text == ':' ? "\\" : "");
            g_string_append_c(out, *text);
        }
    }
    return g_string_free(out, FALSE);
}

static gboolean is_plpgsql(const char *definition)
{
    g_autofree char *plain = normalized(definition);
    g_auto(GStrv) parts = g_strsplit(plain, "'", -1);
    g_autofree char *joined = g_strjoinv("", parts);
    g_autofree char *lower = g_ascii_strdown(joined, -1);
    return strstr(lower, "language plpgsql") != NULL;
}

static char *define_plainly(const char *definition)
{
    g_autofree char *plain = without_semicolon(definition);
    return with_escaped_colons(plain, FALSE);
}

static char *define_function(const char *definition)
{
    g_autofree char *plain = without_semicolon(definition);
    return with_escaped_colons(plain, is_plpgsql(definition));
}

static const MlValue *argument_of(const Entity *entity, const char *name)
{
    const MlSite site = {.call = entity->made, .names = entity->kind->arguments};
    return ml_site_argument(entity->reading, &site, name);
}

static gboolean is_said(const Entity *entity, const char *name, gboolean value)
{
    const MlValue *said = argument_of(entity, name);
    return said != NULL && said->kind == ML_VALUE_BOOL && (said->integer != 0) == value;
}

static void append_end_of_drop(GString *sql, const Entity *entity, gboolean if_exists)
{
    g_string_append(sql, if_exists ? ";" : entity->cascade ? " cascade" : "");
}

/* --- functions ------------------------------------------------------------------------------ */

static char *name_of(const char *signature)
{
    return g_strstrip(g_strndup(signature, strcspn(signature, "(")));
}

static void append_function(GString *sql, const Entity *entity)
{
    g_autofree char *name = name_of(entity->signature);
    append_quoted(sql, entity->schema);
    g_string_append_printf(sql, ".\"%s\"%s %s", name,
                           entity->signature + strcspn(entity->signature, "("), entity->definition);
}

static void create_function(GString *sql, const Entity *entity)
{
    g_string_append(sql, "CREATE FUNCTION ");
    append_function(sql, entity);
}

static void replace_function(GString *sql, const Entity *entity)
{
    g_string_append(sql, "CREATE OR REPLACE FUNCTION ");
    append_function(sql, entity);
}

/* Their defaults are no part of what is dropped. */
static void append_parameters(GString *sql, const char *signature)
{
    const char *open = strchr(signature, '('), *close = strrchr(signature, ')');
    if (open == NULL || close == NULL || close < open)
        return;
    g_autofree char *inner = g_strndup(open + 1, (gsize)(close - open - 1));
    g_auto(GStrv) parameters = g_strsplit(inner, ",", -1);
    for (char **parameter = parameters; *parameter != NULL; parameter++) {
        g_autofree char *lower = g_ascii_strdown(*parameter, -1);
        char *end = strstr(lower, "default");
        if (end != NULL)
            (*parameter)[end - lower] = '\0';
        g_string_append_printf(sql, "%s%s", parameter == parameters ? "" : ", ",
                               g_strstrip(*parameter));
    }
}

static void drop_function(GString *sql, const Entity *entity, gboolean if_exists)
{
    g_autofree char *name = name_of(entity->signature);
    g_string_append(sql, "DROP FUNCTION ");
    append_quoted(sql, entity->schema);
    g_string_append_printf(sql, ".\"%s\"(", name);
    append_parameters(sql, entity->signature);
    g_string_append_c(sql, ')');
    append_end_of_drop(sql, entity, if_exists);
}

/* --- views ------------------------------------------------------------------------------------ */

static void append_view(GString *sql, const Entity *entity)
{
    append_quoted(sql, entity->schema);
    g_string_append_printf(sql, ".\"%s\"", entity->signature);
}

static void create_view(GString *sql, const Entity *entity)
{
    g_string_append(sql, "CREATE VIEW ");
    append_view(sql, entity);
    g_string_append_printf(sql, " AS %s;", entity->definition);
}

static void drop_view(GString *sql, const Entity *entity, gboolean if_exists)
{
    g_string_append_printf(sql, "DROP VIEW %s", if_exists ? "IF EXISTS " : "");
    append_view(sql, entity);
    append_end_of_drop(sql, entity, if_exists);
}

static void replace_view(GString *sql, const Entity *entity)
{
    g_string_append(sql, "CREATE OR REPLACE VIEW ");
    append_view(sql, entity);
    g_string_append_printf(sql, " AS %s;", entity->definition);
}

/* What is sent for that: a view that has other columns now cannot be replaced. */
static char *replacing_block(const Entity *entity, const char *replace)
{
    g_autoptr(GString) drop = g_string_new(NULL);
    g_autoptr(GString) create = g_string_new(NULL);
    drop_view(drop, entity, TRUE);
    create_view(create, entity);
    return g_strdup_printf("do $$ begin %s exception when others then %s %s end; $$ "
                           "language 'plpgsql'",
                           replace, drop->str, create->str);
}

static void create_materialized_view(GString *sql, const Entity *entity)
{
    g_string_append(sql, "CREATE MATERIALIZED VIEW ");
    append_view(sql, entity);
    g_string_append_printf(sql, " AS %s WITH %sDATA", entity->definition,
                           is_said(entity, "with_data", FALSE) ? "NO " : "");
}

static void drop_materialized_view(GString *sql, const Entity *entity, gboolean if_exists)
{
    g_string_append_printf(sql, "DROP MATERIALIZED VIEW %s", if_exists ? "IF EXISTS " : "");
    append_view(sql, entity);
    append_end_of_drop(sql, entity, if_exists);
}

/* --- what is on a table --------------------------------------------------------------------- */

/* A word of a text, and where the next begins; NULL where there is none. */
static const char *next_word(const char *text, const char **end)
{
    while (is_space(*text))
        text++;
    for (*end = text; **end != '\0' && !is_space(**end);)
        ++*end;
    return *end > text ? text : NULL;
}

/* Where the first ON of "BEFORE INSERT ON account FOR EACH ROW ..." stands, and the table's name.
 */
static gboolean find_table(const char *definition, const char **on, const char **table,
                           const char **end)
{
    const char *word_end;
    for (const char *word = next_word(definition, &word_end); word != NULL;
         word = next_word(word_end, &word_end)) {
        *on = word;
        if (word == definition || word_end - word != 2 || g_ascii_strncasecmp(word, "on", 2) != 0)
            continue;
        *table = next_word(word_end, end);
        return *table != NULL && next_word(*end, &word_end) != NULL;
    }
    return FALSE;
}

/* Of a definition that names no table nothing is made: the library raises. */
static void create_trigger(GString *sql, const Entity *entity)
{
    const char *on, *table, *end;
    if (!find_table(entity->definition, &on, &table, &end))
        return;
    g_autofree char *event = g_strchomp(g_strndup(entity->definition, on - entity->definition));
    g_autofree char *name = g_strndup(table, end - table);
    const char *dot = strchr(name, '.');
    while (is_space(*end))
        end++;
    g_string_append_printf(sql, "CREATE %sTRIGGER \"%s\" %s ON %s.%s %s",
                           is_said(entity, "is_constraint", TRUE) ? "CONSTRAINT " : "",
                           entity->signature, event, entity->schema, dot ? dot + 1 : name, end);
}

static void drop_trigger(GString *sql, const Entity *entity, gboolean if_exists)
{
    g_string_append_printf(sql, "DROP TRIGGER %s\"%s\" ON %s", if_exists ? "IF EXISTS " : "",
                           entity->signature, entity->on_entity);
    append_end_of_drop(sql, entity, if_exists);
}

static void create_policy(GString *sql, const Entity *entity)
{
    g_string_append_printf(sql, "CREATE POLICY %s on %s %s", entity->signature, entity->on_entity,
                           entity->definition);
}

static void drop_policy(GString *sql, const Entity *entity, gboolean if_exists)
{
    g_string_append_printf(sql, "DROP POLICY %s%s on %s", if_exists ? "IF EXISTS " : "",
                           entity->signature, entity->on_entity);
    append_end_of_drop(sql, entity, if_exists);
}

/* --- extensions ----------------------------------------------------------------------------- */

static void create_extension(GString *sql, const Entity *entity)
{
    g_string_append_printf(sql, "CREATE EXTENSION \"%s\" WITH SCHEMA ", entity->signature);
    append_quoted(sql, entity->schema);
    g_string_append_c(sql, ';');
}

static void drop_extension(GString *sql, const Entity *entity, gboolean if_exists)
{
    g_string_append_printf(sql, "DROP EXTENSION %s\"%s\"", if_exists ? "IF EXISTS " : "",
                           entity->signature);
    append_end_of_drop(sql, entity, if_exists);
}

/* --- which one it is ------------------------------------------------------------------------ */

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

static const Kind kinds[] = {
    {"PGFunction", ML_OBJECT_FUNCTION, NAMES("schema", "signature", "definition"), define_function,
     create_function, drop_function, replace_function},
    {"PGView", ML_OBJECT_VIEW, NAMES("schema", "signature", "definition"), without_semicolon,
     create_view, drop_view, replace_view},
    {"PGMaterializedView", ML_OBJECT_MATERIALIZED_VIEW,
     NAMES("schema", "signature", "definition", "with_data"), without_semicolon,
     create_materialized_view, drop_materialized_view, NULL},
    {"PGTrigger", ML_OBJECT_TRIGGER,
     NAMES("schema", "signature", "definition", "on_entity", "is_constraint"), define_plainly,
     create_trigger, drop_trigger, NULL},
    {"PGPolicy", ML_OBJECT_POLICY, NAMES("schema", "signature", "definition", "on_entity"),
     define_plainly, create_policy, drop_policy, NULL},
    {"PGExtension", ML_OBJECT_EXTENSION, NAMES("schema", "signature"), NULL, create_extension,
     drop_extension, NULL},
};

/* "PGView" of alembic_utils.pg_view.PGView(...); NULL where a value is no such call. */
static const char *class_of(const MlValue *value)
{
    if (!ml_value_has_shape(value, ML_SHAPE_CALL) ||
        !ml_value_has_shape(value->unknown.object, ML_SHAPE_NAME))
        return NULL;
    const char *name = value->unknown.object->unknown.name;
    const char *dot = strrchr(name, '.');
    return g_str_has_prefix(name, "alembic_utils.") ? dot + 1 : NULL;
}

static const Kind *kind_of(const char *class_name)
{
    for (gsize i = 0; class_name != NULL && i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i].name, class_name) == 0)
            return &kinds[i];
    return NULL;
}

/* NULL where it is none that can be told, or there is too much of them. */
static const char *string_argument(const Entity *entity, const char *name)
{
    const MlValue *value = argument_of(entity, name);
    gboolean known = value != NULL && value->kind == ML_VALUE_STRING &&
                     strlen(value->string.text) == value->string.length &&
                     ml_reading_spend(entity->reading, value->string.length / STEP_BYTES);
    return known ? value->string.text : NULL;
}

/* FALSE where one of the names cannot be told. */
static gboolean read_names(Entity *entity)
{
    const char *schema = string_argument(entity, "schema");
    const char *signature = string_argument(entity, "signature");
    const char *table = string_argument(entity, "on_entity");
    gboolean on_table = g_strv_contains(entity->kind->arguments, "on_entity");
    if (schema == NULL || signature == NULL || (on_table && table == NULL))
        return FALSE;
    entity->schema = bare(schema);
    entity->signature = bare(signature);
    if (!on_table)
        return TRUE;
    g_autofree char *name = without_quotes(table);
    entity->on_entity = g_strconcat(strchr(name, '.') ? "" : "public.", name, NULL);
    return TRUE;
}

/* What of it has to be known for it to be created, and is not; NULL: nothing. */
static const MlValue *read_definition(Entity *entity)
{
    static const char *const flags[] = {"with_data", "is_constraint"};
    const char *definition = string_argument(entity, "definition");
    for (gsize i = 0; i < G_N_ELEMENTS(flags); i++) {
        const MlValue *flag = argument_of(entity, flags[i]);
        if (flag != NULL && flag->kind != ML_VALUE_BOOL)
            return flag;
    }
    if (entity->kind->define == NULL)
        return NULL;
    if (definition == NULL)
        return argument_of(entity, "definition") ? argument_of(entity, "definition") : entity->made;
    entity->definition = entity->kind->define(definition);
    return NULL;
}

/* --- what is done to it --------------------------------------------------------------------- */

static const MlValue *string_of(const Entity *entity, const char *text)
{
    MlOperations *operations = entity->reading->operations;
    MlValue *value = ml_operations_alloc(operations, sizeof *value);
    value->kind = ML_VALUE_STRING;
    value->origin = entity->call->origin;
    value->string.text = ml_operations_text(operations, text, -1);
    value->string.length = strlen(text);
    return value;
}

static void execute(const Entity *entity, const char *sql)
{
    ml_read_executed(entity->reading, string_of(entity, sql), NULL, ML_SQL_TEXT,
                     entity->call->origin);
}

/* What it does is that of one statement, while another one is sent. */
static void execute_as(const Entity *entity, const char *sql, const char *sent)
{
    MlReading *reading = entity->reading;
    gsize first = reading->operations->length;
    ml_sql_read(reading->sql, reading->operations, sql, -1, ML_SQL_TEXT, entity->call->origin);
    ml_read_execution(reading, first, string_of(entity, sent), NULL, ML_SQL_TEXT);
}

static void create_unknown(const Entity *entity, const MlValue *unknown, gboolean replace)
{
    MlReading *reading = entity->reading;
    MlOrigin origin = entity->call->origin;
    const char *dot = entity->on_entity ? strchr(entity->on_entity, '.') : NULL;
    g_autofree char *name = name_of(entity->signature);
    g_autofree char *schema =
        dot ? g_strndup(entity->on_entity, dot - entity->on_entity) : g_strdup(entity->schema);
    MlOperation *operation = ml_reading_add(reading, ML_CREATE_OBJECT, origin);
    operation->object = entity->kind->object;
    operation->name = ml_known_text(reading, name, origin);
    operation->schema = ml_known_text(reading, schema, origin);
    if (dot != NULL)
        operation->table = ml_known_text(reading, dot + 1, origin);
    operation->or_replace = (MlFlag){.is = ML_KNOWN, .origin = origin, .value = replace};
    ml_reading_note(reading, "definition", NULL, unknown);
}

static void create(const Entity *entity)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    entity->kind->create(sql, entity);
    if (sql->len > 0)
        execute(entity, sql->str);
    else
        create_unknown(entity, entity->made, FALSE);
}

static void drop(const Entity *entity, gboolean if_exists)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    entity->kind->drop(sql, entity, if_exists);
    execute(entity, sql->str);
}

/* It may have been there before. */
static void make_anew(const Entity *entity)
{
    const MlOperations *operations = entity->reading->operations;
    gsize first = operations->length;
    drop(entity, TRUE);
    create(entity);
    for (gsize i = first; i < operations->length; i++) {
        MlOperation *operation = (MlOperation *)operations->items[i];
        if (operation->kind == ML_CREATE_OBJECT)
            operation->or_replace =
                (MlFlag){.is = ML_KNOWN, .origin = entity->call->origin, .value = TRUE};
    }
}

static void replace(const Entity *entity)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    if (entity->kind->replace == NULL) {
        make_anew(entity);
        return;
    }
    entity->kind->replace(sql, entity);
    if (entity->kind->object != ML_OBJECT_VIEW) {
        execute(entity, sql->str);
        return;
    }
    g_autofree char *block = replacing_block(entity, sql->str);
    execute_as(entity, sql->str, block);
}

static void create_or_replace(Entity *entity, gboolean replaces)
{
    const MlValue *unknown = read_definition(entity);
    if (unknown != NULL)
        create_unknown(entity, unknown, replaces);
    else if (replaces)
        replace(entity);
    else
        create(entity);
}

/* FALSE where it cannot be told what is done. */
static gboolean read_entity(Entity *entity, const char *verb, const MlValue *cascade)
{
    if (entity->kind == NULL || !read_names(entity) ||
        (cascade != NULL && cascade->kind != ML_VALUE_BOOL))
        return FALSE;
    entity->cascade = cascade != NULL && cascade->integer;
    if (strcmp(verb, "drop_entity") == 0)
        drop(entity, FALSE);
    else if (strcmp(verb, "create_entity") == 0)
        create_or_replace(entity, FALSE);
    else if (entity->kind->object != ML_OBJECT_EXTENSION)
        create_or_replace(entity, TRUE);
    else
        return FALSE; /* the library raises */
    return TRUE;
}

/* Rights are no part of a schema. */
static void read_grant(MlReading *reading, const MlValue *call)
{
    MlOperation *operation = ml_reading_add(reading, ML_HARMLESS, call->origin);
    operation->value = ml_known_text(reading, "GRANT", call->origin);
}

gboolean ml_read_entity_operation(MlReading *reading, const char *name, const MlValue *call)
{
    static const char *const verbs[] = {"create_entity", "drop_entity", "replace_entity", NULL};
    static const char *const names[] = {"target", "cascade", NULL};
    const MlSite site = {.call = call, .names = names};
    if (!g_strv_contains(verbs, name))
        return FALSE;
    const MlValue *target = ml_site_argument(reading, &site, "target");
    const char *class_name = target ? class_of(target) : NULL;
    g_auto(Entity)
        entity = {.reading = reading, .call = call, .made = target, .kind = kind_of(class_name)};
    if (g_strcmp0(class_name, "PGGrantTable") == 0) {
        read_grant(reading, call);
    } else if (!read_entity(&entity, name, ml_site_argument(reading, &site, "cascade"))) {
        g_autofree char *why = target ? ml_reason_of(target) : NULL;
        ml_read_unknown_call(reading, call, why);
    }
    return TRUE;
}
