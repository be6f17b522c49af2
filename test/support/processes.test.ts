import { QueryTypes } from 'sequelize'
import { describe, expect, test } from 'vitest'
import { childEnv, describeEngines, withDatabase } from './engines/index.js'
import { killAt, runProcesses } from './processes.js'

const script = new URL('./processes.script.ts', import.meta.url)

describeEngines(
  'child processes',
  (engine) => {
    // Twenty at once on one engine: each of them costs a third of a second of processor time to start.
    const count = engine.name === 'sqlite' ? 20 : 3

    test('work on one database at the same moment', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        await sequelize.query('CREATE TABLE arrivals (number INTEGER)')
        const results = await runProcesses({ script, count, env: childEnv(database) })

        expect(results.map(({ stderr }) => stderr)).toEqual(Array(count).fill(''))
        expect(results.map(({ exitCode }) => exitCode)).toEqual(Array(count).fill(0))
        const rows = await sequelize.query<{ number: number }>(
          'SELECT number FROM arrivals ORDER BY number',
          {
            type: QueryTypes.SELECT,
          },
        )
        expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: count }, (_, index) => index))
        const starts = results.map(({ stdout }) => Number(stdout))
        expect(Math.max(...starts) - Math.min(...starts)).toBeLessThan(2_000)
      }))
  },
  ({ isShared }) => isShared,
)

describe('a child process', () => {
  test('is killed after a delay, and what it wrote is kept', async () => {
    const { exitCode, signal, stdout } = await killAt({
      script: new URL('./processes-stay.script.ts', import.meta.url),
      from: 'barrier',
      delayMs: 300,
    })
    expect({ exitCode, signal, stdout }).toEqual({ exitCode: null, signal: 'SIGKILL', stdout: 'at work\n' })
  })

  test('that takes too long is killed and said to be late', async () => {
    const [result] = await runProcesses({
      script: new URL('./processes-stay.script.ts', import.meta.url),
      count: 1,
      timeoutMs: 500,
    })
    expect(result).toMatchObject({ signal: 'SIGKILL', timedOut: true })
  })

  test('that fails gives its exit code and its words', async () => {
    const [result] = await runProcesses({ script, count: 1, env: { SM2KIT_TEST_DATABASE: 'no JSON' } })
    expect(result).toMatchObject({ exitCode: 1, signal: null, timedOut: false })
    expect(result?.stderr).toContain('SyntaxError')
  })
})
