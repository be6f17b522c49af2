import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeEngines, withDatabase } from '../../../support/engines/index.js'
import { rowsOf, runs } from '../../support.js'
import { columnsSql, makeChanges, randomTable, valuesSql } from './random-table.js'
import { contentsOf, given, step } from './support.js'

describeEngines(
  'random changes of random tables on SQLite',
  (engine) => {
    test('keep rows, child rows and every other object, or change nothing', async () => {
      let made = 0
      let refused = 0
      const property = fc.asyncProperty(
        randomTable,
        fc.boolean(),
        fc.boolean(),
        async ({ columns, statements, changes }, foreignKeys, isTogether) =>
          withDatabase(engine, async (database) => {
            const sequelize = database.connect({ foreignKeys } as object)
            await given(sequelize, 'PRAGMA foreign_keys = OFF', ...statements)
            await given(sequelize, `PRAGMA foreign_keys = ${foreignKeys ? 'ON' : 'OFF'}`)
            const before = await contentsOf(sequelize)
            const violations = await rowsOf(sequelize, 'SELECT count(*) AS n FROM pragma_foreign_key_check')
            const about = new Set(changes.flatMap((change) => change.about))
            const untouched = columns.filter(({ name }) => !about.has(name))
            // A generated column is computed from `a`: where that has another type, it has other values.
            const compared = untouched
              .filter(({ isGenerated }) => !(isGenerated && about.has('a')))
              .map(({ name }) => name)
            const values = await rowsOf(
              sequelize,
              valuesSql(compared).replace('ORDER BY id', about.has('id') ? 'ORDER BY 1' : 'ORDER BY id'),
            )

            const error: unknown = await step(sequelize, (op) => makeChanges(op, changes, isTogether)).then(
              () => undefined,
              (reason: unknown) => reason,
            )

            const after = await contentsOf(sequelize)
            for (const pragma of ['legacy_alter_table', 'writable_schema'])
              expect(Object.values((await rowsOf(sequelize, `PRAGMA ${pragma}`))[0] ?? {})).toEqual([0])
            if (error !== undefined) {
              refused += 1
              expect(['UNSAFE_OPERATION', 'STEP_FAILED']).toContain((error as { code?: unknown }).code)
              expect(after).toEqual(before)
              return
            }
            made += 1
            const { t: _rows, ...otherRows } = before.rows
            const { t: rowsAfter, ...otherRowsAfter } = after.rows
            expect(otherRowsAfter).toEqual(otherRows)
            expect(rowsAfter).toHaveLength(before.rows['t']?.length ?? 0)
            expect(after.sequence).toEqual(before.sequence)
            const { 'table t': _text, 'index i1': index, ...otherObjects } = before.objects
            const { 'table t': textAfter = '', 'index i1': indexAfter, ...otherObjectsAfter } = after.objects
            expect(otherObjectsAfter).toEqual(otherObjects)
            // An index goes along with the one column that it is about.
            if (indexAfter !== undefined || !changes.some(({ describe }) => describe.startsWith('remove')))
              expect(indexAfter).toBe(index)
            for (const { sql } of untouched) expect(textAfter).toContain(sql.trim())
            const names = (await rowsOf(sequelize, columnsSql)).map(({ name }) => name)
            expect(names.filter((name) => untouched.some((column) => column.name === name))).toEqual(
              untouched.map(({ name }) => name),
            )
            expect(
              await rowsOf(
                sequelize,
                valuesSql(compared).replace('ORDER BY id', about.has('id') ? 'ORDER BY 1' : 'ORDER BY id'),
              ),
            ).toEqual(values)
            // A key that is taken away breaks nothing any more.
            const [broken] = await rowsOf(sequelize, 'SELECT count(*) AS n FROM pragma_foreign_key_check')
            expect(Number(broken?.['n'])).toBeLessThanOrEqual(Number(violations[0]?.['n']))
            expect(await rowsOf(sequelize, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
          }),
      )
      const seed = Number(process.env['SM2KIT_TEST_SEED'] ?? Date.now() % 1_000_000)
      await fc.assert(property, { ...runs(30, 2_000), seed, endOnFailure: true })
      console.log(`${engine.name}: ${made} made, ${refused} refused (SM2KIT_TEST_SEED=${seed})`)
      expect(made).toBeGreaterThan(0)
    }, 7_200_000)
  },
  (engine) => engine.dialect === 'sqlite',
)
