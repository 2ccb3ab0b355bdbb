/*
 * miglint init: what a project has, what it is offered, and how that is written.
 * Data flows in this order: a survey, proposals made of it, files.
 */
#pragma once

#include "cli/cli.h"

/* --- what is there ------------------------------------------------------------------- */

typedef struct {
    MlWorkspace *workspace;
    const char *root; /* of the working tree, or the folder where there is no git; borrowed */
    gboolean in_git;
    gboolean on_github;     /* the remote is there, or a folder .github */
    char *base;             /* what pull requests go to; NULL: cannot be told */
    const char *dialect;    /* of every environment; NULL: unknown, or several. Borrowed */
    const char *sqlalchemy; /* "1.4" or "2.0"; NULL: cannot be told */
    char *settings;         /* the file that holds settings already; NULL: none */
    guint revisions;
    guint errors, others; /* findings that there are by now */
} MlSurvey;

MlSurvey *ml_survey_new(const MlStateOptions *options, GError **error);
void ml_survey_free(MlSurvey *survey);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlSurvey, ml_survey_free)

/* --- a file of the project -------------------------------------------------------------- */

typedef struct {
    char *name;    /* below the root */
    char *path;    /* where it really lies, links followed; NULL: it must not be written */
    char *text;    /* what it holds; NULL: it is not there */
    char *trouble; /* why it must not be written, or cannot be read; NULL: nothing */
} MlFile;

/* What stands under a name. Links are followed within the root alone, and nothing odd is opened. */
MlFile *ml_file_find(const char *root, const char *name);
void ml_file_free(MlFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlFile, ml_file_free)

/* Writes it, and the folders above it. What has come or changed since it was found stays. */
gboolean ml_file_write(const MlFile *file, const char *text, GError **error);

/* --- what is offered --------------------------------------------------------------------- */

typedef enum {
    ML_PROPOSAL_NEW,     /* a new file */
    ML_PROPOSAL_ADDED,   /* lines added to one */
    ML_PROPOSAL_BY_HAND, /* lines that only a person can add */
    ML_PROPOSAL_THERE,   /* nothing: it is there already */
    ML_PROPOSAL_UNMEANT, /* nothing: the project has no use for it */
} MlProposalKind;

typedef struct {
    MlProposalKind kind;
    MlFile *file;
    char *lines;        /* what is to be added, or the whole new file */
    char *text;         /* the whole file as it will be; NULL: nothing is written */
    guint line;         /* that the lines are added behind */
    const char *reason; /* by hand, there, unmeant: why. Borrowed */
} MlProposal;

/* The workflow, the hook and the settings, in the order of this name. */
#define ML_INIT_PARTS "workflow|hook|settings"
enum { ML_INIT_WORKFLOW, ML_INIT_HOOK, ML_INIT_SETTINGS, ML_INIT_COUNT };

#define ML_INIT_WORKFLOW_FILE ".github/workflows/migrations.yml"
#define ML_INIT_HOOKS_FILE    ".pre-commit-config.yaml"
#define ML_INIT_SETTINGS_FILE "miglint.toml"

/* `forced`: it was named by the user, who knows that there is a use for it. */
MlProposal *ml_proposal_new(const MlSurvey *survey, guint part, gboolean forced);
void ml_proposal_free(MlProposal *proposal);
