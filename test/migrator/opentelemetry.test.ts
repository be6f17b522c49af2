import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { context, type Span, SpanKind, trace } from '@opentelemetry/api'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { Sequelize } from 'sequelize'
import { createMigrator } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { type MigrationSpan, traceMigrations } from '../../examples/opentelemetry/trace-migrations.js'
import { failure, revisionOf } from './support.js'

/** Nanoseconds since the epoch. */
const nanosecondsOf = ([seconds, nanoseconds]: readonly [number, number]): bigint =>
  BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds)

/** A tracer of the real SDK, with an exporter that remembers. */
const recordingTracer = () => {
  const exporter = new InMemorySpanExporter()
  const begun: string[] = []
  class RememberingOrder extends SimpleSpanProcessor {
    override onStart(span: ReadableSpan): void {
      begun.push(span.spanContext().spanId)
    }
  }
  const provider = new BasicTracerProvider({ spanProcessors: [new RememberingOrder(exporter)] })
  return {
    tracer: provider.getTracer('sm2kit'),
    parents: { inside: (span: MigrationSpan) => trace.setSpan(context.active(), span as Span) },
    /** Those that have ended, in the order in which the tracer was told of them. */
    spans: () => {
      const spanOf = new Map(exporter.getFinishedSpans().map((span) => [span.spanContext().spanId, span]))
      return begun
        .flatMap((id) => spanOf.get(id) ?? [])
        .map((span) => ({
          ...{ name: span.name, status: span.status.code, attributes: span.attributes, kind: span.kind },
          parent: spanOf.get(span.parentSpanContext?.spanId ?? '')?.name,
          exceptions: span.events.filter(({ name }) => name === 'exception').length,
          start: nanosecondsOf(span.startTime),
          end: nanosecondsOf(span.endTime),
        }))
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
  const around = {
    start: nanosecondsOf([0, (startedAt - 1) * 1e6]),
    end: nanosecondsOf([0, (Date.now() + 1) * 1e6]),
  }
  for (const { name, parent, start, end } of found) {
    const outer = found.find((span) => span.name === parent) ?? around
    expect(start, `${name} begins in ${parent}`).toBeGreaterThanOrEqual(outer.start)
    expect(end, `${name} ends after its start`).toBeGreaterThanOrEqual(start)
    expect(end, `${name} ends in ${parent}`).toBeLessThanOrEqual(outer.end)
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
