import { hostname, userInfo } from 'node:os'

/** As many characters as the version table keeps. */
export const MOST_OF_A_NAME = 128

/** `anna@web-1`: who runs this process and where, as the operating system calls them; cut at {@link MOST_OF_A_NAME} characters. */
export const whoRuns = (): string => {
  const user = userName()
  const whole = user === undefined ? hostname() : `${user}@${hostname()}`
  return [...whole].slice(0, MOST_OF_A_NAME).join('')
}

/** In a container a process may run as a number that no user has. */
const userName = (): string | undefined => {
  try {
    return userInfo().username
  } catch {
    return undefined
  }
}
