"""Bodies of upgrade() that say what signatures cannot: how arguments meet."""

TYPES = """
    sa.BigInteger() sa.SmallInteger sa.Integer() sa.Boolean() sa.Boolean(create_constraint=True)
    sa.Boolean(create_constraint=True,name='ck_bool') sa.Date() sa.DateTime() sa.DateTime(timezone=True) sa.Time()
    sa.Time(timezone=True) sa.Interval() sa.Interval(native=False) sa.Interval(second_precision=3) sa.Numeric()
    sa.Numeric(10) sa.Numeric(10,2) sa.Numeric(scale=2) sa.DECIMAL(5,1) sa.Float() sa.Float(24) sa.Float(53,True)
    sa.REAL() sa.String() sa.String(0) sa.String(50) sa.String(50,collation='de_DE') sa.String(collation='C')
    sa.Unicode(9) sa.Text() sa.Text(9) sa.UnicodeText(collation='C') sa.CHAR() sa.CHAR(3) sa.NCHAR(3) sa.NVARCHAR(3)
    sa.VARCHAR(3) sa.TEXT() sa.CLOB() sa.LargeBinary() sa.LargeBinary(9) sa.BLOB() sa.BINARY(3) sa.VARBINARY() sa.PickleType()
    sa.JSON() sa.JSON(none_as_null=True) sa.TIMESTAMP() sa.TIMESTAMP(timezone=True) sa.DATETIME() sa.DATE sa.TIME sa.INT
    sa.Enum('a','bb',name='e') sa.Enum('a','bb',name='e',native_enum=False)
    sa.Enum('a','bb',name='e',native_enum=False,create_constraint=True) sa.Enum('a','bb',name='e',create_constraint=True)
    sa.Enum('a','bb',native_enum=False,create_constraint=True) sa.Enum('a','bb',name='e',native_enum=False,length=20)
    sa.Enum('a','bb',name='e',length=20) sa.Enum('a',"b'b",'%','c:d','e"f',name="E'v") sa.Enum('a',name='e',schema='s') sa.Enum('a',name='e',inherit_schema=True)
    sa.Enum('a',name='e',metadata=sa.MetaData()) sa.Enum() sa.Enum(name='e') sa.Enum('a')
    postgresql.ENUM('a','bb',name='e') postgresql.ENUM('a','bb',name='e',create_type=False) postgresql.ENUM('a',name='e',schema='S')
    postgresql.ARRAY(sa.Integer) postgresql.ARRAY(sa.String(3),dimensions=2) sa.ARRAY(sa.Text()) sa.ARRAY(sa.String(3,collation='C'))
    sa.ARRAY(sa.Enum('a',name='e')) postgresql.ARRAY(postgresql.ENUM('a',name='e',create_type=False)) sa.ARRAY(sa.Enum('a',name='e',native_enum=False))
    postgresql.UUID() postgresql.UUID(as_uuid=True) postgresql.JSONB() postgresql.JSONB(astext_type=sa.Text()) postgresql.JSON()
    postgresql.INET postgresql.CIDR() postgresql.MACADDR() postgresql.MONEY() postgresql.OID() postgresql.TSVECTOR()
    postgresql.HSTORE() postgresql.BYTEA() postgresql.DOUBLE_PRECISION() postgresql.DOUBLE_PRECISION(precision=53)
    postgresql.TIMESTAMP(timezone=True,precision=3) postgresql.TIMESTAMP(precision=0) postgresql.TIME(precision=2)
    postgresql.INTERVAL() postgresql.INTERVAL(fields='DAY',precision=2) postgresql.BIT() postgresql.BIT(5)
    postgresql.BIT(5,varying=True) postgresql.BIT(varying=True) postgresql.INT4RANGE() postgresql.TSTZRANGE()
    postgresql.NUMRANGE() postgresql.DATERANGE postgresql.REGCLASS() postgresql.FLOAT(4) postgresql.NUMERIC(4,2) postgresql.VARCHAR(5)
    mysql.LONGTEXT() mysql.TINYINT(1) mysql.INTEGER(unsigned=True) mysql.VARCHAR(5) mysql.DATETIME(fsp=6) mysql.TEXT()
    sqlite.DATETIME() sqlite.JSON() sqlite.DATE() sqlite.TIME()
    sa.String(5).with_variant(sa.Text(),'postgresql') sa.JSON().with_variant(postgresql.JSONB(),'postgresql')
    sa.BigInteger().with_variant(sa.Integer,'sqlite') sa.Integer().with_variant(sa.BigInteger(),'postgresql')
    sa.Text().with_variant(postgresql.JSONB(),'postgresql','sqlite') sa.Enum('a',name='e').with_variant(sa.String(3),'postgresql')
    sa.String(3).with_variant(sa.Enum('a','b',name='e',create_constraint=True),'sqlite') sa.String(3).with_variant(postgresql.ENUM('a',name='e'),'postgresql')
    sa.types.NullType() sa.Uuid() sa.Uuid(native_uuid=False) sa.UUID() sa.Double() sa.Double(53) sa.DOUBLE() sa.DOUBLE_PRECISION()
""".split()

DEFAULTS = r"""
    'x'
    ''
    '0'
    "it's"
    '1'
    "'quoted'"
    'a\\b'
    'x%y'
    'x:y'
    '(1)'
    'now()'
    'ä'
    sa.text('0')
    sa.text('now()')
    sa.text("'x'")
    sa.text("('x')")
    sa.text("1+1")
    sa.text('true')
    sa.text('CURRENT_TIMESTAMP')
    sa.text("'{}'::jsonb")
    sa.func.now()
    sa.func.current_timestamp()
    sa.func.gen_random_uuid()
    sa.true()
    sa.false()
    sa.null()
    sa.literal(5)
    sa.literal('x')
    sa.literal_column('5')
    sa.literal_column('now()')
    sa.text('-1')
    sa.text('1.5')
    sa.text(':x')
    sa.func.coalesce(1,2)
    sa.sql.expression.true()
    sa.FetchedValue()
    sa.schema.FetchedValue()
    sa.DefaultClause('x')
    sa.DefaultClause(sa.text('1 + 1'))
    sa.DefaultClause(sa.func.now())
    sa.text("date('now')")
    sa.text("  'x'")
    sa.text('"x"')
    sa.text('a.b')
    sa.text('ä')
    sa.text('ä b')
    sa.func.lower('X')
    sa.cast('x', sa.String(3))
    sa.Sequence('s').next_value()
    sa.text("x\\:y")
    sa.func.now(type_=sa.DateTime)
    sa.Computed('a+1')
    sa.Identity()
    None
    False
""".strip().splitlines()

COLUMNS = """
    'id', sa.Integer, primary_key=True
    'id', sa.Integer(), nullable=False
    'id', sa.BigInteger, primary_key=True
    'id', sa.SmallInteger(), primary_key=True
    'id', sa.Numeric(), primary_key=True
    'id', sa.Float(), primary_key=True
    'id', sa.String(3), primary_key=True
    'id', sa.Integer, primary_key=True, autoincrement=False
    'id', sa.Integer, primary_key=True, autoincrement=True
    'id', sa.Integer, primary_key=True, autoincrement='auto'
    'id', sa.Integer, primary_key=True, autoincrement='ignore_fk'
    'id', sa.String(3), primary_key=True, autoincrement=True
    'id', sa.Integer, primary_key=True, server_default='1'
    'id', sa.Integer, primary_key=True, server_default=sa.text('1'), autoincrement=True
    'id', sa.Integer, primary_key=True, server_default=sa.FetchedValue()
    'id', sa.Integer, primary_key=True, default=1
    'id', sa.Integer, primary_key=True, default=None
    'id', sa.Integer, primary_key=True, default=lambda: 5
    'id', sa.Integer, sa.Sequence('s'), primary_key=True
    'id', sa.Integer, sa.Sequence('s', optional=True), primary_key=True
    'id', sa.Integer, sa.Sequence('s'), sa.ForeignKey('r.id'), primary_key=True
    'id', sa.Integer, default=sa.Sequence('s'), primary_key=True
    'id', sa.Integer, server_default=sa.Sequence('s').next_value(), primary_key=True
    'id', sa.Integer, sa.Sequence('s', schema='S'), server_default=sa.Sequence('s', schema='S').next_value()
    'id', sa.Integer, sa.Identity(), primary_key=True
    'id', sa.Integer, sa.Identity(), nullable=True
    'id', sa.Integer, sa.Identity(always=True, start=1, increment=2, minvalue=-5, cycle=False)
    'id', sa.Integer, sa.Computed('a + 1')
    'id', sa.Integer, sa.Computed('a + 1', persisted=True)
    'id', sa.Integer, sa.Computed('a + 1', persisted=False)
    'id', sa.Integer, sa.Computed(sa.text('a + 1')), nullable=False
    'id', sa.Integer, sa.ForeignKey('r.id'), primary_key=True
    'id', sa.Integer, sa.ForeignKey('r.id'), primary_key=True, autoincrement=True
    'id', sa.Integer, sa.ForeignKey('r.id'), primary_key=True, autoincrement='ignore_fk'
    'id', sa.Integer, sa.ForeignKey('r.id', name='fk'), nullable=False
    'id', sa.Integer, sa.ForeignKey('s.r.id', ondelete='cascade', onupdate='RESTRICT', deferrable=True, initially='DEFERRED')
    'id', sa.Integer, sa.ForeignKey('r.id', ondelete='SET NULL (id)')
    'id', sa.Integer, sa.ForeignKey('r.id', ondelete='bogus')
    'id', sa.Integer, sa.ForeignKey('r.id', initially='bogus')
    'id', sa.Integer, sa.ForeignKey('r.id'), sa.ForeignKey('q.id')
    'id', sa.Integer, sa.ForeignKey('r.id'), unique=True
    'id', sa.ForeignKey('r.id')
    'id', sa.ForeignKey('t.id')
    'id', sa.Integer, sa.CheckConstraint('id > 0')
    'id', sa.Integer, sa.CheckConstraint('id > 0', name='ck')
    'id', sa.Integer, sa.CheckConstraint('id > 0', name='ck', deferrable=True, initially='IMMEDIATE')
    'id', sa.Integer, sa.CheckConstraint('id > 0'), server_default='1', nullable=False
    'id', sa.Integer, unique=True
    'id', sa.Integer, index=True
    'id', sa.Integer, index=True, unique=True
    'id', sa.Boolean(create_constraint=True), unique=True
    'id', sa.Boolean(create_constraint=True), sa.ForeignKey('r.id'), unique=True
    'id', sa.Integer, comment="it's"
    'id', sa.Integer, comment=''
    'id', sa.Integer, comment='a%b:c\\\\d'
    'Id', sa.Integer
    'select', sa.Integer
    'user', sa.Integer
    'a b', sa.Integer
    'a"b', sa.Integer
    'a.b', sa.Integer
    'a%b', sa.Integer
    'a:b', sa.Integer
    '1a', sa.Integer
    '$a', sa.Integer
    'a$', sa.Integer
    '_a', sa.Integer
    'ä', sa.Integer
    'rowid', sa.Integer
    'id', sa.Integer, nullable=True, primary_key=True
    'id', sa.Integer, sqlite_on_conflict_not_null='FAIL', nullable=False
    'id', sa.Integer, sqlite_on_conflict_unique='IGNORE', unique=True
    'id', sa.Integer, sqlite_on_conflict_primary_key='REPLACE', primary_key=True
    'id', sa.Enum('a', 'b', name='e'), server_default='a', nullable=False
    'id', postgresql.UUID(as_uuid=True), server_default=sa.text('gen_random_uuid()'), primary_key=True
    'id', sa.Integer, quote=True
    'id', sa.Integer, sa.ForeignKey('r.id'), quote=True, unique=True, comment='c'
    'id', sa.Enum('a', name='e', create_constraint=True, native_enum=False), quote=True, index=True
    'key', sa.Integer, quote=None, primary_key=True
    'id', sa.Integer, quote=False
    'Id', sa.Integer, quote=False
    sa.Integer, name='id'
    name='id', type_=sa.Integer
    'id', type_=sa.String(5)
""".strip().splitlines()

TABLES = """
    sa.Column('a', sa.Integer, primary_key=True), sa.Column('b', sa.Integer, primary_key=True)
    sa.Column('a', sa.Integer, primary_key=True), sa.Column('b', sa.Integer, primary_key=True, autoincrement=True)
    sa.Column('a', sa.Integer), sa.PrimaryKeyConstraint('a')
    sa.Column('a', sa.Integer), sa.PrimaryKeyConstraint('a', name='pk')
    sa.Column('a', sa.Integer), sa.Column('b', sa.Integer), sa.PrimaryKeyConstraint('b', 'a', name=op.f('pk'))
    sa.Column('a', sa.Integer, autoincrement=True), sa.Column('b', sa.Integer), sa.PrimaryKeyConstraint('b', 'a')
    sa.Column('a', sa.Integer, nullable=True), sa.PrimaryKeyConstraint('a')
    sa.Column('a', sa.Integer, primary_key=True), sa.PrimaryKeyConstraint(name='pk')
    sa.Column('a', sa.Integer), sa.PrimaryKeyConstraint('a', sqlite_on_conflict='FAIL')
    sa.Column('a', sa.Integer), sa.UniqueConstraint('a', sqlite_on_conflict='FAIL')
    sa.Column('a', sa.Integer), sa.CheckConstraint('a > 1', sqlite_on_conflict='FAIL')
    sa.Column('a', sa.Integer, sa.CheckConstraint('a > 1', sqlite_on_conflict='FAIL'))
    sa.Column('a', sa.Integer, unique=True), sa.Column('b', sa.Integer, sa.ForeignKey('r.id')), sa.UniqueConstraint('b'), sa.CheckConstraint('a > 1'), sa.ForeignKeyConstraint(['a'], ['q.id'])
    sa.Column('a', sa.Integer), sa.ForeignKeyConstraint(['a'], ['q.id'], name='fk', use_alter=True)
    sa.Column('a', sa.Integer), sa.ForeignKeyConstraint(['a'], ['t.a'])
    sa.Column('a', sa.Integer), sa.ForeignKeyConstraint(['a'], ['s.q.id'])
    sa.Column('a', sa.Integer), sa.ForeignKeyConstraint(['a'], ['q.id'], ondelete='SET NULL', postgresql_not_valid=True)
    sa.Column('a', sa.Integer), sa.ForeignKeyConstraint(['a'], ['s.q.id']), schema='s'
    sa.Column('a', sa.Integer), sa.ForeignKeyConstraint(['a'], ['q.id']), schema='s'
    sa.Column('a', sa.Integer), schema='a.b'
    sa.Column('a', sa.Integer, index=True), schema='S'
    sa.Column('a', sa.Integer, index=True, unique=True), sa.Index('i', 'a', unique=True), schema='s'
    sa.Column('a', sa.Integer), sa.Index(None, 'a')
    sa.Column('a', sa.Integer), sa.Index('i', sa.text('lower(a)'))
    sa.Column('a', sa.Integer), sa.Index('i', sa.text('a DESC'), 'a')
    sa.Column('a', sa.Integer), sa.Index('i', sa.text('lower(a)'), postgresql_ops={'lower(a)': 'gin_trgm_ops'})
    sa.Column('a', sa.Integer), sa.Index('i', 'a', postgresql_using='GIN', postgresql_ops={'a': 'gin_trgm_ops'}, postgresql_where=sa.text('a > 1'), sqlite_where=sa.text('a > 2'))
    sa.Column('a', sa.Integer), comment="it's", schema='S'
    sa.Column('a', sa.Integer, comment='c'), sa.Column('B', sa.Integer, comment='d'), comment='t', schema='S'
    sa.Column('a', sa.Integer, primary_key=True), sqlite_autoincrement=True
    sa.Column('a', sa.Integer), sa.PrimaryKeyConstraint('a', name='pk'), sqlite_autoincrement=True
    sa.Column('a', sa.BigInteger, primary_key=True), sqlite_autoincrement=True
    sa.Column('a', sa.String, primary_key=True), sqlite_autoincrement=True
    sa.Column('a', sa.Integer, sa.ForeignKey('r.id'), primary_key=True), sqlite_autoincrement=True
    sa.Column('a', sa.Integer, primary_key=True, sqlite_on_conflict_primary_key='FAIL', server_default='3'), sqlite_autoincrement=True
    sa.Column('a', sa.Integer, primary_key=True), sa.Column('b', sa.Integer, primary_key=True), sqlite_autoincrement=True
    sa.Column('a', sa.Integer, sa.Identity(), primary_key=True), sqlite_autoincrement=True
    sa.Column('a', sa.Integer, primary_key=True), sqlite_with_rowid=False
    sa.Column('a', sa.Integer), postgresql_partition_by='LIST (a)', postgresql_tablespace='Fast', postgresql_inherits=('p', 'Q'), postgresql_on_commit='DELETE ROWS', postgresql_with_oids=False
    sa.Column('a', sa.Integer), prefixes=['UNLOGGED']
    sa.Column('a', sa.Integer), prefixes=['GLOBAL', 'TEMPORARY']
    sa.Column('a', sa.Integer), mysql_engine='InnoDB', mysql_charset='utf8'
    sa.Column('a', sa.Enum('x', name='e')), sa.Column('b', sa.Enum('x', name='e')), sa.Column('c', sa.Enum('y', name='f'))
    sa.Column('a', sa.Enum('x', name='e')), sa.Column('b', postgresql.ENUM('x', name='e'))
    sa.Column('a', sa.Enum('x', name='e', schema='s')), sa.Column('b', sa.Enum('x', name='e')), schema='s'
    sa.Column('a', sa.Enum('x', name='e', inherit_schema=True)), schema='S'
    sa.Column('a', sa.Integer), postgresql.ExcludeConstraint(('a', '=')), postgresql.ExcludeConstraint((sa.text('tsrange(b, c)'), '&&'), name='ex', using='GIST', where=sa.text('a > 1'), deferrable=True)
    sa.Column('a', sa.Integer), postgresql.ExcludeConstraint((sa.column('a'), '='), ('b', '&&'), ops={'a': 'int4_ops'})
    sa.Column('a', sa.Integer), sa.UniqueConstraint('a', name='x' * 63)
    sa.Column('a', sa.Integer), sa.UniqueConstraint('a', name='x' * 64)
    sa.Column('a', sa.Integer), sa.UniqueConstraint('a', name=op.f('x' * 64))
    sa.Column('a', sa.Integer, index=True), sa.Column('b' * 70, sa.Integer, index=True)
    sa.Column('a', sa.Integer), sa.Index('ix', 'a', postgresql_include=['a'])
    sa.Column('a', sa.Integer, quote=True), sa.Column('b', sa.Integer), sa.PrimaryKeyConstraint('b', 'a'), sa.UniqueConstraint('a', 'b'), sa.ForeignKeyConstraint(['a'], ['r.a']), sa.Index('i', 'a', 'b')
    sa.Column('a', sa.Integer), quote=True
    sa.Column('a', sa.Integer), schema='s', quote_schema=True
    sa.Column('a', sa.Integer), sa.Index('i', 'a', quote=True)
    sa.Column(sa.sql.quoted_name('a', True), sa.Integer)
    sa.UniqueConstraint('a')
    sa.Column('a', sa.Integer), sa.CheckConstraint(sa.column('a') > 5)
    sa.Column('a', sa.Integer), sa.CheckConstraint(sa.text("a IN ('x', 'y')"), name='ck')
    sa.Column('a', sa.Integer), sa.CheckConstraint("a <> 'x%'", name='ck')
    sa.Column('id', sa.Integer, primary_key=True), sa.Column('parent', sa.Integer, sa.ForeignKey('t.id', ondelete='CASCADE'))
    sa.Column('id', sa.Integer, primary_key=True), sa.Column('parent', sa.ForeignKey('t.id'))
""".strip().splitlines()

INDEXES = """
    'ix', 't', ['a'], unique=True
    'ix', 't', ['a'], unique=False, schema='S'
    op.f('ix_t_a'), 't', ['a']
    None, 't', ['a', 'b']
    'x' * 64, 't', ['a']
    op.f('x' * 64), 't', ['a']
    'ix', 't', [sa.text('lower(a)')]
    'ix', 't', ['a', sa.text('b DESC')]
    'ix', 't', [sa.text('a DESC NULLS LAST'), sa.text('(a || b)')]
    'ix', 't', [sa.func.lower(sa.column('a'))]
    'ix', 't', [sa.func.lower(sa.column('A')), 'b']
    'ix', 't', [sa.column('a').desc()]
    'ix', 't', [sa.desc('a'), sa.asc('b')]
    'ix', 't', [sa.column('a').desc().nullslast()]
    'ix', 't', [sa.column('a') + 1]
    'ix', 't', [sa.column('a').op('->>')('b')]
    'ix', 't', [sa.cast(sa.column('a'), sa.Text)]
    'ix', 't', [sa.literal_column("coalesce(a, '')")]
    'ix', 't', ['a'], postgresql_using='gin', postgresql_ops={'a': 'gin_trgm_ops'}
    'ix', 't', ['a'], postgresql_using='bad method'
    'ix', 't', ['a', 'b'], postgresql_ops={'b': 'x', 'c': 'y'}
    'ix', 't', ['a'], postgresql_where='a > 1'
    'ix', 't', ['a'], postgresql_where=sa.text("b = 'x:y'")
    'ix', 't', ['a'], postgresql_where=sa.column('a') == 1, sqlite_where=sa.column('a') == 1
    'ix', 't', ['a'], postgresql_where=sa.column('b').is_(None), sqlite_where=sa.column('b').is_(None)
    'ix', 't', ['a'], postgresql_where=sa.and_(sa.column('b') == 'x', sa.column('C') != 2), sqlite_where=sa.and_(sa.column('b') == 'x', sa.column('C') != 2)
    'ix', 't', ['a'], postgresql_where=sa.text('x'), sqlite_where=sa.text('y')
    'ix', 't', ['a'], postgresql_with={'fillfactor': 70, 'fastupdate': 'off'}, postgresql_tablespace='T', postgresql_include=['b', 'C']
    'ix', 't', ['a'], postgresql_concurrently=True, unique=True
    'ix', 't', ['a'], postgresql_concurrently=False
    'ix', 't', ['a'], mysql_length=5
    'ix', 't', [sa.func.lower(sa.column('a')).label('l')], postgresql_ops={'l': 'text_pattern_ops'}
    'ix', 't', [sa.text('lower(a)'), sa.text('b DESC'), 'c'], postgresql_ops={'lower(a)': 'gin_trgm_ops', 'b DESC': 'x', 'b': 'y'}
    'ix', 't', []
    'select', 'User', ['Group']
""".strip().splitlines()

OPERATIONS = """
    op.drop_table('t')
    op.drop_table('T', schema='S')
    op.rename_table('a', 'B')
    op.rename_table('a', 'b', schema='s.T')
    op.drop_column('t', 'C', schema='s')
    op.drop_index('ix')
    op.drop_index('IX', 't', schema='S')
    op.drop_index('ix', table_name='t', postgresql_concurrently=True)
    op.drop_index('x' * 64)
    op.drop_index(op.f('x' * 64))
    op.drop_constraint('c', 't')
    op.drop_constraint('c', 't', 'foreignkey')
    op.drop_constraint('c', 't', type_='bogus')
    op.drop_constraint('c', 't', type_='check', schema='a.b')
    op.drop_constraint(op.f('x' * 64), 't', type_='unique')
    op.drop_constraint('x' * 64, 't', type_='unique')
    op.drop_constraint(None, 't', type_='unique')
    op.create_unique_constraint(None, 't', ['a', 'B'], schema='s')
    op.create_unique_constraint('x' * 64, 't', ['a'])
    op.create_primary_key('pk', 't', ['b', 'a'])
    op.create_primary_key(None, 't', ['a'])
    op.create_check_constraint('ck', 't', sa.text('a > 1'))
    op.create_check_constraint('ck', 't', sa.column('a') > 1)
    op.create_check_constraint('ck', 't', sa.func.length(sa.column('Name')) > 5)
    op.create_check_constraint('ck', 't', sa.column('a').in_(['x', "y'z"]))
    op.create_check_constraint('ck', 't', sa.or_(sa.column('a').is_(None), sa.column('b').isnot(None)))
    op.create_check_constraint('ck', 't', sa.not_(sa.column('a').like('x%')))
    op.create_check_constraint('ck', 't', sa.column('a').between(1, 5))
    op.create_foreign_key(None, 'a', 'b', ['x'], ['y'])
    op.create_foreign_key('fk', 'a', 'B', ['x', 'Y'], ['z', 'w'], ondelete='SET NULL', onupdate='cascade', deferrable=False, initially='IMMEDIATE', match='FULL', source_schema='s', referent_schema='r.S')
    op.create_foreign_key('fk', 'a', 'a', ['x'], ['x'])
    op.create_foreign_key('fk', 'a', 'b', ['x'], ['y'], postgresql_not_valid=True)
    op.create_foreign_key('fk', 'a', 'b', ['x'], ['y'], ondelete='nonsense')
    op.create_foreign_key('fk', 'a', 'b', ['x'], ['y'], use_alter=True)
    op.create_exclude_constraint('ex', 't', ('a', '&&'), where=sa.column('a') > 5, using='gist', deferrable=True, initially='DEFERRED')
    op.create_exclude_constraint('ex', 't', (sa.func.tsrange(sa.column('a'), sa.column('b')), '&&'), ('C', '='), schema='s')
    op.create_exclude_constraint(None, 't', ('a', '='))
    op.create_table_comment('t', "it's", schema='s')
    op.drop_table_comment('T')
    op.alter_column('t', 'c', nullable=False)
    op.alter_column('t', 'C', nullable=True, schema='a.b')
    op.alter_column('t', 'c', type_=sa.String(50))
    op.alter_column('t', 'c', type_=sa.Enum('a', name='e'), postgresql_using='c::e')
    op.alter_column('t', 'c', type_=sa.Enum('a', name='e'), existing_type=sa.String(5))
    op.alter_column('t', 'c', type_=sa.String(5), existing_type=sa.Enum('a', name='e'))
    op.alter_column('t', 'c', type_=sa.String(5), existing_type=sa.Enum('a', name='e', native_enum=False))
    op.alter_column('t', 'c', type_=sa.String(5), existing_type=sa.Enum('a', name='e', native_enum=False, create_constraint=True))
    op.alter_column('t', 'c', type_=sa.String(5), existing_type=sa.Enum('a', name='e', create_constraint=True))
    op.alter_column('t', 'c', type_=sa.String(5), existing_type=sa.Boolean(create_constraint=True, name='ck'))
    op.alter_column('t', 'c', type_=sa.String(5), existing_type=sa.Boolean(create_constraint=True))
    op.alter_column('t', 'c', type_=sa.Enum('a', name='e', native_enum=False, create_constraint=True), existing_type=sa.String(5))
    op.alter_column('t', 'c', type_=sa.Enum('a', name='e', native_enum=False, create_constraint=True))
    op.alter_column('t', 'c', type_=sa.Boolean(create_constraint=True))
    op.alter_column('t', 'c', existing_type=sa.Boolean(create_constraint=True), nullable=False)
    op.alter_column('t', 'c', server_default=None)
    op.alter_column('t', 'c', server_default='x')
    op.alter_column('t', 'c', server_default=sa.text('now()'))
    op.alter_column('t', 'c', server_default=sa.func.now())
    op.alter_column('t', 'c', server_default=False)
    op.alter_column('t', 'c', server_default=sa.Identity())
    op.alter_column('t', 'c', server_default=sa.Identity(always=True, start=3))
    op.alter_column('t', 'c', server_default=sa.Identity(always=True, start=3), existing_server_default=sa.Identity(start=2, increment=2))
    op.alter_column('t', 'c', server_default=sa.Identity(), existing_server_default=sa.Identity(always=True))
    op.alter_column('t', 'c', server_default=sa.Identity(), existing_server_default=sa.Identity())
    op.alter_column('t', 'c', server_default=sa.Identity(minvalue=1, cycle=True), existing_server_default=sa.Identity(maxvalue=5, cache=2))
    op.alter_column('t', 'c', server_default=None, existing_server_default=sa.Identity())
    op.alter_column('t', 'c', server_default='x', existing_server_default=sa.Identity())
    op.alter_column('t', 'c', server_default=sa.Identity(), existing_server_default=sa.text('1'))
    op.alter_column('t', 'c', server_default=sa.Computed('a'))
    op.alter_column('t', 'c', server_default=None, existing_server_default=sa.Computed('a'))
    op.alter_column('t', 'c', server_default='x', existing_server_default='y', existing_nullable=True, existing_comment='z')
    op.alter_column('t', 'c', server_default=sa.text("nextval('s')"))
    op.alter_column('t', 'c', server_default=sa.Sequence('s').next_value())
    op.alter_column('t', 'c', comment='x')
    op.alter_column('t', 'c', comment=None, existing_comment='x', schema='s')
    op.alter_column('t', 'c', comment='')
    op.alter_column('t', 'c', comment=False)
    op.alter_column('t', 'c', new_column_name='D', nullable=False, type_=sa.Text(), server_default='x', comment='y')
    op.alter_column('t', 'c', autoincrement=True)
    op.alter_column('t', 'c', existing_type=sa.Text())
    op.alter_column('t', 'c', type_=sa.ARRAY(sa.Enum('a', name='e')))
    op.execute(sa.schema.CreateSequence(sa.Sequence('s')))
    op.execute(sa.schema.CreateSequence(sa.Sequence('s', start=5, increment=2, minvalue=1, maxvalue=9, cycle=True, cache=3, schema='S')))
    op.execute(sa.schema.CreateSequence(sa.Sequence('s', data_type=sa.BigInteger)))
    op.execute(sa.schema.CreateSequence(sa.Sequence('s', data_type=sa.SmallInteger, nominvalue=True, nomaxvalue=True)))
    op.execute(sa.schema.DropSequence(sa.Sequence('S')))
    op.execute(sa.schema.CreateSchema('S'))
    op.execute(sa.schema.DropSchema('s', cascade=True))
    op.execute(sa.schema.CreateSchema('s', if_not_exists=True))
    op.execute(sa.schema.CreateTable(sa.Table('t', sa.MetaData(), sa.Column('a', sa.Integer, primary_key=True), sa.Column('b', sa.Integer, index=True))))
    op.execute(sa.schema.DropTable(sa.Table('t', sa.MetaData(), schema='s')))
    op.execute(sa.schema.CreateIndex(sa.Index('i', sa.Table('t', sa.MetaData(), sa.Column('a', sa.Integer)).c.a)))
    sa.Enum('a', 'b', name='e').create(op.get_bind())
    sa.Enum('a', 'b', name='e').create(op.get_bind(), checkfirst=True)
    sa.Enum('a', 'b', name='e', schema='S').create(op.get_bind(), checkfirst=False)
    sa.Enum('a', name='e', native_enum=False).create(op.get_bind())
    sa.Enum(name='e').drop(op.get_bind())
    sa.Enum('a', name='e').drop(op.get_bind(), checkfirst=True)
    postgresql.ENUM('a', name='e').create(op.get_bind())
    postgresql.ENUM('a', name='e', create_type=False).create(op.get_bind(), checkfirst=True)
    postgresql.ENUM(name='e').drop(op.get_bind())
    sa.Sequence('s').create(op.get_bind())
    sa.Sequence('s', start=2).create(op.get_bind(), checkfirst=True)
    sa.Sequence('s').drop(op.get_bind(), checkfirst=False)
    sa.Table('t', sa.MetaData(), sa.Column('a', sa.Integer)).create(op.get_bind())
    sa.Table('t', sa.MetaData(), sa.Column('a', sa.Integer)).drop(op.get_bind())
    sa.Table('t', sa.MetaData(), sa.Column('a', sa.Integer)).create(op.get_bind(), checkfirst=True)
    sa.Table('t', sa.MetaData(), sa.Column('a', sa.Enum('x', name='e'))).create(op.get_bind(), checkfirst=True)
    sa.Table('t', sa.MetaData(), sa.Column('a', sa.Enum('x', name='e'))).drop(op.get_bind())
    op.create_table('t', sa.Column('a', sa.Enum('x', name='e'))); sa.Table('u', sa.MetaData(), sa.Column('a', sa.Enum('x', name='e'))).create(op.get_bind())
    sa.Table('u', sa.MetaData(), sa.Column('a', sa.Enum('x', name='e'))).create(op.get_bind()); op.create_table('t', sa.Column('a', sa.Enum('x', name='e')))
    sa.Table('u', sa.MetaData(), sa.Column('a', sa.Integer, index=True, comment='c'), comment='d').create(op.get_bind())
    op.create_table('t', sa.Column('a', postgresql.DOMAIN('e', sa.Integer)), sa.Column('b', postgresql.DOMAIN('e', sa.Integer)), sa.Column('c', sa.Enum('x', name='e')))
    op.create_table('t', sa.Column('a', postgresql.DOMAIN('D', sa.String(5), create_type=False, check=sa.text('length(VALUE) > 1'), default="it's", schema='S')))
    postgresql.DOMAIN('D', sa.String(5), check="VALUE <> ''", default="it's", schema='S', collation='C', constraint_name='Ck', not_null=True).create(op.get_bind())
    postgresql.DOMAIN('d', sa.Integer).drop(op.get_bind())
    op.create_table('t', sa.Column('a', sa.Enum('x', name='e')), schema='s'); op.create_table('u', sa.Column('a', sa.Enum('x', name='e', schema='s')))
    op.create_table('t', sa.Column('a', sa.Text(), sa.Computed("lower(b)", persisted=True), nullable=False), if_not_exists=True)
    op.drop_table('t', if_exists=True)
    op.drop_column('t', 'a', if_exists=True)
    op.add_column('t', sa.Column('a', sa.Integer, primary_key=True), inline_primary_key=True)
    op.add_column('t', sa.Column('a', sa.Integer, sa.ForeignKey('S.r.id', name='fk', ondelete='CASCADE')), inline_references=True, if_not_exists=True)
    op.create_index('i', 't', ['a'], if_not_exists=True, postgresql_concurrently=True)
    op.drop_index('i', 't', if_exists=True, postgresql_concurrently=True)
    op.drop_constraint('c', 't', type_='unique', if_exists=True)
    op.drop_constraint('c', 't', type_='unique', if_exists=False)
    op.execute("UPDATE t SET a = 'x:y' WHERE b LIKE '50%'")
    op.execute(sa.text("UPDATE t SET a = :v WHERE b LIKE '50%'").bindparams(v="it's"))
    op.get_bind().execute(sa.text('SELECT 1'))
    op.execute('not SQL at all')
    op.create_table('t', sa.Column('a', sa.Enum('x', name='e'))); op.create_table('u', sa.Column('a', sa.Enum('x', name='e')))
    op.create_table('t', sa.Column('a', sa.Enum('x', name='e'))); op.drop_table('t'); op.create_table('t', sa.Column('a', sa.Enum('x', name='e')))
    sa.Enum('x', name='e').create(op.get_bind()); op.create_table('t', sa.Column('a', sa.Enum('x', name='e')))
    sa.Enum('x', name='e').create(op.get_bind(), checkfirst=False); op.create_table('t', sa.Column('a', postgresql.ENUM('x', name='e', create_type=False)))
    op.add_column('t', sa.Column('a', sa.Enum('x', name='e'))); op.create_table('u', sa.Column('a', sa.Enum('x', name='e')))
    op.create_table('t', sa.Column('a', sa.Enum('x', name='e'))); sa.Enum(name='e').drop(op.get_bind()); op.create_table('u', sa.Column('a', sa.Enum('x', name='e')))
    op.add_column('t', sa.Column('a', sa.Integer, sa.ForeignKey('r.id'))); op.drop_column('t', 'a')
    op.add_column('t', sa.Column('a', sa.Integer, unique=True, index=True), schema='s')
    op.add_column('t', sa.Column('a', sa.Integer, sa.ForeignKey('t.id')))
    op.add_column('t', sa.Column('a', sa.Integer, comment='x'), schema='a.b')
    op.add_column('t', sa.Column('a', sa.Boolean(create_constraint=True), nullable=False, server_default=sa.false()))
    op.add_column('t', sa.Column('a', sa.Boolean(create_constraint=True), nullable=False, server_default=sa.sql.expression.false()))
    op.batch_alter_table('t')
    with op.batch_alter_table('t', schema='s') as b: b.add_column(sa.Column('x', sa.Integer)); b.create_index('i', ['x'])
    with op.batch_alter_table('t') as b: b.create_index(b.f('i'), ['x'], unique=True); b.drop_index('j')
""".strip().splitlines()

CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

HEADER = """import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql, sqlite

revision = "{}"
down_revision = None


def upgrade():
    {}
"""


def bodies():
    for text in TYPES:
        yield f"op.create_table('t', sa.Column('a', {text}))"
        yield f"op.add_column('t', sa.Column('a', {text}, nullable=False))"
        yield f"op.alter_column('t', 'a', type_={text})"
    for text in DEFAULTS:
        yield f"op.create_table('t', sa.Column('a', sa.Integer, server_default={text.strip()}))"
        yield f"op.add_column('t', sa.Column('a', sa.Text, nullable=False, server_default={text.strip()}))"
        yield f"op.alter_column('t', 'a', server_default={text.strip()})"
    for text in COLUMNS:
        yield f"op.create_table('t', sa.Column({text.strip()}))"
        yield f"op.add_column('t', sa.Column({text.strip()}))"
    for text in TABLES:
        yield f"op.create_table('t', {text.strip()})"
    for text in INDEXES:
        yield f"op.create_index({text.strip()})"
    for text in OPERATIONS:
        yield text.strip()


def write_revisions(versions):
    versions.mkdir()
    files = []
    for body in bodies():
        files.append(versions / f"r{len(files)}.py")
        files[-1].write_text(HEADER.format(files[-1].stem, body))
    return files
