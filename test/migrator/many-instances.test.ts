import { AsyncLocalStorage } from 'node:async_hooks'
import { DataTypes, Sequelize } from 'sequelize'
import { createMigrator } from 'sm2kit/migrator'
import { expect, test, vi } from 'vitest'
import { AsyncValue } from '../../src/migrator/runtime/async-value.js'
import { revisionOf } from './support.js'

const notes = revisionOf('notes', null, async ({ context: op }) => {
  await op.createTable('notes', { id: { type: DataTypes.INTEGER, primaryKey: true } })
})

test('many migrators of a process use no more storages of Node than one does', async () => {
  // Node goes through each that was ever used at every promise: after some hundreds everything is many times as slow.
  const used = new Set<unknown>()
  const { run } = AsyncLocalStorage.prototype
  vi.spyOn(AsyncLocalStorage.prototype, 'run').mockImplementation(function (this: unknown, ...given) {
    used.add(this)
    return Reflect.apply(run, this, given)
  })
  const useOne = async (): Promise<number> => {
    const sequelize = new Sequelize('sqlite::memory:', { logging: false })
    const migrator = createMigrator({ sequelize, baseline: false, migrations: [notes] })
    expect((await migrator.plan()).steps).toHaveLength(1)
    expect(await migrator.up()).toHaveLength(1)
    await sequelize.close()
    return used.size
  }
  const first = await useOne()
  expect(first).toBeGreaterThan(0)
  for (let more = 0; more < 5; more += 1) expect(await useOne()).toBe(first)
  vi.restoreAllMocks()
})

test('a value that goes along with calls is the innermost of its own, and none of another', async () => {
  const [one, other] = [new AsyncValue<number>(), new AsyncValue<number>()]
  expect(one.get()).toBeUndefined()
  await one.run(1, async () => {
    await other.run(2, async () => {
      await Promise.resolve()
      expect([one.get(), other.get()]).toEqual([1, 2])
      one.run(3, () => expect([one.get(), other.get()]).toEqual([3, 2]))
      expect(one.get()).toBe(1)
    })
    expect([one.get(), other.get()]).toEqual([1, undefined])
  })
  expect(one.get()).toBeUndefined()
})
