import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const hosts = fileURLToPath(new URL('./hosts', import.meta.url))

/** What a host has beside sm2kit: its peer, a driver, and what sm2kit itself depends on. */
const INSTALLED = ['sequelize', 'sqlite3', 'umzug', 'jiti', 'js-tokens', 'commander']

describe('the packed package', () => {
  let folder = ''
  let tarball = ''

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sm2kit-packed-'))
    // `prepack` builds.
    await run('npm', ['pack', '--pack-destination', folder, '--silent'], { cwd: root })
    const [name] = (await readdir(folder)).filter((file) => file.endsWith('.tgz'))
    tarball = join(folder, name ?? '')
  }, 180_000)

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  /** A host application with the tarball unpacked where npm would put it. */
  const install = async (host: string): Promise<string> => {
    const target = join(folder, `${host}-${Math.random().toString(36).slice(2)}`)
    await cp(join(hosts, host), target, { recursive: true })
    await mkdir(join(target, 'node_modules', 'sm2kit'), { recursive: true })
    await run('tar', ['-xzf', tarball, '-C', join(target, 'node_modules', 'sm2kit'), '--strip-components=1'])
    for (const name of INSTALLED)
      await symlink(join(root, 'node_modules', name), join(target, 'node_modules', name))
    return target
  }

  const runMain = async (cwd: string): Promise<unknown> =>
    JSON.parse((await run('node', ['main.js'], { cwd })).stdout)

  test('holds what it must, and nothing else', async () => {
    const { stdout } = await run('tar', ['-tzf', tarball])
    const top = new Set(
      stdout
        .trim()
        .split('\n')
        .map((path) => path.replace(/^package\//u, '').split('/')[0]),
    )
    expect([...top].sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist',
      'docs',
      'migrations',
      'package.json',
    ])
  })

  test('migrates, schedules and lists what is due from an ES module, with a TypeScript revision', async () => {
    const first = {
      up: ['f3e3ac684f8e', '20260101000000_add_words'],
      easeFactor: 2.6,
      due: ['perro'],
      down: ['20260101000000_add_words', 'f3e3ac684f8e'],
      pure: { easeFactor: 2.6, intervalDays: 1, repetitions: 1 },
    }
    expect(await runMain(await install('esm'))).toEqual(first)
  })

  test('works from CommonJS, with a file of sequelize-cli', async () => {
    expect(await runMain(await install('cjs'))).toEqual({
      up: ['f3e3ac684f8e', '20260101000000-create-words'],
      down: ['20260101000000-create-words'],
      cards: 0,
      isUmzug: true,
      pure: { easeFactor: 2.6, intervalDays: 1, repetitions: 1 },
    })
  })

  test.each([
    { resolution: 'nodenext', compilerOptions: { module: 'nodenext', moduleResolution: 'nodenext' } },
    { resolution: 'bundler', compilerOptions: { module: 'esnext', moduleResolution: 'bundler' } },
  ])(
    'has types for TypeScript with moduleResolution $resolution',
    async ({ compilerOptions }) => {
      const target = await install('typescript')
      const config = {
        compilerOptions: {
          ...compilerOptions,
          target: 'es2022',
          lib: ['es2023', 'dom'],
          strict: true,
          noEmit: true,
          skipLibCheck: false,
          types: ['node'],
          typeRoots: [join(root, 'node_modules', '@types')],
        },
        files: ['main.ts'],
      }
      await writeFile(join(target, 'tsconfig.json'), JSON.stringify(config))
      const { stdout } = await run('node', [
        join(root, 'node_modules/typescript/bin/tsc'),
        '-p',
        target,
      ]).catch((error: { stdout: string }) => error)
      expect(stdout).toBe('')
    },
    120_000,
  )

  test('runs the quickstart: up, again, and down', async () => {
    const target = await install('esm')
    await cp(join(root, 'examples'), join(target, 'examples'), {
      recursive: true,
      filter: (path) => !path.endsWith('.sqlite'),
    })
    const tsx = import.meta.resolve('tsx')
    const start = async (...args: string[]): Promise<string> => {
      const main = ['--import', tsx, 'examples/quickstart/main.ts', '--database', 'quickstart.sqlite']
      return (await run('node', [...main, ...args], { cwd: target })).stdout
    }
    const first = await start()
    expect(first).toContain('applied now: f3e3ac684f8e')
    expect(first).toContain('1,000 cards replayed from their logs, 0 differ')
    expect(await start()).toContain('nothing new: all 20,000 reviews are stored already')
    expect(await start('--down')).toContain('sm2_cards and sm2_reviews are gone')
  }, 120_000)

  test.each(['esm', 'cjs', 'typescript'])(
    'has a command line that works in a host of the kind %s: init, upgrade, look, and back',
    async (host) => {
      const target = await install(host)
      await rm(join(target, 'migrations'), { recursive: true, force: true })
      const { bin } = JSON.parse(
        await readFile(join(target, 'node_modules/sm2kit/package.json'), 'utf8'),
      ) as { readonly bin: { readonly sm2kit: string } }
      const sm2kit = async (...args: string[]): Promise<string> =>
        (await run(join(target, 'node_modules/sm2kit', bin.sm2kit), args, { cwd: target })).stdout
      const flags = host === 'typescript' ? ['--typescript'] : []
      expect(await sm2kit('init', ...flags)).toMatch(
        host === 'typescript' ? /^Created sm2kit\.config\.ts\n/u : /^Created sm2kit\.config\.js\n/u,
      )
      expect(await sm2kit('upgrade', 'head')).toMatch(
        /baseline … .*\n.*first revision … .*\nDone: 2 revisions/u,
      )
      expect(await sm2kit('current')).toMatch(/^[0-9a-f]{12} \(head\)\n$/u)
      expect(JSON.parse(await sm2kit('downgrade', 'base', '--json'))).toMatchObject({ current: [] })
      await expect(sm2kit('nosuch')).rejects.toMatchObject({ code: 2, stdout: '' })
    },
    60_000,
  )

  test('leaves no import in the bundle of a browser that takes the scheduler', async () => {
    const target = await install('esm')
    const { build } = await import('esbuild')
    const { outputFiles, metafile } = await build({
      stdin: { contents: `export { schedule } from 'sm2kit/sm2'`, resolveDir: target },
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      write: false,
      metafile: true,
    })
    expect(Object.values(metafile.outputs).flatMap((output) => output.imports)).toEqual([])
    expect(outputFiles[0]?.text.length).toBeGreaterThan(100)
  })
})
