import { readFileSync } from 'node:fs'
import { DataTypes, type Sequelize } from 'sequelize'
import { describe, expect, test } from 'vitest'
import { describeEngines, type Engine, withDatabase } from '../../../support/engines/index.js'
import { failure, rowsOf } from '../../support.js'
import { contentsOf, given, step } from './support.js'

const isSqlite = (engine: Engine): boolean => engine.dialect === 'sqlite'

const features: readonly { readonly id: string; readonly what: string; readonly sql: readonly string[] }[] =
  JSON.parse(readFileSync(new URL('./preserve.json', import.meta.url), 'utf8'))

const withFresh = (
  engine: Engine,
  foreignKeys: boolean,
  use: (sequelize: Sequelize) => Promise<void>,
): Promise<void> => withDatabase(engine, (database) => use(database.connect({ foreignKeys } as object)))

describeEngines(
  'a rebuild on SQLite',
  (engine) => {
    describe.each([true, false])('with foreign keys %s', (foreignKeys) => {
      test.each(features)('keeps $what ($id)', ({ sql }) =>
        withFresh(engine, foreignKeys, async (sequelize) => {
          await given(sequelize, ...sql)
          const [first] = await rowsOf(sequelize, "SELECT type FROM pragma_table_info('t') WHERE name = 'id'")
          const isText = first?.['type'] === 'TEXT'
          await given(
            sequelize,
            `INSERT INTO t (id, z) VALUES (${isText ? "'a'" : 7}, 1), (${isText ? "'b'" : 9}, 2)`,
          )
          const before = await contentsOf(sequelize)
          await step(sequelize, (op) => op.changeColumn('t', 'z', { type: DataTypes.BIGINT }))
          const after = await contentsOf(sequelize)
          const wanted = before.objects['table t']?.replace('z INTEGER', 'z BIGINT')
          expect(after).toEqual({ ...before, objects: { ...before.objects, 'table t': wanted } })
          expect(await rowsOf(sequelize, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
        }),
      )

      test.each(['CASCADE', 'SET NULL', 'SET DEFAULT', 'NO ACTION', 'RESTRICT'])(
        'keeps the rows of a child ON DELETE %s, and the key goes on to work',
        (action) =>
          withFresh(engine, foreignKeys, async (sequelize) => {
            await given(
              sequelize,
              'CREATE TABLE t (id INTEGER PRIMARY KEY, z INTEGER)',
              `CREATE TABLE kid (id INTEGER PRIMARY KEY, tid INTEGER REFERENCES t ON DELETE ${action})`,
              `CREATE TABLE kid2 (id INTEGER PRIMARY KEY, tid INTEGER, FOREIGN KEY (tid) REFERENCES "t" (id) ON DELETE ${action} DEFERRABLE INITIALLY DEFERRED)`,
              'CREATE VIEW v AS SELECT id, z FROM t',
              'INSERT INTO t VALUES (1, 1), (2, 2)',
              'INSERT INTO kid VALUES (1, 1), (2, 2)',
              'INSERT INTO kid2 VALUES (1, 1), (2, 2)',
            )
            const before = await contentsOf(sequelize)
            await step(sequelize, (op) => op.changeColumn('t', 'z', { type: 'BIGINT' } as never))
            const after = await contentsOf(sequelize)
            expect(after.rows).toEqual(before.rows)
            expect(after.objects).toEqual({
              ...before.objects,
              'table t': 'CREATE TABLE t (id INTEGER PRIMARY KEY, z BIGINT)',
            })
            await step(sequelize, async (op) => {
              const gone = op.sequelize.query('DELETE FROM t WHERE id = 2')
              if (foreignKeys && /NO ACTION|RESTRICT/u.test(action) && action === 'RESTRICT') {
                expect((await failure(gone)).message).toContain('FOREIGN KEY')
              } else if (foreignKeys && action === 'NO ACTION') {
                expect((await failure(gone)).message).toContain('FOREIGN KEY')
              } else await gone
            })
            const left = await rowsOf(sequelize, 'SELECT count(*) AS n, count(tid) AS m FROM kid')
            const wanted = !foreignKeys
              ? [2, 2]
              : { CASCADE: [1, 1], 'SET NULL': [2, 1], 'SET DEFAULT': [2, 1] }[action]
            expect([left[0]?.['n'], left[0]?.['m']]).toEqual(wanted ?? [2, 2])
            expect(await rowsOf(sequelize, 'SELECT * FROM v ORDER BY id')).toHaveLength(
              foreignKeys && /NO ACTION|RESTRICT/u.test(action) ? 2 : 1,
            )
          }),
      )

      test('acts on deletes of the same step, before and after it', () =>
        withFresh(engine, foreignKeys, async (sequelize) => {
          await given(
            sequelize,
            'CREATE TABLE t (id INTEGER PRIMARY KEY, z INTEGER)',
            'CREATE TABLE kid (id INTEGER PRIMARY KEY, tid INTEGER REFERENCES t ON DELETE CASCADE)',
            'INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)',
            'INSERT INTO kid VALUES (1, 1), (2, 2), (3, 3)',
          )
          await step(sequelize, async (op) => {
            await op.sequelize.query('DELETE FROM t WHERE id = 1')
            await op.changeColumn('t', 'z', { type: 'TEXT' } as never)
            await op.sequelize.query('DELETE FROM t WHERE id = 2')
          })
          const left = await rowsOf(sequelize, 'SELECT id FROM kid ORDER BY id')
          expect(left.map(({ id }) => id)).toEqual(foreignKeys ? [3] : [1, 2, 3])
          const [pragma] = await rowsOf(sequelize, 'PRAGMA foreign_keys')
          if (engine.isShared) expect(pragma).toEqual({ foreign_keys: foreignKeys ? 1 : 0 })
        }))

      test('keeps everything at once, to the letter', () =>
        withFresh(engine, foreignKeys, async (sequelize) => {
          await given(
            sequelize,
            'CREATE TABLE p (id INTEGER PRIMARY KEY)',
            `CREATE TABLE "T a" (\n  "id" INTEGER PRIMARY KEY AUTOINCREMENT, -- the; key\n  [n m] TEXT COLLATE NOCASE DEFAULT 'it''s; "x"' UNIQUE ON CONFLICT REPLACE,\n  \`b\`\`q\` INT NOT NULL DEFAULT (1 + 1) CHECK (\`b\`\`q\` > 0 /* , */),\n  boss INTEGER REFERENCES "T a" (id) ON DELETE RESTRICT,\n  pid INTEGER CONSTRAINT fk REFERENCES p ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,\n  g INT AS (\`b\`\`q\` + 1) STORED, h AS (g + 1), z INTEGER,\n  at TEXT DEFAULT CURRENT_TIMESTAMP,\n  CONSTRAINT "odd, name" CHECK ("T a".z <> 99), UNIQUE (boss, z)\n)`,
            'CREATE TABLE log (word TEXT)',
            'CREATE TABLE kid (id INTEGER PRIMARY KEY, tid INTEGER REFERENCES "T a" ON DELETE CASCADE, word TEXT REFERENCES "T a" ([n m]))',
            'CREATE INDEX "i 1" ON "T a" (lower([n m]), z DESC) WHERE z > 5',
            'CREATE INDEX "i;(3" ON "T a" (boss) WHERE "T a".z > 5',
            'CREATE UNIQUE INDEX i2 ON "T a" (z COLLATE NOCASE)',
            `CREATE TRIGGER g AFTER INSERT ON "T a" WHEN new.z > 0 BEGIN INSERT INTO log VALUES ('a;b'); UPDATE "T a" SET z = z; END`,
            `CREATE TRIGGER g2 AFTER INSERT ON log BEGIN UPDATE "T a" SET z = z WHERE id = 1; END`,
            'CREATE VIEW v AS SELECT "n m", z FROM "T a"',
            'CREATE VIEW broken AS SELECT * FROM nowhere',
            'CREATE TRIGGER g3 INSTEAD OF INSERT ON v BEGIN INSERT INTO "T a" (z) VALUES (new.z); END',
            'INSERT INTO p VALUES (1)',
            `INSERT INTO "T a" (id, "n m", boss, pid, z) VALUES (1, 'a', NULL, 1, 3), (2, 'b', 1, 1, 6), (50, 'c', 1, 1, 7)`,
            'DELETE FROM "T a" WHERE id = 50',
            "INSERT INTO kid VALUES (1, 1, 'a'), (2, 2, 'b')",
            'ANALYZE',
          )
          const before = await contentsOf(sequelize)
          const statistics = await rowsOf(
            sequelize,
            "SELECT * FROM sqlite_stat1 WHERE idx IS NOT 'i;(3' ORDER BY 1, 2, 3",
          )
          await step(sequelize, (op) =>
            op.changeColumn('T a', 'z', { type: 'BIGINT', allowNull: false } as never),
          )
          const after = await contentsOf(sequelize)
          const wanted = before.objects['table T a']?.replace('z INTEGER', 'z BIGINT NOT NULL')
          expect(after).toEqual({ ...before, objects: { ...before.objects, 'table T a': wanted } })
          expect(
            await rowsOf(sequelize, "SELECT * FROM sqlite_stat1 WHERE idx IS NOT 'i;(3' ORDER BY 1, 2, 3"),
          ).toEqual(statistics)
          expect(await rowsOf(sequelize, 'PRAGMA foreign_key_check')).toEqual([])
          expect(await rowsOf(sequelize, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
          for (const pragma of ['legacy_alter_table', 'writable_schema', 'ignore_check_constraints'])
            expect(Object.values((await rowsOf(sequelize, `PRAGMA ${pragma}`))[0] ?? {})).toEqual([0])
        }))

      test('leaves a failed step as it was, and the second run succeeds', () =>
        withFresh(engine, foreignKeys, async (sequelize) => {
          await given(
            sequelize,
            'CREATE TABLE t (id INTEGER PRIMARY KEY, z INTEGER)',
            'CREATE TABLE kid (id INTEGER PRIMARY KEY, tid INTEGER REFERENCES t ON DELETE CASCADE)',
            'INSERT INTO t VALUES (1, 1)',
            'INSERT INTO kid VALUES (1, 1)',
          )
          const before = await contentsOf(sequelize)
          const change = { type: 'TEXT', allowNull: false } as never
          await failure(
            step(sequelize, async (op) => {
              await op.changeColumn('t', 'z', change)
              throw new Error('at the end')
            }),
          )
          expect(await contentsOf(sequelize)).toEqual(before)
          await given(sequelize, 'INSERT INTO t VALUES (2, NULL)', 'DELETE FROM t WHERE id = 2')
          await failure(
            step(sequelize, async (op) => {
              await op.changeColumn('t', 'z', { allowNull: false } as never)
              throw new Error('at the end')
            }),
          )
          expect(await contentsOf(sequelize)).toEqual(before)
          await given(sequelize, 'INSERT INTO t VALUES (2, NULL)', 'DELETE FROM t WHERE id = 2')
          await step(sequelize, (op) => op.changeColumn('t', 'z', change))
          const after = await contentsOf(sequelize)
          expect(after.objects['table t']).toBe('CREATE TABLE t (id INTEGER PRIMARY KEY, z TEXT NOT NULL)')
          expect(after.rows['kid']).toEqual(before.rows['kid'])
        }))

      test('violations that were there before are kept, and blamed on nobody', () =>
        withFresh(engine, foreignKeys, async (sequelize) => {
          await given(
            sequelize,
            'PRAGMA foreign_keys = OFF',
            'CREATE TABLE t (id INTEGER PRIMARY KEY, boss INTEGER REFERENCES t, z INTEGER CHECK (z > 0))',
            'CREATE TABLE kid (id INTEGER PRIMARY KEY, tid INTEGER REFERENCES t ON DELETE CASCADE)',
            'PRAGMA ignore_check_constraints = ON',
            'INSERT INTO t VALUES (1, 77, -1)',
            'INSERT INTO kid VALUES (1, 88)',
            'PRAGMA ignore_check_constraints = OFF',
            `PRAGMA foreign_keys = ${foreignKeys ? 'ON' : 'OFF'}`,
          )
          const before = await contentsOf(sequelize)
          await step(sequelize, (op) => op.changeColumn('t', 'z', { type: 'BIGINT' } as never))
          const after = await contentsOf(sequelize)
          expect(after.objects['table t']).toContain('z BIGINT CHECK (z > 0)')
          expect(after.rows).toEqual(before.rows)
        }))

      test.skipIf(!foreignKeys)('keys that wait for the end of the transaction still do', () =>
        withFresh(engine, foreignKeys, async (sequelize) => {
          await given(
            sequelize,
            'CREATE TABLE p (id INTEGER PRIMARY KEY)',
            'CREATE TABLE t (id INTEGER PRIMARY KEY, pid INTEGER REFERENCES p DEFERRABLE INITIALLY DEFERRED, z INTEGER)',
          )
          await step(sequelize, async (op) => {
            await op.sequelize.query('INSERT INTO t VALUES (1, 5, 1)')
            await op.changeColumn('t', 'z', { type: 'BIGINT' } as never)
            await op.sequelize.query('INSERT INTO p VALUES (5)')
          })
          const refused = await failure(
            step(sequelize, async (op) => {
              await op.sequelize.query('INSERT INTO t VALUES (2, 6, 1)')
              await op.changeColumn('t', 'z', { type: 'TEXT' } as never)
            }),
          )
          expect(refused.message).toContain('FOREIGN KEY')
          expect(await rowsOf(sequelize, 'SELECT id FROM t')).toEqual([{ id: 1 }])
        }),
      )
    })
  },
  isSqlite,
)
