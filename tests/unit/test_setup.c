/* What env.py and the configuration say, on files in the shape that people give them. */
#include "miglint/migration.h"

#include "folder_helper.h"

/* --- a set-up on disk -------------------------------------------------------- */

/* The set-up of the one environment there is: alembic.ini, m/env.py and what the pairs add. */
static MlMigrations *load(GPtrArray *projects, MlTree *tree)
{
    assert_int_equal(projects->len, 1);
    MlMigrations *migrations =
        ml_migrations_load(tree, projects->pdata[0], ML_LOAD_FULL, NULL, NULL);
    assert_non_null(migrations);
    return migrations;
}

typedef struct {
    char *root;
    MlTree *tree;
    GPtrArray *projects;
    MlMigrations *migrations;
} Case;

static void case_clear(Case *it)
{
    ml_migrations_free(it->migrations);
    g_ptr_array_unref(it->projects);
    ml_tree_unref(it->tree);
    remove_tree(it->root);
    g_free(it->root);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Case, case_clear)

/* Pairs of a path and a text, and NULL. */
static Case read_case(const char *env, ...) G_GNUC_NULL_TERMINATED;
static Case read_case(const char *env, ...)
{
    Case it = {.root = g_dir_make_tmp("miglint-XXXXXX", NULL)};
    assert_non_null(it.root);
    write_file(it.root, "alembic.ini", "[alembic]\nscript_location = m\n");
    write_file(it.root, "m/env.py", env);
    write_file(it.root, "m/versions/a.py", "revision = 'a'\ndown_revision = None\n");
    va_list pairs;
    va_start(pairs, env);
    for (const char *path; (path = va_arg(pairs, const char *)) != NULL;)
        write_file(it.root, path, va_arg(pairs, const char *));
    va_end(pairs);
    const MlProjectQuery everything = {0};
    it.tree = ml_tree_of_folder(it.root, NULL);
    it.projects = ml_projects_find(it.tree, &everything, NULL, NULL);
    assert_non_null(it.projects);
    it.migrations = load(it.projects, it.tree);
    return it;
}

#define IMPORT "from alembic import context\n"
#define ONLINE                                                                                     \
    "def run_migrations_online():\n"                                                               \
    "    with connectable.connect() as connection:\n"                                              \
    "        context.configure(connection=connection, target_metadata=target_metadata)\n"

/* --- target_metadata ----------------------------------------------------------- */

static void assert_metadata(const char *env, MlFactKind expected)
{
    g_auto(Case) it = read_case(env, NULL);
    if (it.migrations->setup->target_metadata.kind != expected)
        fail_msg("not %d: %s", expected, env);
}

static void test_metadata(void **state)
{
    (void)state;
    assert_metadata(IMPORT "target_metadata = None\n" ONLINE, ML_FACT_NONE);
    assert_metadata(IMPORT "context.configure(connection=c)\n", ML_FACT_NONE);
    assert_metadata(IMPORT "target_metadata = {}\n"
                           "context.configure(target_metadata=target_metadata.get(name))\n",
                    ML_FACT_NONE);
    assert_metadata("import alembic.context as c\nc.configure(target_metadata=None)\n",
                    ML_FACT_NONE);
    assert_metadata(IMPORT "from bank import Base\ntarget_metadata = Base.metadata\n" ONLINE,
                    ML_FACT_KNOWN);
    assert_metadata(IMPORT "from bank import a, b\ntarget_metadata = [a.metadata, None]\n" ONLINE,
                    ML_FACT_KNOWN);
    assert_metadata(IMPORT "from sqlalchemy import MetaData\ntarget_metadata = MetaData()\n" ONLINE,
                    ML_FACT_KNOWN);
    /* One call with it is enough; the other writes SQL out. */
    assert_metadata(IMPORT "from bank import Base\ntarget_metadata = Base.metadata\n"
                           "context.configure(url=url)\n" ONLINE,
                    ML_FACT_KNOWN);
}

static void test_metadata_unknown(void **state)
{
    (void)state;
    assert_metadata(IMPORT "target_metadata = None\n", ML_FACT_UNKNOWN);
    assert_metadata(IMPORT "from flask import current_app\n"
                           "target_metadata = current_app.extensions['migrate'].db\n" ONLINE,
                    ML_FACT_UNKNOWN);
    assert_metadata(IMPORT "target_metadata = find_metadata()\n" ONLINE, ML_FACT_UNKNOWN);
    assert_metadata(IMPORT "target_metadata = None\nif x:\n    target_metadata = y\n" ONLINE,
                    ML_FACT_UNKNOWN);
    assert_metadata(IMPORT "context.configure(connection=c, **options)\n", ML_FACT_UNKNOWN);
    /* The name is a parameter here, whatever it is at module level. */
    assert_metadata(IMPORT "target_metadata = None\ndef run(target_metadata):\n"
                           "    context.configure(target_metadata=target_metadata)\n",
                    ML_FACT_UNKNOWN);
    assert_metadata("import logging\nlogging.configure(target_metadata=None)\n", ML_FACT_UNKNOWN);
    assert_metadata(IMPORT "context.configure(\n", ML_FACT_UNKNOWN);
}

/* --- naming conventions --------------------------------------------------------- */

#define BANK_ENV IMPORT "from bank.models import Base\ntarget_metadata = Base.metadata\n" ONLINE

/* `expected`: "unknown", "none", or the names that are known. */
static void assert_convention_of(const Case *it, const char *expected, const char *models)
{
    const MlSetup *setup = it->migrations->setup;
    g_autoptr(GString) found = g_string_new(NULL);
    if (setup->naming_convention != ML_FACT_KNOWN)
        g_string_append(found, setup->naming_convention == ML_FACT_NONE ? "none" : "unknown");
    for (guint i = 0; i < setup->convention_names->len; i++) {
        const MlConventionName *name = setup->convention_names->pdata[i];
        g_string_append_printf(found, "%s=%s;", name->key, name->text ? name->text : "?");
    }
    if (strcmp(found->str, expected) != 0)
        fail_msg("%s, not %s: %s", found->str, expected, models);
}

static void assert_convention(const char *models, const char *expected)
{
    g_auto(Case) it = read_case(BANK_ENV, "bank/models.py", models, NULL);
    assert_convention_of(&it, expected, models);
}

static void test_convention(void **state)
{
    (void)state;
    assert_convention("from sqlalchemy import MetaData\n"
                      "from sqlalchemy.orm import declarative_base\n"
                      "names = {'ix': 'ix_%(column_0_label)s', 'pk': make()}\n"
                      "Base = declarative_base(metadata=MetaData(naming_convention=names))\n",
                      "ix=ix_%(column_0_label)s;pk=?;");
    assert_convention("import sqlalchemy as sa\nfrom sqlalchemy.orm import DeclarativeBase\n"
                      "class Base(DeclarativeBase):\n"
                      "    metadata = sa.MetaData(schema='x', naming_convention={'uq': 'u'})\n",
                      "uq=u;");
    assert_convention("import sqlalchemy as sa\nfrom sqlalchemy.orm import DeclarativeBase\n"
                      "class Root(DeclarativeBase):\n"
                      "    names = dict(fk='f')\n"
                      "    metadata = sa.MetaData(naming_convention=names)\n"
                      "class Base(Root):\n    pass\n",
                      "fk=f;");
    assert_convention("from flask_sqlalchemy import SQLAlchemy\nfrom sqlalchemy import MetaData\n"
                      "Base = SQLAlchemy(metadata=MetaData(naming_convention={'ck': 'c'}))\n",
                      "ck=c;");
    assert_convention("from sqlalchemy.orm import registry\nfrom sqlalchemy import MetaData\n"
                      "mapper = registry(metadata=MetaData(naming_convention={'ck': 'c'}))\n"
                      "Base = mapper.generate_base()\n",
                      "ck=c;");
    assert_convention("from sqlalchemy.orm import as_declarative\nfrom sqlalchemy import MetaData\n"
                      "@as_declarative(metadata=MetaData(naming_convention={'pk': 'p'}))\n"
                      "class Base:\n    id = None\n",
                      "pk=p;");
}

static void test_no_convention(void **state)
{
    (void)state;
    assert_convention("from sqlalchemy.orm import declarative_base\nBase = declarative_base()\n",
                      "none");
    assert_convention("from sqlalchemy.ext.asyncio import AsyncAttrs\n"
                      "from sqlalchemy.orm import DeclarativeBase\n"
                      "class Base(AsyncAttrs, DeclarativeBase):\n    pass\n",
                      "none");
    assert_convention("from flask_sqlalchemy import SQLAlchemy\nBase = SQLAlchemy(app)\n", "none");
    assert_convention("from sqlalchemy import MetaData\n"
                      "class Base:\n    metadata = MetaData(schema='bank')\n",
                      "none");
}

static void test_unknown_convention(void **state)
{
    (void)state;
    assert_convention("from elsewhere import Base\n", "unknown");
    assert_convention("from elsewhere import Root\nclass Base(Root):\n    pass\n", "unknown");
    assert_convention("from sqlalchemy import MetaData\nfrom elsewhere import names\n"
                      "class Base:\n    metadata = MetaData(naming_convention=names)\n",
                      "unknown");
    assert_convention("from sqlalchemy.orm import declarative_base\n"
                      "Base = declarative_base(**options)\n",
                      "unknown");
    assert_convention("class Base(Base):\n    pass\n", "unknown");
    assert_convention("class A(B): pass\nclass B(A): pass\nBase = A\n", "unknown");
    assert_convention("Base.metadata = 1\n<<<<<<< HEAD\n", "unknown");
}

/* --- SQLModel, whose classes share the library's own MetaData ------------------------- */

#define SQLMODEL_ENV                                                                               \
    IMPORT "from bank.models import SQLModel\ntarget_metadata = SQLModel.metadata\n"
#define HERO "class Hero(SQLModel, table=True):\n    id: int\n"

/* bank/models.py and bank/database.py, which env.py may import. */
static void assert_sqlmodel(const char *env, const char *models, const char *database,
                            const char *expected)
{
    g_auto(Case) it = read_case(env, "bank/__init__.py", "", "bank/models.py", models,
                                "bank/database.py", database, NULL);
    assert_convention_of(&it, expected, models);
    assert_true(it.migrations->setup->metadata_is_shared);
}

static void test_sqlmodel_without_convention(void **state)
{
    (void)state;
    const char *plain = "from sqlmodel import SQLModel\n" HERO;
    const char *none = "from sqlmodel import create_engine\nengine = create_engine('')\n";
    assert_sqlmodel(SQLMODEL_ENV ONLINE, plain, none, "none");
    assert_sqlmodel(IMPORT "import sqlmodel\nfrom bank import models\n"
                           "target_metadata = sqlmodel.SQLModel.metadata\n" ONLINE,
                    plain, none, "none");
    assert_sqlmodel(IMPORT "from sqlmodel import SQLModel\nfrom bank.models import *\n"
                           "target_metadata = SQLModel.metadata\n" ONLINE,
                    plain, none, "none");
    assert_sqlmodel(IMPORT "from bank.models import Base\n"
                           "target_metadata = Base.metadata\n" ONLINE,
                    "import sqlmodel\nclass Base(sqlmodel.SQLModel):\n    pass\n"
                    "class Hero(Base, table=True):\n    id: int\n",
                    none, "none");
    /* What env.py does not import makes no difference, unless it loads modules by other means. */
    const char *set = "from sqlmodel import SQLModel\n"
                      "SQLModel.metadata.naming_convention = {'ix': 'i'}\n";
    const char *loads = "import importlib\nfor name in names:\n    importlib.import_module(name)\n";
    g_autofree char *env = g_strconcat(SQLMODEL_ENV ONLINE, loads, NULL);
    assert_sqlmodel(SQLMODEL_ENV ONLINE, plain, set, "none");
    assert_sqlmodel(env, plain, set, "unknown");
    assert_sqlmodel(env, plain, none, "none");
    /* Another class has another. */
    assert_sqlmodel(SQLMODEL_ENV ONLINE,
                    "from sqlmodel import SQLModel\n" HERO "class Document:\n"
                    "    def __init__(self):\n        self.metadata = {}\n",
                    none, "none");
}

static void test_sqlmodel_with_convention(void **state)
{
    (void)state;
    const char *plain = "from sqlmodel import SQLModel\n" HERO;
    const char *const models[] = {
        "from sqlmodel import SQLModel\n"
        "SQLModel.metadata.naming_convention = {'ix': 'i'}\n" HERO,
        "import sqlmodel\nfrom sqlmodel import SQLModel\nNAMES = dict(ix='i')\n"
        "metadata = SQLModel.metadata\nmetadata.naming_convention = NAMES\n" HERO,
        "from sqlmodel import MetaData, SQLModel\nfrom sqlalchemy import MetaData\n"
        "SQLModel.metadata = MetaData(naming_convention={'ix': 'i'})\n" HERO,
        "from sqlalchemy import MetaData\nfrom sqlmodel import SQLModel\n"
        "shared = MetaData(naming_convention={'ix': 'i'})\nSQLModel.metadata = shared\n" HERO,
        "from sqlmodel import SQLModel\nclass Base(SQLModel):\n    pass\n"
        "Base.metadata.naming_convention = {'ix': 'i'}\nclass A(Base, table=True):\n    id: int\n",
        /* by way of another file */
        "from sqlmodel import SQLModel\nfrom . import database\n" HERO,
        "from sqlmodel import SQLModel\nfrom .database import engine\n" HERO,
        "from sqlmodel import SQLModel\nimport bank.database\n" HERO,
        "from sqlmodel import SQLModel\nfrom bank.database import *\n" HERO,
        "from sqlmodel import SQLModel\n" HERO "def load():\n    from bank import database\n",
    };
    const char *database = "from sqlmodel import SQLModel\nengine = 1\n"
                           "SQLModel.metadata.naming_convention = {'ix': 'i'}\n";
    for (guint i = 0; i < G_N_ELEMENTS(models); i++)
        assert_sqlmodel(SQLMODEL_ENV ONLINE, models[i], database, "ix=i;");
    assert_sqlmodel(IMPORT "from sqlmodel import SQLModel\nfrom bank.models import Hero\n"
                           "SQLModel.metadata.naming_convention = {'ix': 'i'}\n"
                           "target_metadata = SQLModel.metadata\n" ONLINE,
                    plain, "", "ix=i;");
    assert_sqlmodel(SQLMODEL_ENV "target_metadata.naming_convention = {'ix': 'i'}\n" ONLINE, plain,
                    "", "ix=i;");
    /* Said twice. */
    assert_sqlmodel(SQLMODEL_ENV "import bank.database\n" ONLINE, models[0], database, "ix=i;");
}

static void test_sqlmodel_with_unknown_convention(void **state)
{
    (void)state;
    const char *const models[] = {
        "SQLModel.metadata.naming_convention = find_names()\n" HERO,
        "if names:\n    SQLModel.metadata.naming_convention = {'ix': 'i'}\n" HERO,
        "def name():\n    SQLModel.metadata.naming_convention = {'ix': 'i'}\n" HERO,
        "def name(metadata):\n    metadata.naming_convention = {'ix': 'i'}\n" HERO,
        "setattr(SQLModel.metadata, 'naming_convention', {'ix': 'i'})\n" HERO,
        "SQLModel.metadata.naming_convention |= {'ix': 'i'}\n" HERO,
        "(SQLModel.metadata.naming_convention, a) = b\n" HERO,
        "SQLModel.metadata.__init__(naming_convention={'ix': 'i'})\n" HERO,
        "SQLModel.metadata = find_metadata()\n" HERO,
        "SQLModel.metadata = sqlalchemy.MetaData(**options)\n" HERO,
        "setattr(SQLModel, 'metadata', find_metadata())\n" HERO,
        "class Base(SQLModel):\n    pass\nBase.metadata = sqlalchemy.MetaData()\n" HERO,
        "SQLModel.metadata.naming_convention = {'ix': 'i'}\n"
        "SQLModel.metadata.naming_convention = {'ix': 'j'}\n" HERO,
        "# TODO: a naming_convention\n" HERO,
        "", /* its models are nowhere to be seen */
    };
    for (guint i = 0; i < G_N_ELEMENTS(models); i++) {
        g_autofree char *text =
            g_strconcat("import sqlalchemy\nfrom sqlmodel import SQLModel\n", models[i], NULL);
        assert_sqlmodel(SQLMODEL_ENV ONLINE, text, "", "unknown");
    }
}

/* Of a base class of the project's own it is the same. */
static void test_convention_set_afterwards(void **state)
{
    (void)state;
    assert_convention("from sqlalchemy.orm import declarative_base\nBase = declarative_base()\n"
                      "Base.metadata.naming_convention = {'ix': 'i'}\n",
                      "ix=i;");
    assert_convention("from sqlalchemy.orm import DeclarativeBase\n"
                      "class Base(DeclarativeBase):\n    pass\n"
                      "Base.metadata.naming_convention = {'ix': 'i'}\n",
                      "ix=i;");
    assert_convention("from sqlalchemy import MetaData\n"
                      "metadata = MetaData()\nmetadata.naming_convention = {'ix': 'i'}\n"
                      "class Base:\n    metadata = metadata\n",
                      "ix=i;");
    assert_convention("from flask_sqlalchemy import SQLAlchemy\nBase = SQLAlchemy()\n"
                      "Base.metadata.naming_convention = {'ix': 'i'}\n",
                      "ix=i;");
    assert_convention("from sqlalchemy.orm import declarative_base\nBase = declarative_base()\n"
                      "Other = declarative_base()\n"
                      "Other.metadata.naming_convention = {'ix': 'i'}\n",
                      "unknown");
}

/* Through packages, aliases and relative imports. */
static void test_convention_through_imports(void **state)
{
    (void)state;
    g_auto(Case) it =
        read_case(IMPORT "import bank.models as models\n"
                         "def run():\n    target_metadata = models.Base.metadata\n"
                         "    context.configure(connection=c, target_metadata=target_metadata)\n",
                  "bank/__init__.py", "", "bank/models/__init__.py",
                  "from .base import Base as Base\n", "bank/models/base.py",
                  "from sqlalchemy.orm import DeclarativeBase\nfrom .. import naming\n"
                  "import sqlalchemy\nclass Base(DeclarativeBase):\n    metadata = "
                  "sqlalchemy.MetaData(naming_convention=naming.CONVENTION)\n",
                  "bank/naming.py", "CONVENTION = {'ix': 'i' + '_' + 'x'}\n", NULL);
    assert_convention_of(&it, "ix=i_x;", "bank/");
}

/* Folders above env.py are searched for modules, but these names are the libraries'. */
static void test_folders_called_like_libraries(void **state)
{
    (void)state;
    g_auto(Case) it = read_case(
        IMPORT, "alembic.ini", "[alembic]\nscript_location = db/alembic\n", "db/alembic/env.py",
        "from alembic import context\nfrom db.sqlalchemy import models\n"
        "context.configure(target_metadata=models.Base.metadata)\n",
        "db/alembic/__init__.py", "", "db/alembic.ini", "[alembic]\nscript_location = alembic\n",
        "db/sqlalchemy/__init__.py", "", "db/sqlalchemy/models.py",
        "from sqlalchemy.orm import declarative_base\nBase = declarative_base()\n",
        "db/alembic/versions/a.py", "revision = 'a'\ndown_revision = None\n", "m/env.py", "", NULL);
    assert_int_equal(it.migrations->setup->target_metadata.kind, ML_FACT_KNOWN);
    assert_convention_of(&it, "none", "db/sqlalchemy");
}

/* --- what else configure() is given ------------------------------------------------ */

static void test_options(void **state)
{
    (void)state;
    g_auto(Case) it = read_case(
        IMPORT "TABLE = 'bank_version'\n"
               "options = dict(render_as_batch=True, compare_type=False)\n"
               "def offline():\n    context.configure(url=url, version_table='other')\n"
               "def online():\n"
               "    context.configure(connection=c, version_table=TABLE, include_schemas=some(),\n"
               "                      version_table_schema=None, **options)\n",
        NULL);
    const MlSetup *setup = it.migrations->setup;
    assert_int_equal(setup->render_as_batch.kind, ML_FACT_KNOWN);
    assert_true(setup->render_as_batch.truth);
    assert_int_equal(setup->render_as_batch.position.line, 7);
    assert_int_equal(setup->compare_type.kind, ML_FACT_KNOWN);
    assert_false(setup->compare_type.truth);
    assert_true(ml_fact_is_off(&setup->compare_type));
    assert_string_equal(setup->version_table.text, "bank_version");
    assert_int_equal(setup->include_schemas.kind, ML_FACT_UNKNOWN);
    assert_int_equal(setup->version_table_schema.kind, ML_FACT_NONE);
    assert_int_equal(setup->transaction_per_migration.kind, ML_FACT_NONE);
}

static void assert_schema(const char *env, const char *option, MlFactKind kind, const char *text)
{
    g_autofree char *ini = g_strconcat("[alembic]\nscript_location = m\n", option, NULL);
    g_auto(Case) it = read_case(env, "alembic.ini", ini, NULL);
    const MlFact *schema = &it.migrations->setup->version_table_schema;
    if (schema->kind != kind || g_strcmp0(schema->text, text) != 0)
        fail_msg("%d %s, not %d %s: %s%s", schema->kind, schema->text, kind, text, option, env);
}

#define SCHEMA                                                                                     \
    IMPORT "config = context.config\nschema = config.get_main_option('schema')\n"                  \
           "context.configure(connection=c, version_table_schema=schema)\n"

/* What is read from the ini; test_sql_command.py asks Alembic itself. */
static void test_configured_schema(void **state)
{
    (void)state;
    assert_schema(SCHEMA, "schema = bank\n", ML_FACT_KNOWN, "bank");
    assert_schema(SCHEMA, "schema =\n", ML_FACT_KNOWN, "");
    assert_schema(SCHEMA, "", ML_FACT_NONE, NULL);
    assert_schema(SCHEMA, "name = bank\nschema = %(name)s\n", ML_FACT_UNKNOWN, NULL);
    assert_schema(SCHEMA "config.set_main_option('schema', 'x')\n", "schema = bank\n",
                  ML_FACT_UNKNOWN, NULL);
    assert_schema(SCHEMA "connection = config.attributes.get('connection')\n", "", ML_FACT_UNKNOWN,
                  NULL);
    assert_schema(IMPORT "context.configure(version_table_schema=context.config.attributes['x'])\n",
                  "x = bank\n", ML_FACT_UNKNOWN, NULL);
    assert_schema(IMPORT "context.configure(version_table_schema="
                         "context.config.get_section_option('other', 'x'))\n",
                  "x = bank\n[other]\nx = y\n", ML_FACT_UNKNOWN, NULL);
    assert_schema(IMPORT "context.configure(version_table_schema="
                         "context.config.get_main_option('x', find()))\n",
                  "", ML_FACT_UNKNOWN, NULL);
}

/* Where what is given no schema lies in the same, whichever that is, it is as though none was. */
static void test_schema_of_all_tables(void **state)
{
    (void)state;
    assert_schema(IMPORT "def online():\n    name = find()\n"
                         "    d = c.execution_options(schema_translate_map={None: name})\n"
                         "    context.configure(connection=d, version_table_schema=name)\n",
                  "", ML_FACT_NONE, NULL);
    assert_schema(IMPORT
                  "params = context.config.get_section(context.config.config_ini_section)\n"
                  "d = c.execution_options(schema_translate_map={None: params.get('x', None)})\n"
                  "context.configure(connection=d, version_table_schema=params.get('x', None))\n",
                  "x = bank\n", ML_FACT_NONE, NULL);
    assert_schema(IMPORT "d = c.execution_options(schema_translate_map={None: tenant})\n"
                         "context.configure(connection=d, version_table_schema='public')\n",
                  "", ML_FACT_KNOWN, "public");
    assert_schema(IMPORT "d = c.execution_options(schema_translate_map={'a': 'b'})\n"
                         "context.configure(connection=d, version_table_schema=find())\n",
                  "", ML_FACT_UNKNOWN, NULL);
}

static void test_calls_that_disagree(void **state)
{
    (void)state;
    g_auto(Case) it = read_case(
        IMPORT "context.configure(connection=a, render_as_batch=True, compare_type=True)\n"
               "context.configure(connection=b, compare_type=True)\n",
        NULL);
    assert_int_equal(it.migrations->setup->render_as_batch.kind, ML_FACT_UNKNOWN);
    assert_int_equal(it.migrations->setup->compare_type.kind, ML_FACT_KNOWN);
}

/* --- the database --------------------------------------------------------------------- */

static void assert_url(const char *env, const char *variable, const char *dialect)
{
    g_auto(Case) it = read_case(env, NULL);
    if (g_strcmp0(it.migrations->setup->url_variable, variable) != 0 ||
        g_strcmp0(it.migrations->dialect, dialect) != 0)
        fail_msg("%s, %s: %s", it.migrations->setup->url_variable, it.migrations->dialect, env);
}

#define CONFIG IMPORT "import os\nconfig = context.config\n"

static void test_url_in_env(void **state)
{
    (void)state;
    assert_url(CONFIG "config.set_main_option('sqlalchemy.url', os.environ['BANK_URL'])\n",
               "BANK_URL", NULL);
    assert_url(CONFIG "url = os.getenv('BANK_URL', 'sqlite:///x')\n"
                      "config.set_main_option('sqlalchemy.url', url.replace('%', '%%'))\n",
               "BANK_URL", NULL);
    assert_url(CONFIG "def get_url():\n    return os.environ.get('BANK_URL')\n"
                      "def run():\n    section = config.get_section('alembic')\n"
                      "    section['sqlalchemy.url'] = get_url()\n",
               "BANK_URL", NULL);
    assert_url("from os import environ\nfrom sqlalchemy import create_engine\n"
               "engine = create_engine(environ['BANK_URL'])\n",
               "BANK_URL", NULL);
    assert_url(CONFIG "context.configure(url='postgresql+psycopg2://localhost/bank')\n", NULL,
               "postgresql");
    assert_url(CONFIG "host = os.environ['HOST']\n"
                      "config.set_main_option('sqlalchemy.url', f'mysql://{host}/bank')\n",
               NULL, "mysql");
    assert_url(CONFIG "config.set_main_option('sqlalchemy.url', 'mysql://{}/b'.format(host))\n",
               NULL, "mysql");
    assert_url(CONFIG "context.configure(url='sqlite://')\ncontext.configure(url='mysql://x/y')\n",
               NULL, NULL);
    assert_url(CONFIG "context.configure(url=config.get_main_option('sqlalchemy.url'))\n", NULL,
               NULL);
}

static void assert_dialect(const char *ini, const char *env, const char *revision,
                           const char *dialect)
{
    g_autofree char *whole = g_strdup_printf("[alembic]\nscript_location = m\n%s", ini);
    g_autofree char *file = g_strdup_printf("%srevision = 'a'\ndown_revision = None\n", revision);
    g_auto(Case) it = read_case(env, "alembic.ini", whole, "m/versions/a.py", file, NULL);
    if (g_strcmp0(it.migrations->dialect, dialect) != 0)
        fail_msg("%s, not %s: %s%s%s", it.migrations->dialect, dialect, ini, env, revision);
}

static void test_dialect(void **state)
{
    (void)state;
    const char *override = CONFIG "config.set_main_option('sqlalchemy.url', find())\n";
    const char *jsonb = "from sqlalchemy.dialects.postgresql import JSONB\n";
    assert_dialect("sqlalchemy.url = postgres://localhost/x\n", IMPORT, "", "postgresql");
    assert_dialect("sqlalchemy.url = driver://user:pass@localhost/dbname\n", IMPORT, "", NULL);
    assert_dialect("sqlalchemy.url = %(url)s\n", IMPORT, "", NULL);
    assert_dialect("sqlalchemy.url =\n", IMPORT, "", NULL);
    assert_dialect("sqlalchemy.url = sqlite:///x.db\n", IMPORT, "", "sqlite");
    assert_dialect("sqlalchemy.url = sqlite:///x.db\n", override, "", NULL);
    assert_dialect("sqlalchemy.url = sqlite:///x.db\n", IMPORT, jsonb, "postgresql");
    assert_dialect("sqlalchemy.url = mysql://x/y\n", override, jsonb, "mysql");
    assert_dialect("", IMPORT, jsonb, "postgresql");
    assert_dialect("", IMPORT, "import sqlalchemy.dialects.mysql\n", "mysql");
    assert_dialect("", IMPORT, "from sqlalchemy.dialects import mysql, postgresql\n", NULL);
    assert_dialect("databases = a, b\n[a]\nsqlalchemy.url = mysql://x/a\n"
                   "[b]\nsqlalchemy.url = mysql+pymysql://x/b\n",
                   IMPORT, "", "mysql");
    assert_dialect("databases = a, b\n[a]\nsqlalchemy.url = mysql://x/a\n"
                   "[b]\nsqlalchemy.url = sqlite://\n",
                   IMPORT, "", NULL);
}

static void assert_options(const Case *it, const char *expected)
{
    const GPtrArray *options = it->migrations->project->options;
    g_autoptr(GString) found = g_string_new(NULL);
    for (guint i = 0; i < options->len; i++) {
        const MlOption *option = options->pdata[i];
        g_autofree char *place = ml_place_text(&option->place);
        g_string_append_printf(found, "%s [%s] %s=%s%s\n", place, option->section, option->key,
                               option->raw, option->broken ? " (broken)" : "");
    }
    assert_string_equal(found->str, expected);
}

static void test_engines_and_options(void **state)
{
    (void)state;
    g_auto(Case) it = read_case(
        IMPORT, "alembic.ini",
        "[DEFAULT]\nuser = u\n[alembic]\nscript_location = m\ndatabases = one, two ,three\n"
        "bad = 50%\n[one]\nsqlalchemy.url = sqlite://%(user)s\n[two]\nx = %%\n[four]\ny = %\n"
        "[post_write_hooks]\nhooks = %(nothing)s\n",
        NULL);
    const GPtrArray *engines = it.migrations->project->engines;
    assert_int_equal(engines->len, 2);
    assert_string_equal(engines->pdata[0], "one");
    assert_string_equal(engines->pdata[1], "two");
    assert_options(&it, "alembic.ini:4 [alembic] script_location=m\n"
                        "alembic.ini:5 [alembic] databases=one, two ,three\n"
                        "alembic.ini:6 [alembic] bad=50% (broken)\n"
                        "alembic.ini:2 [alembic] user=u\n"
                        "alembic.ini:8 [one] sqlalchemy.url=sqlite://%(user)s\n"
                        "alembic.ini:10 [two] x=%%\n"
                        "alembic.ini:14 [post_write_hooks] hooks=%(nothing)s (broken)\n");
}

/* An option of DEFAULT is told once, and again where it fails. */
static void test_options_of_default(void **state)
{
    (void)state;
    g_auto(Case) it = read_case(IMPORT, "alembic.ini",
                                "[DEFAULT]\nspare = %(name)s\n[alembic]\nscript_location = m\n"
                                "name = x\ndatabases = one\n[one]\n",
                                NULL);
    assert_options(&it, "alembic.ini:4 [alembic] script_location=m\n"
                        "alembic.ini:5 [alembic] name=x\n"
                        "alembic.ini:6 [alembic] databases=one\n"
                        "alembic.ini:2 [alembic] spare=%(name)s\n"
                        "alembic.ini:2 [one] spare=%(name)s (broken)\n");
}

/* Alembic interpolates in TOML what it reads itself, and only where the ini says nothing of it. */
static void test_options_of_toml(void **state)
{
    (void)state;
    g_auto(Case) it = read_case(IMPORT, "alembic.ini",
                                "[alembic]\nscript_location = m\ntimezone = x\n", "pyproject.toml",
                                "[tool.alembic]\nfile_template = '50%'\ntimezone = '50%'\n"
                                "mine = '50%'\nversion_locations = ['m/versions', '%(here)s/x']\n"
                                "recursive_version_locations = false\n"
                                "[tool.alembic.db]\nurl = 'sqlite://'\n"
                                "[[tool.alembic.post_write_hooks]]\nname = 'black'\n"
                                "options = '-l 100%'\n",
                                NULL);
    assert_options(&it, "alembic.ini:2 [alembic] script_location=m\n"
                        "alembic.ini:3 [alembic] timezone=x\n"
                        "pyproject.toml:2 [tool.alembic] file_template=50% (broken)\n"
                        "pyproject.toml:3 [tool.alembic] timezone=50%\n"
                        "pyproject.toml:4 [tool.alembic] mine=50%\n"
                        "pyproject.toml:5 [tool.alembic] version_locations=m/versions\n"
                        "pyproject.toml:5 [tool.alembic] version_locations=%(here)s/x\n"
                        "pyproject.toml:8 [tool.alembic] db.url=sqlite://\n"
                        "pyproject.toml:10 [tool.alembic] post_write_hooks.name=black\n"
                        "pyproject.toml:11 [tool.alembic] post_write_hooks.options=-l 100% "
                        "(broken)\n");
}

/* A megabyte of options that are each worth a megabyte: nothing hangs, and what comes first counts.
 */
static void test_options_without_end(void **state)
{
    (void)state;
    g_autofree char *long_one = g_strnfill(200000, 'x');
    g_autoptr(GString) ini = g_string_new("[alembic]\nscript_location = m\n");
    for (guint i = 0; i < 20000; i++)
        g_string_append_printf(ini, "o%u = %%(long)s%%(long)s%%(long)s%%(long)s\n", i);
    g_string_append_printf(ini, "[DEFAULT]\nlong = %s\n", long_one);
    g_auto(Case) it = read_case(IMPORT, "alembic.ini", ini->str, NULL);
    assert_options(&it, "alembic.ini:2 [alembic] script_location=m\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_metadata),
        cmocka_unit_test(test_metadata_unknown),
        cmocka_unit_test(test_convention),
        cmocka_unit_test(test_no_convention),
        cmocka_unit_test(test_unknown_convention),
        cmocka_unit_test(test_sqlmodel_without_convention),
        cmocka_unit_test(test_sqlmodel_with_convention),
        cmocka_unit_test(test_sqlmodel_with_unknown_convention),
        cmocka_unit_test(test_convention_set_afterwards),
        cmocka_unit_test(test_convention_through_imports),
        cmocka_unit_test(test_folders_called_like_libraries),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_configured_schema),
        cmocka_unit_test(test_schema_of_all_tables),
        cmocka_unit_test(test_calls_that_disagree),
        cmocka_unit_test(test_url_in_env),
        cmocka_unit_test(test_dialect),
        cmocka_unit_test(test_engines_and_options),
        cmocka_unit_test(test_options_of_default),
        cmocka_unit_test(test_options_of_toml),
        cmocka_unit_test(test_options_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
