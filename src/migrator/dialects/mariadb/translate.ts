import type { Autogeneration } from '../../dialect-autogenerate.js'

export const translateMariadb: Autogeneration['translate'] = () => undefined
