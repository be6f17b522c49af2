import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Source {
  /** From the project's root. */
  readonly path: string
  readonly room: string
  readonly tree: ts.SourceFile
  readonly imports: readonly Import[]
}

interface Import {
  /** From the project's root, or the name of a package. */
  readonly target: string
  /** The room of the target; a package's is its name in brackets. */
  readonly room: string
  readonly isTypeOnly: boolean
  readonly isLazy: boolean
}

/** The rooms by folder, the most particular first. */
const ROOMS: readonly (readonly [prefix: string, room: string])[] = [
  ['src/migrator/dialects/registry.ts', 'dialects/registry'],
  ['src/migrator/dialects/driver-error.ts', 'driver-error'],
  ['src/migrator/dialects/client-tool.ts', 'client-tool'],
  ['src/migrator/dialects/watched-copy.ts', 'watched-copy'],
  ['src/migrator/dialects/servers/', 'servers'],
  ['src/migrator/dialects/', 'dialects'],
  ['src/migrator/operations/', 'operations'],
  ['src/migrator/revisions/', 'revisions'],
  ['src/migrator/directory/', 'directory'],
  ['src/migrator/runtime/', 'runtime'],
  ['src/migrator/commands/', 'commands'],
  ['src/migrator/schema/', 'schema'],
  ['src/migrator/models/', 'models'],
  ['src/migrator/autogenerate/', 'autogenerate'],
  ['src/migrator/render/', 'render'],
  ['src/migrator/review/', 'review'],
  ['src/migrator/index.ts', 'migrator'],
  ['src/migrator/migrator.ts', 'createMigrator'],
  ['src/migrator/config.ts', 'config'],
  ['src/migrator/config-autogenerate.ts', 'config'],
  ['src/migrator/config-checks.ts', 'config'],
  ['src/migrator/crypto.ts', 'leaf'],
  ['src/migrator/errors.ts', 'leaf'],
  ['src/migrator/near-name.ts', 'near-name'],
  ['src/migrator/report.ts', 'leaf'],
  ['src/migrator/version.ts', 'version'],
  ['src/migrator/define-config.ts', 'define-config'],
  ['src/migrator/dialect.ts', 'dialect'],
  ['src/migrator/dialect-autogenerate.ts', 'dialect'],
  ['src/migrator/dialect-backup.ts', 'dialect'],
  ['src/migrator/dialect-copy.ts', 'dialect'],
  ['src/migrator/dialect-paging.ts', 'dialect'],
  ['src/migrator/dialect-review.ts', 'dialect'],
  ['src/migrator/dialect-session.ts', 'dialect'],
  ['src/sm2/', 'sm2'],
  ['src/cards/', 'cards'],
  ['src/testing/', 'testing'],
  ['src/cli/', 'cli'],
  ['src/index.ts', 'entry'],
  ['migrations/', 'shipped'],
]

/** What each room may import, at run time and for types. `(name)` is a package; `(node)` are Node's own modules. */
const MAY_IMPORT: Readonly<
  Record<string, { readonly values?: readonly string[]; readonly types?: readonly string[] }>
> = {
  sm2: {},
  leaf: { types: ['leaf'] },
  'near-name': {},
  version: {},
  schema: { values: ['leaf'] },
  revisions: { values: ['leaf'] },
  config: {
    values: ['leaf', 'near-name', '(node)'],
    types: ['operations', 'schema', 'autogenerate', '(sequelize)'],
  },
  'define-config': { types: ['config', '(sequelize)'] },
  models: { values: ['schema', 'leaf'], types: ['(sequelize)'] },
  operations: { values: ['schema', 'leaf'], types: ['(sequelize)'] },
  // The contract throws LockNotTaken and polls; of the rest it knows the types.
  dialect: { types: ['leaf', 'schema', 'operations', 'review', '(sequelize)'] },
  review: { values: ['operations', 'schema'], types: ['dialect'] },
  autogenerate: { values: ['dialect', 'operations', 'schema', 'leaf'] },
  render: { values: ['dialect', 'operations', 'schema', 'revisions', 'leaf'] },
  'driver-error': { types: ['leaf'] },
  // Programs of the engines' own, which backups are made with.
  'client-tool': { values: ['leaf', '(node)'] },
  // A copy that takes long, whoever makes it.
  'watched-copy': { values: ['(node)'], types: ['dialect'] },
  // What servers have in common, as against a file.
  servers: { values: ['dialect', 'leaf'], types: ['schema', '(sequelize)'] },
  dialects: {
    values: [
      ...['dialect', 'driver-error', 'client-tool', 'watched-copy', 'servers'],
      ...['operations', 'review', 'schema', 'leaf', '(node)'],
    ],
    types: ['(sequelize)'],
  },
  'dialects/registry': { values: ['dialect', 'dialects', 'leaf'], types: ['(sequelize)'] },
  directory: { values: ['revisions', 'leaf', '(node)', '(js-tokens)', '(jiti)'] },
  // The host's own copy of Sequelize is used, so that none is imported at run time; Umzug is required when it is needed.
  runtime: {
    values: ['dialect', 'operations', 'schema', 'revisions', 'leaf', 'version', '(node)', '(umzug)'],
    types: ['config', '(sequelize)'],
  },
  shipped: { values: ['operations'], types: ['(sequelize)'] },
  commands: {
    values: [
      ...[
        'runtime',
        'directory',
        'render',
        'autogenerate',
        'dialect',
        'dialects/registry',
        'models',
        'review',
      ],
      ...['operations', 'revisions', 'schema', 'config', 'leaf', 'version', 'shipped', '(node)'],
    ],
    types: ['(sequelize)', '(umzug)'],
  },
  createMigrator: {
    values: ['commands', 'config', 'dialects/registry', 'runtime', 'leaf'],
    types: ['operations', 'revisions', '(sequelize)', '(umzug)'],
  },
  migrator: {
    values: [
      'createMigrator',
      'commands',
      'config',
      'define-config',
      'operations',
      'render',
      'revisions',
      'runtime',
      'leaf',
    ],
    types: ['autogenerate', 'models', 'review', 'schema'],
  },
  cards: { values: ['sm2', '(sequelize)', '(node)'] },
  // The host's Sequelize is required from the host's folder. The version and names that are near are there before the migrator is loaded.
  cli: {
    values: ['migrator', 'version', 'near-name', '(node)', '(commander)', '(jiti)', '(@clack/prompts)'],
    types: ['(sequelize)'],
  },
  testing: { values: ['migrator', '(node)'], types: ['(sequelize)'] },
  entry: { values: ['sm2', 'migrator', 'cards'] },
}

/** Files above 300 lines, each with its reason. */
const LONG_FILES: Readonly<Record<string, string>> = {}

/** The folder of a dialect, whatever folders it has of its own. */
const dialectOf = (path: string): string | undefined => path.split('/')[3]

const roomOf = (path: string): string => {
  const found = ROOMS.find(([prefix]) => path === prefix || (prefix.endsWith('/') && path.startsWith(prefix)))
  if (found === undefined)
    throw new Error(`${path} is in no room: name it in ROOMS and in docs/architecture.md`)
  return found[1]
}

const filesBelow = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort()

const walk = (node: ts.Node, visit: (node: ts.Node) => void): void => {
  visit(node)
  ts.forEachChild(node, (child) => walk(child, visit))
}

const isTypeOnlyImport = (node: ts.ImportDeclaration | ts.ExportDeclaration): boolean => {
  if (ts.isExportDeclaration(node)) {
    const names =
      node.exportClause !== undefined && ts.isNamedExports(node.exportClause)
        ? node.exportClause.elements
        : []
    return node.isTypeOnly || (names.length > 0 && names.every((name) => name.isTypeOnly))
  }
  const clause = node.importClause
  if (clause === undefined) return false
  if (clause.isTypeOnly) return true
  const bindings = clause.namedBindings
  return (
    clause.name === undefined &&
    bindings !== undefined &&
    ts.isNamedImports(bindings) &&
    bindings.elements.every((name) => name.isTypeOnly)
  )
}

const importsOf = (path: string, tree: ts.SourceFile): Import[] => {
  const imports: Import[] = []
  const add = (specifier: string, isTypeOnly: boolean, isLazy: boolean): void => {
    if (specifier.startsWith('.')) {
      const target = relative(root, join(root, dirname(path), specifier)).replace(/\.js$/u, '.ts')
      imports.push({ target, room: roomOf(target), isTypeOnly, isLazy })
    } else {
      const room = specifier.startsWith('node:') ? '(node)' : `(${specifier})`
      imports.push({ target: specifier, room, isTypeOnly, isLazy })
    }
  }
  walk(tree, (node) => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier !== undefined
    ) {
      if (ts.isStringLiteral(node.moduleSpecifier))
        add(node.moduleSpecifier.text, isTypeOnlyImport(node), false)
    } else if (ts.isImportTypeNode(node)) {
      if (ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal))
        add(node.argument.literal.text, true, false)
    } else if (ts.isCallExpression(node)) {
      const [first] = node.arguments
      const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword
      // `createRequire(import.meta.url)('umzug')`, the lazy way that is not asynchronous.
      const isRequire =
        ts.isCallExpression(node.expression) && node.expression.expression.getText(tree) === 'createRequire'
      if ((isImport || isRequire) && first !== undefined && ts.isStringLiteral(first))
        add(first.text, false, true)
    }
  })
  return imports
}

const sources: readonly Source[] = [...filesBelow('src'), ...filesBelow('migrations')].map((path) => {
  const tree = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true)
  return { path, room: roomOf(path), tree, imports: importsOf(path, tree) }
})

const inMigrator = sources.filter(
  ({ path }) => path.startsWith('src/migrator/') || path.startsWith('migrations/'),
)

/** `path:line` of every node that `isFault` finds. */
const faultsIn = (files: readonly Source[], isFault: (node: ts.Node, file: Source) => boolean): string[] =>
  files.flatMap((file) => {
    const found: string[] = []
    walk(file.tree, (node) => {
      if (isFault(node, file))
        found.push(`${file.path}:${file.tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`)
    })
    return found
  })

test('the sources are read, with their imports', () => {
  expect(sources.length).toBeGreaterThan(50)
  const umzug = sources.flatMap(({ imports }) => imports).filter(({ target }) => target === 'umzug')
  expect(umzug.some(({ isLazy }) => isLazy)).toBe(true)
  expect(umzug.filter(({ isTypeOnly, isLazy }) => !isTypeOnly && !isLazy)).toEqual([])
})

test('every room imports only what the table of rooms allows, types included', () => {
  const faults = sources.flatMap(({ path, room, imports }) =>
    imports
      .filter((one) => {
        if (one.room === room) return room === 'dialects' && dialectOf(one.target) !== dialectOf(path)
        const { values = [], types = [] } = MAY_IMPORT[room] ?? {}
        return !(values.includes(one.room) || (one.isTypeOnly && types.includes(one.room)))
      })
      .map(
        (one) => `${path} (${room}) imports ${one.isTypeOnly ? 'types of ' : ''}${one.target} (${one.room})`,
      ),
  )
  expect(faults).toEqual([])
})

test('no import goes round in a circle, types included', () => {
  const byPath = new Map(sources.map((source) => [source.path, source]))
  const done = new Set<string>()
  const circles: string[] = []
  const visit = (path: string, above: readonly string[]): void => {
    const at = above.indexOf(path)
    if (at !== -1) {
      circles.push([...above.slice(at), path].join(' → '))
      return
    }
    if (done.has(path)) return
    for (const { target } of byPath.get(path)?.imports ?? [])
      if (byPath.has(target)) visit(target, [...above, path])
    done.add(path)
  }
  for (const { path } of sources) visit(path, [])
  expect(circles).toEqual([])
})

test('heavy packages are loaded when they are needed, not when an entry is imported', () => {
  const eager = sources.flatMap(({ path, imports }) =>
    imports
      .filter(
        ({ target, isTypeOnly, isLazy }) =>
          ['umzug', 'jiti', 'sequelize', '@clack/prompts'].includes(target) && !isTypeOnly && !isLazy,
      )
      .map(({ target }) => `${path} imports ${target}`),
  )
  expect(eager.filter((fault) => !fault.startsWith('src/cards/'))).toEqual([])
})

describe('shared code of the migrator', () => {
  const NAMES = /sqlite|postgres|mariadb|mysql/iu

  test('names no engine outside dialects/', () => {
    const faults = faultsIn(
      inMigrator.filter(({ path }) => !path.startsWith('src/migrator/dialects/')),
      (node, { room }) => {
        const isText =
          ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)
        if (isText && ts.isImportDeclaration(node.parent))
          return room !== 'createMigrator' && NAMES.test(node.text)
        return (isText && NAMES.test(node.text)) || (ts.isIdentifier(node) && NAMES.test(node.text))
      },
    )
    expect(faults).toEqual([])
  })

  test('asks no instance for the name of its dialect outside dialects/', () => {
    const faults = faultsIn(
      inMigrator.filter(({ path }) => !path.startsWith('src/migrator/dialects/')),
      (node) => ts.isCallExpression(node) && /getDialect$/u.test(node.expression.getText()),
    )
    expect(faults).toEqual([])
  })
})

test('process is touched by the CLI alone', () => {
  const faults = faultsIn(
    sources.filter(({ room }) => room !== 'cli'),
    (node) =>
      (ts.isIdentifier(node) &&
        node.text === 'process' &&
        // Which gives a module, and says nothing of the process.
        !node.parent.getText().startsWith('process.getBuiltinModule') &&
        !(ts.isPropertyAccessExpression(node.parent) && node.parent.name === node)) ||
      (ts.isStringLiteral(node) && node.text === 'node:process'),
  )
  expect(faults).toEqual([])
})

test('the scheduler has no clock, no randomness and no I/O', () => {
  const faults = faultsIn(
    sources.filter(({ room }) => room === 'sm2'),
    (node) =>
      /^(?:Date\.now|Math\.random|performance\.now)$/u.test(
        ts.isPropertyAccessExpression(node) ? node.getText() : '',
      ) ||
      (ts.isNewExpression(node) &&
        node.expression.getText() === 'Date' &&
        (node.arguments?.length ?? 0) === 0),
  )
  expect(faults).toEqual([])
})

test('nothing is printed outside the CLI', () => {
  const faults = faultsIn(
    sources.filter(({ room }) => room !== 'cli'),
    (node) => ts.isPropertyAccessExpression(node) && node.expression.getText() === 'console',
  )
  expect(faults).toEqual([])
})

test('there is no default export, no any, no non-null assertion, no enum, no namespace', () => {
  const faults = faultsIn(
    sources,
    (node) =>
      ts.isExportAssignment(node) ||
      (node.kind === ts.SyntaxKind.DefaultKeyword && ts.canHaveModifiers(node.parent)) ||
      node.kind === ts.SyntaxKind.AnyKeyword ||
      ts.isNonNullExpression(node) ||
      ts.isEnumDeclaration(node) ||
      ts.isModuleDeclaration(node),
  )
  expect(faults).toEqual([])
})

test('no file but the entries only passes on what others export', () => {
  const ENTRIES = [
    'src/index.ts',
    'src/sm2/index.ts',
    'src/cards/index.ts',
    'src/migrator/index.ts',
    'src/testing/index.ts',
  ]
  const barrels = sources.filter(
    ({ path, tree }) =>
      !ENTRIES.includes(path) &&
      tree.statements.every(
        (statement) => ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined,
      ),
  )
  expect(barrels.map(({ path }) => path)).toEqual([])
  const stars = faultsIn(
    sources.filter(({ path }) => path !== 'src/index.ts'),
    (node) => ts.isExportDeclaration(node) && node.exportClause === undefined,
  )
  expect(stars).toEqual([])
})

test('no file is above 300 lines but those named here, and all of these are', () => {
  const long = sources.filter(({ tree }) => tree.getLineStarts().length - 1 > 300).map(({ path }) => path)
  expect(long).toEqual(Object.keys(LONG_FILES))
})

test('file names are kebab-case', () => {
  expect(
    sources
      .map(({ path }) => path)
      .filter(
        (path) =>
          path.startsWith('src/') &&
          !/^(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)*[a-z0-9]+(?:-[a-z0-9]+)*\.ts$/u.test(path),
      ),
  ).toEqual([])
})
