import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  assertionsIn,
  documented,
  guideExamples,
  root,
  runExample,
  sourceExamples,
} from './support/run-examples.js'

/** Guides whose blocks are revision files; each block is run by zero-downtime.contract.test.ts, on every engine. */
const elsewhere = /^docs[\\/]zero-downtime\.md:/u

const examples = [...sourceExamples(), ...guideExamples()].filter(({ place }) => !elsewhere.test(place))
const runnable = examples.filter(({ flags }) => flags === '')

// The blocks that do not run, by file and first line, each with its reason. A block that is not named here runs.
const notRun: Readonly<Record<string, string>> = {
  'README.md: // migrations/20260301120000_add_stars.ts: no build needed':
    'a revision file, which the migrator runs',
  'docs/cli.md: // sm2kit.config.ts: no build needed': 'a config, which the command line reads',
  "docs/from-alembic.md: import { DataTypes } from 'sequelize'": 'a revision file, which the migrator runs',
  "docs/from-sequelize-cli.md: const migrator = createMigrator({ sequelize, migrations: './migrations' })":
    'a host that was there before; adopt.contract.test.ts takes one over',
  "docs/observability.md: migrator.on('statement', (event) => console.info(JSON.stringify(event)))":
    'a line of a host; observability.contract.test.ts listens',
  "docs/observability.md: import { context, type Span, trace } from '@opentelemetry/api'":
    'a package of the host; opentelemetry.test.ts has the real packages',
  "docs/squash.md: const written = await migrator.squash('51b0:8c1d', { message: 'first year' })":
    'squash.contract.test.ts writes one',
  "docs/squash.md: export const revision = '4be1c09d7a52'":
    'a file in outline; squash.contract.test.ts reads one',
  'docs/before-production.md: // edited: migrations/20261126120000_words_have_a_language.ts':
    'a file that tutorial.test.ts writes',
  'docs/before-production.md: // models.ts': 'a file that tutorial.test.ts writes',
  'docs/before-production.md: // sm2kit.config.ts': 'a file that tutorial.test.ts writes',
  'docs/tutorial.md: // migrations/20261126120000_add_new_field_to_my_model.ts':
    'a file that tutorial.test.ts compares',
  'docs/tutorial.md: // models.ts': 'a file that tutorial.test.ts writes',
  'docs/tutorial.md: // sm2kit.config.ts': 'a file that tutorial.test.ts writes',
  'docs/from-umzug.md: // before': 'a host that was there before; adopt.contract.test.ts takes one over',
}

describe('examples', () => {
  it.each(runnable)('$place is true', async (example) => {
    await runExample(example)
  })

  it('of the source assert something, each', () => {
    const silent = sourceExamples().filter(({ code, flags }) => flags === '' && assertionsIn(code) === 0)
    expect(silent.map(({ place }) => place)).toEqual([])
  })

  it('that do not run are named with a reason', () => {
    const skipped = examples.filter(({ flags }) => flags !== '')
    const names = skipped.map(({ place, code }) => `${place.replace(/:\d+$/, '')}: ${code.split('\n')[0]}`)
    for (const name of names) console.log(`does not run: ${name} (${notRun[name] ?? 'no reason is given'})`)
    expect([...new Set(skipped.map(({ flags }) => flags))].filter((flag) => flag !== 'no-run')).toEqual([])
    expect([...new Set(names)].sort()).toEqual(Object.keys(notRun).sort())
  })

  it('fail when they are not true', async () => {
    const broken = (code: string): Promise<unknown> =>
      runExample({ place: 'here', flags: '', code }).then(
        () => 'passed',
        (error: unknown) => (error instanceof Error ? error.name : error),
      )
    expect(await broken('1 + 1 // => 2')).toBe('passed')
    expect(await broken('1 + 1 // => 3')).toBe('AssertionError')
    expect(await broken('const x = [1, { a: 2 }] // => [1, { a: 2 }]')).toBe('passed')
    expect(await broken('const x = [1, { a: 2 }] // => [1, { a: 3 }]')).toBe('AssertionError')
    expect(await broken('await Promise.resolve(4) // => 4')).toBe('passed')
    expect(await broken("throw Object.assign(new Error('x'), { code: 'A' }) // throws A")).toBe('Error')
    expect(await broken("JSON.parse('{') // throws A")).toBe('AssertionError')
    expect(await broken('4 // throws A')).toBe('AssertionError')
    expect(await broken("import { isPass } from 'sm2kit/sm2'\nisPass(9 as 5) // throws INVALID_GRADE")).toBe(
      'passed',
    )
    expect(await broken('if (true) {\n  1 // => 2\n}')).toBe('AssertionError')
    expect(await broken('[1, // => 2\n  2]')).toBe('Error')
  })
})

const entries = ['sm2', 'migrator', 'cards', 'testing']
  .map((entry) => `src/${entry}/index.ts`)
  .filter((path) => existsSync(join(root, path)))

/** The entries whose types document each of their members. */
const membersToo = new Set(['src/sm2/index.ts'])

describe.each(entries)('every export of %s', (entry) => {
  const exported = documented(entry)

  it('has a docstring', () => {
    const bare = exported.filter(({ docstring }) => docstring === '')
    expect(bare.map(({ name, place }) => `${place} ${name}`)).toEqual([])
  })

  it.runIf(membersToo.has(entry))('has a docstring on each member', () => {
    const members = exported.flatMap(({ name, place, bareMembers }) =>
      bareMembers.map((member) => `${place} ${name}.${member}`),
    )
    expect(members).toEqual([])
  })

  it('that is a value has an example', () => {
    const without = exported.filter(
      ({ isValue, docstring }) => isValue && !/@example\s+(?:\*\s*)?```ts/.test(docstring),
    )
    expect(without.map(({ name, place }) => `${place} ${name}`)).toEqual([])
  })
})

it('every rule of a hazard has its place in docs/hazards.md, and each place is one', () => {
  const source = readFileSync(join(root, 'src/migrator/operations/hazard.ts'), 'utf8')
  const [, union = ''] = /HazardRule =([\s\S]*?)\n\n/u.exec(source) ?? []
  const rules = [...union.matchAll(/'([a-z-]+)'/gu)].map(([, rule]) => rule)
  const guide = readFileSync(join(root, 'docs/hazards.md'), 'utf8')
  const places = [...guide.matchAll(/^### `([a-z-]+)`$/gmu)].map(([, rule]) => rule)
  expect(rules.length).toBeGreaterThan(10)
  expect(places.sort()).toEqual(rules.sort())
})
