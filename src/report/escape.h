/*
 * Escaping: foreign text made safe for an output format.
 *
 * Text may hold any bytes; `length` is in bytes, -1 where the text is
 * terminated. What a terminal would act upon rather than show (Unicode's
 * controls, formats such as the overrides of direction, line and paragraph
 * separators) and bytes that are no UTF-8 never pass as they are, in no format;
 * nor does the password of a URL.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One line of visible text: "\n", "\x1b", "\u202e" stand for what must not pass. */
void ml_escape_terminal(GString *out, const char *text, gssize length);

/* The inside of a quoted string of graphviz; the same visible forms. */
void ml_escape_dot(GString *out, const char *text, gssize length);

/* The inside of a quoted label of mermaid; the same visible forms. */
void ml_escape_mermaid(GString *out, const char *text, gssize length);

/* Text of a line of GitHub's markdown, in a table's cell too; the same visible forms. */
void ml_escape_markdown(GString *out, const char *text, gssize length);

/* Cells of a terminal that escaped text takes. */
guint ml_escape_width(const char *shown);

/*
 * The message of a workflow command of GitHub, and the value of one of its
 * properties. Line ends are kept, in GitHub's own form; the same visible forms
 * for everything else.
 */
void ml_escape_github_message(GString *out, const char *text, gssize length);
void ml_escape_github_property(GString *out, const char *text, gssize length);

/* Text and attribute values of XML 1.0; the same visible forms. */
void ml_escape_xml(GString *out, const char *text, gssize length);

/* A path as a relative URI, from which each of its bytes can be told. */
void ml_escape_uri(GString *out, const char *path);

/*
 * Text of a SARIF message, in which braces are placeholders and brackets links,
 * and the words of such a link. To be given to cJSON.
 */
void ml_escape_sarif_message(GString *out, const char *text, gssize length);
void ml_escape_sarif_link(GString *out, const char *text, gssize length);

/* Text that can be given to cJSON: U+FFFD stands for NUL and for bytes that are no UTF-8. */
char *ml_escape_json_text(const char *text, gssize length);

/* Appends JSON as cJSON printed it, in which a terminal would still act upon some characters. */
void ml_escape_json(GString *out, const char *json);

G_END_DECLS
