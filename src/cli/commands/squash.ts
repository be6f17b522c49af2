import { relative } from 'node:path'
import { postWrite } from '../post-write.js'
import type { Run } from '../verb.js'
import { whileWriting, withMigrator, withNearPath } from '../with-migrator.js'

/** `sm2kit squash` */
export const squash: Run = (invocation) =>
  withMigrator(invocation, async (migrator, _progress, project) => {
    whileWriting(invocation)
    const id = invocation.text('revId')
    const written = await migrator.squash(invocation.argument(0), {
      message: invocation.text('message') ?? '',
      ...(id === undefined ? {} : { id }),
    })
    const { folder } = invocation.surroundings
    await postWrite(project.postWrite, [written.path], folder)
    const replacedPaths = written.replacedPaths.map((path) => relative(folder, path))
    const value = { ...withNearPath(written, invocation), replacedPaths }
    const text = [
      `Generating ${value.path} ... done`,
      `It replaces ${written.replaces.length} revisions; a new database comes to the same by it${written.reversible ? ', there and back' : '. It has no `down`, as one of them has none'}.`,
      'Once every database has it, remove the files that it replaces:',
      ...replacedPaths.map((path) => `  ${path}`),
    ]
    return { value, text: text.join('\n') }
  })
