'use strict'
// As sequelize-cli writes it: no revision, the older signature.
module.exports = {
  async up(queryInterface, Sequelize) {
    await queryInterface.createTable('words', { id: { type: Sequelize.INTEGER, primaryKey: true } })
  },
  async down(queryInterface) {
    await queryInterface.dropTable('words')
  },
}
