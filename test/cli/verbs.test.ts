import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HISTORY, inProcess, project, revisionFile, tableRevision, withoutTimes } from './support/sm2kit.js'

const config = { 'sm2kit.config.json': '{ "url": "sqlite:app.sqlite", "migrations": "./migrations" }' }

/** Text, exit code, and what is printed beside it. */
const typed = async (folder: string, ...args: readonly string[]): Promise<string> => {
  const { exitCode, stdout, stderr } = await inProcess(folder, args)
  return `${withoutTimes(stdout + stderr)}${exitCode === 0 ? '' : `exit code ${exitCode}\n`}`
}

const json = async (folder: string, ...args: readonly string[]): Promise<unknown> => {
  const { stdout } = await inProcess(folder, [...args, '--json'])
  return JSON.parse(stdout)
}

/** Two lines that part at notes, and a merge of them. */
const DIAMOND = {
  ...HISTORY,
  'migrations/20260103000000_add_color.js': tableRevision('9c41d0e2aa11', '51b0c3d9a7e4', 'colors').replace(
    'exports.up',
    "exports.branchLabels = ['look']\nexports.up",
  ),
} as const

describe('lists', () => {
  test('branches, heads and history show where lines part and join', async () => {
    const folder = await project({ ...DIAMOND, ...config })
    expect(await typed(folder, 'upgrade')).toMatch(
      /^Error \(MULTIPLE_HEADS\): .*8c1d0a5be2f7 \(add stars\), 9c41d0e2aa11.*\nOn the command line: sm2kit merge 8c1d0a5be2f7 9c41d0e2aa11\nexit code 1\n$/u,
    )
    await typed(folder, 'stamp', '51b0c3d9a7e4')
    expect(await typed(folder, 'current')).toMatch(/\n2 pending; `sm2kit upgrade heads` applies them\.\n$/u)
    expect(await typed(folder, 'doctor')).toMatch(/2 pending, .*\n.*sm2kit upgrade heads/u)
    await typed(folder, 'stamp', 'base')
    expect(await typed(folder, 'merge', '-m', 'join', '--rev-id', 'dddd00001111')).toMatch(
      /^Generating migrations\/\d{14}_join\.js \.\.\. done\n$/u,
    )
    expect(
      `\n${await typed(folder, 'history')}${await typed(folder, 'branches')}${await typed(folder, 'heads', '--resolve-dependencies')}`,
    ).toMatchInlineSnapshot(`
      "
      8c1d0a5be2f7, 9c41d0e2aa11 -> dddd00001111 (look) (head) (mergepoint), join
      51b0c3d9a7e4 -> 9c41d0e2aa11 (look), add color
      51b0c3d9a7e4 -> 8c1d0a5be2f7, add stars
      <base> (f3e3ac684f8e) -> 51b0c3d9a7e4 (branchpoint), create notes
      <base> -> f3e3ac684f8e (sm2) (effective head), baseline
      51b0c3d9a7e4 (branchpoint)
                   -> 8c1d0a5be2f7
                   -> 9c41d0e2aa11 (look)
      dddd00001111 (look) (head)
      "
    `)
    expect(await typed(folder, 'branches', '-v')).toMatchInlineSnapshot(`
      "Rev: 51b0c3d9a7e4 (branchpoint)
      Parent: <base>
      Also depends on: f3e3ac684f8e
      Branches into: 8c1d0a5be2f7, 9c41d0e2aa11
      Path: migrations/20260101000000_create_notes.js
      State: pending

          create notes

                   -> 8c1d0a5be2f7, add stars
                   -> 9c41d0e2aa11 (look), add color
      "
    `)
    expect(
      (await typed(folder, 'history', '-v')).replaceAll(/\d{14}_join/gu, '<timestamp>_join'),
    ).toMatchInlineSnapshot(`
      "Rev: dddd00001111 (head) (mergepoint)
      Merges: 8c1d0a5be2f7, 9c41d0e2aa11
      Branch names: look
      Path: migrations/<timestamp>_join.js
      State: pending

          join

      Rev: 9c41d0e2aa11
      Parent: 51b0c3d9a7e4
      Branch names: look
      Path: migrations/20260103000000_add_color.js
      State: pending

          add color

      Rev: 8c1d0a5be2f7
      Parent: 51b0c3d9a7e4
      Path: migrations/20260102000000_add_stars.js
      State: pending

          add stars

      Rev: 51b0c3d9a7e4 (branchpoint)
      Parent: <base>
      Also depends on: f3e3ac684f8e
      Branches into: 8c1d0a5be2f7, 9c41d0e2aa11
      Path: migrations/20260101000000_create_notes.js
      State: pending

          create notes

      Rev: f3e3ac684f8e (effective head)
      Parent: <base>
      Branch names: sm2
      Path: (shipped with sm2kit)
      State: pending

          baseline
      "
    `)
  })

  test('what is pending below head is said so, in the list, before and while it runs', async () => {
    const plain = 'exports.up = async () => {}\nexports.down = async () => {}\n'
    const bare = { 'sm2kit.config.json': config['sm2kit.config.json'].replace('}', ', "baseline": false }') }
    const folder = await project({
      'migrations/20250101-a.js': plain,
      'migrations/20250103-c.js': plain,
      ...bare,
    })
    await inProcess(folder, ['upgrade'])
    writeFileSync(join(folder, 'migrations/20250102-b.js'), plain)
    let text = ''
    for (const verb of ['current', 'history', 'doctor', 'upgrade', 'current'])
      text += await typed(folder, verb)
    expect(`\n${text.replaceAll(/^ok .*\n/gmu, '')}`).toMatchInlineSnapshot(`
      "
      20250103-c (head)
      Pending below head: 20250102-b; \`sm2kit upgrade head\` applies what was put there later.
      20250102-b -> 20250103-c (head), c
      20250101-a -> 20250102-b (pending below head), b
      <base> -> 20250101-a, a
      warning  revisions      1 pending below head: 20250102-b (b)
                              → sm2kit upgrade head

      9 ok, 1 warning, 0 wrong.
      Running upgrade 20250101-a -> 20250102-b, b … <time>
      Done: 1 revision applied in <time>; the database is at 20250103-c (head).
      Warning: 20250102-b (b) is pending below revisions that are applied already; it runs now.
      20250103-c (head)
      "
    `)
  })

  test('an unknown revision of the database is called unknown', async () => {
    const folder = await project({ ...HISTORY, ...config })
    await inProcess(folder, ['upgrade'])
    const stamped = await project({ ...config })
    expect(
      await typed(stamped, 'current', '--url', `sqlite:${folder}/app.sqlite`, '--migrations', '.'),
    ).toContain('8c1d0a5be2f7 (unknown to this code)')
    const value = await json(stamped, 'current', '--url', `sqlite:${folder}/app.sqlite`, '--migrations', '.')
    expect(value).toEqual(
      expect.arrayContaining([expect.objectContaining({ revision: '8c1d0a5be2f7', state: 'unknown' })]),
    )
  })
})

describe('--json', () => {
  test('is the value that the verb of the migrator returns, with near paths', async () => {
    const folder = await project({ ...HISTORY, ...config })
    expect(await json(folder, 'current')).toEqual([])
    expect(await json(folder, 'upgrade', '--dry-run')).toMatchObject({
      direction: 'up',
      steps: [{}, {}, { revision: '8c1d0a5be2f7', statements: [expect.stringContaining('ADD')] }],
    })
    expect(await json(folder, 'upgrade', '--sql')).toEqual({ sql: expect.stringContaining('CREATE TABLE') })
    expect(await json(folder, 'upgrade')).toMatchObject({ direction: 'up', current: ['8c1d0a5be2f7'] })
    expect(await json(folder, 'show', 'head')).toMatchObject({
      revision: '8c1d0a5be2f7',
      path: 'migrations/20260102000000_add_stars.js',
      appliedAt: expect.stringMatching(/^\d{4}-.*Z$/u),
    })
    for (const verb of ['current', 'heads', 'branches', 'history'])
      expect(Array.isArray(await json(folder, verb))).toBe(true)
    expect(await json(folder, 'revision', '-m', 'x', '--rev-id', 'aaaa00001111')).toEqual({
      revision: 'aaaa00001111',
      path: expect.stringMatching(/^migrations\/\d{14}_x\.js$/u),
      message: 'x',
      downRevision: ['8c1d0a5be2f7'],
    })
    expect(await json(folder, 'stamp', 'head')).toEqual({
      added: ['aaaa00001111'],
      removed: [],
      accepted: [],
    })
    expect(await json(folder, 'downgrade', '-1')).toMatchObject({
      direction: 'down',
      current: ['8c1d0a5be2f7'],
    })
    expect(await json(folder, 'completion', 'fish')).toMatchObject({ shell: 'fish' })
    expect(await json(folder, 'doctor')).toMatchObject({ ok: true })
    expect(await json(folder, '--help')).toEqual({ text: expect.stringContaining('Verbs:') })
    expect(await json(folder, '--version')).toEqual({ text: expect.stringMatching(/^\d+\.\d+\.\d+/u) })
  })

  test('is the error with its report when a step fails', async () => {
    const broken = revisionFile('bbbb00001111', '8c1d0a5be2f7', "throw new Error('no such word')")
    const folder = await project({ ...HISTORY, ...config, 'migrations/20260104000000_broken.js': broken })
    expect(await json(folder, 'upgrade')).toMatchObject({
      error: {
        code: 'STEP_FAILED',
        message: expect.stringContaining('no such word'),
        revisions: ['bbbb00001111'],
        report: {
          direction: 'up',
          steps: [{ state: 'done' }, { state: 'done' }, { state: 'done' }, { state: 'failed' }],
        },
      },
    })
    expect(await typed(folder, 'upgrade')).toMatch(
      /^Running upgrade 8c1d0a5be2f7 -> bbbb00001111, broken … not done, after <time>\nError \(STEP_FAILED\): .*\nexit code 1\n$/su,
    )
  })
})

test('upgrade and downgrade without running print a script, or the steps', async () => {
  const folder = await project({ ...HISTORY, ...config })
  const plan = await typed(folder, 'upgrade', '--dry-run')
  expect(plan).toContain('Would run upgrade 51b0c3d9a7e4 -> 8c1d0a5be2f7, add stars\n    ALTER TABLE')
  expect(plan).toContain('3 steps would run; nothing was changed.')
  expect(await typed(folder, 'upgrade', '51b0:head', '--sql')).toMatch(/ALTER TABLE[\s\S]*8c1d0a5be2f7/u)
  expect(await typed(folder, 'upgrade', '51b0:head', '--sql')).not.toContain('sm2_cards')
  expect(await typed(folder, 'downgrade', '8c1d:51b0', '--sql')).toMatch(/DELETE FROM[\s\S]*8c1d0a5be2f7/u)
  expect(await json(folder, 'current')).toEqual([])
  await inProcess(folder, ['upgrade'])
  expect(await typed(folder, 'upgrade', '--dry-run')).toBe('Nothing to do: no step leads there.\n')
  expect(await typed(folder, 'downgrade', '-1', '--dry-run')).toContain(
    'Would run downgrade 8c1d0a5be2f7 -> 51b0c3d9a7e4',
  )
})

test('stamp says what it recorded, and that nothing was run', async () => {
  const folder = await project({ ...HISTORY, ...config })
  expect(await typed(folder, 'stamp', 'head')).toMatch(
    /^Recorded as applied: f3e3ac684f8e, .*8c1d0a5be2f7\.\nNo revision was run\.\n$/u,
  )
  expect(await typed(folder, 'stamp', 'head')).toBe('Nothing to do: it is recorded like that already.\n')
  const path = join(folder, 'migrations/20260102000000_add_stars.js')
  writeFileSync(path, readFileSync(path, 'utf8').replace('INTEGER', 'BIGINT'))
  expect(await typed(folder, 'upgrade')).toMatch(
    /^Error \(EDITED_REVISION\)[\s\S]*On the command line: sm2kit stamp 8c1d0a5be2f7\n/u,
  )
  expect(await typed(folder, 'doctor')).toContain('to accept: sm2kit stamp 8c1d0a5be2f7\n')
  expect(await typed(folder, 'stamp', '8c1d')).toContain('Accepted as the file is now: 8c1d0a5be2f7.')
})

test('adopt takes over what SequelizeMeta says', async () => {
  const plain = 'exports.up = async () => {}\nexports.down = async () => {}\n'
  const folder = await project({
    'migrations/20250101-a.js': plain,
    'migrations/20250102-b.js': plain,
    ...config,
  })
  expect(await typed(folder, 'adopt')).toMatch(/^Error \(/u)
  const { Sequelize } = await import('sequelize')
  const sequelize = new Sequelize({ dialect: 'sqlite', storage: join(folder, 'app.sqlite'), logging: false })
  await sequelize.query('CREATE TABLE SequelizeMeta (name VARCHAR(255) PRIMARY KEY)')
  await sequelize.query("INSERT INTO SequelizeMeta VALUES ('20250101-a.js')")
  await sequelize.close()
  expect(await typed(folder, 'doctor')).toContain('→ sm2kit adopt\n')
  expect(await typed(folder, 'adopt')).toBe(
    'Taken over: 20250101-a.\nSequelizeMeta is as it was; no revision was run.\n',
  )
  expect(await typed(folder, 'adopt')).toContain('Recorded already: 20250101-a.')
})

test('revision writes into the folder that was named, in the format that was named, with all flags', async () => {
  const folder = await project({ ...HISTORY, ...config })
  const flags = [
    '--rev-id',
    'cccc00001111',
    '--head',
    '51b0',
    '--splice',
    '--branch-label',
    'side',
    '--depends-on',
    'f3e3',
  ]
  expect(
    await typed(folder, 'revision', '-m', 'a side', ...flags, '--format', 'mjs', '--folder', 'migrations'),
  ).toMatch(/^Generating migrations\/\d{14}_a_side\.mjs \.\.\. done\n$/u)
  const [name = ''] = readdirSync(join(folder, 'migrations')).filter((file) => file.endsWith('.mjs'))
  const text = readFileSync(join(folder, 'migrations', name), 'utf8')
  for (const part of ["'cccc00001111'", "'51b0c3d9a7e4'", "'side'", "'f3e3ac684f8e'"])
    expect(text).toContain(part)
  expect(await typed(folder, 'revision', '-m', 'x', '--head', '51b0')).toMatch(/^Error \(NOT_A_HEAD\)/u)
})

test('eject writes the shipped revisions beside the others, and says what the config is to say then', async () => {
  const folder = await project({ ...HISTORY, ...config })
  await inProcess(folder, ['upgrade'])
  expect(await typed(folder, 'eject', 'migrations')).toMatch(
    /^Generating migrations\/\S+baseline\.js \.\.\. done\nIn the config, set `baseline: false`/u,
  )
  expect(await typed(folder, 'current')).toMatch(/^Error \(DUPLICATE_REVISION\).*"baseline" false/u)
  const text = config['sm2kit.config.json'].replace('}', ', "baseline": false }')
  writeFileSync(join(folder, 'sm2kit.config.json'), text)
  expect(await typed(folder, 'upgrade')).toBe('Nothing to do: the database is at 8c1d0a5be2f7 (head).\n')
  expect(await typed(folder, 'doctor')).toContain('0 warnings, 0 wrong')
})
