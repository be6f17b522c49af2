import { describe, expect, test } from 'vitest'
import { joinImports } from '../../../src/migrator/directory/inline-imports.js'
import { inlineModule } from '../../../src/migrator/directory/inline-module.js'
import { thrown } from '../support.js'

const inline = (source: string) => inlineModule(source, 'file.ts')

describe('a file as a part of another', () => {
  test('loses its header, its imports and its exports, and nothing else', () => {
    const { lines, exported, syntax, imports } = inline(`#!/usr/bin/env node
import { DataTypes, QueryTypes as Types } from 'sequelize'
import type { Migration } from "sm2kit/migrator";

// What it is for.
export const revision = 'a1'
export const downRevision: string | null = null;
export const branchLabels = ['one', 'two'] as const
export const transaction = false
export const message = 'used below'

interface Row { id: number }
export type Id = Row['id']
const text = \`first
  second \${message}
third\`

export const up: Migration = async ({ context: op }) => {
  await op.sequelize.query(text)
}
export async function down() {}
`)
    expect(syntax).toBe('esm')
    expect([...exported].sort()).toEqual(['down', 'message', 'up'])
    expect(imports.map(({ local }) => local)).toEqual(['DataTypes', 'Types', 'Migration'])
    // A text over several lines is not indented: its white space is a part of it.
    expect(lines.join('\n')).toBe(`  // What it is for.
  const message = 'used below'

  interface Row { id: number }
  type Id = Row['id']
  const text = \`first
  second \${message}
third\`

  const up: Migration = async ({ context: op }) => {
    await op.sequelize.query(text)
  }
  async function down() {}`)
  })

  test('of CommonJS keeps what it requires and exports', () => {
    const { lines, syntax } = inline(`'use strict'
const { DataTypes } = require('sequelize')
exports.revision = 'a1'
exports.replaces = ['x', 'y'];
exports.up = async ({ context }) => context.addColumn('a', 'export', DataTypes.STRING)
`)
    expect(syntax).toBe('commonjs')
    expect(lines).toEqual([
      "  'use strict'",
      "  const { DataTypes } = require('sequelize')",
      "  exports.up = async ({ context }) => context.addColumn('a', 'export', DataTypes.STRING)",
    ])
  })

  test('that exports one object by default exports it still', () => {
    const { lines, exported } = inline("export default {\n  up: async () => await import('./other.js'),\n}\n")
    expect([...exported]).toEqual(['default'])
    expect(lines[0]).toBe('  const exportedDefault = {')
  })

  test.each([
    ['export { up, down }'],
    ["export * from './other.js'"],
    ['export const { up, down } = make()'],
    ['export default function up() {}'],
    ["import data from './data.json' with { type: 'json' }"],
    ["import x = require('x')"],
  ])('is refused where it says %s', (source) => {
    expect(thrown(() => inline(source))).toMatchObject({ code: 'NOT_SQUASHABLE', subject: 'file.ts' })
  })
})

describe('imports of several files', () => {
  const join = (...sources: readonly string[]) => {
    const all = sources.map(inline)
    return joinImports(
      all.flatMap(({ imports }) => imports),
      all.flatMap(({ effects }) => effects),
    )
  }

  test('are each there once, as a value where one of them needs it', () => {
    expect(
      join(
        "import './setup.js'\nimport sequelize, { DataTypes } from 'sequelize'\nimport type { Op } from 'sequelize'",
        "import './setup.js'\nimport { Op, DataTypes, literal as sql } from 'sequelize'\nimport * as fs from 'node:fs'",
        "import { type Migration } from 'sm2kit/migrator'",
      ),
    ).toEqual({
      lines: [
        "import './setup.js'",
        "import sequelize from 'sequelize'",
        "import { DataTypes, Op, literal as sql } from 'sequelize'",
        "import * as fs from 'node:fs'",
        "import type { Migration } from 'sm2kit/migrator'",
      ],
    })
  })

  test('that mean different things by a name cannot be joined', () => {
    expect(join("import { table } from './a.js'", "import { table } from './b.js'")).toEqual({
      conflict: 'table',
    })
    expect(join("import { a as x } from './a.js'", "import { b as x } from './a.js'")).toEqual({
      conflict: 'x',
    })
  })
})
