import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EngineDialect } from '../support/engines/index.js'
import { root } from '../support/run-examples.js'

/** A block of docs/zero-downtime.md: a revision, or what the application sends from then on. */
export type Block =
  | { readonly kind: 'revision'; readonly source: string; readonly engines: readonly EngineDialect[] }
  | { readonly kind: 'application'; readonly statements: readonly string[] }

/** A part of the page, with its blocks in order. */
export interface Recipe {
  readonly title: string
  readonly blocks: readonly Block[]
}

const ENGINES: Readonly<Record<string, EngineDialect>> = {
  PostgreSQL: 'postgres',
  MariaDB: 'mysql',
  MySQL: 'mysql',
  SQLite: 'sqlite',
}
const ALL = [...new Set(Object.values(ENGINES))]

const page = readFileSync(join(root, 'docs/zero-downtime.md'), 'utf8')

const [, seconds, secondsOnSqlite] =
  /waits for less than (\d+) seconds\*\* .*\(on SQLite, .*, less than (\d+)\)/u.exec(page) ?? []

/** What the page promises as the longest wait, in milliseconds. */
export const promisedMs = Number(seconds) * 1000

/** The same, where writers wait for each step. */
export const promisedOnSqliteMs = Number(secondsOnSqlite) * 1000

const blocksIn = (text: string): readonly (readonly [language: string, code: string])[] =>
  [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gmu)].map(([, language = '', code = '']) => [language, code])

const blockOf = ([language, code]: readonly [string, string]): Block | undefined => {
  if (language === 'sql')
    return {
      kind: 'application',
      statements: code
        .trim()
        .split('\n')
        .map((line) => line.replace(/;$/u, '')),
    }
  if (language !== 'ts') throw new Error(`a block of ${language} is none that is run`)
  if (code.startsWith('// deploy.ts')) return undefined
  const [, named] = /^\/\/ ((?:\w+(?:, )?)+)\n/u.exec(code) ?? []
  const engines = named?.split(', ').map((name) => {
    const engine = ENGINES[name]
    if (engine === undefined) throw new Error(`${name} is no engine`)
    return engine
  })
  return { kind: 'revision', source: code, engines: engines ?? ALL }
}

const parts: readonly Recipe[] = page
  .split(/^## /mu)
  .slice(1)
  .map((text) => ({
    title: text.split('\n')[0] ?? '',
    blocks: blocksIn(text).flatMap((block) => blockOf(block) ?? []),
  }))

const [table, ...others] = parts.filter(({ blocks }) => blocks.length > 0)
if (table === undefined) throw new Error('the page has no recipe')

/** The table that the recipes are about, and the application that uses it. */
export const theTable = table

/** All recipes of the page. */
export const recipes: readonly Recipe[] = others

/** The module that runs an upgrade again. */
export const deploySource = blocksIn(page)
  .map(([, code]) => code)
  .find((code) => code.startsWith('// deploy.ts'))

/** A whole revision file: what `sm2kit revision` writes, and the block. */
export const revisionFile = (source: string, revision: string, downRevision: string | null): string =>
  [
    "import { DataTypes, literal } from 'sequelize'",
    "import type { Migration } from 'sm2kit/migrator'",
    `export const revision = '${revision}'`,
    `export const downRevision = ${downRevision === null ? 'null' : `'${downRevision}'`}`,
    source,
  ].join('\n')
