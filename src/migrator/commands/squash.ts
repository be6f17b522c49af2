import { readFileSync } from 'node:fs'
import { dirname, extname } from 'node:path'
import { type ImportBinding, joinImports } from '../directory/inline-imports.js'
import { DEFAULT_NAME, type InlinedModule, inlineModule } from '../directory/inline-module.js'
import { RevisionError } from '../errors.js'
import { REVISION_FORMATS, type RevisionFormat, type RevisionSource } from '../render/revision-source.js'
import { type InlinedStep, renderSquashedBody } from '../render/squashed-body.js'
import type { SquashedRange } from '../revisions/graph-types.js'
import { describeRevision, type KnownRevision, type RevisionBody } from '../revisions/revision.js'
import type { Catalog } from './catalog.js'
import { type CommandContext, lookInto } from './context.js'
import { checkedMessage, newId } from './new-revision.js'
import { proveSquash } from './prove-squash.js'
import { rangeOf, refuseUnknownOptions } from './target.js'
import { prepareRevision, type WrittenRevision } from './write-revision.js'

/** What {@link Migrator.squash} takes beside its range. */
export interface SquashOptions {
  /** What the range does, in a line for people; the file's name is made of it. */
  readonly message: string
  /** 1 to 64 characters without `@ - + :` and white space. Default: 12 random hexadecimal digits. */
  readonly id?: string | undefined
}

/** A revision that stands in the place of others. */
export interface SquashedRevision extends WrittenRevision {
  /** Ids of what it replaces, in the order in which they ran. */
  readonly replaces: readonly string[]
  /** Absolute paths of their files: to be removed once every database has the new revision. */
  readonly replacedPaths: readonly string[]
  /** Whether it has a `down`: all of them have one. */
  readonly reversible: boolean
}

interface Member {
  readonly known: KnownRevision
  readonly path: string
  readonly body: RevisionBody
  readonly inlined: InlinedModule
}

/**
 * `migrator.squash()`: writes one revision in the place of a range. Its file has the text of the replaced ones, and is written
 * only if a new database comes to the same by it.
 */
export const squash = async (
  context: CommandContext,
  range: string,
  options: SquashOptions,
): Promise<SquashedRevision> => {
  refuseUnknownOptions('squash', options, ['message', 'id'])
  const message = checkedMessage(options.message)
  const text = rangeOf(range)
  const catalog = await lookInto(context)
  const squashed = catalog.graph.squash(namedRange(catalog, text))
  const members = await membersOf(catalog, squashed, text)
  const folder = folderOf(members, text)
  const format = formatOf(members, text)
  const isReversible = members.every(({ body }) => body.down !== undefined)
  const source: RevisionSource = {
    ...sourceOf(members, squashed, { format, isReversible, range: text }),
    revision: newId(catalog, options.id),
    message,
  }
  const prepared = await prepareRevision(context, { folder, format }, () => source)
  await proveSquash(context, {
    catalog,
    members: members.map(({ known }) => known),
    source,
    prepared,
    isReversible,
  })
  return {
    ...(await prepared.write()),
    replaces: squashed.replaces,
    replacedPaths: members.map(({ path }) => path),
    reversible: isReversible,
  }
}

/** Ends of a range may be names of files. */
const namedRange = (catalog: Catalog, range: string): string => {
  const ends = range.split(':')
  return ends.length === 2 ? ends.map((end) => catalog.find(end.trim())?.revision ?? end).join(':') : range
}

const membersOf = async (
  catalog: Catalog,
  { replaces }: SquashedRange,
  range: string,
): Promise<readonly Member[]> => {
  const members: Member[] = []
  for (const id of replaces) {
    const known = catalog.byId.get(id) as KnownRevision
    if (known.path === undefined)
      throw refused(
        range,
        `${describeRevision(known)} is in memory: it has no file whose text could be taken over`,
        [known],
      )
    const inlined = inlineModule(readFileSync(known.path, 'utf8'), known.label)
    members.push({ known, path: known.path, body: await known.load(), inlined })
  }
  const last = members.at(-1)?.known
  const plain = members.filter(({ known }) => known.name === known.revision).map(({ known }) => known)
  const isLeft = (known: KnownRevision): boolean =>
    catalog.graph
      .show(known.revision)
      .children.some((id) => catalog.byId.get(id)?.name === id && catalog.byId.get(id)?.origin === 'file')
  // A file without a revision stands on the one before it, by name alone.
  if (last !== undefined && plain.includes(last) && isLeft(last))
    throw refused(
      range,
      `${last.label} is a file of Umzug or sequelize-cli, and another one comes behind it, which would stand on what is before the range`,
      [last],
      'End the range at the newest of these files.',
    )
  return members
}

const folderOf = (members: readonly Member[], range: string): string => {
  const folders = new Set(members.map(({ path }) => dirname(path)))
  const [folder = ''] = folders
  if (folders.size > 1)
    throw refused(
      range,
      'its files lie in several folders, and what they import is named from there',
      members.map(({ known }) => known),
      'Squash the part that is in one folder.',
    )
  return folder
}

/** That of the newest file; TypeScript where one of them is. */
const formatOf = (members: readonly Member[], range: string): RevisionFormat => {
  const formats = members.map(({ path }) => extname(path).slice(1) as RevisionFormat)
  const syntaxes = new Set(members.map(({ inlined }) => inlined.syntax))
  if (syntaxes.size > 1)
    throw refused(
      range,
      'some of its files are ES modules and others are CommonJS',
      members.map(({ known }) => known),
      'Squash the part that is written in one way.',
    )
  const typed = formats.filter((format) => format.endsWith('ts'))
  const format = (typed.length > 0 ? typed : formats).at(-1)
  return format !== undefined && REVISION_FORMATS.includes(format) ? format : 'js'
}

interface SourceParts {
  readonly format: RevisionFormat
  readonly isReversible: boolean
  readonly range: string
}

const sourceOf = (
  members: readonly Member[],
  squashed: SquashedRange,
  { format, isReversible, range }: SourceParts,
): Omit<RevisionSource, 'revision' | 'message'> => {
  const syntax = members[0]?.inlined.syntax ?? 'esm'
  const isTypeScript = format.endsWith('ts') && syntax === 'esm'
  const given = members.flatMap(({ inlined }) => inlined.imports)
  const takenByOther = given.some(
    ({ local, source }) => local === 'Migration' && source !== 'sm2kit/migrator',
  )
  const isTyped = isTypeScript && !takenByOther
  const joined = joinImports(
    isTyped ? [...given, MIGRATION] : given,
    members.flatMap(({ inlined }) => inlined.effects),
  )
  if ('conflict' in joined)
    throw refused(
      range,
      `its files import different things by the name "${joined.conflict}"`,
      members.map(({ known }) => known),
      'Give one of them another name there.',
    )
  return {
    ...squashed,
    constants: {
      ...(members.every(({ body }) => body.transaction) ? {} : { transaction: false }),
      ...(members.some(({ body }) => body.breaking) ? { breaking: true } : {}),
    },
    up: 'nothing',
    written: {
      imports: joined.lines,
      body: renderSquashedBody(members.map(stepOf), {
        isReversible,
        style: { language: isTypeScript ? 'typescript' : 'javascript', syntax, isTyped },
      }),
    },
  }
}

const MIGRATION: ImportBinding = {
  source: 'sm2kit/migrator',
  kind: 'named',
  imported: 'Migration',
  local: 'Migration',
  isType: true,
}

const stepOf = ({ known, body, inlined }: Member): InlinedStep => ({
  title: `${describeRevision(known)}, ${known.label.split(/[\\/]/u).at(-1) ?? known.name}`.replaceAll(
    /\s+/gu,
    ' ',
  ),
  lines: inlined.lines,
  takesClass: body.up.length > 1 || (body.down?.length ?? 0) > 1,
  ...(inlined.syntax === 'esm' ? { exports: exportsOf(inlined) } : {}),
})

const exportsOf = ({ exported }: InlinedModule): string => {
  const names = ['up', 'down'].filter((name) => exported.has(name))
  return `{ ${[...(exported.has('default') ? [`...${DEFAULT_NAME}`] : []), ...names].join(', ')} }`
}

const refused = (
  range: string,
  why: string,
  revisions: readonly KnownRevision[],
  what = 'Leave it out of the range.',
): RevisionError =>
  new RevisionError(
    'NOT_SQUASHABLE',
    `"${range}" cannot be one revision: ${why}. Nothing was written. ${what}`,
    {
      revisions: revisions.map(({ revision }) => revision),
      subject: range,
    },
  )
