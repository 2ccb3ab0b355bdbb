/*
 * project: where the migrations are and how they are set up.
 *
 * An Alembic environment is a folder with env.py (the script location) and
 * one or more folders of revision files (the version locations). It is found
 * through an ini file that names it, or by itself where the configuration is
 * made in code. Nothing is run.
 *
 * All paths are paths of the tree (see source.h).
 */
#pragma once

#include "miglint/python.h"
#include "miglint/source.h"

G_BEGIN_DECLS

#define ML_PROJECT_ERROR (ml_project_error_quark())
GQuark ml_project_error_quark(void);

typedef enum {
    ML_PROJECT_ERROR_CONFIG, /* the message begins with "path:line: " where a line is known */
} MlProjectError;

typedef enum {
    ML_RECURSION_UNSET, /* nothing says; see ml_migrations_load */
    ML_RECURSION_OFF,
    ML_RECURSION_ON,
} MlRecursion;

/* Where something stands in a configuration file. */
typedef struct {
    char *path;
    guint line; /* 0: the whole file */
} MlPlace;

/* "path:line", or the path alone. */
char *ml_place_text(const MlPlace *place);

/* An option as it stands in a configuration file. It may hold a password: never shown as it is. */
typedef struct {
    MlPlace place;
    char *section;   /* "tool.alembic" in TOML */
    char *key;       /* dotted where it stands in a table within that */
    char *raw;       /* before interpolation */
    gboolean broken; /* ConfigParser, or Alembic itself in TOML, fails to interpolate it */
} MlOption;

/* A post_write_hook: what Alembic runs on a file that it has written. */
typedef struct {
    char *name;
    char *config;        /* the file that names it */
    guint line;          /* and where */
    GHashTable *options; /* char * by char *: type, entrypoint, options, ... */
} MlHook;

void ml_hook_free(MlHook *hook);

typedef struct {
    char *name;                   /* unique in the tree: the script location, or "." for the root;
                                     "LOCATION (INI [SECTION])" where several share one; the version
                                     location where that is for one database of several */
    char *config;                 /* the ini, or pyproject.toml where that stands alone; NULL if
                                     none names the environment */
    char *section;                /* its section, "tool.alembic" in TOML; NULL likewise */
    char *script_location;        /* the folder with env.py */
    GPtrArray *version_locations; /* char *, in Alembic's order; existing folders only */
    MlRecursion recursive;
    GPtrArray *import_roots; /* char *: folders that absolute imports are looked for in, in order */
    GPtrArray *hooks;        /* MlHook *, in the order that they run in */
    GPtrArray *options;      /* MlOption *: of the environment's section, of its engines' sections
                                and of post_write_hooks, then of TOML; in the order of the files */
    GPtrArray *engines;      /* char *: `databases` of the multidb template; mostly empty */
    char *dialect;           /* of the database that its version location is for; NULL: any */
    gboolean template_without_downgrade; /* script.py.mako is there and writes no downgrade() */
    char *missing;         /* the script location as it is written, where there is no such folder
                              in the tree; else NULL. `script_location` is then where it should be */
    MlPlace missing_place; /* likewise */
} MlProject;

void ml_project_free(MlProject *project);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlProject, ml_project_free)

/* Which environments are meant. All paths are the tree's; what is NULL or empty says nothing. */
typedef struct {
    GPtrArray *folders;          /* char *: what lies in one of them; unset: everywhere */
    GPtrArray *configs;          /* char *: the ini, pyproject.toml, or both, as `alembic -c` */
    const char *section;         /* the ini's section, as `alembic -n` */
    const char *script_location; /* the folder with env.py */
    const char *standing; /* where alembic would be started; counts with configs or section */
} MlProjectQuery;

/*
 * Every environment that is meant: MlProject sorted by script location, freed
 * with the array.
 *
 * With configs or a section that is the one that Alembic itself would take if
 * it were started in `standing`: the other of alembic.ini and pyproject.toml
 * is read there too, a section alone is one of the alembic.ini there or in the
 * next folder above that has one, and locations are looked for there first.
 * With a script location alone it is the one that lies there, whatever names it.
 * A folder that is not there is an error.
 *
 * Without any of them the tree is searched. Not searched are hidden folders,
 * .venv, site-packages, node_modules and the like, unless one of `folders`
 * lies in them. A location is looked for as ConfigParser and Alembic resolve
 * it: see DESIGN section 5. A script location that is not there gives a project
 * with `missing`, unless it may lie outside of the tree: then only a note.
 *
 * Where versions/ has nothing but a folder for each of several databases
 * (versions/postgresql, versions/sqlite), and nothing configures it, the
 * project takes one or the other: each is an environment of its own.
 *
 * `notes` (may be NULL) gets a char * for everything a user should know that
 * is no error, such as a version location that is not there.
 *
 * Fails when a configuration cannot be read as Python's ConfigParser and
 * tomllib would, or when what was asked for by name is not there.
 */
GPtrArray *ml_projects_find(MlTree *tree, const MlProjectQuery *query, GPtrArray *notes,
                            GError **error);

/* Appends "NAME VERSION" and a line end for each library that the room is built on. */
void ml_project_libraries(GString *out);

/* --- how it is set up ------------------------------------------------------- */

typedef enum {
    ML_FACT_UNKNOWN, /* cannot be told without running env.py */
    ML_FACT_NONE,    /* is known not to be set, or to be None */
    ML_FACT_KNOWN,
} MlFactKind;

/* What is known of something that env.py passes to context.configure(). */
typedef struct {
    MlFactKind kind;
    gboolean truth;      /* of what is known: FALSE for False alone */
    char *text;          /* of what is known, where it is a string; else NULL */
    MlPosition position; /* in env.py; line 0: none */
} MlFact;

/* Whether a fact is known to be False, None or not set. */
gboolean ml_fact_is_off(const MlFact *fact);

/* A name that a naming convention gives. */
typedef struct {
    char *key;  /* "ix", "uq", "ck", "fk", "pk", or a token of the project's own */
    char *text; /* NULL: cannot be told */
} MlConventionName;

typedef struct {
    char *env;              /* path of env.py; NULL: there is none, and nothing of it is known */
    MlFact target_metadata; /* known: there is some */
    MlFact render_as_batch;
    MlFact compare_type;
    MlFact include_schemas;
    MlFact transaction_per_migration;
    MlFact transactional_ddl;
    MlFact version_table;
    MlFact version_table_schema;
    MlFact version_table_pk;
    MlFactKind naming_convention; /* of the MetaData that target_metadata is */
    gboolean metadata_is_shared;  /* that is the one that SQLModel gives to all its classes */
    GPtrArray *convention_names;  /* MlConventionName *, where it is known */
    char *url_variable; /* environment variable that env.py takes the database URL from; or NULL */
    char *dialect;      /* of the database URL, in the configuration or in env.py; NULL: unknown */
    MlPlace dialect_place; /* of that URL */
} MlSetup;

/*
 * Reads how a project is set up: the URLs of its configuration, and its env.py,
 * which is not run, with what it imports from the tree. Never NULL; what cannot
 * be read is unknown.
 */
MlSetup *ml_setup_read(MlTree *tree, const MlProject *project, MlImporter *importer);
/*
 * Where it cannot be told whether there is a naming convention, and no Python file of the tree
 * so much as mentions one (revisions apart), it is taken for none: TRUE.
 */
gboolean ml_setup_assume_no_convention(MlSetup *setup, MlTree *tree, const MlProject *project);
/* Takes the naming convention of the settings (MlSetting *) instead of what env.py's metadata has.
 */
void ml_setup_set_convention(MlSetup *setup, const GPtrArray *convention);
/* A set-up of which nothing is known. */
MlSetup *ml_setup_new(void);
void ml_setup_free(MlSetup *setup);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlSetup, ml_setup_free)

/* --- miglint's own settings ------------------------------------------------ */

/* A word of the settings, and the line it stands on. */
typedef struct {
    char *text;
    guint line;
} MlSettingWord;

/* A key of the settings, or an entry of a table in them. */
typedef struct {
    char *key;
    guint line;
    GPtrArray *words; /* MlSettingWord *; a single one where the key takes no list */
} MlSetting;

/* Each takes a list of strings, unless said otherwise. Rules stay words here: see lint.h. */
typedef enum {
    ML_SETTING_SELECT,        /* select: these rules instead of the usual ones */
    ML_SETTING_EXTEND_SELECT, /* extend-select: these besides */
    ML_SETTING_IGNORE,        /* ignore: not these */
    ML_SETTING_FAIL_ON,       /* fail-on: a string, "error", "warning", "note" or "never" */
    /*
     * branches: lines of revisions that are meant to stay apart, each by the
     * full id of the revision that it begins with. Their heads are none too
     * many, as though that revision bore a branch label, which a published one
     * cannot be given any more. A branch label is accepted as well.
     */
    ML_SETTING_BRANCHES,
    ML_SETTING_DIALECT, /* dialect: a string, "postgresql" or "sqlite" */
    /* sqlalchemy: a string, "2.0" or "1.4": in whose spelling `miglint sql` writes */
    ML_SETTING_SQLALCHEMY,
    ML_SETTING_BASE, /* base: a string, the ref that pull requests go to */
    /* baseline: a string, the path of that file, from the folder of the settings file */
    ML_SETTING_BASELINE,
} MlSettingKey;

#define ML_SETTING_COUNT (ML_SETTING_BASELINE + 1)

/*
 * What a miglint.toml, or [tool.miglint] of a pyproject.toml, says. `severity`,
 * `per-path-ignores` and `types` are tables: a rule to "off", "note", "warning"
 * or "error", a glob to a list of rules, and a class to what it is in SQL.
 */
typedef struct {
    char *path;                        /* the file; NULL: there is none, and nothing is set */
    char *folder;                      /* that it lies in; globs are matched below it */
    MlSetting *keys[ML_SETTING_COUNT]; /* NULL: not set */
    GPtrArray *severities;             /* MlSetting *: a rule and one word */
    GPtrArray *path_ignores;           /* MlSetting *: a glob and words for rules */
    GPtrArray *types; /* MlSetting *: a class, "myapp.types.Money" or "Money", and its SQL type */
    GPtrArray *naming_convention; /* MlSetting *: "ix" and its template; NULL: not set */
} MlPreferences;

void ml_preferences_free(MlPreferences *preferences);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlPreferences, ml_preferences_free)

/* "extend-select" */
const char *ml_setting_name(MlSettingKey key);

/*
 * The settings that hold for a project. They are looked for in the folder of
 * its ini (without one, in its script location) and in every folder above, up
 * to the root of the tree. The nearest file holds alone, nothing is mixed; in
 * one folder miglint.toml comes before pyproject.toml, and a pyproject.toml
 * without [tool.miglint] is none. Fails, in words that begin with "path:line: ",
 * where the file is no TOML, or a key or a value is not one of those above.
 */
MlPreferences *ml_preferences_find(MlTree *tree, const MlProject *project, GError **error);

G_END_DECLS
