import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Sequelize } from 'sequelize'
import { createMigrator } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import {
  type MigrationSpan,
  type MigrationTracer,
  traceMigrations,
} from '../../examples/opentelemetry/trace-migrations.js'
import { failure, revisionOf } from './support.js'

interface Recorded extends MigrationSpan {
  readonly name: string
  readonly parent: string | undefined
  readonly attributes: Record<string, unknown>
  status: number
  exceptions: number
  times: readonly [start: number | undefined, end: number | undefined] | undefined
}

/** A tracer that remembers, of the interface of `@opentelemetry/api`. */
const recordingTracer = (): MigrationTracer<Recorded> & { readonly spans: Recorded[] } => {
  const spans: Recorded[] = []
  return {
    spans,
    startSpan: (name, { startTime, attributes = {} } = {}, parent) => {
      const span: Recorded = {
        ...{ name, parent: parent?.name, attributes: { ...attributes }, status: 0, exceptions: 0 },
        times: undefined,
        setAttribute: (key, value) => {
          span.attributes[key] = value
        },
        setStatus: ({ code }) => {
          span.status = code
        },
        recordException: () => {
          span.exceptions += 1
        },
        end: (endTime) => {
          span.times = [startTime, endTime]
        },
      }
      spans.push(span)
      return span
    },
  }
}

const migrations = [
  revisionOf('a', null, async ({ context: op }) => {
    await op.sequelize.query('CREATE TABLE a (x INTEGER)')
    await op.sequelize.query('INSERT INTO a VALUES (1), (2)')
  }),
  revisionOf('b', 'a', async ({ context: op }) => {
    await op.sequelize.query('DROP TABLE nowhere')
  }),
]

test('the example turns verbs, steps and statements into spans, each in the one above it', async () => {
  const sequelize = new Sequelize('sqlite::memory:', { logging: false })
  const migrator = createMigrator({ sequelize, baseline: false, migrations })
  const tracer = recordingTracer()
  const stop = traceMigrations(migrator, tracer, { inside: (span) => span as Recorded })
  await failure(migrator.up())
  expect(tracer.spans.map(({ name, parent, status }) => [name, parent, status])).toEqual([
    ['sm2kit up', undefined, 2],
    ['migrate up a', 'sm2kit up', 0],
    ['CREATE TABLE', 'migrate up a', 0],
    ['INSERT', 'migrate up a', 0],
    ['migrate up b', 'sm2kit up', 2],
    ['DROP TABLE', 'migrate up b', 2],
  ])
  expect(tracer.spans.every(({ times }) => times !== undefined)).toBe(true)
  expect(tracer.spans[1]?.attributes).toEqual({
    'sm2kit.name': 'a',
    'sm2kit.direction': 'up',
    'sm2kit.revision': 'a',
    'sm2kit.statements': 2,
    'sm2kit.rows': 2,
  })
  expect(tracer.spans[3]?.attributes).toEqual({
    'db.operation.name': 'INSERT',
    'db.query.text': 'INSERT INTO a VALUES (?), (?)',
    'sm2kit.rows': 2,
  })
  const [start = 0, end = 0] = tracer.spans[3]?.times ?? []
  expect(end).toBeGreaterThanOrEqual(start)
  expect(tracer.spans[4]?.exceptions).toBe(1)
  stop()
  const before = tracer.spans.length
  await migrator.current()
  expect(tracer.spans).toHaveLength(before)
  await sequelize.close()
})

test('a run in one transaction that is taken back ends the spans of its steps as failed', async () => {
  const sequelize = new Sequelize('sqlite::memory:', { logging: false })
  const migrator = createMigrator({ sequelize, baseline: false, migrations, transaction: 'run' })
  const tracer = recordingTracer()
  traceMigrations(migrator, tracer, { inside: (span) => span as Recorded })
  await failure(migrator.up())
  expect(tracer.spans.filter(({ name }) => name.startsWith('migrate')).map(({ status }) => status)).toEqual([
    2, 2,
  ])
  expect(tracer.spans.every(({ times }) => times !== undefined)).toBe(true)
  await sequelize.close()
})

test('the example runs', async () => {
  const main = fileURLToPath(new URL('../../examples/opentelemetry/main.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', main])
  expect(stdout).toMatch(/^ {4}CREATE TABLE CREATE TABLE IF NOT EXISTS `sm2_cards`/u)
  expect(stdout).toMatch(/^ {2}migrate up f3e3ac684f8e 4$/mu)
  expect(stdout).toMatch(/\nsm2kit up\n$/u)
})
