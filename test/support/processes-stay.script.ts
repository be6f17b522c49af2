// A child for processes.test.ts that never ends by itself.

import { arriveAtBarrier } from './barrier.js'

await arriveAtBarrier()
console.log('at work')
setInterval(() => undefined, 60_000)
