#include "roundtrip/postgres_catalog.h"

/*
 * Objects of a server's own have oids below 16384; public, 2200, is the one that is a user's to
 * change. A row's xmin is the transaction that wrote it; its age is how many there were since, and
 * is quicker to have. What is deleted is missed in the count; of a column, or of its default, a row
 * is written then.
 *
 * NOT IN rather than NOT EXISTS: it is hashed, however few rows the planner expects.
 */

/* Whatever is written later is of this transaction or a younger one. */
const char ml_pg_moment[] = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text";

const char ml_pg_stamps[] =
    "WITH since AS MATERIALIZED (SELECT age($1) AS x),"
    "member AS MATERIALIZED ("
    "  SELECT classid, objid FROM pg_depend"
    "  WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e' AND refobjid >= 16384),"
    "space AS MATERIALIZED ("
    "  SELECT oid, nullif(nspname, 'public') AS name FROM pg_namespace"
    "  WHERE NOT starts_with(nspname::text, 'pg_') AND (oid >= 16384 OR oid = 2200)),"
    /* A sequence of a column is a part of the column's table. */
    "owned AS MATERIALIZED ("
    "  SELECT s.seqrelid AS oid, d.refobjid AS owner, least(age(d.xmin), age(s.xmin)) AS x"
    "  FROM pg_sequence s JOIN pg_depend d ON d.classid = 'pg_class'::regclass"
    "  AND d.objid = s.seqrelid AND d.objsubid = 0 AND d.refclassid = 'pg_class'::regclass"
    "  AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')),"
    "relation AS MATERIALIZED ("
    "  SELECT c.oid, c.relkind, s.name AS space, c.relname, age(c.xmin) AS x"
    "  FROM pg_class c JOIN space s ON s.oid = c.relnamespace"
    "  WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'c', 'f')"
    "  AND c.oid NOT IN (SELECT oid FROM owned)"
    "  AND c.oid NOT IN (SELECT objid FROM member WHERE classid = 'pg_class'::regclass)),"
    "remark AS MATERIALIZED ("
    "  SELECT classoid AS class, objoid AS oid, objsubid AS part, age(xmin) AS x"
    "  FROM pg_description WHERE objoid >= 16384),"
    /* The last is the MlPgPart that it is. */
    "part (oid, x, n, has) AS ("
    "  SELECT attrelid, age(xmin), 0, 0 FROM pg_attribute"
    "  WHERE attrelid >= 16384 AND attnum > 0 AND age(xmin) <= (SELECT x FROM since)"
    "  UNION ALL SELECT adrelid, age(xmin), 0, 0 FROM pg_attrdef"
    "  WHERE adrelid >= 16384 AND age(xmin) <= (SELECT x FROM since)"
    "  UNION ALL SELECT conrelid, age(xmin), 1, 1 FROM pg_constraint WHERE conrelid >= 16384"
    "  UNION ALL SELECT inhrelid, age(xmin), 1, 0 FROM pg_inherits"
    "  UNION ALL SELECT polrelid, age(xmin), 1, 16 FROM pg_policy"
    "  UNION ALL SELECT stxrelid, age(xmin), 1, 32 FROM pg_statistic_ext"
    "  UNION ALL SELECT tgrelid, age(xmin), 1, 4 FROM pg_trigger"
    "  WHERE tgrelid >= 16384 AND NOT tgisinternal"
    "  UNION ALL SELECT ev_class, age(xmin), 1, 8 FROM pg_rewrite WHERE ev_class >= 16384"
    "  UNION ALL SELECT seqrelid, age(xmin), 1, 64 FROM pg_sequence"
    "  WHERE seqrelid NOT IN (SELECT oid FROM owned)"
    "  UNION ALL SELECT o.owner, least(o.x, age(c.xmin)), 1, 64"
    "  FROM owned o JOIN pg_class c ON c.oid = o.oid"
    "  UNION ALL SELECT i.indrelid, least(age(i.xmin), age(c.xmin)), 1, 2"
    "  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    "  WHERE i.indexrelid >= 16384 AND c.relnamespace IN (SELECT oid FROM space)"
    "  UNION ALL SELECT oid, x, 1, 0 FROM remark WHERE part > 0"
    "  UNION ALL SELECT CASE r.class"
    "    WHEN 'pg_class'::regclass THEN coalesce("
    "      (SELECT indrelid FROM pg_index WHERE indexrelid = r.oid),"
    "      (SELECT d.refobjid FROM pg_sequence s JOIN pg_depend d ON d.objid = s.seqrelid"
    "       AND d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND d.refobjsubid > 0"
    "       AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')"
    "       WHERE s.seqrelid = r.oid), r.oid)"
    "    WHEN 'pg_constraint'::regclass THEN"
    "      (SELECT conrelid FROM pg_constraint c WHERE c.oid = r.oid)"
    "    WHEN 'pg_trigger'::regclass THEN (SELECT tgrelid FROM pg_trigger t WHERE t.oid = r.oid)"
    "    WHEN 'pg_policy'::regclass THEN (SELECT polrelid FROM pg_policy p WHERE p.oid = r.oid)"
    "    WHEN 'pg_rewrite'::regclass THEN (SELECT ev_class FROM pg_rewrite w WHERE w.oid = r.oid)"
    "    WHEN 'pg_statistic_ext'::regclass THEN"
    "      (SELECT stxrelid FROM pg_statistic_ext s WHERE s.oid = r.oid)"
    "    WHEN 'pg_type'::regclass THEN (SELECT typrelid FROM pg_type t WHERE t.oid = r.oid)"
    "    END, r.x, 1, 0 FROM remark r WHERE r.part = 0),"
    "parts AS MATERIALIZED (SELECT oid, min(x) AS x, sum(n) AS n, bit_or(has) AS has"
    "  FROM part GROUP BY oid),"
    "type_part (oid, x) AS ("
    "  SELECT enumtypid, age(xmin) FROM pg_enum"
    "  UNION ALL SELECT contypid, age(xmin) FROM pg_constraint WHERE contypid >= 16384"
    "  UNION ALL SELECT oid, x FROM remark WHERE class = 'pg_type'::regclass"
    "  UNION ALL SELECT (SELECT contypid FROM pg_constraint c WHERE c.oid = r.oid), r.x"
    "  FROM remark r WHERE r.class = 'pg_constraint'::regclass),"
    "type_parts AS MATERIALIZED ("
    "  SELECT oid, min(x) AS x, count(*) AS n FROM type_part GROUP BY oid),"
    "other (class, oid, x) AS ("
    "  SELECT tableoid, oid, xmin FROM pg_collation WHERE oid >= 16384"
    "  UNION ALL SELECT tableoid, oid, xmin FROM pg_cast WHERE oid >= 16384"
    "  UNION ALL SELECT tableoid, oid, xmin FROM pg_conversion WHERE oid >= 16384"
    "  UNION ALL SELECT tableoid, oid, xmin FROM pg_operator WHERE oid >= 16384"
    "  UNION ALL SELECT tableoid, oid, xmin FROM pg_opclass WHERE oid >= 16384"
    "  UNION ALL SELECT tableoid, oid, xmin FROM pg_opfamily WHERE oid >= 16384"
    "  UNION ALL SELECT tableoid, oid, xmin FROM pg_ts_config WHERE oid >= 16384"
    "  UNION ALL SELECT tableoid, oid, xmin FROM pg_ts_dict WHERE oid >= 16384"
    "  UNION ALL SELECT tableoid, oid, xmin FROM pg_language WHERE oid >= 16384"
    "  UNION ALL SELECT tableoid, oid, xmin FROM pg_publication WHERE oid >= 16384"
    "  UNION ALL SELECT tableoid, oid, xmin FROM pg_event_trigger WHERE oid >= 16384"
    "  UNION ALL SELECT tableoid, oid, xmin FROM pg_foreign_server WHERE oid >= 16384) "

    "SELECT 'r', r.oid, CASE r.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'"
    "  WHEN 'S' THEN 'sequence' WHEN 'c' THEN 'type' WHEN 'f' THEN 'foreign table'"
    "  ELSE 'table' END, r.space, r.relname::text, coalesce(p.n, 0)::text,"
    "  least(r.x, p.x) <= (SELECT x FROM since), coalesce(p.has, 0) "
    "FROM relation r LEFT JOIN parts p ON p.oid = r.oid "

    "UNION ALL SELECT 't', t.oid, CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain'"
    "  ELSE 'type' END, s.name, t.typname, coalesce(p.n, 0)::text,"
    "  least(age(t.xmin), p.x) <= (SELECT x FROM since), 0 "
    "FROM pg_type t JOIN space s ON s.oid = t.typnamespace LEFT JOIN type_parts p ON p.oid = t.oid "
    "WHERE t.oid >= 16384 AND t.typtype IN ('e', 'd', 'r')"
    "  AND t.oid NOT IN (SELECT objid FROM member WHERE classid = 'pg_type'::regclass) "

    "UNION ALL SELECT 'f', f.oid, CASE f.prokind WHEN 'a' THEN 'aggregate'"
    "  WHEN 'p' THEN 'procedure' ELSE 'function' END, s.name,"
    "  f.proname || '(' || pg_get_function_identity_arguments(f.oid) || ')',"
    "  concat_ws(' ', f.xmin, (SELECT d.xmin FROM pg_description d"
    "    WHERE d.classoid = 'pg_proc'::regclass AND d.objoid = f.oid AND d.objsubid = 0)), false, "
    "0 "
    "FROM pg_proc f JOIN space s ON s.oid = f.pronamespace "
    "WHERE f.oid >= 16384 AND (f.prolang <> 12 OR f.prokind = 'a')"
    "  AND f.oid NOT IN (SELECT objid FROM member WHERE classid = 'pg_proc'::regclass) "

    "UNION ALL SELECT 'n', n.oid, 'schema', NULL, n.nspname,"
    "  concat_ws(' ', n.xmin, (SELECT d.xmin FROM pg_description d"
    "    WHERE d.classoid = 'pg_namespace'::regclass AND d.objoid = n.oid AND d.objsubid = 0)), "
    "false, 0 "
    "FROM pg_namespace n WHERE n.oid IN (SELECT oid FROM space)"
    "  AND n.oid NOT IN (SELECT objid FROM member WHERE classid = 'pg_namespace'::regclass) "

    "UNION ALL SELECT 'e', e.oid, 'extension', NULL, e.extname,"
    "  concat_ws(' ', e.xmin, (SELECT d.xmin FROM pg_description d"
    "    WHERE d.classoid = 'pg_extension'::regclass AND d.objoid = e.oid AND d.objsubid = 0)), "
    "false, 0 "
    "FROM pg_extension e "

    "UNION ALL SELECT 'o', o.oid, i.type, NULL, i.identity, o.x::text, false, 0 "
    "FROM other o CROSS JOIN LATERAL pg_identify_object(o.class, o.oid, 0) i "
    "WHERE (o.class, o.oid) NOT IN (SELECT classid, objid FROM member)";

static const char relation[] =
    "SELECT c.oid, NULL,"
    "  CASE c.relpersistence WHEN 'u' THEN 'yes' END AS unlogged,"
    "  CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END AS \"of type\","
    "  pg_get_partkeydef(c.oid) AS \"partition by\","
    "  (SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno)"
    "   FROM pg_inherits i WHERE i.inhrelid = c.oid) AS parent,"
    "  pg_get_expr(c.relpartbound, c.oid) AS \"partition bound\","
    "  (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(c.reloptions) o) AS options,"
    "  CASE WHEN c.relrowsecurity THEN 'yes' END AS \"row security\","
    "  CASE WHEN c.relforcerowsecurity THEN 'yes' END AS \"forced row security\","
    "  CASE c.relreplident WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full' WHEN 'i' THEN 'index' END"
    "    AS \"replica identity\","
    "  CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS definition,"
    "  CASE WHEN NOT c.relispopulated THEN 'no' END AS populated,"
    "  coalesce(obj_description(c.oid, 'pg_class'),"
    "    CASE c.relkind WHEN 'c' THEN obj_description(c.reltype, 'pg_type') END) AS comment "
    "FROM pg_class c WHERE c.oid = ANY ($1)";

/* OFFSET 0: by the index, for the few columns that there are, and not by a scan of all types. */
static const char column[] =
    "SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod) AS type,"
    "  CASE WHEN a.attnotnull THEN 'no' END AS nullable,"
    "  CASE a.attgenerated WHEN '' THEN d.text END AS default,"
    "  CASE a.attgenerated WHEN 's' THEN d.text || ' STORED' WHEN 'v' THEN d.text || ' VIRTUAL' END"
    "    AS generated,"
    "  CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END AS identity,"
    "  CASE WHEN a.attcollation NOT IN (0, t.typcollation) THEN (SELECT quote_ident(l.collname)"
    "    FROM pg_collation l WHERE l.oid = a.attcollation) END AS collation,"
    "  CASE WHEN a.attstorage <> t.typstorage THEN CASE a.attstorage WHEN 'p' THEN 'plain'"
    "    WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' ELSE 'extended' END END AS storage,"
    "  (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(a.attoptions) o) AS options,"
    "  CASE WHEN NOT a.attislocal THEN 'yes' END AS inherited,"
    "  col_description(a.attrelid, a.attnum) AS comment "
    "FROM pg_attribute a "
    "CROSS JOIN LATERAL (SELECT typcollation, typstorage FROM pg_type"
    "  WHERE oid = a.atttypid OFFSET 0) t "
    "LEFT JOIN LATERAL (SELECT pg_get_expr(adbin, adrelid) AS text FROM pg_attrdef"
    "  WHERE adrelid = a.attrelid AND adnum = a.attnum OFFSET 0) d ON true "
    "WHERE a.attrelid = ANY ($1) AND a.attnum > 0 AND NOT a.attisdropped"
    "  AND a.attrelid NOT IN (SELECT seqrelid FROM pg_sequence)";

/* Those of NOT NULL, which Postgres 18 has, are told by the column. */
static const char constraint[] =
    "SELECT c.conrelid, c.conname, pg_get_constraintdef(c.oid) AS definition,"
    "  obj_description(c.oid, 'pg_constraint') AS comment "
    "FROM pg_constraint c WHERE c.conrelid = ANY ($1) AND c.contype NOT IN ('t', 'n')";

/* What stands before the access method is the name and the table's. */
static const char index_text[] =
    "SELECT i.indrelid, c.relname, CASE WHEN i.indisunique THEN 'yes' END AS unique,"
    "  substr(pg_get_indexdef(i.indexrelid), 1 + length(concat("
    "    'CREATE ', CASE WHEN i.indisunique THEN 'UNIQUE ' END, 'INDEX ', quote_ident(c.relname),"
    "    ' ON ', CASE c.relkind WHEN 'I' THEN 'ONLY ' END, quote_ident(s.nspname), '.',"
    "    quote_ident(t.relname), ' '))) AS definition,"
    "  CASE WHEN NOT i.indisvalid THEN 'no' END AS valid,"
    "  CASE WHEN i.indisclustered THEN 'yes' END AS clustered,"
    "  CASE WHEN i.indisreplident THEN 'yes' END AS \"replica identity\","
    "  obj_description(c.oid, 'pg_class') AS comment "
    "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid "
    "JOIN pg_namespace s ON s.oid = t.relnamespace "
    "WHERE i.indrelid = ANY ($1) AND (SELECT k.oid FROM pg_constraint k"
    "  WHERE k.conrelid = i.indrelid AND k.conindid = i.indexrelid"
    "  AND k.contype IN ('p', 'u', 'x') LIMIT 1) IS NULL";

static const char trigger[] =
    "SELECT t.tgrelid, t.tgname, pg_get_triggerdef(t.oid) AS definition,"
    "  CASE t.tgenabled WHEN 'D' THEN 'no' WHEN 'A' THEN 'always' WHEN 'R' THEN 'replica' END"
    "    AS enabled,"
    "  obj_description(t.oid, 'pg_trigger') AS comment "
    "FROM pg_trigger t WHERE t.tgrelid = ANY ($1) AND NOT t.tgisinternal";

static const char rule[] =
    "SELECT r.ev_class, r.rulename, pg_get_ruledef(r.oid) AS definition,"
    "  CASE r.ev_enabled WHEN 'D' THEN 'no' WHEN 'A' THEN 'always' WHEN 'R' THEN 'replica' END"
    "    AS enabled,"
    "  obj_description(r.oid, 'pg_rewrite') AS comment "
    "FROM pg_rewrite r WHERE r.ev_class = ANY ($1) AND r.rulename <> '_RETURN'";

/* The owner's name is another one in each database. */
static const char policy[] =
    "SELECT p.polrelid, p.polname,"
    "  CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update'"
    "    WHEN 'd' THEN 'delete' ELSE 'all' END AS command,"
    "  CASE WHEN NOT p.polpermissive THEN 'yes' END AS restrictive,"
    "  (SELECT string_agg(CASE r WHEN 0 THEN 'public' WHEN d.datdba THEN 'current_user'"
    "     ELSE quote_ident(pg_get_userbyid(r)) END, ', ' ORDER BY r)"
    "   FROM unnest(p.polroles) r, pg_database d WHERE d.datname = current_database()) AS roles,"
    "  pg_get_expr(p.polqual, p.polrelid) AS using,"
    "  pg_get_expr(p.polwithcheck, p.polrelid) AS \"check\","
    "  obj_description(p.oid, 'pg_policy') AS comment "
    "FROM pg_policy p WHERE p.polrelid = ANY ($1)";

static const char statistics[] =
    "SELECT s.stxrelid, s.stxname, pg_get_statisticsobjdef(s.oid) AS definition,"
    "  obj_description(s.oid, 'pg_statistic_ext') AS comment "
    "FROM pg_statistic_ext s WHERE s.stxrelid = ANY ($1)";

static const char sequence[] =
    "SELECT o.family, o.name, format_type(s.seqtypid, NULL) AS type,"
    "  s.seqstart::text AS start, s.seqincrement::text AS increment, s.seqmin::text AS minimum,"
    "  s.seqmax::text AS maximum, s.seqcache::text AS cache,"
    "  CASE WHEN s.seqcycle THEN 'yes' END AS cycle, o.owner AS \"owned by\","
    "  CASE WHEN o.name IS NOT NULL THEN obj_description(s.seqrelid, 'pg_class') END AS comment "
    "FROM (SELECT f AS family, f AS oid, NULL::name AS name, NULL::name AS owner FROM unnest($1) f"
    "  UNION ALL"
    "  SELECT d.refobjid, d.objid, c.relname, a.attname FROM pg_depend d"
    "  JOIN pg_class c ON c.oid = d.objid"
    "  JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid"
    "  WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY ($1) AND d.refobjsubid > 0"
    "  AND d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND d.deptype IN ('a', 'i')) o "
    "JOIN pg_sequence s ON s.seqrelid = o.oid";

static const char type[] =
    "SELECT t.oid, NULL,"
    "  (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)"
    "   FROM pg_enum e WHERE e.enumtypid = t.oid) AS values,"
    "  CASE t.typtype WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod) END AS type,"
    "  CASE WHEN t.typnotnull THEN 'no' END AS nullable,"
    "  t.typdefault AS default,"
    "  CASE WHEN t.typcollation NOT IN (0, coalesce(b.typcollation, 0)) THEN"
    "    (SELECT quote_ident(l.collname) FROM pg_collation l WHERE l.oid = t.typcollation) END"
    "    AS collation,"
    "  (SELECT format_type(r.rngsubtype, NULL) FROM pg_range r WHERE r.rngtypid = t.oid)"
    "    AS subtype,"
    "  obj_description(t.oid, 'pg_type') AS comment "
    "FROM pg_type t LEFT JOIN pg_type b ON b.oid = t.typbasetype WHERE t.oid = ANY ($1)";

static const char type_constraint[] =
    "SELECT c.contypid, c.conname, pg_get_constraintdef(c.oid) AS definition,"
    "  obj_description(c.oid, 'pg_constraint') AS comment "
    "FROM pg_constraint c WHERE c.contypid = ANY ($1) AND c.contype <> 'n'";

static const char function[] =
    "SELECT f.oid, NULL, CASE WHEN f.prokind <> 'a' THEN pg_get_functiondef(f.oid) ELSE"
    "  concat_ws(' ', a.aggtransfn, format_type(a.aggtranstype, NULL), a.aggfinalfn, a.agginitval)"
    "  END AS definition, obj_description(f.oid, 'pg_proc') AS comment "
    "FROM pg_proc f LEFT JOIN pg_aggregate a ON a.aggfnoid = f.oid WHERE f.oid = ANY ($1)";

static const char schema[] =
    "SELECT n.oid, NULL, obj_description(n.oid, 'pg_namespace') AS comment "
    "FROM pg_namespace n WHERE n.oid = ANY ($1)";

static const char extension[] =
    "SELECT e.oid, NULL, e.extversion AS version, s.nspname AS schema,"
    "  obj_description(e.oid, 'pg_extension') AS comment "
    "FROM pg_extension e JOIN pg_namespace s ON s.oid = e.extnamespace WHERE e.oid = ANY ($1)";

const MlPgDetail ml_pg_details[] = {
    {'r', ML_PG_ALWAYS, NULL, relation},
    {'r', ML_PG_ALWAYS, "column", column},
    {'r', ML_PG_CONSTRAINT, "constraint", constraint},
    {'r', ML_PG_INDEX, "index", index_text},
    {'r', ML_PG_TRIGGER, "trigger", trigger},
    {'r', ML_PG_RULE, "rule", rule},
    {'r', ML_PG_POLICY, "policy", policy},
    {'r', ML_PG_STATISTICS, "statistics", statistics},
    {'r', ML_PG_SEQUENCE, "sequence", sequence},
    {'t', ML_PG_ALWAYS, NULL, type},
    {'t', ML_PG_ALWAYS, "constraint", type_constraint},
    {'f', ML_PG_ALWAYS, NULL, function},
    {'n', ML_PG_ALWAYS, NULL, schema},
    {'e', ML_PG_ALWAYS, NULL, extension},
};
const guint ml_pg_details_count = G_N_ELEMENTS(ml_pg_details);
