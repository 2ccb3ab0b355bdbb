/* Database URLs, as sqlalchemy.engine.make_url takes them apart. */
#include "miglint/text.h"

#include <string.h>

/* --- the password ------------------------------------------------------------- */

/* Bytes that a user and a password have at most: what is hostile must not cost more. */
#define USERINFO_LIMIT 512

typedef struct {
    const char *start, *end;
} Stretch;

static const char *skip_until(const char *from, const char *end, const char *stops)
{
    while (from < end && strchr(stops, *from) == NULL)
        from++;
    return from;
}

/* The last '@' before any of `stops`; NULL if there is none. */
static const char *last_at(const char *from, const char *end, const char *stops)
{
    return g_strrstr_len(from, skip_until(from, end, stops) - from, "@");
}

/*
 * "://user:PASSWORD@". What is no URL at all may look like one, and a password
 * may hold what it should not: as much as could belong to it is taken.
 */
static gboolean is_authority(const char *from, const char *end, Stretch *password)
{
    if (end - from < 3 || strncmp(from, "://", 3) != 0)
        return FALSE;
    end = MIN(end, from + USERINFO_LIMIT);
    if (memchr(from, '@', end - from) == NULL)
        return FALSE;
    from = skip_until(from + 3, end, ":/ \t\r\n\"'");
    if (from == end || *from != ':')
        return FALSE;
    password->start = from + 1;
    const char *without_space = last_at(password->start, end, " \t\r\n");
    const char *without_slash = last_at(password->start, end, "/\r\n\"'`");
    password->end = MAX(without_space, without_slash);
    return password->end != NULL && password->end > password->start;
}

/* "?password=PASSWORD" */
static gboolean is_query(const char *from, const char *end, Stretch *password)
{
    static const char key[] = "password=";
    if ((*from != '?' && *from != '&') || (gsize)(end - from) < sizeof key ||
        strncmp(from + 1, key, strlen(key)) != 0)
        return FALSE;
    password->start = from + sizeof key;
    password->end = skip_until(password->start, end, "& \t\r\n\"'`");
    return password->end > password->start;
}

/* The first password behind `from`. */
static gboolean find_password(const char *from, const char *end, Stretch *password)
{
    for (; from < end; from++)
        if (is_authority(from, end, password) || is_query(from, end, password))
            return TRUE;
    return FALSE;
}

/* "5432/..." behind a host, which a name with an @ looks like: an @ after it ends no password. */
static gboolean is_port(const char *text)
{
    gsize digits = strspn(text, "0123456789");
    return digits > 0 && text[digits] == '/';
}

char *ml_url_password(const char *url)
{
    const char *end = url + strlen(url), *authority = strstr(url, "://");
    Stretch password;
    if (authority == NULL)
        return NULL;
    const char *colon = skip_until(authority + 3, end, ":/");
    const char *at = *colon == ':' ? strchr(colon, '@') : NULL;
    if (at > colon + 1 && !is_port(colon + 1))
        return g_strndup(colon + 1, at - colon - 1);
    for (; *authority != '\0'; authority++)
        if (is_query(authority, end, &password))
            return g_strndup(password.start, password.end - password.start);
    return NULL;
}

gboolean ml_text_has_password(const char *text, gsize length)
{
    Stretch password;
    return find_password(text, text + length, &password);
}

GString *ml_text_without_passwords(const char *text, gssize length)
{
    GString *masked = g_string_new(NULL);
    const char *end = text + (length < 0 ? strlen(text) : (gsize)length);
    for (Stretch password; find_password(text, end, &password); text = password.end) {
        g_string_append_len(masked, text, password.start - text);
        g_string_append(masked, "***");
    }
    return g_string_append_len(masked, text, end - text);
}

/* --- the dialect ----------------------------------------------------------------- */

char *ml_url_dialect(const char *url)
{
    gsize length = strspn(url, "abcdefghijklmnopqrstuvwxyz0123456789_");
    const char *rest = url + length;
    if (*rest == '+')
        rest += 1 + strspn(rest + 1, "abcdefghijklmnopqrstuvwxyz0123456789_");
    if (length == 0 || !g_str_has_prefix(rest, "://"))
        return NULL;
    g_autofree char *name = g_strndup(url, length);
    if (strcmp(name, "driver") == 0) /* of Alembic's own templates */
        return NULL;
    return g_strdup(strcmp(name, "postgres") == 0 ? "postgresql" : name);
}
