import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { folderOf } from '../support.js'

const installed = fileURLToPath(new URL('../../../node_modules', import.meta.url))

/** The folder of an application: with these files, and with the packages of this project. */
export const hostOf = (files: Readonly<Record<string, string>> = {}): string => {
  const folder = folderOf(files)
  symlinkSync(installed, join(folder, 'node_modules'))
  return folder
}
