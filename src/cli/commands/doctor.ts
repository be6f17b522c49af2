import { CliError, messageOf } from '../cli-error.js'
import { openProject, type Project } from '../config/open-project.js'
import { type Check, ok, wrong } from '../doctor/check.js'
import { ENGINES } from '../doctor/engines.js'
import { checkDriver, checkNode, checkSequelize } from '../doctor/packages.js'
import { checkLock, checkRevisions, checkVersionTable } from '../doctor/revisions.js'
import type { Invocation } from '../invocation.js'
import type { Terminal } from '../terminal.js'
import type { Outcome, Run } from '../verb.js'

/** `sm2kit doctor` */
export const doctor: Run = async (invocation) => {
  const checks: Check[] = []
  for await (const found of examine(invocation)) {
    const { secrets } = invocation.surroundings
    const remedy = found.remedy === undefined ? {} : { remedy: secrets.redact(found.remedy) }
    checks.push({ ...found, message: secrets.redact(found.message), ...remedy })
  }
  return outcomeOf(checks, invocation.surroundings.terminal)
}

async function* examine(invocation: Invocation): AsyncGenerator<Check> {
  yield checkNode(process.versions.node)
  let project: Project
  try {
    project = await openProject(invocation)
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    yield wrong('config', messageOf(error), 'Mend what the message says; `sm2kit init` writes a config.')
    return
  }
  try {
    yield ok('config', project.config ?? 'none; the URL was given')
    yield checkSequelize(project.sequelize)
    yield checkDriver(project.sequelize, project.folders)
    yield* examineDatabase(invocation, project)
  } finally {
    await project.close()
  }
}

async function* examineDatabase(invocation: Invocation, project: Project): AsyncGenerator<Check> {
  const { sequelize, options } = project
  const { folder } = invocation.surroundings
  const engine = ENGINES[sequelize.getDialect()]
  if (engine === undefined) return
  const early = engine.beforeConnecting?.(sequelize, folder)
  if (early !== undefined) {
    yield early
    return
  }
  try {
    await sequelize.authenticate({ logging: false })
  } catch (error) {
    yield wrong('connection', messageOf(error), engine.noConnection)
    return
  }
  yield ok('connection', 'made')
  yield await engine.version(sequelize)
  yield await engine.privileges(sequelize, folder)
  const { createMigrator } = await import('../../migrator/index.js')
  try {
    const migrator = createMigrator(options)
    yield await checkVersionTable(options)
    yield await checkLock(options, createMigrator)
    yield* await checkRevisions(migrator)
  } catch (error) {
    yield wrong('config', messageOf(error), 'Mend what the message says.')
  }
}

const outcomeOf = (checks: readonly Check[], terminal: Terminal): Outcome => {
  const width = Math.max(...checks.map(({ name }) => name.length))
  const lines = checks.map(({ name, state, message, remedy }) => {
    const mark = terminal.style(
      state === 'ok' ? 'green' : state === 'warning' ? 'yellow' : 'red',
      state.padEnd(7),
    )
    const line = `${mark}  ${name.padEnd(width)}  ${message}`
    return remedy === undefined ? line : `${line}\n${' '.repeat(width + 11)}→ ${remedy}`
  })
  const isWrong = checks.some(({ state }) => state === 'wrong')
  const count = (state: Check['state']): number => checks.filter((check) => check.state === state).length
  const warnings = `${count('warning')} ${count('warning') === 1 ? 'warning' : 'warnings'}`
  lines.push('', `${count('ok')} ok, ${warnings}, ${count('wrong')} wrong.`)
  return { value: { ok: !isWrong, checks }, text: lines.join('\n'), exitCode: isWrong ? 1 : 0 }
}
