#include "migration/harmless.h"

#include <string.h>

/* Words between spaces. */
static gboolean holds(const char *words, const char *word, gsize length)
{
    g_autofree char *whole = g_strdup_printf(" %.*s ", (int)length, word);
    return strstr(words, whole) != NULL;
}

/* Their functions neither know of a relational database nor are given one to change. */
static const char modules[] =
    " __future__ abc aiohttp alive_progress aniso8601 anthropic argon2 argparse array arrow "
    "ast attr attrs babel backoff base64 bcrypt bidict binascii bisect bleach boltons boto "
    "boto3 botocore bs4 builtins bz2 cachetools calendar cattr cattrs certifi chardet "
    "charset_normalizer ciso8601 click cmath codecs collections colorama coloredlogs "
    "colorlog colorsys configparser contextlib copy croniter Crypto Cryptodome cryptography "
    "csv cuid cytoolz dataclasses dateparser datetime dateutil decimal decouple deepdiff "
    "defusedxml dictdiffer difflib dns dogpile.cache dotenv elasticsearch email "
    "email_validator emoji enum environs errno faker filecmp flask_babel flask_bcrypt "
    "fnmatch fractions frozendict ftfy ftplib functools funcy gc geojson geopy getpass "
    "gettext git github gitlab glob google.cloud.storage gzip hashids hashlib heapq hmac "
    "html html5lib http httplib2 httpx humanize hvac idna imaplib importlib inflect "
    "inflection inspect io ipaddress iso3166 iso8601 isodate itertools itsdangerous jinja2 "
    "jmespath jose json jsonpatch jsonpath_ng jsonschema jwcrypto jwt keyword ksuid "
    "lark ldap3 litellm locale logging loguru lxml lzma magic mako markdown markdown2 "
    "markupsafe marshmallow math memcache mimetypes minio mistune more_itertools msgpack "
    "munch nacl nanoid netaddr networkx numbers numpy openai openpyxl opensearchpy OpenSSL "
    "operator optparse orjson os oslo_config oslo_context oslo_i18n oslo_log "
    "oslo_serialization oslo_utils packaging passlib pathlib pendulum phonenumbers PIL "
    "platform plistlib pprint prettytable progressbar prometheus_client psutil pycountry "
    "pydantic pydantic_settings pygments pyotp pyparsing pytimeparse pytz "
    "pytz_deprecation_shim qrcode queue random re redis regex reprlib requests "
    "requests_oauthlib resource retrying rich ruamel scipy secrets semver sendgrid "
    "sentry_sdk shapely shlex shortuuid shutil signal simplejson six slugify smtplib socket "
    "sortedcontainers sqlparse ssl starlette.config stat statistics statsd string stripe "
    "struct structlog sys tabulate tarfile tempfile tenacity termcolor text_unidecode "
    "textwrap threading.Condition threading.Event threading.Lock threading.RLock tiktoken "
    "time timeit titlecase token tokenize toml tomli tomlkit tomllib toolz tornado.escape "
    "tqdm traceback twilio types typing typing_extensions tzlocal ua_parser ujson ulid "
    "unicodedata unidecode unittest urllib urllib2 urllib3 urlparse user_agents uuid uuid6 "
    "validators voluptuous warnings weakref websockets werkzeug xlrd xlsxwriter xml "
    "xmltodict xxhash yaml zipfile zlib zoneinfo zstandard ";

/* Python's own. */
static const char functions[] =
    " abs aiter all anext any ascii basestring bin bool bytearray bytes callable chr cmp "
    "complex dict dir divmod enumerate exit filter float format frozenset hasattr hash hex "
    "id input int isinstance issubclass iter len list long map max memoryview min next oct "
    "open ord pow print quit range raw_input reduce repr reversed round set slice sorted "
    "str sum tuple type unichr unicode xrange zip ";

/* Of the same modules, but they run a program, or code that is a text. */
static const char *const running[] = {
    "builtins.eval", "builtins.exec", "os.exec",   "os.popen",  "os.posix_spawn",
    "os.spawn",      "os.startfile",  "os.system", "six.exec_", NULL};

/* Anywhere in a name. */
static const char *const parts[] = {
    "alchemy",  "alembic",  "bigquery",  "celery",   "clickhouse", "current_app", "database",
    "dataset",  "db",       "django",    "eval",     "exec",       "firebird",    "gino",
    "import",   "informix", "migrat",    "neutron",  "odbc",       "oracle",      "pandas",
    "peewee",   "pg",       "plugin",    "polars",   "pony",       "popen",       "prisma",
    "redshift", "shell",    "snowflake", "spark",    "spawn",      "sql",         "subprocess",
    "sybase",   "system",   "teradata",  "tortoise", "trino",      "vertica",     NULL};

/* Where a word of a name begins. */
static const char *const beginnings[] = {
    "app",    "bind",   "connect",   "crud",        "cursor",  "dao",  "downgrade", "engine",
    "entity", "entry",  "fixture",   "locate",      "model",   "orm",  "persist",   "queries",
    "query",  "record", "repositor", "revision",    "schema",  "seed", "session",   "storage",
    "store",  "table",  "task",      "transaction", "upgrade", NULL};

/* The first word of what is called. */
static const char *const verbs[] = {
    "add",      "apply",   "backfill", "bulk",    "clear", "commit",   "create", "delete",
    "do",       "drop",    "ensure",   "execute", "fill",  "flush",    "init",   "initialize",
    "insert",   "install", "populate", "purge",   "put",   "register", "remove", "rename",
    "run",      "save",    "send",     "set",     "setup", "start",    "store",  "sync",
    "truncate", "update",  "upsert",   "write",   NULL};

static gboolean begins_with_any(const char *text, const char *const *words)
{
    for (; *words != NULL; words++)
        if (g_str_has_prefix(text, *words))
            return TRUE;
    return FALSE;
}

gboolean ml_is_harmless(const char *dotted)
{
    gsize length = strcspn(dotted, ".");
    if (begins_with_any(dotted, running))
        return FALSE;
    if (dotted[length] == '\0' && holds(functions, dotted, length))
        return TRUE;
    while (!holds(modules, dotted, length) && dotted[length] != '\0')
        length += 1 + strcspn(dotted + length + 1, ".");
    return holds(modules, dotted, length);
}

/* "createTable", "oslo_messaging": after a dot, an underscore, and where capitals begin. */
static gboolean begins_word(const char *name, gsize at)
{
    return at == 0 || !g_ascii_isalnum(name[at - 1]) ||
           (g_ascii_isupper(name[at]) && !g_ascii_isupper(name[at - 1]));
}

static gboolean has_word(const char *name, const char *lower)
{
    for (gsize i = 0; name[i] != '\0'; i++)
        if (begins_word(name, i) && begins_with_any(lower + i, beginnings))
            return TRUE;
    return FALSE;
}

static gboolean is_told_to_do(const char *name, const char *lower)
{
    const char *dot = strrchr(name, '.');
    gsize first = dot ? (gsize)(dot + 1 - name) : 0;
    first += strspn(name + first, "_");
    gsize end = first;
    while (g_ascii_isalnum(name[end]) && (end == first || !begins_word(name, end)))
        end++;
    g_autofree char *verb = g_strndup(lower + first, end - first);
    return g_strv_contains(verbs, verb);
}

gboolean ml_is_suspicious(const char *dotted)
{
    g_autofree char *lower = g_ascii_strdown(dotted, -1);
    for (const char *const *part = parts; *part != NULL; part++)
        if (strstr(lower, *part) != NULL)
            return TRUE;
    return has_word(dotted, lower) || is_told_to_do(dotted, lower);
}
