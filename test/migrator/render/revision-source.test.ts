import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { DataTypes } from 'sequelize'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { readHeader } from '../../../src/migrator/directory/header.js'
import { significantTokens } from '../../../src/migrator/directory/tokens.js'
import { renderLiteral } from '../../../src/migrator/render/literals.js'
import {
  REVISION_FORMATS,
  type RevisionSource,
  renderRevision,
  type SourceStyle,
  styleOf,
} from '../../../src/migrator/render/revision-source.js'
import { folderOf, native, runs } from '../support.js'

const { loadModule } = await native()
const root = fileURLToPath(new URL('../../..', import.meta.url))

const stars: RevisionSource = {
  revision: '8c1d0a5be2f7',
  message: 'add stars',
  downRevision: ['51b0c3d9a7e4'],
  up: 'empty',
  down: 'empty',
}

test('TypeScript reads like this', () => {
  expect(
    renderRevision(stars, styleOf('ts', 'commonjs')),
  ).toBe(`import type { Migration } from 'sm2kit/migrator'

export const revision = '8c1d0a5be2f7'
export const downRevision = '51b0c3d9a7e4'
export const message = 'add stars'

export const up: Migration = async ({ context: op }) => {
  // await op.addColumn(…)
}

export const down: Migration = async ({ context: op }) => {
  // What takes it back; without \`down\` the revision is irreversible.
}
`)
})

test('CommonJS reads like this, with everything that a revision can say', () => {
  const source: RevisionSource = {
    ...stars,
    downRevision: ['a1', 'b1'],
    dependsOn: ['f3e3ac684f8e'],
    branchLabels: ['billing'],
    constants: { transaction: false },
    up: ["await op.dropTable('notes')"],
    down: 'nothing',
    sequelizeNames: ['Sequelize', 'DataTypes'],
    comment: ['Why.'],
  }
  expect(renderRevision(source, styleOf('js', 'commonjs'))).toBe(`// Why.

const { DataTypes, Sequelize } = require('sequelize')

exports.revision = '8c1d0a5be2f7'
exports.downRevision = ['a1', 'b1']
exports.dependsOn = ['f3e3ac684f8e']
exports.branchLabels = ['billing']
exports.message = 'add stars'
exports.transaction = false

/** @param {import('sm2kit/migrator').MigrationParams} params */
exports.up = async ({ context: op }) => {
  await op.dropTable('notes')
}

exports.down = async () => {}
`)
})

test('each format has the modules of its extension, and .js those of the package', () => {
  const styles = REVISION_FORMATS.map((format) => {
    const { language, syntax } = styleOf(format, 'esm')
    return [format, language, syntax, styleOf(format, 'commonjs').syntax]
  })
  expect(styles).toEqual([
    ['ts', 'typescript', 'esm', 'esm'],
    ['mts', 'typescript', 'esm', 'esm'],
    ['cts', 'typescript', 'esm', 'esm'],
    ['js', 'javascript', 'esm', 'commonjs'],
    ['mjs', 'javascript', 'esm', 'esm'],
    ['cjs', 'javascript', 'commonjs', 'commonjs'],
  ])
})

const HOSTILE = [
  `it's "quoted" and \`ticked\``,
  'two\nlines',
  'with a return\r\nand a tab\t',
  'back\\slash \\u0041 \\',
  '*/ alert(1) /*',
  '// comment',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the case.
  '${process.exit(1)}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the case.
  '\'"${x}`',
  '<!-- --> ]]> </script>',
  '\0\u2028\u2029\ufeff\u202e\ud800 \udc00',
  '日本語 👩‍👧 ß e\u0301',
  'revision',
  'dependsOn',
  "'; throw new Error('no'); '",
  '',
  'x'.repeat(20_000),
]

describe('any message', () => {
  const message = fc.oneof(
    fc.constantFrom(...HOSTILE),
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom("'", '"', '`', '\\', '$', '{', '}', '\n', '\r', '/', '*', 'a', '\ud83d'),
    }),
  )
  const id = fc.string({
    unit: fc.constantFrom('a', '0', '_', "'", '"', '`', '\\', '$', '{', 'é', '.', '/'),
    minLength: 1,
    maxLength: 64,
  })
  const source = fc.record({
    revision: id,
    message,
    downRevision: fc.array(id, { maxLength: 3 }),
    dependsOn: fc.array(id, { maxLength: 2 }),
    branchLabels: fc.array(id, { maxLength: 2 }),
  })
  const expectedOf = (given: Omit<RevisionSource, 'up' | 'down'>) => ({
    revision: given.revision,
    downRevision: given.downRevision.length > 1 ? given.downRevision : (given.downRevision[0] ?? null),
    ...(given.dependsOn?.length === 0 ? {} : { dependsOn: given.dependsOn }),
    ...(given.branchLabels?.length === 0 ? {} : { branchLabels: given.branchLabels }),
    message: given.message,
  })

  const styles: readonly SourceStyle[] = [
    { language: 'typescript', syntax: 'esm' },
    { language: 'javascript', syntax: 'esm' },
    { language: 'javascript', syntax: 'commonjs' },
  ]
  test.each(styles)('and id gives a $language $syntax file that has it exactly', ({ language, syntax }) => {
    fc.assert(
      fc.property(source, (given) => {
        const text = renderRevision({ ...given, up: 'empty', down: 'empty' }, { language, syntax })
        // As a file is saved.
        const saved = Buffer.from(text, 'utf8').toString('utf8')
        const { outputText, diagnostics = [] } = ts.transpileModule(saved, {
          reportDiagnostics: true,
          compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
        })
        expect(diagnostics.map(({ messageText }) => messageText)).toEqual([])
        const exports: Record<string, unknown> = {}
        new Function('exports', outputText)(exports)
        const { up, down, ...names } = exports
        expect(names).toEqual(expectedOf(given))
        expect([typeof up, typeof down]).toEqual(['function', 'function'])

        const header = readHeader(significantTokens(saved))
        if (header.kind === 'static') expect(header.values).toEqual(expectedOf(given))
      }),
      runs(100, 1500),
    )
  })

  test('that needs no escape can be read without running the file', () => {
    for (const text of [
      'add stars',
      "it's",
      'say "hi"',
      `it's "so"`,
      'two\nlines',
      '日本語 👩‍👧',
      '*/ //',
      '${',
      '',
    ]) {
      const header = readHeader(
        significantTokens(renderRevision({ ...stars, message: text }, styleOf('ts', 'esm'))),
      )
      expect([text, header.kind]).toEqual([text, 'static'])
    }
  })

  test.each(REVISION_FORMATS)('is there when a .%s file is loaded from the disk', async (format) => {
    const folder = folderOf({})
    for (const [index, text] of HOSTILE.entries()) {
      const path = join(folder, `${index}.${format}`)
      writeFileSync(path, renderRevision({ ...stars, message: text }, styleOf(format, 'commonjs')))
      const module = await loadModule(path, path)
      expect(module['message']).toBe(text)
      expect(module['revision']).toBe(stars.revision)
    }
  })
})

test('what is written passes a strict compiler', () => {
  const folder = folderOf({})
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const attributes = {
    a: { type: DataTypes.STRING(40, true), allowNull: false },
    b: { type: DataTypes.CHAR({ binary: true }), unique: true },
    c: { type: DataTypes.INTEGER({ length: 5 }).UNSIGNED.ZEROFILL },
    d: { type: DataTypes.DECIMAL(10, 2), defaultValue: 1.5 },
    e: { type: DataTypes.ENUM('a', 'b') },
    f: { type: DataTypes.ARRAY(DataTypes.STRING(3)) },
    g: { type: DataTypes.RANGE(DataTypes.DATE) },
    h: { type: DataTypes.GEOMETRY('POINT', 4326) },
    i: { type: DataTypes.DATE(3), defaultValue: DataTypes.NOW },
    j: { type: DataTypes.FLOAT(5).UNSIGNED },
    k: { type: DataTypes.TEXT('tiny') },
    l: { type: DataTypes.BLOB('long'), defaultValue: Buffer.from('a') },
  }
  const { text } = renderLiteral(attributes, 2)
  const source: RevisionSource = {
    ...stars,
    up: [`await op.createTable('notes', ${text})`],
    down: ["await op.dropTable('notes')"],
    sequelizeNames: ['DataTypes'],
  }
  const files = REVISION_FORMATS.flatMap((format) => {
    const style = styleOf(format, 'commonjs')
    return [
      source,
      stars,
      { ...stars, downRevision: [], up: 'nothing', down: 'nothing' } satisfies RevisionSource,
    ].map((given, index) => {
      const path = join(folder, `${index}.${format}`)
      writeFileSync(path, renderRevision(given, style))
      return path
    })
  })
  const program = ts.createProgram(files, {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    allowJs: true,
    checkJs: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ['node'],
    typeRoots: [join(root, 'node_modules', '@types')],
    paths: { 'sm2kit/migrator': [join(root, 'src/migrator/index.ts')] },
  })
  const faults = ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => file !== undefined && files.includes(file.fileName))
    .map(
      ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    )
    // In CommonJS it takes every exported `null` for one.
    .filter((fault) => !fault.endsWith("Variable 'downRevision' implicitly has an 'any' type."))
  expect(faults).toEqual([])
})
