import { existsSync } from 'node:fs'
import { writeNewFile } from '../../../src/migrator/directory/write.js'

/** Waits for the file `go`, and writes the same name as the others. */
export const run = async ([folder, letter, go]: readonly [string, string, string]): Promise<void> => {
  while (!existsSync(go)) await new Promise((resolve) => setTimeout(resolve, 1))
  try {
    await writeNewFile({ folder, name: 'same.ts', text: letter.repeat(100_000) })
    console.log(`wrote ${letter}`)
  } catch (error) {
    console.log(error instanceof Error && 'code' in error ? error.code : error)
  }
}
