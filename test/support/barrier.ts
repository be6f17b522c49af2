/**
 * In a child of `runProcesses` or `killAt`: says that this process is ready, and waits for the start signal.
 *
 * Node's start takes longer than most races last. A script that calls this after its imports and connections, and
 * before the work, meets the others in the work. Does nothing in a process that was started another way.
 */
export function arriveAtBarrier(): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) {
      resolve()
      return
    }
    process.once('message', () => {
      // The channel would keep the process alive.
      process.disconnect()
      resolve()
    })
    process.send('ready')
  })
}
