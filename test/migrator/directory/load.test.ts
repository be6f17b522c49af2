import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folderOf, native } from '../support.js'

test('the names of a CommonJS file are those of module.exports, also where it is a class or a function', async () => {
  const { loadModule } = await native()
  const folder = folderOf({
    'object.cjs': `module.exports = { up: 1, down: 2 }`,
    'function.cjs': `module.exports = function main() {}; module.exports.up = 1`,
    'plain.js': `const make = () => ({ up: 1, down: 2 }); module.exports = make()`,
  })
  expect(await loadModule(join(folder, 'object.cjs'), 'x')).toEqual({ up: 1, down: 2 })
  expect((await loadModule(join(folder, 'function.cjs'), 'x'))['up']).toBe(1)
  expect(await loadModule(join(folder, 'plain.js'), 'x')).toEqual({ up: 1, down: 2 })
})

test('a default export stands for the names of the file, and a name of its own wins over it', async () => {
  const { loadModule } = await native()
  const folder = folderOf({
    'a.mjs': `export default { up: 1, down: 2 }; export const down = 3`,
    'b.ts': `export default { up: 1 as number, down: 2 }; export const down: number = 3`,
  })
  expect(await loadModule(join(folder, 'a.mjs'), 'x')).toEqual({ up: 1, down: 3 })
  expect(await loadModule(join(folder, 'b.ts'), 'x')).toMatchObject({ up: 1, down: 3 })
})

test('a TypeScript file may import another one, and packages of the host', async () => {
  const { loadModule } = await native()
  const folder = folderOf({
    'node_modules/words/package.json': '{ "name": "words", "main": "index.js" }',
    'node_modules/words/index.js': `module.exports = { word: 'hund' }`,
    'helper.ts': `export const plural = (word: string): string => word + 'e'`,
    'a.ts': `import { word } from 'words'; import { plural } from './helper.js'; export const up = (): string => plural(word)`,
  })
  const { up } = await loadModule(join(folder, 'a.ts'), 'x')
  expect((up as () => string)()).toBe('hunde')
})
