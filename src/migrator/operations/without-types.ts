/** Methods of `op` for what some engines have only; elsewhere there is nothing to be done. */
export const WITHOUT_TYPES: Readonly<Record<string, (...args: never[]) => Promise<unknown>>> = {
  async createEnum() {},
  async dropEnum() {},
  async renameEnum() {},
  async validateConstraint() {},
}
