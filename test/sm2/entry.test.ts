import { readdirSync, readFileSync } from 'node:fs'
import * as entry from 'sm2kit/sm2'
import { expect, it } from 'vitest'

const folder = new URL('../../src/sm2/', import.meta.url)

it('the scheduler has the names that are promised, and no others', () => {
  expect(Object.keys(entry).sort()).toEqual([
    'Sm2Error',
    'addDays',
    'answer',
    'dayOf',
    'daysBetween',
    'daysOverdue',
    'dueForecast',
    'fromAnki',
    'gradeFromButtons',
    'initialState',
    'isDue',
    'isGrade',
    'isPass',
    'needsRepeat',
    'newCard',
    'parseState',
    'preview',
    'replay',
    'schedule',
    'sourceRules',
    'textRules',
    'toFsrs',
    'trajectory',
    'undo',
  ])
})

it('the scheduler imports nothing from outside, and asks neither clock, host nor chance', () => {
  for (const file of readdirSync(folder)) {
    const code = readFileSync(new URL(file, folder), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    const imports = [...code.matchAll(/(?:\bfrom |\bimport\(|^import )'([^'\n]+)'/gm)].map(
      (match) => match[1] ?? '',
    )
    expect(
      imports.filter((name) => !/^\.\/[a-z0-9-]+\.js$/.test(name)),
      file,
    ).toEqual([])
    expect(code, file).not.toMatch(/\brequire\(/)
    expect(code, file).not.toMatch(
      /\bprocess\b|\bBuffer\b|Date\.now|new Date\(\)|Math\.random|\bglobalThis\b/,
    )
  }
})
