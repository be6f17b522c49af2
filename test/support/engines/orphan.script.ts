// A test run in little, to be killed: starts one server, says where, and would wait for ever.

import { arriveAtBarrier } from '../barrier.js'
import { findEngines } from './find.js'
import { askKeeper, startKeeper } from './keeper-client.js'

const name = process.argv[2]
const source = findEngines().found.find((found) => found.name === name)
if (source === undefined) throw new Error(`There is no ${name} here`)
const keeper = await startKeeper([source])
const { pid } = await askKeeper(keeper.address, source.name)
console.log(JSON.stringify({ folder: keeper.address.folder, keeper: keeper.pid, server: pid }))
setInterval(() => undefined, 60_000)
await arriveAtBarrier()
