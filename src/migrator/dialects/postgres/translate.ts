import type { Autogeneration } from '../../dialect-autogenerate.js'

export const translatePostgres: Autogeneration['translate'] = () => undefined
