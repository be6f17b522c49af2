import { Command } from 'commander'
import { Sequelize } from 'sequelize'
import { createMigrator, type Migration } from 'sm2kit/migrator'
import { describe, expect, test } from 'vitest'
import { Interrupts } from '../../src/cli/interrupts.js'
import { Secrets } from '../../src/cli/secrets.js'
import { StepProgress } from '../../src/cli/step-progress.js'
import { Terminal } from '../../src/cli/terminal.js'
import { HISTORY, inProcess, project } from './support/sm2kit.js'

const config = { 'sm2kit.config.json': '{ "url": "sqlite:app.sqlite", "migrations": "./migrations" }' }
const ESCAPE = '\u001B'

describe('on a terminal', () => {
  test('a step spins until it is done, and its time is in colour', async () => {
    const { stdout } = await inProcess(await project({ ...HISTORY, ...config }), ['upgrade'], {
      isTerminal: true,
    })
    expect(stdout).toContain(`\r${ESCAPE}[K`)
    expect(stdout).toContain('⠋')
    const shown = stdout.split('\n').map((line) => line.split(`\r${ESCAPE}[K`).at(-1))
    expect(shown[0]).toMatch(/^Running upgrade <base> -> f3e3ac684f8e, baseline … \S+\d+ ms/u)
  })

  test('an error is in colour', async () => {
    const { stderr } = await inProcess(await project({ ...HISTORY, ...config }), ['show', 'nosuch'], {
      isTerminal: true,
    })
    expect(stderr.startsWith(`${ESCAPE}[31mError (UNKNOWN_REVISION)`)).toBe(true)
  })

  test.each([
    ['under NO_COLOR', { env: { NO_COLOR: '1' }, isTerminal: true }, []],
    ['where the terminal is a dumb one', { env: { TERM: 'dumb' }, isTerminal: true }, []],
    ['where there is none', {}, []],
    ['under --json', { isTerminal: true }, ['--json']],
  ] as const)('%s nothing is redrawn', async (_, call, flags) => {
    const folder = await project({ ...HISTORY, ...config })
    const { stdout, stderr } = await inProcess(folder, ['upgrade', ...flags], call)
    expect(stdout).not.toContain(ESCAPE)
    expect(stderr).not.toContain('\r')
    if (flags.length === 0) expect(stdout).toMatch(/^Running upgrade/u)
  })

  test('an empty NO_COLOR is none', async () => {
    const call = { env: { NO_COLOR: '' }, isTerminal: true }
    expect((await inProcess(await project({ ...HISTORY, ...config }), ['upgrade'], call)).stdout).toContain(
      ESCAPE,
    )
  })

  test('a message cannot move the cursor', async () => {
    const text = HISTORY['migrations/20260101000000_create_notes.js'].replace(
      'exports.up',
      `exports.message = 'one\\u001B[2J\\ntwo'\nexports.up`,
    )
    const folder = await project({ ...config, 'migrations/a.js': text })
    for (const verb of ['history', 'show', 'upgrade']) {
      const { stdout } = await inProcess(folder, verb === 'show' ? ['show', 'head'] : [verb])
      expect(stdout).toContain('one[2J two')
    }
  })
})

test('the batches of a step are told while it spins', async () => {
  let printed = ''
  const write = (text: string): void => {
    printed += text
  }
  const output = { isTTY: true, write }
  const terminal = new Terminal(output, output, { isJson: false, env: {} })
  const secrets = new Secrets('/nowhere')
  const interrupts = new Interrupts()
  const surroundings = { terminal, interrupts, secrets, folder: '', env: {}, program: new Command() }
  const progress = new StepProgress(surroundings, '')
  const up: Migration = async ({ context: op }) => {
    await op.sequelize.query('CREATE TABLE words (id INTEGER PRIMARY KEY)')
    await op.sequelize.query(
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500) INSERT INTO words SELECT i FROM n',
    )
    await op.batch('words', { size: 1200 }, () => new Promise((resolve) => setTimeout(resolve, 200)))
  }
  const migrations = [{ revision: 'words', downRevision: null, up }]
  const sequelize = new Sequelize('sqlite::memory:', { logging: false })
  const migrator = createMigrator({ sequelize, baseline: false, migrations })
  progress.attach(migrator)
  await migrator.up()
  progress.stop()
  expect(printed).toContain('… words: 1,200 rows')
  expect(printed.split(`\r${ESCAPE}[K`).at(-1)).not.toContain('1,500')
})

test('a wait for the lock spins, with who holds it and for how long, until the step begins', async () => {
  let printed = ''
  const output = {
    isTTY: true,
    write: (text: string): void => {
      printed += text
    },
  }
  const terminal = new Terminal(output, output, { isJson: false, env: {} })
  const secrets = new Secrets('/nowhere')
  const surroundings = {
    terminal,
    interrupts: new Interrupts(),
    secrets,
    folder: '',
    env: {},
    program: new Command(),
  }
  const progress = new StepProgress(surroundings, 'It goes on next time.')
  const sequelize = new Sequelize('sqlite::memory:', { logging: false })
  const up: Migration = () => new Promise((resolve) => setTimeout(resolve, 1_500))
  const first = createMigrator({
    sequelize,
    baseline: false,
    migrations: [{ revision: 'a', downRevision: null, up }],
  })
  const second = createMigrator({ sequelize, versionTable: 'other' })
  progress.attach(second)
  await Promise.all([first.up(), second.up()])
  progress.stop()
  const shown = printed.split(`\r${ESCAPE}[K`)
  expect(shown.find((line) => line.includes('Waiting'))).toMatch(
    /Waiting for the lock … held by another run of this process: waited 1\.\d s of at most 1 min 0 s \(`lock\.timeoutMs`\)$/u,
  )
  expect(shown.at(-1)).not.toContain('Waiting')
})

test('an interruption ends the line that is being redrawn before it says anything', async () => {
  let printed = ''
  const write = (text: string): void => {
    printed += text
  }
  const output = { isTTY: true, write }
  const terminal = new Terminal(output, output, { isJson: false, env: {} })
  const interrupts = new Interrupts()
  const secrets = new Secrets('/nowhere')
  const surroundings = { terminal, interrupts, secrets, folder: '', env: {}, program: new Command() }
  const progress = new StepProgress(surroundings, 'It goes on next time.')
  const migrator = createMigrator({ sequelize: new Sequelize('sqlite::memory:', { logging: false }) })
  progress.attach(migrator)
  let message = ''
  migrator.on('migrating', () => {
    message = interrupts.message()
  })
  await migrator.up()
  expect(message).toMatch(
    /^Interrupted\. It came in the middle of a step \(Running upgrade .*\)\. It goes on next time\./u,
  )
  expect(printed.split(`\r${ESCAPE}[K`).at(-2)).toContain('…')
  progress.stop()
  expect(interrupts.message()).toBe('Interrupted. Nothing was being changed.')
})

test('a password is found however it is spelled, and short ones blot out nothing', () => {
  const secrets = new Secrets('/home/me/app')
  secrets.addUrl('postgres://me:p%40ss%20word@host/database')
  secrets.addPassword('x')
  expect(
    secrets.redact('p%40ss%20word and p@ss word, in mysql://you:other@host/x, at /home/me/app/src/a.ts'),
  ).toBe('*** and ***, in mysql://you:***@host/x, at src/a.ts')
})
