import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))
const source = (path: string): string => join(root, 'src', path)
// Inside the project, so that Node finds the packages that the script imports.
const folder = join(root, 'node_modules', '.cache', 'sm2kit-test')
const bundles = new Map<string, Promise<string>>()

/**
 * A TypeScript script as one plain module that Node runs without a loader, made once per process.
 *
 * Twenty children that each start tsx need half a minute on two cores; as plain Node they need a few seconds. `sm2kit`
 * and its subpaths are our sources; packages stay imports.
 *
 * @param script - Absolute path or file URL.
 * @returns Path of the module, in node_modules/.cache.
 */
export function bundleScript(script: string | URL): Promise<string> {
  const path = script instanceof URL || script.startsWith('file:') ? fileURLToPath(script) : script
  const bundle = bundles.get(path) ?? bundleNow(path)
  bundles.set(path, bundle)
  return bundle
}

/** In a bundle each `import.meta.url` stays that of its own source file, so that files next to it are found. */
const keepUrls: Plugin = {
  name: 'keep-urls',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      const url = JSON.stringify(pathToFileURL(path).href)
      return { loader: 'ts', contents: text.replaceAll('import.meta.url', url) }
    })
  },
}

async function bundleNow(path: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path],
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    alias: {
      sm2kit: source('index.ts'),
      'sm2kit/sm2': source('sm2/index.ts'),
      'sm2kit/migrator': source('migrator/index.ts'),
      'sm2kit/cards': source('cards/index.ts'),
      'sm2kit/testing': source('testing/index.ts'),
    },
    plugins: [keepUrls],
    sourcemap: 'inline',
    write: false,
    logLevel: 'silent',
  })
  const text = outputFiles[0]?.text ?? ''
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12)
  const target = join(folder, `${basename(path, extname(path))}-${hash}.mjs`)
  await mkdir(folder, { recursive: true })
  // Test files run at once: each writes its own file, and all of them become the same one.
  const own = `${target}.${process.pid}`
  await writeFile(own, text)
  await rename(own, target)
  return target
}
