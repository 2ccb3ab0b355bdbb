#include "project/metadata.h"

#include <string.h>

/* Classes that derive from each other at most. */
#define DEPTH_LIMIT 20

static const char *const metadata_classes[] = {"sqlalchemy.MetaData", "sqlalchemy.schema.MetaData",
                                               "sqlalchemy.sql.schema.MetaData", NULL};
static const char *const base_makers[] = {"sqlalchemy.orm.declarative_base",
                                          "sqlalchemy.ext.declarative.declarative_base",
                                          "sqlalchemy.ext.declarative.api.declarative_base",
                                          "sqlalchemy.orm.decl_api.declarative_base",
                                          "sqlalchemy.orm.registry",
                                          NULL};
static const char *const base_decorators[] = {"sqlalchemy.orm.as_declarative",
                                              "sqlalchemy.ext.declarative.as_declarative", NULL};
static const char *const base_classes[] = {"sqlalchemy.orm.DeclarativeBase",
                                           "sqlalchemy.orm.DeclarativeBaseNoMeta", NULL};
static const char *const mixin_classes[] = {"object", "sqlalchemy.ext.asyncio.AsyncAttrs",
                                            "sqlalchemy.orm.MappedAsDataclass", NULL};
static const char *const extensions[] = {"flask_sqlalchemy.SQLAlchemy", NULL};
static const char *const sqlmodel_classes[] = {"sqlmodel.SQLModel", "sqlmodel.main.SQLModel", NULL};
static const char *const sqlmodel_metadata[] = {"sqlmodel.SQLModel.metadata",
                                                "sqlmodel.main.SQLModel.metadata", NULL};

/* A class that leaves it to others to have metadata. */
static const MlValue no_metadata = {.kind = ML_VALUE_NONE};
/* The one MetaData of all SQLModel classes, which that library makes without a convention. */
static const MlValue shared_metadata = {.kind = ML_VALUE_NONE};

static const MlValue *maker_of_metadata(MlEvaluation *evaluation, const MlValue *value,
                                        guint depth);
static const MlValue *maker_of_owner(MlEvaluation *evaluation, const MlValue *owner, guint depth);

/* --- what makes metadata ------------------------------------------------------------ */

/*
 * declarative_base(metadata=...), registry(metadata=...), SQLAlchemy(app, metadata=...): a
 * positional argument at `positional` or behind it could be the metadata.
 */
static const MlValue *maker_of_call(MlEvaluation *evaluation, const MlValue *call, gsize positional,
                                    guint depth)
{
    const MlValue *metadata = ml_value_argument(call, "metadata");
    const MlValue *model = ml_value_argument(call, "model_class");
    if (call->unknown.open || ml_value_positional(call, positional) != NULL)
        return NULL;
    if (metadata != NULL && metadata->kind != ML_VALUE_NONE)
        return maker_of_metadata(evaluation, metadata, depth + 1);
    return model ? maker_of_owner(evaluation, model, depth + 1) : call;
}

/* Bases are asked in order; one that cannot be told may have metadata. */
static const MlValue *maker_of_bases(MlEvaluation *evaluation, const MlValue *class_value,
                                     guint depth)
{
    if (class_value->unknown.open)
        return NULL;
    for (gsize i = 0; i < class_value->unknown.length; i++) {
        const MlArgument *base = &class_value->unknown.arguments[i];
        if (base->name != NULL)
            return NULL;
        if (ml_value_is_name(base->value, base_classes))
            return class_value;
        const MlValue *maker = maker_of_owner(evaluation, base->value, depth + 1);
        if (maker != &no_metadata)
            return maker;
    }
    return &no_metadata;
}

static const MlValue *maker_of_class(MlEvaluation *evaluation, const MlValue *class_value,
                                     guint depth)
{
    const MlValue *metadata = ml_evaluation_member(evaluation, class_value, "metadata");
    if (metadata != NULL)
        return maker_of_metadata(evaluation, metadata, depth + 1);
    const MlValue *registry = ml_evaluation_member(evaluation, class_value, "registry");
    if (registry != NULL)
        return maker_of_owner(evaluation, registry, depth + 1);
    const MlValue *decorator = class_value->unknown.object;
    if (ml_value_is_call(decorator, base_decorators))
        return maker_of_call(evaluation, decorator, 0, depth);
    return decorator ? NULL : maker_of_bases(evaluation, class_value, depth);
}

/* What has a `.metadata`: a class, what makes a base class, an extension. */
static const MlValue *maker_of_owner(MlEvaluation *evaluation, const MlValue *owner, guint depth)
{
    if (depth > DEPTH_LIMIT)
        return NULL;
    if (ml_value_is_name(owner, sqlmodel_classes))
        return &shared_metadata;
    if (ml_value_is_name(owner, base_classes))
        return owner;
    if (ml_value_is_name(owner, mixin_classes))
        return &no_metadata;
    if (ml_value_has_shape(owner, ML_SHAPE_CLASS))
        return maker_of_class(evaluation, owner, depth);
    if (ml_value_is_call(owner, base_makers))
        return maker_of_call(evaluation, owner, 0, depth);
    if (ml_value_is_call(owner, extensions))
        return maker_of_call(evaluation, owner, 1, depth);
    if (ml_value_has_shape(owner, ML_SHAPE_CALL)) { /* registry().generate_base() */
        const MlValue *method = owner->unknown.object;
        if (ml_value_has_shape(method, ML_SHAPE_MEMBER) &&
            strcmp(method->unknown.name, "generate_base") == 0)
            return maker_of_owner(evaluation, method->unknown.object, depth + 1);
    }
    return NULL;
}

static const MlValue *maker_of_metadata(MlEvaluation *evaluation, const MlValue *value, guint depth)
{
    if (depth > DEPTH_LIMIT)
        return NULL;
    if (ml_value_is_name(value, sqlmodel_metadata))
        return &shared_metadata;
    if (ml_value_is_call(value, metadata_classes))
        return value;
    if (!ml_value_has_shape(value, ML_SHAPE_MEMBER) || strcmp(value->unknown.name, "metadata") != 0)
        return NULL;
    return maker_of_owner(evaluation, value->unknown.object, depth + 1);
}

const MlValue *ml_metadata_maker(MlEvaluation *evaluation, const MlValue *metadata)
{
    const MlValue *maker = maker_of_metadata(evaluation, metadata, 0);
    return maker == &no_metadata ? NULL : maker;
}

const MlValue *ml_metadata_maker_of(MlEvaluation *evaluation, const MlValue *owner)
{
    return maker_of_owner(evaluation, owner, 0);
}

gboolean ml_metadata_is_same(const MlValue *maker, const MlValue *other)
{
    MlOrigin one = maker->origin, two = other->origin;
    return maker == other || (one.module != NULL && one.module == two.module &&
                              one.start == two.start && one.end == two.end);
}

/* --- the convention ------------------------------------------------------------------- */

MlFactKind ml_metadata_kind_of_convention(const MlValue *convention)
{
    if (convention->kind == ML_VALUE_NONE)
        return ML_FACT_NONE;
    if (convention->kind != ML_VALUE_DICT)
        return ML_FACT_UNKNOWN;
    return convention->dict.length ? ML_FACT_KNOWN : ML_FACT_NONE;
}

/* MetaData(..., naming_convention=...); whatever else makes metadata gives it none. */
MlFactKind ml_metadata_made_with(const MlValue *maker, const MlValue **convention)
{
    *convention = NULL;
    if (!ml_value_is_call(maker, metadata_classes))
        return ML_FACT_NONE;
    *convention = ml_value_argument(maker, "naming_convention");
    if (*convention != NULL)
        return ml_metadata_kind_of_convention(*convention);
    return maker->unknown.open || ml_value_positional(maker, 1) ? ML_FACT_UNKNOWN : ML_FACT_NONE;
}

void ml_metadata_add_names(GPtrArray *names, const MlValue *convention)
{
    for (gsize i = 0; i < convention->dict.length; i++) {
        const MlPair *pair = &convention->dict.pairs[i];
        MlConventionName *name = g_new0(MlConventionName, 1);
        gboolean plain = pair->key->kind == ML_VALUE_STRING;
        name->key = plain ? g_strdup(pair->key->string.text) : ml_origin_text(pair->key->origin);
        if (pair->value->kind == ML_VALUE_STRING)
            name->text = g_strdup(pair->value->string.text);
        g_ptr_array_add(names, name);
    }
}

void ml_metadata_read(MlSetup *setup, const MlEnv *env, const MlValue *target_metadata)
{
    /* Of a list Alembic asks none, be it of one item: op gives no names then. */
    const MlValue *convention, *maker = ml_metadata_maker(env->evaluation, target_metadata);
    if (maker == NULL)
        return;
    setup->metadata_is_shared = maker == &shared_metadata;
    setup->naming_convention = ml_metadata_made_with(maker, &convention);
    if (setup->naming_convention == ML_FACT_KNOWN)
        ml_metadata_add_names(setup->convention_names, convention);
    else if (setup->naming_convention == ML_FACT_NONE &&
             (setup->metadata_is_shared ||
              ml_evaluation_mentions(env->evaluation, "naming_convention")))
        ml_metadata_read_changes(setup, env, maker);
}

/* --- whether there is any ------------------------------------------------------------- */

/* A list has metadata if any of its items has. */
static MlFactKind kind_of_items(const MlValue *sequence)
{
    MlFactKind kind = sequence->sequence.length ? ML_FACT_NONE : ML_FACT_UNKNOWN;
    for (gsize i = 0; i < sequence->sequence.length && kind != ML_FACT_KNOWN; i++) {
        MlFactKind item = ml_metadata_kind(sequence->sequence.items[i]);
        if (item != ML_FACT_NONE)
            kind = item;
    }
    return kind;
}

/* {}.get(...) is None: the multidb template as Alembic makes it. */
static gboolean is_lookup_in_nothing(const MlValue *value)
{
    const MlValue *method = ml_value_has_shape(value, ML_SHAPE_CALL) ? value->unknown.object : NULL;
    if (!ml_value_has_shape(method, ML_SHAPE_MEMBER) || strcmp(method->unknown.name, "get") != 0)
        return FALSE;
    const MlValue *object = method->unknown.object;
    return object->kind == ML_VALUE_DICT && object->dict.length == 0 &&
           ml_value_positional(value, 1) == NULL && !value->unknown.open;
}

MlFactKind ml_metadata_kind(const MlValue *target_metadata)
{
    if (target_metadata->kind == ML_VALUE_NONE || is_lookup_in_nothing(target_metadata))
        return ML_FACT_NONE;
    if (target_metadata->kind == ML_VALUE_LIST || target_metadata->kind == ML_VALUE_TUPLE)
        return kind_of_items(target_metadata);
    gboolean is_metadata = ml_value_is_call(target_metadata, metadata_classes);
    gboolean is_member = ml_value_has_shape(target_metadata, ML_SHAPE_MEMBER) &&
                         strcmp(target_metadata->unknown.name, "metadata") == 0;
    gboolean is_name = ml_value_has_shape(target_metadata, ML_SHAPE_NAME) &&
                       g_str_has_suffix(target_metadata->unknown.name, ".metadata");
    return is_metadata || is_member || is_name ? ML_FACT_KNOWN : ML_FACT_UNKNOWN;
}
