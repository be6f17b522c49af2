import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'

/**
 * Makes a folder an application that has sm2kit installed, from a fresh build, and puts scripts into it.
 *
 * @param root - Of the project.
 * @param folder - Below it, so that other packages are found.
 * @param scripts - Absolute paths of TypeScript files; each becomes `<name>.mjs` in the folder.
 */
export function makeApplication(root: string, folder: string, scripts: readonly string[]): void {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  const installed = join(folder, 'node_modules', 'sm2kit')
  mkdirSync(installed, { recursive: true })
  copyFileSync(join(root, 'package.json'), join(installed, 'package.json'))
  execFileSync(
    join(root, 'node_modules', '.bin', 'tsup'),
    ['--out-dir', join(installed, 'dist'), '--no-dts', '--silent'],
    { cwd: root, stdio: 'inherit' },
  )
  buildSync({
    entryPoints: [...scripts],
    outdir: folder,
    entryNames: '[name]',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    // Without the paths of the project's own: `sm2kit/migrator` is the package that was just built.
    tsconfigRaw: {},
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'error',
  })
}
