import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { context, type Span, SpanKind, trace } from '@opentelemetry/api'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { Sequelize } from 'sequelize'
import { createMigrator } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { type MigrationSpan, traceMigrations } from '../../examples/opentelemetry/trace-migrations.js'
import { failure, revisionOf } from './support.js'

/** A tracer of the real SDK, with an exporter that remembers. */
const recordingTracer = () => {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  return {
    tracer: provider.getTracer('sm2kit'),
    parents: { inside: (span: MigrationSpan) => trace.setSpan(context.active(), span as Span) },
    /** Those that have ended, in the order in which they began. */
    spans: () => {
      const spans = exporter.getFinishedSpans()
      const nameOf = new Map(spans.map((span) => [span.spanContext().spanId, span.name]))
      return spans
        .map((span) => ({
          ...{ name: span.name, status: span.status.code, attributes: span.attributes, kind: span.kind },
          parent: nameOf.get(span.parentSpanContext?.spanId ?? ''),
          exceptions: span.events.filter(({ name }) => name === 'exception').length,
          startMs: span.startTime[0] * 1e3 + span.startTime[1] / 1e6,
          endMs: span.endTime[0] * 1e3 + span.endTime[1] / 1e6,
        }))
        .sort((one, other) => one.startMs - other.startMs)
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
  const { tracer, parents, spans } = recordingTracer()
  const stop = traceMigrations(migrator, tracer, parents)
  const startedAt = Date.now()
  await failure(migrator.up())
  const found = spans()
  expect(found.map(({ name, parent, status }) => [name, parent, status])).toEqual([
    ['sm2kit up', undefined, 2],
    ['migrate up a', 'sm2kit up', 0],
    ['CREATE TABLE', 'migrate up a', 0],
    ['INSERT', 'migrate up a', 0],
    ['migrate up b', 'sm2kit up', 2],
    ['DROP TABLE', 'migrate up b', 2],
  ])
  expect(found[1]?.attributes).toEqual({
    'sm2kit.name': 'a',
    'sm2kit.direction': 'up',
    'sm2kit.revision': 'a',
    'sm2kit.statements': 2,
    'sm2kit.rows': 2,
  })
  expect(found[3]?.attributes).toEqual({
    'db.operation.name': 'INSERT',
    'db.query.text': 'INSERT INTO a VALUES (?), (?)',
    'sm2kit.rows': 2,
  })
  expect(found[3]?.kind).toBe(SpanKind.CLIENT)
  for (const { startMs, endMs } of found) {
    expect(startMs).toBeGreaterThanOrEqual(startedAt - 1)
    expect(endMs).toBeGreaterThanOrEqual(startMs)
    expect(endMs).toBeLessThanOrEqual(Date.now() + 1)
  }
  expect(found[4]?.exceptions).toBe(1)
  stop()
  await migrator.current()
  expect(spans()).toHaveLength(found.length)
  await sequelize.close()
})

test('a run in one transaction that is taken back ends the spans of its steps as failed', async () => {
  const sequelize = new Sequelize('sqlite::memory:', { logging: false })
  const migrator = createMigrator({ sequelize, baseline: false, migrations, transaction: 'run' })
  const { tracer, parents, spans } = recordingTracer()
  traceMigrations(migrator, tracer, parents)
  await failure(migrator.up())
  expect(
    spans()
      .filter(({ name }) => name.startsWith('migrate'))
      .map(({ status }) => status),
  ).toEqual([2, 2])
  expect(spans().map(({ name }) => name)).toContain('sm2kit up')
  await sequelize.close()
})

test('the example runs', async () => {
  const main = fileURLToPath(new URL('../../examples/opentelemetry/main.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', main])
  expect(stdout).toMatch(/^ {4}CREATE TABLE CREATE TABLE IF NOT EXISTS `sm2_cards`/u)
  expect(stdout).toMatch(/^ {2}migrate up f3e3ac684f8e 4$/mu)
  expect(stdout).toMatch(/\nsm2kit up\n$/u)
})
