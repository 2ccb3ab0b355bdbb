#include "migration/type_class.h"
#include "miglint/text.h"

#include <string.h>

static const char *const none[] = {NULL};
static const char *const of_string[] = {"length", "collation", NULL};
static const char *const of_numeric[] = {"precision", "scale", NULL};
static const char *const of_float[] = {"precision", NULL};
static const char *const of_time[] = {"timezone", "precision", NULL};
static const char *const of_interval[] = {"native", "second_precision", "day_precision", NULL};
static const char *const of_native_interval[] = {"precision", "fields", NULL};
static const char *const of_mysql_time[] = {"timezone", "fsp", NULL};
static const char *const of_sqlite_time[] = {"storage_format", "regexp", "timezone", NULL};
static const char *const of_hstore[] = {"text_type", NULL};
static const char *const of_boolean[] = {"create_constraint", "name", NULL};
static const char *const of_json[] = {"none_as_null", "astext_type", NULL};
static const char *const of_array[] = {"item_type", "as_tuple", "dimensions", "zero_indexes", NULL};
static const char *const of_uuid[] = {"as_uuid", "native_uuid", NULL};
static const char *const of_bit[] = {"length", "varying", NULL};
static const char *const of_domain[] = {"name", "data_type", NULL};
static const char *const of_choice[] = {"choices", "impl", NULL};
static const char *const of_geometry[] = {"geometry_type", "srid", "dimension", NULL};
static const char *const of_vector[] = {"dim", NULL};
static const char *const of_binary_uuid[] = {"binary", "native", NULL};
static const char *const of_display_width[] = {"display_width", NULL};

#define PG     "sqlalchemy.dialects.postgresql"
#define MYSQL  "sqlalchemy.dialects.mysql"
#define SQLITE "sqlalchemy.dialects.sqlite"

#define CLASS(of, called, is, takes, ...)                                                          \
    {                                                                                              \
        .library = of, .name = called, .kind = is, .parameters = takes, __VA_ARGS__                \
    }

/* A dialect's own class stands before SQLAlchemy's of the same name. */
static const MlTypeClass classes[] = {
    CLASS(PG, "INTERVAL", ML_TYPE_INTERVAL, of_native_interval),
    CLASS(PG, "BIT", ML_TYPE_NAMED, of_bit, .database_name = "bit"),
    CLASS(PG, "MONEY", ML_TYPE_MONEY, none),
    CLASS(PG, "DOMAIN", ML_TYPE_NAMED, of_domain),
    CLASS(PG, "BYTEA", ML_TYPE_BINARY, of_string),
    CLASS(PG, "HSTORE", ML_TYPE_NAMED, of_hstore),
    CLASS(MYSQL, "INTEGER", ML_TYPE_INTEGER, of_display_width),
    CLASS(MYSQL, "BIGINT", ML_TYPE_BIGINT, of_display_width),
    CLASS(MYSQL, "SMALLINT", ML_TYPE_SMALLINT, of_display_width),
    CLASS(MYSQL, "MEDIUMINT", ML_TYPE_NAMED, of_display_width),
    CLASS(MYSQL, "TINYINT", ML_TYPE_NAMED, of_display_width),
    CLASS(MYSQL, "YEAR", ML_TYPE_NAMED, of_display_width),
    CLASS(MYSQL, "FLOAT", ML_TYPE_FLOAT, of_numeric),
    CLASS(MYSQL, "DOUBLE", ML_TYPE_DOUBLE, of_numeric),
    CLASS(MYSQL, "REAL", ML_TYPE_REAL, of_numeric),
    CLASS(MYSQL, "DATETIME", ML_TYPE_TIMESTAMP, of_mysql_time),
    CLASS(MYSQL, "TIMESTAMP", ML_TYPE_TIMESTAMP, of_mysql_time),
    CLASS(MYSQL, "TIME", ML_TYPE_TIME, of_mysql_time),
    CLASS(MYSQL, "SET", ML_TYPE_NAMED, none),
    CLASS(MYSQL, "LONGTEXT", ML_TYPE_TEXT, none),
    CLASS(MYSQL, "MEDIUMTEXT", ML_TYPE_TEXT, none),
    CLASS(MYSQL, "TINYTEXT", ML_TYPE_TEXT, none),
    CLASS(MYSQL, "LONGBLOB", ML_TYPE_BINARY, of_string),
    CLASS(MYSQL, "MEDIUMBLOB", ML_TYPE_BINARY, of_string),
    CLASS(MYSQL, "TINYBLOB", ML_TYPE_BINARY, of_string),
    CLASS(SQLITE, "DATE", ML_TYPE_DATE, of_sqlite_time),
    CLASS(SQLITE, "DATETIME", ML_TYPE_TIMESTAMP, of_sqlite_time),
    CLASS(SQLITE, "TIME", ML_TYPE_TIME, of_sqlite_time),

    CLASS(NULL, "String", ML_TYPE_VARCHAR, of_string),
    CLASS(NULL, "Unicode", ML_TYPE_VARCHAR, of_string),
    CLASS(NULL, "VARCHAR", ML_TYPE_VARCHAR, of_string),
    CLASS(NULL, "NVARCHAR", ML_TYPE_VARCHAR, of_string),
    CLASS(NULL, "CHAR", ML_TYPE_CHAR, of_string),
    CLASS(NULL, "NCHAR", ML_TYPE_CHAR, of_string),
    CLASS(NULL, "Text", ML_TYPE_TEXT, of_string),
    CLASS(NULL, "UnicodeText", ML_TYPE_TEXT, of_string),
    CLASS(NULL, "TEXT", ML_TYPE_TEXT, of_string),
    CLASS(NULL, "CLOB", ML_TYPE_TEXT, of_string),
    CLASS(NULL, "Integer", ML_TYPE_INTEGER, none),
    CLASS(NULL, "INTEGER", ML_TYPE_INTEGER, none),
    CLASS(NULL, "INT", ML_TYPE_INTEGER, none),
    CLASS(NULL, "SmallInteger", ML_TYPE_SMALLINT, none),
    CLASS(NULL, "SMALLINT", ML_TYPE_SMALLINT, none),
    CLASS(NULL, "BigInteger", ML_TYPE_BIGINT, none),
    CLASS(NULL, "BIGINT", ML_TYPE_BIGINT, none),
    CLASS(NULL, "Numeric", ML_TYPE_NUMERIC, of_numeric),
    CLASS(NULL, "NUMERIC", ML_TYPE_NUMERIC, of_numeric),
    CLASS(NULL, "DECIMAL", ML_TYPE_NUMERIC, of_numeric),
    CLASS(NULL, "Float", ML_TYPE_FLOAT, of_float),
    CLASS(NULL, "FLOAT", ML_TYPE_FLOAT, of_float),
    CLASS(NULL, "REAL", ML_TYPE_REAL, of_float),
    CLASS(NULL, "Double", ML_TYPE_DOUBLE, of_float),
    CLASS(NULL, "DOUBLE", ML_TYPE_DOUBLE, of_float),
    CLASS(NULL, "DOUBLE_PRECISION", ML_TYPE_DOUBLE, of_float),
    CLASS(NULL, "Boolean", ML_TYPE_BOOLEAN, of_boolean),
    CLASS(NULL, "BOOLEAN", ML_TYPE_BOOLEAN, of_boolean),
    CLASS(NULL, "Date", ML_TYPE_DATE, none),
    CLASS(NULL, "DATE", ML_TYPE_DATE, none),
    CLASS(NULL, "DateTime", ML_TYPE_TIMESTAMP, of_time),
    CLASS(NULL, "DATETIME", ML_TYPE_TIMESTAMP, of_time),
    CLASS(NULL, "TIMESTAMP", ML_TYPE_TIMESTAMP, of_time),
    CLASS(NULL, "Time", ML_TYPE_TIME, of_time),
    CLASS(NULL, "TIME", ML_TYPE_TIME, of_time),
    CLASS(NULL, "Interval", ML_TYPE_INTERVAL, of_interval),
    CLASS(NULL, "LargeBinary", ML_TYPE_BINARY, of_string),
    CLASS(NULL, "BLOB", ML_TYPE_BINARY, of_string),
    CLASS(NULL, "BINARY", ML_TYPE_BINARY, of_string),
    CLASS(NULL, "VARBINARY", ML_TYPE_BINARY, of_string),
    CLASS(NULL, "Binary", ML_TYPE_BINARY, of_string),
    CLASS(NULL, "PickleType", ML_TYPE_BINARY, none),
    CLASS(NULL, "JSON", ML_TYPE_JSON, of_json),
    CLASS(NULL, "JSONB", ML_TYPE_JSONB, of_json),
    CLASS(NULL, "Uuid", ML_TYPE_UUID, of_uuid),
    CLASS(NULL, "UUID", ML_TYPE_UUID, of_uuid),
    CLASS(NULL, "Enum", ML_TYPE_ENUM, none),
    CLASS(NULL, "ENUM", ML_TYPE_ENUM, none),
    CLASS(NULL, "ARRAY", ML_TYPE_ARRAY, of_array),
    CLASS(NULL, "NullType", ML_TYPE_ABSENT, none),
    CLASS(NULL, "NULLTYPE", ML_TYPE_ABSENT, none),
    CLASS(NULL, "TypeEngine", ML_TYPE_ABSENT, none),       /* an impl that each dialect replaces */
    CLASS(NULL, "AutoString", ML_TYPE_VARCHAR, of_string), /* sqlmodel */
    CLASS(NULL, "GUID", ML_TYPE_CHAR, none, .length = 32,
          .postgresql = ML_TYPE_UUID), /* the same */

    CLASS("fastapi_users_db_sqlalchemy", "GUID", ML_TYPE_CHAR, none, .length = 36,
          .postgresql = ML_TYPE_UUID),
    CLASS("fastapi_users", "GUID", ML_TYPE_CHAR, none, .length = 36, .postgresql = ML_TYPE_UUID),
    CLASS("fastapi_users_db_sqlalchemy", "TIMESTAMPAware", ML_TYPE_TIMESTAMP, of_time),

    CLASS("sqlalchemy_utils", "UUIDType", ML_TYPE_BINARY, of_binary_uuid, .length = 16,
          .postgresql = ML_TYPE_UUID),
    CLASS("sqlalchemy_utils", "ArrowType", ML_TYPE_TIMESTAMP, of_time),
    CLASS("sqlalchemy_utils", "EnrichedDateTimeType", ML_TYPE_TIMESTAMP, none),
    CLASS("sqlalchemy_utils", "ChoiceType", ML_TYPE_VARCHAR, of_choice, .length = 255),
    CLASS("sqlalchemy_utils", "ColorType", ML_TYPE_VARCHAR, of_string, .length = 20),
    CLASS("sqlalchemy_utils", "CountryType", ML_TYPE_VARCHAR, none, .length = 2),
    CLASS("sqlalchemy_utils", "CurrencyType", ML_TYPE_VARCHAR, none, .length = 3),
    CLASS("sqlalchemy_utils", "EmailType", ML_TYPE_VARCHAR, of_string, .length = 255),
    CLASS("sqlalchemy_utils", "IPAddressType", ML_TYPE_VARCHAR, of_string, .length = 50),
    CLASS("sqlalchemy_utils", "JSONType", ML_TYPE_TEXT, none, .postgresql = ML_TYPE_JSON),
    CLASS("sqlalchemy_utils", "LocaleType", ML_TYPE_VARCHAR, none, .length = 10),
    CLASS("sqlalchemy_utils", "LtreeType", ML_TYPE_NAMED, none, .database_name = "ltree"),
    CLASS("sqlalchemy_utils", "ScalarListType", ML_TYPE_TEXT, none),
    CLASS("sqlalchemy_utils", "TSVectorType", ML_TYPE_NAMED, none, .database_name = "tsvector"),
    CLASS("sqlalchemy_utils", "TimezoneType", ML_TYPE_VARCHAR, none, .length = 50),
    CLASS("sqlalchemy_utils", "URLType", ML_TYPE_TEXT, none),
    CLASS("sqlalchemy_utils", "EncryptedType", ML_TYPE_BINARY, none),
    CLASS("sqlalchemy_utils", "StringEncryptedType", ML_TYPE_VARCHAR, none),

    CLASS("citext", "CIText", ML_TYPE_NAMED, none, .database_name = "citext"),
    CLASS("geoalchemy2", "Geometry", ML_TYPE_NAMED, of_geometry, .database_name = "geometry"),
    CLASS("geoalchemy2", "Geography", ML_TYPE_NAMED, of_geometry, .database_name = "geography"),
    CLASS("geoalchemy2", "Raster", ML_TYPE_NAMED, none, .database_name = "raster"),
    CLASS("pgvector", "Vector", ML_TYPE_NAMED, of_vector, .database_name = "vector"),
    CLASS("pgvector", "VECTOR", ML_TYPE_NAMED, of_vector, .database_name = "vector"),
    CLASS("pgvector", "HALFVEC", ML_TYPE_NAMED, of_vector, .database_name = "halfvec"),
    CLASS("pgvector", "SPARSEVEC", ML_TYPE_NAMED, of_vector, .database_name = "sparsevec"),
    CLASS("pgvector", "BIT", ML_TYPE_NAMED, of_string, .database_name = "bit"),
    CLASS("sqlalchemy_utc", "UtcDateTime", ML_TYPE_TIMESTAMP, none),
    CLASS("sqlalchemy_json", "NestedMutableJson", ML_TYPE_JSON, none),
    CLASS("sqlalchemy_json", "MutableJson", ML_TYPE_JSON, none),
    CLASS("flask_security", "AsaList", ML_TYPE_TEXT, none),
    CLASS("oslo_db", "JsonEncodedDict", ML_TYPE_TEXT, none),
    CLASS("oslo_db", "JsonEncodedList", ML_TYPE_TEXT, none),
    CLASS("oslo_db", "SoftDeleteInteger", ML_TYPE_INTEGER, none),
    CLASS("oslo_db", "String", ML_TYPE_VARCHAR, of_string),
};

char *ml_type_library(const char *dotted)
{
    static const char dialects[] = "sqlalchemy.dialects.";
    gsize length = strcspn(dotted, ".");
    if (g_str_has_prefix(dotted, dialects))
        length = strlen(dialects) + strcspn(dotted + strlen(dialects), ".");
    return g_strndup(dotted, length);
}

/* What a dialect has under a name of its own, all in capitals. */
static const MlTypeClass *of_dialect(const char *name)
{
    static const MlTypeClass unlisted = {.kind = ML_TYPE_NAMED, .parameters = of_string};
    for (const char *c = name; *c != '\0'; c++)
        if (!g_ascii_isupper(*c) && !g_ascii_isdigit(*c) && *c != '_')
            return NULL;
    return &unlisted;
}

const MlTypeClass *ml_type_class_find(const char *library, const char *name)
{
    gboolean own = strcmp(library, "sqlmodel") == 0 || strcmp(library, "sqlalchemy") == 0 ||
                   g_str_has_prefix(library, "sqlalchemy.dialects.");
    for (gsize i = 0; i < G_N_ELEMENTS(classes); i++) {
        const char *from = classes[i].library;
        if (ml_text_equals(classes[i].name, name) &&
            (from == NULL ? own : strcmp(from, library) == 0))
            return &classes[i];
    }
    return g_str_has_prefix(library, "sqlalchemy.dialects.") ? of_dialect(name) : NULL;
}
